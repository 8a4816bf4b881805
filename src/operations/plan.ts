import type { BatchTotal } from '../domain/batch.ts';
import type { AccountBalance } from '../plan/input.ts';
import { comparisonNotes, planBatch, type Plan } from '../plan/plan.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { plannedCanaryNotes } from './canary-state.ts';
import { planCovered } from './coverage.ts';
import { checkFileIfLedger } from './check-file.ts';
import { unsent, type BatchResult } from './batch-result.ts';
import { plannedResult } from './planned-result.ts';
import { planInput } from './plan-input.ts';
import { payDuration } from './paying-counts.ts';
import type { PayDuration } from './session/run-progress.ts';
import type { OpenAccount } from './session/account.ts';
import { accountBalances } from './session/balance.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { noteIfOpen } from './session/spreadsheet-locks.ts';
import { SILENT } from './session/watch.ts';

export interface PlanRequest {
  readonly file: string;
  readonly options: BatchOptions;
  /** The .html or .csv file that the plan is written to; null: none. */
  readonly out: string | null;
}

/** What `run` would do with a file now, with the balance. Sends no payment and registers nothing. */
export async function plan(context: OperationContext, { file, options, out }: PlanRequest): Promise<BatchResult> {
  const { project } = context;
  // Loaded here: most plans are only looked at.
  const written = out === null ? null : await import('./plan-out.ts');
  const planFile = await written?.planFileAt(out ?? '', project.config.batches);
  await noteIfOpen(file, context.system.clock, (text) => context.watch.note(text));
  const checked = await checkFileIfLedger(context, file, options);
  const { summary } = checked;
  if (summary === null) return { ...unsent(checked), refused: true };
  // The ledger counts the balance call like every other call, so `plan` may create a ledger.
  const session = { command: 'plan', createsLedger: true };
  return withSession({ ...context, watch: SILENT }, session, async (opened) => {
    const batch = { checked, summary };
    const { planned, notes, duration } = await planWithBalances(opened, batch, options);
    const document = { batch, planned, durationMs: duration?.ms ?? null, options };
    const path = planFile === undefined ? undefined : await written?.writePlan(opened, planFile, document);
    const result = {
      ...(path === undefined ? {} : { planFile: path }),
      problems: [...checked.problems, ...planned.problems],
      plan: planned,
      notes,
      duration,
    };
    if (planned.action === 'refuse') return { ...unsent(checked), ...result, refused: true };
    return { ...(await plannedResult(project, checked, options.rows)), ...result };
  });
}

/** As `run` plans it, with the balances of the accounts that another run does not work. */
export async function planWithBalances(
  session: Session,
  batch: CleanBatch,
  options: BatchOptions,
): Promise<{ readonly planned: Plan; readonly notes: readonly string[]; readonly duration: PayDuration | null }> {
  const before = await planInput(session, batch, options);
  const first = planBatch(before);
  const compared = comparisonNotes(first);
  if (first.action === 'refuse') return { planned: first, notes: compared, duration: null };
  const { balances, notes, accounts } = await readBalances(session, first);
  // Read the ledger again: a live run may have paid meanwhile.
  const input = await planInput(session, batch, options, before.compared);
  const planned = await planCovered(session, batch, { ...input, balances });
  const { id } = batch.summary.header;
  const canaries = input.registered === null ? null : await session.ledger.canaries(id);
  const firsts = plannedCanaryNotes(batch.summary, session.project.config.accounts, canaries);
  return {
    planned,
    notes: [...compared, ...notes, ...firsts],
    duration: payDuration(session, accounts, unsentTotals(planned)),
  };
}

/** What is to be sent, now or when nothing holds it any more: the money for it has to be there. */
function unsentTotals({ fresh, resumed, held }: Plan): readonly BatchTotal[] {
  return [...fresh, ...resumed, ...held];
}

async function readBalances(
  { project, accounts }: Session,
  planned: Plan,
): Promise<{
  readonly balances: readonly AccountBalance[];
  readonly notes: readonly string[];
  readonly accounts: readonly OpenAccount[];
}> {
  const sending = unsentTotals(planned);
  const names = [...new Set(sending.map((total) => total.account))];
  const balances: AccountBalance[] = [];
  const notes: string[] = [];
  const opened: OpenAccount[] = [];
  for (const name of names.filter((account) => project.config.accounts.has(account)).sort()) {
    const lock = await accounts.lock(name);
    if (lock === null) {
      notes.push(`Account ${name} is being worked by a live run; its balance was not asked.`);
      continue;
    }
    const account = await accounts.open(lock);
    opened.push(account);
    for (const balance of await accountBalances(account, sending)) {
      if (balance.availableMinor === null) notes.push(`Balance of account ${name}: ${balance.why}`);
      balances.push(balance);
    }
  }
  return { balances, notes, accounts: opened };
}
