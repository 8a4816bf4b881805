import type { BatchSummary, PaymentPages } from '../domain/batch.ts';
import type { QueryHistory } from '../domain/query-history.ts';
import type { StatusReport, StatusReportSource } from '../domain/status-report.ts';
import type { BudgetCall, Rate } from '../domain/limits.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { Payment, PaymentInstruction, StatusTally } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';

/**
 * The durable record; the only truth about what was sent. Every method is asynchronous because a store may be a server.
 *
 * Promises of every store, checked by one suite:
 * - A resolved promise of a writing method means *durable*: on disk, past the operating system's cache.
 * - Entries are append-only; the current status is kept beside them in the same transaction and only moves as `MOVES` allows
 *   ({@link LedgerError} `move` otherwise, and nothing of the transaction happens).
 * - Calls made in the same turn of the event loop may share one transaction (group commit); each still succeeds or fails alone
 *   where that is possible, and a failed commit fails all of its group.
 * - All times are wall-clock Unix milliseconds, passed in.
 *
 * Errors: {@link LedgerError}. After `full` or `unusable` nothing more may be sent by the caller.
 */
export interface Ledger {
  /** The registered batch, or null. */
  batch(id: string): Promise<BatchRecord | null>;
  /** All batches, oldest first. */
  batches(): Promise<readonly BatchRecord[]>;

  /**
   * Registers a batch with all its payments as `planned` generation 1, in one transaction. The pages are read inside it: if
   * they throw, nothing was registered and the error passes through. The test for copies is part of the transaction, so two
   * processes cannot register a file and its copy side by side.
   */
  register(registration: Registration): Promise<RegisterResult>;

  /**
   * Replaces the payments of a registered batch by an amended set: additions, and changes of payments that were never sent
   * (`planned`, no attempt). Anything else in the set that differs refuses the whole amendment. Lines and cells of unchanged
   * payments follow the new file. One transaction, as {@link register}.
   */
  amend(registration: Registration): Promise<AmendResult>;

  /** Payments of a batch in the order of their lines, in pages. */
  payments(filter: PaymentFilter): AsyncIterable<readonly LedgerPayment[]>;
  /** Payments by folded id; ids that the batch lacks are absent from the map. */
  lookup(batch: string, idKeys: readonly string[]): Promise<ReadonlyMap<string, LedgerPayment>>;
  /** The payment that holds this reference now, or null. */
  byReference(reference: string): Promise<LedgerPayment | null>;
  /** The payment to which this reference was ever given, in whatever generation, or null. */
  byAnyReference(reference: string): Promise<LedgerPayment | null>;
  /** Counts and sums per status, currency, account and destination kind. */
  tallies(batch: string): Promise<readonly StatusTally[]>;
  /** For every batch with a payment that is not `paid`: which statuses other than `paid` occur in it. */
  unpaidBatches(): Promise<ReadonlyMap<string, ReadonlySet<Status>>>;
  /** Whether any batch but `except` was registered at or after `since`: whether looking for copies can find any. */
  hasBatchesSince(since: number, except: string): Promise<boolean>;
  /** Which of these fingerprints stand in other batches registered at or after `since`. */
  copies(fingerprints: readonly string[], since: number, except: string): Promise<readonly CopyMatch[]>;

  /**
   * Takes the right to work an account, exclusively among all processes, until released or the process dies: a lock that the
   * operating system drops, never a timeout. Does not wait. A hold that was just taken has settled what the dead left: the
   * account's `submitting` payments became `unknown` and its unanswered calls count as answered at `at`.
   */
  lockAccount(account: string, holder: LockOwner): Promise<LockResult>;

  /**
   * Makes up to `limit` `planned` payments of the batch and account `submitting`, in order of their lines, each with its
   * attempt, durably, before it resolves. Needs the hold.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /**
   * Records what became of an attempt, durably, before it resolves; answers the status that holds now. Evidence from elsewhere
   * (a callback that came before the request's own answer) may have moved the payment meanwhile: then what the answer adds to
   * that moves it on, and what it cannot move is written down as an entry and changes nothing. Throws `move` for an attempt that
   * is not the payment's newest.
   */
  record(result: AttemptResult): Promise<Status>;

  /**
   * Takes `unknown` payments of the account `submitting` again, each with a new attempt and its old reference, as {@link claim}:
   * those of `references` that are still `unknown`, in that order, up to `limit`. Needs the hold. Whether the provider's rule
   * allows it is the caller's to know. What comes back of such an attempt without having moved anything leaves it `unknown`.
   */
  claimForResend(request: ResendRequest): Promise<readonly Claim[]>;

  /**
   * What was learnt about a payment by other ways than its own request's answer; durable before it resolves. Needs no hold. The
   * rules, one for all stores: {@link ReceivedReport}.
   */
  recordReport(settlement: ReceivedReport): Promise<ReportResult>;
  /** Payments of an account that are open or urgent, oldest sent first, in pages, with how often they were asked about. */
  openPayments(filter: OpenFilter): AsyncIterable<readonly OpenPayment[]>;

  /**
   * Stores a callback, durably, before it is acknowledged. One with the account and replay key of an earlier one is a repeat: it
   * is counted there and not stored again.
   */
  storeCallback(callback: ReceivedCallback): Promise<{ readonly key: number; readonly isProcessed: boolean }>;
  /** What was made of a stored callback: until then it is {@link unprocessedCallbacks}, and whoever works the account judges it. */
  finishCallback(verdict: CallbackResult): Promise<void>;
  /** Stored callbacks of an account that a process died over, oldest first. */
  unprocessedCallbacks(account: string): Promise<readonly UnprocessedCallback[]>;
  /** The first callback of an account that came to a segment, or null. */
  callbackTo(account: string, segment: string): Promise<{ readonly body: string; readonly receivedAt: number } | null>;
  /** The newest finding since `since` that stops the account (a callback in another process may have brought it), or null. */
  accountStop(account: string, since: number): Promise<Evidence | null>;

  /**
   * A new generation with a new reference for `failed` payments of the batch and the accounts, but for those that are urgent: a
   * callback has said that they were paid. Returns how many.
   */
  retry(request: RetryRequest): Promise<number>;
  /** A person's decision on an `unknown`, or on a `pending` that nobody can be asked about. Throws `move` for other statuses. */
  resolve(decision: Decision): Promise<LedgerPayment>;

  /**
   * Takes one call from a budget: counts its calls in every window and writes this one down, in one transaction, so that
   * processes share a budget exactly. `key` names who shares it.
   */
  spend(request: SpendRequest): Promise<SpendResult>;
  /** The answer (or the end without one) of a call that {@link spend} granted. */
  callAnswered(call: number, answeredAt: number): Promise<void>;
  /** Payout attempts of an account and calls of a budget that may still count at `since` or later; newest first, at most `limit`. */
  recentCalls(request: { account: string; key: string; since: number; limit: number }): Promise<readonly BudgetCall[]>;

  /** Files that were taken in whole and whose report tells the latest state, so that a sweep need not look at them again. */
  rememberFile(memo: FileMemo): Promise<void>;
  /** Forgets the files of a batch: something is about to happen to it that its report does not tell yet. */
  forgetFiles(batch: string): Promise<void>;
  rememberedFiles(): Promise<ReadonlyMap<string, FileMemo>>;

  close(): Promise<void>;
}

export interface BatchRecord extends BatchSummary {
  readonly registeredAt: number;
  readonly organisation: string;
  /** Provider of each account that the batch names, as configured when it was registered. */
  readonly providers: Readonly<Record<string, string>>;
}

export interface Registration {
  readonly summary: BatchSummary;
  readonly organisation: string;
  readonly providers: Readonly<Record<string, string>>;
  readonly payments: PaymentPages;
  readonly at: number;
  readonly by: string;
  /** Refuse when half or more stands in one other batch registered at or after `since`; null: a person allowed it. */
  readonly refuseCopiesSince: number | null;
}

export type RegisterResult =
  | { readonly kind: 'registered' }
  /** Another process registered this id first. */
  | { readonly kind: 'exists'; readonly record: BatchRecord }
  | { readonly kind: 'copy'; readonly of: string; readonly matches: number };

export type AmendResult =
  | { readonly kind: 'amended'; readonly added: number; readonly changed: number }
  /** Ids of payments that were sent and differ, or that the amended set lacks; nothing was changed. */
  | { readonly kind: 'refused'; readonly sent: readonly string[]; readonly missing: readonly string[] }
  /** Half or more of what would be added or changed stands in one other batch; nothing was changed. */
  | { readonly kind: 'copy'; readonly of: string; readonly matches: number };

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
  readonly reference: string;
  readonly generation: number;
  /** Attempts of all generations whose request may have left. */
  readonly attempts: number;
  /** From the newest entry that carried them; empty before. */
  readonly code: string;
  readonly reason: string;
  readonly providerReference: string;
  readonly requestId: string;
  readonly feeMinor: bigint | null;
  /** When the newest attempt that may have left was claimed. */
  readonly sentAt: number | null;
  /** When the status became final. */
  readonly settledAt: number | null;
}

export interface CopyMatch {
  readonly fingerprint: string;
  readonly batch: string;
  readonly id: string;
}

export interface LockOwner {
  readonly command: string;
  readonly pid: number;
  readonly host: string;
  readonly at: number;
}

export type LockResult =
  { readonly kind: 'locked'; readonly lock: AccountLock } | { readonly kind: 'busy'; readonly by: LockOwner | null };

export interface AccountLock {
  readonly account: string;
  /** How many payments the dead had left in `submitting`. */
  readonly recovered: number;
  release(): Promise<void>;
}

export interface ClaimRequest {
  readonly lock: AccountLock;
  readonly batch: string;
  readonly limit: number;
  /** Only payments of this generation or later; absent: of any. */
  readonly generationFrom?: number;
  readonly at: number;
  readonly by: string;
}

export interface Claim {
  /** The store's own handle of the payment; opaque. */
  readonly key: number;
  /** 1 for the first attempt of this payment, over all generations. */
  readonly attempt: number;
  readonly generation: number;
  /** An earlier attempt with this reference was never answered. */
  readonly isResend: boolean;
  readonly instruction: PaymentInstruction;
}

export interface ResendRequest {
  readonly lock: AccountLock;
  readonly references: readonly string[];
  readonly limit: number;
  readonly at: number;
  readonly by: string;
}

/**
 * A finding about the payment that holds, or once held, `reference`. What it does:
 *
 * - It moves the payment where `MOVES` allows it and it says more than is known: `pending` never moves a payment back (out of
 *   `submitting`, `paid`, …), `unknown` and `absent` move nothing.
 * - It repeats what is known: kept. New ids of the provider are taken up into the payment.
 * - It contradicts a final status: the status stays (first final word wins) and the contradiction becomes the payment's newest
 *   reason, code `contradiction`. Except that `paid` about a `failed` or `planned` payment makes it `unknown`, so that nothing
 *   presents it again; and `paid` about an earlier generation makes a `planned` or `failed` one `unknown` too, and is a
 *   contradiction of any other.
 * - From a `query`: the payment's {@link QueryHistory} counts it and is no longer urgent; but what has failed, or is planned, stays
 *   so until an answer decides.
 */
export interface ReceivedReport {
  readonly reference: string;
  readonly report: StatusReport;
  readonly source: StatusReportSource;
  /** Of a question: {@link QueryHistory.unverifiedCallbacks} when it was asked. A callback that came later is not answered by it. */
  readonly unverifiedCallbacks?: number;
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
  /** `hint` also makes the payment urgent, and `said` a note of the payment without any move. */
  readonly result: 'settled' | 'kept' | 'contradicted' | 'unverified' | 'unrelated' | 'not-ours';
  readonly reference: string | null;
  readonly evidence: Evidence | null;
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
  /** `planned` when nothing moved and it may be presented again. */
  readonly status: Exclude<Status, 'submitting' | 'cancelled' | 'returned'>;
  /** False when no byte of the request left: it is then no attempt in counts and budgets. */
  readonly left: boolean;
  readonly evidence: Evidence;
  readonly feeMinor: bigint | null;
  readonly at: number;
  readonly by: string;
}

export interface RetryRequest {
  readonly batch: string;
  /** Folded ids; null: all that failed. */
  readonly idKeys: readonly string[] | null;
  /** Accounts that the caller holds: what failed elsewhere meanwhile stays failed, since nobody checked it. */
  readonly accounts: readonly string[];
  readonly at: number;
  readonly by: string;
}

export interface Decision {
  readonly reference: string;
  readonly status: 'paid' | 'failed';
  readonly because: string;
  readonly providerReference: string | null;
  /** Name of the person. */
  readonly by: string;
  readonly at: number;
}

export interface SpendRequest {
  readonly key: string;
  /** Account whose hold the caller has, or null for a budget of the machine. */
  readonly account: string | null;
  readonly rates: readonly Rate[];
  readonly at: number;
}

export type SpendResult =
  | { readonly granted: true; readonly call: number }
  /** No room before `waitMs` from `at`. */
  | { readonly granted: false; readonly waitMs: number };

/** Signature of a file on disk and the batch that it is. */
export interface FileMemo {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Digest of the configuration under which it was read. */
  readonly config: string;
  readonly batch: string;
}

export type LedgerFault = 'full' | 'unusable' | 'newer' | 'locked' | 'move' | 'missing';

/** Thrown by every store; the message names the ledger's place and the next step, never a secret or a whole account number. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly fault: LedgerFault;

  constructor(fault: LedgerFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export function isLedgerError(error: unknown): error is LedgerError {
  return error instanceof LedgerError;
}
