import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { paymentReference } from '../../domain/reference.ts';
import { LedgerError } from '../errors.ts';
import type { EventOrigin } from '../payment-state.ts';
import type { Decision, RetryRequest } from '../records.ts';
import { transition } from '../transitions.ts';
import { STATE_COLUMNS, STATE_JOINS, stateOf, type PaymentStates, type StateRow } from './payment-states.ts';

/** Failed payments that are read at once. */
const FAILED_PAGE = 1000;

/** A callback about any reference of the payment that no process has finished with. */
const UNPROCESSED = `EXISTS (
  SELECT 1 FROM callbacks k INDEXED BY callbacks_unjudged CROSS JOIN presented r ON r.reference = k.reference
  WHERE k.account = p.account AND k.verdict IS NULL AND r.payment = p.key) AS has_unprocessed_callback`;

/** What people decide about payments. Every method needs an open transaction. */
export class Decisions {
  private readonly states: PaymentStates;
  private readonly statements: Readonly<Record<'organisation' | 'failed' | 'named', StatementSync>>;

  constructor(database: DatabaseSync, states: PaymentStates) {
    this.states = states;
    this.statements = {
      organisation: database.prepare('SELECT key, organisation FROM batches WHERE id = ?'),
      failed: database.prepare(
        `SELECT ${STATE_COLUMNS}, p.line, c.id_key, ${UNPROCESSED}
         FROM payments p INDEXED BY payments_unpaid CROSS JOIN contents c ON c.key = p.key ${STATE_JOINS}
         WHERE p.batch = ? AND p.status = 'failed' AND p.status <> 'paid' AND p.account = ? AND (p.line, p.key) > (?, ?)
         ORDER BY p.line, p.key LIMIT ${FAILED_PAGE}`,
      ),
      named: database.prepare(
        `SELECT ${STATE_COLUMNS}, p.line, c.id_key, ${UNPROCESSED}
         FROM contents c CROSS JOIN payments p ON p.key = c.key ${STATE_JOINS}
         WHERE c.batch = ? AND c.id_key = ? AND p.account IN (SELECT value FROM json_each(?))`,
      ),
    };
  }

  /** A new generation of the failed ones among the named, or of all failed ones; none of accounts that are not given. */
  async retry(request: RetryRequest, path: string): Promise<number> {
    const { batch, idKeys, accounts } = request;
    const found = this.statements.organisation.get(batch) as unknown as OrganisationRow | undefined;
    if (found === undefined) {
      throw new LedgerError('missing', `Ledger ${path} has no batch ${batch}. See: payrun status`);
    }
    let count = 0;
    if (idKeys !== null) {
      const names = JSON.stringify(accounts);
      for (const idKey of new Set(idKeys)) {
        count += this.retryRows(this.statements.named.all(found.key, idKey, names), found.organisation, request);
      }
      return count;
    }
    for (const account of new Set(accounts)) {
      let last: Pick<RetryRow, 'line' | 'key'> | undefined = { line: -1, key: -1 };
      while (last !== undefined) {
        const rows = this.statements.failed.all(found.key, account, last.line, last.key);
        count += this.retryRows(rows, found.organisation, request);
        last = rows.at(-1) as unknown as RetryRow | undefined;
        await turn();
      }
    }
    return count;
  }

  resolve(decision: Decision, path: string): void {
    const { reference } = decision;
    const row = this.states.byReference(reference);
    if (row?.reference !== reference) {
      throw new LedgerError(
        'missing',
        `Ledger ${path} has no payment with reference ${reference}. The report shows the reference of every payment.`,
      );
    }
    const change = transition(stateOf(row), { kind: 'decision', ...decision });
    if (change.kind === 'refused') throw new LedgerError('move', change.message);
    this.states.apply(row, change, decision);
  }

  private retryRows(rows: readonly unknown[], organisation: string, { at, by }: EventOrigin): number {
    let count = 0;
    for (const row of rows as readonly RetryRow[]) {
      const newReference = paymentReference(organisation, row.batch, row.id_key, row.generation + 1);
      const hasUnprocessedCallback = row.has_unprocessed_callback === 1;
      const event = { kind: 'retry', newReference, hasUnprocessedCallback, at, by } as const;
      const change = transition(stateOf(row), event);
      if (change.kind === 'refused') continue;
      this.states.apply(row, change, event);
      count += 1;
    }
    return count;
  }
}

interface OrganisationRow {
  readonly key: number;
  readonly organisation: string;
}

interface RetryRow extends StateRow {
  readonly line: number;
  readonly id_key: string;
  readonly has_unprocessed_callback: number;
}
