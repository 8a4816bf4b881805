import { LedgerError } from '../errors.ts';
import type { AccountLock, LockOwner } from '../records.ts';
import { statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/**
 * Who took each account last, and how often it was taken: its epoch. The lock itself lives in the database's session or in the
 * operating system; the epoch tells the owner of a lock that was lost from the owner of the next one.
 */
export class AccountLocks {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof lockStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = lockStatements(database.dialect);
  }

  /** Starts and returns the next epoch of the account: every lock of an earlier epoch is worth nothing from now on. */
  async enter(tx: Transaction, account: string, { command, pid, host, at }: LockOwner): Promise<number> {
    const row = await tx.one(this.statements.enter, [account, command, pid, host, at]);
    if (row === undefined) throw new Error('an epoch that was started is not there');
    return row.epoch;
  }

  /** Who took the account last. */
  async owner(account: string): Promise<LockOwner | null> {
    const [row] = await this.database.read(this.statements.owner, [account]);
    return row === undefined ? null : { ...row };
  }

  /** Throws `locked` unless the lock is of the account's newest epoch. */
  async check(tx: Transaction, lock: Pick<AccountLock, 'account' | 'epoch'>): Promise<void> {
    const row = await tx.one(this.statements.current, [lock.account]);
    if (row?.epoch !== lock.epoch) throw notLocked(lock.account, this.database.place);
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
    enter: statement<{ readonly epoch: number }>(
      `INSERT INTO account_locks (account, epoch, command, pid, host, at) VALUES (?, 1, ?, ?, ?, ?)
       ON CONFLICT (account) DO UPDATE SET epoch = account_locks.epoch + 1, command = excluded.command, pid = excluded.pid,
         host = excluded.host, at = excluded.at
       RETURNING epoch`,
    ),
    owner: statement<LockOwner>('SELECT command, pid, host, at FROM account_locks WHERE account = ?'),
    // Locked until the transaction ends: no other process can start an epoch between this look and the change that follows it.
    current: statement<{ readonly epoch: number }>(
      `SELECT epoch FROM account_locks l WHERE account = ? ${sql.rowLock('l')}`,
    ),
  };
}
