import type { Payment } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';

/** A batch of a series, for the search of the one before. */
export interface SeriesBatch {
  readonly id: string;
  readonly occurrence: string;
  readonly count: number;
}

/**
 * A payment of an earlier payroll, with which a file is compared. Where it was corrected in another batch, {@link id} and {@link idKey}
 * are its own, and all else is of the newest correction.
 */
export interface PayrollPayment extends Pick<
  Payment,
  'id' | 'idKey' | 'line' | 'name' | 'destination' | 'amountMinor' | 'currency'
> {
  readonly batch: string;
  readonly status: Status;
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
