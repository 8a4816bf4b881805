import type { Clock } from '../domain/clock.ts';
import type { CallBudgets } from '../domain/call-budgets.ts';
import { placeBudgetKey, type Budget, type BudgetCall, type Rate, type RateNotice } from '../domain/limits.ts';
import type { BudgetStore } from '../ledger/call-records.ts';
import type { AccountLock } from '../ledger/records.ts';
import type { ProviderLimits } from '../providers/port.ts';
import { BudgetLimiter, type BudgetWait } from './budget.ts';

export interface RateLimiterRequest {
  readonly ledger: BudgetStore;
  /** Of the account that calls; no other process may spend from the account's budgets meanwhile. */
  readonly lock: AccountLock;
  /** Name of this machine: its processes share the budgets of machine scope. */
  readonly host: string;
  /** Name of the provider: all processes of this machine that use it share its budgets of machine scope. */
  readonly provider: string;
  readonly limits: ProviderLimits;
  /** From the configuration; the rates replace those of the payout budget. */
  readonly overrides: { readonly rates: readonly Rate[] | null; readonly concurrency: number | null };
  readonly clock: Clock;
  /** Aborted when the run is to end: every wait then ends with a `DrainedError`. */
  readonly signal: AbortSignal;
  /** Called once for each wait that is long enough for a user to notice. */
  readonly onWait?: (budget: string, waitMs: number) => void;
}

/** The permission to send one payout now. Exactly one of the two methods must be called, once. */
export interface Slot {
  /** There was an answer, or no answer is waited for any more. */
  answered(): void;
  /** No byte of the request left. */
  unused(): void;
}

/** Limits how fast one account calls its provider, over all its budgets, and includes the calls of earlier runs. */
export interface RateLimiter extends CallBudgets {
  /** Payouts that may be under way at once. */
  readonly concurrency: number;
  /** Waits until the payout budget has room. Throws `DrainedError` when `signal` or the run's own aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Takes up to `most` slots that are free now, without a wait; none when another call has taken them. */
  take(most: number): Promise<readonly Slot[]>;
  /** Frees no slot of the payout budget for this long, because the provider asked to wait. */
  pause(waitMs: number): void;
  /** Rates of the payout budget. */
  readonly rates: readonly Rate[];
  /** Payouts that were sent and are not answered yet. */
  readonly underWay: number;
  /** Why nothing is sent now; null where no call waits for room. */
  wait(): BudgetWait | null;
  /** About how long `count` more payouts take, by the limits and by how long answers took so far. */
  durationMs(count: number): number;
}

/** Throws `LedgerError`. Needs the account's lock: no other process may spend from the account's budgets meanwhile. */
export async function openRateLimiter(request: RateLimiterRequest): Promise<RateLimiter> {
  const { limits, overrides } = request;
  const limiters = new Map<string, BudgetLimiter>();
  for (const documented of limits.budgets) {
    const isPayout = documented.name === limits.payoutBudget;
    const budget = isPayout && overrides.rates !== null ? { ...documented, rates: overrides.rates } : documented;
    limiters.set(budget.name, await openBudgetLimiter(request, budget, isPayout));
  }
  return new AccountRateLimiter(
    limiters,
    limiterOf(limiters, limits.payoutBudget),
    overrides.concurrency ?? limits.concurrency,
    request,
  );
}

/** Before any answer has come, one is expected after this long. */
const EXPECTED_ANSWER_MS = 1_000;
/** How much the newest answer counts at least among those before it. */
const NEWEST_WEIGHT = 0.1;

class AccountRateLimiter implements RateLimiter {
  readonly concurrency: number;
  private readonly limiters: ReadonlyMap<string, BudgetLimiter>;
  private readonly payouts: BudgetLimiter;
  private readonly request: RateLimiterRequest;
  underWay = 0;
  /** How long an answer takes, as far as is known. */
  private answerMs = EXPECTED_ANSWER_MS;
  private answers = 0;

  constructor(
    limiters: ReadonlyMap<string, BudgetLimiter>,
    payouts: BudgetLimiter,
    concurrency: number,
    request: RateLimiterRequest,
  ) {
    this.limiters = limiters;
    this.payouts = payouts;
    this.concurrency = concurrency;
    this.request = request;
  }

  get rates(): readonly Rate[] {
    return this.payouts.budget.rates;
  }

  async spend<T>(budget: string, call: () => Promise<T>): Promise<T> {
    const limiter = limiterOf(this.limiters, budget);
    const { ledger, clock } = this.request;
    const granted = await limiter.spend(this.request.signal);
    try {
      return await call();
    } finally {
      limiter.answered();
      await ledger.callAnswered(granted, clock.now());
    }
  }

  isFree(budget: string): boolean {
    return limiterOf(this.limiters, budget).isFree();
  }

  notice(budget: string, notice: RateNotice): void {
    limiterOf(this.limiters, budget).notice(notice);
  }

  room(signal: AbortSignal): Promise<void> {
    return this.payouts.room(signal, 'paused');
  }

  async take(most: number): Promise<readonly Slot[]> {
    const { payouts } = this;
    if (payouts.budget.scope === 'account') {
      // The ledger counts payouts by their claims, so no call is written for a payout.
      const answered = (): void => payouts.answered();
      const unused = (): void => payouts.unused();
      return Array.from({ length: payouts.take(most) }, () => this.counted({ answered, unused }));
    }
    const grants = await Promise.all(Array.from({ length: payouts.take(most) }, () => payouts.grant()));
    return grants.flatMap((call) => (call === null ? [] : [this.counted(this.machineSlot(call))]));
  }

  wait(): BudgetWait | null {
    for (const limiter of this.limiters.values()) {
      const wait = limiter.wait();
      if (wait !== null) return limiter === this.payouts ? { ...wait, budget: null } : wait;
    }
    return null;
  }

  durationMs(count: number): number {
    if (count <= 0) return 0;
    const { requestsPerPayout = 1 } = this.request.limits;
    const byRates = this.payouts.lastSentMs(count * requestsPerPayout);
    const byAnswers = (Math.ceil(count / this.concurrency) - 1) * this.answerMs;
    return Math.max(byRates, byAnswers) + this.answerMs;
  }

  /** The slot with its payout counted while it is under way. */
  private counted(slot: Slot): Slot {
    const { clock } = this.request;
    const sentAt = clock.monotonic();
    this.underWay += 1;
    return {
      answered: () => {
        this.underWay -= 1;
        this.answers += 1;
        // The mean of the first answers, and then of the newest ones.
        const weight = Math.max(NEWEST_WEIGHT, 1 / this.answers);
        this.answerMs += (clock.monotonic() - sentAt - this.answerMs) * weight;
        slot.answered();
      },
      unused: () => {
        this.underWay -= 1;
        slot.unused();
      },
    };
  }

  pause(waitMs: number): void {
    this.payouts.pause(waitMs);
  }

  /** Other accounts of this machine do not see the account's claims, so each payout is written as a call as well. */
  private machineSlot(call: number): Slot {
    const { ledger, clock } = this.request;
    // An error is ignored here: an unanswered call only makes the budget stricter, and the next claim meets the same ledger.
    const spent = (): void => void ledger.callAnswered(call, clock.now()).catch(() => undefined);
    return {
      answered: () => {
        this.payouts.answered();
        spent();
      },
      unused: () => {
        this.payouts.unused();
        spent();
      },
    };
  }
}

async function openBudgetLimiter(
  request: RateLimiterRequest,
  budget: Budget,
  isPayout: boolean,
): Promise<BudgetLimiter> {
  const { ledger, lock, host, provider, clock, signal, onWait } = request;
  const isAccount = budget.scope === 'account';
  const key = isAccount ? placeBudgetKey(lock.key, budget.name) : `machine:${host}:${provider}:${budget.name}`;
  const limiter = new BudgetLimiter({
    budget,
    key,
    lock: isAccount ? lock : null,
    ledger,
    clock,
    signal,
    ...(onWait === undefined ? {} : { onWait }),
  });
  // Budgets of the machine are counted by the ledger at every call: other processes spend from them meanwhile.
  if (isAccount && budget.rates.length > 0) limiter.seed(await earlierCalls(request, budget, key, isPayout));
  return limiter;
}

/**
 * The newest calls that the longest window can still hold. The ledger returns payouts and calls together; a budget that payouts
 * do not spend from has to leave the payouts out, so more are read until enough calls of its own have come.
 */
async function earlierCalls(
  { ledger, lock, clock, limits }: RateLimiterRequest,
  budget: Budget,
  key: string,
  isPayout: boolean,
): Promise<readonly BudgetCall[]> {
  const most = Math.max(...budget.rates.map((rate) => rate.count)) + limits.concurrency;
  const since = clock.now() - Math.max(...budget.rates.map((rate) => rate.windowMs)) - 1;
  for (let limit = most; ; limit *= 4) {
    const calls = await ledger.recentCalls({ account: lock.account, place: lock.key, key, since, limit });
    const own = isPayout ? calls : calls.filter((call) => call.budget === key);
    if (own.length >= most || calls.length < limit) return own;
  }
}

function limiterOf(limiters: ReadonlyMap<string, BudgetLimiter>, budget: string): BudgetLimiter {
  const limiter = limiters.get(budget);
  if (limiter === undefined) throw new Error(`no budget ${budget}: the provider's limits do not name it`);
  return limiter;
}
