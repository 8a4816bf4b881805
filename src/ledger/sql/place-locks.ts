import { placeKey } from '../../domain/place.ts';
import type { PlacedAccount } from '../place-records.ts';
import type { AccountLock, LockOwner, LockResult } from '../records.ts';
import { LockReplaced, notLocked } from './account-locks.ts';
import type { Attempts } from './attempts.ts';
import type { Database, SessionLock, Transaction } from './database.ts';
import type { SqlStore } from './store.ts';

/** The lock of a place that this ledger has, and the accounts that share it. */
interface HeldLock {
  readonly session: SessionLock;
  readonly epoch: number;
  readonly accounts: Set<string>;
}

/** What one lock is taken for; `epoch` is null where the place was not locked by this ledger before. */
interface Entering extends PlacedAccount {
  readonly session: SessionLock;
  readonly key: string;
  readonly owner: LockOwner;
  readonly epoch: number | null;
}

/** The locks that one ledger has taken: one for each place, handed out once for each account that sends there. */
export class PlaceLocks {
  private readonly database: Database;
  private readonly store: SqlStore;
  private readonly locks = new Map<AccountLock, SessionLock>();
  private readonly held = new Map<string, HeldLock>();

  constructor(database: Database, store: SqlStore) {
    this.database = database;
    this.store = store;
  }

  async take(target: PlacedAccount, owner: LockOwner, attempts: Attempts): Promise<LockResult> {
    const { account, place } = target;
    const key = placeKey(place);
    const shared = this.held.get(key);
    const isHeld = shared?.accounts.has(account) === true;
    const session = isHeld ? null : (shared?.session ?? (await this.database.lockAccount(key)));
    if (session === null) return { kind: 'busy', by: await this.store.locks.owner(key) };
    try {
      const entered = await this.database.write(
        (tx) => this.enter(tx, attempts, { ...target, session, key, owner, epoch: shared?.epoch ?? null }),
        { vital: false },
      );
      const lock: AccountLock = {
        ...{ account, place, key, ...entered, lost: session.lost },
        release: () => this.release(lock),
      };
      this.locks.set(lock, session);
      const accounts = shared?.accounts ?? new Set<string>();
      this.held.set(key, { session, epoch: entered.epoch, accounts: accounts.add(account) });
      return { kind: 'locked', lock };
    } catch (error) {
      if (shared === undefined) await session.release();
      if (!(error instanceof LockReplaced)) throw error;
      return { kind: 'busy', by: await this.store.locks.owner(key), replacedLock: error.path };
    }
  }

  /** Checked inside the transaction: between the call and its commit the lock may have been released, or lost to another owner. */
  async check(tx: Transaction, lock: AccountLock): Promise<void> {
    const session = this.locks.get(lock);
    if (session === undefined || session.lost.aborted) throw notLocked(lock.account, this.database.place);
    await this.store.locks.check(tx, lock);
  }

  /** As {@link check}, for a call of any account that shares the lock: the one that took the lock first may have released its part. */
  async checkPlace(tx: Transaction, lock: AccountLock): Promise<void> {
    const held = this.held.get(lock.key);
    if (held === undefined || held.epoch !== lock.epoch || held.session.lost.aborted) {
      throw notLocked(lock.account, this.database.place);
    }
    await this.store.locks.check(tx, lock);
  }

  /** Writes down who works the place from now on, and recovers what a dead process left. A shared lock was entered before. */
  private async enter(
    tx: Transaction,
    attempts: Attempts,
    { account, place, session, key, owner, epoch }: Entering,
  ): Promise<{ readonly epoch: number; readonly recovered: number }> {
    await this.store.budgets.rename(tx, account, key);
    if (epoch !== null) {
      await attempts.adopt(tx, { key, account });
      return { epoch, recovered: 0 };
    }
    const next = await this.store.locks.enter(tx, { session, key, place, owner });
    await this.store.budgets.recover(tx, key, owner.at);
    const by = `${owner.command} on ${owner.host} (pid ${owner.pid})`;
    return { epoch: next, recovered: await attempts.recover(tx, { key, account, at: owner.at, by }) };
  }

  private async release(lock: AccountLock): Promise<void> {
    if (!this.locks.delete(lock)) return;
    const held = this.held.get(lock.key);
    held?.accounts.delete(lock.account);
    if (held === undefined || held.accounts.size > 0) return;
    this.held.delete(lock.key);
    // A ledger that fails now says so to whoever opens it next; the lock itself ends in any case.
    const leaving = this.database.write((tx) => this.store.locks.leave(tx, lock, Date.now()), { vital: false });
    await leaving.catch(() => undefined);
    await held.session.release();
  }
}
