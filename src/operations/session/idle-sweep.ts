import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { peekConfig, type PeekedConfig } from '../../config/peek.ts';
import { isBatchFile, isRepairFile, otherSpreadsheet } from '../../intake/batch-files.ts';
import type { FileMemo } from '../../ledger/records.ts';
import { occurrenceOfId, type ScheduleMemo } from '../../ledger/series-records.ts';
import { hasSpooled, ledgerPlace, openLedger } from '../../ledger/open.ts';
import { timestampsIn } from '../../report/timestamps.ts';
import { statusExit } from '../exit-code.ts';
import type { FileSignature } from './batch-files.ts';
import { doneListing } from './done-folder.ts';
import { lookedAt, NoticeMemory } from './notices.ts';
import { isOpenToOthers } from './secret-files.ts';
import { scheduleKey } from './schedule-key.ts';

/** Of a configuration without series. */
const NO_SERIES: Omit<ScheduleMemo, 'key'> = { nextAt: null, series: [], templates: [] };

/** A batch of which nothing is left to do. */
export interface SettledBatch {
  readonly batch: string;
  /** When its last payment came to its end, as reports write times. */
  readonly settledAt: string;
}

/**
 * The batches of a sweep of these folders that finds nothing to do and nobody who has to do anything: the quick check for a cron job that
 * mostly finds just that. No parsing of batches, no providers, no reports. Null when the whole command is needed. Loads as little as
 * possible, because start-up is nearly all of its time.
 */
export async function idleBatches(
  where: { readonly file: string | null; readonly from: string },
  folders: readonly string[],
): Promise<readonly SettledBatch[] | null> {
  const config = await placesIn(where);
  if (config === null) return null;
  // A notice that no quiet command has given is given by the whole command.
  if (!new NoticeMemory(config.state, config.file).isKnown(lookedAt(config))) return null;
  const files = batchFilesOf(folders);
  if (files === null || (files.length === 0 && !config.hasSeries) || isLedgerOpenToOthers(config)) return null;
  const ledger = await openLedger({ url: config.ledger, create: false, stateFolder: config.state }).catch(() => null);
  if (ledger === null) return null;
  try {
    // A callback that was acknowledged has to be applied, and a report that is behind has to be written.
    if ((await hasSpooled(config.ledger)) || (await ledger.batchesBehind()).length > 0) return null;
    const memos = await ledger.rememberedFiles();
    const schedule = config.hasSeries ? await ledger.rememberedSchedule(scheduleKey(config.digest)) : NO_SERIES;
    // Without a memo a series may be due; with one, not before its next date.
    if (schedule === null || (schedule.nextAt !== null && schedule.nextAt <= Date.now())) return null;
    const batches = new Set<string>();
    for (const file of files) {
      if (schedule.templates.includes(file.path)) continue;
      const memo = memos.get(file.path);
      if (memo !== undefined && isUnchanged(file, memo, config.digest)) batches.add(memo.batch);
      else if (!isRepairFile(file.path)) return null;
    }
    if (
      !hasReports(config.reports, batches, await ledger.batchIds()) ||
      !areRowsUnchanged(files, memos, batches, config.digest)
    )
      return null;
    if (isDoneChanged(config, memos)) return null;
    const contradictions = await ledger.contradictions();
    for (const batch of batches) {
      const { undecided = 0, replaced = 0 } = contradictions.get(batch) ?? {};
      if (undecided + replaced > 0) return null;
    }
    const earlier = await ledger.earlierReferences({ account: null, batch: null, dueBy: Date.now() });
    if (earlier.some(({ payment }) => batches.has(payment.batch))) return null;
    const unpaid = await ledger.unpaidBatches();
    for (const batch of batches) {
      const statuses = [...(unpaid.get(batch) ?? [])];
      // What is open is queried, and what failed is named with its next step.
      if (statuses.some((status) => statusExit(status) !== 0)) return null;
      // What is paid and still there has to be moved.
      if (config.mayMovePaid) return null;
    }
    // The batches of a series stand in no folder of the sweep.
    for (const [batch, statuses] of unpaid) {
      const isFired = schedule.series.some((series) => occurrenceOfId(batch, series) !== null);
      if (isFired && [...statuses].some((status) => statusExit(status) !== 0)) return null;
    }
    const timestamp = timestampsIn(config.timezone);
    const settled: SettledBatch[] = [];
    for (const batch of batches) {
      settled.push({ batch, settledAt: timestamp(await ledger.lastSettledAt(batch)) });
    }
    return settled;
  } finally {
    await ledger.close();
  }
}

/** Of a sweep whose files were all taken in before. */
export function nothingNewText(count: number): string {
  if (count === 0) return 'Nothing to do: no batch files, and no date of a series has come.';
  return `Nothing to do: ${count === 1 ? 'the one file was' : `all ${count} files were`} taken in before.`;
}

async function placesIn(where: { readonly file: string | null; readonly from: string }): Promise<PeekedConfig | null> {
  const peeked = await peekConfig(where);
  if (peeked !== null) return peeked;
  const { parsedPlaces } = await import('../../config/parsed-places.ts');
  return parsedPlaces(where);
}

/**
 * Whether the folder of every batch's report is there (a deleted report is written again), and no report of a batch that this ledger
 * does not know, which the whole command looks into.
 */
function hasReports(reports: string, batches: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  const there = new Set(readdirSync(reports));
  for (const batch of batches) {
    if (!there.has(batch) || !existsSync(join(reports, batch, 'report.csv'))) return false;
  }
  for (const name of there) if (!known.has(name) && existsSync(join(reports, name, 'summary.json'))) return false;
  return true;
}

/** The CSV of a batch's `rows:` may stand in a folder below, which no sweep lists: its cached signature is compared. */
function areRowsUnchanged(
  files: readonly FileSignature[],
  memos: ReadonlyMap<string, FileMemo>,
  batches: ReadonlySet<string>,
  config: string,
): boolean {
  const listed = new Set(files.map((file) => file.path));
  for (const memo of memos.values()) {
    if (!batches.has(memo.batch) || listed.has(memo.path)) continue;
    const found = signatureNow(memo.path);
    if (found === null || !isUnchanged(found, memo, config)) return false;
  }
  return true;
}

/** Whether the files among the paid ones are others than when the whole command last looked into them. */
function isDoneChanged({ batches, state, file }: PeekedConfig, memos: ReadonlyMap<string, FileMemo>): boolean {
  const listing = doneListing(batches, memos);
  return listing !== '' && !new NoticeMemory(state, file).isKnown({ topic: 'done-folder', state: listing });
}

/** The ledger is closed to other users by opening it, so that the whole command has to see it first. */
function isLedgerOpenToOthers({ ledger }: PeekedConfig): boolean {
  const found = statSync(ledgerPlace(ledger), { throwIfNoEntry: false });
  return found !== undefined && isOpenToOthers(found.mode);
}

function signatureNow(path: string): FileSignature | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return null;
  return { path, size: Number(found.size), mtimeNs: found.mtimeNs, inode: found.ino };
}

/** Whether a file on disk is the very one that was taken in, under the same configuration. */
export function isUnchanged(file: FileSignature, memo: FileMemo, config: string): boolean {
  return (
    memo.config === config && memo.size === file.size && memo.mtimeNs === file.mtimeNs && memo.inode === file.inode
  );
}

/** Null when one of the paths is no folder, or holds what has to be named. Synchronous calls: for a thousand files they are the faster ones. */
function batchFilesOf(folders: readonly string[]): FileSignature[] | null {
  const files: FileSignature[] = [];
  for (const folder of folders) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
    // In the order of the whole command.
    for (const name of readdirSync(folder).sort()) {
      if (!isBatchFile(name)) {
        // Such a file is named by every sweep, since its people have not been paid.
        if (otherSpreadsheet(name) !== null) return null;
        continue;
      }
      const path = resolve(join(folder, name));
      const signature = signatureNow(path);
      // Gone meanwhile, or a folder with the name of a batch: the whole command reports it.
      if (signature === null) return null;
      files.push(signature);
    }
  }
  return files;
}
