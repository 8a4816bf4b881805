import type { Place } from '../../domain/place.ts';
import { LedgerError } from '../errors.ts';
import type { AccountLock, LockOwner } from '../records.ts';
import { statement, type Database, type SessionLock, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

export interface EpochStart {
  readonly session: SessionLock;
  readonly key: string;
  readonly place: Place;
  readonly owner: LockOwner;
}

/**
 * Who took the lock of each place last, and how often it was taken: its epoch. The lock itself lives in the database's session or in the
 * operating system; the epoch tells the owner of a lock that was lost from the owner of the next one.
 */
export class AccountLocks {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof lockStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = lockStatements(database.dialect);
  }

  /** Starts and returns the next epoch of the place: every lock of an earlier epoch is worth nothing from now on. */
  async enter(tx: Transaction, { session, key, place, owner }: EpochStart): Promise<number> {
    await this.requireSameLock(tx, session, key);
    const { provider, host, environment, payer } = place;
    await tx.run(this.statements.place, [key, provider, host, environment, payer]);
    const { command, pid, host: machine, at } = owner;
    const values = [key, command, pid, machine, at, this.database.process, session.locked.identity];
    const row = await tx.one(this.statements.enter, values);
    if (row === undefined) throw new Error('an epoch that was started is not there');
    return row.epoch;
  }

  /** The owner of the epoch has ended its work. */
  async leave(tx: Transaction, { key, epoch }: Pick<AccountLock, 'key' | 'epoch'>, at: number): Promise<void> {
    await tx.run(this.statements.leave, [at, key, epoch]);
  }

  /**
   * Refuses a lock while the process lives that has the last one, of another file: that file was deleted or replaced, or the folder
   * copied, so that both have a lock. Throws {@link LockReplaced}.
   */
  private async requireSameLock(tx: Transaction, { locked }: SessionLock, key: string): Promise<void> {
    const last = await tx.one(this.statements.last, [key]);
    if (last === undefined || last.process === null || last.process === this.database.process) return;
    if (last.released_at !== null || last.lock_file === locked.identity) return;
    if (this.database.mayLive(last.process)) throw new LockReplaced(locked.path);
  }

  /** Who took the place last. */
  async owner(key: string): Promise<LockOwner | null> {
    const [row] = await this.database.read(this.statements.owner, [key]);
    return row === undefined ? null : { ...row };
  }

  /** Throws `locked` unless the lock is of the place's newest epoch. */
  async check(tx: Transaction, lock: Pick<AccountLock, 'account' | 'key' | 'epoch'>): Promise<void> {
    const row = await tx.one(this.statements.current, [lock.key]);
    if (row?.epoch !== lock.epoch) throw notLocked(lock.account, this.database.place);
  }

  async places(): Promise<Map<string, Place>> {
    const rows = await this.database.read(this.statements.places, []);
    return new Map(rows.map(({ key, ...place }) => [key, place]));
  }
}

/** The lock of a place is another one than that of its owner, who may still send. */
export class LockReplaced extends LedgerError {
  readonly path: string;

  constructor(path: string) {
    super('locked', `${path} is not the lock file of the process that works the account.`);
    this.path = path;
  }
}

export function notLocked(account: string, place: string): LedgerError {
  return new LedgerError(
    'locked',
    `Account ${account} is not held by this run any more, so nothing of it can be claimed from ${place}. Run again.`,
  );
}

interface LastLock {
  readonly process: string | null;
  readonly lock_file: string | null;
  readonly released_at: number | null;
}

function lockStatements(sql: Dialect) {
  return {
    place: statement(
      `INSERT INTO places (key, provider, host, environment, payer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    ),
    places: statement<Place & { readonly key: string }>('SELECT key, provider, host, environment, payer FROM places'),
    enter: statement<{ readonly epoch: number }>(
      `INSERT INTO account_locks (key, epoch, command, pid, host, at, process, lock_file) VALUES (?, 1, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET epoch = account_locks.epoch + 1, command = excluded.command, pid = excluded.pid,
         host = excluded.host, at = excluded.at, process = excluded.process, lock_file = excluded.lock_file, released_at = NULL
       RETURNING epoch`,
    ),
    leave: statement('UPDATE account_locks SET released_at = ? WHERE key = ? AND epoch = ?'),
    last: statement<LastLock>('SELECT process, lock_file, released_at FROM account_locks WHERE key = ?'),
    owner: statement<LockOwner>('SELECT command, pid, host, at FROM account_locks WHERE key = ?'),
    // Locked until the transaction ends: no other process can start an epoch between this look and the change that follows it.
    current: statement<{ readonly epoch: number }>(
      `SELECT epoch FROM account_locks l WHERE key = ? ${sql.rowLock('l')}`,
    ),
  };
}
