/** At most `count` requests in any window of `windowMs`. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * A budget is a set of rates that all hold for the calls that spend from it (`payout`, `authorize`, …). Its scope says who
 * shares it: one account, or everybody on this machine who uses the provider (a limit per IP).
 */
export interface Budget {
  readonly name: string;
  readonly scope: 'account' | 'machine';
  readonly rates: readonly Rate[];
}

/** One call that a budget has to remember: unanswered while `answeredAt` is null. Wall-clock Unix milliseconds. */
export interface BudgetCall {
  readonly budget: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
}

/**
 * Permission to call a provider outside a payout (token, balance, query), from the budgets that its sheet names. Handed to
 * adapters so that no request can leave without having been counted.
 */
export interface Meter {
  /**
   * Waits until `budget` has room, makes the call durable in the budget's memory, then runs `call`. Rejects with a
   * {@link DrainedError} when the run is ended while waiting; then `call` was not run.
   */
  spend<T>(budget: string, call: () => Promise<T>): Promise<T>;
  /** Whether `budget` has room at this moment, for calls that are better left out than waited for. */
  isFree(budget: string): boolean;
  /** What an answer's headers said about a budget; believed only where it is stricter than our own count. */
  notice(budget: string, said: { readonly remaining: number; readonly resetMs: number }): void;
}

/** The run is ending: what waited for its turn shall not start. Never an error to show. */
export class DrainedError extends Error {
  override readonly name = 'DrainedError';
}
