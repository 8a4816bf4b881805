import type { BatchSummary, PaymentPages } from '../domain/batch.ts';
import type { BudgetCall, Rate } from '../domain/limits.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { Payment, Presentation, StatusTally } from '../domain/payment.ts';
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
  hold(account: string, holder: Holder): Promise<HoldResult>;

  /**
   * Makes up to `limit` `planned` payments of the batch and account `submitting`, in order of their lines, each with its
   * attempt, durably, before it resolves. Needs the hold.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Records what became of an attempt, durably, before it resolves. */
  record(result: AttemptResult): Promise<void>;

  /** A new generation with a new reference for `failed` payments of the batch and the accounts. Returns how many. */
  retry(request: RetryRequest): Promise<number>;
  /** A person's decision on an `unknown`, or on a `pending` that nobody can be asked about. Throws `move` for other statuses. */
  resolve(decision: Decision): Promise<LedgerPayment>;

  /**
   * Takes one call from a budget: counts its calls in every window and writes this one down, in one transaction, so that
   * processes share a budget exactly. `key` names who shares it.
   */
  spend(request: SpendRequest): Promise<SpendResult>;
  /** The answer (or the end without one) of a call that {@link spend} granted. */
  spent(call: number, answeredAt: number): Promise<void>;
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

export interface Holder {
  readonly command: string;
  readonly pid: number;
  readonly host: string;
  readonly at: number;
}

export type HoldResult =
  { readonly kind: 'held'; readonly hold: Hold } | { readonly kind: 'busy'; readonly by: Holder | null };

export interface Hold {
  readonly account: string;
  /** How many payments the dead had left in `submitting`. */
  readonly recovered: number;
  release(): Promise<void>;
}

export interface ClaimRequest {
  readonly hold: Hold;
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
  readonly presentation: Presentation;
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
