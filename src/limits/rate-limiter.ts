import type { Clock } from '../domain/clock.ts';
import type { CallBudgets } from '../domain/call-budgets.ts';
import type { Budget, BudgetCall, Rate, RateNotice } from '../domain/limits.ts';
import type { BudgetStore } from '../ledger/ledger.ts';
import type { AccountLock } from '../ledger/records.ts';
import type { ProviderLimits } from '../providers/port.ts';
import { BudgetLimiter } from './budget.ts';

export interface PaceRequest {
  readonly ledger: BudgetStore;
  /** Of the account that calls; no other process may count against the account's budgets meanwhile. */
  readonly lock: AccountLock;
  /** Name of this machine: its processes share the budgets of machine scope. */
  readonly host: string;
  /** Name of the provider: whoever uses it on this machine shares its budgets of machine scope. */
  readonly provider: string;
  readonly limits: ProviderLimits;
  /** From the configuration; the rates replace those of the payout budget. */
  readonly overrides: { readonly rates: readonly Rate[] | null; readonly concurrency: number | null };
  readonly clock: Clock;
  /** Aborted when the run is to end: every wait then ends with a `DrainedError`. */
  readonly signal: AbortSignal;
  /** Told once for each wait that is long enough for a person to wonder. */
  readonly onWait?: (budget: string, waitMs: number) => void;
}

/** The permission to send one payout now. Exactly one of the two is to be called, once. */
export interface Slot {
  /** There was an answer, or nobody waits for one any more. */
  answered(): void;
  /** No byte of the request left. */
  unused(): void;
}

/** How fast one account may call its provider, over all its budgets. Remembers the calls of earlier runs. */
export interface RateLimiter extends CallBudgets {
  /** Payouts that may be under way at once. */
  readonly concurrency: number;
  /** Waits until the payout budget has room. Throws `DrainedError` when `signal` or the run's own aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Takes up to `most` slots that are free now, without waiting for more; none when somebody was quicker. */
  take(most: number): Promise<readonly Slot[]>;
  /** Nothing more is to be spent from the payout budget for so long: the provider asked for patience. */
  pause(waitMs: number): void;
}

/** Throws `LedgerError`. Needs the account's hold: no other process may count against the account's budgets meanwhile. */
export async function openRateLimiter(request: PaceRequest): Promise<RateLimiter> {
  const { limits, overrides } = request;
  const gates = new Map<string, BudgetLimiter>();
  for (const documented of limits.budgets) {
    const isPayout = documented.name === limits.payoutBudget;
    const budget = isPayout && overrides.rates !== null ? { ...documented, rates: overrides.rates } : documented;
    gates.set(budget.name, await openGate(request, budget, isPayout));
  }
  return new AccountPace(
    gates,
    gateOf(gates, limits.payoutBudget),
    overrides.concurrency ?? limits.concurrency,
    request,
  );
}

class AccountPace implements RateLimiter {
  readonly concurrency: number;
  private readonly gates: ReadonlyMap<string, BudgetLimiter>;
  private readonly payouts: BudgetLimiter;
  private readonly request: PaceRequest;

  constructor(
    gates: ReadonlyMap<string, BudgetLimiter>,
    payouts: BudgetLimiter,
    concurrency: number,
    request: PaceRequest,
  ) {
    this.gates = gates;
    this.payouts = payouts;
    this.concurrency = concurrency;
    this.request = request;
  }

  async spend<T>(budget: string, call: () => Promise<T>): Promise<T> {
    const gate = gateOf(this.gates, budget);
    const { ledger, clock } = this.request;
    const granted = await gate.spend(this.request.signal);
    try {
      return await call();
    } finally {
      gate.answered();
      await ledger.callAnswered(granted, clock.now());
    }
  }

  isFree(budget: string): boolean {
    return gateOf(this.gates, budget).isFree();
  }

  notice(budget: string, said: RateNotice): void {
    gateOf(this.gates, budget).notice(said);
  }

  room(signal: AbortSignal): Promise<void> {
    return this.payouts.room(signal, 'paused');
  }

  async take(most: number): Promise<readonly Slot[]> {
    const { payouts } = this;
    if (payouts.budget.scope === 'account') {
      // The claims themselves are the ledger's memory of payouts, so no call is written for them.
      const answered = (): void => payouts.answered();
      const unused = (): void => payouts.unused();
      return Array.from({ length: payouts.take(most) }, () => ({ answered, unused }));
    }
    const grants = await Promise.all(Array.from({ length: payouts.take(most) }, () => payouts.grant()));
    return grants.flatMap((call) => (call === null ? [] : [this.machineSlot(call)]));
  }

  pause(waitMs: number): void {
    this.payouts.pause(waitMs);
  }

  /** The account's claims say nothing to the other accounts of this machine, so each payout is written as a call as well. */
  private machineSlot(call: number): Slot {
    const { ledger, clock } = this.request;
    // A call that stays unanswered in the ledger only makes the budget tighter, and the next claim meets the same ledger.
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

async function openGate(request: PaceRequest, budget: Budget, isPayout: boolean): Promise<BudgetLimiter> {
  const { ledger, lock, host, provider, clock, signal, onWait } = request;
  const isAccount = budget.scope === 'account';
  const key = isAccount ? `account:${lock.account}:${budget.name}` : `machine:${host}:${provider}:${budget.name}`;
  const gate = new BudgetLimiter({
    budget,
    key,
    lock: isAccount ? lock : null,
    ledger,
    clock,
    signal,
    ...(onWait === undefined ? {} : { onWait }),
  });
  // Budgets of the machine are counted by the ledger at every call: other processes spend from them meanwhile.
  if (isAccount && budget.rates.length > 0) gate.seed(await rememberedCalls(request, budget, key, isPayout));
  return gate;
}

/**
 * The newest calls that the longest window can still hold. The ledger tells payouts and calls together; a budget that payouts do
 * not spend from has to leave them out, so more are asked for until enough of its own have come.
 */
async function rememberedCalls(
  { ledger, lock, clock, limits }: PaceRequest,
  budget: Budget,
  key: string,
  isPayout: boolean,
): Promise<readonly BudgetCall[]> {
  const most = Math.max(...budget.rates.map((rate) => rate.count)) + limits.concurrency;
  const since = clock.now() - Math.max(...budget.rates.map((rate) => rate.windowMs)) - 1;
  for (let limit = most; ; limit *= 4) {
    const calls = await ledger.recentCalls({ account: lock.account, key, since, limit });
    const own = isPayout ? calls : calls.filter((call) => call.budget === key);
    if (own.length >= most || calls.length < limit) return own;
  }
}

function gateOf(gates: ReadonlyMap<string, BudgetLimiter>, budget: string): BudgetLimiter {
  const gate = gates.get(budget);
  if (gate === undefined) throw new Error(`no budget ${budget}: the provider's limits do not name it`);
  return gate;
}
