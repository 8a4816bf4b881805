import { stopAtText, type BrakeStore, type Canary, type CanaryRequest, type CanaryResult } from '../brakes.ts';
import type { SentCounts, StopAt } from '../brakes.ts';
import { LedgerError } from '../errors.ts';
import type { Registration } from '../records.ts';
import { insertion, statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { Entries } from './entries.ts';

/** A canary that limits claims now. */
export interface OpenCanary {
  readonly id: number;
  /** How many payments that were never claimed may be claimed before the release. */
  readonly free: number;
}

/** Canaries, and counts of payments that went wrong. */
export class Brakes {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof brakeStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = brakeStatements(database.dialect);
  }

  async set(tx: Transaction, entries: Entries, request: CanaryRequest): Promise<CanaryResult> {
    const { batch, account, size, by, at } = request;
    const known = await tx.one(this.statements.known, [batch, account]);
    if (known !== undefined && known.released_at !== null) {
      return { kind: 'released', by: known.released_by ?? '', at: known.released_at };
    }
    const { count = 0, left = 0 } = (await tx.one(this.statements.left, [batch, account])) ?? {};
    if (known !== undefined) {
      const smaller = Math.min(known.size, size);
      // A recovery, or a report about a payment that this ledger never sent, may have taken payments out of `planned` meanwhile.
      await tx.run(this.statements.narrow, [smaller, Math.max(known.used, left), known.id]);
      return { kind: 'in-force', size: smaller };
    }
    if (left >= size && count > left) return { kind: 'too-late', left };
    if (count <= size) return { kind: 'small' };
    await tx.insert(this.statements.insert, [batch, account, size, left, at, await entries.actor(tx, by)]);
    return { kind: 'in-force', size };
  }

  /** After an amendment: no payment of a batch that waits for a release may go because its account was changed. */
  async setAmended(tx: Transaction, entries: Entries, { summary, canaries = [], at, by }: Registration): Promise<void> {
    const batch = summary.header.id;
    const sizes = (await tx.all(this.statements.inForce, [batch])).map(({ size }) => size);
    const requests = new Map(canaries.map(({ account, size }) => [account, size]));
    if (sizes.length > 0) {
      for (const { account } of await tx.all(this.statements.accounts, [batch])) {
        requests.set(account, Math.min(requests.get(account) ?? Infinity, ...sizes));
      }
    }
    for (const [account, size] of requests) {
      const result = await this.set(tx, entries, { batch, account, size, at, by });
      if (result.kind !== 'too-late' || sizes.length === 0) continue;
      const { left } = result;
      await tx.insert(this.statements.insert, [batch, account, left, left, at, await entries.actor(tx, by)]);
    }
  }

  async inForce(batch: string): Promise<readonly Canary[]> {
    return (await this.database.read(this.statements.inForce, [batch])).map((row) => ({ ...row }));
  }

  async release(
    tx: Transaction,
    entries: Entries,
    { batch, by, at }: Parameters<BrakeStore['releaseCanaries']>[0],
  ): Promise<readonly Canary[]> {
    const released = (await tx.all(this.statements.inForce, [batch])).map((row) => ({ ...row }));
    if (released.length === 0) return released;
    await tx.run(this.statements.release, [at, await entries.actor(tx, by), batch]);
    await tx.run(this.statements.released, [batch]);
    return released;
  }

  /** Notes that so many payments which were never claimed before are claimed in this transaction. */
  async use(tx: Transaction, { id }: OpenCanary, count: number): Promise<void> {
    if (count === 0) return;
    // Another transaction may have chosen payments between the reading and this moment, where a database has several writers.
    if ((await tx.run(this.statements.use, [count, id])) === 1) return;
    throw new LedgerError('locked', 'Another process has just sent the first payments of this batch. Run again.');
  }

  /** Throws `stop-at` where as many payments went wrong as may. */
  async check(tx: Transaction, account: string, stopAt: StopAt): Promise<void> {
    const { batch, since, failed, unknown, returned } = stopAt;
    const limits = [failed ?? -1, unknown ?? -1, returned ?? -1];
    const reached = await tx.one(this.statements.reached, [batch, account, since, ...limits]);
    const counts = [reached?.failed ?? 0, reached?.unknown ?? 0, reached?.returned ?? 0];
    const isReached = counts.some((count, at) => (limits[at] ?? -1) >= 0 && count >= (limits[at] ?? 0));
    if (isReached) throw new LedgerError('stop-at', stopAtText(stopAt, account));
  }

  async sentCounts({ batch, account, since }: Parameters<BrakeStore['sentCounts']>[0]): Promise<SentCounts> {
    const rows = await this.database.read(this.statements.counts, [batch, account, since]);
    const of = (status: string): number => rows.find((row) => row.status === status)?.count ?? 0;
    const [failed, unknown, returned] = [of('failed'), of('unknown'), of('returned')];
    return { failed, unknown, returned, ended: failed + unknown + returned + of('paid') };
  }

  async resumedAt(account: string, pausedBy: string): Promise<number | null> {
    const [row] = await this.database.read(this.statements.resumed, [account, pausedBy]);
    return row?.at ?? null;
  }
}

function brakeStatements(sql: Dialect) {
  const batchKey = '(SELECT key FROM batches WHERE id = ?1)';
  const unpaid = (status: string): string =>
    `payments p ${sql.index('payments_unpaid')} WHERE p.batch = ${batchKey} AND p.status = '${status}' AND p.status <> 'paid' AND p.account = ?2`;
  // Of a limit that is not set nothing is counted.
  const upTo = (status: string, limit: string): string =>
    `(SELECT COUNT(*) FROM (SELECT 1 FROM ${unpaid(status)} AND (?3 = 0 OR p.sent_at > ?3)
       LIMIT CASE WHEN ${limit} < 0 THEN 0 ELSE ${limit} END) n) AS ${status}`;
  return {
    known: statement<KnownCanary>(
      `SELECT c.id, c.size, c.used, c.released_at, a.name AS released_by
       FROM canaries c LEFT JOIN actors a ON a.id = c.released_by WHERE c.batch = ? AND c.account = ?`,
    ),
    left: statement<{ readonly count: number; readonly left: number }>(
      `SELECT COUNT(*) AS count, COALESCE(SUM(CASE WHEN p.tries > 0
           OR NOT (p.status = 'planned' OR p.status = 'cancelled' OR p.status = 'replaced') THEN 1 ELSE 0 END), 0) AS "left"
       FROM payments p WHERE p.batch = ${batchKey} AND p.account = ?2`,
    ),
    accounts: statement<{ readonly account: string }>(
      `SELECT DISTINCT account FROM payments WHERE batch = ${batchKey} ORDER BY account`,
    ),
    insert: insertion('INSERT INTO canaries (batch, account, size, used, at, actor) VALUES (?, ?, ?, ?, ?, ?)', 'id'),
    narrow: statement('UPDATE canaries SET size = ?, used = ? WHERE id = ?'),
    use: statement('UPDATE canaries SET used = used + ?1 WHERE id = ?2 AND used + ?1 <= size AND released_at IS NULL'),
    // The report says for what its payments wait.
    released: statement('UPDATE batches SET revision = revision + 1 WHERE id = ?'),
    release: statement('UPDATE canaries SET released_at = ?, released_by = ? WHERE batch = ? AND released_at IS NULL'),
    inForce: statement<Canary>(
      `SELECT c.batch, c.account, c.size, c.used, c.at, a.name AS by,
         (SELECT COUNT(*) FROM payments p ${sql.index('payments_unpaid')} WHERE p.batch = ${batchKey} AND p.status = 'planned'
            AND p.status <> 'paid' AND p.account = c.account AND p.tries = 0 AND p.generation = 1) AS waiting
       FROM canaries c JOIN actors a ON a.id = c.actor WHERE c.batch = ?1 AND c.released_at IS NULL ORDER BY c.account`,
    ),
    reached: statement<Omit<SentCounts, 'ended'>>(
      `SELECT ${upTo('failed', '?4')}, ${upTo('unknown', '?5')}, ${upTo('returned', '?6')}`,
    ),
    counts: statement<{ readonly status: string; readonly count: number }>(
      `SELECT p.status, COUNT(*) AS count FROM payments p
       WHERE p.batch = ${batchKey} AND p.account = ?2 AND (?3 = 0 OR p.sent_at > ?3) GROUP BY p.status`,
    ),
    resumed: statement<{ readonly at: number | null }>(
      `SELECT MAX(u.ended_at) AS at FROM pauses u JOIN actors a ON a.id = u.actor
       WHERE u.scope = 'account' AND u.name = ? AND a.name = ?`,
    ),
  };
}

interface KnownCanary {
  readonly id: number;
  readonly size: number;
  readonly used: number;
  readonly released_at: number | null;
  readonly released_by: string | null;
}
