import type { Clock } from '../domain/clock.ts';
import { DrainedError } from '../domain/call-budgets.ts';
import type { Budget, BudgetCall, Rate, RateNotice } from '../domain/limits.ts';
import type { BudgetStore } from '../ledger/call-records.ts';
import type { AccountLock } from '../ledger/records.ts';
import { Wakeup } from '../domain/wakeup.ts';
import { RateWindow } from './rate-window.ts';

export interface BudgetLimiterRequest {
  readonly budget: Budget;
  /** The name under which the ledger keeps the calls of this budget. */
  readonly key: string;
  /** Of the account whose budget this is; null for a budget of the machine. */
  readonly lock: AccountLock | null;
  readonly ledger: Pick<BudgetStore, 'spend'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onWait?: (budget: string, waitMs: number) => void;
}

/** Why a call waits. */
export interface BudgetWait {
  /** Null: that of payouts. */
  readonly budget: string | null;
  /** The rate that is used up; null: the provider asked to wait, or could not be reached. */
  readonly rate: Rate | null;
  /** Until there is room again. */
  readonly ms: number;
}

/** A wait is measured again after this long at the latest. */
const MEASURE_AGAIN_MS = 600_000;
/** The user is told of a wait of this length or more. */
const NOTABLE_WAIT_MS = 2_000;

/**
 * One budget with its waiting: this process's own {@link RateWindow} on a clock that never goes back, and behind it the
 * ledger, which keeps the calls for later runs and, for a budget of the machine, counts those of other processes too.
 */
export class BudgetLimiter {
  readonly budget: Budget;
  private readonly request: BudgetLimiterRequest;
  private readonly window: RateWindow;
  /** Calls that wait for room now. */
  private waiting = 0;
  /** Woken when a slot may have become free, or when the time at which one will be free has become known. */
  private readonly changed = new Wakeup();

  constructor(request: BudgetLimiterRequest) {
    this.request = request;
    this.budget = request.budget;
    this.window = new RateWindow(request.budget.rates);
  }

  seed(calls: readonly BudgetCall[]): void {
    const wall = this.request.clock.now();
    const at = this.at();
    // An unanswered call of an earlier run ended with that run, so it counts as answered now. Wall times are whole milliseconds.
    this.window.seed(
      calls.map(({ answeredAt }) => (answeredAt === null ? at : at - Math.max(0, wall - answeredAt - 1))),
      at,
    );
  }

  /**
   * Waits until there is room.
   *
   * @param notable which waits to tell the user of: all, or only those that the provider asked for.
   */
  async room(signal: AbortSignal, notable: 'all' | 'paused'): Promise<void> {
    const { clock, onWait } = this.request;
    for (let isNoted = false; ;) {
      if (signal.aborted || this.request.signal.aborted) throw new DrainedError();
      const at = this.at();
      const waitMs = this.window.freeAt(at) - at;
      if (waitMs <= 0) return;
      if (
        !isNoted &&
        waitMs >= NOTABLE_WAIT_MS &&
        waitMs < Infinity &&
        (notable === 'all' || this.window.isPaused(at))
      ) {
        isNoted = true;
        onWait?.(this.budget.name, Math.ceil(waitMs));
      }
      this.waiting += 1;
      await (waitMs === Infinity ? this.changed.next(signal) : clock.sleep(Math.min(waitMs, MEASURE_AGAIN_MS), signal));
      this.waiting -= 1;
    }
  }

  /** What a call waits for that found no room; null where none waits, or only for an answer. */
  wait(): BudgetWait | null {
    const at = this.at();
    const binding = this.waiting === 0 ? null : this.window.binding(at);
    return binding === null ? null : { budget: this.budget.name, rate: binding.rate, ms: binding.until - at };
  }

  /** About how long it takes until the last of `count` more calls can be made. */
  lastSentMs(count: number): number {
    const at = this.at();
    return this.window.lastSentAt(count, at) - at;
  }

  isFree(): boolean {
    return this.window.free(this.at()) > 0;
  }

  take(most: number): number {
    return this.window.take(most, this.at());
  }

  /** Makes one taken slot durable in the ledger; null when other processes have spent the budget (the slot is given back then). */
  async grant(): Promise<number | null> {
    const { ledger, key, lock, budget, clock } = this.request;
    try {
      const result = await ledger.spend({ key, lock, rates: budget.rates, at: clock.now() });
      if (result.granted) return result.call;
      // Never ask a ledger without room again at once: that would be a loop without a pause.
      this.pause(Math.max(1, result.waitMs));
    } catch (error) {
      this.unused();
      throw error;
    }
    this.unused();
    return null;
  }

  /** Waits for a slot and makes the call durable, so that the call may be made. */
  async spend(signal: AbortSignal): Promise<number> {
    for (;;) {
      await this.room(signal, 'all');
      // Another waiting call may have taken the slot.
      if (this.take(1) === 0) continue;
      const call = await this.grant();
      if (call !== null) return call;
    }
  }

  answered(): void {
    this.window.answered(this.at());
    this.changed.wake();
  }

  unused(): void {
    this.window.unused();
    this.changed.wake();
  }

  pause(waitMs: number): void {
    if (waitMs > 0) this.window.pause(this.at() + waitMs);
  }

  notice(notice: RateNotice): void {
    this.window.notice(notice, this.at());
  }

  private at(): number {
    return this.request.clock.monotonic();
  }
}
