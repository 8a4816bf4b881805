import { checkBatch, type CheckedBatch } from '../intake/batch.ts';
import { isLedgerError } from '../ledger/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { StatusTally } from '../domain/payment.ts';
import { planBatch } from '../plan/plan.ts';
import { paymentReference } from '../domain/reference.ts';
import { AccountPool } from './session/account-pool.ts';
import { accountBalances } from './session/balance.ts';
import { intakeContext, openLedger, type Project } from './session/project.ts';
import { paymentRow, unsent, type BatchResult, type PaymentRow } from './batch-result.ts';
import type { RunOptions } from './run-file.ts';
import { gatherPlan } from './plan-input.ts';

export type InspectOptions = RunOptions;

/** Checks a file and, where there is a ledger, looks for changes and copies. Sends nothing, writes nothing. */
export async function validateFile(project: Project, file: string, options: InspectOptions): Promise<BatchResult> {
  const checked = await checkBatch(file, intakeContext(project, options));
  const { summary } = checked;
  if (summary === null) return { ...unsent(checked), refused: true };
  return withLedger(project, async (ledger) => {
    const rows = await plannedRows(project, checked, options.rows);
    const clean = { ...unsent(checked), tallies: plannedTallies(checked), rows };
    if (ledger === null) return clean;
    const plan = planBatch(await gatherPlan(project, ledger, checked, summary, options));
    const problems = [...checked.problems, ...plan.problems];
    return plan.action === 'refuse' ? { ...unsent(checked), problems, refused: true } : { ...clean, problems };
  });
}

/** What `run` would do with a file now, with the balance; sends no payment and registers nothing. */
export async function planFile(
  project: Project,
  file: string,
  options: InspectOptions,
  signal: AbortSignal,
): Promise<BatchResult> {
  const checked = await checkBatch(file, intakeContext(project, options));
  const { summary } = checked;
  if (summary === null) return { ...unsent(checked), refused: true };
  // The balance call is counted in the ledger like every other, so a plan may create one.
  const ledger = await openLedger(project, true);
  const pool = new AccountPool({ project, ledger, command: 'plan', waitMs: 0, signal, note: () => undefined });
  try {
    const input = await gatherPlan(project, ledger, checked, summary, options);
    let plan = planBatch(input);
    const notes: string[] = [];
    if (plan.action !== 'refuse') {
      const sending = [...plan.fresh, ...plan.resumed];
      const names = [...new Set(sending.map((total) => total.account))];
      const balances = [];
      for (const name of names.filter((account) => project.config.accounts.has(account)).sort()) {
        const hold = await pool.hold(name);
        if (hold === null) {
          notes.push(`Account ${name} is being worked by a live run; its balance was not asked.`);
          continue;
        }
        for (const balance of await accountBalances(await pool.open(hold), sending)) {
          if (balance.availableMinor === null) notes.push(`Balance of account ${name}: ${balance.why}`);
          balances.push(balance);
        }
      }
      plan = planBatch({ ...(await gatherPlan(project, ledger, checked, summary, options)), balances });
    }
    const problems = [...checked.problems, ...plan.problems];
    if (plan.action === 'refuse') return { ...unsent(checked), problems, plan, notes, refused: true };
    const rows = await plannedRows(project, checked, options.rows);
    return { ...unsent(checked), problems, plan, notes, rows, tallies: plannedTallies(checked) };
  } finally {
    await pool.close();
    await ledger.close();
  }
}

async function withLedger<T>(project: Project, look: (ledger: Ledger | null) => Promise<T>): Promise<T> {
  const ledger = await openLedger(project, false).catch((error: unknown) => {
    if (isLedgerError(error) && error.fault === 'missing') return null;
    throw error;
  });
  try {
    return await look(ledger);
  } finally {
    await ledger?.close();
  }
}

function plannedTallies(checked: CheckedBatch): StatusTally[] {
  return (checked.summary?.totals ?? []).map((total) => ({ ...total, status: 'planned' }));
}

async function plannedRows(project: Project, checked: CheckedBatch, limit: number): Promise<PaymentRow[]> {
  const rows: PaymentRow[] = [];
  const batch = checked.summary?.header.id;
  if (limit <= 0 || batch === undefined) return rows;
  for await (const page of checked.payments()) {
    for (const payment of page) {
      if (rows.length >= limit) return rows;
      const reference = paymentReference(project.config.organisation, batch, payment.idKey, 1);
      rows.push(paymentRow({ ...payment, reference, status: 'planned', reason: '' }, ''));
    }
  }
  return rows;
}
