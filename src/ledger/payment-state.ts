import type { Evidence } from '../domain/outcome.ts';
import type { EarlierReference, QueryHistory } from '../domain/query-history.ts';
import type { StatusReportSource } from '../domain/status-report.ts';
import type { Status } from '../domain/status.ts';
import type { AttemptResult, Decision, ReceivedReport } from './records.ts';
import type { PersonsReason } from './stops.ts';

/** Everything about one payment that a money rule may look at; every store reads the same. All times are Unix milliseconds. */
export interface PaymentState {
  readonly status: Status;
  /** The reference of the current generation. */
  readonly reference: string;
  readonly generation: number;
  /** Claims of all generations: the number of the newest attempt. */
  readonly tries: number;
  /** Attempts of all generations that ended and whose request may have left. */
  readonly attempts: number;
  /** Of the newest attempt; null before the first. */
  readonly claimedAt: number | null;
  /** When the newest attempt that may have left was claimed. */
  readonly sentAt: number | null;
  readonly account: string;
  readonly batch: string;
  readonly latest: LatestEvidence;
  readonly history: PaymentHistory;
  readonly restored: Restored;
  /** Key of the place that the current reference was sent to; null: not sent, or not known. */
  readonly place: string | null;
  /** How a `cancelled` payment ended, or a `replaced` one before it was replaced; `failed` for every other status. */
  readonly unpaidEnd: UnpaidEnd;
}

/** How a payment ended without money having moved. What a person has cancelled is sent again only when a person names it. */
export type UnpaidEnd = 'failed' | 'cancelled' | 'cancelled-by-person';

/**
 * What a recovery of the ledger, which had lost its newest part, means for a payment:
 *
 * - `older`: the current reference is older than the recovery. Requests that the ledger has lost may have left for it, and for the
 *   reference of the next generation too.
 * - `assumed`: the current reference was given after the recovery, and a request with it is assumed to have left before.
 */
export type Restored = 'no' | 'older' | 'assumed';

/** What the report displays of a payment: code and reason of the newest entry, and the ids that are known. Null: nothing yet. */
export interface LatestEvidence {
  readonly code: string | null;
  readonly reason: string | null;
  readonly providerReference: string | null;
  readonly receipt: string | null;
  readonly requestId: string | null;
  readonly feeMinor: bigint | null;
}

/** What queries and callbacks have left behind of the current reference. `firstSentAt` is null where it equals `sentAt`. */
export interface PaymentHistory extends QueryHistory {
  /** Two reports of this payment contradict each other, and no person has decided since: never re-send it. */
  readonly isConflicting: boolean;
  /** An earlier reference of this payment was reported as paid: only a person may end it as unpaid. */
  readonly earlierReportedPaid: boolean;
  /** How many of {@link QueryHistory.unverifiedCallbacks} report a failure: no later failure contradicts them. */
  readonly unverifiedFailures: number;
  /** Every contradiction that was ever displayed of the payment, over all references: the report goes on displaying it. */
  readonly contradiction: string | null;
}

/** When something happened and who or what did it. */
export interface EventOrigin {
  readonly at: number;
  readonly by: string;
}

/** The current reference is about to be sent for the first time. */
export interface ClaimEvent extends EventOrigin {
  readonly kind: 'claim';
  /** Key of the place that the payment is about to be sent to. */
  readonly place: string;
}

/** The reference was sent before and is about to be sent again. */
export interface ResendClaimEvent extends EventOrigin {
  readonly kind: 'resend-claim';
  readonly place: string;
  readonly reference: string;
}

/** The provider's answer to an attempt; `planned` says that this attempt moved nothing. */
export interface AnswerEvent extends AttemptResult {
  readonly kind: 'answer';
  /** False when another owner has locked the account since the attempt was claimed. */
  readonly isLockCurrent: boolean;
}

/** A query, a verified callback, a statement or a cancellation says how a payment stands. */
export interface StatusReportEvent extends ReceivedReport {
  readonly kind: 'status-report';
}

/** A callback without a signature names the payment. */
export interface UnverifiedCallbackEvent extends EventOrigin {
  readonly kind: 'unverified-callback';
  readonly reference: string;
  /** Null when the callback says no more than that it is about this payment. */
  readonly evidence: Evidence | null;
  readonly reportsFailure?: true;
}

/** A person decides. */
export interface DecisionEvent extends Decision {
  readonly kind: 'decision';
  /** Of a replaced payment: none of its corrections was sent or may have been paid. */
  readonly isCorrectionUnsent?: boolean;
}

/** A person ends a payment before it is sent. */
export interface CancelEvent extends EventOrigin {
  readonly kind: 'cancel';
  readonly because: string;
}

/** A failed payment is to be sent again, with a new reference. */
export interface RetryEvent extends EventOrigin {
  readonly kind: 'retry';
  readonly newReference: string;
  /** A stored callback about any reference of the payment waits to be processed. Only a retry has to look it up. */
  readonly hasUnprocessedCallback: boolean;
  /** A person named this payment; `cancelled` and `returned` ones are retried only so. */
  readonly isNamed: boolean;
  /** Since when the caller has queried references that rest on a person's word; null: the provider cannot be queried about them. */
  readonly queriedSince: number | null;
  /** Who sends it again and why; where the provider cannot be queried, this person has accepted that. */
  readonly person?: PersonsReason;
  /**
   * The oldest moment at which the provider said "not found" of the earlier references that rest on a person's word, 0 where it
   * said so of none or not of all; null: no earlier reference rests on one.
   */
  readonly earlierConfirmedAt: number | null;
}

/** The process that was sending the payment has died. */
export interface RecoveryEvent extends EventOrigin {
  readonly kind: 'recovery';
}

/** The ledger went back in time: what it lost may have sent this payment. */
export interface LostPastEvent extends EventOrigin {
  readonly kind: 'lost-past';
}

/** A payment of another batch corrects this one. */
export interface ReplacementEvent extends EventOrigin {
  readonly kind: 'replacement';
  /** `BATCH/ID` of the correction. */
  readonly replacedBy: string;
  /** As in {@link RetryEvent}. */
  readonly hasUnprocessedCallback: boolean;
  readonly queriedSince?: number | null;
  readonly earlierConfirmedAt?: number | null;
  /** Who has accepted that the provider cannot be queried about it, and why. */
  readonly person?: PersonsReason;
  /** The ledger that was lost had registered the correction already: nothing is sent by recording that again. */
  readonly isRecovery?: boolean;
}

/** The correction came to an end without payment. */
export interface ReplacementFailedEvent extends EventOrigin {
  readonly kind: 'replacement-failed';
  readonly replacedBy: string;
}

/** Something says that the payment was paid which this one replaces. */
export interface ReplacedReportedPaidEvent extends EventOrigin {
  readonly kind: 'replaced-reported-paid';
  /** `BATCH/ID`. */
  readonly replaced: string;
}

export type LedgerEvent =
  | ClaimEvent
  | ResendClaimEvent
  | AnswerEvent
  | StatusReportEvent
  | UnverifiedCallbackEvent
  | DecisionEvent
  | CancelEvent
  | RetryEvent
  | RecoveryEvent
  | LostPastEvent
  | ReplacementEvent
  | ReplacementFailedEvent
  | ReplacedReportedPaidEvent;

/** What an event does to a payment. A store writes all of it in one transaction and decides nothing itself. */
export interface Change {
  readonly kind: 'change';
  readonly outcome: 'moved' | 'kept' | 'contradicted';
  /** The status that holds from now on. */
  readonly status: Status;
  readonly fields: FieldChange | null;
  readonly entry: EntryText | null;
  /** The whole new history, or null where nothing of it changes. {@link NO_HISTORY} removes what is stored. */
  readonly history: PaymentHistory | null;
  /** Why nothing more may be sent from the account. */
  readonly accountStop: Evidence | null;
  /**
   * Set where only the text of an open payment is new: the batch's files stay as they are cached. A sweep looks at open payments
   * anyway, and one that is queried for a day would have its file read again each time.
   */
  readonly isProgress?: true;
}

/** The event is not allowed in this state. */
export interface RefusedChange {
  readonly kind: 'refused';
  /** For a person: the payment, why not, and what to do next. */
  readonly message: string;
}

export type FieldChange =
  | { readonly kind: 'claimed'; readonly tries: number; readonly claimedAt: number; readonly place: string }
  | {
      readonly kind: 'moved';
      readonly status: Status;
      readonly isCancelledByPerson?: true;
      /** Of a payment that becomes `replaced`: what it is again when its correction ends without payment. */
      readonly unpaidEnd?: UnpaidEnd;
      /** Goes on being queried although the payment keeps it: another payment stands for the same debt. */
      readonly retired?: EarlierReference | null;
      readonly attempts: number;
      readonly sentAt: number | null;
      readonly settledAt: number | null;
      /** Null where nothing of the current reference was sent: it may be sent to another place then. */
      readonly place: string | null;
    }
  /**
   * Status `planned`, not settled; the reference joins those that the payment ever had. `isAssumedSent`: status `unknown` at once,
   * because a ledger that was lost may have sent it.
   */
  | {
      readonly kind: 'new-reference';
      readonly generation: number;
      readonly reference: string;
      readonly isAssumedSent: boolean;
      /** What is kept of the reference before. */
      readonly retired: EarlierReference | null;
    };

/** One entry of the append-only record. The names of events are stored in ledgers: they never change. */
export interface EntryText {
  readonly event:
    | 'claimed'
    | 'answered'
    | 'late-answer'
    | 'recovered'
    | 'retried'
    | 'resolved'
    | 'cancelled-by-person'
    | 'hinted'
    | 'contradicted'
    | 'replaced'
    | 'replacement-failed'
    | `${'settled' | 'noted'}-by-${StatusReportSource}`;
  readonly status: Status;
  readonly generation: number;
  readonly attempt: number;
  /** The new reference, where the entry gives one. */
  readonly reference: string | null;
  /** Set only where the entry ends an attempt that may have left: such entries are the memory of the payout budget. */
  readonly sent: { readonly place: string; readonly claimedAt: number } | null;
  /** What the payment displays from now on; null: the same as before. */
  readonly latest: LatestEvidence | null;
  /** What was received, word for word, where `latest` displays something else. */
  readonly received: Evidence | null;
}

/** Of a payment that was neither queried nor named by a callback since it got its reference. */
export const NO_HISTORY: PaymentHistory = Object.freeze({
  queries: 0,
  queriedAt: null,
  notFoundSince: null,
  notFoundCount: 0,
  notFoundUntil: null,
  firstSentAt: null,
  needsQuery: false,
  unverifiedCallbacks: 0,
  isConflicting: false,
  earlierReportedPaid: false,
  unverifiedFailures: 0,
  restsOnPerson: false,
  contradiction: null,
});
