import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Evidence } from '../../domain/outcome.ts';
import type { CallbackResult, ReceivedCallback, UnprocessedCallback } from '../records.ts';

/** Callbacks as they came, and their results. Every method needs an open transaction. */
export class Callbacks {
  private readonly statements: Readonly<Record<'store' | 'repeat' | 'known' | 'finish', StatementSync>>;

  constructor(database: DatabaseSync) {
    this.statements = {
      store: database.prepare(`
        INSERT INTO callbacks (account, replay_key, segment, body, reference, received_at, repeats) VALUES (?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (account, replay_key) DO NOTHING`),
      repeat: database.prepare(
        'UPDATE callbacks SET repeats = repeats + 1, repeated_at = ? WHERE account = ? AND replay_key = ?',
      ),
      known: database.prepare('SELECT id, verdict AS result FROM callbacks WHERE account = ? AND replay_key = ?'),
      finish: database.prepare('UPDATE callbacks SET verdict = ?, judged_at = ? WHERE id = ?'),
    };
  }

  store({ account, deduplicationKey, segment, body, reference, at }: ReceivedCallback): {
    key: number;
    isProcessed: boolean;
  } {
    const stored = this.statements.store.run(account, deduplicationKey, segment, body, reference, at);
    if (stored.changes === 1) return { key: Number(stored.lastInsertRowid), isProcessed: false };
    this.statements.repeat.run(at, account, deduplicationKey);
    const known = this.statements.known.get(account, deduplicationKey) as unknown as {
      id: number;
      result: string | null;
    };
    return { key: known.id, isProcessed: known.result !== null };
  }

  finish({ key, result, at }: CallbackResult): void {
    this.statements.finish.run(result, at, key);
  }
}

/** Reads stored callbacks; needs no transaction. */
export class CallbackQueries {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  unprocessed(account: string): UnprocessedCallback[] {
    const rows = this.database
      .prepare(
        `SELECT id AS key, segment, body, received_at AS receivedAt FROM callbacks INDEXED BY callbacks_unjudged
         WHERE account = ? AND verdict IS NULL ORDER BY id`,
      )
      .all(account);
    return (rows as unknown as UnprocessedCallback[]).map((row) => ({ ...row }));
  }

  to(account: string, segment: string): { body: string; receivedAt: number } | null {
    const row = this.database
      .prepare(
        `SELECT body, received_at AS receivedAt FROM callbacks INDEXED BY callbacks_segments
         WHERE account = ? AND segment = ? AND segment <> '' ORDER BY id LIMIT 1`,
      )
      .get(account, segment);
    return row === undefined ? null : { ...(row as unknown as { body: string; receivedAt: number }) };
  }

  stopOf(account: string, since: number): Evidence | null {
    const row = this.database
      .prepare('SELECT code, reason FROM stops WHERE account = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT 1')
      .get(account, since);
    return row === undefined ? null : { ...(row as unknown as Evidence) };
  }
}
