import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TakeFileLock } from '../domain/file-lock.ts';
import type { Status } from '../domain/status.ts';
import type { ApprovalStore } from '../ledger/approvals.ts';
import type { BatchStore, IdentityStore } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { AtomicFile, removeFile, removeLeftovers, syncFolder } from './atomic-file.ts';
import { EditedFile } from './edited-file.ts';
import { reportFolder } from './folder.ts';
import { failedCsv } from './formats/failed-csv.ts';
import type { OpenReport, ReportContext, ReportFormat } from './formats/format.ts';
import { reportCsv } from './formats/report-csv.ts';
import { summaryJson } from './formats/summary-json.ts';
import { lockReports } from './report-lock.ts';
import { timestampsIn } from './timestamps.ts';
import { ReportTotals } from './totals.ts';

export { adoptFile } from './edited-file.ts';
export { removeErrors, writeErrors } from './errors.ts';

/** What reports read of a ledger. */
type ReportedBatches = Pick<BatchStore, 'batch' | 'payments'> &
  Pick<IdentityStore, 'identity'> &
  Pick<ApprovalStore, 'approvals'>;

export interface ReportRequest {
  readonly ledger: ReportedBatches;
  readonly record: BatchRecord;
  /** The reports root; the batch gets its own folder in it. */
  readonly folder: string;
  readonly timezone: string;
  readonly nextAction: (payment: LedgerPayment) => string;
  readonly isSimulated: (payment: LedgerPayment) => boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly takeFileLock: TakeFileLock;
}

export interface WrittenReports {
  /** Path of `report.csv`, which people are sent to; absolute where the root is. */
  readonly report: string;
  /** Names of the files that were written: `failed.csv` is missing when nothing failed. */
  readonly names: readonly string[];
  /** {@link BatchRecord.revision} that the report shows at least: read before the first payment was. */
  readonly revision: number;
  /** How many payments the report shows under each status. */
  readonly counts: ReadonlyMap<Status, number>;
}

/** Every report of a batch, in the order in which they become visible. Another format is a file of its own and an entry here. */
const REPORT_FORMATS: readonly ReportFormat[] = [reportCsv, failedCsv, summaryJson];

/** How often a report is begun again because the batch was amended under it. */
const PASSES = 5;

/**
 * Writes every format of {@link REPORT_FORMATS} from the ledger, each file whole or not at all. Of several processes that write the
 * same batch, the last to finish is the last to have read. Errors of the file system and of the ledger pass through.
 */
export async function writeReports(request: ReportRequest): Promise<WrittenReports> {
  const { ledger, timezone, nextAction, isSimulated, now } = request;
  const batch = request.record.header.id;
  const folder = await reportFolder(request.folder, batch);
  const timestamp = timestampsIn(timezone);
  const lock = await lockReports(folder, request.takeFileLock);
  try {
    if (lock.isExclusive) {
      const names = REPORT_FORMATS.map(({ name, fileName }) => fileName?.(batch) ?? name);
      await removeLeftovers(folder, names);
    }
    for (let pass = 1; pass <= PASSES; pass++) {
      // Read again: an amendment may have changed the columns and the count since the caller read the record.
      const record = (await ledger.batch(batch)) ?? request.record;
      const approvals = await ledger.approvals(batch);
      const context = { record, ledger: await ledger.identity(), approvals, nextAction, isSimulated, timestamp, now };
      const written = await writePass(ledger, context, folder);
      if (written !== null) return written;
    }
  } finally {
    lock.release();
  }
  throw new Error(`the payments of batch ${batch} do not add up to what was registered`);
}

/** Null, and nothing changed, when the rows are not those of the record, or not all of one state of it. */
async function writePass(
  ledger: ReportedBatches,
  context: ReportContext,
  folder: string,
): Promise<WrittenReports | null> {
  const { record } = context;
  const totals = new ReportTotals();
  const files = REPORT_FORMATS.map((format) => new ReportFile(folder, format, context));
  try {
    // Page by page, so that a million payments are never in memory.
    for await (const page of ledger.payments({ batch: record.header.id })) {
      for (const payment of page) totals.add(payment);
      for (const file of files) await file.rows(page);
    }
    if (!totals.agrees(record) || (await wasAmended(ledger, record))) return null;
    for (const file of files) await file.end(totals);
    for (const file of files) await file.commit();
    await syncFolder(folder);
    return {
      report: join(folder, reportCsv.name),
      names: files.filter(({ isThere }) => isThere).map(({ name }) => name),
      revision: record.revision,
      counts: totals.counts,
    };
  } finally {
    for (const file of files) await file.discard();
  }
}

/**
 * Whether the batch is another one than when the pass began: an amendment between two pages moves lines, so that one row is
 * passed over and another comes twice, and count and sums may agree all the same.
 */
async function wasAmended(ledger: ReportedBatches, record: BatchRecord): Promise<boolean> {
  const now = await ledger.batch(record.header.id);
  return now !== null && now.digest !== record.digest;
}

/** One format on its way to the disk; the file is begun with the first text that it needs. */
class ReportFile {
  readonly name: string;
  private readonly folder: string;
  private readonly format: ReportFormat;
  private readonly content: OpenReport;
  private readonly record: BatchRecord;
  private readonly written = createHash('sha256');
  private file: AtomicFile | null = null;
  private isCommitted = false;

  constructor(folder: string, format: ReportFormat, context: ReportContext) {
    this.name = format.fileName?.(context.record.header.id) ?? format.name;
    this.folder = folder;
    this.format = format;
    this.content = format.open(context);
    this.record = context.record;
  }

  get isThere(): boolean {
    return this.file !== null;
  }

  async rows(page: readonly LedgerPayment[]): Promise<void> {
    const text = this.content.rows(page);
    if (text !== '') await this.put(await this.begun(), text);
  }

  async end(totals: ReportTotals): Promise<void> {
    if (this.file === null && this.format.isWritten === 'with-rows') return;
    await this.put(await this.begun(), this.content.end(totals));
  }

  async commit(): Promise<void> {
    const { file, format, folder, name } = this;
    // An older version wrote the file under this name.
    if (format.fileName !== undefined) await removeFile(join(folder, format.name));
    if (format.isForEditing === true) await this.commitBesideEdits(new EditedFile(folder, name));
    else if (file === null) await removeFile(join(folder, name));
    else await file.commit();
    this.isCommitted = file !== null;
  }

  /** Removes the text that was not committed. */
  async discard(): Promise<void> {
    if (!this.isCommitted) await this.file?.discard();
  }

  /** What a person has changed stays. */
  private async commitBesideEdits(edited: EditedFile): Promise<void> {
    const name = await edited.writableName();
    if (this.file === null) {
      await removeFile(join(this.folder, name));
      if (name === this.name) await edited.forget();
      return;
    }
    await edited.remember(this.written.digest('hex'));
    await this.file.commit(join(this.folder, name));
  }

  private async put(file: AtomicFile, text: string): Promise<void> {
    const bytes = this.format.encode?.(text, this.record) ?? text;
    if (this.format.isForEditing === true) this.written.update(bytes);
    await file.write(bytes);
  }

  private async begun(): Promise<AtomicFile> {
    if (this.file === null) {
      this.file = await AtomicFile.open(this.folder, this.name);
      await this.put(this.file, this.content.head);
    }
    return this.file;
  }
}
