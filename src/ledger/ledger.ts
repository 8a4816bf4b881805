import type { ApprovalStore } from './approvals.ts';
import type { BrakeStore } from './brakes.ts';
import type { BatchTimesStore } from './batch-times.ts';
import type { ComparedFilter, ComparedPayment } from './compared-payments.ts';
import type { EarlierFilter, EarlierPayment } from './earlier-references.ts';
import type { FileLock } from '../domain/file-lock.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { OpenAge, Payment, RefusedReplacement, StatusTally } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';
import type { IdentityStore } from './identity.ts';
import type { RecoveryStore } from './recovery.ts';
import type { Place } from '../domain/place.ts';
import type { BudgetStore } from './call-records.ts';
import type { OpenPlace, PlacedAccount, SentPlace } from './place-records.ts';
import type {
  AmendResult,
  AttemptResult,
  BatchRecord,
  CallbackResult,
  Claim,
  ClaimRequest,
  Decision,
  FileMemo,
  FileMemoFilter,
  LedgerPayment,
  LockOwner,
  LockResult,
  OpenFilter,
  OpenPayment,
  PaymentFilter,
  ReceivedCallback,
  ReceivedReport,
  RegisterResult,
  Registration,
  ReportResult,
  ResendRequest,
  RetryRequest,
  UnprocessedCallback,
} from './records.ts';
import type { ContradictionCounts } from './contradiction.ts';
import type { CopyStore } from './copy-records.ts';
import type { DestinationStore } from './destination-records.ts';
import type { PayrollStore } from './payroll-records.ts';
import type { SeriesStore } from './series-records.ts';
import type { StopStore } from './stops.ts';

export type { IdentityStore, LedgerIdentity } from './identity.ts';
export type { StopAt } from './brakes.ts';
export type { EarlierFilter, EarlierPayment } from './earlier-references.ts';

/** Batches and what they hold. */
export interface BatchStore {
  /** The registered batch, or null. */
  batch(id: string): Promise<BatchRecord | null>;
  /** All batches, oldest first. */
  batches(): Promise<readonly BatchRecord[]>;

  /**
   * Registers a batch with all its payments as `planned` generation 1, in one transaction. The pages are read inside that
   * transaction: an error of theirs passes through, and nothing was registered. The test for copies is part of the transaction,
   * so two processes cannot register a file and its copy side by side.
   */
  register(registration: Registration): Promise<RegisterResult>;

  /**
   * Replaces the payments of a registered batch by an amended set: additions, and changes of payments that were never sent
   * (`planned`, no attempt). Any other difference refuses the whole amendment. Lines and cells of unchanged payments follow the
   * new file. One transaction, as {@link register}.
   */
  amend(registration: Registration): Promise<AmendResult>;

  /** Of these payments of a new batch, those that may not replace what they name, and why. Registering asks again. */
  refusedReplacements(batch: string, payments: readonly Payment[], at: number): Promise<readonly RefusedReplacement[]>;
  /** Other batches with a payment that stands for the same debt as one of this batch. */
  correctionsOf(batch: string): Promise<readonly string[]>;

  /** Payments of a batch in the order of their lines, in pages. */
  payments(filter: PaymentFilter): AsyncIterable<readonly LedgerPayment[]>;
  /** Payments of a batch and account in the order of their lines, in pages: what of them is compared with a statement. */
  comparedPayments(filter: ComparedFilter): AsyncIterable<readonly ComparedPayment[]>;
  /** Payments by folded id. The map lacks the ids that the batch lacks. */
  lookup(batch: string, idKeys: readonly string[]): Promise<ReadonlyMap<string, LedgerPayment>>;
  /**
   * Payments of any batch with this folded id, or that ever had this reference, in the order of their registration. Where there are
   * none, those for which a provider ever gave this receipt or id of its own, which reads every entry.
   */
  named(idKey: string, reference: string, receipt: string): Promise<readonly LedgerPayment[]>;
  /** Counts and sums per status, currency, account and destination kind. */
  tallies(batch: string): Promise<readonly StatusTally[]>;
  /** When the payments of a batch came to their ends: the latest of these moments, by our clock. Null: none has come to an end. */
  lastSettledAt(batch: string): Promise<number | null>;
  /** Every place that payments were sent to, by its key. */
  places(): Promise<ReadonlyMap<string, Place>>;
  /**
   * Where the payments of a batch were sent to, whatever became of them. A payment that was sent to two places counts at both; one that
   * was never sent, or whose request certainly moved nothing, at none.
   */
  sentPlaces(batch: string): Promise<readonly SentPlace[]>;
  /** Where the `submitting`, `pending` and `unknown` payments of a batch, and those that need a query, were sent to; null: of all batches. */
  openPlaces(batch: string | null): Promise<readonly OpenPlace[]>;
  /**
   * For every batch with a payment that is not `paid`: which statuses other than `paid` occur in it. `cancelled` only where a
   * provider cancelled: what a person cancelled needs nobody.
   */
  unpaidBatches(): Promise<ReadonlyMap<string, ReadonlySet<Status>>>;
  /** For every account with pending or unknown payments that were sent before this moment: how many, and since when. */
  openAges(sentBefore: number): Promise<readonly OpenAge[]>;
  /** Of every batch with a payment whose reports contradict each other, or once did: how many there are. */
  contradictions(): Promise<ReadonlyMap<string, ContradictionCounts>>;
  /**
   * Ids of the batches whose reports are behind: they show an earlier revision, or there are none yet. A move and the revision that
   * it raises are one transaction, so that a process that dies before it has reported leaves its batch in this list.
   */
  batchesBehind(): Promise<readonly string[]>;
  /** Notes that the reports of a batch show at least this revision of it. A later note of an earlier revision changes nothing. */
  noteReport(report: { readonly batch: string; readonly revision: number }): Promise<void>;
  /** Notes that a file of this machine was registered in whole, and which revision of its batch was reported. */
  rememberFile(memo: FileMemo): Promise<void>;
  /** The memos of this machine, by path, whose revision is still that of their batch: a sweep can pass these files over. */
  rememberedFiles(): Promise<ReadonlyMap<string, FileMemo>>;
  /** The memos of this machine of one batch, or of one path, of whatever revision. */
  fileMemos(of: FileMemoFilter): Promise<readonly FileMemo[]>;
}

/** Sending: claim, submit, record. */
export interface AttemptStore {
  /**
   * Makes up to `limit` `planned` payments of the batch and account `submitting`, in the order of their lines, each with its
   * attempt, durably, before the promise resolves. Never more than a canary of the batch lets go. Throws `locked` unless the account
   * lock is valid and of the newest epoch, `paused` while the account or the batch is paused, and `stop-at` as the request says.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;

  /**
   * Makes `unknown` payments of the account `submitting` again, each with a new attempt and its old reference: those of
   * `references` that are still `unknown`, in that order, up to `limit`. The caller knows whether the provider's rule allows the
   * re-send. Skips a payment that an unverified callback mentioned, or whose reports conflict: it may have been paid. When the
   * answer of such an attempt moves nothing, the payment stays `unknown`. Throws `locked`,
   * `paused` and `stop-at` as {@link claim}.
   */
  claimForResend(request: ResendRequest): Promise<readonly Claim[]>;

  /**
   * Records the result of an attempt, durably, before the promise resolves; returns the status that holds now. A callback that
   * came before the request's own answer may have moved the payment already. Then the answer moves the payment on where it adds
   * something, and is otherwise written down as an entry that changes nothing. So does an answer under a lock of an earlier epoch. Throws `move` for an attempt that is not the
   * payment's newest.
   */
  record(result: AttemptResult): Promise<Status>;
}

/** What is learnt and decided about payments after they were sent. */
export interface StatusStore {
  /** The payment that has this reference now, or null. */
  byReference(reference: string): Promise<LedgerPayment | null>;
  /** The payment that ever had this reference, in any generation, or null. */
  byAnyReference(reference: string): Promise<LedgerPayment | null>;
  /** Applies a status report, durably, before the promise resolves. Needs no account lock. The rules: {@link ReceivedReport}. */
  recordReport(received: ReceivedReport): Promise<ReportResult>;
  /** Payments of an account that are open or need a query, oldest sent first, in pages, each with its query history. */
  openPayments(filter: OpenFilter): AsyncIterable<readonly OpenPayment[]>;
  /** References before the current one that may still be queried, the longest due first. */
  earlierReferences(filter: EarlierFilter): Promise<readonly EarlierPayment[]>;
  /** The newest status report since `since` that stops the account, from whatever process, or null. */
  accountStop(account: string, since: number): Promise<Evidence | null>;
  /**
   * Makes `failed` payments of the batch and the accounts `planned` again, as a new generation with a new reference; with ids, also
   * `cancelled` and `returned` ones of these ids. Skips payments that an unverified callback reported as paid, and those whose end
   * rests on a person's word that no query has confirmed. Returns how many were retried.
   */
  retry(request: RetryRequest): Promise<number>;
  /** The current references of the payments that {@link retry} would give a new one. Changes nothing. */
  retryable(request: RetryRequest): Promise<readonly string[]>;
  /**
   * A person's decision on an `unknown` payment, or on a `pending` one that cannot be queried; that it was paid also on a `failed`,
   * `cancelled` or `replaced` one. Throws `move` for other statuses. A replaced payment with a correction that was never sent becomes
   * `paid` and the correction `cancelled`; where the correction was sent, both display a contradiction and keep their status.
   */
  resolve(decision: Decision): Promise<LedgerPayment>;
  /** The status that {@link resolve} would leave. Changes nothing. */
  resolvable(decision: Decision): Promise<Status>;
}

/** What a stored callback reports. */
export interface CallbackReport extends Omit<ReceivedReport, 'source'> {
  /** Of the stored callback. */
  readonly key: number;
}

/** Callbacks as they came, and whether they were processed. */
export interface CallbackStore {
  /**
   * Stores a callback, durably, before it is acknowledged. A callback with the account and deduplication key of an earlier one
   * is a repeat: the store counts it there and does not store it again.
   */
  storeCallback(callback: ReceivedCallback): Promise<{ readonly key: number; readonly isProcessed: boolean }>;
  /**
   * Applies what a stored callback reports, as {@link StatusStore.recordReport}, and marks it as processed, in one transaction. Null,
   * and nothing changes, where a process has done so: one callback is never two reports.
   */
  applyCallback(callback: CallbackReport): Promise<ReportResult | null>;
  /**
   * Marks a stored callback as processed, with its result, unless a process has done so. An `unverified` one also makes its payment need a query. Of one that
   * concerns no payment of this ledger only what {@link FOREIGN_CALLBACKS} says is kept.
   */
  finishCallback(result: CallbackResult): Promise<void>;
  /** Stored callbacks of an account that no process has finished, oldest first; the process that works the account does. */
  unprocessedCallbacks(account: string): Promise<readonly UnprocessedCallback[]>;
  /** The first callback of an account that came to a segment, or null. */
  callbackTo(account: string, segment: string): Promise<{ readonly body: string; readonly receivedAt: number } | null>;
  /** Accounts with a stored callback that no process has finished. */
  accountsWithUnprocessed(): Promise<readonly string[]>;
}

/** What {@link CallbackSpool.takeIn} did. */
export interface TakenIn {
  /** Accounts of which callbacks were taken in. */
  readonly accounts: ReadonlySet<string>;
  /** Paths of files that cannot be read as callbacks, under the names that they have now. */
  readonly setAside: readonly string[];
}

/**
 * Where callbacks wait that were verified and acknowledged while the ledger could not store them: locked, full or away. Outside of
 * the ledger, and beside it. Errors of the file system pass through.
 */
export interface CallbackSpool {
  /** Where the callbacks wait, for messages. */
  readonly place: string;
  /** Makes the place, with a reserve for a disk that is full later. Never rejects. */
  prepare(): Promise<void>;
  /** Keeps a callback, durably, behind all that are there. Rejects when the callback is not safe: it must not be acknowledged then. */
  add(callback: ReceivedCallback): Promise<void>;
  /** Whether anything waits. */
  hasFiles(): boolean;
  /**
   * Hands all that waits to `store`, in the order of arrival, and forgets each callback once `store` has resolved for it. After a
   * kill in between `store` gets a callback again, whose deduplication key tells so. Rejects with what `store` rejects with.
   */
  takeIn(store: (callbacks: readonly ReceivedCallback[]) => Promise<unknown>): Promise<TakenIn>;
}

/**
 * The durable record; the only truth about what was sent. Every method is asynchronous because a store may be a server. Callers
 * take the part that they need.
 *
 * Promises of every store, checked by one suite:
 * - A resolved promise of a writing method means *durable*: on disk, past the operating system's cache.
 * - Entries are append-only. The current status is kept beside them in the same transaction and only moves as `MOVES` allows;
 *   any other move throws `LedgerError` `move`, and nothing of the transaction happens.
 * - Calls made in the same turn of the event loop may share one transaction (group commit). Each still succeeds or fails alone
 *   where that is possible, and a failed commit fails all of its group.
 * - All times are wall-clock Unix milliseconds, passed in.
 *
 * Errors: `LedgerError`. After `full` or `unusable` the caller may send nothing more.
 */
export interface Ledger
  extends
    BatchStore,
    BatchTimesStore,
    CopyStore,
    DestinationStore,
    PayrollStore,
    AttemptStore,
    StatusStore,
    StopStore,
    ApprovalStore,
    BrakeStore,
    SeriesStore,
    IdentityStore,
    RecoveryStore,
    CallbackStore,
    BudgetStore {
  /**
   * Takes the right to send from an account to a place, exclusively among all processes, until it is released or the process dies.
   * Two accounts with one place share one lock: this ledger hands it out once for each account, another process gets none. The
   * operating system or the database session drops the lock on death; no timeout does. Does not wait. A new lock first settles
   * what a dead process left: `submitting` payments of the place become `unknown`, and its unanswered calls count as answered.
   * Open payments of the account of which no place is known, since an earlier payrun sent them, count as sent to this place.
   */
  lockAccount(target: PlacedAccount, owner: LockOwner): Promise<LockResult>;

  /**
   * Notes that this process waits for an account to send from it, until the note is released or the process dies. Null while
   * another process has noted the same. A process that only queries then leaves the account alone: who pays comes first.
   */
  awaitAccount(account: string): Promise<FileLock | null>;
  /** Whether any process waits for the account to send from it. */
  isAccountAwaited(account: string): Promise<boolean>;

  /** Ends the work under way, releases every account, and closes the store. */
  close(): Promise<void>;
}
