import { access, constants, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { StatusTally } from '../domain/payment.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import { STATUSES, type Status } from '../domain/status.ts';
import { countsByStatus } from '../domain/totals.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { defaultNextAction } from '../report/next-action.ts';
import { removeErrors, writeErrors, writeReports, type WrittenReports } from '../report/write.ts';
import { providerOf, type Project } from './session/project.ts';
import { paymentRow, type BatchResult, type PaymentRow } from './batch-result.ts';

/** Writes the reports of a batch from the ledger and reads back what to tell about it. */
export async function reportBatch(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  rows: number,
): Promise<BatchResult> {
  for (let pass = 1; ; pass++) {
    const written = await writeOnce(project, ledger, record);
    const state = await batchState(project, ledger, record, rows);
    // A callback may have come between the writing and the look: what is told here is what the file says.
    if (pass === PASSES || isTold(written.counts, state.tallies)) return { ...state, report: written.report };
  }
}

/** How often a report is written again because payments moved meanwhile; a live run elsewhere moves them all the time. */
const PASSES = 4;

async function writeOnce(project: Project, ledger: Ledger, record: BatchRecord): Promise<WrittenReports> {
  const { config, system } = project;
  const batch = record.header.id;
  return writeReports({
    ledger,
    record,
    folder: config.reports,
    timezone: config.timezone,
    nextAction: (payment) => nextAction(project, payment),
    now: system.clock.now(),
    takeFileLock: system.takeFileLock,
  }).catch((error: unknown) => {
    throw unwritable(join(config.reports, batch), error, `The ledger has everything; then: payrun report ${batch}`);
  });
}

/** Whether a report with these counts tells what the ledger says. */
function isTold(counts: ReadonlyMap<Status, number>, tallies: readonly StatusTally[]): boolean {
  const known = countsByStatus(tallies);
  return STATUSES.every((status) => (counts.get(status) ?? 0) === (known.get(status) ?? 0));
}

/** What the ledger says about a batch now, without writing anything. */
export async function batchState(
  project: Project,
  ledger: Ledger,
  known: BatchRecord,
  rows: number,
): Promise<BatchResult> {
  // Read anew: an amendment may have changed its count since the caller looked.
  const record = (await ledger.batch(known.header.id)) ?? known;
  return {
    batch: record.header.id,
    file: record.header.file,
    refused: false,
    digest: record.digest,
    count: record.count,
    tallies: await ledger.tallies(record.header.id),
    report: null,
    errors: null,
    problems: [],
    notes: [],
    plan: null,
    rows: rows > 0 ? await shownRows(project, ledger, record.header.id, rows) : [],
    error: null,
  };
}

/** Finds out before anything is sent whether a report could be written at all. */
export async function probeReports(project: Project, batch: string): Promise<void> {
  const folder = join(project.config.reports, batch);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, error, 'Nothing was sent.');
  }
}

export async function reportErrors(
  project: Project,
  checked: CheckedBatch,
  problems: readonly Problem[],
): Promise<string> {
  const batch = checked.batchId ?? fallbackName(checked.file);
  return writeErrors({ folder: project.config.reports, batch, problems }).catch((error: unknown) => {
    throw unwritable(join(project.config.reports, batch), error, 'The batch was refused and nothing was sent.');
  });
}

export async function clearErrors(project: Project, batch: string): Promise<void> {
  await removeErrors({ folder: project.config.reports, batch }).catch((error: unknown) => {
    throw unwritable(
      join(project.config.reports, batch),
      error,
      'The report is written; only an old errors.csv is left.',
    );
  });
}

function nextAction(project: Project, payment: LedgerPayment): string {
  const account = project.config.accounts.get(payment.account);
  const { status } = payment;
  const lookFor =
    account !== undefined && (status === 'unknown' || status === 'pending')
      ? (providerOf(account).manualCheck?.(payment, status, account.options) ?? null)
      : null;
  return defaultNextAction(payment, lookFor);
}

async function shownRows(project: Project, ledger: Ledger, batch: string, limit: number): Promise<PaymentRow[]> {
  const rows: PaymentRow[] = [];
  for await (const page of ledger.payments({ batch })) {
    for (const payment of page) {
      if (rows.length >= limit) return rows;
      rows.push(paymentRow(payment, nextAction(project, payment)));
    }
  }
  return rows;
}

/** What the file system refused, as something that a person can mend; anything else as it is. */
export function unwritable(folder: string, error: unknown, next: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  // Only the file system's refusals are the user's to mend; anything else is ours.
  if (code === null || !/^E[A-Z]+$/.test(code)) return error;
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `it cannot be written (${code})`;
  return new PayrunError(2, 'reports-unwritable', `Reports folder ${folder}: ${what}. Mend that. ${next}`, {
    cause: error,
  });
}

/** A folder name for the errors of a file whose batch id could not be read. */
function fallbackName(file: string): string {
  const name = basename(file)
    .toLowerCase()
    .replace(/\.(csv|ya?ml)$/, '')
    .replace(/[^a-z0-9._]+/g, '-');
  return name.replace(/^[-._]+/, '').slice(0, 64) || 'batch';
}
