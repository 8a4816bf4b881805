import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { Ledger } from '../ledger.ts';
import { SqlLedger } from '../sql/sql-ledger.ts';
import { SqliteDatabase } from './database.ts';
import { openFile } from './open.ts';

export interface SqliteLedgerOptions {
  readonly path: string;
  /** False: throws `missing` where there is no ledger, and makes none. */
  readonly create: boolean;
  /** By which the wait for another process's transaction is measured. */
  readonly clock?: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Longest wait for another process's transaction; what has already happened waits without end. */
  readonly lockWaitMs?: number;
  /** Name of this machine. */
  readonly host?: string;
}

/** Another process may be registering a million payments, which is one transaction. */
const LOCK_WAIT_MS = 60_000;

const REAL_TIME: Pick<Clock, 'monotonic' | 'sleep'> = {
  monotonic: () => performance.now(),
  sleep: (ms) => sleep(ms),
};

/** The ledger in one SQLite file. Throws `LedgerError`: `missing`, `newer`, `unusable`, `locked` or `full`. */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  const { path, create, clock = REAL_TIME, lockWaitMs = LOCK_WAIT_MS, host = hostname() } = options;
  const lockWait = {
    waitMs: lockWaitMs,
    monotonic: () => clock.monotonic(),
    sleep: (ms: number) => clock.sleep(ms),
  };
  const database = await openFile(resolve(path), { create, host, lockWait });
  // The locks stand beside the file itself: under two names of one ledger they would be two.
  return new SqlLedger(new SqliteDatabase(database, realpathSync(path), lockWait), host);
}
