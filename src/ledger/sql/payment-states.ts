import type { Status } from '../../domain/status.ts';
import { NO_HISTORY, type Change, type EventOrigin, type PaymentHistory, type PaymentState } from '../payment-state.ts';
import { statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { Entries } from './entries.ts';

/** What {@link stateOf} reads. The fee is a text: every other number of the row is one that a double holds. */
export const STATE_COLUMNS = `
  p.key, p.status, p.reference, p.generation, p.tries, p.attempts, p.claimed_at, p.sent_at, p.account, p.batch AS batch_key,
  b.id AS batch, e.code, e.reason, e.provider_reference, e.receipt, e.request_id, CAST(e.fee_minor AS TEXT) AS fee_minor,
  q.queries, q.queried_at, q.not_found_since, q.not_found_count, q.first_sent_at, q.needs_query, q.unverified_callbacks,
  q.is_conflicting, q.earlier_reported_paid`;

/** What {@link STATE_COLUMNS} needs joined to `payments p`. */
export function stateJoins(sql: Dialect): string {
  return `${sql.orderedJoin} batches b ON b.key = p.batch LEFT JOIN entries e ON e.id = p.evidence
    LEFT JOIN query_history q ON q.payment = p.key`;
}

export interface StateRow {
  readonly key: number;
  readonly status: Status;
  readonly reference: string;
  readonly generation: number;
  readonly tries: number;
  readonly attempts: number;
  readonly claimed_at: number | null;
  readonly sent_at: number | null;
  readonly account: string;
  readonly batch_key: number;
  readonly batch: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly provider_reference: string | null;
  readonly receipt: string | null;
  readonly request_id: string | null;
  readonly fee_minor: string | null;
  /** Null here: nothing is stored about queries and callbacks. */
  readonly queries: number | null;
  readonly queried_at: number | null;
  readonly not_found_since: number | null;
  readonly not_found_count: number;
  readonly first_sent_at: number | null;
  readonly needs_query: number;
  readonly unverified_callbacks: number;
  readonly is_conflicting: number;
  readonly earlier_reported_paid: number;
}

export function stateOf(row: StateRow): PaymentState {
  return {
    status: row.status,
    reference: row.reference,
    generation: row.generation,
    tries: row.tries,
    attempts: row.attempts,
    claimedAt: row.claimed_at,
    sentAt: row.sent_at,
    account: row.account,
    batch: row.batch,
    latest: {
      code: row.code,
      reason: row.reason,
      providerReference: row.provider_reference,
      receipt: row.receipt,
      requestId: row.request_id,
      feeMinor: row.fee_minor === null ? null : BigInt(row.fee_minor),
    },
    history: row.queries === null ? NO_HISTORY : historyOf(row, row.queries),
  };
}

function historyOf(row: StateRow, queries: number): PaymentHistory {
  return {
    queries,
    queriedAt: row.queried_at,
    notFoundSince: row.not_found_since,
    notFoundCount: row.not_found_count,
    firstSentAt: row.first_sent_at,
    needsQuery: row.needs_query === 1,
    unverifiedCallbacks: row.unverified_callbacks,
    isConflicting: row.is_conflicting === 1,
    earlierReportedPaid: row.earlier_reported_paid === 1,
  };
}

/** A payment as it was read, and what becomes of it. */
export interface Transition {
  readonly row: StateRow;
  readonly change: Change;
}

/** Reads what a rule needs and writes what it decided. */
export class PaymentStates {
  private readonly entries: Entries;
  private readonly statements: ReturnType<typeof stateStatements>;

  constructor(sql: Dialect, entries: Entries) {
    this.entries = entries;
    this.statements = stateStatements(sql);
  }

  byKey(tx: Transaction, key: number): Promise<RecordRow | undefined> {
    return tx.one(this.statements.byKey, [key]);
  }

  /** The payment to which the reference was ever given. */
  byReference(tx: Transaction, reference: string): Promise<StateRow | undefined> {
    return tx.one(this.statements.byReference, [reference]);
  }

  async apply(tx: Transaction, { row, change }: Transition, { at, by }: EventOrigin): Promise<void> {
    const { key } = row;
    const { entry, fields, history, accountStop } = change;
    if (entry === null) await this.writeFields(tx, key, change, null);
    else await this.writeFields(tx, key, change, await this.entries.write(tx, { payment: key, entry, at, by }));
    if (history !== null) await this.writeHistory(tx, key, history);
    if (accountStop !== null) {
      await tx.run(this.statements.stop, [row.account, at, accountStop.code, accountStop.reason]);
    }
    if (entry !== null || fields !== null) await this.raiseRevision(tx, row.batch_key);
  }

  /** Applies claims of one batch and moment, in as few statements as the database can. */
  async applyClaims(tx: Transaction, claims: readonly Transition[], { at, by }: EventOrigin): Promise<void> {
    const [first] = claims;
    if (first === undefined) return;
    const tries = claims.map(({ row, change }) => [
      row.key,
      change.fields?.kind === 'claimed' ? change.fields.tries : row.tries,
    ]);
    await tx.run(this.statements.claimed, [JSON.stringify(tries), at]);
    const entries = claims.flatMap(({ row, change: { entry } }) =>
      entry === null ? [] : [{ payment: row.key, entry, at, by }],
    );
    await this.entries.writeMany(tx, entries);
    for (const { row, change } of claims) {
      if (change.history !== null) await this.writeHistory(tx, row.key, change.history);
    }
    for (const batch of new Set(claims.map(({ row }) => row.batch_key))) await this.raiseRevision(tx, batch);
  }

  /** Every memo of a file that was reported before this change no longer holds. */
  async raiseRevision(tx: Transaction, batch: number): Promise<void> {
    const isFirst = tx.once(`revision ${batch}`);
    if (isFirst) await tx.run(this.statements.revision, [batch]);
  }

  private async writeFields(tx: Transaction, key: number, { fields }: Change, entry: number | null): Promise<void> {
    switch (fields?.kind) {
      case 'claimed':
        await tx.run(this.statements.claimed, [JSON.stringify([[key, fields.tries]]), fields.claimedAt]);
        return;
      case 'moved':
        await tx.run(this.statements.moved, [
          fields.status,
          fields.attempts,
          fields.sentAt,
          fields.settledAt,
          entry,
          key,
        ]);
        return;
      case 'new-reference':
        await tx.run(this.statements.reference, [fields.reference, key]);
        await tx.run(this.statements.renewed, [fields.generation, fields.reference, entry, key]);
        return;
      case undefined:
        if (entry !== null) await tx.run(this.statements.displayed, [entry, key]);
    }
  }

  private async writeHistory(tx: Transaction, key: number, history: PaymentHistory): Promise<void> {
    if (history === NO_HISTORY) {
      await tx.run(this.statements.noHistory, [key]);
      return;
    }
    await tx.run(this.statements.history, [
      key,
      history.queries,
      history.queriedAt,
      history.notFoundSince,
      history.notFoundCount,
      history.firstSentAt,
      history.needsQuery ? 1 : 0,
      history.unverifiedCallbacks,
      history.isConflicting ? 1 : 0,
      history.earlierReportedPaid ? 1 : 0,
    ]);
  }
}

/** A payment whose attempt is to be recorded, and the epoch of its account's lock. */
export interface RecordRow extends StateRow {
  readonly epoch: number | null;
}

function stateStatements(sql: Dialect) {
  return {
    byKey: statement<RecordRow>(
      `SELECT ${STATE_COLUMNS}, (SELECT epoch FROM account_locks l WHERE l.account = p.account) AS epoch
       FROM payments p ${stateJoins(sql)} WHERE p.key = ? ${sql.rowLock('p')}`,
    ),
    byReference: statement<StateRow>(
      `SELECT ${STATE_COLUMNS} FROM payment_references r ${sql.orderedJoin} payments p ON p.key = r.payment ${stateJoins(sql)}
       WHERE r.reference = ? ${sql.rowLock('p')}`,
    ),
    claimed: statement(
      `UPDATE payments SET status = 'submitting', tries = r.tries, claimed_at = ?2
       FROM ${sql.rowTable('?1', 'r', { key: 'integer', tries: 'integer' })} WHERE payments.key = r.key`,
    ),
    moved: statement(
      'UPDATE payments SET status = ?, attempts = ?, sent_at = ?, settled_at = ?, evidence = ? WHERE key = ?',
    ),
    renewed: statement(
      `UPDATE payments SET status = 'planned', generation = ?, reference = ?, settled_at = NULL, evidence = ? WHERE key = ?`,
    ),
    reference: statement('INSERT INTO payment_references (reference, payment) VALUES (?, ?)'),
    displayed: statement('UPDATE payments SET evidence = ? WHERE key = ?'),
    history: statement(`
      INSERT INTO query_history (payment, queries, queried_at, not_found_since, not_found_count, first_sent_at, needs_query,
        unverified_callbacks, is_conflicting, earlier_reported_paid)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (payment) DO UPDATE SET queries = excluded.queries, queried_at = excluded.queried_at,
        not_found_since = excluded.not_found_since, not_found_count = excluded.not_found_count,
        first_sent_at = excluded.first_sent_at, needs_query = excluded.needs_query,
        unverified_callbacks = excluded.unverified_callbacks, is_conflicting = excluded.is_conflicting,
        earlier_reported_paid = excluded.earlier_reported_paid`),
    noHistory: statement('DELETE FROM query_history WHERE payment = ?'),
    stop: statement('INSERT INTO account_stops (account, at, code, reason) VALUES (?, ?, ?, ?)'),
    revision: statement('UPDATE batches SET revision = revision + 1 WHERE key = ?'),
  };
}
