import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { pastFault, pastMessage, type PastFault } from '../past-rules.ts';
import { storedMark } from './commit-guard.ts';
import { damagedFault, ledgerFault } from './errors.ts';
import { readFileMark } from './ledger-file.ts';
import { markPath } from './ledger-marks.ts';
import { target } from './lost-ledger.ts';
import { readMark } from './mark-file.ts';
import { copyOfPath, readCopy } from './state-copy.ts';

/** Compares an open ledger with what is known of it outside. Null: the ledger is the newest that anything knows of. */
export function pastOf(database: DatabaseSync, path: string, stateFolder: string | null): PastFault | null {
  try {
    // Other processes write meanwhile. What is wrong with the ledger itself stays wrong.
    return pastNow(database, path, stateFolder) === null ? null : pastNow(database, path, stateFolder);
  } catch (error) {
    const fault = ledgerFault(error, path);
    throw fault instanceof LedgerError ? fault : damagedFault(path, { cause: error });
  }
}

function pastNow(database: DatabaseSync, path: string, stateFolder: string | null): PastFault | null {
  // Marks are written after commits, so they are read first. A log may be moved into the file at any moment, so the file is last.
  const mark = readMark(markPath(path));
  const before = storedMark(database);
  const copy = stateFolder === null ? null : readCopy(stateFolder, before.id);
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const file = hasLog ? readFileMark(path, before.checkpointed) : undefined;
  // A later counter belongs to an earlier look at the file, and an earlier look at the log to a later one of the file.
  return pastFault({ ledger: { ...storedMark(database), checkpointed: before.checkpointed }, file, mark, copy });
}

/**
 * What is known of a ledger that should be at this path and is not, or that is there in the form of an earlier payrun, which left no
 * marks. Null where nothing of it is known.
 */
export function lostLedgerAt(path: string, stateFolder: string | null): PastFault | null {
  const file = realPathOf(path);
  const mark = readMark(markPath(file));
  const copy = stateFolder === null ? null : copyOfPath(stateFolder, file);
  return pastFault({ ledger: null, mark, copy });
}

export function pastError(path: string, fault: PastFault): LedgerError {
  return new LedgerError('behind', pastMessage(path, fault));
}

/** Of a file that may be missing, by whatever links it is named. */
function realPathOf(path: string): string {
  const file = target(path);
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return file;
  }
}
