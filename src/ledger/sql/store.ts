import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FileMemo, LockOwner } from '../records.ts';
import { Amending } from './amendment.ts';
import { Budgets } from './budgets.ts';
import { Copies } from './copies.ts';
import { Decisions } from './decisions.ts';
import { Entries } from './entries.ts';
import { connect, type LockWait } from '../sqlite/open.ts';
import { Inserting, Registering } from './registration.ts';
import { Reserve } from '../sqlite/reserve.ts';
import { Callbacks } from './callbacks.ts';
import { PaymentStates } from './payment-states.ts';
import { StatusReports } from './status-reports.ts';
import { Attempts } from './attempts.ts';
import { GroupCommit } from '../sqlite/group-commit.ts';

/** Page cache in KiB: the indexes of a registration of a million payments are filled in no order. */
const CACHE_KIB = 65_536;

/** Pages of the write-ahead log before they are moved into the file: seldom enough that its fsyncs cost little per payment. */
const CHECKPOINT_PAGES = 4_000;

/** Everything that writes, made at the first write: most commands only look. */
export class Store {
  readonly writer: GroupCommit;
  readonly attempts: Attempts;
  readonly reports: StatusReports;
  readonly callbacks: Callbacks;
  readonly budgets: Budgets;
  readonly decisions: Decisions;
  readonly registering: Registering;
  readonly amending: Amending;
  private readonly holder: StatementSync;
  private readonly file: StatementSync;
  private readonly forgotten: StatementSync;

  constructor(path: string, patience: LockWait) {
    const database = connect(path);
    const reserve = new Reserve(path);
    reserve.fill();
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const entries = new Entries(database);
    const inserting = new Inserting(database);
    const copies = new Copies(database);
    this.writer = new GroupCommit(database, path, patience, reserve, () => entries.forget());
    const states = new PaymentStates(database, entries);
    this.attempts = new Attempts(database, states);
    this.reports = new StatusReports(states);
    this.callbacks = new Callbacks(database);
    this.budgets = new Budgets(database);
    this.decisions = new Decisions(database, states);
    this.registering = new Registering(database, entries, inserting, copies);
    this.amending = new Amending(database, entries, inserting, copies);
    this.holder = statementForHolder(database);
    this.file = statementForFile(database);
    this.forgotten = statementForForgotten(database);
  }

  /** Writes down who works the account from now on, and settles what the dead left. */
  enter(account: string, holder: LockOwner): number {
    this.holder.run(account, holder.command, holder.pid, holder.host, holder.at);
    this.budgets.recover(account, holder.at);
    return this.attempts.recover(account, holder.at, `${holder.command} on ${holder.host} (pid ${holder.pid})`);
  }

  rememberFile({ path, size, mtimeNs, inode, config, batch }: FileMemo): void {
    this.file.run(path, size, mtimeNs.toString(), inode.toString(), config, batch);
  }

  forgetFiles(batch: string): void {
    this.forgotten.run(batch);
  }
}

function statementForHolder(database: DatabaseSync): StatementSync {
  return database.prepare('INSERT OR REPLACE INTO holders (account, command, pid, host, at) VALUES (?, ?, ?, ?, ?)');
}

function statementForForgotten(database: DatabaseSync): StatementSync {
  return database.prepare('DELETE FROM files WHERE batch = ?');
}

function statementForFile(database: DatabaseSync): StatementSync {
  return database.prepare(
    'INSERT OR REPLACE INTO files (path, size, mtime_ns, inode, config, batch) VALUES (?, ?, ?, ?, ?, ?)',
  );
}
