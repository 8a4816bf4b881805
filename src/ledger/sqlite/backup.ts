import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { backup, DatabaseSync } from 'node:sqlite';
import type { BackupResult } from '../identity.ts';
import { LedgerError } from '../errors.ts';
import { ledgerFault } from './errors.ts';
import { connect } from './open.ts';
import { createPrivately } from './private-file.ts';

/** All pages in one step: a copy in several steps begins again whenever another process has written in between. */
const PAGES_AT_ONCE = 2_147_483_647;

/**
 * Copies the ledger at `path` as it stands at one moment, with everything that is still in its write-ahead log, while other
 * processes go on writing. The copy is there whole, checked and on disk, or not at all; mode 0600. Throws `LedgerError`, and
 * `missing` where `to` cannot be written.
 */
export async function backupSqlite(path: string, to: string): Promise<BackupResult> {
  const target = resolve(to);
  const partial = `${target}.partial`;
  try {
    rmSync(partial, { force: true });
    createPrivately(partial);
  } catch (error) {
    throw unwritableTarget(to, error);
  }
  try {
    const source = connect(path);
    try {
      await backup(source, partial, { rate: PAGES_AT_ONCE });
    } finally {
      source.close();
    }
    const result = checkedCopy(partial, path);
    putInPlace(partial, target);
    return result;
  } catch (error) {
    throw error instanceof LedgerError ? error : failedCopy(error, path, to);
  } finally {
    for (const leftover of [partial, `${partial}-wal`, `${partial}-shm`, `${partial}-journal`]) {
      rmSync(leftover, { force: true });
    }
  }
}

/** Reads the copy alone, without making files beside it. */
function checkedCopy(partial: string, path: string): BackupResult {
  const url = pathToFileURL(partial);
  url.searchParams.set('immutable', '1');
  const copy = new DatabaseSync(url, { readOnly: true });
  try {
    const found = copy.prepare('PRAGMA quick_check(1)').get();
    if (Object.values(found ?? {})[0] !== 'ok') {
      throw new LedgerError(
        'unusable',
        `Ledger ${path} is damaged, so that no backup of it was made. Stop payrun, and restore the newest backup that is whole.`,
      );
    }
    const row = copy
      .prepare(
        `SELECT id, counter, (SELECT count(*) FROM batches) AS batches, (SELECT count(*) FROM payments) AS payments
         FROM ledger`,
      )
      .get() as unknown as Omit<BackupResult, 'bytes'>;
    return { ...row, bytes: statSync(partial).size };
  } finally {
    copy.close();
  }
}

/** On disk before the name is there. An older file of the name is never replaced. */
function putInPlace(partial: string, target: string): void {
  syncPath(partial);
  try {
    linkSync(partial, target);
    rmSync(partial);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (isTaken || existsSync(target)) throw error;
    // A disk that knows no links, as many that are carried about.
    renameSync(partial, target);
  }
  syncPath(dirname(target));
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The fault may lie with either file; SQLite does not say with which. */
function failedCopy(error: unknown, path: string, to: string): unknown {
  const fault = ledgerFault(error, path);
  if (!(fault instanceof LedgerError)) return isOfFiles(error) ? unwritableTarget(to, error) : fault;
  return fault.fault === 'full' ? unwritableTarget(to, error) : fault;
}

function isOfFiles(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function unwritableTarget(to: string, cause: unknown): LedgerError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LedgerError(
    'missing',
    `No backup was made at ${to}: ${why}. Name a file that does not exist yet, in a folder with room that this user may write to.`,
    { cause },
  );
}
