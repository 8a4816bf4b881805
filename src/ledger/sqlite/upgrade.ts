import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../domain/clock.ts';
import type { FileLock } from '../../domain/file-lock.ts';
import { LedgerError } from '../errors.ts';
import { schemaOf } from '../sql/schema.ts';
import { sqliteDialect } from './dialect.ts';
import { unusableFault } from './errors.ts';
import { fillFingerprints } from './fill-fingerprints.ts';
import { takeFileLock } from './lock-file.ts';
import { companionsOf } from './lost-ledger.ts';
import { MIGRATIONS } from './migrations.ts';

const UPGRADE_RETRY_MS = 250;

export interface UpgradeOptions {
  readonly path: string;
  /** Name of this machine. */
  readonly host: string;
}

/**
 * Brings the tables from schema version `from` (0: none yet) to the newest, inside the open transaction. Throws `unusable` where the
 * upgraded tables do not fit together.
 */
export function upgrade(database: DatabaseSync, from: number, { path, host }: UpgradeOptions): void {
  if (from === 0) {
    database.exec(schemaOf(sqliteDialect));
    addIdentity(database);
    return;
  }
  for (const step of MIGRATIONS.slice(from)) database.exec(step);
  // Up to version 3 a ledger was of one machine, and its budgets did not say of which.
  if (from < 4) {
    const rename = `UPDATE calls SET key = 'machine:' || ? || substr(key, 8) WHERE key LIKE 'machine:%'`;
    database.prepare(rename).run(host);
  }
  if (from < 5) {
    addIdentity(database);
    fillFingerprints(database);
  }
  const broken = database.prepare('PRAGMA foreign_key_check').get();
  if (broken !== undefined) {
    throw unusableFault(path, 'Its tables do not fit together. Restore it from a backup, then upgrade payrun again.');
  }
}

/** Makes this ledger one that no other file is taken for. */
function addIdentity(database: DatabaseSync): void {
  database.prepare('INSERT INTO ledger (key, id, counter, checkpointed) VALUES (1, ?, 0, 0)').run(newLedgerId());
}

function newLedgerId(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Locks every account of the ledger, so that no run of an earlier payrun is sending meanwhile: such a run could not record in
 * upgraded tables what it sent. Waits as `lockWait` allows; gives no locks where another process has upgraded the ledger meanwhile.
 * Throws `locked`.
 */
export async function lockForUpgrade(
  path: string,
  lockWait: Pick<Clock, 'monotonic' | 'sleep'> & { readonly waitMs: number },
  isUpgraded: () => Promise<boolean>,
): Promise<readonly FileLock[]> {
  const folder = dirname(realpathSync(path));
  const deadline = lockWait.monotonic() + lockWait.waitMs;
  for (;;) {
    const locks: FileLock[] = [];
    let busy: string | null = null;
    for (const name of companionsOf(path).filter((companion) => companion.includes('.hold-'))) {
      const taken = takeFileLock(join(folder, name));
      if (taken.kind === 'locked') locks.push(taken.lock);
      else if (taken.kind === 'busy') busy ??= name;
    }
    if (busy === null) return locks;
    for (const lock of locks) lock.release();
    if (await isUpgraded()) return [];
    if (lockWait.monotonic() >= deadline) {
      throw new LedgerError(
        'locked',
        `Ledger ${path} is of an earlier payrun, which is still working (${busy} is locked). ` +
          `Let that run end and stop payrun serve, then run the same command again.`,
      );
    }
    await lockWait.sleep(UPGRADE_RETRY_MS);
  }
}
