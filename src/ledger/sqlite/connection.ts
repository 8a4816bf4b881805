/* eslint-disable @typescript-eslint/require-await -- An async method rejects where a plain one would throw. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Insertion, SqlValue, Statement, Transaction } from '../sql/database.ts';

/**
 * The statements of one connection, each prepared once. SQLite answers within the call, so every promise is resolved already:
 * work that awaits nothing else ends within the turn of the event loop in which it began.
 */
export class Connection implements Transaction {
  readonly database: DatabaseSync;
  private readonly prepared = new Map<Statement | Insertion, StatementSync>();
  private readonly doneOnce = new Set<string>();
  private committed: (() => void)[] = [];

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  async all<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<readonly Row[]> {
    const rows = this.statement(statement).all(...params);
    const { decode } = statement;
    return decode === null ? (rows as Row[]) : rows.map((row) => decode(row as never));
  }

  async one<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<Row | undefined> {
    const row = this.statement(statement).get(...params);
    return row === undefined || statement.decode === null ? (row as Row | undefined) : statement.decode(row as never);
  }

  async run(statement: Statement, params: readonly SqlValue[]): Promise<number> {
    return Number(this.statement(statement).run(...params).changes);
  }

  async insert(insertion: Insertion, params: readonly SqlValue[]): Promise<number> {
    return Number(this.statement(insertion).run(...params).lastInsertRowid);
  }

  async insertMany(insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<readonly number[]> {
    const prepared = this.statement(insertion);
    return rows.map((row) => Number(prepared.run(...row).lastInsertRowid));
  }

  serialize(): Promise<void> {
    return Promise.resolve();
  }

  once(name: string): boolean {
    if (this.doneOnce.has(name)) return false;
    this.doneOnce.add(name);
    return true;
  }

  afterCommit(done: () => void): void {
    this.committed.push(done);
  }

  commit(): void {
    this.database.exec('COMMIT');
    this.doneOnce.clear();
    const done = this.committed;
    this.committed = [];
    for (const each of done) each();
  }

  /** Throws what SQLite says; the transaction may be gone already, since SQLite rolls back by itself when the disk is full. */
  rollback(): void {
    this.committed = [];
    this.doneOnce.clear();
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }

  private statement(key: Statement | Insertion): StatementSync {
    let prepared = this.prepared.get(key);
    if (prepared === undefined) {
      prepared = this.database.prepare(key.text);
      if ('decode' in key && key.decode !== null) prepared.setReturnArrays(true);
      this.prepared.set(key, prepared);
    }
    return prepared;
  }
}
