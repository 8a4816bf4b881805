import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { peekConfig } from '../config/peek.ts';
import type { Status } from '../domain/status.ts';
import { isBatchFile } from '../intake/batch-files.ts';
import type { FileMemo } from '../ledger/port.ts';
import { openSqliteLedger } from '../ledger/sqlite/index.ts';
import type { FileSignature } from './files.ts';

/** What a sweep found when there was nothing to do: every file was taken in before and nothing of it can be sent. */
export interface Unchanged {
  readonly files: number;
  /** Statuses other than `paid` that are left, over all batches of the folders. */
  readonly left: ReadonlySet<Status>;
}

/**
 * The quick look of a sweep, for a cron job that mostly finds nothing: no parsing of batches, no providers, no reports. Null
 * when there is anything to look at properly. It loads as little as it can, because starting up is all it does.
 */
export async function unchangedFolders(
  where: { readonly file: string | null; readonly from: string },
  folders: readonly string[],
): Promise<Unchanged | null> {
  const config = await peekConfig(where);
  if (config === null) return null;
  const files = batchFilesOf(folders);
  if (files === null || files.length === 0) return null;
  const ledger = await openSqliteLedger({ path: config.ledger.path, create: false }).catch(() => null);
  if (ledger === null) return null;
  try {
    const memos = await ledger.rememberedFiles();
    const batches = new Set<string>();
    for (const file of files) {
      const memo = memos.get(file.path);
      if (memo === undefined || !isUnchanged(file, memo, config.digest)) return null;
      batches.add(memo.batch);
    }
    const unpaid = await ledger.unpaidBatches();
    const left = new Set<Status>();
    for (const batch of batches) for (const status of unpaid.get(batch) ?? []) left.add(status);
    return left.has('planned') || left.has('submitting') ? null : { files: files.length, left };
  } finally {
    await ledger.close();
  }
}

/** Whether a file on disk is the very one that was taken in, under the same configuration. */
export function isUnchanged(file: FileSignature, memo: FileMemo, config: string): boolean {
  return (
    memo.config === config && memo.size === file.size && memo.mtimeNs === file.mtimeNs && memo.inode === file.inode
  );
}

/** Null when one of the paths is no folder. Synchronous calls: for a thousand files they are the faster ones. */
function batchFilesOf(folders: readonly string[]): FileSignature[] | null {
  const files: FileSignature[] = [];
  for (const folder of folders) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
    for (const name of readdirSync(folder)) {
      if (!isBatchFile(name)) continue;
      const path = resolve(join(folder, name));
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (found === undefined) return null;
      if (!found.isDirectory())
        files.push({ path, size: Number(found.size), mtimeNs: found.mtimeNs, inode: found.ino });
    }
  }
  return files;
}
