import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Status } from '../../domain/status.ts';
import { NO_HISTORY, type Change, type EventOrigin, type PaymentHistory, type PaymentState } from '../payment-state.ts';
import type { Entries } from './entries.ts';

/** What {@link stateOf} reads. The fee is a text: every other number of the row is one that a double holds. */
export const STATE_COLUMNS = `
  p.key, p.status, p.reference, p.generation, p.tries, p.attempts, p.claimed_at, p.sent_at, p.account, b.id AS batch,
  e.code, e.reason, e.provider_reference, e.receipt, e.request_id, CAST(e.fee_minor AS TEXT) AS fee_minor,
  q.asks AS queries, q.asked_at AS queried_at, q.absent_since AS not_found_since, q.absents AS not_found_count, q.first_sent_at,
  q.urgent AS needs_query, q.hints AS unverified_callbacks, q.disputed AS is_conflicting, q.paid_before AS earlier_reported_paid`;

/** What {@link STATE_COLUMNS} needs joined to `payments p`. */
export const STATE_JOINS = `
  CROSS JOIN batches b ON b.key = p.batch LEFT JOIN entries e ON e.id = p.evidence LEFT JOIN inquiries q ON q.payment = p.key`;

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

/** Reads what a rule needs and writes what it decided. Every method needs an open transaction. */
export class PaymentStates {
  private readonly entries: Entries;
  private readonly statements: Readonly<
    Record<
      | 'byKey'
      | 'byReference'
      | 'claimed'
      | 'moved'
      | 'renewed'
      | 'reference'
      | 'displayed'
      | 'history'
      | 'noHistory'
      | 'stop'
      | 'files',
      StatementSync
    >
  >;

  constructor(database: DatabaseSync, entries: Entries) {
    this.entries = entries;
    this.statements = {
      byKey: database.prepare(`SELECT ${STATE_COLUMNS} FROM payments p ${STATE_JOINS} WHERE p.key = ?`),
      byReference: database.prepare(
        `SELECT ${STATE_COLUMNS} FROM presented r CROSS JOIN payments p ON p.key = r.payment ${STATE_JOINS} WHERE r.reference = ?`,
      ),
      claimed: database.prepare(`UPDATE payments SET status = 'submitting', tries = ?, claimed_at = ? WHERE key = ?`),
      moved: database.prepare(
        'UPDATE payments SET status = ?, attempts = ?, sent_at = ?, settled_at = ?, evidence = ? WHERE key = ?',
      ),
      renewed: database.prepare(
        `UPDATE payments SET status = 'planned', generation = ?, reference = ?, settled_at = NULL, evidence = ? WHERE key = ?`,
      ),
      reference: database.prepare('INSERT INTO presented (reference, payment) VALUES (?, ?)'),
      displayed: database.prepare('UPDATE payments SET evidence = ? WHERE key = ?'),
      history: database.prepare(`
        INSERT INTO inquiries (payment, asks, asked_at, absent_since, absents, first_sent_at, urgent, hints, disputed, paid_before)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (payment) DO UPDATE SET asks = excluded.asks, asked_at = excluded.asked_at,
          absent_since = excluded.absent_since, absents = excluded.absents, first_sent_at = excluded.first_sent_at,
          urgent = excluded.urgent, hints = excluded.hints, disputed = excluded.disputed, paid_before = excluded.paid_before`),
      noHistory: database.prepare('DELETE FROM inquiries WHERE payment = ?'),
      stop: database.prepare('INSERT INTO stops (account, at, code, reason) VALUES (?, ?, ?, ?)'),
      files: database.prepare('DELETE FROM files WHERE batch = ?'),
    };
  }

  byKey(key: number): StateRow | undefined {
    return this.statements.byKey.get(key) as unknown as StateRow | undefined;
  }

  /** The payment to which the reference was ever given. */
  byReference(reference: string): StateRow | undefined {
    return this.statements.byReference.get(reference) as unknown as StateRow | undefined;
  }

  apply(row: Pick<StateRow, 'key' | 'account' | 'batch'>, change: Change, { at, by }: EventOrigin): void {
    const { key } = row;
    const entry = change.entry === null ? null : this.entries.write(key, change.entry, at, by);
    this.writeFields(key, change, entry);
    if (change.history !== null) this.writeHistory(key, change.history);
    const { accountStop } = change;
    if (accountStop !== null) this.statements.stop.run(row.account, at, accountStop.code, accountStop.reason);
    if (change.outdatesReport) this.statements.files.run(row.batch);
  }

  private writeFields(key: number, { fields }: Change, entry: number | null): void {
    switch (fields?.kind) {
      case 'claimed':
        this.statements.claimed.run(fields.tries, fields.claimedAt, key);
        return;
      case 'moved':
        this.statements.moved.run(fields.status, fields.attempts, fields.sentAt, fields.settledAt, entry, key);
        return;
      case 'new-reference':
        this.statements.reference.run(fields.reference, key);
        this.statements.renewed.run(fields.generation, fields.reference, entry, key);
        return;
      case undefined:
        if (entry !== null) this.statements.displayed.run(entry, key);
    }
  }

  private writeHistory(key: number, history: PaymentHistory): void {
    if (history === NO_HISTORY) {
      this.statements.noHistory.run(key);
      return;
    }
    this.statements.history.run(
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
    );
  }
}
