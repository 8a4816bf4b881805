import { LedgerError } from '../errors.ts';
import type { CancelRequest } from '../stops.ts';
import { transition } from '../transitions.ts';
import { decodedStatement, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { type PaymentStates } from './payment-states.ts';
import { STATE_COLUMNS, stateJoins, storedState, type StoredState } from './stored-state.ts';

/** Payments that are read at once. */
const CANCELLED_AT_ONCE = 1000;

/** Ends what is planned, by a person. */
export class Cancellations {
  private readonly states: PaymentStates;
  private readonly statements: ReturnType<typeof cancellationStatements>;

  constructor(sql: Dialect, states: PaymentStates) {
    this.states = states;
    this.statements = cancellationStatements(sql);
  }

  async cancel(tx: Transaction, request: CancelRequest, place: string): Promise<string[]> {
    const { batch, idKeys, because, by, at } = request;
    const found = await tx.one(this.statements.batch, [batch]);
    if (found === undefined) {
      throw new LedgerError('missing', `Ledger ${place} has no batch ${batch}. See: payrun status`);
    }
    const event = { kind: 'cancel', because, by, at } as const;
    const cancelled: string[] = [];
    const wanted = idKeys === null ? null : [...new Set(idKeys)];
    for (let start = 0; ; start += CANCELLED_AT_ONCE) {
      const ids = wanted?.slice(start, start + CANCELLED_AT_ONCE) ?? null;
      if (ids?.length === 0) return cancelled;
      const rows: readonly StoredState[] =
        ids === null
          ? await tx.all(this.statements.planned, [found.key])
          : await tx.all(this.statements.named, [found.key, JSON.stringify(ids)]);
      for (const stored of rows) {
        const change = transition(stored.state, event);
        if (change.kind === 'refused') continue;
        await this.states.apply(tx, { stored, change }, event);
        cancelled.push(stored.state.reference);
      }
      if (ids === null && rows.length === 0) return cancelled;
    }
  }
}

function cancellationStatements(sql: Dialect) {
  return {
    batch: statement<{ readonly key: number }>('SELECT key FROM batches WHERE id = ?'),
    // Every page is planned no more when the next one is read.
    planned: decodedStatement(
      `SELECT ${STATE_COLUMNS} FROM payments p ${sql.index('payments_unpaid')} ${stateJoins(sql)}
       WHERE p.batch = ? AND p.status = 'planned' AND p.status <> 'paid' LIMIT ${CANCELLED_AT_ONCE} ${sql.rowLock('p')}`,
      storedState,
    ),
    named: decodedStatement(
      `SELECT ${STATE_COLUMNS} FROM contents c ${sql.orderedJoin} payments p ON p.key = c.key ${stateJoins(sql)}
       WHERE c.batch = ?1 AND c.id_key IN ${sql.list('?2', 'text')} ${sql.rowLock('p')}`,
      storedState,
    ),
  };
}
