import type { BatchSummary } from '../domain/batch.ts';
import { STATUSES } from '../domain/status.ts';
import { countsByStatus } from '../domain/totals.ts';
import { isPayrunError, PayrunError, type Problem } from '../domain/problem.ts';
import { checkBatch, type CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, AccountLock } from '../ledger/records.ts';
import type { PlanInput } from '../plan/input.ts';
import { planBatch, type Plan } from '../plan/plan.ts';
import { checkProvider, type OpenAccount } from './session/account.ts';
import type { AccountPool } from './session/account-pool.ts';
import { accountBalances } from './session/balance.ts';
import { pay, type RunWatch } from './pay.ts';
import { signaturesOf, type FileSignature } from './session/batch-files.ts';
import { intakeContext, type Project } from './session/project.ts';
import { clearErrors, probeReports, reportErrors, reportBatch } from './report.ts';
import { registerBatch } from './register.ts';
import { isSendable, unsent, type BatchResult } from './batch-result.ts';
import { gatherPlan } from './plan-input.ts';

export interface RunOptions {
  readonly account: string | null;
  readonly batch: string | null;
  readonly amend: boolean;
  readonly allowDuplicate: boolean;
  readonly expect: PlanInput['expect'];
  /** How many rows the result carries for the screen; `Infinity` for all. */
  readonly rows: number;
}

/** Checks, plans, registers, pays and reports one file. Throws {@link PayrunError} and `LedgerError` for what is not the file's fault. */
export async function runFile(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  file: string,
  options: RunOptions,
  watch: RunWatch,
  signal: AbortSignal,
): Promise<BatchResult> {
  // Signatures from before the reading: a file that changes meanwhile must not be remembered as read.
  const signatures = await signaturesOf(file);
  const checked = await checkBatch(file, intakeContext(project, options));
  const { summary } = checked;
  if (summary === null) return refuse(project, checked, null, checked.problems);
  const batch = summary.header.id;
  await probeReports(project, batch);

  const worked = await workBatch(project, ledger, pool, checked, summary, options, watch, signal).catch(
    (error: unknown) => refusedMeanwhile(checked, error),
  );
  if (worked.refusal !== null) return refuse(project, checked, worked.plan, worked.refusal);
  if (worked.record === null) return leftAlone(checked, worked.plan, signal.aborted);
  const isSettled = await nothingToSend(ledger, batch);
  const result = await reportBatch(project, ledger, worked.record, options.rows);
  await clearErrors(project, batch);
  // Last: what is remembered here will not be looked at again, so nothing may be left to happen to it.
  if (isSettled) await remember(project, ledger, worked.record, signatures, options, result);
  const problems = [...checked.problems, ...(worked.plan?.problems ?? [])];
  return { ...result, file, problems, plan: worked.plan, notes: [...result.notes, ...worked.notes] };
}

interface Worked {
  readonly plan: Plan | null;
  /** Problems that refuse the batch, or null. */
  readonly refusal: readonly Problem[] | null;
  /** Null when the batch was refused or a person said no: then nothing of it was registered or sent by this call. */
  readonly record: BatchRecord | null;
  readonly notes: readonly string[];
}

async function workBatch(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  checked: CheckedBatch,
  summary: BatchSummary,
  options: RunOptions,
  watch: RunWatch,
  signal: AbortSignal,
): Promise<Worked> {
  const batch = summary.header.id;
  const { holds, busy } = await holdAccounts(project, ledger, pool, summary);
  const input = await gatherPlan(project, ledger, checked, summary, options);
  let plan = planBatch(input);
  const refused = (problems: readonly Problem[]): Worked => {
    return { plan, refusal: [...checked.problems, ...problems], record: null, notes: [] };
  };
  if (plan.action === 'refuse') return refused(plan.problems);
  const known = await ledger.batch(batch);
  if (known !== null) for (const account of project.config.accounts.values()) checkProvider(known, account);
  // What a live run is paying must not change under it; what is only registered beside it does not disturb it.
  if (plan.action === 'amend' && busy.length > 0) return { plan, refusal: null, record: known, notes: busy };

  const sending = [...plan.fresh, ...plan.resumed];
  const accounts = new Map<string, OpenAccount>();
  for (const hold of holds.values()) {
    if (sending.some((total) => total.account === hold.account)) accounts.set(hold.account, await pool.open(hold));
  }
  const balances = [];
  for (const account of accounts.values()) balances.push(...(await accountBalances(account, sending)));
  plan = planBatch({ ...input, balances });
  if (plan.action === 'refuse') return refused(plan.problems);
  watch.planned(plan);
  if (accounts.size > 0 && !(await watch.confirm(plan))) return { plan, refusal: null, record: null, notes: busy };

  // Until the report tells what happens now, no sweep may take this batch for finished: this process may die any moment.
  await ledger.forgetFiles(batch);
  const raced = signal.aborted ? null : await registerBatch(project, ledger, checked, summary, options, plan);
  if (raced !== null) return refused(raced);
  const record = await ledger.batch(batch);
  if (record === null) return { plan, refusal: null, record: null, notes: busy };
  if (plan.heldUntil !== null) {
    const until = new Date(plan.heldUntil).toISOString();
    return { plan, refusal: null, record, notes: [...busy, `Batch ${batch} is held until ${until} (not_before).`] };
  }
  const notes = await pay(project, ledger, record, plan, { command: 'run', holds, accounts }, watch, signal);
  return { plan, refusal: null, record, notes: [...busy, ...notes] };
}

/** Holds every account that this file could send from; in the order of their names, so that two runs cannot wait for each other. */
async function holdAccounts(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  summary: BatchSummary,
): Promise<{ readonly holds: ReadonlyMap<string, AccountLock>; readonly busy: readonly string[] }> {
  const record = await ledger.batch(summary.header.id);
  const tallies = record === null ? [] : await ledger.tallies(record.header.id);
  const holds = new Map<string, AccountLock>();
  const busy: string[] = [];
  if (record !== null && record.digest === summary.digest && !tallies.some(isSendable)) return { holds, busy };
  const names = new Set([...summary.totals, ...tallies].map((total) => total.account));
  for (const account of [...names].filter((name) => project.config.accounts.has(name)).sort()) {
    const hold = await pool.hold(account);
    if (hold !== null) holds.set(account, hold);
    else
      busy.push(`Account ${account} is being worked by another run; what is planned stays planned. Run again later.`);
  }
  return { holds, busy };
}

async function nothingToSend(ledger: Ledger, batch: string): Promise<boolean> {
  return !(await ledger.tallies(batch)).some(isSendable);
}

/** A file that changed between its two readings is refused like any other bad file; everything else passes. */
function refusedMeanwhile(checked: CheckedBatch, error: unknown): Worked {
  if (!isPayrunError(error) || error.exit !== 3) throw error;
  const { code, message } = error;
  const problem: Problem = { severity: 'error', file: checked.file, line: 0, column: '', field: '', code, message };
  return { plan: null, refusal: [...checked.problems, problem], record: null, notes: [] };
}

async function remember(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  signatures: readonly FileSignature[],
  options: RunOptions,
  told: BatchResult,
): Promise<void> {
  // A file read under overrides means something else without them.
  if (options.account !== null || options.batch !== null) return;
  for (const file of signatures) {
    await ledger.rememberFile({ ...file, config: project.config.digest, batch: record.header.id });
  }
  // What moves from now on is forgotten by its move. What moved between the report and now was forgotten too early.
  const now = countsByStatus(await ledger.tallies(record.header.id));
  const reported = countsByStatus(told.tallies);
  if (!STATUSES.every((status) => now.get(status) === reported.get(status))) {
    await ledger.forgetFiles(record.header.id);
  }
}

async function refuse(
  project: Project,
  checked: CheckedBatch,
  plan: Plan | null,
  problems: readonly Problem[],
): Promise<BatchResult> {
  const errors = await reportErrors(project, checked, problems);
  return { ...unsent(checked), refused: true, problems, plan, errors };
}

function leftAlone(checked: CheckedBatch, plan: Plan | null, isInterrupted: boolean): BatchResult {
  const why = isInterrupted ? 'the run was interrupted first' : 'the run was not confirmed';
  return { ...unsent(checked), plan, error: new PayrunError(5, 'left-alone', `Nothing was sent: ${why}.`) };
}
