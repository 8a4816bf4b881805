import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Config } from '../config/config.ts';
import { batchIdOfFile, isBatchFile, rowsFileOf } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { doneFolder, doneListing, isInDone } from './session/done-folder.ts';
import type { Notice } from './session/notices.ts';
import type { Session } from './session/session.ts';

/** So many files are named. */
const DONE_NAMED = 5;

/** The key `batch:` stands near the beginning of a YAML batch. */
const HEAD_BYTES = 65_536;

type DoneLedger = Pick<Ledger, 'fileMemos' | 'batchIds' | 'rememberedFiles'>;

/**
 * Names the batch files in the folder of paid files of which no batch was paid: no sweep reads that folder, so that their people wait.
 * Without a text where there are none.
 *
 * @param ledger null where there is none yet: then nothing was paid.
 */
export async function doneNotice(
  { batches }: Pick<Config, 'batches'>,
  ledger: DoneLedger | null,
): Promise<Omit<Notice, 'text'> & { readonly text: string | null }> {
  const folder = doneFolder(batches);
  const about = {
    topic: 'done-folder',
    state: doneListing(batches, (await ledger?.rememberedFiles()) ?? new Map()),
  } as const;
  const files = filesIn(folder);
  const rows = new Set(await Promise.all(files.map((file) => rowsFileOf(file))));
  const unpaid: string[] = [];
  for (const file of files) if (!rows.has(file) && !(await isOfBatch(file, ledger))) unpaid.push(file);
  if (unpaid.length === 0) return { ...about, text: null };
  const names = unpaid.map((file) => relative(folder, file));
  const more = names.length > DONE_NAMED ? ` and ${names.length - DONE_NAMED} more` : '';
  const what = names.length === 1 ? 'a file of which' : `${names.length} files of which`;
  const text =
    `${folder} has ${what} nothing was ever paid: ${names.slice(0, DONE_NAMED).join(', ')}${more}. No sweep reads that folder. If these ` +
    `people are to be paid, move ${names.length === 1 ? 'the file' : 'the files'} to ${batches}.`;
  return { ...about, text };
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

/** Why nothing is paid of a file whose batch was paid and moved before; empty where no file of the batch was moved. */
export async function droppedAgain(
  { project, ledger }: Session,
  file: string,
  batch: string,
): Promise<readonly string[]> {
  const { batches } = project.config;
  const folder = doneFolder(batches);
  const moved = (await ledger.fileMemos({ batch })).find(
    ({ path }) => path.startsWith(folder + sep) && existsSync(path),
  );
  if (moved === undefined || (await isInDone(batches, file))) return [];
  return [
    `${file} is batch ${batch} again, which was paid from ${moved.path}: nothing of it is sent again. Delete the one that is not needed. ` +
      'If it is another payroll, give the file another name.',
  ];
}
