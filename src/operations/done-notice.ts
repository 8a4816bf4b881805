import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { batchIdOfFile, isBatchFile, rowsFileOf } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { doneFolder } from './session/done-folder.ts';
import type { Notice } from './session/notices.ts';

/** So many files are named. */
const DONE_NAMED = 5;

/** The key `batch:` stands near the beginning of a YAML batch. */
const HEAD_BYTES = 65_536;

type DoneLedger = Pick<Ledger, 'fileMemos' | 'batchIds'>;

/**
 * Names the batch files in the folder of paid files of which no batch was paid: no sweep reads that folder, so that their people wait.
 * Null where there are none.
 *
 * @param ledger null where there is none yet: then nothing was paid.
 */
export async function doneNotice(
  { batches }: Pick<Config, 'batches'>,
  ledger: DoneLedger | null,
): Promise<Notice | null> {
  const folder = doneFolder(batches);
  const files = filesIn(folder);
  const rows = new Set(await Promise.all(files.map((file) => rowsFileOf(file))));
  const unpaid: string[] = [];
  for (const file of files) if (!rows.has(file) && !(await isOfBatch(file, ledger))) unpaid.push(file);
  if (unpaid.length === 0) return null;
  const names = unpaid.map((file) => relative(folder, file));
  const more = names.length > DONE_NAMED ? ` and ${names.length - DONE_NAMED} more` : '';
  const what = names.length === 1 ? 'a file of which' : `${names.length} files of which`;
  const text =
    `${folder} has ${what} nothing was ever paid: ${names.slice(0, DONE_NAMED).join(', ')}${more}. No sweep reads that folder. If these ` +
    `people are to be paid, move ${names.length === 1 ? 'the file' : 'the files'} to ${batches}.`;
  return { topic: 'done-folder', state: names.join('\n'), text };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isBatchFile(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    // Most drop folders have none.
    return [];
  }
}

/** Whether the ledger has the batch of the file: payrun moved the file, or a person did who keeps paid files there. */
async function isOfBatch(file: string, ledger: DoneLedger | null): Promise<boolean> {
  if (ledger === null) return false;
  if ((await ledger.fileMemos({ path: file })).length > 0) return true;
  const name = basename(file);
  const id = /\.ya?ml$/i.test(name) ? batchIn(file) : batchIdOfFile(name.replace(/\.[^.]+$/, ''));
  return id !== null && (await ledger.batchIds()).has(id);
}

/** What `batch:` of a YAML file says, read without its parser. */
function batchIn(file: string): string | null {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const handle = openSync(file, 'r');
  try {
    const head = buffer.toString('utf8', 0, readSync(handle, buffer, 0, HEAD_BYTES, 0));
    return /^batch:[ \t]*["']?([a-z0-9][a-z0-9._-]*)/m.exec(head)?.[1] ?? null;
  } finally {
    closeSync(handle);
  }
}
