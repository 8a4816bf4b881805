import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import type { Change } from '../payment-state.ts';
import type { AttemptResult, Claim, ClaimRequest, ResendRequest } from '../records.ts';
import { notNewestAttempt, transition } from '../transitions.ts';
import { STATE_COLUMNS, STATE_JOINS, stateOf, type PaymentStates, type StateRow } from './payment-states.ts';
import { detailsOf } from './rows.ts';

/** The amount is a text: it may be past what a double holds. */
const INSTRUCTION_COLUMNS = `
  p.kind, CAST(p.amount_minor AS TEXT) AS amount_minor, p.currency, c.id, c.name, c.destination, c.narrative, c.details`;

/** Claims, their answers, and what processes that died have left. Every method needs an open transaction. */
export class Attempts {
  private readonly states: PaymentStates;
  private readonly statements: Readonly<Record<'planned' | 'retried' | 'sent' | 'submitting', StatementSync>>;

  constructor(database: DatabaseSync, states: PaymentStates) {
    this.states = states;
    const planned = (index: string, condition: string): string => `
      SELECT ${STATE_COLUMNS}, ${INSTRUCTION_COLUMNS}
      FROM payments p INDEXED BY ${index} CROSS JOIN contents c ON c.key = p.key ${STATE_JOINS}
      WHERE p.batch = (SELECT key FROM batches WHERE id = ?) AND p.account = ? AND p.status = 'planned' AND ${condition}
      ORDER BY p.line, p.key LIMIT ?`;
    this.statements = {
      planned: database.prepare(planned('payments_unpaid', `p.status <> 'paid' AND p.generation >= ?`)),
      retried: database.prepare(planned('payments_again', 'p.generation > 1 AND p.generation >= ?')),
      sent: database.prepare(`
        SELECT ${STATE_COLUMNS}, ${INSTRUCTION_COLUMNS}
        FROM presented r CROSS JOIN payments p ON p.key = r.payment CROSS JOIN contents c ON c.key = p.key ${STATE_JOINS}
        WHERE r.reference = ? AND p.account = ?`),
      submitting: database.prepare(
        `SELECT p.key FROM batches b CROSS JOIN payments p INDEXED BY payments_unpaid
         ON p.batch = b.key AND p.status = 'submitting' AND p.status <> 'paid' AND p.account = ?`,
      ),
    };
  }

  claim({ lock, batch, limit, generationFrom = 1, at, by }: ClaimRequest): Claim[] {
    // Payments of a later generation are few among many: they have an index of their own.
    const find = generationFrom > 1 ? this.statements.retried : this.statements.planned;
    const rows = find.all(batch, lock.account, generationFrom, limit) as unknown as ClaimRow[];
    const claims: Claim[] = [];
    for (const row of rows) {
      const event = { kind: 'claim', at, by } as const;
      const change = transition(stateOf(row), event);
      if (change.kind === 'refused') continue;
      this.states.apply(row, change, event);
      claims.push(claimOf(row, change, false));
    }
    return claims;
  }

  claimForResend({ lock, references, limit, at, by }: ResendRequest): Claim[] {
    const claims: Claim[] = [];
    for (const reference of references) {
      if (claims.length >= limit) break;
      const row = this.statements.sent.get(reference, lock.account) as unknown as ClaimRow | undefined;
      if (row === undefined) continue;
      const event = { kind: 'resend-claim', reference, at, by } as const;
      const change = transition(stateOf(row), event);
      if (change.kind === 'refused') continue;
      this.states.apply(row, change, event);
      claims.push(claimOf(row, change, true));
    }
    return claims;
  }

  record(result: AttemptResult): Status {
    const row = this.states.byKey(result.claim.key);
    if (row === undefined) throw new LedgerError('move', notNewestAttempt(result.claim).message);
    const change = transition(stateOf(row), { kind: 'answer', ...result });
    if (change.kind === 'refused') throw new LedgerError('move', change.message);
    this.states.apply(row, change, result);
    return change.status;
  }

  /** Only for the owner of the account's lock, who knows that no living process works the account. */
  recover(account: string, at: number, by: string): number {
    const open = this.statements.submitting.all(account) as unknown as { key: number }[];
    let recovered = 0;
    for (const { key } of open) {
      const row = this.states.byKey(key);
      if (row === undefined) continue;
      const event = { kind: 'recovery', at, by } as const;
      const change = transition(stateOf(row), event);
      if (change.kind === 'refused') continue;
      this.states.apply(row, change, event);
      recovered += 1;
    }
    return recovered;
  }
}

interface ClaimRow extends StateRow {
  readonly kind: DestinationKind;
  readonly amount_minor: string;
  readonly currency: string;
  readonly id: string;
  readonly name: string;
  readonly destination: string;
  readonly narrative: string;
  readonly details: string;
}

function claimOf(row: ClaimRow, { fields }: Change, isResend: boolean): Claim {
  return {
    key: row.key,
    attempt: fields?.kind === 'claimed' ? fields.tries : row.tries,
    generation: row.generation,
    isResend,
    instruction: {
      reference: row.reference,
      batch: row.batch,
      id: row.id,
      name: row.name,
      destination: destinationOf(row.kind, row.destination),
      amountMinor: BigInt(row.amount_minor),
      currency: row.currency,
      narrative: row.narrative,
      details: detailsOf(row.details),
    },
  };
}
