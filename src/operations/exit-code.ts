import type { Status } from '../domain/status.ts';
import type { BatchResult } from './batch-result.ts';

/** What a process that ran a command ends with. */
export type Exit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

/** Of several exits the most serious: the first in this order. */
const SEVERITY: readonly Exit[] = [130, 1, 6, 2, 3, 5, 4, 0];

export function worstExit(exits: readonly Exit[]): Exit {
  return SEVERITY.find((exit) => exits.includes(exit)) ?? 0;
}

/** For every command that shows or works batches (run, settle, status, retry): the state of the batch decides. */
export function finishedExit(result: BatchResult): Exit {
  if (result.error !== null) return result.error.exit;
  if (result.refused) return 3;
  const tallies = result.tallies.filter((tally) => tally.count > 0 && tally.isByPerson !== true);
  const statuses = new Set(tallies.map((tally) => tally.status));
  // Two references that stand for one debt and are both reported as paid need a person, whatever the status is.
  const isUndecided = (result.contradictions?.undecided ?? 0) > 0;
  const isOpen = isUndecided || result.isLeftUndone === true;
  return worstExit([...[...statuses].map(statusExit), isOpen ? 5 : 0]);
}

/** For a command that only reads a file. */
export function checkedExit(result: BatchResult): Exit {
  if (result.error !== null) return result.error.exit;
  return result.refused ? 3 : 0;
}

/** Of what a provider said; what a person cancelled needs nobody and is 0. */
export function statusExit(status: Status): Exit {
  switch (status) {
    case 'paid':
    case 'replaced':
      return 0;
    case 'failed':
    case 'cancelled':
    case 'returned':
      return 4;
    case 'planned':
    case 'submitting':
    case 'pending':
    case 'unknown':
      return 5;
  }
}
