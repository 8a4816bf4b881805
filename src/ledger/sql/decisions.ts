import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { paymentReference } from '../../domain/reference.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import type { Decision, RetryRequest } from '../records.ts';
import type { Entries } from './entries.ts';
import { moveFault } from './attempts.ts';

/**
 * Not of a payment that a callback has said to be paid, which is no failure until a question has told; nor of one that a stored
 * callback speaks of which nobody has judged yet.
 */
const CALM = `NOT EXISTS (SELECT 1 FROM inquiries q WHERE q.payment = p.key AND q.urgent = 1)
  AND NOT EXISTS (SELECT 1 FROM callbacks k INDEXED BY callbacks_unjudged CROSS JOIN presented r ON r.reference = k.reference
    WHERE k.account = p.account AND k.verdict IS NULL AND r.payment = p.key)`;

/** What people decide about payments. Every method needs an open transaction. */
export class Decisions {
  private readonly entries: Entries;
  private readonly statements: Readonly<
    Record<'organisation' | 'failed' | 'named' | 'again' | 'present' | 'referenced' | 'settle' | 'anew', StatementSync>
  >;

  constructor(database: DatabaseSync, entries: Entries) {
    this.entries = entries;
    const columns = 'p.key, p.generation, p.tries, c.id_key, e.code, e.reason';
    const joins = 'CROSS JOIN contents c ON c.key = p.key LEFT JOIN entries e ON e.id = p.evidence';
    this.statements = {
      organisation: database.prepare('SELECT key, organisation FROM batches WHERE id = ?'),
      failed: database.prepare(
        `SELECT ${columns} FROM payments p INDEXED BY payments_unpaid ${joins}
         WHERE p.batch = ? AND p.status = 'failed' AND p.status <> 'paid' AND p.account = ? AND ${CALM} LIMIT 1000`,
      ),
      named: database.prepare(
        `SELECT p.key, p.generation, p.tries, c.id_key, e.code, e.reason
         FROM contents c CROSS JOIN payments p ON p.key = c.key LEFT JOIN entries e ON e.id = p.evidence
         WHERE c.batch = ? AND c.id_key = ? AND p.status = 'failed'
           AND p.account IN (SELECT value FROM json_each(?)) AND ${CALM}`,
      ),
      again: database.prepare(
        `UPDATE payments SET status = 'planned', generation = ?, reference = ?, settled_at = NULL, evidence = ? WHERE key = ?`,
      ),
      present: database.prepare('INSERT INTO presented (reference, payment) VALUES (?, ?)'),
      referenced:
        database.prepare(`SELECT p.key, p.status, p.generation, p.tries, p.evidence FROM presented r JOIN payments p ON p.key = r.payment
         WHERE r.reference = ? AND p.reference = r.reference`),
      // A new reference, or a person's word: what was asked about the old one is over.
      anew: database.prepare('DELETE FROM inquiries WHERE payment = ?'),
      settle: database.prepare('UPDATE payments SET status = ?, settled_at = ?, evidence = ? WHERE key = ?'),
    };
  }

  /** A new generation of the failed ones among the named, or of all failed ones; of other accounts than the given none. */
  async retry({ batch, idKeys, accounts, at, by }: RetryRequest, path: string): Promise<number> {
    const found = this.statements.organisation.get(batch) as unknown as
      { key: number; organisation: string } | undefined;
    if (found === undefined)
      throw new LedgerError('missing', `Ledger ${path} has no batch ${batch}. See: payrun status`);
    const again = (rows: readonly FailedRow[]): number => {
      for (const row of rows) this.presentAgain(row, paymentReferenceOf(found.organisation, batch, row), at, by);
      return rows.length;
    };
    if (idKeys !== null) {
      const held = JSON.stringify(accounts);
      let count = 0;
      for (const idKey of new Set(idKeys)) {
        count += again(this.statements.named.all(found.key, idKey, held) as unknown as FailedRow[]);
      }
      return count;
    }
    // What was retried is failed no more, so that the same query brings the next ones.
    let count = 0;
    for (const account of new Set(accounts)) {
      for (;;) {
        const retried = again(this.statements.failed.all(found.key, account) as unknown as FailedRow[]);
        if (retried === 0) break;
        count += retried;
        await turn();
      }
    }
    return count;
  }

  resolve({ reference, status, because, providerReference, by, at }: Decision, path: string): void {
    const state = this.statements.referenced.get(reference) as unknown as ReferencedRow | undefined;
    if (state === undefined) {
      throw new LedgerError(
        'missing',
        `Ledger ${path} has no payment with reference ${reference}. The report shows the reference of every payment.`,
      );
    }
    // Everything else was decided by the provider; overruling it is not a person's to do.
    if (state.status !== 'unknown' && state.status !== 'pending') throw moveFault(reference, state.status, status);
    const entry = this.entries.happened(
      {
        event: 'resolved',
        at,
        by,
        payment: state.key,
        status,
        generation: state.generation,
        attempt: state.tries,
        reference: null,
        sent: null,
        evidence: {
          code: 'resolved',
          reason: `Decided by ${by}: ${because}`,
          ...(providerReference === null ? {} : { providerReference }),
        },
        feeMinor: null,
      },
      state.evidence,
    );
    this.statements.settle.run(status, at, entry, state.key);
    this.statements.anew.run(state.key);
  }

  private presentAgain(row: FailedRow, reference: string, at: number, by: string): void {
    const generation = row.generation + 1;
    const entry = this.entries.happened(
      {
        event: 'retried',
        at,
        by,
        payment: row.key,
        status: 'planned',
        generation,
        attempt: row.tries,
        reference,
        sent: null,
        evidence: { code: row.code ?? '', reason: `To be sent again. Before: ${row.reason ?? ''}` },
        feeMinor: null,
      },
      // The provider's ids belong to the old reference: whoever looked one up would read the fate of another request.
      null,
    );
    this.statements.present.run(reference, row.key);
    this.statements.again.run(generation, reference, entry, row.key);
    this.statements.anew.run(row.key);
  }
}

function paymentReferenceOf(organisation: string, batch: string, row: FailedRow): string {
  return paymentReference(organisation, batch, row.id_key, row.generation + 1);
}

interface FailedRow {
  readonly key: number;
  readonly generation: number;
  readonly tries: number;
  readonly id_key: string;
  readonly code: string | null;
  readonly reason: string | null;
}

interface ReferencedRow {
  readonly key: number;
  readonly status: Status;
  readonly generation: number;
  readonly tries: number;
  readonly evidence: number | null;
}
