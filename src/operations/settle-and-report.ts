import type { Ledger } from '../ledger/ledger.ts';
import type { AccountPool } from './session/account-pool.ts';
import type { RunWatch } from './pay.ts';
import { providerOf, type Project } from './session/project.ts';
import { reportBatch } from './report.ts';
import type { BatchResult } from './batch-result.ts';
import type { SettleScope } from './settle-account.ts';
import { settleOpen } from './settle-open.ts';

/** A batch as it stands after paying, with something that may still come to its end. */
export interface OpenResult {
  readonly result: BatchResult;
  /** False for a batch that a sweep found as it was left: its open payments are asked about, and not waited for. */
  readonly isWorkedOn: boolean;
}

/** Whether a batch has open payments whose provider can be asked. */
export function canSettle(project: Project, { batch, refused, error, tallies }: BatchResult): boolean {
  if (batch === null || refused || error !== null) return false;
  return tallies.some(({ status, count, account: name }) => {
    const account = project.config.accounts.get(name);
    const isOpen = count > 0 && (status === 'pending' || status === 'unknown');
    return isOpen && account !== undefined && providerOf(account).polling !== undefined;
  });
}

/** Settles the open batches together and tells each again, with what was learnt; in the order in which they came. */
export async function settleResults(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  open: readonly OpenResult[],
  scope: Omit<SettleScope, 'records'> & { readonly rows: number },
  watch: Pick<RunWatch, 'fail'>,
  signal: AbortSignal,
): Promise<BatchResult[]> {
  if (open.length === 0 || signal.aborted) {
    await reportMoved(project, ledger, pool);
    return open.map(({ result }) => result);
  }
  const records = [];
  for (const { result } of open) {
    const record = await ledger.batch(result.batch ?? '');
    if (record === null) throw new Error(`batch ${result.batch ?? ''} is open and not in the ledger`);
    records.push(record);
  }
  const waitMs = open.some(({ isWorkedOn }) => isWorkedOn) ? scope.waitMs : 0;
  const notes = await settleOpen(project, ledger, pool, { ...scope, records, waitMs }, watch, signal);
  // Everything of these batches is told as it is now, and other batches that a callback has moved meanwhile too.
  const results: BatchResult[] = [];
  for (const [at, { result }] of open.entries()) {
    const record = records[at];
    if (record === undefined) continue;
    pool.callbacks.receiver.moved.delete(record.header.id);
    const told = await reportBatch(project, ledger, record, scope.rows);
    const isLast = at === open.length - 1;
    const { file, problems, plan } = result;
    results.push({ ...told, file, problems, plan, notes: [...result.notes, ...(isLast ? notes : [])] });
  }
  await reportMoved(project, ledger, pool);
  return results;
}

/** Batches that a callback has moved since they were told: this run's own, and others of the same accounts. */
async function reportMoved(project: Project, ledger: Ledger, pool: AccountPool): Promise<void> {
  for (const batch of [...pool.callbacks.receiver.moved]) {
    pool.callbacks.receiver.moved.delete(batch);
    const record = await ledger.batch(batch);
    if (record !== null) await reportBatch(project, ledger, record, 0);
  }
}
