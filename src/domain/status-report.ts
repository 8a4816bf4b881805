import type { Evidence } from './outcome.ts';

/**
 * What a provider reports of a payment after its own request: by query, callback or statement. As for an `Outcome`, every report
 * that is not clearly final leaves the payment open.
 */
export type StatusReport =
  /** Final: the recipient has the money. */
  | { readonly kind: 'paid'; readonly evidence: Evidence; readonly feeMinor?: bigint }
  /**
   * Final: definitely no money moved. `stopsAccount`: the next payment of the account would fail for the same reason (bad
   * initiator, no balance), so nothing more is sent from the account.
   */
  | {
      readonly kind: 'failed';
      readonly evidence: Evidence;
      readonly stopsAccount?: true;
      /** Nothing proves that the provider said so: a retry queries it first. */
      readonly isUnverified?: true;
    }
  /** Final: cancelled before it was paid (and, if it was funded, refunded). */
  | { readonly kind: 'cancelled'; readonly evidence: Evidence }
  /** Final: paid, and the money came back. */
  | { readonly kind: 'returned'; readonly evidence: Evidence }
  /** The provider is still processing the payment. `cancelDue`: by the account's policy the payment is to be cancelled now. */
  | { readonly kind: 'pending'; readonly evidence: Evidence; readonly cancelDue?: true }
  /** Nothing that decides: the query failed, or the provider itself does not know. To be queried again. */
  /** `cannotBeAsked`: nothing is known by which the provider could be asked about this payment, now or ever. */
  | { readonly kind: 'unknown'; readonly evidence: Evidence; readonly cannotBeAsked?: true }
  /**
   * The provider has no such payment, or has it in a state in which no money moves unless it is sent again. Evidence for a re-send
   * under the provider's `ResendRule`, and never by itself a failure.
   */
  | { readonly kind: 'not-found'; readonly evidence: Evidence };

export type StatusReportKind = StatusReport['kind'];

/** Where a report comes from; written into the ledger's entries. `report`: our own report of before a recovery. */
export type StatusReportSource = 'query' | 'callback' | 'statement' | 'cancel' | 'report';
