import type { FileLock } from '../../domain/file-lock.ts';
import type { Dialect } from './dialect.ts';

/** What a statement takes. Bytes go in and out as hexadecimal text; the dialect converts them. */
export type SqlValue = string | number | bigint | null;

/**
 * One SQL statement, made once and used by identity: a store prepares it at its first use. Parameters are `?` in order, or `?1`
 * by number; a store whose database writes them differently rewrites the text once. Integers are returned as numbers: an amount,
 * which may be past what a double holds, is selected as text.
 */
export interface Statement<Row = unknown> {
  readonly text: string;
  /** Makes a row of the columns' values, in their order; null: a row is an object with the columns' names. */
  readonly decode: ((values: never) => Row) | null;
}

/** An `INSERT … VALUES (…)` of one row whose key the database hands out; `key` is the column of it. */
export interface Insertion {
  readonly text: string;
  readonly key: string;
}

export function statement<Row>(text: string): Statement<Row> {
  return { text, decode: null };
}

/** For rows of many columns, which are much cheaper to read by position than by name. */
export function decodedStatement<Row>(text: string, decode: (values: never) => Row): Statement<Row> {
  return { text, decode };
}

export function insertion(text: string, key: string): Insertion {
  return { text, key };
}

/** An open transaction. Its statements run one after the other; every method rejects with the database's own error. */
export interface Transaction {
  all<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<readonly Row[]>;
  /** The first row, or undefined. */
  one<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<Row | undefined>;
  /** Returns how many rows were changed. */
  run(statement: Statement, params: readonly SqlValue[]): Promise<number>;
  /** Inserts one row and returns its key. */
  insert(insertion: Insertion, params: readonly SqlValue[]): Promise<number>;
  /** Inserts many rows, in as few steps as the database can, and returns their keys in the order of the rows. */
  insertMany(insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<readonly number[]>;
  /**
   * Makes transactions of this name wait for each other until they end: for a decision that counts rows which another
   * transaction may be adding. A database with a single writer has nothing to do.
   */
  serialize(name: string): Promise<void>;
  /** Whether the transaction asks this for the first time: for what has to be done once in it, however often it is due. */
  once(name: string): boolean;
  /** Called after the commit, and never after a rollback: for caches of what the transaction wrote. */
  afterCommit(done: () => void): void;
}

/** What reads rows: a transaction, or the database outside of one. */
export type RowSource = Pick<Transaction, 'all'>;

/** Work of one transaction. It awaits only the transaction, refuses with `LedgerError` before its first change, or changes all. */
export type Work<T> = (transaction: Transaction) => Promise<T>;

/** A lock on an account that the operating system or the database session drops when its owner dies. */
export interface SessionLock {
  /** Aborted when the lock was lost although the process lives, as when a connection to a server broke. */
  readonly lost: AbortSignal;
  /** What was locked: another thing under the same name is another lock. Its parts are for messages and for the ledger. */
  readonly locked: { readonly path: string; readonly identity: string };
  release(): Promise<void>;
}

/**
 * The database under a ledger: all that one store has of its own. Reads see committed rows only. Every method rejects with
 * `LedgerError` for what is wrong with the database; an error of the work itself passes through.
 */
export interface Database {
  readonly dialect: Dialect;
  /** Name of the database in messages. */
  readonly place: string;
  read<Row>(statement: Statement<Row>, params: readonly SqlValue[]): Promise<readonly Row[]>;
  /**
   * Runs the work in a transaction and resolves after its commit. Work of one turn of the event loop may share a transaction.
   * `vital`: the work records what has already happened, so the store tries hardest to commit it.
   */
  write<T>(work: Work<T>, options: { readonly vital: boolean }): Promise<T>;
  /** A transaction of its own, whose work may also wait for input. Commits when `keep` accepts the result, else rolls back. */
  writeAlone<T>(work: Work<T>, keep: (result: T) => boolean): Promise<T>;
  /** Identity of the own process, which no other and no later process has. */
  readonly process: string;
  /** Whether a process may still live. False only where its end is proven. */
  mayLive(process: string): boolean;
  /** Takes the lock of an account without waiting. Null when another session, or this one, has it. */
  lockAccount(account: string): Promise<SessionLock | null>;
  /** As of the ledger. */
  awaitAccount(account: string): Promise<FileLock | null>;
  isAccountAwaited(account: string): Promise<boolean>;
  /** Remembers outside of the database that requests leave for providers; durable when it resolves. */
  noteProviderUse(): Promise<void>;
  close(): Promise<void>;
}

/** Reads rows outside of a transaction. */
export function committedRows(database: Pick<Database, 'read'>): RowSource {
  return { all: (query, params) => database.read(query, params) };
}
