import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { Ledger } from '../ledger.ts';
import type { LedgerBehind } from '../past-rules.ts';
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
  /** Folder of the second copies of marks; null or absent: none is kept. */
  readonly stateFolder?: string | null;
  /** Called at most once, with a sentence for the user. */
  readonly warn?: (text: string) => void;
}

/** Another process may be registering a million payments, which is one transaction. */
const LOCK_WAIT_MS = 60_000;

const REAL_TIME: Pick<Clock, 'monotonic' | 'sleep'> = {
  monotonic: () => performance.now(),
  sleep: (ms) => sleep(ms),
};

/** The ledger in one SQLite file. Throws `LedgerError`: `missing`, `newer`, `behind`, `unusable`, `locked` or `full`. */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  return (await openSqliteFile(options, false)).ledger;
}

/** As {@link openSqliteLedger}, also where the ledger went back in time or is lost. */
export function openSqliteLedgerBehind(options: SqliteLedgerOptions): Promise<LedgerBehind> {
  return openSqliteFile(options, true);
}

async function openSqliteFile(options: SqliteLedgerOptions, openBehind: boolean): Promise<LedgerBehind> {
  const { path, create, clock = REAL_TIME, lockWaitMs = LOCK_WAIT_MS, host = hostname() } = options;
  const { stateFolder = null, warn = () => undefined } = options;
  const lockWait = {
    waitMs: lockWaitMs,
    monotonic: () => clock.monotonic(),
    sleep: (ms: number) => clock.sleep(ms),
  };
  const { database, file, fault } = await openFile(resolve(path), { create, host, lockWait, stateFolder, openBehind });
  // Locks and marks stand beside the file itself: under two names of one ledger they would be two.
  const places = { path: realpathSync(path), stateFolder, warn, monotonic: () => clock.monotonic() };
  const sqlite = new SqliteDatabase(database, file, { places, lockWait });
  return { ledger: new SqlLedger(sqlite, host), fault, moveMarks: (counter) => sqlite.moveMarks(counter) };
}
