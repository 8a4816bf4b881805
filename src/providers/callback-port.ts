import type { Evidence } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';
import type { StatusReport } from '../domain/status-report.ts';

/** Where an adapter waits for the answer to a request that is answered by callback. */
export interface CallbackWaiter {
  /** The first stored callback of the account that came to this segment, or null when none has come within `timeoutMs`. */
  wait(segment: string, timeoutMs: number): Promise<StoredCallback | null>;
}

export interface StoredCallback {
  /** The last part of the address, behind the token; '' when there was none. */
  readonly segment: string;
  /** Exact text of the body. */
  readonly body: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

export interface CallbackSetup {
  readonly account: string;
  readonly currency: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** The address that the provider was given; some signatures cover it. */
  readonly callbackAddress: string;
  /** Whether only requests from the payer's list of the provider's addresses (`callback_sources`) get as far as the reader. */
  readonly hasKnownSources: boolean;
}

/** One request to a callback address whose token was right. */
export interface CallbackRequest {
  readonly segment: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Exact bytes as they came; signatures cover them. */
  readonly body: Uint8Array;
  /** The callback was verified before it was stored, by a process that died; its headers are gone, and it is only read again. */
  readonly isStored?: true;
}

export interface CallbackReader {
  /**
   * Verifies and reads one callback. `payment` looks up what the ledger has under a reference of ours (of any generation), for
   * readers that compare amounts, phones or the provider's own ids. Throws only for our own bugs.
   */
  read(
    request: CallbackRequest,
    payment: (reference: string) => Promise<CallbackPayment | null>,
  ): Promise<ParsedCallback>;
}

/** What the ledger knows of the payment that a callback names, to compare amounts, recipients and ids. */
export interface CallbackPayment extends PaymentInstruction {
  readonly status: Status;
  readonly providerReference: string;
  readonly requestId: string;
}

export type ParsedCallback =
  /** Not authentic, or not readable: neither stored nor acknowledged. `status` is the HTTP answer. */
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403; readonly reason: string }
  /** Authentic, and about no payment of ours (another event, the answer to a balance query). Stored and acknowledged. */
  | {
      readonly kind: 'unrelated';
      readonly deduplicationKey: string;
      readonly reason: string;
      /** Set when the callback says that the account cannot go on: nothing more may be sent from it. */
      readonly accountStop?: Evidence;
      readonly reply: CallbackReply;
    }
  /** Authentic, and says what became of a payment. */
  | {
      readonly kind: 'report';
      readonly deduplicationKey: string;
      readonly reference: string;
      readonly report: StatusReport;
      readonly reply: CallbackReply;
    }
  /** Says something that only a query can confirm: the payment is queried at once. `evidence` is what the callback says. */
  | {
      readonly kind: 'unverified';
      readonly deduplicationKey: string;
      readonly reference: string;
      readonly evidence: Evidence;
      /** Whether it reports a failure, which contradicts no failure that a query finds. */
      readonly reportsFailure?: true;
      /** As of an unrelated one. Stopping an account moves no money, so that it needs no confirmation. */
      readonly accountStop?: Evidence;
      readonly reply: CallbackReply;
    };

/** What the provider expects as an acknowledgement; always 200. */
export type CallbackReply = Readonly<Record<string, unknown>> | null;
