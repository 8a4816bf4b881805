import type { Evidence } from './outcome.ts';

/**
 * What was learnt about a payment after its own request: from a query, a callback, a statement. The doubt rule holds here as for
 * {@link Outcome}: whatever is not clearly final leaves the payment open.
 */
export type Finding =
  /** Final: the recipient has the money. */
  | { readonly kind: 'paid'; readonly evidence: Evidence; readonly feeMinor?: bigint }
  /**
   * Final: definitely no money moved. `stopsAccount`: for a reason that the next payment of the account would meet too (bad
   * initiator, no balance), so that nothing more is sent from it.
   */
  | { readonly kind: 'failed'; readonly evidence: Evidence; readonly stopsAccount?: true }
  /** Final: it was taken back before it was paid (cancelled and, if it was funded, refunded). */
  | { readonly kind: 'cancelled'; readonly evidence: Evidence }
  /** Final: it was paid and came back. */
  | { readonly kind: 'returned'; readonly evidence: Evidence }
  /**
   * The provider has it and has not ended it. `cancelDue`: the account's policy says to cancel it now.
   */
  | { readonly kind: 'pending'; readonly evidence: Evidence; readonly cancelDue?: true }
  /** Nothing was learnt that decides: the query failed, or the provider itself does not know. Ask again. */
  | { readonly kind: 'unknown'; readonly evidence: Evidence }
  /**
   * The provider says that it holds no such payment, or holds it in a state in which no money moves unless it is presented
   * again. Evidence for a re-send under the provider's {@link ResendRule}, and never by itself a failure.
   */
  | { readonly kind: 'absent'; readonly evidence: Evidence };

export type FindingKind = Finding['kind'];

/** Where a finding comes from; written into the ledger's entries. */
export type FindingSource = 'query' | 'callback' | 'statement' | 'cancel';

/**
 * Whether a payment without an answer may be presented again *with the same reference*, by its provider's sheet.
 *
 * - `never`: only a person decides.
 * - `after-evidence`: once `answers` findings `absent` in a row span at least `graceMs`, and, where `withinMs` is given, at most
 *   so long after the payment was first sent.
 * - `always`: without evidence, where the payer has it in writing that a repeated reference is refused.
 */
export type ResendRule =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'after-evidence';
      readonly graceMs: number;
      readonly answers: number;
      readonly withinMs: number | null;
    }
  | { readonly kind: 'always' };

/** When to ask about an open payment: at these ages (since it was sent), then regularly, until `untilMs` of age. Rising. */
export interface PollSchedule {
  readonly agesMs: readonly number[];
  readonly everyMs: number;
  readonly untilMs: number;
}

/** How often and with what result a payment was asked about; the memory of {@link ResendRule} and {@link PollSchedule}. */
export interface InquiryRecord {
  readonly asks: number;
  /** Unix milliseconds; null before the first. */
  readonly askedAt: number | null;
  /** Of the findings `absent` in a row that ended with the newest; null and 0 when the newest was another. */
  readonly absentSince: number | null;
  readonly absents: number;
  /** When the reference first left; {@link ResendRule} `withinMs` counts from it. Null for what never did. */
  readonly firstSentAt: number | null;
  /** A callback has said something that only a query can confirm: to be asked about before all others. */
  readonly isUrgent: boolean;
  /** How many callbacks have said such things of the reference that counts now. Once one has, no absence proves anything. */
  readonly hints: number;
}
