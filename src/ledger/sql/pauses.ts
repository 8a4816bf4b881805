import { LedgerError } from '../errors.ts';
import { ALL_ACCOUNTS, pausedText, type Pause, type PauseScope } from '../stops.ts';
import { insertion, statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { Entries } from './entries.ts';

/** What people have paused. Every claim asks in its own transaction, so that none succeeds after a pause was committed. */
export class Pauses {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof pauseStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = pauseStatements(database.dialect);
  }

  async inForce(): Promise<Pause[]> {
    return (await this.database.read(this.statements.inForce, [])).map((row) => ({ ...row }));
  }

  async start(tx: Transaction, entries: Entries, pause: Pause): Promise<Pause> {
    const { scope, name, at, by, because } = pause;
    // A claim under way holds the lock's row until it is committed: what it claims is `submitting` before the pause is answered.
    await tx.all(this.statements.claims, []);
    const known = await tx.one(this.statements.ofScope, [scope, name]);
    if (known !== undefined) return { ...known };
    await tx.insert(this.statements.insert, [scope, name, at, await entries.actor(tx, by), because]);
    return pause;
  }

  async end(
    tx: Transaction,
    entries: Entries,
    { scope, name, by, at }: PauseScope & { readonly by: string; readonly at: number },
  ): Promise<Pause | null> {
    const known = await tx.one(this.statements.ofScope, [scope, name]);
    if (known === undefined) return null;
    await tx.run(this.statements.end, [at, await entries.actor(tx, by), scope, name]);
    return { ...known };
  }

  /** Throws `paused` while the account or one of the batches is paused. */
  async requireNone(tx: Transaction, account: string, batches: Iterable<string>): Promise<void> {
    for (const batch of batches) {
      const pause = await tx.one(this.statements.stopping, [account, batch]);
      if (pause !== undefined) throw new LedgerError('paused', pausedText(pause));
    }
  }
}

function pauseStatements(sql: Dialect) {
  const columns = 'u.scope, u.name, u.at, a.name AS by, u.because FROM pauses u JOIN actors a ON a.id = u.actor';
  return {
    claims: statement(`SELECT key FROM account_locks l ${sql.rowLock('l')}`),
    inForce: statement<Pause>(`SELECT ${columns} WHERE u.ended_at IS NULL ORDER BY u.id`),
    ofScope: statement<Pause>(`SELECT ${columns} WHERE u.scope = ? AND u.name = ? AND u.ended_at IS NULL`),
    stopping: statement<Pause>(
      `SELECT ${columns} WHERE u.ended_at IS NULL
         AND ((u.scope = 'account' AND (u.name = ?1 OR u.name = '${ALL_ACCOUNTS}')) OR (u.scope = 'batch' AND u.name = ?2))
       ORDER BY u.id LIMIT 1`,
    ),
    insert: insertion('INSERT INTO pauses (scope, name, at, actor, because) VALUES (?, ?, ?, ?, ?)', 'id'),
    end: statement('UPDATE pauses SET ended_at = ?, ended_by = ? WHERE scope = ? AND name = ? AND ended_at IS NULL'),
  };
}
