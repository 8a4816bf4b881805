/**
 * What the answer to an attempt means for the payment. Adapters return one of these and throw only for our own bugs. The first
 * rule of every adapter: once bytes of a request may have left, every answer that is not a clear refusal is `unknown`.
 */
export type Outcome =
  /** Final: the recipient has the money. */
  | { readonly kind: 'paid'; readonly evidence: Evidence; readonly feeMinor?: bigint }
  /** The provider accepted the request and has not reported the end. */
  | { readonly kind: 'pending'; readonly evidence: Evidence }
  /** Final: definitely no money moved and this payment's data is why. */
  | { readonly kind: 'failed'; readonly evidence: Evidence }
  /** Definitely no money moved, and the provider asks to wait: send the same reference again after `waitMs`. */
  | { readonly kind: 'throttled'; readonly evidence: Evidence; readonly waitMs?: number }
  /** No byte of the request can have been processed: send the same reference again. */
  | { readonly kind: 'not-sent'; readonly evidence: Evidence }
  /** Money may have moved. Only evidence ends this. */
  | { readonly kind: 'unknown'; readonly evidence: Evidence }
  /** Definitely no money moved, and the account cannot go on (credentials, balance): everything unsent stays planned. */
  | { readonly kind: 'stop'; readonly evidence: Evidence };

export type OutcomeKind = Outcome['kind'];

/** What the provider answered, fit for ledger and report: no secret and no whole account number in any text. */
export interface Evidence {
  /** Short stable code: the provider's own (`402`, `INS-6`) or ours for what has none (`timeout`, `connection-refused`). */
  readonly code: string;
  /** One sentence for a payroll clerk. */
  readonly reason: string;
  /** The provider's own id of the payment. */
  readonly providerReference?: string;
  /** The id that the recipient sees in the message about the payment, such as an M-Pesa receipt. */
  readonly receipt?: string;
  /** The provider's id of this request, which its support asks for (for example `X-Request-ID`). */
  readonly requestId?: string;
}
