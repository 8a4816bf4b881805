import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { BatchSummary, BatchTotal } from '../domain/batch.ts';
import { BatchDigest } from '../domain/batch-digest.ts';
import { DESTINATION_KINDS, destinationOf, type DestinationKind } from '../domain/destination.ts';
import { currencyDecimals, parseAmount } from '../domain/money.ts';
import { paymentDigestBytes, type Payment } from '../domain/payment.ts';
import { foldId } from '../domain/reference.ts';
import { checkBatch, type CheckedBatch } from '../intake/batch.ts';
import { readReplaces } from '../intake/replaces.ts';
import type { Registration } from '../ledger/records.ts';
import { readReport, storedReports, type ReportRow, type StoredReport } from '../report/read.ts';
import { namedFiles } from './session/batch-files.ts';
import { doneFolder, isInDone } from './session/done-folder.ts';
import { contextOfFile, occurrenceFolders } from './session/occurrence-files.ts';
import type { Project } from './session/project.ts';
import type { Session } from './session/session.ts';

/** A batch that the ledger lacks, or has with fewer payments, and that may have been paid. */
export interface LostBatch {
  readonly batch: string;
  readonly count: number;
  /** What the list of payments is taken from. */
  readonly source: 'file' | 'report';
  /** Path of that file, or of the report's folder. */
  readonly path: string;
  readonly isAmendment: boolean;
  /** Whether a report tells of the batch. */
  readonly isReported: boolean;
  /** Whether a person has named its file as one that was run. */
  readonly isNamed: boolean;
  registration(session: Session): Registration;
}

/** What may have been paid although the ledger does not know it, and the files that cannot be read as a batch. */
export interface LostBatches {
  readonly batches: readonly LostBatch[];
  /** Nothing of a file with errors is ever paid; a person should know of it all the same. */
  readonly unread: readonly string[];
}

/**
 * Every batch that a report or a batch file tells of and that the ledger lacks. The batch file is preferred where it is the one
 * that the report is of: it has every field of a payment.
 *
 * @param files named by the person, besides those in the drop folder.
 */
export async function lostBatches(session: Session, files: readonly string[]): Promise<LostBatches> {
  const { project, ledger } = session;
  const checked = await checkedFiles(session, files);
  const batches: LostBatch[] = [];
  const done = new Set<string>();
  const reports = (await allReports(project)).filter(({ rows }) => rows.length > 0);
  for (const report of reports) {
    done.add(report.batch);
    if ((await ledger.batch(report.batch)) !== null) continue;
    const file =
      checked.clean.find(({ summary }) => summary.digest === report.digest && summary.header.id === report.batch) ??
      (await reportedFile(session, report));
    batches.push(file === null ? fromReport(project, report) : fromFile(file, { isReported: true }));
  }
  const digests = new Set(reports.map(({ digest }) => digest));
  for (const file of checked.clean) {
    const { id } = file.summary.header;
    const record = await ledger.batch(id);
    // A file that was paid, and moved under another name, is the batch that its report is of.
    const isMoved = digests.has(file.summary.digest) && (await isInDone(project.config.batches, file.checked.file));
    if (record === null && isMoved) continue;
    if (record === null && !done.has(id)) batches.push(fromFile(file, {}));
    else if (record !== null && record.digest !== file.summary.digest)
      batches.push(fromFile(file, { isAmendment: true }));
    done.add(id);
  }
  return { batches, unread: checked.unread };
}

/** Reports that are whole, by the folders' names. */
export async function allReports({ config }: Project): Promise<readonly StoredReport[]> {
  const found: StoredReport[] = [];
  for (const folder of await storedReports(config.reports)) {
    const report = await readReport(config.reports, folder);
    if (report !== null) found.push(report);
  }
  return found;
}

interface CleanFile {
  readonly checked: CheckedBatch;
  readonly summary: BatchSummary;
  readonly isNamed: boolean;
}

async function checkedFiles(
  { project, system }: Session,
  named: readonly string[],
): Promise<{ readonly clean: readonly CleanFile[]; readonly unread: readonly string[] }> {
  const { batches: folder } = project.config;
  const folders = await Promise.all(
    [folder, doneFolder(folder), ...(await occurrenceFolders(folder))].map(async (path) =>
      (await stat(path).catch(() => null)) === null ? [] : [path],
    ),
  );
  const { files, skipped } = await namedFiles([...named, ...folders.flat()], system.clock);
  const byName = new Set((await namedFiles(named, system.clock)).files);
  const clean: CleanFile[] = [];
  const unread: string[] = [...skipped];
  for (const file of files) {
    const checked = await checkBatch(file, contextOfFile(project, file, { account: null, batch: null }));
    if (checked.summary === null) unread.push(file);
    else clean.push({ checked, summary: checked.summary, isNamed: byName.has(file) });
  }
  return { clean, unread };
}

/** The file that a report names, where it is still the file that was paid. */
async function reportedFile({ project }: Session, { batch, file, digest }: StoredReport): Promise<CleanFile | null> {
  if (file === '') return null;
  const folder = dirname(project.config.file);
  for (const path of new Set([resolve(file), resolve(folder, file)])) {
    if ((await stat(path).catch(() => null))?.isFile() !== true) continue;
    // A CSV may have been paid under an id that its name does not say; references are made from the id.
    const id = /\.ya?ml$/i.test(path) ? null : batch;
    const checked = await checkBatch(path, contextOfFile(project, path, { account: null, batch: id }));
    const { summary } = checked;
    if (summary?.digest === digest && summary.header.id === batch) return { checked, summary, isNamed: false };
  }
  return null;
}

function fromFile(
  { checked, summary, isNamed }: CleanFile,
  { isAmendment = false, isReported = false }: Partial<Pick<LostBatch, 'isAmendment' | 'isReported'>>,
): LostBatch {
  const accounts = [...new Set(summary.totals.map(({ account }) => account))];
  return {
    batch: summary.header.id,
    count: summary.count,
    source: 'file',
    path: summary.header.file,
    isAmendment,
    isReported,
    isNamed,
    registration: ({ project, system, by }) => ({
      summary,
      organisation: project.config.organisation,
      providers: Object.fromEntries(accounts.map((name) => [name, project.config.accounts.get(name)?.provider ?? ''])),
      payments: checked.payments(),
      at: system.clock.now(),
      by,
      refuseCopiesSince: null,
      isClockTrusted: true,
      isSimulation: false,
    }),
  };
}

/**
 * A batch as far as its report tells it. Narratives and details are not in a report, so the batch file, should it turn up, is another
 * set of payments than this: it is refused, and not paid beside it.
 */
function fromReport(project: Project, report: StoredReport): LostBatch {
  const replacesAt = report.columns.findIndex((column) => column.trim().toLowerCase() === 'replaces');
  const payments = report.rows.map((row) => {
    const replaces = readReplaces((row.cells[replacesAt] ?? '').trim());
    const payment = reportedPayment(project, row);
    return replaces === null ? payment : { ...payment, replaces };
  });
  const digest = new BatchDigest();
  for (const payment of payments) digest.add(paymentDigestBytes(payment));
  const summary: BatchSummary = {
    header: {
      id: report.batch,
      file: report.file,
      rowsFile: null,
      description: report.description,
      notBefore: null,
      control: null,
      columns: report.columns,
      columnFields: report.columns.map(() => ''),
      delimiter: ',',
      series: report.series,
      occurrence: report.occurrence,
    },
    count: payments.length,
    totals: totalsOf(payments),
    digest: digest.digest(),
  };
  const providers = Object.fromEntries(report.rows.map(({ account, provider }) => [account, provider]));
  return {
    batch: report.batch,
    count: payments.length,
    source: 'report',
    path: `${project.config.reports}/${report.batch}`,
    isAmendment: false,
    isReported: true,
    isNamed: false,
    registration: ({ system, by }) => ({
      summary,
      organisation: project.config.organisation,
      providers,
      payments: pages(payments),
      at: system.clock.now(),
      by,
      refuseCopiesSince: null,
      isClockTrusted: true,
      isSimulation: false,
    }),
  };
}

function reportedPayment(project: Project, row: ReportRow): Payment {
  const decimals = currencyDecimals(row.currency) ?? 2;
  const amount = parseAmount(row.amount, decimals);
  if (typeof amount !== 'bigint') throw new Error(`the report of ${row.reference} has no amount: ${row.amount}`);
  return {
    id: row.id,
    idKey: foldId(row.id),
    line: row.line,
    name: row.name,
    destination: destinationOf(reportedKind(project, row), row.destination),
    amountMinor: amount,
    currency: row.currency,
    account: row.account,
    narrative: '',
    details: {},
    cells: row.cells,
  };
}

/** A report does not say the kind of a destination: the first kind that fits the text and that the account pays. */
function reportedKind({ rules }: Project, { destination, account }: ReportRow): DestinationKind {
  const paid = rules.get(account)?.destinations ?? {};
  const fits: Readonly<Record<DestinationKind, boolean>> = {
    mobile: destination.startsWith('+'),
    bank: /^[^/]+\/[^/]+$/.test(destination),
    paybill: /^\d{5,7}(?:\/.*)?$/.test(destination),
    till: /^\d{5,8}$/.test(destination),
    wallet: true,
  };
  return DESTINATION_KINDS.find((kind) => fits[kind] && paid[kind] !== undefined) ?? 'wallet';
}

function totalsOf(payments: readonly Payment[]): BatchTotal[] {
  const totals = new Map<string, BatchTotal>();
  for (const { account, currency, destination, amountMinor } of payments) {
    const key = JSON.stringify([account, currency, destination.kind]);
    const total = totals.get(key) ?? { account, currency, kind: destination.kind, count: 0, sumMinor: 0n };
    totals.set(key, { ...total, count: total.count + 1, sumMinor: total.sumMinor + amountMinor });
  }
  return [...totals.values()];
}

async function* pages(payments: readonly Payment[]): AsyncGenerator<readonly Payment[]> {
  for (let at = 0; at < payments.length; at += 1000) {
    yield await Promise.resolve(payments.slice(at, at + 1000));
  }
}
