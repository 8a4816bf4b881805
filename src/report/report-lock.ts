import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PayrunError } from '../domain/problem.ts';

/** How long one writer waits for another; a million rows take some ten seconds. */
const WAIT_MS = 120_000;
const POLL_MS = 20;

const SQLITE_BUSY = 5;

export interface ReportLock {
  /** False where the file system has no locks: then another writer may be at work. */
  readonly alone: boolean;
  end(): void;
}

/**
 * The right to write the reports of one folder, among all processes. The ledger is read only after it was taken, so what is
 * renamed last is what was read last, and a report never goes back to an older state. Node has no lock of the operating system
 * but SQLite's; an empty database serves as one, and a death releases it.
 */
export async function lockReports(folder: string): Promise<ReportLock> {
  const file = join(folder, '.lock');
  const { DatabaseSync } = await import('node:sqlite');
  touch(file);
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const database = opened(() => new DatabaseSync(file), file);
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
      return { alone: true, end: () => database.close() };
    } catch (error) {
      database.close();
      if (!isBusy(error)) return { alone: false, end: () => undefined };
    }
    if (performance.now() > deadline) {
      throw new PayrunError(
        5,
        'report-busy',
        `Another payrun is writing ${folder} and does not end. Look for it, then: payrun report`,
      );
    }
    await setTimeout(POLL_MS);
  }
}

/**
 * SQLite would make it readable for all. In one turn of the event loop and only when it is not there: closing any handle of a
 * file ends all locks that this process has on it.
 */
function touch(file: string): void {
  if (existsSync(file)) return;
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
  }
}

/** SQLite says only that it cannot open the file; whoever reads the error wants the file system's word for it. */
function opened<T>(open: () => T, file: string): T {
  try {
    return open();
  } catch (cause) {
    // Asked without opening it: closing a handle would end the locks of this process.
    accessSync(file, constants.R_OK | constants.W_OK);
    const code = statSync(file).isDirectory() ? 'EISDIR' : 'EACCES';
    throw Object.assign(new Error(`${code}: cannot open ${file}`, { cause }), { code });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY;
}
