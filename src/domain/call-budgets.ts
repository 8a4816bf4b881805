import type { RateNotice } from './limits.ts';

/**
 * Permission to call a provider outside a payout (token, balance, query), from the budgets that its specification names. Handed
 * to adapters so that no request can leave without having been counted.
 */
export interface CallBudgets {
  /**
   * Waits until `budget` has room, makes the call durable in the budget's memory, then runs `call`. Rejects with a
   * {@link DrainedError} when the run is ended while waiting; then `call` was not run.
   */
  spend<T>(budget: string, call: () => Promise<T>): Promise<T>;
  /** Whether `budget` has room at this moment, for calls that are better left out than waited for. */
  isFree(budget: string): boolean;
  /** Rate limit headers of an answer; believed only where they are stricter than our own count. */
  notice(budget: string, notice: RateNotice): void;
}

/** The run is ending: a call that waited for its turn does not start. Never an error to show to a user. */
export class DrainedError extends Error {
  override readonly name = 'DrainedError';
}

/** Null when the run ended while the call waited for its turn; the call was not made then. */
export async function unlessDrained<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DrainedError) return null;
    throw error;
  }
}
