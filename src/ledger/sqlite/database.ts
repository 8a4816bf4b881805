import type { DatabaseSync } from 'node:sqlite';
import type { FileLock } from '../../domain/file-lock.ts';
import type { Database, SessionLock, SqlValue, Statement, Work } from '../sql/database.ts';
import { accountFile, awaitAccountFile, isAccountFileAwaited, takeAccountFile } from './account-lock.ts';
import { CommitGuard, storedMark } from './commit-guard.ts';
import { Connection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { ledgerFault } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { LedgerFile } from './ledger-file.ts';
import { LedgerMarks, type MarkPlaces } from './ledger-marks.ts';
import { connect, type LockWait } from './open.ts';
import { mayLive, processIdentity } from './process-identity.ts';
import { Reserve } from './reserve.ts';

/** Page cache in KiB: the indexes of a registration of a million payments are filled in no order. */
const CACHE_KIB = 65_536;

/** Pages of the write-ahead log before they are moved into the file: seldom enough that its fsyncs cost little per payment. */
const CHECKPOINT_PAGES = 4_000;

export interface SqliteSurroundings {
  readonly places: MarkPlaces;
  readonly lockWait: LockWait;
}

/**
 * One SQLite file. Reading has a connection of its own, so that a reader never sees a registration that is under way; the
 * connection that writes is made at the first write, since most commands only read.
 */
export class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect;
  readonly place: string;
  readonly process = processIdentity();
  private readonly reader: Connection;
  private readonly file: LedgerFile;
  private readonly surroundings: SqliteSurroundings;
  private readonly locks = new Set<SessionLock>();
  private writer: GroupCommit | null = null;
  private closing: Promise<void> | null = null;

  constructor(database: DatabaseSync, file: LedgerFile, surroundings: SqliteSurroundings) {
    this.reader = new Connection(database);
    this.file = file;
    this.place = file.path;
    this.surroundings = surroundings;
  }

  async read<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<readonly Row[]> {
    try {
      this.file.check();
      return await this.reader.all(statement, params);
    } catch (error) {
      throw ledgerFault(error, this.place);
    }
  }

  async write<T>(work: Work<T>, { vital }: { readonly vital: boolean }): Promise<T> {
    return this.writing().group(work, vital);
  }

  async writeAlone<T>(work: Work<T>, keep: (result: T) => boolean): Promise<T> {
    return this.writing().alone(work, keep);
  }

  /** Makes this ledger the newest, whatever the marks outside of it were. */
  moveMarks(counter: number): Promise<void> {
    return this.writing().moveMarks(counter);
  }

  async noteProviderUse(): Promise<void> {
    await this.writing().noteProviderUse();
  }

  mayLive(process: string): boolean {
    return mayLive(process);
  }

  // The lock is a file's, which this process cannot lose while it lives.
  lockAccount(account: string): Promise<SessionLock | null> {
    return Promise.resolve(account).then((name) => {
      const file = takeAccountFile(this.place, name);
      if (file === null) return null;
      const lock: SessionLock = {
        locked: accountFile(this.place, name),
        lost: new AbortController().signal,
        release: () => {
          this.locks.delete(lock);
          file.release();
          return Promise.resolve();
        },
      };
      this.locks.add(lock);
      return lock;
    });
  }

  awaitAccount(account: string): Promise<FileLock | null> {
    return Promise.resolve(account).then((name) => awaitAccountFile(this.place, name));
  }

  isAccountAwaited(account: string): Promise<boolean> {
    return Promise.resolve(account).then((name) => isAccountFileAwaited(this.place, name));
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.writer?.close();
    for (const lock of [...this.locks]) await lock.release();
    this.file.keepLogFromOlderBytes();
    this.reader.database.close();
  }

  private writing(): GroupCommit {
    if (this.closing !== null) throw new Error('the ledger is closed');
    if (this.writer !== null) return this.writer;
    try {
      const database = connect(this.place);
      const reserve = new Reserve(this.place);
      reserve.fill();
      database.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      const connection = new Connection(database);
      const outside = new LedgerMarks(this.surroundings.places, storedMark(database));
      const guard = new CommitGuard(connection, this.file, outside);
      this.writer = new GroupCommit(connection, guard, {
        path: this.place,
        lockWait: this.surroundings.lockWait,
        reserve,
      });
      return this.writer;
    } catch (error) {
      throw ledgerFault(error, this.place);
    }
  }
}
