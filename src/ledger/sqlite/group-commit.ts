import { setImmediate } from 'node:timers';
import { LedgerError } from '../errors.ts';
import type { Work } from '../sql/database.ts';
import type { CommitGuard } from './commit-guard.ts';
import type { Connection } from './connection.ts';
import { fullFault, ledgerFault, unusableFault } from './errors.ts';
import { begin, type LockWait } from './open.ts';
import type { Reserve } from './reserve.ts';

interface Queued {
  readonly work: Work<unknown>;
  /** Whether the work records what has already happened, for which the reserve may be spent. */
  readonly vital: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Result = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** What is done around every transaction. */
type TransactionGuard = Pick<CommitGuard, 'begun' | 'commit' | 'moveTo' | 'noteProviderUse' | 'close'>;

export interface CommitPlaces {
  readonly path: string;
  readonly lockWait: LockWait;
  readonly reserve: Pick<Reserve, 'spend'>;
}

/**
 * The one connection that writes, one transaction at a time. Work of one turn of the event loop shares a transaction and its
 * fsync; work that comes during a long transaction waits for its end.
 */
export class GroupCommit {
  private readonly connection: Connection;
  private readonly guard: TransactionGuard;
  private readonly path: string;
  private readonly lockWait: LockWait;
  private readonly reserve: Pick<Reserve, 'spend'>;
  private queue: Queued[] = [];
  private tail: Promise<void> = Promise.resolve();
  /** Set for good after a commit failed for want of room or the file went bad: a ledger that cannot be trusted claims nothing. */
  private broken: LedgerError | null = null;

  constructor(connection: Connection, guard: TransactionGuard, { path, lockWait, reserve }: CommitPlaces) {
    this.connection = connection;
    this.guard = guard;
    this.path = path;
    this.lockWait = lockWait;
    this.reserve = reserve;
  }

  /** Joins the transaction of this turn; resolves after its commit. */
  group<T>(work: Work<T>, vital: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, vital, resolve: resolve, reject });
      // The first work of a turn arranges the commit; later work finds it arranged.
      if (this.queue.length === 1) setImmediate(() => void this.inTurn(() => this.drain()));
    });
  }

  /** A transaction that may wait for input. Commits when `work` resolves to something that `keep` accepts, else rolls back. */
  alone<T>(work: Work<T>, keep: (result: T) => boolean): Promise<T> {
    return this.inTurn(async () => {
      if (this.broken !== null) throw this.broken;
      try {
        await this.begin(this.lockWait);
        const result = await work(this.connection);
        if (keep(result)) this.guard.commit();
        else this.connection.rollback();
        return result;
      } catch (error) {
        throw this.failed(error);
      }
    });
  }

  /** Makes the ledger the newest that there is, whatever the marks outside of it were. */
  moveMarks(counter: number): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.begin(this.lockWait);
        this.guard.moveTo(counter);
      } catch (error) {
        throw this.failed(error);
      }
    });
  }

  noteProviderUse(): Promise<void> {
    return this.inTurn(() => Promise.resolve().then(() => this.guard.noteProviderUse()));
  }

  /** Waits for all work so far, then closes the connection. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      await this.drain();
      this.guard.close();
      this.connection.database.close();
    });
  }

  private async begin(lockWait: LockWait): Promise<void> {
    await begin(this.connection.database, this.path, lockWait);
    this.guard.begun();
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(step);
    this.tail = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  private async drain(): Promise<void> {
    const group = this.queue;
    this.queue = [];
    const { broken } = this;
    const allowed = broken === null ? group : group.filter((queued) => queued.vital);
    if (broken !== null) for (const queued of group) if (!queued.vital) queued.reject(broken);
    if (allowed.length === 0) return;
    try {
      await this.commit(allowed);
    } catch (error) {
      // No caller waits for this turn: work that is not settled here would wait for ever.
      this.giveUp(allowed, error);
    }
  }

  private giveUp(group: readonly Queued[], error: unknown): void {
    const fault = ledgerFault(error, this.path);
    this.broken ??=
      fault instanceof LedgerError
        ? fault
        : unusableFault(this.path, 'A change could not be ended. Run the same command again.', { cause: error });
    for (const queued of group) queued.reject(fault);
  }

  private async commit(group: readonly Queued[]): Promise<void> {
    try {
      await this.begin(this.lockWaitFor(group));
      const results: Result[] = [];
      for (const { work } of group) results.push(await resultOf(work, this.connection));
      this.guard.commit();
      group.forEach((queued, index) => {
        const result = results[index];
        if (result?.ok === true) queued.resolve(result.value);
        else queued.reject(result?.error);
      });
    } catch (error) {
      await this.recover(group, this.failed(error));
    }
  }

  /** What has already happened is recorded however long another process writes: the lock of that process dies with it. */
  private lockWaitFor(group: readonly Queued[]): LockWait {
    return group.some((queued) => queued.vital) ? { ...this.lockWait, waitMs: Infinity } : this.lockWait;
  }

  /** Nothing of the group was written. What has already happened gets the reserve; a bug in one must not sink the others. */
  private async recover(group: readonly Queued[], fault: unknown): Promise<void> {
    const isFault = fault instanceof LedgerError;
    if (isFault && fault.fault === 'full' && this.reserve.spend()) {
      const vital = group.filter((queued) => queued.vital);
      for (const queued of group) if (!queued.vital) queued.reject(fault);
      if (vital.length > 0) await this.commit(vital);
    } else if (!isFault && group.length > 1) {
      for (const queued of group) await this.commit([queued]);
    } else {
      for (const queued of group) queued.reject(fault);
    }
  }

  private failed(error: unknown): unknown {
    this.rollback();
    const fault = ledgerFault(error, this.path);
    if (fault instanceof LedgerError && fault.fault === 'full') this.broken ??= fullFault(this.path);
    if (fault instanceof LedgerError && (fault.fault === 'unusable' || fault.fault === 'behind')) this.broken ??= fault;
    return fault;
  }

  private rollback(): void {
    try {
      this.connection.rollback();
    } catch (error) {
      // What the next transaction would commit is not known.
      this.broken ??= unusableFault(this.path, 'A change could not be undone. Run the same command again.', {
        cause: error,
      });
    }
  }
}

async function resultOf(work: Work<unknown>, connection: Connection): Promise<Result> {
  try {
    return { ok: true, value: await work(connection) };
  } catch (error) {
    // A refusal by the rules comes before any change of its work, so the rest of the transaction stands.
    if (error instanceof LedgerError) return { ok: false, error };
    throw error;
  }
}
