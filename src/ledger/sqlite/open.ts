import { chmodSync, realpathSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { canBeRecovered, type PastFault } from '../past-rules.ts';
import { isBusy, ledgerFault, lockedFault, unusableFault } from './errors.ts';
import { SCHEMA_VERSION } from '../sql/version.ts';
import { LedgerFile } from './ledger-file.ts';
import { companionsOf, isEmpty, lostFault, refuseLost } from './lost-ledger.ts';
import { lostLedgerAt, pastError, pastOf } from './past.ts';
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
  /** Folder of the second copies of marks; null: none is kept. */
  readonly stateFolder: string | null;
  /** Opens a ledger that went back in time too, and one that is lost as a new one. */
  readonly openBehind: boolean;
}

export interface OpenedFile {
  readonly database: DatabaseSync;
  readonly file: LedgerFile;
  /** How the ledger went back in time; only with {@link OpenFileOptions.openBehind}. */
  readonly fault: PastFault | null;
}

/**
 * Opens the file, makes it ours where it is new, and brings its schema up to date. Two processes may do so at once.
 * Throws {@link LedgerError}, `behind` among them, before anything of the file was changed.
 */
export async function openFile(path: string, options: OpenFileOptions): Promise<OpenedFile> {
  const { lockWait, stateFolder } = options;
  try {
    const lost = prepareFile(path, options);
    const realPath = realpathSync(path);
    const file = new LedgerFile(realPath, () => lockWait.monotonic());
    if (hasLog(realPath)) await checkLog(realPath, options);
    const database = new DatabaseSync(path, CONNECTION);
    try {
      await untilFree(() => database.exec(SETTINGS), path, lockWait);
      const earlier = await migrate(database, path, options);
      const fault = lost ?? earlier ?? pastOf(database, realPath, stateFolder);
      if (fault !== null && !options.openBehind) throw pastError(realPath, fault);
      file.check();
      return { database, file, fault };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw ledgerFault(error, path);
  }
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Looks at a file with a log through a connection that changes nothing. Any other connection would move the log into the file when it
 * is closed, and a log that is damaged, or does not belong to the file, would destroy it. Throws `behind`.
 */
async function checkLog(path: string, { lockWait, stateFolder, openBehind }: OpenFileOptions): Promise<void> {
  const database = new DatabaseSync(path, { ...CONNECTION, readOnly: true });
  try {
    let version = 0;
    await untilFree(() => (version = checkedVersion(database, path)), path, lockWait);
    const fault = version < 5 ? null : pastOf(database, path, stateFolder);
    if (fault !== null && !(openBehind && canBeRecovered(fault))) throw pastError(path, fault);
  } finally {
    database.close();
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

/** Returns what is known of a newer state of a ledger that is new here, or that an earlier payrun wrote. */
async function migrate(database: DatabaseSync, path: string, options: OpenFileOptions): Promise<PastFault | null> {
  const { create, lockWait, stateFolder, openBehind } = options;
  // Looked at before anything is changed: a foreign file stays as it was, to the byte.
  const look = async (): Promise<number> => {
    let seen = 0;
    await untilFree(() => (seen = checkedVersion(database, path)), path, lockWait);
    return seen;
  };
  const version = await look();
  const companions = version === 0 ? companionsOf(path) : [];
  // Looked at again: the companions of a ledger that another process is just making come after its schema.
  if (companions.length > 0 && !openBehind && (await look()) === 0) throw lostFault(path, companions);
  // Marks are of version 5 and later.
  const known = version < 5 ? lostLedgerAt(path, stateFolder) : null;
  const lost = known !== null && (await look()) < 5 ? known : null;
  if (lost !== null && !openBehind) throw pastError(path, lost);
  if (version === 0 && !create) throw missingFault(path);
  await untilFree(
    () => database.exec('PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864'),
    path,
    lockWait,
  );
  if ((statSync(path).mode & 0o777) !== 0o600) chmodSync(path, 0o600);
  if (version === SCHEMA_VERSION) return null;
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
  return lost;
}

/** Version of the schema, 0 for an empty file. Throws for files that are not ours or are ahead of us. */
function checkedVersion(database: DatabaseSync, path: string): number {
  const pragma = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  // In this order: another process may be making the ledger, and its tables and numbers are there at once. Tables that were seen have numbers.
  const tables = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
  const version = pragma('user_version');
  const application = pragma('application_id');
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

/**
 * Makes the file where it is missing and may be made: SQLite gives `-wal` and `-shm` its mode, so that it must be private before
 * SQLite sees it. Returns how a ledger that should be there is known to be lost.
 */
function prepareFile(path: string, { create, stateFolder, openBehind }: OpenFileOptions): PastFault | null {
  // Before SQLite sees the file: it would drop the log of an empty one, from which a person may still rescue the payments.
  if (!openBehind) refuseLost(path);
  const lost = isEmpty(path) ? lostLedgerAt(path, stateFolder) : null;
  if (lost !== null && !openBehind && isEmpty(path)) throw pastError(path, lost);
  if (create) createPrivately(path);
  else if (statSync(path, { throwIfNoEntry: false }) === undefined) throw missingFault(path);
  return lost;
}

function missingFault(path: string): LedgerError {
  return new LedgerError('missing', `There is no ledger at ${path} yet. The first payrun run makes it.`);
}
