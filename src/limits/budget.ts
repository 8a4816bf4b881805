import type { Clock } from '../domain/clock.ts';
import { DrainedError } from '../domain/call-budgets.ts';
import type { Budget, BudgetCall, RateNotice } from '../domain/limits.ts';
import type { BudgetStore } from '../ledger/ledger.ts';
import type { AccountLock } from '../ledger/records.ts';
import { Wakeup } from '../domain/wakeup.ts';
import { RateWindow } from './rate-window.ts';

export interface BudgetLimiterRequest {
  readonly budget: Budget;
  /** Under which the ledger remembers its calls. */
  readonly key: string;
  /** Of the account whose budget this is; null for a budget of the machine. */
  readonly lock: AccountLock | null;
  readonly ledger: Pick<BudgetStore, 'spend'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onWait?: (budget: string, waitMs: number) => void;
}

/** A clock that is set right, or a pause that is long, is looked at again after this long at the latest. */
const LOOK_AGAIN_MS = 600_000;
/** A run that stands still for as long as this says why. */
const NOTABLE_WAIT_MS = 2_000;

/**
 * One budget with its waiting: this process's own {@link RateWindow} on a clock that never goes back, and behind it the
 * ledger, which keeps the calls for later runs and, for a budget of the machine, counts those of other processes too.
 */
export class BudgetLimiter {
  readonly budget: Budget;
  private readonly request: BudgetLimiterRequest;
  private readonly window: RateWindow;
  /** Rung when a slot may have become free, or the moment of that has become known. */
  private readonly changed = new Wakeup();

  constructor(request: BudgetLimiterRequest) {
    this.request = request;
    this.budget = request.budget;
    this.window = new RateWindow(request.budget.rates);
  }

  seed(calls: readonly BudgetCall[]): void {
    const wall = this.request.clock.now();
    const at = this.at();
    // An unanswered call of a run before this one is over: its death is noticed now. Wall times are whole milliseconds.
    this.window.seed(
      calls.map(({ answeredAt }) => (answeredAt === null ? at : at - Math.max(0, wall - answeredAt - 1))),
      at,
    );
  }

  /**
   * Waits until there is room.
   *
   * @param notable which waits are worth telling: all, or only those that the provider asked for.
   */
  async room(signal: AbortSignal, notable: 'all' | 'paused'): Promise<void> {
    const { clock, onWait } = this.request;
    for (let told = false; ;) {
      if (signal.aborted || this.request.signal.aborted) throw new DrainedError();
      const at = this.at();
      const waitMs = this.window.freeAt(at) - at;
      if (waitMs <= 0) return;
      if (!told && waitMs >= NOTABLE_WAIT_MS && waitMs < Infinity && (notable === 'all' || this.window.isPaused(at))) {
        told = true;
        onWait?.(this.budget.name, Math.ceil(waitMs));
      }
      await (waitMs === Infinity ? this.changed.next(signal) : clock.sleep(Math.min(waitMs, LOOK_AGAIN_MS), signal));
    }
  }

  isFree(): boolean {
    return this.window.free(this.at()) > 0;
  }

  take(most: number): number {
    return this.window.take(most, this.at());
  }

  /** Makes one taken slot durable in the ledger; null when others have spent the budget (the slot is then given back). */
  async grant(): Promise<number | null> {
    const { ledger, key, lock, budget, clock } = this.request;
    try {
      const result = await ledger.spend({ key, lock, rates: budget.rates, at: clock.now() });
      if (result.granted) return result.call;
      // A ledger that has no room must never be asked again at once.
      this.pause(Math.max(1, result.waitMs));
    } catch (error) {
      this.unused();
      throw error;
    }
    this.unused();
    return null;
  }

  /** Waits for its turn and makes the call durable, so that it may be made. */
  async spend(signal: AbortSignal): Promise<number> {
    for (;;) {
      await this.room(signal, 'all');
      // Somebody who waited as well may have been quicker.
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

  notice(said: RateNotice): void {
    this.window.notice(said, this.at());
  }

  private at(): number {
    return this.request.clock.monotonic();
  }
}
