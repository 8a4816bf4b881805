import { opendir, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../../domain/clock.ts';
import { PayrunError } from '../../domain/problem.ts';
import { isBatchFile, isRepairFile, otherSpreadsheet, rowsFileOf } from '../../intake/batch.ts';

/** A sweep reads a file only after it was unchanged for this long, because another process may still be writing it. */
const REST_MS = 1_000;

/** The state of a file on disk by which a sweep knows that it has not been touched. */
export interface FileSignature {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

/** In place of the configuration's digest, in the memo of a file with accepted repairs: no sweep takes it for a batch that it knows. */
export const REPAIRS_MEMO = 'repairs';

export interface NamedFiles {
  /** As the user named them, or `folder/name` for files of a swept folder. */
  readonly files: readonly string[];
  /** Files of a folder that are still being written. */
  readonly skipped: readonly string[];
}

/** Turns the arguments of `run` into files: a folder is swept, a file is taken as it is. */
export async function namedFiles(named: readonly string[], clock: Clock): Promise<NamedFiles> {
  const files: string[] = [];
  const skipped: string[] = [];
  for (const path of named) {
    const found = await stat(path).catch((error: unknown) => notThere(path, error));
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const swept = await sweep(path, clock);
    files.push(...swept.files);
    skipped.push(...swept.skipped);
  }
  return { files: [...new Map(files.map((file) => [resolve(file), file])).values()], skipped };
}

/**
 * Batch files directly in a folder, in the order of their names, and spreadsheets of other kinds, which are refused by name. A Numbers
 * document may be a folder. A file of proposed repairs is none of them.
 */
async function folderFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => notThere(folder, error));
  const names = entries
    .filter((entry) => (!entry.isDirectory() && isBatchFile(entry.name)) || otherSpreadsheet(entry.name) !== null)
    .map((entry) => entry.name);
  const files = names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((name) => join(folder, name));
  return files.filter((file) => !isRepairFile(file));
}

/** Null when the file is gone. */
export async function fileSignature(file: string): Promise<FileSignature | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (found === null) return null;
  return { path: resolve(file), size: Number(found.size), mtimeNs: found.mtimeNs, inode: found.ino };
}

/** Whether a file on disk is the very one that was read, as far as its signature tells. */
export function isSameFile(known: Omit<FileSignature, 'path'>, found: Omit<FileSignature, 'path'> | null): boolean {
  return found !== null && known.size === found.size && known.mtimeNs === found.mtimeNs && known.inode === found.inode;
}

/** Signatures of a batch file and of the CSV that it names, as they are now. */
export async function signaturesOf(file: string): Promise<FileSignature[]> {
  const rows = await rowsFileOf(file);
  const signatures = await Promise.all([file, ...(rows === null ? [] : [rows])].map(fileSignature));
  return signatures.filter((signature) => signature !== null);
}

async function sweep(folder: string, clock: Clock): Promise<NamedFiles> {
  const all = await folderFiles(folder);
  const owned = new Set<string>();
  for (const file of all) {
    const rows = await rowsFileOf(file);
    if (rows !== null) owned.add(await realpath(rows).catch(() => rows));
  }
  const resting = await restingFiles(all, clock);
  const files: string[] = [];
  const skipped: string[] = [];
  for (const file of all) {
    if (!resting.has(file)) skipped.push(file);
    else if (!owned.has(await realpath(file).catch(() => resolve(file)))) {
      const rows = await rowsFileOf(file);
      const rowsRest = rows === null || !all.some((other) => resolve(other) === rows && !resting.has(other));
      (rowsRest ? files : skipped).push(file);
    }
  }
  return { files, skipped };
}

/** The files that no process is writing: unchanged for a moment, and open for writing in no process that can be seen. */
async function restingFiles(files: readonly string[], clock: Clock): Promise<Set<string>> {
  const before = new Map<string, FileSignature | null>();
  let youngest = Number.POSITIVE_INFINITY;
  for (const file of files) {
    const signature = await fileSignature(file);
    before.set(file, signature);
    if (signature !== null)
      youngest = Math.min(youngest, Math.abs(clock.now() - Number(signature.mtimeNs / 1_000_000n)));
  }
  // The second reading is useful only when the youngest file was unchanged for the whole time; one wait is enough for all.
  await clock.sleep(REST_MS - youngest);
  const open = await filesOpenForWriting();
  const resting = new Set<string>();
  for (const file of files) {
    const then = before.get(file) ?? null;
    const now = await fileSignature(file);
    // A file that is gone is not being written. Reading it will report that it is gone.
    if (then === null || now === null) resting.add(file);
    if (then === null || now === null || then.size !== now.size || then.mtimeNs !== now.mtimeNs) continue;
    if (!open.has(await realpath(file).catch(() => resolve(file)))) resting.add(file);
  }
  return resting;
}

/**
 * Files that a process of this machine has open for writing, as far as this user may see (Linux's /proc; empty elsewhere):
 * a slow copy can rest longer than any moment we would wait.
 */
async function filesOpenForWriting(): Promise<Set<string>> {
  const open = new Set<string>();
  const processes = await opendir('/proc').catch(() => null);
  if (processes === null) return open;
  for await (const process of processes) {
    if (!/^\d+$/.test(process.name)) continue;
    const descriptors = await readdir(`/proc/${process.name}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${process.name}/fd/${descriptor}`).catch(() => '');
      if (!target.startsWith('/') || !isBatchFile(basename(target))) continue;
      const info = await readFile(`/proc/${process.name}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
      const flags = /^flags:\s+0?(\d+)/m.exec(info)?.[1];
      // The last two bits of the octal flags are the access mode: 0 reads, 1 writes, 2 does both.
      if (flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0) open.add(target);
    }
  }
  return open;
}

function notThere(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new PayrunError(2, 'file-missing', `There is no file or folder ${path}.`);
  }
  throw new PayrunError(2, 'file-unreadable', `${path} cannot be read (${code}). Check its permissions.`);
}
