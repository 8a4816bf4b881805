import { join } from 'node:path';
import type { Status } from '../domain/status.ts';
import type { BatchRecord, Ledger, LedgerPayment } from '../ledger/ledger.ts';
import { AtomicFile, removeFile, removeLeftovers, syncFolder } from './atomic-file.ts';
import { reportLayout } from './columns.ts';
import { CsvWriter } from './csv.ts';
import { reportFolder } from './folder.ts';
import { SummaryTotals } from './summary.ts';
import { timestampsIn } from './timestamps.ts';
import { lockReports } from './report-lock.ts';

export { removeErrors, writeErrors } from './errors.ts';

export interface ReportRequest {
  readonly ledger: Ledger;
  readonly record: BatchRecord;
  /** The reports root; the batch gets its own folder in it. */
  readonly folder: string;
  readonly timezone: string;
  nextAction(payment: LedgerPayment): string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Absolute where the root is; `failed` is null when nothing failed. */
export interface WrittenReports {
  readonly report: string;
  readonly summary: string;
  readonly failed: string | null;
  /** How many payments the report tells under each status. */
  readonly counts: ReadonlyMap<Status, number>;
}

const REPORT = 'report.csv';
const FAILED = 'failed.csv';
const SUMMARY = 'summary.json';

/** How often a report is begun again because the batch was amended under it. */
const PASSES = 5;

/**
 * Writes `report.csv`, `summary.json` and, when something failed, `failed.csv` from the ledger, each whole or not at all. Of
 * several processes that write the same batch, the last to finish is the last to have read. Errors of the file system pass
 * through; the ledger's do.
 */
export async function writeReports(request: ReportRequest): Promise<WrittenReports> {
  const folder = await reportFolder(request.folder, request.record.header.id);
  const turn = await lockReports(folder);
  try {
    if (turn.alone) await removeLeftovers(folder, [REPORT, FAILED, SUMMARY]);
    for (let pass = 1; pass <= PASSES; pass++) {
      // Read anew: since the caller read it, an amendment may have changed the columns and the count.
      const record = (await request.ledger.batch(request.record.header.id)) ?? request.record;
      const written = await writePass({ ...request, record }, folder);
      if (written !== null) return written;
    }
  } finally {
    turn.end();
  }
  throw new Error(`the payments of batch ${request.record.header.id} do not add up to what was registered`);
}

/** Null, and nothing changed, when the rows are not those of the record, or not all of one state of it. */
async function writePass(request: ReportRequest, folder: string): Promise<WrittenReports | null> {
  const { record, now } = request;
  const timestamp = timestampsIn(request.timezone);
  const open: AtomicFile[] = [];
  const begin = async (name: string): Promise<AtomicFile> => {
    const file = await AtomicFile.open(folder, name);
    open.push(file);
    return file;
  };
  try {
    const report = await begin(REPORT);
    const { totals, failed } = await writeRows(request, report, begin, timestamp);
    if (!totals.agrees(record) || (await wasAmended(request))) return null;
    const summary = await begin(SUMMARY);
    const times = { registeredAt: timestamp(record.registeredAt), writtenAt: timestamp(now) };
    await summary.write(totals.json(record, times));
    for (const file of [report, failed, summary]) {
      if (file === null) continue;
      await file.commit();
      open.splice(open.indexOf(file), 1);
    }
    // An older one would invite a person to pay again what was paid since.
    if (failed === null) await removeFile(join(folder, FAILED));
    await syncFolder(folder);
    return { report: report.path, summary: summary.path, failed: failed?.path ?? null, counts: totals.counts };
  } finally {
    for (const file of open) await file.discard();
  }
}

/**
 * Whether the batch is another one than when the pass began: an amendment between two pages moves lines, so that one row is
 * passed over and another comes twice, and count and sums may agree all the same.
 */
async function wasAmended({ ledger, record }: ReportRequest): Promise<boolean> {
  const now = await ledger.batch(record.header.id);
  return now !== null && now.digest !== record.digest;
}

/** One pass over the payments, page by page, so that a million of them are never in memory. */
async function writeRows(
  request: ReportRequest,
  report: AtomicFile,
  begin: (name: string) => Promise<AtomicFile>,
  timestamp: (ms: number | null) => string,
): Promise<{ totals: SummaryTotals; failed: AtomicFile | null }> {
  const { ledger, record } = request;
  const { header } = record;
  const layout = reportLayout(header);
  const reportCsv = new CsvWriter(',', 'formulas');
  const failedCsv = new CsvWriter(header.delimiter || ',', comesFromCsv(record) ? 'formulas' : 'text');
  const totals = new SummaryTotals();
  let failed: AtomicFile | null = null;
  await report.write(reportCsv.record(layout.columns));
  for await (const page of ledger.payments({ batch: header.id })) {
    const rows: (readonly string[])[] = [];
    const failures: (readonly string[])[] = [];
    for (const payment of page) {
      totals.add(payment);
      rows.push(layout.row(payment, request.nextAction(payment), timestamp));
      if (payment.status === 'failed' || payment.status === 'cancelled') failures.push(payment.cells);
    }
    await report.write(reportCsv.records(rows));
    if (failures.length === 0) continue;
    if (failed === null) {
      failed = await begin(FAILED);
      await failed.write(failedCsv.record(header.columns));
    }
    await failed.write(failedCsv.records(failures));
  }
  return { totals, failed };
}

/**
 * In a CSV an apostrophe in front of a cell is a spreadsheet's and is read away; in YAML it is part of the text. `failed.csv` is
 * a CSV either way and has to mean the same.
 */
function comesFromCsv(record: BatchRecord): boolean {
  return record.header.rowsFile !== null || !/\.ya?ml$/i.test(record.header.file);
}
