import type { AccountBalance } from '../plan/input.ts';
import { planBatch, type Plan } from '../plan/plan.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { checkFileIfLedger } from './check-file.ts';
import { unsent, type BatchResult } from './batch-result.ts';
import { plannedResult } from './planned-result.ts';
import { planInput } from './plan-input.ts';
import { accountBalances } from './session/balance.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { noteIfOpen } from './session/spreadsheet-locks.ts';
import { SILENT } from './session/watch.ts';

export interface PlanRequest {
  readonly file: string;
  readonly options: BatchOptions;
}

/** What `run` would do with a file now, with the balance. Sends no payment and registers nothing. */
export async function plan(context: OperationContext, { file, options }: PlanRequest): Promise<BatchResult> {
  const { project } = context;
  await noteIfOpen(file, context.system.clock, (text) => context.watch.note(text));
  const checked = await checkFileIfLedger(context, file, options);
  const { summary } = checked;
  if (summary === null) return { ...unsent(checked), refused: true };
  // The ledger counts the balance call like every other call, so `plan` may create a ledger.
  const session = { command: 'plan', createsLedger: true };
  return withSession({ ...context, watch: SILENT }, session, async (opened) => {
    const { planned, notes } = await planWithBalances(opened, { checked, summary }, options);
    const result = { problems: [...checked.problems, ...planned.problems], plan: planned, notes };
    if (planned.action === 'refuse') return { ...unsent(checked), ...result, refused: true };
    return { ...(await plannedResult(project, checked, options.rows)), ...result };
  });
}

async function planWithBalances(
  session: Session,
  batch: CleanBatch,
  options: BatchOptions,
): Promise<{ readonly planned: Plan; readonly notes: readonly string[] }> {
  const planned = planBatch(await planInput(session, batch, options));
  if (planned.action === 'refuse') return { planned, notes: [] };
  const { balances, notes } = await readBalances(session, planned);
  // Read the ledger again: a live run may have paid meanwhile.
  const input = await planInput(session, batch, options);
  return { planned: planBatch({ ...input, balances }), notes };
}

async function readBalances(
  { project, accounts }: Session,
  planned: Plan,
): Promise<{ readonly balances: readonly AccountBalance[]; readonly notes: readonly string[] }> {
  const sending = [...planned.fresh, ...planned.resumed];
  const names = [...new Set(sending.map((total) => total.account))];
  const balances: AccountBalance[] = [];
  const notes: string[] = [];
  for (const name of names.filter((account) => project.config.accounts.has(account)).sort()) {
    const lock = await accounts.lock(name);
    if (lock === null) {
      notes.push(`Account ${name} is being worked by a live run; its balance was not asked.`);
      continue;
    }
    for (const balance of await accountBalances(await accounts.open(lock), sending)) {
      if (balance.availableMinor === null) notes.push(`Balance of account ${name}: ${balance.why}`);
      balances.push(balance);
    }
  }
  return { balances, notes };
}
