import { PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, Decision } from '../ledger/records.ts';
import { holdAccount } from './session/account.ts';
import { AccountPool } from './session/account-pool.ts';
import type { RunWatch } from './pay.ts';
import type { Project } from './session/project.ts';
import { batchState, reportBatch } from './report.ts';
import type { BatchResult } from './batch-result.ts';
import { settleResults, type OpenResult } from './settle-and-report.ts';

/** What is done with batches after their run: looking, reporting again, and a person's decisions. */

/** Counts and sums of one batch or of all, oldest first. */
export async function batchStatus(
  project: Project,
  ledger: Ledger,
  batch: string | null,
  rows: number,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  for (const record of await named(ledger, batch)) {
    await settleDead(project, ledger, record, 'status');
    results.push(await batchState(project, ledger, record, rows));
  }
  return results;
}

/** Writes the reports of a batch again from the ledger. */
export async function batchReport(project: Project, ledger: Ledger, batch: string, rows: number): Promise<BatchResult> {
  const record = await registered(ledger, batch);
  await settleDead(project, ledger, record, 'report');
  return reportBatch(project, ledger, record, rows);
}

/** Asks providers once about what is pending or unknown, where they can be asked, and says whom to ask where they cannot. */
export async function settleBatches(
  project: Project,
  ledger: Ledger,
  batch: string | null,
  rows: number,
  watch: Pick<RunWatch, 'note' | 'fail'>,
  signal: AbortSignal,
): Promise<BatchResult[]> {
  const unpaid = await ledger.unpaidBatches();
  const command = 'settle';
  const note = (text: string): void => watch.note(text);
  const pool = new AccountPool({ project, ledger, command, waitMs: 0, signal, note });
  try {
    const open: OpenResult[] = [];
    for (const record of await named(ledger, batch)) {
      // Without a name, only batches that something can still happen to are of interest.
      if (batch === null && !unpaid.has(record.header.id)) continue;
      await settleDead(project, ledger, record, command);
      open.push({ result: await reportBatch(project, ledger, record, rows), isWorkedOn: true });
    }
    const settle = { command, waitMs: 0, first: 'all', resend: false, rows } as const;
    return await settleResults(project, ledger, pool, open, settle, watch, signal);
  } finally {
    await pool.close();
  }
}

/** Records a person's decision on a payment that no machine can settle, and reports its batch again. */
export async function resolvePayment(
  project: Project,
  ledger: Ledger,
  decision: Omit<Decision, 'by' | 'at'>,
): Promise<BatchResult> {
  const missing = new PayrunError(
    2,
    'reference-unknown',
    `No payment of this ledger has the reference ${decision.reference}. It stands in the report's column "reference".`,
  );
  const found = await ledger.byReference(decision.reference);
  if (found === null) throw missing;
  const record = await registered(ledger, found.batch);
  await settleDead(project, ledger, record, 'resolve');
  const payment = await ledger.byReference(decision.reference);
  if (payment === null) throw missing;
  if (payment.status !== 'unknown' && payment.status !== 'pending') {
    const why = payment.status === 'submitting' ? 'a live run is sending it right now' : `it is ${payment.status}`;
    throw new PayrunError(
      2,
      'not-open',
      `Payment ${payment.id} of batch ${payment.batch} needs no decision: ${why}. Only unknown and pending payments do.`,
    );
  }
  const { user, host } = project.system.who;
  await ledger.forgetFiles(record.header.id);
  await ledger.resolve({ ...decision, by: `${user} on ${host}`, at: project.system.clock.now() });
  return reportBatch(project, ledger, record, 0);
}

export async function registered(ledger: Ledger, batch: string): Promise<BatchRecord> {
  const record = await ledger.batch(batch);
  if (record !== null) return record;
  const known = (await ledger.batches()).map((other) => other.header.id).slice(-5);
  throw new PayrunError(
    2,
    'batch-unknown',
    `The ledger has no batch ${batch}.${known.length > 0 ? ` The newest are: ${known.join(', ')}.` : ''}`,
  );
}

/** Turns what a dead process left in `submitting` into `unknown`; what a live one holds is left alone. */
export async function settleDead(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  command: string,
): Promise<void> {
  const open = (await ledger.tallies(record.header.id)).filter(
    (tally) => tally.status === 'submitting' && tally.count > 0,
  );
  for (const account of new Set(open.map((tally) => tally.account))) {
    const never = new AbortController().signal;
    const result = await holdAccount(project, ledger, account, command, 0, never, () => undefined);
    if (result.kind === 'locked') await result.lock.release();
  }
}

async function named(ledger: Ledger, batch: string | null): Promise<readonly BatchRecord[]> {
  return batch === null ? ledger.batches() : [await registered(ledger, batch)];
}
