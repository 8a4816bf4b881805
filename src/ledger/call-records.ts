import type { BudgetCall, Rate } from '../domain/limits.ts';
import type { AccountLock } from './records.ts';

export interface SpendRequest {
  readonly key: string;
  /** Of the account whose budget this is, or null for a budget of the machine. */
  readonly lock: AccountLock | null;
  readonly rates: readonly Rate[];
  readonly at: number;
}

export interface RecentCallsRequest {
  /** The attempts of an earlier payrun stand under this name. */
  readonly account: string;
  /** Key of the place whose payouts are counted. */
  readonly place: string;
  /** Of the budget whose calls are counted. */
  readonly key: string;
  readonly since: number;
  readonly limit: number;
}

export type SpendResult =
  | { readonly granted: true; readonly call: number }
  /** The budget has no room before `waitMs` from `at`. */
  | { readonly granted: false; readonly waitMs: number };

/** The memory of the rate limits. */
export interface BudgetStore {
  /**
   * Takes one call from a budget: counts its calls in every window and writes this one down, in one transaction, so that
   * processes share a budget exactly. `key` names who shares the budget. Throws `locked` as `AttemptStore.claim`.
   */
  spend(request: SpendRequest): Promise<SpendResult>;
  /** The call that {@link spend} granted was answered, or ended without an answer. */
  callAnswered(call: number, answeredAt: number): Promise<void>;
  /** Payout attempts at a place and calls of a budget that may still count at `since` or later; newest first, at most `limit`. */
  recentCalls(request: RecentCallsRequest): Promise<readonly BudgetCall[]>;
}
