import type { Clock } from '../domain/clock.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';

import type { LedgerError } from '../ledger/errors.ts';
import type { AttemptStore, BatchStore, StopAt } from '../ledger/ledger.ts';
import type { AttemptResult, Claim, AccountLock } from '../ledger/records.ts';
import type { Provider } from '../providers/port.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { FirstPayment } from './first-payment.ts';

export interface ExecuteRequest {
  readonly ledger: AttemptStore & Pick<BatchStore, 'tallies'>;
  /** Of the account that pays. */
  readonly lock: AccountLock;
  readonly batch: string;
  /** Only payments of this generation or later: 2 for a retry. */
  readonly generationFrom?: number;
  /**
   * Send these `unknown` payments again, each once and with its old reference, and no planned payment. The caller must have checked
   * that the provider's rule allows a re-send.
   */
  readonly resend?: readonly string[];
  /** Send only these planned payments, by their references and in this order; absent: every planned one, in the order of the lines. */
  readonly only?: readonly string[];
  /** Opened for that account, with {@link limiter} as its call budgets. */
  readonly provider: Pick<Provider, 'prepare' | 'submit'>;
  /** Payouts that may be under way at once. */
  readonly concurrency: number;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** Aborted to drain: no new payout is sent, and payouts under way end and are recorded. */
  readonly signal: AbortSignal;
  /**
   * Aborted, with an `Evidence` as the reason, when a callback or a query says that the account cannot go on: no new payout is
   * sent, the rest stays planned.
   */
  readonly halt?: AbortSignal;
  /**
   * Why no payment may be sent at a moment of the wall clock: outside of hours, or after the last moment of the batch; null where one may.
   * Asked before each claim and before each request. Absent: payments may be sent at any time.
   */
  readonly heldAt?: (at: number) => Evidence | null;
  /** Of the account, where its first payment of this command goes alone; absent: payouts go side by side at once. */
  readonly first?: FirstPayment;
  /** Ends the run when too many payments went wrong; absent: whatever goes wrong. */
  readonly brake?: Brake;
  /** Who is named in the ledger's entries. */
  readonly by: string;
  /** Called once for each payment that left `planned`, after that became durable. */
  readonly onProgress?: (event: ExecuteProgress) => void;
}

/** When too many payments of the batch and account went wrong. The ledger counts them in the transaction of each claim. */
export interface Brake {
  /** At which numbers the ledger claims nothing more; asked before each claim. */
  stopAt(): StopAt;
  /** A payment of this run has come to an end, which is recorded before the next claim. */
  ended(): void;
  /**
   * The ledger has claimed nothing, because of {@link stopAt}, and every end that {@link ended} was called for is durable. Why nothing more may be sent, which another process can read in the
   * ledger by then; null where the numbers of {@link stopAt} are larger by now.
   */
  reached(): Promise<Evidence | null>;
}

export interface ExecuteProgress {
  /** Payments that left `planned` in this run so far. */
  readonly done: number;
  readonly status: Exclude<AttemptResult['status'], 'planned'>;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface ExecuteResult {
  /** Attempts made durable; a payment that came back and was claimed again counts each time. */
  readonly claimed: number;
  /** Recorded results; `planned` are the attempts that moved nothing and may be made again. */
  readonly counts: Readonly<Record<AttemptResult['status'], number>>;
  /** Why payments may be left `planned`; null when none is. */
  readonly stopped: ExecuteStop | null;
}

export type StopKind = 'stop' | 'unreachable' | 'throttled' | 'paused' | 'braked' | 'held';

export type ExecuteStop =
  | { readonly kind: 'drained' }
  /**
   * `paused`: the account or the batch is paused. `braked`: this run has paused the account, since too much went wrong. `held`: payments
   * may not be sent at this time. `stop`: the account cannot go on. `unreachable`, `throttled`: the back-off gave up, and a later run may
   * do better.
   */
  | { readonly kind: StopKind; readonly evidence: Evidence }
  /** The ledger cannot be trusted any more. Only this list holds how the attempts in it ended. */
  | { readonly kind: 'ledger'; readonly error: LedgerError; readonly unrecorded: readonly Unrecorded[] };

/** An attempt whose result could not be recorded: the payment stays `submitting` in the ledger, and becomes `unknown`. */
export interface Unrecorded {
  readonly claim: Claim;
  readonly outcome: Outcome;
}
