import { unlessDrained } from '../domain/call-budgets.ts';
import { isPayrunError, PayrunError, type Problem } from '../domain/problem.ts';
import { countOf } from '../domain/totals.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { AccountLock, BatchRecord } from '../ledger/records.ts';
import type { AccountBalance, PlanInput } from '../plan/input.ts';
import { comparisonNotes, planBatch, type Plan } from '../plan/plan.ts';
import { adoptFile } from '../report/write.ts';
import { approvalOfPlan, NONE_NEEDED, type PlanApproval } from './approvals/state.ts';
import { unapproved } from './approvals/unapproved.ts';
import { probeReports, reportBatch } from './batch-report.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { isSendable, unsent, type BatchResult } from './batch-result.ts';
import { recordTimes, withTimes } from './batch-times.ts';
import { registerWithCanaries } from './canary.ts';
import { planCovered } from './coverage.ts';
import { confirmReplaced } from './confirm-replaced.ts';
import { checkFile } from './check-file.ts';
import { droppedAgain } from './done-notice.ts';
import { clearErrors, refuseBatch, writeWarnings } from './error-report.ts';
import { confirmed, pay } from './pay.ts';
import { requireTrustedClock } from './series/trusted-clock.ts';
import { firstWait } from './paying-counts.ts';
import { planInput } from './plan-input.ts';
import { checkProvider, type OpenAccount } from './session/account.ts';
import { accountBalances } from './session/balance.ts';
import { recoverDead } from './session/batches.ts';
import { fileSignature, REPAIRS_MEMO, signaturesOf, type FileSignature } from './session/batch-files.ts';
import { checkBatchReport } from './session/past.ts';
import type { Session } from './session/session.ts';
import { refuseIfOpen } from './session/spreadsheet-locks.ts';

/**
 * Checks, plans, registers, pays and reports one file. Throws `PayrunError` and `LedgerError` for what is wrong with the
 * surroundings rather than with the file.
 */
export async function runFile(session: Session, file: string, options: BatchOptions): Promise<BatchResult> {
  const { project } = session;
  await refuseIfOpen(file, session.system.clock, (text) => session.watch.note(text));
  // Taken before the file is read: a file that changes meanwhile must not be cached as read.
  const signatures = await signaturesOf(file);
  const checked = await checkFile(project, session.ledger, file, options);
  const { summary } = checked;
  if (summary === null) {
    const problems = [...checked.problems, ...(await repairNeeded(session, checked, options))];
    return refuseBatch(project, checked, null, problems);
  }
  const batch = summary.header.id;
  await probeReports(project, batch);
  await checkBatchReport(project.config, session.ledger, batch);

  if (summary.header.columnFields.includes('replaces')) await adoptFile(file);
  const worked = await workBatch(session, { checked, summary }, options).catch((error: unknown) => {
    return changedMeanwhile(checked, error);
  });
  const { plan, refusal, record, errors } = worked;
  if (refusal !== null) return refuseBatch(project, checked, plan, refusal);
  const { approval = NONE_NEEDED } = worked;
  const approvals = approval.state === null ? {} : { approvals: approval.state };
  if (approval.missing !== null) return unapproved(session, { checked, worked, approval }, options.rows);
  if (record === null) return leftAlone(checked, plan, session.signal.aborted);
  const isSettled = !(await session.ledger.tallies(batch)).some(isSendable);
  // Read before the report is: a change from here on is not in the report, and raises the revision.
  const current = (await session.ledger.batch(batch)) ?? record;
  const result = await reportBatch(session, current, options.rows);
  if (errors === null) await clearErrors(project, batch);
  // Last of all: a sweep does not read a cached file again, so that nothing may be left to do for its batch.
  if (isSettled) await cacheFiles(session, current, { signatures, options });
  const problems = [...checked.problems, ...(plan?.problems ?? [])];
  const { notes, stops = [] } = worked;
  const again = plan?.action === 'nothing' ? await droppedAgain(session, file, batch) : [];
  return { ...result, ...approvals, file, problems, errors, plan, notes: [...result.notes, ...notes, ...again], stops };
}

/** What to do about a file that was registered with repairs, and is run again without them. */
async function repairNeeded(
  { ledger }: Session,
  { batchId, file }: CheckedBatch,
  { repair = null }: BatchOptions,
): Promise<readonly Problem[]> {
  const record = batchId === null || repair !== null ? null : await ledger.batch(batchId);
  if (record?.header.repair === undefined) return [];
  const message = `Batch ${record.header.id} was registered with repaired cells (${record.header.repair.cells}). To go on with it, run it with --repair and the same file of repairs.`;
  return [{ severity: 'error', file, line: 0, column: '', field: '', code: 'repair-needed', message }];
}

interface Worked {
  readonly plan: Plan | null;
  /** Problems that refuse the batch, or null. */
  readonly refusal: readonly Problem[] | null;
  /** Null when the batch was refused or a person declined it: then this call registered and sent nothing of it. */
  readonly record: BatchRecord | null;
  /** Path of errors.csv with the warnings, or null. */
  readonly errors: string | null;
  readonly notes: readonly string[];
  readonly stops?: readonly string[];
  /** Who has signed; absent where the batch came so far not. */
  readonly approval?: PlanApproval;
}

async function workBatch(session: Session, batch: CleanBatch, options: BatchOptions): Promise<Worked> {
  const { project, ledger, signal } = session;
  const { checked, summary } = batch;
  const { id } = summary.header;
  const { locks, busy, faults } = await lockAccounts(session, batch);
  const input = await planInput(session, batch, options);
  const first = planBatch(input);
  const refused = (plan: Plan, problems: readonly Problem[]): Worked => {
    return { plan, refusal: [...checked.problems, ...problems], record: null, errors: null, notes: [] };
  };
  if (first.action === 'refuse') return refused(first, first.problems);
  const early = [...busy, ...comparisonNotes(first)];
  const known = await ledger.batch(id);
  if (known !== null) for (const account of project.config.accounts.values()) checkProvider(known, account);
  // A batch must not change while a live run pays it. Registering a new batch beside that run does no harm.
  if (first.action === 'amend' && busy.length > 0) {
    const errors = await warn(session, batch, first);
    return { plan: first, refusal: null, record: known, errors, notes: early };
  }

  for (const [account, fault] of faults) {
    // Whether a live run pays a batch is known only with the lock of every account, so that nothing of it is changed without.
    if (first.action === 'amend' || [...first.fresh, ...first.resumed].some((total) => total.account === account))
      throw fault;
  }
  const { plan, accounts } = await openAndPlan(session, batch, { input, first }, locks);
  if (plan.action === 'refuse') return refused(plan, plan.problems);
  if (known === null) requireTrustedClock(session, options);
  const errors = await warn(session, batch, plan);
  const approval = await approvalOfPlan(session, batch, plan);
  if (approval.missing !== null) return { plan, refusal: null, record: known, errors, notes: early, approval };
  const isDeclined = accounts.size > 0 && options.isConfirmed !== true && !(await confirmed(session, plan, accounts));
  if (isDeclined) return { plan, refusal: null, record: null, errors, notes: early };

  const { allowDuplicate, because = '' } = options;
  const { confirmation, notes: aboutReplaced } = await confirmReplaced(session, batch, because === '' ? null : because);
  const plannedFor = input.registered?.digest ?? null;
  const request = {
    flag: options.canary ?? null,
    allowDuplicate,
    because,
    approvals: approval.fresh,
    plannedFor,
    ...(confirmation === null ? {} : { confirmation }),
  };
  const untouched = { raced: null, notes: [] };
  const { raced, notes: aboutCanary } = signal.aborted
    ? untouched
    : await registerWithCanaries(session, batch, plan, request);
  if (raced !== null) return refused(plan, raced);
  if (!signal.aborted) await recordTimes(session, summary.header, { plan, isBusy: busy.length > 0 });
  const record = await ledger.batch(id);
  if (record === null) return { plan, refusal: null, record: null, errors, notes: early };
  const held = plan.holds.map(({ text }) => text);
  if (held.length > 0 && countOf([...plan.fresh, ...plan.resumed]) === 0) {
    return { plan, refusal: null, record, errors, notes: [...early, ...held, ...aboutCanary], approval };
  }
  const { notes, stops } = await pay(session, { record: withTimes(record, summary.header), plan, accounts });
  return {
    plan,
    refusal: null,
    record,
    errors,
    notes: [...early, ...held, ...aboutReplaced, ...aboutCanary, ...notes],
    stops,
    approval,
  };
}

/** Shows the warnings of a batch before anything of it is sent. Path of errors.csv, which has them all; null without warnings. */
async function warn({ project, watch }: Session, { checked, summary }: CleanBatch, plan: Plan): Promise<string | null> {
  const warnings = [...checked.problems, ...plan.problems];
  const errors = await writeWarnings(project, summary.header.id, warnings);
  watch.warned(warnings, errors);
  return errors;
}

/** Opens the accounts that the file is paid from, reads their balances and plans again with them. */
async function openAndPlan(
  session: Session,
  file: CleanBatch,
  { input, first: { fresh, resumed } }: { readonly input: PlanInput; readonly first: Plan },
  locks: readonly AccountLock[],
): Promise<{ readonly plan: Plan; readonly accounts: ReadonlyMap<string, OpenAccount> }> {
  const { accounts: pool, clocks, signal, watch } = session;
  const sending = [...fresh, ...resumed];
  const accounts = new Map<string, OpenAccount>();
  const batch = input.summary.header.id;
  const unfollow = watch.follow(() => ({
    ...{ kind: 'preparing', batch, isEnding: signal.aborted },
    wait: firstWait(accounts.values()),
  }));
  try {
    for (const lock of locks) {
      if (sending.some((total) => total.account === lock.account)) accounts.set(lock.account, await pool.open(lock));
    }
    const balances: AccountBalance[] = [];
    for (const account of accounts.values()) balances.push(...(await accountBalances(account, sending)));
    for (const { account, provider } of accounts.values()) {
      // Before a batch is registered, an answer has to show whether its time is to be believed.
      if (clocks.of(account.name).now() === null) await unlessDrained(provider.prepare());
    }
    return { plan: await planCovered(session, file, { ...input, balances }), accounts };
  } finally {
    unfollow();
  }
}

interface LocksOfFile {
  readonly locks: readonly AccountLock[];
  /** One sentence for each account that another run works. */
  readonly busy: readonly string[];
  /** Why an account cannot be locked at all, by its name. */
  readonly faults: ReadonlyMap<string, PayrunError>;
}

/** Locks every account that this file could send from, in the order of their names, so that two runs cannot wait for each other. */
async function lockAccounts(session: Session, { summary }: CleanBatch): Promise<LocksOfFile> {
  const { project, ledger, accounts: pool } = session;
  const record = await ledger.batch(summary.header.id);
  const tallies = record === null ? [] : await ledger.tallies(record.header.id);
  const locks: AccountLock[] = [];
  const busy: string[] = [];
  const faults = new Map<string, PayrunError>();
  if (record !== null && record.digest === summary.digest && !tallies.some(isSendable)) return { locks, busy, faults };
  const names = new Set([...summary.totals, ...tallies].map((total) => total.account));
  for (const account of [...names].filter((name) => project.config.accounts.has(name)).sort()) {
    const lock = await pool.lock(account).catch((error: unknown) => {
      if (!isPayrunError(error)) throw error;
      return error;
    });
    // A file that is refused, or that sends nothing from the account, needs no credentials.
    if (lock instanceof PayrunError) faults.set(account, lock);
    else if (lock !== null) locks.push(lock);
    else
      busy.push(`Account ${account} is being worked by another run; what is planned stays planned. Run again later.`);
  }
  // The locks have settled what a dead process left at the places of now; it may have sent to others before.
  if (record !== null) await recoverDead(session, record);
  return { locks, busy, faults };
}

/** A file that changed between its two readings is refused like any other bad file. Every other error passes through. */
function changedMeanwhile(checked: CheckedBatch, error: unknown): Worked {
  if (!isPayrunError(error) || error.exit !== 3) throw error;
  const { code, message } = error;
  const problem: Problem = { severity: 'error', file: checked.file, line: 0, column: '', field: '', code, message };
  return { plan: null, refusal: [...checked.problems, problem], record: null, errors: null, notes: [] };
}

interface ReadFile {
  readonly signatures: readonly FileSignature[];
  readonly options: BatchOptions;
}

/** Notes which files hold a batch. Lets later sweeps pass over them until they change. */
async function cacheFiles({ project, ledger }: Session, record: BatchRecord, read: ReadFile): Promise<void> {
  const { options, signatures } = read;
  const { header, revision } = record;
  // A file that was read with --account or --batch means another thing without these flags: no sweep may pass over it.
  const isFlagged = options.account !== null || options.batch !== null;
  const config = isFlagged ? `${project.config.digest} with flags` : project.config.digest;
  for (const file of signatures) await ledger.rememberFile({ ...file, config, batch: header.id, revision });
  // The accepted repairs belong to the batch, and are no batch themselves.
  const repairs = options.repair === undefined || options.repair === null ? null : await fileSignature(options.repair);
  if (repairs !== null) await ledger.rememberFile({ ...repairs, config: REPAIRS_MEMO, batch: header.id, revision });
}

function leftAlone(checked: CheckedBatch, plan: Plan | null, isInterrupted: boolean): BatchResult {
  const why = isInterrupted ? 'the run was interrupted first' : 'the run was not confirmed';
  return { ...unsent(checked), plan, error: new PayrunError(5, 'left-alone', `Nothing was sent: ${why}.`) };
}
