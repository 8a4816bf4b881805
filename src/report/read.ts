import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPORT_COLUMNS } from './formats/report-csv.ts';

/** A report as it stands in its folder: what a batch looked like when it was written last. */
export interface StoredReport {
  readonly batch: string;
  /** The batch file as the user named it; '' where it is not known. */
  readonly file: string;
  readonly digest: string;
  readonly description: string;
  /** Null for a batch that stands alone, and in a report of an earlier payrun. */
  readonly series: string | null;
  readonly occurrence: string | null;
  readonly rows: readonly ReportRow[];
  /** Input columns that the report carries; `cells` of every row are aligned with them. */
  readonly columns: readonly string[];
}

/** Texts as they stand in the columns of the same names. */
export interface ReportRow {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly destination: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
  readonly reason: string;
  readonly account: string;
  readonly provider: string;
  readonly reference: string;
  readonly providerReference: string;
  readonly receipt: string;
  readonly generation: number;
  readonly cells: readonly string[];
}

/** Names of the folders that hold a report of a batch. Empty where there is no such folder. */
export async function storedReports(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name)).map(({ name }) => name);
  return names.sort();
}

/** Null where the folder has no whole report. */
export async function readReport(root: string, folder: string): Promise<StoredReport | null> {
  const textOf = (name: string): Promise<string | null> => readFile(join(root, folder, name), 'utf8').catch(() => null);
  const [summary, report] = [await textOf('summary.json'), await textOf('report.csv')];
  if (summary === null || report === null) return null;
  const about = readSummary(summary);
  if (about === null) return null;
  // Loaded here: only a recovery reads reports.
  const { parse } = await import('csv-parse/sync');
  const [header = [], ...records] = parse(report, {
    bom: true,
    relax_column_count: true,
    delimiter: delimiterOfReport(report),
  });
  const position = new Map(header.map((name, at) => [name, at]));
  if (NEEDED.some((name) => !position.has(name))) return null;
  const carried = header.flatMap((name, at) =>
    (REPORT_COLUMNS as readonly string[]).includes(name) ? [] : [{ name, at }],
  );
  const rows = records.map((record): ReportRow => {
    const cell = (name: (typeof REPORT_COLUMNS)[number]): string => {
      return unguarded(record[position.get(name) ?? -1] ?? '');
    };
    return {
      line: Number(cell('line')),
      id: cell('id'),
      name: cell('name'),
      destination: cell('destination'),
      amount: cell('amount'),
      currency: cell('currency'),
      status: cell('status'),
      reason: cell('reason'),
      account: cell('account'),
      provider: cell('provider'),
      reference: cell('reference'),
      providerReference: cell('provider_reference'),
      receipt: cell('receipt'),
      generation: Number(cell('generation')),
      cells: carried.map(({ at }) => unguarded(record[at] ?? '')),
    };
  });
  return { ...about, rows, columns: carried.map(({ name }) => name) };
}

/** Without these a row tells nothing of its payment; earlier versions wrote fewer of the others. */
const NEEDED = ['id', 'destination', 'amount', 'currency', 'status', 'account', 'reference', 'generation'] as const;

function readSummary(text: string): Omit<StoredReport, 'rows' | 'columns'> | null {
  try {
    const found = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const word = (name: string): string => (typeof found[name] === 'string' ? found[name] : '');
    const batch = word('batch');
    if (batch === '') return null;
    const [series, occurrence] = [word('series') || null, word('occurrence') || null];
    return { batch, file: word('file'), digest: word('digest'), description: word('description'), series, occurrence };
  } catch {
    return null;
  }
}

/** Spreadsheets of many countries save a report with semicolons. */
function delimiterOfReport(report: string): string {
  return /^\uFEFF?"?line"?([,;\t])/.exec(report)?.[1] ?? ',';
}

/** The mark by which a report keeps spreadsheets from changing a cell is no part of it. */
function unguarded(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
