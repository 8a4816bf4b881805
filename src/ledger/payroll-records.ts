import type { PayrollPayment } from '../domain/payroll.ts';

/** A batch of a series, for the search of the one before. */
export interface SeriesBatch {
  readonly id: string;
  readonly occurrence: string;
  readonly count: number;
}

/** Earlier payrolls, as far as a file is compared with them. Corrections stand for what they correct, and nowhere else. */
export interface PayrollStore {
  /** All batches of a series, in no order. */
  seriesBatches(series: string): Promise<readonly SeriesBatch[]>;
  /** The payments of these batches with these folded ids, whatever became of them. */
  payrollPayments(batches: readonly string[], idKeys: readonly string[]): Promise<readonly PayrollPayment[]>;
  /** The folded ids of a batch, each once, in pages. */
  payrollIds(batch: string): AsyncIterable<readonly string[]>;
}
