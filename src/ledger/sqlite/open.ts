import { chmodSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { isBusy, ledgerFault, lockedFault, unusableFault } from './errors.ts';
import { SCHEMA_VERSION } from '../sql/version.ts';
import { companionsOf, lostFault, refuseLost } from './lost-ledger.ts';
import { createPrivately } from './private-file.ts';

/** How a store waits for another process: its own real time, or a test's. */
export interface LockWait {
  readonly waitMs: number;
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

/** How often a lock is tried again. The wait is ours and not SQLite's, whose would stop the whole event loop. */
const RETRY_MS = 10;

/** SQLite's own wait, inside one try. */
const TRY_MS = 20;

const CONNECTION = { timeout: TRY_MS, enableForeignKeyConstraints: true } as const;

/** Of every connection. They look at the file, which another process may be making at this moment. */
const SETTINGS = 'PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF';

/** `payr`: marks an SQLite file as one of ours, so that another program's database is never written to. */
export const APPLICATION_ID = 0x70617972;

export interface OpenFileOptions {
  readonly create: boolean;
  /** Name of this machine. */
  readonly host: string;
  readonly lockWait: LockWait;
}

/**
 * Opens the file, makes it ours where it is new, and brings its schema up to date. Two processes may do so at once.
 * Throws {@link LedgerError}.
 */
export async function openFile(path: string, options: OpenFileOptions): Promise<DatabaseSync> {
  try {
    prepareFile(path, options.create);
    const database = new DatabaseSync(path, CONNECTION);
    try {
      await untilFree(() => database.exec(SETTINGS), path, options.lockWait);
      await migrate(database, path, options);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    throw ledgerFault(error, path);
  }
}

/** One more connection to a file that {@link openFile} has made ready. */
export function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, CONNECTION);
  database.exec(SETTINGS);
  return database;
}

/** `BEGIN IMMEDIATE`, waiting as long as `lockWait` allows without blocking the event loop. Throws `locked` at its end. */
export async function begin(database: DatabaseSync, path: string, lockWait: LockWait): Promise<void> {
  await untilFree(() => database.exec('BEGIN IMMEDIATE'), path, lockWait);
}

async function untilFree(attempt: () => void, path: string, lockWait: LockWait): Promise<void> {
  const deadline = lockWait.monotonic() + lockWait.waitMs;
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (lockWait.monotonic() >= deadline) throw lockedFault(path, { cause: error });
    }
    await lockWait.sleep(RETRY_MS);
  }
}

async function migrate(database: DatabaseSync, path: string, options: OpenFileOptions): Promise<void> {
  const { create, lockWait } = options;
  // Looked at before anything is changed: a foreign file stays as it was, to the byte.
  const look = async (): Promise<number> => {
    let seen = 0;
    await untilFree(() => (seen = checkedVersion(database, path)), path, lockWait);
    return seen;
  };
  const version = await look();
  const companions = version === 0 ? companionsOf(path) : [];
  // Looked at again: the companions of a ledger that another process is just making come after its schema.
  if (companions.length > 0 && (await look()) === 0) throw lostFault(path, companions);
  if (version === 0 && !create) throw missingFault(path);
  await untilFree(
    () => database.exec('PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864'),
    path,
    lockWait,
  );
  if ((statSync(path).mode & 0o777) !== 0o600) chmodSync(path, 0o600);
  if (version === SCHEMA_VERSION) return;
  // Loaded here: a ledger that is up to date needs none of its texts.
  const { lockForUpgrade, upgrade } = await import('./upgrade.ts');
  const isNewest = async (): Promise<boolean> => (await look()) === SCHEMA_VERSION;
  const locks = version === 0 ? [] : await lockForUpgrade(path, lockWait, isNewest);
  // A table that others refer to can only be replaced while nobody checks the references; SQLite takes this outside of
  // transactions only.
  database.exec('PRAGMA foreign_keys = OFF');
  await begin(database, path, lockWait);
  try {
    // Another process may have been first.
    upgrade(database, checkedVersion(database, path), { path, host: options.host });
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    for (const lock of locks) lock.release();
    throw error;
  }
  database.exec('PRAGMA foreign_keys = ON');
  for (const lock of locks) lock.release();
}

/** Version of the schema, 0 for an empty file. Throws for files that are not ours or are ahead of us. */
function checkedVersion(database: DatabaseSync, path: string): number {
  const pragma = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const application = pragma('application_id');
  const version = pragma('user_version');
  const tables = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
  if (application === 0 && version === 0 && !tables) return 0;
  if (application !== APPLICATION_ID) {
    throw unusableFault(path, "It is another program's database. Name another file under `ledger:`.");
  }
  if (version > SCHEMA_VERSION) {
    throw new LedgerError(
      'newer',
      `Ledger ${path} has schema version ${version}, and this payrun knows up to ${SCHEMA_VERSION}. Upgrade payrun.`,
    );
  }
  return version;
}

/** SQLite gives `-wal` and `-shm` the mode of the file, so that the file must be private before SQLite sees it. */
function prepareFile(path: string, create: boolean): void {
  // Before SQLite sees the file: it would drop the log of an empty one, from which a person may still rescue the payments.
  refuseLost(path);
  if (create) {
    createPrivately(path);
    return;
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw missingFault(path);
}

function missingFault(path: string): LedgerError {
  return new LedgerError('missing', `There is no ledger at ${path} yet. The first payrun run makes it.`);
}
