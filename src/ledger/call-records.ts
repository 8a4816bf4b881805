import type { Rate } from '../domain/limits.ts';
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
