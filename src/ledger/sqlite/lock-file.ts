import { accessSync, constants, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { FileLock, FileLockResult } from '../../domain/file-lock.ts';
import { isBusy } from './errors.ts';
import { createPrivately } from './private-file.ts';

/** Keeps every taken lock alive: the garbage collector would close, and so release, one that is not referenced. */
const taken = new Set<FileLock>();

/**
 * `TakeFileLock` by means of SQLite: Node itself has no lock of the operating system. An empty database serves as one, and the
 * kernel drops its lock when the process ends, however it ends.
 */
export function takeFileLock(path: string): FileLockResult {
  createPrivately(path);
  const database = opened(path);
  try {
    // The database is never written to: a journal would only be one more file.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    return isBusy(error) ? { kind: 'busy' } : { kind: 'unavailable', error };
  }
  const lock: FileLock = {
    release: () => {
      if (taken.delete(lock)) database.close();
    },
  };
  taken.add(lock);
  return { kind: 'locked', lock };
}

/** SQLite says only that it cannot open the file; this says why, in the file system's words. */
function opened(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    // Asked without opening the file: closing any handle of it ends all locks that this process has on it.
    accessSync(path, constants.R_OK | constants.W_OK);
    const code = statSync(path).isDirectory() ? 'EISDIR' : 'EACCES';
    throw Object.assign(new Error(`${code}: cannot open ${path}`, { cause }), { code, syscall: 'open' });
  }
}
