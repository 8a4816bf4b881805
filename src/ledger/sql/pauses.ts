import { LedgerError } from '../errors.ts';
import { ALL_ACCOUNTS, pausedText, type Pause, type PauseScope } from '../stops.ts';
import type { OpenCanary } from './brakes.ts';
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
    await this.raiseRevisions(tx, pause);
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
    await this.raiseRevisions(tx, { scope, name });
    return { ...known };
  }

  /** The report of a batch says why its planned payments are not sent, so that it is behind from now on. */
  private async raiseRevisions(tx: Transaction, { scope, name }: PauseScope): Promise<void> {
    await tx.run(scope === 'batch' ? this.statements.batchChanged : this.statements.accountChanged, [name]);
  }

  /** Throws `paused` while the account or the batch is paused. Returns the canary of the batch and account, or null. */
  async requireNone(tx: Transaction, account: string, batch: string): Promise<OpenCanary | null> {
    let canary: OpenCanary | null = null;
    for (const row of await tx.all(this.statements.stopping, [account, batch])) {
      if (row.scope !== 'canary') throw new LedgerError('paused', pausedText({ ...row, scope: row.scope }));
      canary = { id: row.id, free: row.free };
    }
    return canary;
  }
}

function pauseStatements(sql: Dialect) {
  const values = 'u.scope, u.name, u.at, a.name AS by, u.because';
  const from = 'FROM pauses u JOIN actors a ON a.id = u.actor';
  const columns = `${values} ${from}`;
  return {
    claims: statement(`SELECT key FROM account_locks l ${sql.rowLock('l')}`),
    inForce: statement<Pause>(`SELECT ${columns} WHERE u.ended_at IS NULL ORDER BY u.id`),
    ofScope: statement<Pause>(`SELECT ${columns} WHERE u.scope = ? AND u.name = ? AND u.ended_at IS NULL`),
    // One statement for both, since every claim asks.
    stopping: statement<Stopping>(
      `SELECT u.id, ${values}, 0 AS free ${from} WHERE u.ended_at IS NULL
         AND ((u.scope = 'account' AND (u.name = ?1 OR u.name = '${ALL_ACCOUNTS}')) OR (u.scope = 'batch' AND u.name = ?2))
       UNION ALL
       SELECT c.id, 'canary', c.batch, c.at, '', '', c.size - c.used FROM canaries c
       WHERE c.batch = ?2 AND c.account = ?1 AND c.released_at IS NULL`,
    ),
    batchChanged: statement('UPDATE batches SET revision = revision + 1 WHERE id = ?'),
    accountChanged: statement(
      `UPDATE batches SET revision = revision + 1 WHERE key IN (SELECT p.batch FROM payments p ${sql.index('payments_unpaid')}
         WHERE p.status = 'planned' AND p.status <> 'paid' AND (p.account = ?1 OR ?1 = '${ALL_ACCOUNTS}'))`,
    ),
    insert: insertion('INSERT INTO pauses (scope, name, at, actor, because) VALUES (?, ?, ?, ?, ?)', 'id'),
    end: statement('UPDATE pauses SET ended_at = ?, ended_by = ? WHERE scope = ? AND name = ? AND ended_at IS NULL'),
  };
}

/** A pause that stops a claim, or the canary that limits it. */
interface Stopping extends Omit<Pause, 'scope'>, OpenCanary {
  readonly scope: Pause['scope'] | 'canary';
}
