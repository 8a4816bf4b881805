import type { AccountConfig } from '../config/config.ts';
import type { BatchSummary } from '../domain/batch.ts';
import type { StatusTally } from '../domain/payment.ts';
import { STATUSES, type Status } from '../domain/status.ts';
import { countOf, countsByStatus } from '../domain/totals.ts';
import type { Canary } from '../ledger/brakes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerPayment } from '../ledger/records.ts';

/** The first payments of a batch, which have left, and the others, which wait for a person. */
export interface CanaryState {
  /** By account; none whose first payments have not all left. */
  readonly canaries: readonly Canary[];
  readonly waiting: number;
  /** Whether each of the first payments has come to an end, or is known to be unknown. */
  readonly isEnded: boolean;
  /** `Batch november: the first 3 are paid; 247 wait for: payrun resume november` */
  readonly text: string;
}

/** What waits behind the first payments of a batch; null where nothing does, or where not all of the first have left. */
export async function canaryState(
  ledger: Ledger,
  batch: string,
  tallies: readonly StatusTally[],
): Promise<CanaryState | null> {
  const waiting = (await ledger.canaries(batch)).filter((canary) => canary.waiting > 0);
  const canaries = waiting.filter(({ used, size }) => used >= size);
  if (canaries.length === 0) return null;
  const accounts = new Set(canaries.map(({ account }) => account));
  const first = tallies.filter(({ account, status, isByPerson }) => {
    return accounts.has(account) && status !== 'planned' && status !== 'replaced' && isByPerson !== true;
  });
  const ofStatus = (wanted: Status): number => {
    const of = tallies.filter(({ account, status }) => accounts.has(account) && status === wanted);
    return of.reduce((sum, tally) => sum + tally.count, 0);
  };
  const counts = new Map(countsByStatus(first));
  const open = (counts.get('submitting') ?? 0) + (counts.get('pending') ?? 0);
  const count = canaries.reduce((sum, canary) => sum + canary.waiting, 0);
  // A payment that left and came back unmoved is planned again, and goes first with the next run.
  const unsent = Math.max(0, ofStatus('planned') - count);
  const left = unsent + first.reduce((sum, tally) => sum + tally.count, 0);
  // A payment that a person retried while others wait has left as well; of those that were replaced some may never have left.
  const used = Math.max(
    left,
    canaries.reduce((sum, canary) => sum + canary.used, 0),
  );
  const replaced = Math.min(ofStatus('replaced'), used - left);
  if (replaced > 0) counts.set('replaced', replaced);
  const what = becameText(counts, used, unsent);
  const text = `Batch ${batch}: ${what}; ${count} ${count === 1 ? 'waits' : 'wait'} for: payrun resume ${batch}`;
  return { canaries, waiting: count, isEnded: open + unsent === 0, text };
}

/** How many payments stay for a person's release whatever a run does. */
export function heldByCanaries(canaries: readonly Canary[]): number {
  const held = canaries.map(({ size, used, waiting }) => Math.max(0, waiting - Math.max(0, size - used)));
  return held.reduce((sum, count) => sum + count, 0);
}

/** What becomes next of a planned payment of a batch with these canaries; null where none of them limits it. */
export function waitsText(
  canaries: readonly Canary[],
  { batch, account, attempts, generation, reason }: LedgerPayment,
): string | null {
  const canary = canaries.find((one) => one.batch === batch && one.account === account);
  if (canary === undefined || attempts > 0 || generation > 1 || reason !== '') return null;
  const { size, used, waiting } = canary;
  if (waiting <= size - used) return null;
  const go = `payrun resume ${batch}`;
  return used >= size
    ? `Not sent yet: it waits behind the first ${size} of its batch. Look at what became of those; then: ${go}`
    : `Not sent yet. The next payrun run sends the first ${size} of the batch; the others then wait for: ${go}`;
}

/**
 * What a canary will let go and hold back when the batch is run now: one sentence for each account.
 *
 * @param canaries in force, of the ledger; null: the batch is not registered, and what the configuration says will be.
 */
export function plannedCanaryNotes(
  { header, totals }: BatchSummary,
  accounts: ReadonlyMap<string, Pick<AccountConfig, 'canary'>>,
  canaries: readonly Canary[] | null,
): readonly string[] {
  const names = [...new Set(totals.map(({ account }) => account))];
  const planned = names.flatMap((account) => {
    const size = accounts.get(account)?.canary ?? null;
    const waiting = countOf(totals.filter((total) => total.account === account));
    return size === null ? [] : [{ account, size, used: 0, waiting }];
  });
  return (canaries ?? planned).flatMap(({ account, size, used, waiting }) => {
    const free = Math.max(0, size - used);
    if (waiting <= free) return [];
    const first =
      free === 0 ? 'the first have left' : free === 1 ? 'one payment goes first' : `${free} payments go first`;
    return [`Account ${account}: ${first}, and ${waiting - free} wait for: payrun resume ${header.id} (canary)`];
  });
}

/** What needs somebody first. */
const FIRST_TOLD: readonly Status[] = ['unknown', 'failed', 'returned', 'cancelled'];

/** `the first 3 are paid`, `of the first 3, 1 failed, 2 are paid` */
function becameText(counts: ReadonlyMap<Status, number>, used: number, unsent: number): string {
  if (counts.get('paid') === used) return used === 1 ? 'the first one is paid' : `the first ${used} are paid`;
  const order = [...FIRST_TOLD, ...STATUSES.filter((status) => !FIRST_TOLD.includes(status))];
  const parts = order.flatMap((status) => {
    const count = counts.get(status) ?? 0;
    return count === 0 ? [] : [`${count} ${becameStatus(status, count)}`];
  });
  if (unsent > 0) parts.push(`${unsent} ${unsent === 1 ? 'is' : 'are'} not sent yet`);
  return used === 1 ? `of the first one, ${parts.join(', ')}` : `of the first ${used}, ${parts.join(', ')}`;
}

function becameStatus(status: Status, count: number): string {
  return status === 'failed' ? 'failed' : `${count === 1 ? 'is' : 'are'} ${status}`;
}
