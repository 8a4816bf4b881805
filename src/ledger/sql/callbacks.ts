import type { Evidence } from '../../domain/outcome.ts';
import { cutBody, FOREIGN_CALLBACKS, isForeign, mayBeAwaited } from '../callback-results.ts';
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
    const known = await tx.one(this.statements.store, [account, deduplicationKey, segment, body, reference, at]);
    if (known === undefined) throw new Error('a callback that was stored is not there');
    return { key: known.id, isProcessed: known.result !== null };
  }

  async isUnprocessed(tx: Transaction, key: number): Promise<boolean> {
    return (await tx.one(this.statements.isUnprocessed, [key])) !== undefined;
  }

  /** False, and nothing changes, where another process has finished it. */
  async finish(tx: Transaction, { key, result, accountStop = null, at }: CallbackResult): Promise<boolean> {
    if ((await tx.run(this.statements.finish, [result, at, key])) === 0) return false;
    if (accountStop !== null) await tx.run(this.statements.stopOf, [at, accountStop.code, accountStop.reason, key]);
    if (isForeign(result)) await this.shorten(tx, key, at);
    return true;
  }

  async accountsWithUnprocessed(): Promise<string[]> {
    return (await this.database.read(this.statements.waiting, [])).map(({ account }) => account);
  }

  /** Cuts what is kept of a callback about no payment of ours, and removes the oldest of its account. */
  private async shorten(tx: Transaction, key: number, at: number): Promise<void> {
    const { count, ageMs, wholeCount, removedAtOnce } = FOREIGN_CALLBACKS;
    const stored = await tx.one(this.statements.foreign, [key]);
    if (stored === undefined) return;
    const { account } = stored;
    const isAwaited = mayBeAwaited(stored.result, stored.segment);
    const cut = isAwaited ? await tx.one(this.statements.beyondWhole, [account, wholeCount]) : stored;
    if (cut !== undefined) {
      const { body, digest } = cutBody(cut.body);
      await tx.run(this.statements.cut, [body, digest, cut.id]);
    }
    await tx.run(this.statements.removeOld, [account, removedAtOnce, at - ageMs]);
    await tx.run(this.statements.removeBeyond, [account, removedAtOnce, count]);
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

/** The words of the partial index: a condition in other words would not use it. */
const FOREIGN = `(result = 'not-ours' OR result = 'unrelated')`;

interface ForeignRow {
  readonly id: number;
  readonly account: string;
  readonly segment: string;
  readonly body: string;
  readonly result: CallbackResult['result'];
}

function callbackStatements(sql: Dialect) {
  const foreign = `callbacks ${sql.index('callbacks_foreign')} WHERE account = ?1 AND ${FOREIGN}`;
  return {
    store: statement<{ readonly id: number; readonly result: string | null }>(
      `INSERT INTO callbacks (account, deduplication_key, segment, body, reference, received_at, repeats)
       VALUES (?, ?, ?, ?, ?, ?, 0)
       ON CONFLICT (account, deduplication_key)
         DO UPDATE SET repeats = callbacks.repeats + 1, repeated_at = excluded.received_at
       RETURNING id, result`,
    ),
    isUnprocessed: statement('SELECT 1 FROM callbacks WHERE id = ? AND result IS NULL'),
    finish: statement('UPDATE callbacks SET result = ?, processed_at = ? WHERE id = ? AND result IS NULL'),
    unprocessed: statement<UnprocessedCallback>(
      `SELECT id AS key, segment, body, received_at AS "receivedAt" FROM callbacks ${sql.index('callbacks_unprocessed')}
       WHERE account = ? AND result IS NULL ORDER BY id`,
    ),
    waiting: statement<{ readonly account: string }>(
      `SELECT DISTINCT account FROM callbacks ${sql.index('callbacks_unprocessed')} WHERE result IS NULL ORDER BY account`,
    ),
    foreign: statement<ForeignRow>('SELECT id, account, segment, body, result FROM callbacks WHERE id = ?'),
    beyondWhole: statement<ForeignRow>(
      `SELECT id, account, segment, body, result FROM ${foreign} AND result = 'unrelated' AND segment <> '' AND digest IS NULL
       ORDER BY id DESC LIMIT 1 OFFSET ?2`,
    ),
    cut: statement('UPDATE callbacks SET body = ?, digest = ? WHERE id = ?'),
    removeOld: statement(
      `DELETE FROM callbacks WHERE id IN (SELECT id FROM ${foreign} ORDER BY id LIMIT ?2) AND received_at < ?3`,
    ),
    removeBeyond: statement(
      `DELETE FROM callbacks WHERE id IN (SELECT id FROM ${foreign} ORDER BY id DESC LIMIT ?2 OFFSET ?3)`,
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
