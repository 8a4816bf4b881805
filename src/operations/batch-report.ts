import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatusTally } from '../domain/payment.ts';
import { PayrunError } from '../domain/problem.ts';
import { STATUSES, type Status } from '../domain/status.ts';
import { countsByStatus } from '../domain/totals.ts';
import { isLedgerError } from '../ledger/errors.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { timestampsIn } from '../report/timestamps.ts';
import { writeReports, type WrittenReports } from '../report/write.ts';
import { canaryState } from './canary-state.ts';
import { contradictionsOf } from './contradictions.ts';
import { checkBatchReport } from './session/past.ts';
import type { Project } from './session/project.ts';
import type { Session } from './session/session.ts';
import { pauseOf } from './pause.ts';
import { simulatedCount, simulatedPayments } from './sent-to.ts';
import type { BatchResult, DisplayedPayment } from './batch-result.ts';
import { displayedRows, nextActions, type RowChoice } from './displayed-rows.ts';

/** Writes the reports of a batch from the ledger. The result is the state that the reports show. */
export async function reportBatch(session: Session, record: BatchRecord, rows: RowChoice): Promise<BatchResult> {
  // A report of a later state, or of another ledger, is evidence of what was paid.
  if (session.command !== 'recover') {
    await checkBatchReport(session.project.config, session.ledger, record.header.id);
  }
  for (let pass = 1; ; pass++) {
    const written = await writeReport(session, record);
    await reportCorrected(session, record.header.id);
    const state = await batchState(session, record, rows);
    // A callback may have moved a payment after the report was written. The result must not differ from the file.
    if (pass === REPORT_PASSES || isSameState(written.counts, state.tallies))
      return { ...state, report: written.report };
  }
}

/** A correction that begins, fails or is paid changes what is owed in the batch that it corrects. */
async function reportCorrected(session: Session, batch: string): Promise<void> {
  const { ledger } = session;
  const others = await ledger.correctionsOf(batch);
  if (others.length === 0) return;
  const behind = new Set(await ledger.batchesBehind());
  for (const other of others) {
    const record = behind.has(other) ? await ledger.batch(other) : null;
    if (record !== null) await writeReport(session, record);
  }
}

/** How often a report is written again because payments moved meanwhile; a live run elsewhere moves them all the time. */
const REPORT_PASSES = 4;

/** Writes the reports of a batch once, and notes in the ledger which revision they show. Throws {@link PayrunError}. */
export async function writeReport(
  { project, system, ledger }: Pick<Session, 'project' | 'system' | 'ledger'>,
  record: BatchRecord,
): Promise<WrittenReports> {
  const { config } = project;
  const batch = record.header.id;
  const nextAction = await nextActions({ project, ledger }, { batch, waits: record.header.waits });
  const written = await writeReports({
    ledger,
    record,
    folder: config.reports,
    timezone: config.timezone,
    nextAction,
    isSimulated: await simulatedPayments({ project, ledger }),
    now: system.clock.now(),
    takeFileLock: system.takeFileLock,
  }).catch((error: unknown) => {
    throw unwritable(join(config.reports, batch), error, `The ledger has everything; then: payrun report ${batch}`);
  });
  await ledger.noteReport({ batch, revision: written.revision }).catch((error: unknown) => {
    // The report is there. While another process writes the ledger, the report counts as behind and is written once more.
    if (!isLedgerError(error) || error.fault !== 'locked') throw error;
  });
  return written;
}

/** Whether a report with these counts shows what the ledger has. */
function isSameState(counts: ReadonlyMap<Status, number>, tallies: readonly StatusTally[]): boolean {
  const known = countsByStatus(tallies);
  return STATUSES.every((status) => (counts.get(status) ?? 0) === (known.get(status) ?? 0));
}

/** What the ledger has of a batch now. Writes nothing. */
export async function batchState(session: Session, known: BatchRecord, rows: RowChoice): Promise<BatchResult> {
  const { ledger } = session;
  // Read again: an amendment may have changed its count since the caller read it.
  const record = (await ledger.batch(known.header.id)) ?? known;
  const batch = record.header.id;
  const tallies = await ledger.tallies(batch);
  const contradictions = await contradictionsOf(ledger, batch);
  const displayed = await displayedRows(session, { batch, contradictions }, rows);
  return {
    batch,
    file: record.header.file,
    refused: false,
    digest: record.digest,
    count: record.count,
    tallies,
    simulated: await simulatedCount(ledger, batch),
    paused: await pauseOf(ledger, batch, new Set(tallies.map(({ account }) => account))),
    contradictions,
    sent: session.sent.get(batch) ?? 0,
    settledAt: await settledText(session, batch),
    report: null,
    errors: null,
    problems: [],
    notes: [],
    plan: null,
    rows: displayed,
    canary: await canaryState(ledger, batch, tallies),
    signed: await ledger.approvals(batch),
    ...(await failedRowsOf(session.project, batch, displayed)),
    hasAllRows: rows === 'all',
    registeredAt: timestampsIn(session.project.config.timezone)(record.registeredAt),
    error: null,
  };
}

/** The newest of the files with the failed rows of a batch: a person may have corrected an older one. */
async function failedRowsOf(
  { config }: Project,
  batch: string,
  rows: readonly DisplayedPayment[],
): Promise<Pick<BatchResult, 'failedRows'>> {
  if (!rows.some(({ status, isNeeding }) => isNeeding && (status === 'failed' || status === 'cancelled'))) return {};
  const folder = join(config.reports, batch);
  const name = `${batch}-failed`;
  const numbers = (await readdir(folder).catch(() => []))
    .filter((file) => file.startsWith(name))
    .map((file) => /^(?:-(\d+))?\.csv$/.exec(file.slice(name.length)))
    .flatMap((parts) => (parts === null ? [] : [Number(parts[1] ?? 1)]));
  const newest = Math.max(...numbers);
  if (numbers.length === 0) return {};
  return { failedRows: join(folder, `${name}${newest === 1 ? '' : `-${newest}`}.csv`) };
}

/** When the last payment of a batch came to its end, in the time zone of the project, as the reports write it; '' where none has. */
async function settledText({ ledger, project }: Session, batch: string): Promise<string> {
  return timestampsIn(project.config.timezone)(await ledger.lastSettledAt(batch));
}

/** Checks before anything is sent that a report can be written. Throws {@link PayrunError} 2. */
export async function probeReports(project: Project, batch: string): Promise<void> {
  const folder = join(project.config.reports, batch);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, error, 'Nothing was sent.');
  }
}

/**
 * Writes the reports that are behind, whichever process changed their batches: it may have died before it reported. A report that
 * cannot be written goes to `failed`, and the next command tries again.
 */
export async function reportBehind(session: Session, failed: (error: PayrunError) => void): Promise<void> {
  const { ledger } = session;
  for (const batch of await ledger.batchesBehind()) {
    const record = await ledger.batch(batch);
    if (record === null) continue;
    await reportBatch(session, record, 'none').catch((error: unknown) => {
      if (!(error instanceof PayrunError)) throw error;
      failed(error);
    });
  }
}

/**
 * Writes the report of a batch that is behind, unless a live process is sending from the batch: that one writes the report itself. For
 * commands that only look at a batch: what a dead process left is shown as it is.
 */
export async function reportIfBehind(session: Session, record: BatchRecord): Promise<void> {
  const { ledger } = session;
  const batch = record.header.id;
  if (!(await ledger.batchesBehind()).includes(batch)) return;
  const isSending = (await ledger.tallies(batch)).some(({ status, count }) => status === 'submitting' && count > 0);
  if (!isSending) await reportBatch(session, record, 'none');
}

/** A refusal of the file system as an error that says what the user can do; any other error unchanged. */
export function unwritable(folder: string, error: unknown, next: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === null || !/^E[A-Z]+$/.test(code)) return error;
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `it cannot be written (${code})`;
  return new PayrunError(2, 'reports-unwritable', `Reports folder ${folder}: ${what}. Mend that. ${next}`, {
    cause: error,
  });
}
