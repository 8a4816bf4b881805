import type { BatchTotal } from '../domain/batch.ts';
import { PayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import type { BatchRecord, Hold, Ledger } from '../ledger/port.ts';
import { planBatch, type Plan } from '../plan/plan.ts';
import { checkProvider, holdAccount, openAccount, type OpenAccount } from './account.ts';
import { registered } from './aftercare.ts';
import { accountBalance } from './balance.ts';
import { pay, type RunWatch } from './pay.ts';
import { signature, type Project } from './project.ts';
import { probeReports, reportBatch } from './reporting.ts';
import type { BatchResult } from './result.ts';

/**
 * Presents definitely failed payments again as a new generation with a new reference. Never anything else of the batch:
 * what is planned, pending or unknown stays as it is.
 */
export async function retryBatch(
  project: Project,
  ledger: Ledger,
  request: {
    readonly batch: string;
    readonly ids: readonly string[] | null;
    readonly waitMs: number;
    readonly rows: number;
  },
  watch: RunWatch,
  signal: AbortSignal,
): Promise<BatchResult> {
  const record = await registered(ledger, request.batch);
  const idKeys = request.ids === null ? null : await failedIds(ledger, request.batch, request.ids);
  const failing = (await ledger.tallies(request.batch)).filter((tally) => tally.status === 'failed' && tally.count > 0);
  await probeReports(project, request.batch);
  const notes: string[] = [];
  const holds = new Map<string, Hold>();
  const accounts = new Map<string, OpenAccount>();
  let plan: Plan | null = null;
  try {
    for (const name of [...new Set(failing.map((tally) => tally.account))].sort()) {
      const configured = project.config.accounts.get(name);
      if (configured === undefined) {
        throw new PayrunError(
          2,
          'account-unknown',
          `Batch ${request.batch} names account ${name}, which is not configured.`,
        );
      }
      checkProvider(record, configured);
      const held = await holdAccount(project, ledger, name, 'retry', request.waitMs, signal, (by) =>
        watch.note(`Account ${name} is being worked by ${by}; waiting for it.`),
      );
      if (held.kind === 'busy') {
        notes.push(`Account ${name} is being worked by another run; nothing was retried. Try again later.`);
        return { ...(await reportBatch(project, ledger, record, request.rows)), notes };
      }
      holds.set(name, held.hold);
      accounts.set(name, await openAccount(project, ledger, held.hold, signal, () => undefined));
    }
    plan = await retryPlan(project, ledger, record, idKeys, accounts);
    const short = plan.problems.filter((problem) => problem.code === 'balance-short');
    if (short.length > 0) throw new PayrunError(5, 'balance-short', short.map((problem) => problem.message).join(' '));
    if (plan.fresh.length > 0) {
      watch.planned(plan);
      if (!(await watch.confirm(plan)))
        throw new PayrunError(5, 'declined', 'Nothing was sent: the retry was not confirmed.');
    }
    if (!signal.aborted) {
      const at = project.system.clock.now();
      await ledger.forgetFiles(request.batch);
      await ledger.retry({ batch: request.batch, idKeys, at, by: signature(project, 'retry') });
      notes.push(...(await pay(project, ledger, record, plan, { holds, accounts, generationFrom: 2 }, watch, signal)));
    }
  } finally {
    for (const account of accounts.values()) await account.close();
    for (const hold of holds.values()) await hold.release();
  }
  return { ...(await reportBatch(project, ledger, record, request.rows)), plan, notes };
}

/** The failed payments as the plan of a new presentation, with the balance that it needs. */
async function retryPlan(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  idKeys: readonly string[] | null,
  accounts: ReadonlyMap<string, OpenAccount>,
): Promise<Plan> {
  const totals = new Map<string, BatchTotal>();
  const wanted = idKeys === null ? null : new Set(idKeys);
  let payments = 0;
  for await (const page of ledger.payments({ batch: record.header.id, statuses: ['failed'] })) {
    for (const { idKey, account, currency, destination, amountMinor } of page) {
      if (wanted !== null && !wanted.has(idKey)) continue;
      const key = JSON.stringify([account, currency, destination.kind]);
      const before = totals.get(key) ?? { account, currency, kind: destination.kind, count: 0, sumMinor: 0n };
      totals.set(key, { ...before, count: before.count + 1, sumMinor: before.sumMinor + amountMinor });
      payments += 1;
    }
  }
  const summary = { ...record, count: payments, totals: [...totals.values()] };
  const balances = [];
  for (const account of accounts.values()) balances.push(await accountBalance(account, summary.totals));
  return planBatch({
    summary,
    registered: null,
    differences: [],
    copies: [],
    balances,
    expect: { count: null, sum: null },
    amend: false,
    allowDuplicate: true,
    now: project.system.clock.now(),
  });
}

async function failedIds(ledger: Ledger, batch: string, ids: readonly string[]): Promise<string[]> {
  const idKeys = ids.map(foldId);
  const found = await ledger.lookup(batch, idKeys);
  const wrong = ids.filter((id) => found.get(foldId(id))?.status !== 'failed');
  if (wrong.length === 0) return idKeys;
  const said = wrong.map((id) => `${id} (${found.get(foldId(id))?.status ?? 'not in this batch'})`);
  throw new PayrunError(2, 'not-failed', `Only failed payments can be retried: ${said.join(', ')}.`);
}
