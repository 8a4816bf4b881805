import { setImmediate } from 'node:timers';
import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { fullFault, ledgerFault, unusableFault } from './errors.ts';
import { begin, type LockWait } from './open.ts';
import type { Reserve } from './reserve.ts';

/** Work of one transaction: checks first and throws a {@link LedgerError} before it has written anything, or writes it all. */
type Work<T> = () => T;

interface Queued {
  readonly work: Work<unknown>;
  /** Whether it records what has already happened, for which the reserve may be spent. */
  readonly vital: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Ending = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * The one connection that writes, one transaction at a time. What is asked for in one turn of the event loop shares a
 * transaction and its fsync; whatever is asked for during a long transaction waits for its end.
 */
export class GroupCommit {
  readonly database: DatabaseSync;
  private readonly path: string;
  private readonly patience: LockWait;
  private readonly reserve: Pick<Reserve, 'spend'>;
  private readonly rolledBack: () => void;
  private queue: Queued[] = [];
  private tail: Promise<void> = Promise.resolve();
  /** Set for good once a commit failed for want of room or the file went bad: a ledger that cannot be trusted claims nothing. */
  private broken: LedgerError | null = null;

  constructor(
    database: DatabaseSync,
    path: string,
    patience: LockWait,
    reserve: Pick<Reserve, 'spend'>,
    rolledBack: () => void,
  ) {
    this.database = database;
    this.path = path;
    this.patience = patience;
    this.reserve = reserve;
    this.rolledBack = rolledBack;
  }

  /** Joins the transaction of this turn; resolves after its commit. */
  group<T>(work: Work<T>, vital: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, vital, resolve, reject });
      // The first of a turn arranges the commit; later ones find it arranged.
      if (this.queue.length === 1) setImmediate(() => void this.inTurn(() => this.drain()));
    });
  }

  /** A transaction that may wait for input. Commits when `work` resolves to something that `keep` accepts, else rolls back. */
  alone<T>(work: () => Promise<T>, keep: (result: T) => boolean): Promise<T> {
    return this.inTurn(async () => {
      if (this.broken !== null) throw this.broken;
      try {
        await begin(this.database, this.path, this.patience);
        const result = await work();
        this.database.exec(keep(result) ? 'COMMIT' : 'ROLLBACK');
        if (!keep(result)) this.rolledBack();
        return result;
      } catch (error) {
        throw this.failed(error);
      }
    });
  }

  /** Waits for everything asked for so far, then closes the connection. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      await this.drain();
      this.database.close();
    });
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
    for (const queued of group) if (!allowed.includes(queued)) queued.reject(broken);
    if (allowed.length === 0) return;
    try {
      await this.commit(allowed);
    } catch (error) {
      // Nobody listens to this turn: what is not settled here would wait for ever.
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
      await begin(this.database, this.path, this.patienceFor(group));
      const endings = group.map(({ work }) => ending(work));
      this.database.exec('COMMIT');
      group.forEach((queued, index) => {
        const end = endings[index];
        if (end?.ok === true) queued.resolve(end.value);
        else queued.reject(end?.error);
      });
    } catch (error) {
      await this.recover(group, this.failed(error));
    }
  }

  /** What has already happened must be written down however long another process writes: its lock dies with it at the latest. */
  private patienceFor(group: readonly Queued[]): LockWait {
    return group.some((queued) => queued.vital) ? { ...this.patience, waitMs: Infinity } : this.patience;
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
    if (fault instanceof LedgerError && fault.fault === 'unusable') this.broken ??= fault;
    return fault;
  }

  private rollback(): void {
    try {
      // The transaction may be gone already: SQLite rolls back by itself when the disk is full.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch (error) {
      // Nobody can say what the next transaction would commit.
      this.broken ??= unusableFault(this.path, 'A change could not be undone. Run the same command again.', {
        cause: error,
      });
    }
    this.rolledBack();
  }
}

function ending(work: Work<unknown>): Ending {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    // A refusal by the rules comes before any write, so the rest of the transaction stands.
    if (error instanceof LedgerError) return { ok: false, error };
    throw error;
  }
}
