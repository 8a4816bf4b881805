import type { BatchSummary, BatchTotal } from '../domain/batch.ts';
import type { AccountBalance } from './input.ts';
import { plannedBalance, type Plan } from './plan.ts';
import { balanceProblems } from './refusals.ts';

export interface RetryInput {
  /** The batch as it is registered. */
  readonly batch: BatchSummary;
  /** The payments that get a new generation, and those that an earlier retry planned and did not send. */
  readonly totals: readonly BatchTotal[];
  readonly balances: readonly AccountBalance[];
}

/**
 * What a retry will send. The payments are registered and their recipients were checked when they were; only the balance can
 * refuse them. An account that lacks the money is an `error`: no payment of the batch is then retried.
 */
export function planRetry({ batch, totals, balances: read }: RetryInput): Plan {
  const balances = read.map((balance) => plannedBalance(balance, totals));
  const problems = balanceProblems(batch, balances, 'error');
  return {
    version: 1,
    batch: batch.header.id,
    file: batch.header.file,
    digest: batch.digest,
    // A retry sends chosen payments of a batch, not what a file holds.
    planDigest: null,
    action: problems.some((problem) => problem.severity === 'error') ? 'refuse' : 'register',
    fresh: totals,
    resumed: [],
    skipped: [],
    blocked: [],
    held: [],
    holds: [],
    heldUntil: null,
    balances,
    coverage: [],
    problems,
    compared: null,
    needsApproval: [],
    allowedDestinations: [],
  };
}
