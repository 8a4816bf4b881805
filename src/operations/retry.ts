import type { BatchTotal } from '../domain/batch.ts';
import { PayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import { Totals } from '../domain/totals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountLock } from '../ledger/records.ts';
import { planRetry } from '../plan/retry.ts';
import { checkProvider, type OpenAccount } from './session/account.ts';
import { AccountPool } from './session/account-pool.ts';
import { registered } from './settle.ts';
import { accountBalances } from './session/balance.ts';
import { pay, type RunWatch } from './pay.ts';
import { signature, type Project } from './session/project.ts';
import { probeReports, reportBatch } from './report.ts';
import type { BatchResult } from './batch-result.ts';
import { canSettle, settleResults } from './settle-and-report.ts';

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
  const idKeys = request.ids === null ? null : await retriableIds(ledger, request.batch, request.ids);
  const { totals, failedCount } = await retryTotals(ledger, request.batch, idKeys);
  await probeReports(project, request.batch);
  const command = 'retry';
  const note = (text: string): void => watch.note(text);
  const pool = new AccountPool({ project, ledger, command, waitMs: request.waitMs, signal, note });
  try {
    const holds = new Map<string, AccountLock>();
    const accounts = new Map<string, OpenAccount>();
    for (const name of [...new Set(totals.map((total) => total.account))].sort()) {
      const configured = project.config.accounts.get(name);
      if (configured === undefined) {
        const message = `Batch ${request.batch} names account ${name}, which is not configured.`;
        throw new PayrunError(2, 'account-unknown', message);
      }
      checkProvider(record, configured);
      const hold = await pool.hold(name);
      if (hold === null) {
        const busy = `Account ${name} is being worked by another run; nothing was retried. Try again later.`;
        const result = await reportBatch(project, ledger, record, request.rows);
        return { ...result, error: new PayrunError(5, 'account-busy', busy) };
      }
      holds.set(name, hold);
      accounts.set(name, await pool.open(hold));
    }
    const balances = [];
    for (const account of accounts.values()) balances.push(...(await accountBalances(account, totals)));
    const plan = planRetry({ batch: record, totals, balances });
    const short = plan.problems.filter((problem) => problem.code === 'balance-short');
    if (short.length > 0) throw new PayrunError(5, 'balance-short', short.map((problem) => problem.message).join(' '));
    if (totals.length > 0) {
      watch.planned(plan);
      if (!(await watch.confirm(plan))) {
        throw new PayrunError(5, 'declined', 'Nothing was sent: the retry was not confirmed.');
      }
    }
    const notes: string[] = [];
    if (!signal.aborted) {
      const at = project.system.clock.now();
      await ledger.forgetFiles(request.batch);
      const by = signature(project, command);
      const asked = await ledger.retry({ batch: request.batch, idKeys, accounts: [...holds.keys()], at, by });
      const left = failedCount - asked;
      if (left > 0) {
        notes.push(
          `${left} failed payments were not retried: a callback has said that they were paid. First: payrun settle.`,
        );
      }
      const payers = { command, holds, accounts, generationFrom: 2 };
      notes.push(...(await pay(project, ledger, record, plan, payers, watch, signal)));
    }
    const result = { ...(await reportBatch(project, ledger, record, request.rows)), plan, notes };
    const settle = { command, waitMs: request.waitMs, first: 'due', resend: false, rows: request.rows } as const;
    const open = canSettle(project, result) ? [{ result, isWorkedOn: true }] : [];
    return (await settleResults(project, ledger, pool, open, settle, watch, signal))[0] ?? result;
  } finally {
    await pool.close();
  }
}

/**
 * What a retry sends: the failed payments that were asked for, and whatever an earlier retry planned and could not send, which
 * nothing else would send once the file is gone.
 */
async function retryTotals(
  ledger: Ledger,
  batch: string,
  idKeys: readonly string[] | null,
): Promise<{ readonly totals: readonly BatchTotal[]; readonly failedCount: number }> {
  let failedCount = 0;
  const totals = new Totals<Pick<BatchTotal, 'account' | 'currency' | 'kind'>>('account', 'currency', 'kind');
  const wanted = idKeys === null ? null : new Set(idKeys);
  for await (const page of ledger.payments({ batch, statuses: ['failed', 'planned'] })) {
    for (const { idKey, account, currency, destination, amountMinor, status, generation } of page) {
      const isAsked = status === 'failed' && (wanted === null || wanted.has(idKey));
      if (!isAsked && !(status === 'planned' && generation > 1)) continue;
      if (isAsked) failedCount += 1;
      totals.add({ account, currency, kind: destination.kind, count: 1, sumMinor: amountMinor });
    }
  }
  return { totals: totals.list(), failedCount };
}

async function retriableIds(ledger: Ledger, batch: string, ids: readonly string[]): Promise<string[]> {
  const idKeys = ids.map(foldId);
  const found = await ledger.lookup(batch, idKeys);
  const wrong = ids.filter((id) => {
    const payment = found.get(foldId(id));
    return payment?.status !== 'failed' && !(payment?.status === 'planned' && payment.generation > 1);
  });
  if (wrong.length === 0) return idKeys;
  const said = wrong.map((id) => `${id} (${found.get(foldId(id))?.status ?? 'not in this batch'})`);
  throw new PayrunError(2, 'not-failed', `Only failed payments can be retried: ${said.join(', ')}.`);
}
