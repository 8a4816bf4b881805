import type { BatchSummary } from '../domain/batch.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import { checkBatch, type CheckedBatch } from '../intake/batch.ts';
import type { BatchRecord, Hold, Ledger } from '../ledger/port.ts';
import type { PlanInput } from '../plan/input.ts';
import { planBatch, type Plan } from '../plan/plan.ts';
import { checkProvider, holdAccount, openAccount, type OpenAccount } from './account.ts';
import { accountBalance } from './balance.ts';
import { pay, type RunWatch } from './pay.ts';
import { signaturesOf, type FileSignature } from './files.ts';
import { intakeContext, type Project } from './project.ts';
import { clearErrors, probeReports, reportErrors, reportBatch } from './reporting.ts';
import { registerBatch } from './register.ts';
import type { BatchResult } from './result.ts';
import { gatherPlan } from './snapshot.ts';

export interface RunOptions {
  readonly account: string | null;
  readonly batch: string | null;
  readonly amend: boolean;
  readonly allowDuplicate: boolean;
  readonly expect: PlanInput['expect'];
  /** How long to wait for an account that another live run has. */
  readonly waitMs: number;
  /** How many rows the result carries for the screen; `Infinity` for all. */
  readonly rows: number;
}

/** Checks, plans, registers, pays and reports one file. Throws {@link PayrunError} and `LedgerError` for what is not the file's fault. */
export async function runFile(
  project: Project,
  ledger: Ledger,
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

  const holds: Hold[] = [];
  try {
    const held = await holdAccounts(project, ledger, summary, options, watch, signal, holds);
    const worked = await workBatch(project, ledger, checked, summary, options, watch, signal, held);
    if (worked.refusal !== null) return await refuse(project, checked, worked.plan, worked.refusal);
    if (worked.record === null) return leftAlone(checked, worked.plan, signal.aborted);
    await clearErrors(project, batch);
    const result = await reportBatch(project, ledger, worked.record, options.rows);
    // Last: what is remembered here will not be looked at again.
    await remember(project, ledger, worked.record, signatures, options);
    const problems = [...checked.problems, ...worked.plan.problems];
    return { ...result, file, problems, plan: worked.plan, notes: [...result.notes, ...worked.notes] };
  } finally {
    for (const hold of holds) await hold.release();
  }
}

interface Held {
  readonly holds: ReadonlyMap<string, Hold>;
  /** Accounts that another live run has, with what to tell. */
  readonly busy: ReadonlyMap<string, string>;
}

/** Holds every account that this file could send from; in the order of their names, so that two runs cannot wait for each other. */
async function holdAccounts(
  project: Project,
  ledger: Ledger,
  summary: BatchSummary,
  options: RunOptions,
  watch: RunWatch,
  signal: AbortSignal,
  taken: Hold[],
): Promise<Held> {
  const record = await ledger.batch(summary.header.id);
  const tallies = record === null ? [] : await ledger.tallies(record.header.id);
  const open = tallies.some(({ status, count: of }) => of > 0 && (status === 'planned' || status === 'submitting'));
  const holds = new Map<string, Hold>();
  const busy = new Map<string, string>();
  if (record !== null && record.digest === summary.digest && !open) return { holds, busy };
  const names = [...new Set([...summary.totals, ...tallies].map((total) => total.account))];
  for (const account of names.filter((name) => project.config.accounts.has(name)).sort()) {
    const result = await holdAccount(project, ledger, account, 'run', options.waitMs, signal, (by) =>
      watch.note(`Account ${account} is being worked by ${by}; waiting for it.`),
    );
    if (result.kind === 'held') {
      taken.push(result.hold);
      holds.set(account, result.hold);
      if (result.hold.recovered > 0) {
        watch.note(
          `${result.hold.recovered} payments of account ${account} were being sent when an earlier run died: they are unknown now.`,
        );
      }
    } else {
      busy.set(
        account,
        `Account ${account} is being worked by another run; what is planned stays planned. Run again later.`,
      );
    }
  }
  return { holds, busy };
}

interface Worked {
  readonly plan: Plan;
  /** Problems that refuse the batch, or null. */
  readonly refusal: readonly Problem[] | null;
  /** Null when the batch was refused or a person said no: then nothing of it was registered or sent by this call. */
  readonly record: BatchRecord | null;
  readonly notes: readonly string[];
}

async function workBatch(
  project: Project,
  ledger: Ledger,
  checked: CheckedBatch,
  summary: BatchSummary,
  options: RunOptions,
  watch: RunWatch,
  signal: AbortSignal,
  held: Held,
): Promise<Worked> {
  const input = await gatherPlan(project, ledger, checked, summary, options);
  let plan = planBatch(input);
  const refused = (): Worked => {
    return { plan, refusal: [...checked.problems, ...plan.problems], record: null, notes: [] };
  };
  if (plan.action === 'refuse') return refused();

  const notes = [...held.busy.values()];
  const accounts = new Map<string, OpenAccount>();
  try {
    const known = await ledger.batch(summary.header.id);
    const sending = new Set([...plan.fresh, ...plan.resumed].map((total) => total.account));
    for (const hold of held.holds.values()) {
      if (!sending.has(hold.account)) continue;
      const configured = project.config.accounts.get(hold.account);
      if (known !== null && configured !== undefined) checkProvider(known, configured);
      const onWait = (account: string, budget: string, ms: number): void =>
        watch.note(`Account ${account} waits ${Math.ceil(ms / 1000)} s for its ${budget} limit.`);
      accounts.set(hold.account, await openAccount(project, ledger, hold, signal, onWait));
    }
    const balances = [];
    for (const account of accounts.values())
      balances.push(await accountBalance(account, [...plan.fresh, ...plan.resumed]));
    plan = planBatch({ ...input, balances });
    if (plan.action === 'refuse') return refused();
    watch.planned(plan);
    if (accounts.size > 0 && !(await watch.confirm(plan))) return { plan, refusal: null, record: null, notes };

    // Until the report tells what happens now, no sweep may take this batch for finished: this process may die any moment.
    await ledger.forgetFiles(summary.header.id);
    const raced = signal.aborted ? null : await registerBatch(project, ledger, checked, summary, options, plan);
    if (raced !== null) return { plan, refusal: [...checked.problems, ...raced], record: null, notes: [] };
    const record = await ledger.batch(summary.header.id);
    if (record === null) return { plan, refusal: null, record: null, notes };
    if (plan.heldUntil !== null) {
      notes.push(`Batch ${record.header.id} is held until ${new Date(plan.heldUntil).toISOString()} (not_before).`);
      return { plan, refusal: null, record, notes };
    }
    notes.push(...(await pay(project, ledger, record, plan, { holds: held.holds, accounts }, watch, signal)));
    return { plan, refusal: null, record, notes };
  } finally {
    for (const account of accounts.values()) await account.close();
  }
}

async function remember(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  signatures: readonly FileSignature[],
  options: RunOptions,
): Promise<void> {
  // A file read under overrides means something else without them.
  if (options.account !== null || options.batch !== null) return;
  for (const file of signatures) {
    await ledger.rememberFile({ ...file, config: project.config.digest, batch: record.header.id });
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

function leftAlone(checked: CheckedBatch, plan: Plan, isInterrupted: boolean): BatchResult {
  const why = isInterrupted ? 'the run was interrupted first' : 'the run was not confirmed';
  return { ...unsent(checked), plan, error: new PayrunError(5, 'left-alone', `Nothing was sent: ${why}.`) };
}

/** A file that nothing of was sent, as far as this call goes. */
export function unsent(checked: CheckedBatch): BatchResult {
  return {
    batch: checked.batchId,
    file: checked.file,
    refused: false,
    digest: checked.summary?.digest ?? null,
    count: checked.count,
    tallies: [],
    report: null,
    errors: null,
    problems: checked.problems,
    notes: [],
    plan: null,
    rows: [],
    error: null,
  };
}
