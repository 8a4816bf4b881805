import type { BudgetCall, Rate } from '../../domain/limits.ts';
import type { RecentCallsRequest, SpendRequest, SpendResult } from '../call-records.ts';
import { placeBudgetKey } from '../../domain/limits.ts';
import { insertion, statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/** No request waits longer for an answer: a call of a process that died counts as answered so long after its start. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * Only a clock that was set back is so far behind the times in the ledger. Another process may be ahead by as long as this one
 * waited for its lock, and the calls of that process must keep their times.
 */
const CLOCK_SET_BACK_MS = 60_000;

/** Times are whole milliseconds, rounded down: one more, or a window could be short by the rest of two of them. */
const GRANULARITY_MS = 1;

/** No documented window is longer; older calls are forgotten. */
const MEMORY_MS = 7 * 86_400_000;

/** The memory of the rate limits. */
export class Budgets {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof budgetStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = budgetStatements(database.dialect);
  }

  async spend(tx: Transaction, { key, lock, rates, at }: SpendRequest): Promise<SpendResult> {
    await tx.serialize(`budget ${key}`);
    // Corrected for good: if each look took such a call for one of this moment, it would block until the clock has caught up.
    await tx.run(this.statements.rewind, [key, at, at + CLOCK_SET_BACK_MS]);
    const longestMs = Math.max(0, ...rates.map((rate) => rate.windowMs));
    const calls = await tx.all(this.statements.newest, [key, at - longestMs - GRANULARITY_MS]);
    const ends = calls.map((call) => endOf(call, at)).sort((a, b) => b - a);
    const waitMs = Math.max(0, ...rates.map((rate) => budgetsWaitOf(rate, ends, at)));
    if (waitMs > 0) return { granted: false, waitMs };
    return { granted: true, call: await tx.insert(this.statements.take, [key, lock?.key ?? null, at]) };
  }

  /** Calls that an earlier payrun wrote under the account's name count for the place that the account sends to now. */
  async rename(tx: Transaction, account: string, lockKey: string): Promise<void> {
    const [from, to] = [`account:${account}:`, placeBudgetKey(lockKey, '')];
    // The names of this account's budgets are those from its prefix up to the next character behind the colon.
    await tx.run(this.statements.rename, [from, `account:${account};`, to]);
  }

  async answered(tx: Transaction, call: number, answeredAt: number): Promise<void> {
    await tx.run(this.statements.answer, [answeredAt, call]);
  }

  /** The calls that a dead owner of the lock left open count as answered when its death is noticed. */
  async recover(tx: Transaction, lockKey: string, at: number): Promise<void> {
    await tx.run(this.statements.close, [at, lockKey]);
    await tx.run(this.statements.prune, [at - MEMORY_MS]);
  }

  /**
   * The attempts at a place, which are entries and open payments, and the calls of one budget. Open ones come first, then those
   * that were answered last: these hold their slots longest. Attempts of an earlier payrun stand under the account's name.
   */
  async recentCalls(request: RecentCallsRequest): Promise<BudgetCall[]> {
    const { account, place, key, since, limit } = request;
    const rows = await this.database.read(this.statements.recent, [account, key, since, limit, place]);
    return rows.map((row) => ({ ...row }));
  }
}

function budgetStatements(sql: Dialect) {
  return {
    rewind: statement(
      `UPDATE calls SET started_at = ${sql.least('started_at', '?2')}, answered_at = ${sql.least('answered_at', '?2')}
       WHERE key = ?1 AND (answered_at > ?3 OR (answered_at IS NULL AND started_at > ?3))`,
    ),
    newest: statement<CallRow>(
      `SELECT started_at, answered_at FROM calls ${sql.index('calls_answered')}
       WHERE key = ? AND (answered_at IS NULL OR answered_at >= ?)`,
    ),
    take: insertion('INSERT INTO calls (key, lock_key, started_at) VALUES (?, ?, ?)', 'id'),
    rename: statement('UPDATE calls SET key = ?3 || substr(key, length(?1) + 1) WHERE key >= ?1 AND key < ?2'),
    answer: statement('UPDATE calls SET answered_at = ? WHERE id = ? AND answered_at IS NULL'),
    close: statement('UPDATE calls SET answered_at = ? WHERE lock_key = ? AND answered_at IS NULL'),
    prune: statement('DELETE FROM calls WHERE answered_at < ?1 OR (answered_at IS NULL AND started_at < ?1)'),
    // Attempts come under no budget's name: only their reader knows from which budget payouts are spent.
    recent: statement<BudgetCall>(`
      SELECT budget, "startedAt", "answeredAt" FROM (
        SELECT '' AS budget, p.claimed_at AS "startedAt", NULL AS "answeredAt"
        FROM batches b ${sql.orderedJoin} payments p ${sql.index('payments_unpaid')}
          ON p.batch = b.key AND p.status = 'submitting' AND p.status <> 'paid' AND p.place = ?5
        UNION ALL
        SELECT * FROM (SELECT '', claimed_at, at FROM entries ${sql.index('entries_sent')}
          WHERE lock_key = ?5 AND at >= ?3 ORDER BY at DESC LIMIT ?4) sent
        UNION ALL
        SELECT * FROM (SELECT '', claimed_at, at FROM entries ${sql.index('entries_sent')}
          WHERE lock_key = ?1 AND at >= ?3 ORDER BY at DESC LIMIT ?4) sent_before
        UNION ALL
        SELECT ?2, started_at, answered_at FROM calls WHERE key = ?2 AND answered_at IS NULL
        UNION ALL
        SELECT * FROM (SELECT ?2, started_at, answered_at FROM calls
          WHERE key = ?2 AND answered_at >= ?3 ORDER BY answered_at DESC LIMIT ?4) answered
      ) recent
      ORDER BY "answeredAt" IS NULL DESC, "answeredAt" DESC, "startedAt" DESC LIMIT ?4`),
  };
}

/** The latest moment at which the call may have been counted, as far as is known at `at`. */
function endOf(call: CallRow, at: number): number {
  return Math.min(at, call.answered_at ?? call.started_at + ANSWER_WITHIN_MS);
}

/** How long until `rate` allows one more, when no open call is answered before then. */
function budgetsWaitOf(rate: Rate, ends: readonly number[], at: number): number {
  const blocking = ends[Math.max(1, rate.count) - 1];
  return blocking === undefined ? 0 : blocking + rate.windowMs + GRANULARITY_MS - at;
}

interface CallRow {
  readonly started_at: number;
  readonly answered_at: number | null;
}
