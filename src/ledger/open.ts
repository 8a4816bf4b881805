import { existsSync, realpathSync } from 'node:fs';
import type { Clock } from '../domain/clock.ts';
import { LedgerError } from './errors.ts';
import type { BackupResult } from './identity.ts';
import type { CallbackSpool, Ledger } from './ledger.ts';
import type { LedgerBehind } from './past-rules.ts';

export interface LedgerOptions {
  /** `sqlite:PATH`, or `memory:` for one that is gone with its last user; no configuration may name that one. */
  readonly url: string;
  /** False: throws `missing` where there is no ledger, and makes none. */
  readonly create: boolean;
  /** Name of this machine, which tells its files from those of other machines; by default the operating system's. */
  readonly host?: string;
  /** Measures the wait for another process's transaction. */
  readonly clock?: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Longest wait for another process's transaction. A change that records what has already happened waits without end. */
  readonly lockWaitMs?: number;
  /** Where a second copy of the ledger's mark is kept, away from the ledger; null or absent: nowhere. */
  readonly stateFolder?: string | null;
  /** Called at most once, with a sentence for the user. */
  readonly warn?: (text: string) => void;
}

const SQLITE = 'sqlite:';
const MEMORY = 'memory:';

/** Opens the ledger at a URL. Throws `LedgerError`: `missing`, `newer`, `behind`, `unusable`, `locked` or `full`. */
export async function openLedger({ url, ...options }: LedgerOptions): Promise<Ledger> {
  // Only the store that is asked for is loaded: a sweep with nothing to do does little else than load.
  if (url === MEMORY) return (await import('./memory/index.ts')).openMemoryLedger();
  const path = sqlitePath(url);
  const { openSqliteLedger } = await import('./sqlite/index.ts');
  return openSqliteLedger({ path, ...options });
}

/** As {@link openLedger}, also where the ledger went back in time. Where it is lost and `create` is set, a new one is made. */
export async function openLedgerBehind({ url, ...options }: LedgerOptions): Promise<LedgerBehind> {
  const path = sqlitePath(url);
  const { openSqliteLedgerBehind } = await import('./sqlite/index.ts');
  return openSqliteLedgerBehind({ path, ...options });
}

function sqlitePath(url: string): string {
  if (url.startsWith(SQLITE)) return url.slice(SQLITE.length);
  throw new LedgerError(
    'unusable',
    `Write the ledger as sqlite:PATH, for example sqlite:payrun.db. Other stores (postgres://…) are not available yet.`,
  );
}

/** The spool of the ledger at a URL, whether or not that ledger can be opened now. */
export async function openSpool(url: string): Promise<CallbackSpool> {
  if (!url.startsWith(SQLITE)) return NO_SPOOL;
  const { SpoolFolder } = await import('./sqlite/spool.ts');
  return new SpoolFolder(url.slice(SQLITE.length));
}

/** Whether callbacks wait in the spool of a ledger that is there. Loads the spool only where there is one. */
export async function hasSpooled(url: string): Promise<boolean> {
  if (!url.startsWith(SQLITE) || !existsSync(`${realpathSync(url.slice(SQLITE.length))}.spool`)) return false;
  return (await openSpool(url)).hasFiles();
}

/** Of a store that has no place outside of itself. */
const NO_SPOOL: CallbackSpool = {
  place: '',
  prepare: () => Promise.resolve(),
  add: () => Promise.reject(new LedgerError('unusable', 'There is no place for callbacks beside this ledger.')),
  hasFiles: () => false,
  takeIn: () => Promise.resolve({ accounts: new Set(), setAside: [] }),
};

/**
 * Copies the ledger at a URL into a file that does not exist yet, while other processes go on writing. Throws `LedgerError`;
 * `missing` where the file cannot be written.
 */
export async function backupLedger(url: string, to: string): Promise<BackupResult> {
  const { backupSqlite } = await import('./sqlite/backup.ts');
  return backupSqlite(ledgerPlace(url), to);
}

/** Name of the ledger's place in messages, without the scheme of its URL. */
export function ledgerPlace(url: string): string {
  return url.startsWith(SQLITE) ? url.slice(SQLITE.length) : url;
}
