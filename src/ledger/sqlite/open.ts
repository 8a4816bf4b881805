import { chmodSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { isBusy, ledgerFault, lockedFault, unusableFault } from './errors.ts';
import { APPLICATION_ID, MIGRATIONS } from '../sql/schema.ts';
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

/**
 * Opens the file, makes it ours where it is new, and brings its schema up to date. Two processes may do so at once.
 * Throws {@link LedgerError}.
 */
export async function openFile(path: string, create: boolean, patience: LockWait): Promise<DatabaseSync> {
  try {
    prepareFile(path, create);
    const database = connect(path);
    try {
      await migrate(database, path, create, patience);
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
  const database = new DatabaseSync(path, { timeout: TRY_MS, enableForeignKeyConstraints: true });
  database.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF');
  return database;
}

/** `BEGIN IMMEDIATE`, waiting as long as the patience lasts without blocking the event loop. Throws `locked` at its end. */
export async function begin(database: DatabaseSync, path: string, patience: LockWait): Promise<void> {
  await untilFree(() => database.exec('BEGIN IMMEDIATE'), path, patience);
}

async function untilFree(attempt: () => void, path: string, patience: LockWait): Promise<void> {
  const deadline = patience.monotonic() + patience.waitMs;
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (patience.monotonic() >= deadline) throw lockedFault(path, { cause: error });
    }
    await patience.sleep(RETRY_MS);
  }
}

async function migrate(database: DatabaseSync, path: string, create: boolean, patience: LockWait): Promise<void> {
  // Looked at before anything is changed: a foreign file stays as it was, to the byte.
  const look = async (): Promise<number> => {
    let seen = 0;
    await untilFree(() => (seen = checkedVersion(database, path)), path, patience);
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
    patience,
  );
  if ((statSync(path).mode & 0o777) !== 0o600) chmodSync(path, 0o600);
  if (version === MIGRATIONS.length) return;
  await begin(database, path, patience);
  try {
    // Another process may have been first.
    for (const step of MIGRATIONS.slice(checkedVersion(database, path))) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
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
  if (version > MIGRATIONS.length) {
    throw new LedgerError(
      'newer',
      `Ledger ${path} has schema version ${version}, and this payrun knows up to ${MIGRATIONS.length}. Upgrade payrun.`,
    );
  }
  return version;
}

/** SQLite gives `-wal` and `-shm` the mode of the file, so that the file must be private before SQLite sees it. */
function prepareFile(path: string, create: boolean): void {
  // Before SQLite sees it, which would drop the log of an empty file that somebody may still want to rescue.
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
