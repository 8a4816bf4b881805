import type { Evidence } from '../../domain/outcome.ts';
import type { CallbackResult, ReceivedCallback, UnprocessedCallback } from '../records.ts';
import { statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/** Callbacks as they came, and their results. */
export class Callbacks {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof callbackStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = callbackStatements(database.dialect);
  }

  async store(tx: Transaction, callback: ReceivedCallback): Promise<{ key: number; isProcessed: boolean }> {
    const { account, deduplicationKey, segment, body, reference, at } = callback;
    const stored = await tx.run(this.statements.store, [account, deduplicationKey, segment, body, reference, at]);
    if (stored === 0) await tx.run(this.statements.repeat, [at, account, deduplicationKey]);
    const known = await tx.one(this.statements.known, [account, deduplicationKey]);
    if (known === undefined) throw new Error('a callback that was stored is not there');
    return { key: known.id, isProcessed: known.result !== null };
  }

  async finish(tx: Transaction, { key, result, accountStop = null, at }: CallbackResult): Promise<void> {
    await tx.run(this.statements.finish, [result, at, key]);
    if (accountStop === null) return;
    await tx.run(this.statements.stopOf, [at, accountStop.code, accountStop.reason, key]);
  }

  async unprocessed(account: string): Promise<UnprocessedCallback[]> {
    return (await this.database.read(this.statements.unprocessed, [account])).map((row) => ({ ...row }));
  }

  async to(account: string, segment: string): Promise<{ body: string; receivedAt: number } | null> {
    const [row] = await this.database.read(this.statements.to, [account, segment]);
    return row === undefined ? null : { ...row };
  }

  async accountStop(account: string, since: number): Promise<Evidence | null> {
    const [row] = await this.database.read(this.statements.stop, [account, since]);
    return row === undefined ? null : { ...row };
  }
}

function callbackStatements(sql: Dialect) {
  return {
    store: statement(
      `INSERT INTO callbacks (account, deduplication_key, segment, body, reference, received_at, repeats)
       VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (account, deduplication_key) DO NOTHING`,
    ),
    repeat: statement(
      'UPDATE callbacks SET repeats = repeats + 1, repeated_at = ? WHERE account = ? AND deduplication_key = ?',
    ),
    known: statement<{ readonly id: number; readonly result: string | null }>(
      'SELECT id, result FROM callbacks WHERE account = ? AND deduplication_key = ?',
    ),
    finish: statement('UPDATE callbacks SET result = ?, processed_at = ? WHERE id = ?'),
    unprocessed: statement<UnprocessedCallback>(
      `SELECT id AS key, segment, body, received_at AS "receivedAt" FROM callbacks ${sql.index('callbacks_unprocessed')}
       WHERE account = ? AND result IS NULL ORDER BY id`,
    ),
    to: statement<{ readonly body: string; readonly receivedAt: number }>(
      `SELECT body, received_at AS "receivedAt" FROM callbacks ${sql.index('callbacks_segments')}
       WHERE account = ? AND segment = ? AND segment <> '' ORDER BY id LIMIT 1`,
    ),
    stopOf: statement(
      'INSERT INTO account_stops (account, at, code, reason) SELECT account, ?, ?, ? FROM callbacks WHERE id = ?',
    ),
    stop: statement<Evidence>(
      'SELECT code, reason FROM account_stops WHERE account = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT 1',
    ),
  };
}
