import type { StatusTally } from '../domain/payment.ts';
import type { PayrunError } from '../domain/problem.ts';
import { STATUSES } from '../domain/status.ts';
import { countsByStatus } from '../domain/totals.ts';
import { earlierToQuery } from '../settle/earlier.ts';
import { reportBatch, reportBehind } from './batch-report.ts';
import { providerOf, type Project } from './session/project.ts';
import type { Session } from './session/session.ts';
import type { BatchResult } from './batch-result.ts';
import type { RowChoice } from './displayed-rows.ts';
import { settleOpen, type SettleScope } from './settle-open.ts';

/** A batch as it stands after paying, with something that may still come to its end. */
export interface OpenResult {
  readonly result: BatchResult;
  /** False for a batch that a sweep found unchanged: its open payments are queried and not waited for. */
  readonly isWorkedOn: boolean;
}

/** Whether a batch has open payments whose provider can be queried, or an earlier reference that is due for a query. */
export async function canSettle(session: Session, result: BatchResult): Promise<boolean> {
  const { batch, refused, error } = result;
  if (batch === null || refused || error !== null) return false;
  if (hasOpenPayments(session.project, result)) return true;
  const { ledger, system } = session;
  const scope = { ledger, account: null, place: null, batch, which: 'due', now: system.clock.now() } as const;
  return (await earlierToQuery(scope)).length > 0;
}

function hasOpenPayments(project: Project, { tallies }: BatchResult): boolean {
  return tallies.some(({ status, count, account: name }) => {
    const account = project.config.accounts.get(name);
    const isOpen = count > 0 && (status === 'pending' || status === 'unknown');
    return isOpen && account !== undefined && providerOf(account).polling !== undefined;
  });
}

/** Settles the open batches together and reports each again. The results are in the order of the batches. */
export async function settleAndReport(
  session: Session,
  open: readonly OpenResult[],
  scope: Omit<SettleScope, 'records'> & { readonly rows: RowChoice },
): Promise<BatchResult[]> {
  const { ledger, signal } = session;
  const raise = (error: PayrunError): never => {
    throw error;
  };
  if (open.length === 0 || signal.aborted) {
    await reportBehind(session, raise);
    return open.map(({ result }) => result);
  }
  const records = [];
  for (const { result } of open) {
    const record = await ledger.batch(result.batch ?? '');
    if (record === null) throw new Error(`batch ${result.batch ?? ''} is open and not in the ledger`);
    records.push(record);
  }
  const waitMs = open.some(({ isWorkedOn }) => isWorkedOn) ? scope.waitMs : 0;
  const notes = await settleOpen(session, { ...scope, records, waitMs });
  await session.callbacks.receiver.applied();
  const results: BatchResult[] = [];
  for (const [at, { result }] of open.entries()) {
    const record = records[at];
    if (record === undefined) continue;
    const settled = await reportBatch(session, record, scope.rows);
    const isLast = at === open.length - 1;
    const { file, problems, plan, changes, stops = [] } = result;
    const isMoved = isSameCounts(result.tallies, settled.tallies) ? {} : { isMoved: true };
    const known = { file, problems, plan, stops, ...isMoved, ...(changes === undefined ? {} : { changes }) };
    results.push({ ...settled, ...known, notes: [...result.notes, ...(isLast ? notes : [])] });
  }
  // Callbacks may have moved other batches of the same accounts, and an earlier process may have died before its report.
  await reportBehind(session, raise);
  return results;
}

function isSameCounts(before: readonly StatusTally[], after: readonly StatusTally[]): boolean {
  const [known, now] = [countsByStatus(before), countsByStatus(after)];
  return STATUSES.every((status) => known.get(status) === now.get(status));
}
