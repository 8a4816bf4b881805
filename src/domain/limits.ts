/** At most `count` requests in any window of `windowMs`. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * A budget is a set of rates that all hold for the calls that spend from it (`payout`, `authorize`, …). Its scope says who
 * shares it: one account, or every process on this machine that uses the provider (a limit per IP address).
 */
export interface Budget {
  readonly name: string;
  readonly scope: 'account' | 'machine';
  readonly rates: readonly Rate[];
}

/**
 * The name under which a budget of account scope is remembered.
 *
 * @param lockKey key of the place whose lock the callers hold.
 */
export function placeBudgetKey(lockKey: string, budget: string): string {
  return `place:${lockKey}:${budget}`;
}

/** One call that a budget has to remember: unanswered while `answeredAt` is null. Wall-clock Unix milliseconds. */
export interface BudgetCall {
  readonly budget: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
}

/** What the rate limit headers of an answer say about a budget. */
export interface RateNotice {
  /** Calls that the provider still allows in its present window. */
  readonly remaining: number;
  /** From the answer until the provider has room again. */
  readonly resetMs: number;
}
