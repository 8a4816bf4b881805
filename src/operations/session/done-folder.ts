import { readdirSync, statSync } from 'node:fs';
import { link, lstat, mkdir, open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse, relative, resolve, sep } from 'node:path';
import { isBatchFile } from '../../intake/batch-files.ts';
import type { FileSignature } from './batch-files.ts';

/** Files of batches that were paid are moved here, inside the drop folder; no sweep reads it. */
const DONE_FOLDER = 'done';

/** So many names are tried for a file before it is left where it is. */
const NAMES_MAX = 10_000;

export function doneFolder(batches: string): string {
  return join(batches, DONE_FOLDER);
}

/**
 * Names of the batch files directly in the folder of paid files that payrun did not move there, on one line each: a quick look, which
 * knows a change by it. Synchronous, as all of that look.
 *
 * @param moved paths of the files that the ledger knows.
 */
export function doneListing(batches: string, moved: { readonly has: (path: string) => boolean }): string {
  const folder = doneFolder(batches);
  // Most drop folders have none, and a person may have made a file of that name.
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return '';
  const names = readdirSync(folder).filter((name) => isBatchFile(name) && !moved.has(join(folder, name)));
  return names.sort().join('\n');
}

/** Whether a file stands in the folder of paid files, or in a folder below it. */
export async function isInDone(batches: string, file: string): Promise<boolean> {
  const folder = await realpath(doneFolder(batches)).catch(() => null);
  const path = await realpath(file).catch(() => null);
  return folder !== null && path !== null && path.startsWith(`${folder}${sep}`);
}

/** Whether a file stands directly in the drop folder, itself and not by a link. */
export async function isDropped(batches: string, file: string): Promise<boolean> {
  const folder = await realpath(batches).catch(() => null);
  const found = await lstat(file).catch(() => null);
  return folder !== null && found?.isFile() === true && (await realpath(dirname(file)).catch(() => null)) === folder;
}

/** A file to move, as it was when it was read. */
export interface MovedFile extends FileSignature {
  /** Whether it keeps its old name as well, because another batch in the drop folder reads it there. */
  readonly staysToo?: boolean;
}

/** A file to move, by the signature that it had when it was read, and where it goes. */
export interface FileMove {
  readonly from: MovedFile;
  readonly to: string;
}

/**
 * Where a batch file goes, and the file that its `rows:` names: each under its own name where that is free, else as `NAME-2`, both
 * in a folder `NAME-2` where the one names the other. A place that holds this very file already, which a killed move has left, counts
 * as free.
 *
 * @param files the batch file first.
 */
export async function movesToDone(batches: string, files: readonly MovedFile[]): Promise<readonly FileMove[] | null> {
  const [main] = files;
  if (main === undefined) return null;
  const { name, ext } = parse(main.path);
  for (let number = 1; number <= NAMES_MAX; number++) {
    const folder =
      number === 1 || files.length === 1 ? doneFolder(batches) : join(doneFolder(batches), `${name}-${number}`);
    const moves = files.map((from) => {
      const renamed =
        number > 1 && files.length === 1 ? `${name}-${number}${ext}` : relative(dirname(main.path), from.path);
      return { from, to: join(folder, renamed) };
    });
    if ((await Promise.all(moves.map(isFree))).every((free) => free)) return moves;
  }
  return null;
}

async function isFree({ from, to }: FileMove): Promise<boolean> {
  const there = await lstat(to, { bigint: true }).catch(() => null);
  return there === null || there.ino === from.inode;
}

/**
 * Moves files without ever writing over another one. Each is linked under its new name before any old name goes, so that a kill leaves
 * every file in at least one place, and the batch file, whose old name goes last, is found by the next sweep, which ends the move.
 * Errors of the file system pass through.
 */
export async function moveFiles(moves: readonly FileMove[]): Promise<void> {
  // A batch without its `rows:` would be read again as another one, so that its own name is the last to go.
  const order = moves.toReversed();
  for (const { to } of order) await mkdir(dirname(to), { recursive: true });
  const linked: FileMove[] = [];
  for (const move of order) if (await linkFile(move)) linked.push(move);
  for (const folder of new Set(order.map(({ to }) => dirname(to)))) await syncDirectory(folder);
  for (const { from } of linked) if (from.staysToo !== true) await unlink(from.path).catch(ignoreMissing);
  for (const folder of new Set(order.map(({ from }) => dirname(from.path)))) await syncDirectory(folder);
}

/** Gives the file its new name besides the old one. False where the file system has no such links and the old name went with it. */
async function linkFile({ from, to }: FileMove): Promise<boolean> {
  try {
    await link(from.path, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const there = await lstat(to, { bigint: true }).catch(() => null);
    // An earlier move was killed after it had linked the file, and perhaps after it had removed the old name.
    if (there?.ino === from.inode) return true;
    if (!NO_LINKS.has(code) || from.staysToo === true) throw error;
    await renameFile(from.path, to);
    return false;
  }
  const placed = await lstat(to, { bigint: true });
  if (placed.ino === from.inode && placed.mtimeNs === from.mtimeNs) return true;
  // Another file took the old name in between.
  await unlink(to);
  throw Object.assign(new Error(`${basename(from.path)} changed while it was moved`), { code: 'ECHANGED' });
}

const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']);

/** Takes the new name for itself first, because a rename writes over whatever has it. */
async function renameFile(from: string, to: string): Promise<void> {
  await (await open(to, 'wx', 0o600)).close();
  await rename(from, to);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
}

/** Makes new and removed names of a folder durable. */
async function syncDirectory(folder: string): Promise<void> {
  const handle = await open(resolve(folder), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
