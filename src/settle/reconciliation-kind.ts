import type { StatementRow } from '../domain/statement.ts';
import type { NumberedPayment } from './payment-table.ts';

/** What a payment and its row in the provider's statement say together. */
export type ReconciliationKind =
  | 'agrees'
  /** Paid in the statement; pending, unknown or submitting in the ledger. */
  | 'paid-but-unknown'
  /** Paid in the statement; failed, cancelled or never sent in the ledger. */
  | 'paid-but-failed'
  | 'amount-differs'
  /** Paid in the ledger; the statement has no row of the payment. */
  | 'missing'
  /** Paid in the ledger; the statement has a row that is not paid. */
  | 'not-paid'
  /** One more paid row of a payment that another row has paid. */
  | 'paid-twice'
  /** The money came back: a reversal, or rows that went out and came in. */
  | 'came-back'
  /** The row proves nothing: one receipt or row for several payments, or the way that its money went is not known. */
  | 'ambiguous'
  /** Open in the ledger, and the statement does not decide. */
  | 'open'
  /** What the provider took for a payment. */
  | 'charge'
  /** Money that went to a person of ours without payrun. */
  | 'outside-payrun'
  | 'other-batch'
  | 'not-ours';

export interface ReconciliationRow {
  /** Place of the row in the comparison, from 0; the same whenever the row is read. */
  readonly number: number;
  readonly kind: ReconciliationKind;
  /** Null where the row belongs to no payment of this comparison. */
  readonly payment: NumberedPayment | null;
  readonly row: StatementRow | null;
  /** The reference of ours, of any generation, by which the row proves that the payment was made; null where it proves nothing. */
  readonly matched: string | null;
  /** Whether {@link matched} is a reference; known without reading it. */
  readonly isProof: boolean;
  /** Nothing says whether the money of the row went out. */
  readonly isDirectionUnknown: boolean;
}

/** Whether statement and ledger agree about the row. */
export function isAgreement(kind: ReconciliationKind): boolean {
  return kind === 'agrees' || kind === 'other-batch' || kind === 'charge';
}
