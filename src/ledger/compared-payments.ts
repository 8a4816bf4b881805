import type { LedgerPayment } from './records.ts';

/** What of a payment is compared with a statement: much less than a whole payment, because a year of them is compared at once. */
export type ComparedPayment = Pick<
  LedgerPayment,
  | 'batch'
  | 'account'
  | 'generation'
  | 'id'
  | 'line'
  | 'name'
  | 'destination'
  | 'amountMinor'
  | 'currency'
  | 'status'
  | 'reference'
  | 'providerReference'
  | 'receipt'
  | 'sentAt'
>;

/** Payments of one batch that are paid from one account. */
export interface ComparedFilter {
  readonly batch: string;
  readonly account: string;
}
