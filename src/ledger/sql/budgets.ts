import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BudgetCall, Rate } from '../../domain/limits.ts';
import type { SpendRequest, SpendResult } from '../records.ts';

/** Nobody waits longer for an answer: a call of a process that died is taken for answered so long after its start. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * Only a clock that was set back is so far behind what is written down: other processes may be ahead by as long as this one
 * waited for their lock, and their calls must keep their times.
 */
const CLOCK_SET_BACK_MS = 60_000;

/** Times are whole milliseconds, rounded down: one more, or a window could be short by the rest of two of them. */
const GRANULARITY_MS = 1;

/** No documented window is longer; older calls are forgotten. */
const MEMORY_MS = 7 * 86_400_000;

/** The memory of the rate limits. Every method needs an open transaction, except {@link recentCalls}. */
export class Budgets {
  private readonly statements: Readonly<
    Record<'rewind' | 'newest' | 'take' | 'answer' | 'settle' | 'prune', StatementSync>
  >;

  constructor(database: DatabaseSync) {
    this.statements = {
      rewind: database.prepare(
        `UPDATE calls SET started_at = min(started_at, ?2), answered_at = min(answered_at, ?2)
         WHERE key = ?1 AND (answered_at > ?3 OR (answered_at IS NULL AND started_at > ?3))`,
      ),
      newest: database.prepare(
        `SELECT started_at, answered_at FROM calls INDEXED BY calls_answered
         WHERE key = ? AND (answered_at IS NULL OR answered_at >= ?)`,
      ),
      take: database.prepare('INSERT INTO calls (key, account, started_at) VALUES (?, ?, ?)'),
      answer: database.prepare('UPDATE calls SET answered_at = ? WHERE id = ? AND answered_at IS NULL'),
      settle: database.prepare('UPDATE calls SET answered_at = ? WHERE account = ? AND answered_at IS NULL'),
      prune: database.prepare('DELETE FROM calls WHERE answered_at < ?1 OR (answered_at IS NULL AND started_at < ?1)'),
    };
  }

  spend({ key, account, rates, at }: SpendRequest): SpendResult {
    // Once and for all: taken for this moment at each look anew, they would block until the clock has caught up.
    this.statements.rewind.run(key, at, at + CLOCK_SET_BACK_MS);
    const longestMs = Math.max(0, ...rates.map((rate) => rate.windowMs));
    const calls = this.statements.newest.all(key, at - longestMs - GRANULARITY_MS) as unknown as CallRow[];
    const ends = calls.map((call) => endOf(call, at)).sort((a, b) => b - a);
    const waitMs = Math.max(0, ...rates.map((rate) => waitOf(rate, ends, at)));
    if (waitMs > 0) return { granted: false, waitMs };
    return { granted: true, call: Number(this.statements.take.run(key, account, at).lastInsertRowid) };
  }

  spent(call: number, answeredAt: number): void {
    this.statements.answer.run(answeredAt, call);
  }

  /** What a dead holder of the account left open counts as answered when its death is noticed. */
  recover(account: string, at: number): void {
    this.statements.settle.run(at, account);
    this.statements.prune.run(at - MEMORY_MS);
  }
}

/** Reads the memory: the attempts of an account, which are entries and open payments, and the calls of one budget. */
export class RecentCalls {
  private readonly statement: StatementSync;

  constructor(database: DatabaseSync) {
    // Attempts come under no budget's name: only their reader knows from which budget payouts are spent.
    this.statement = database.prepare(`
      SELECT budget, startedAt, answeredAt FROM (
        SELECT '' AS budget, p.claimed_at AS startedAt, NULL AS answeredAt
        FROM batches b CROSS JOIN payments p INDEXED BY payments_unpaid
          ON p.batch = b.key AND p.status = 'submitting' AND p.status <> 'paid' AND p.account = ?1
        UNION ALL
        SELECT * FROM (SELECT '', claimed_at, at FROM entries INDEXED BY entries_sent
          WHERE account = ?1 AND at >= ?3 ORDER BY at DESC LIMIT ?4)
        UNION ALL
        SELECT ?2, started_at, answered_at FROM calls WHERE key = ?2 AND answered_at IS NULL
        UNION ALL
        SELECT * FROM (SELECT ?2, started_at, answered_at FROM calls
          WHERE key = ?2 AND answered_at >= ?3 ORDER BY answered_at DESC LIMIT ?4)
      )
      ORDER BY answeredAt IS NULL DESC, answeredAt DESC, startedAt DESC LIMIT ?4`);
  }

  /** Open ones first, then those that were answered last: they are the ones that hold their slots longest. */
  read(request: { account: string; key: string; since: number; limit: number }): BudgetCall[] {
    const rows = this.statement.all(request.account, request.key, request.since, request.limit);
    return (rows as unknown as BudgetCall[]).map((row) => ({ ...row }));
  }
}

/** The latest moment at which the call may have been counted, as far as it is known at `at`. */
function endOf(call: CallRow, at: number): number {
  return Math.min(at, call.answered_at ?? call.started_at + ANSWER_WITHIN_MS);
}

/** How long until `rate` allows one more, when no open call is answered before then. */
function waitOf(rate: Rate, ends: readonly number[], at: number): number {
  const blocking = ends[Math.max(1, rate.count) - 1];
  return blocking === undefined ? 0 : blocking + rate.windowMs + GRANULARITY_MS - at;
}

interface CallRow {
  readonly started_at: number;
  readonly answered_at: number | null;
}
