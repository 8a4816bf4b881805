import { NO_HISTORY, type Change, type EventOrigin, type PaymentHistory } from '../payment-state.ts';
import { concernsChain } from '../replacement-chain.ts';
import { decodedStatement, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { EarlierReferences } from './earlier-references.ts';
import type { Entries } from './entries.ts';
import {
  STATE_COLUMNS,
  STATE_VALUES,
  stateJoins,
  storedState,
  UNPAID_ENDS,
  type StateValues,
  type StoredState,
} from './stored-state.ts';

/** A payment as it was read, and what becomes of it. */
export interface Transition {
  readonly stored: StoredState;
  readonly change: Change;
}

/** Reads what a rule needs and writes what it decided. */
export class PaymentStates {
  /** Set once: what a change does to the payments that stand for the same debt. */
  follow: ((tx: Transaction, transition: Transition, origin: EventOrigin) => Promise<void>) | null = null;
  private readonly entries: Entries;
  private readonly earlier: EarlierReferences;
  private readonly statements: ReturnType<typeof stateStatements>;

  constructor(sql: Dialect, entries: Entries, earlier: EarlierReferences) {
    this.entries = entries;
    this.earlier = earlier;
    this.statements = stateStatements(sql);
  }

  byKey(tx: Transaction, key: number): Promise<AttemptState | undefined> {
    return tx.one(this.statements.byKey, [key]);
  }

  /** The payment to which the reference was ever given. */
  byReference(tx: Transaction, reference: string): Promise<StoredState | undefined> {
    return tx.one(this.statements.byReference, [reference]);
  }

  /** Writes a change, and what it does to the payments that stand for the same debt. */
  async apply(tx: Transaction, transition: Transition, origin: EventOrigin): Promise<void> {
    await this.write(tx, transition, origin);
    const { stored, change } = transition;
    if (concernsChain(stored.state, change)) await this.follow?.(tx, transition, origin);
  }

  /** Writes a change of one payment and nothing else. */
  async write(tx: Transaction, { stored, change }: Transition, { at, by }: EventOrigin): Promise<void> {
    const { key, batchKey, state } = stored;
    const { entry, fields, history, accountStop } = change;
    if (entry === null) await this.writeFields(tx, key, change, null);
    else await this.writeFields(tx, key, change, await this.entries.write(tx, { payment: key, entry, at, by }));
    if (history !== null) await this.writeHistory(tx, key, history);
    if (accountStop !== null) {
      await tx.run(this.statements.stop, [state.account, at, accountStop.code, accountStop.reason]);
    }
    const isReported = (entry === null && fields === null) || change.isProgress === true;
    if (!isReported) await this.raiseRevision(tx, batchKey);
  }

  /** Applies claims of one batch, moment and place, in as few statements as the database can. */
  async applyClaims(tx: Transaction, claims: readonly Transition[], { at, by }: EventOrigin): Promise<void> {
    const [first] = claims;
    if (first === undefined) return;
    const place = first.change.fields?.kind === 'claimed' ? first.change.fields.place : first.stored.state.place;
    const tries = claims.map(({ stored: { key, state }, change: { fields } }) => [
      key,
      fields?.kind === 'claimed' ? fields.tries : state.tries,
    ]);
    await tx.run(this.statements.claimed, [JSON.stringify(tries), at, place]);
    const entries = claims.flatMap(({ stored: { key }, change: { entry } }) =>
      entry === null ? [] : [{ payment: key, entry, at, by }],
    );
    await this.entries.writeClaims(tx, entries);
    for (const { stored, change } of claims) {
      if (change.history !== null) await this.writeHistory(tx, stored.key, change.history);
    }
    for (const batch of new Set(claims.map(({ stored }) => stored.batchKey))) await this.raiseRevision(tx, batch);
  }

  /** Every memo of a file that was reported before this change no longer holds. */
  async raiseRevision(tx: Transaction, batch: number): Promise<void> {
    const isFirst = tx.once(`revision ${batch}`);
    if (isFirst) await tx.run(this.statements.revision, [batch]);
  }

  private async writeFields(tx: Transaction, key: number, { fields }: Change, entry: number | null): Promise<void> {
    switch (fields?.kind) {
      case 'claimed':
        await tx.run(this.statements.claimed, [JSON.stringify([[key, fields.tries]]), fields.claimedAt, fields.place]);
        return;
      case 'moved':
        if (fields.retired !== undefined && fields.retired !== null) await this.earlier.retire(tx, key, fields.retired);
        await tx.run(this.statements.moved, [
          fields.status,
          fields.attempts,
          fields.sentAt,
          fields.settledAt,
          fields.isCancelledByPerson === true ? 1 : 0,
          UNPAID_ENDS.indexOf(fields.unpaidEnd ?? 'failed'),
          fields.place,
          entry,
          key,
        ]);
        return;
      case 'new-reference':
        if (fields.retired !== null) await this.earlier.retire(tx, key, fields.retired);
        await tx.run(this.statements.reference, [fields.reference, key]);
        await tx.run(this.statements.renewed, [fields.generation, fields.reference, entry, key]);
        if (fields.isAssumedSent) await tx.run(this.statements.assumed, [key]);
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
      history.restsOnPerson ? 1 : 0,
      history.contradiction,
      history.unverifiedFailures,
      history.notFoundUntil,
    ]);
  }
}

/** A payment whose attempt is to be recorded, and the epoch of its place's lock. */
export interface AttemptState extends StoredState {
  readonly epoch: number | null;
}

function attemptState(values: readonly [...StateValues, epoch: number | null]): AttemptState {
  return { ...storedState(values), epoch: values[STATE_VALUES] };
}

function stateStatements(sql: Dialect) {
  return {
    byKey: decodedStatement(
      `SELECT ${STATE_COLUMNS}, (SELECT epoch FROM account_locks l WHERE l.key = p.place)
       FROM payments p ${stateJoins(sql)} WHERE p.key = ? ${sql.rowLock('p')}`,
      attemptState,
    ),
    byReference: decodedStatement(
      `SELECT ${STATE_COLUMNS} FROM payment_references r ${sql.orderedJoin} payments p ON p.key = r.payment ${stateJoins(sql)}
       WHERE r.reference = ? ${sql.rowLock('p')}`,
      storedState,
    ),
    claimed: statement(
      `UPDATE payments SET status = 'submitting', tries = r.tries, claimed_at = ?2, place = ?3
       FROM ${sql.rowTable('?1', 'r', { key: 'integer', tries: 'integer' })} WHERE payments.key = r.key`,
    ),
    moved: statement(
      `UPDATE payments SET status = ?, attempts = ?, sent_at = ?, settled_at = ?, cancelled_by_person = ?, replaced_end = ?,
         place = ?, evidence = ?
       WHERE key = ?`,
    ),
    renewed: statement(
      `UPDATE payments SET status = 'planned', generation = ?, reference = ?, settled_at = NULL, evidence = ?,
         restored = 0, place = NULL WHERE key = ?`,
    ),
    assumed: statement(`UPDATE payments SET status = 'unknown', restored = 2 WHERE key = ?`),
    reference: statement('INSERT INTO payment_references (reference, payment) VALUES (?, ?)'),
    displayed: statement('UPDATE payments SET evidence = ? WHERE key = ?'),
    history: statement(`
      INSERT INTO query_history (payment, queries, queried_at, not_found_since, not_found_count, first_sent_at, needs_query,
        unverified_callbacks, is_conflicting, earlier_reported_paid, rests_on_person, contradiction, unverified_failures, not_found_until)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (payment) DO UPDATE SET queries = excluded.queries, queried_at = excluded.queried_at,
        not_found_since = excluded.not_found_since, not_found_count = excluded.not_found_count,
        first_sent_at = excluded.first_sent_at, needs_query = excluded.needs_query,
        unverified_callbacks = excluded.unverified_callbacks, is_conflicting = excluded.is_conflicting,
        earlier_reported_paid = excluded.earlier_reported_paid, rests_on_person = excluded.rests_on_person,
        contradiction = excluded.contradiction, unverified_failures = excluded.unverified_failures, not_found_until = excluded.not_found_until`),
    noHistory: statement('DELETE FROM query_history WHERE payment = ?'),
    stop: statement('INSERT INTO account_stops (account, at, code, reason) VALUES (?, ?, ?, ?)'),
    revision: statement('UPDATE batches SET revision = revision + 1 WHERE key = ?'),
  };
}
