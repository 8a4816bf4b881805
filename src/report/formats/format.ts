import type { Approval } from '../../domain/approval.ts';
import type { LedgerIdentity } from '../../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../../ledger/records.ts';
import type { ReportTotals } from '../totals.ts';

/**
 * One file among the reports of a batch. All files are written in one pass over the payments, and become visible together at
 * its end, each whole or not at all.
 */
export interface ReportFormat {
  /** File name in the batch's folder. */
  readonly name: string;
  /** Where the name has the batch in it; then a file {@link name} of an older version is removed. */
  readonly fileName?: (batch: string) => string;
  /** People correct the file in place: what a person has changed is not written over. */
  readonly isForEditing?: true;
  /**
   * `always`: also for a batch without payments. `with-rows`: only where {@link OpenReport.rows} had text; otherwise an older
   * file of this name is removed, because it would show payments that have moved since.
   */
  readonly isWritten: 'always' | 'with-rows';
  /** The bytes of the file, where they are not UTF-8. */
  readonly encode?: (text: string, record: BatchRecord) => string | Uint8Array;
  /** Begins the file for one pass. */
  open(context: ReportContext): OpenReport;
}

/** The texts of one file, in the order in which they are written. */
export interface OpenReport {
  /** What stands before the first payment. */
  readonly head: string;
  /** A page of payments in the order of their lines; '' when none of them belongs into this file. */
  rows(page: readonly LedgerPayment[]): string;
  /** What stands after the last payment. The totals are those of every payment of the pass. */
  end(totals: ReportTotals): string;
}

export interface ReportContext {
  readonly record: BatchRecord;
  /** Read before the payments: they are at least as new. */
  readonly ledger: LedgerIdentity;
  /** The signatures under which the batch was registered, and what was decided about it since. */
  readonly approvals: readonly Approval[];
  /** What a person does next about a payment; '' for nothing. */
  readonly nextAction: (payment: LedgerPayment) => string;
  /** Whether what was sent of a payment went to the built-in simulator, which moves no money. */
  readonly isSimulated: (payment: LedgerPayment) => boolean;
  /** Unix milliseconds → ISO 8601 in the configured time zone; '' for null. */
  readonly timestamp: (ms: number | null) => string;
  /** When the reports are written, in Unix milliseconds. */
  readonly now: number;
}
