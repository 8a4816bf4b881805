import type { Evidence } from './outcome.ts';

/**
 * What was learnt about a payment after its own request: from a query, a callback, a statement. The doubt rule holds here as for
 * {@link Outcome}: whatever is not clearly final leaves the payment open.
 */
export type StatusReport =
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
  | { readonly kind: 'not-found'; readonly evidence: Evidence };

export type StatusReportKind = StatusReport['kind'];

/** Where a finding comes from; written into the ledger's entries. */
export type StatusReportSource = 'query' | 'callback' | 'statement' | 'cancel';
