import type { Approval } from '../domain/approval.ts';
import type { PersonsReason } from './stops.ts';
import type { CanaryRequest, StopAt } from './brakes.ts';
import type { CopyRefusal } from './copy-records.ts';
import type { BatchSummary, PaymentPages } from '../domain/batch.ts';
import type { QueryHistory } from '../domain/query-history.ts';
import type { StatusReport, StatusReportSource } from '../domain/status-report.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { Payment, PaymentInstruction, RefusedReplacement } from '../domain/payment.ts';
import type { Place } from '../domain/place.ts';
import type { Status } from '../domain/status.ts';

export interface BatchRecord extends BatchSummary {
  readonly registeredAt: number;
  /** False where the clock was known to stand wrong meanwhile: {@link CopySearch}. */
  readonly isTimeTrusted: boolean;
  readonly organisation: string;
  /** Raised by every change of the batch or of one of its payments that a report would show. */
  readonly revision: number;
  /** Provider of each account that the batch names, as configured when the batch was registered. */
  readonly providers: Readonly<Record<string, string>>;
}

export interface Registration {
  readonly summary: BatchSummary;
  readonly organisation: string;
  readonly providers: Readonly<Record<string, string>>;
  readonly payments: PaymentPages;
  readonly at: number;
  readonly by: string;
  /** Refuse when half or more stands in other batches that count from then on ({@link CopySearch}); null: a person allowed it. */
  readonly refuseCopiesSince: number | null;
  /** False where this machine's clock is known to stand wrong. */
  readonly isClockTrusted: boolean;
  /** As {@link CopySearch}. */
  readonly isSimulation: boolean;
  /** What was asked about the payments that the batch replaces; as in {@link RetryRequest}. */
  readonly confirmation?: Pick<RetryRequest, 'queriedSince' | 'unaskable' | 'person'>;
  /** What a lost ledger had registered: its corrections were allowed then. Only within a recovery, which sends nothing. */
  readonly isRecovery?: boolean;
  /** The signatures under which the batch is registered, kept in the same transaction. */
  readonly approvals?: readonly Approval[];
  /**
   * Canaries that the batch has from its registration or amendment on. An amendment gives each account of the batch one, as long as
   * another of its accounts has one in force: what waits for a release must not go because its account was changed.
   */
  readonly canaries?: readonly Pick<CanaryRequest, 'account' | 'size'>[];
}

export type RegisterResult =
  | { readonly kind: 'registered' }
  /** Another process registered this id first. */
  | { readonly kind: 'exists'; readonly record: BatchRecord }
  | { readonly kind: 'not-replaceable'; readonly rows: readonly RefusedReplacement[] }
  | CopyRefusal;

export type AmendResult =
  | { readonly kind: 'amended'; readonly added: number; readonly changed: number }
  /** Ids of payments that were sent and differ, or that the amended set lacks; nothing was changed. */
  | { readonly kind: 'refused'; readonly sent: readonly string[]; readonly missing: readonly string[] }
  | { readonly kind: 'not-replaceable'; readonly rows: readonly RefusedReplacement[] }
  /** Of what would be added or changed. */
  | CopyRefusal;

export interface PaymentFilter {
  readonly batch: string;
  readonly statuses?: readonly Status[];
}

export interface LedgerPayment extends Payment {
  readonly batch: string;
  readonly provider: string;
  /** {@link paymentDigest} of what was registered. */
  readonly digest: string;
  readonly status: Status;
  /** A person has cancelled the payment before it was sent; only where the status is `cancelled`. */
  readonly isCancelledByPerson?: boolean;
  readonly reference: string;
  readonly generation: number;
  /** Attempts of all generations whose request may have left. */
  readonly attempts: number;
  /** From the newest entry that carries them; empty before. */
  readonly code: string;
  readonly reason: string;
  readonly providerReference: string;
  /** The id that the recipient sees; empty where the provider names none. */
  readonly receipt: string;
  readonly requestId: string;
  readonly feeMinor: bigint | null;
  /** When the newest attempt that may have left was claimed. */
  readonly sentAt: number | null;
  /** When the status became final. */
  readonly settledAt: number | null;
  /**
   * Key of the place that the current reference was sent to, in {@link BatchStore.places}. Null: not sent, or sent by a payrun that
   * recorded no places.
   */
  readonly place: string | null;
}

export interface LockOwner {
  readonly command: string;
  readonly pid: number;
  readonly host: string;
  readonly at: number;
}

export type LockResult =
  | { readonly kind: 'locked'; readonly lock: AccountLock }
  | { readonly kind: 'busy'; readonly by: LockOwner | null; readonly replacedLock?: string };

/**
 * The right to send from an account. A later owner of the account starts a later epoch, and the store refuses claims and calls of
 * an earlier one: a lock that was lost without notice sends nothing.
 */
export interface AccountLock {
  readonly account: string;
  /** Where payments that are claimed under this lock are sent to. */
  readonly place: Place;
  /** {@link placeKey} of the place: accounts with one place share one lock. */
  readonly key: string;
  /** Counts how often the place was locked. */
  readonly epoch: number;
  /** Aborted when the store lost the lock although this process lives; nothing more may be sent then. */
  readonly lost: AbortSignal;
  /** How many payments a dead process had left in `submitting`. */
  readonly recovered: number;
  release(): Promise<void>;
}

export interface ClaimRequest {
  readonly lock: AccountLock;
  readonly batch: string;
  readonly limit: number;
  /** Only payments of this generation or later; absent: of any. */
  readonly generationFrom?: number;
  /** Only these payments, in this order; absent: any, by line. */
  readonly references?: readonly string[];
  /** Throw `stop-at`, and claim nothing, once so many payments went wrong; absent: whatever their number. */
  readonly stopAt?: StopAt;
  readonly at: number;
  readonly by: string;
}

export interface Claim {
  /** The store's own handle of the payment; opaque. */
  readonly key: number;
  /** 1 for the first attempt of this payment, over all generations. */
  readonly attempt: number;
  readonly generation: number;
  /** Of the account lock under which the attempt was claimed. */
  readonly epoch: number;
  /** An earlier attempt with this reference was never answered. */
  readonly isResend: boolean;
  readonly instruction: PaymentInstruction;
}

export interface ResendRequest extends Omit<ClaimRequest, 'batch' | 'generationFrom'> {
  readonly references: readonly string[];
}

/**
 * A status report about the payment that has, or once had, `reference`. The effect:
 *
 * - The report moves the payment where `MOVES` allows it and the report says more than is known. `pending` never moves a payment
 *   back (out of `submitting`, `paid`, …); `unknown` and `not-found` move nothing.
 * - A report that repeats what is known is kept. New ids of the provider are added to the payment.
 * - A report that contradicts a final status leaves the status (the first final report wins), and the contradiction becomes the
 *   payment's newest reason, with the code `contradiction`. Exception: `paid` about a `failed` or `planned` payment makes it
 *   `unknown`, so that nothing sends it again. `paid` about an earlier generation makes a `planned` or `failed` payment `unknown`
 *   too, and is a contradiction of any other.
 * - A report from a `query` counts in the payment's {@link QueryHistory} and ends its need of a query. A `failed` or `planned`
 *   payment needs the query until an answer decides.
 */
export interface ReceivedReport {
  readonly reference: string;
  readonly report: StatusReport;
  readonly source: StatusReportSource;
  /** Of a query: {@link QueryHistory.unverifiedCallbacks} when it was sent. The answer decides nothing about a later callback. */
  readonly unverifiedCallbacks?: number;
  /** Of a query: the provider's own time of the answer, null where it names none. Absent: the same as `at`. */
  readonly providerAt?: number | null;
  readonly at: number;
  readonly by: string;
}

export type ReportResult =
  | { readonly kind: 'moved'; readonly from: Status; readonly to: Status; readonly batch: string }
  | { readonly kind: 'kept'; readonly status: Status; readonly batch: string }
  | { readonly kind: 'contradicted'; readonly status: Status; readonly batch: string }
  /** No payment of this ledger ever had the reference. */
  | { readonly kind: 'not-ours' };

export interface OpenFilter {
  readonly account: string;
  /** Only payments that were sent to the place with this key, or of which no place is known; null: to any place. */
  readonly place: string | null;
  /** Null: of all batches. */
  readonly batch: string | null;
  readonly statuses: readonly Status[];
}

export interface OpenPayment {
  readonly payment: LedgerPayment;
  readonly history: QueryHistory;
}

export interface ReceivedCallback {
  readonly account: string;
  /** What makes two deliveries the same: a nonce, or a digest of the body. */
  readonly deduplicationKey: string;
  readonly segment: string;
  readonly body: string;
  /** Of ours; null when it names none. */
  readonly reference: string | null;
  readonly at: number;
}

export interface CallbackResult {
  readonly key: number;
  /** `unverified` also makes the payment need a query, and `kept` and `contradicted` leave its status. */
  readonly result: 'settled' | 'kept' | 'contradicted' | 'unverified' | 'unrelated' | 'not-ours';
  readonly reference: string | null;
  readonly evidence: Evidence | null;
  /** Of an `unverified` one. */
  readonly reportsFailure?: true;
  /** Set when the callback itself stops its account, for every process that sends from the account. */
  readonly accountStop?: Evidence | null;
  readonly at: number;
  readonly by: string;
}

export interface UnprocessedCallback {
  readonly key: number;
  readonly segment: string;
  readonly body: string;
  readonly receivedAt: number;
}

export interface AttemptResult {
  readonly claim: Claim;
  /** `planned` when no money moved and the payment may be sent again. */
  readonly status: Exclude<Status, 'submitting' | 'cancelled' | 'returned' | 'replaced'>;
  /** False when no byte of the request left: then counts and budgets do not count the attempt. */
  readonly left: boolean;
  readonly evidence: Evidence;
  readonly feeMinor: bigint | null;
  readonly at: number;
  readonly by: string;
}

export interface RetryRequest {
  readonly batch: string;
  /** Folded ids; null: all failed payments. */
  readonly idKeys: readonly string[] | null;
  /** Accounts that the caller has locked. A payment of another account stays failed: the caller has not checked it. */
  readonly accounts: readonly string[];
  /** Since when the caller has queried the references that rest on a person's word; absent: none was queried. */
  readonly queriedSince?: number;
  /** Who sends them again and why, where that was said. */
  readonly person?: PersonsReason;
  /** What the provider cannot be asked about, so that a person's word stands: all of an account, or single current references. */
  readonly unaskable?: { readonly accounts: ReadonlySet<string>; readonly references: ReadonlySet<string> };
  readonly at: number;
  readonly by: string;
}

export interface Decision {
  readonly reference: string;
  readonly status: 'paid' | 'failed';
  readonly because: string;
  readonly providerReference: string | null;
  /** When the bank says that it came to this end, Unix milliseconds; absent: `at`. */
  readonly settledAt?: number;
  /** Name of the person. */
  readonly by: string;
  readonly at: number;
}

/** Of a batch, or of a path. */
export type FileMemoFilter = { readonly batch: string } | { readonly path: string };

/** What identifies a file on disk without reading it, and the batch that it holds. */
export interface FileMemo {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Digest of the configuration under which the file was read. */
  readonly config: string;
  readonly batch: string;
  /** {@link BatchRecord.revision} that the report shows. */
  readonly revision: number;
}
