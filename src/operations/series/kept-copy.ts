import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { PayrunError } from '../../domain/problem.ts';
import { rowsFileOf } from '../../intake/batch.ts';
import { syncFolder } from '../../report/atomic-file.ts';
import { occurrencesFolder } from '../session/occurrence-files.ts';
import { fileSignature, isSameFile } from '../session/batch-files.ts';

/**
 * Keeps the file that an occurrence is paid from, and the rows that it names, in the folder of the occurrence, and returns the path of
 * the copy. The folder appears whole or not at all. A copy with the same bytes stays, with what stands beside it; another one is
 * replaced. To be called only before the batch is registered, under the lock of the series.
 */
export async function keptCopy(batches: string, id: string, source: string): Promise<string> {
  const root = occurrencesFolder(batches);
  const folder = join(root, id);
  const names = [source, ...(await rowsBeside(source))].map((path) => [path, relative(dirname(source), path)] as const);
  const main = join(folder, basename(source));
  if (await isKept(folder, names)) return main;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(join(root, `.${id}-`));
  try {
    for (const [path, name] of names) await copySafely(path, join(draft, name));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    await syncFolder(root);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeDrafts(root, id);
  return main;
}

/** The rows of a YAML batch, where they stand beside it or below; the check of the batch refuses any others. */
async function rowsBeside(source: string): Promise<readonly string[]> {
  const rows = await rowsFileOf(source);
  return rows?.startsWith(`${resolve(dirname(source))}${sep}`) === true ? [rows] : [];
}

async function isKept(folder: string, names: readonly (readonly [string, string])[]): Promise<boolean> {
  for (const [path, name] of names) {
    const [kept, now] = await Promise.all([join(folder, name), path].map((one) => readFile(one).catch(() => null)));
    if (kept === null || kept === undefined || now === null || now === undefined || !kept.equals(now)) return false;
  }
  return true;
}

/** Copies a file durably. Throws {@link PayrunError} 5 where it was written meanwhile. */
async function copySafely(from: string, to: string): Promise<void> {
  const before = await fileSignature(from);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
  const handle = await open(to, 'r+');
  try {
    await handle.chmod(0o600);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (before !== null && isSameFile(before, await fileSignature(from))) return;
  throw new PayrunError(5, 'series-source-written', `${from} was written while it was read. The next sweep pays it.`);
}

/** A killed process may have left a draft, which has whole phone numbers in it. */
async function removeDrafts(root: string, id: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith(`.${id}-`)) await rm(join(root, name), { recursive: true, force: true });
  }
}
