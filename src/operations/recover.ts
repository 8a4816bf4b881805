import { copyFile, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '../domain/status.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import { ledgerPlace, openLedgerBehind, openSpool } from '../ledger/open.ts';
import { highestCounter, pastMessage, type LedgerBehind } from '../ledger/past-rules.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { reportBatch } from './batch-report.ts';
import { allReports, lostBatches, type LostBatch } from './recover-batches.ts';
import { restoreBatches } from './recover-restore.ts';
import { applyStoredReport, lostCorrections, noteLostCorrection, type LostCorrection } from './recover-evidence.ts';
import { applyWholeStatement, readStatements, type NamedStatement, type SoundStatement } from './recover-statement.ts';
import type { Approval } from '../domain/approval.ts';
import type { ActionFlags } from './approvals/permission.ts';
import { recoveryPermission, writeRecovery } from './recover-permission.ts';
import { reportedCounter, reportFault } from './session/past.ts';
import { Session, type OperationContext } from './session/session.ts';

export interface RecoverRequest extends ActionFlags {
  /** Batch files that may have been run since, besides those in the drop folder. */
  readonly files: readonly string[];
  readonly statements: readonly NamedStatement[];
  readonly because: string;
  /** Whether only what would be done is told. */
  readonly isDryRun: boolean;
}

export interface Recovery {
  /** What was found wrong with the ledger; null: nothing, and nothing was done. */
  readonly reason: string | null;
  readonly batches: readonly Omit<LostBatch, 'registration'>[];
  /** Batches whose file has other payments than those that were sent of it. */
  readonly differing: readonly string[];
  /** Files that correct payments which the ledger does not have: they stand alone in it. */
  readonly unlinked: readonly string[];
  /** Payments with a correction that nothing here knows of but a report. */
  readonly lostCorrections: readonly Pick<LostCorrection, 'payment' | 'correction'>[];
  /** The drop folder: batch files elsewhere are not looked for. */
  readonly folder: string;
  readonly unread: readonly string[];
  /** Payments that may have been sent since, and are `unknown` now. In a dry run: those that would be. */
  readonly marked: number;
  readonly decidedByReports: number;
  readonly decidedByStatements: number;
  /** How many payments of all batches are in each status now. */
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  /** Problems of the statements; an error among them: nothing was changed. */
  readonly problems: readonly Problem[];
}

/** So far past every counter that is known that no copy of what was lost, should it turn up, can be taken for newer. */
const COUNTER_STEP = 1_000_000;

/**
 * The way on after the ledger went back in time or was lost. Every payment that may have been sent by what is missing becomes
 * `unknown`, and reports and statements decide what they can. Nothing can be sent before the end: until then every other command finds the
 * ledger as it was found here, or with a recovery that was begun and not ended.
 */
export async function recover(context: OperationContext, request: RecoverRequest): Promise<Recovery> {
  const { config } = context.project;
  const opened = await openLedgerBehind({ url: config.ledger, create: true, stateFolder: config.state });
  const session = new Session(
    context,
    { command: 'recover' },
    { ledger: opened.ledger, spool: await openSpool(config.ledger) },
  );
  try {
    return await recoverSession(session, opened, request);
  } finally {
    await session.close();
  }
}

async function recoverSession(session: Session, opened: LedgerBehind, request: RecoverRequest): Promise<Recovery> {
  const { ledger } = session;
  const { statements, problems } = await readStatements(session, request.statements);
  const { batches, unread } = await lostBatches(session, request.files);
  const reason = await faultText(session, opened, batches);
  const missing = await missingCorrections(session, batches);
  const found = {
    ...{ reason, batches: batches.map(described), unread, problems, differing: [], unlinked: [] },
    lostCorrections: missing.map(({ payment, correction }) => ({ payment, correction })),
    folder: session.project.config.batches,
  };
  const isRefused = problems.some(({ severity }) => severity === 'error');
  const intended = { reason: reason ?? '', batches, request, marked: await unsentIn(ledger, batches) };
  if (reason === null || isRefused || request.isDryRun) {
    const sums = { decidedByReports: 0, decidedByStatements: 0, counts: await countsIn(ledger) };
    if (reason !== null && !isRefused) await writeRecovery(session, intended);
    return { ...found, ...sums, marked: reason === null ? 0 : intended.marked };
  }
  await lockEveryAccount(session);
  const approvals = await recoveryPermission(session, intended);
  return {
    ...found,
    ...(await recoverAll(session, { opened, request, batches, statements, reason, missing, approvals })),
  };
}

interface RecoveryWork {
  readonly opened: LedgerBehind;
  readonly request: RecoverRequest;
  readonly batches: readonly LostBatch[];
  readonly statements: readonly SoundStatement[];
  readonly reason: string;
  readonly missing: readonly LostCorrection[];
  readonly approvals: readonly Approval[];
}

async function missingCorrections(session: Session, batches: readonly LostBatch[]): Promise<LostCorrection[]> {
  const { ledger, project } = session;
  const known = new Set([...(await ledger.batchIds()), ...batches.map(({ batch }) => batch)]);
  return lostCorrections(await allReports(project), known);
}

async function recoverAll(
  session: Session,
  { opened, request, batches, statements, reason, missing, approvals }: RecoveryWork,
): Promise<
  Pick<Recovery, 'differing' | 'unlinked' | 'marked' | 'decidedByReports' | 'decidedByStatements' | 'counts'>
> {
  const { ledger, system, project, by } = session;
  const { counter } = await ledger.identity();
  const reported = await reportedCounter(project.config.reports);
  const mark = { because: request.because, by, at: system.clock.now(), counter, missing: reason };
  // Begun first: from here on no other command sends, whatever becomes of this process.
  const before = await ledger.beginRecovery(mark);
  await ledger.recordApprovals(approvals);
  await ledger.recordOrganisation(project.config.organisation);
  let restored = 0;
  let decidedByReports = 0;
  const reports = await allReports(project);
  const record = async (): Promise<void> => {
    restored += (await ledger.beginRecovery(mark)).marked;
    for (const report of reports) decidedByReports += await applyStoredReport(session, report);
  };
  const { differing, unlinked } = await restoreBatches(ledger, session, { batches, record });
  for (const correction of missing) await noteLostCorrection(session, correction);
  let decidedByStatements = 0;
  for (const statement of statements) decidedByStatements += await applyWholeStatement(session, statement);
  await writeAllReports(session);
  const known = Math.max(counter, opened.fault === null ? 0 : highestCounter(opened.fault), reported);
  await opened.moveMarks(known + COUNTER_STEP);
  await ledger.endRecovery(system.clock.now());
  return {
    differing: differing.map(({ path }) => path),
    unlinked: unlinked.map(({ path }) => path),
    marked: before.marked + restored,
    decidedByReports,
    decidedByStatements,
    counts: await countsIn(ledger),
  };
}

/** Null where the ledger is the newest that anything knows of. */
async function faultText(
  { project, ledger }: Session,
  { fault }: LedgerBehind,
  batches: readonly LostBatch[],
): Promise<string | null> {
  const { config } = project;
  if (fault !== null) return pastMessage(ledgerPlace(config.ledger), fault);
  const reported = batches.filter(({ source, isReported }) => source === 'report' || isReported);
  for (const { header } of reported.length === 0 ? await ledger.batches() : []) {
    const later = await reportFault(config, ledger, header.id);
    if (later !== null) return later;
  }
  const named = batches.filter(({ isNamed }) => isNamed);
  if (reported.length === 0 && named.length > 0) {
    return `The ledger does not know what was named as run: ${named.map(({ path }) => path).join(', ')}.`;
  }
  if (reported.length === 0) return null;
  const names = reported.map(({ batch }) => batch).join(', ');
  return `${config.reports} has reports of batches that the ledger does not know: ${names}.`;
}

/** A live process that sends would record nothing here of what it sends. Throws {@link PayrunError} 5. */
async function lockEveryAccount({ project, accounts }: Session): Promise<void> {
  for (const name of project.config.accounts.keys()) {
    if ((await accounts.lock(name)) !== null) continue;
    throw new PayrunError(5, 'account-busy', `Another payrun works account ${name}. Stop it, then recover again.`);
  }
}

/** The reports of before stay beside the new ones: a report is evidence. */
async function writeAllReports(session: Session): Promise<void> {
  const { ledger, project } = session;
  for (const record of await ledger.batches()) {
    const folder = join(project.config.reports, record.header.id);
    for (const name of ['report', 'summary']) {
      const extension = name === 'report' ? 'csv' : 'json';
      const kept = join(folder, `${name}.before-recovery.${extension}`);
      // Only the oldest is kept; there is none where the batch had no report.
      await copyFile(join(folder, `${name}.${extension}`), kept, constants.COPYFILE_EXCL).catch(() => undefined);
    }
    await reportBatch(session, record, 'none');
  }
}

function described({
  batch,
  count,
  source,
  path,
  isAmendment,
  isReported,
  isNamed,
}: LostBatch): Omit<LostBatch, 'registration'> {
  return { batch, count, source, path, isAmendment, isReported, isNamed };
}

async function countsIn(ledger: Ledger): Promise<Partial<Record<Status, number>>> {
  const counts: Partial<Record<Status, number>> = {};
  for (const { header } of await ledger.batches()) {
    for (const { status, count } of await ledger.tallies(header.id)) counts[status] = (counts[status] ?? 0) + count;
  }
  return counts;
}

/** How many payments count as possibly sent. */
async function unsentIn(ledger: Ledger, batches: readonly LostBatch[]): Promise<number> {
  const { planned = 0, submitting = 0 } = await countsIn(ledger);
  return planned + submitting + batches.reduce((sum, { count, isAmendment }) => sum + (isAmendment ? 0 : count), 0);
}
