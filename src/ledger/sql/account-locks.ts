import type { Place } from '../../domain/place.ts';
import { LedgerError } from '../errors.ts';
import type { AccountLock, LockOwner } from '../records.ts';
import { statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

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
  async enter(tx: Transaction, key: string, place: Place, owner: LockOwner): Promise<number> {
    const { provider, host, environment, payer } = place;
    await tx.run(this.statements.place, [key, provider, host, environment, payer]);
    const row = await tx.one(this.statements.enter, [key, owner.command, owner.pid, owner.host, owner.at]);
    if (row === undefined) throw new Error('an epoch that was started is not there');
    return row.epoch;
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

export function notLocked(account: string, place: string): LedgerError {
  return new LedgerError(
    'locked',
    `Account ${account} is not held by this run any more, so nothing of it can be claimed from ${place}. Run again.`,
  );
}

function lockStatements(sql: Dialect) {
  return {
    place: statement(
      `INSERT INTO places (key, provider, host, environment, payer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    ),
    places: statement<Place & { readonly key: string }>('SELECT key, provider, host, environment, payer FROM places'),
    enter: statement<{ readonly epoch: number }>(
      `INSERT INTO account_locks (key, epoch, command, pid, host, at) VALUES (?, 1, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET epoch = account_locks.epoch + 1, command = excluded.command, pid = excluded.pid,
         host = excluded.host, at = excluded.at
       RETURNING epoch`,
    ),
    owner: statement<LockOwner>('SELECT command, pid, host, at FROM account_locks WHERE key = ?'),
    // Locked until the transaction ends: no other process can start an epoch between this look and the change that follows it.
    current: statement<{ readonly epoch: number }>(
      `SELECT epoch FROM account_locks l WHERE key = ? ${sql.rowLock('l')}`,
    ),
  };
}
