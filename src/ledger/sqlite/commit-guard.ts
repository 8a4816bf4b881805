import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredMark } from '../past-rules.ts';
import type { Connection } from './connection.ts';
import { replacedFault, type LedgerFile } from './ledger-file.ts';
import type { LedgerMarks } from './ledger-marks.ts';

/**
 * What surrounds every transaction that writes: the file is the one that was opened, the transaction raises the ledger's counter, and
 * the marks outside of the ledger know the counter before anyone is told of the commit.
 */
export class CommitGuard {
  private readonly connection: Connection;
  private readonly file: LedgerFile;
  private readonly outside: LedgerMarks;
  private readonly changes: StatementSync;
  private readonly raise: StatementSync;
  private readonly newest: StatementSync;
  private knownChanges = 0;
  /** Of the newest commit of this connection. */
  private counter = -1;

  constructor(connection: Connection, file: LedgerFile, outside: LedgerMarks) {
    const { database } = connection;
    this.connection = connection;
    this.file = file;
    this.outside = outside;
    this.changes = database.prepare('SELECT total_changes()');
    this.raise = database.prepare(
      `UPDATE ledger SET counter = counter + 1, checkpointed = max(checkpointed, ?) WHERE key = 1 RETURNING counter`,
    );
    this.newest = database.prepare('SELECT counter FROM ledger');
    this.newest.setReturnArrays(true);
    this.changes.setReturnArrays(true);
    this.raise.setReturnArrays(true);
  }

  /**
   * When the transaction has begun. Throws `behind` where the file was replaced, or holds less than this connection has committed: the
   * files beside it were replaced together with it, so that they agree, and what was sent since would be sent again.
   */
  begun(): void {
    this.file.check();
    if (counterIn(this.newest.get()) < this.counter) throw replacedFault(this.file.path);
  }

  /** Commits. A transaction that changed nothing does not count. */
  commit(): void {
    const changes = counterIn(this.changes.get());
    if (changes === this.knownChanges) {
      this.connection.commit();
      return;
    }
    const counter = counterIn(this.raise.get(this.file.checkpointed));
    this.knownChanges = changes + 1;
    // Others have committed since: their marks may have been written in another order, which the write lock ends now.
    if (counter - 1 !== this.counter) this.outside.raise(counter - 1);
    this.connection.commit();
    this.counter = counter;
    this.outside.raise(counter);
  }

  /** Ends the transaction by making this ledger the newest: its counter and every mark are at least `counter`, whatever they were. */
  moveTo(counter: number): void {
    const { database } = this.connection;
    database.prepare('UPDATE ledger SET counter = max(counter + 1, ?), checkpointed = 0').run(counter);
    const mark = storedMark(database);
    this.connection.commit();
    this.counter = mark.counter;
    this.outside.set({ id: mark.id, counter: mark.counter });
    // The file has it too from now on, if no reader keeps it from that.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  noteProviderUse(): void {
    this.outside.noteProvider();
  }

  /** At the end: a mark that another process wrote too low, by coming first and writing last, is right again. */
  close(): void {
    try {
      if (this.counter >= 0) {
        this.connection.database.exec('BEGIN IMMEDIATE');
        this.outside.raise(storedMark(this.connection.database).counter);
        this.connection.database.exec('ROLLBACK');
      }
    } catch {
      // Another process writes, and makes the mark right itself; or the ledger is broken, which was said before.
    }
    this.outside.close();
  }
}

export function storedMark(database: DatabaseSync): StoredMark {
  const row = database
    .prepare(
      `SELECT id, counter, checkpointed, EXISTS (SELECT 1 FROM recoveries WHERE ended_at IS NULL) AS recovering FROM ledger`,
    )
    .get();
  if (row === undefined) throw new Error('the ledger has no row of its own');
  const { recovering, ...mark } = row as unknown as Omit<StoredMark, 'isRecovering'> & { readonly recovering: number };
  return { ...mark, isRecovering: recovering === 1 };
}

function counterIn(row: unknown): number {
  const [value] = row as readonly unknown[];
  if (typeof value !== 'number') throw new Error('the ledger has no row of its own');
  return value;
}
