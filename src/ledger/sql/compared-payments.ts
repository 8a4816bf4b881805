import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { Status } from '../../domain/status.ts';
import type { ComparedFilter, ComparedPayment } from '../compared-payments.ts';
import { decodedStatement, type Database, type Statement } from './database.ts';
import type { Dialect } from './dialect.ts';

const COMPARED_PAGE = 500;

/** Payments of a batch and account in the order of their lines, in pages, without what only a report of theirs needs. */
export class ComparedPayments {
  private readonly database: Database;
  private readonly walk: Statement<ComparedRow>;

  constructor(database: Database) {
    this.database = database;
    this.walk = walkStatement(database.dialect);
  }

  async *pages({ batch, account }: ComparedFilter): AsyncGenerator<readonly ComparedPayment[]> {
    for (let [line, key] = [-1, 0]; ;) {
      const rows = await this.database.read(this.walk, [batch, account, line, key, COMPARED_PAGE]);
      if (rows.length > 0) yield rows.map((row) => comparedOf(row, batch, account));
      const last = rows[COMPARED_PAGE - 1];
      if (last === undefined) return;
      [key, line] = last;
    }
  }
}

/** Amounts are texts: they may be past what a double holds. */
type ComparedRow = readonly [
  key: number,
  line: number,
  kind: DestinationKind,
  currency: string,
  amountMinor: string,
  reference: string,
  generation: number,
  status: Status,
  claimedAt: number | null,
  sentAt: number | null,
  id: string,
  name: string,
  destination: string,
  providerReference: string | null,
  receipt: string | null,
];

function walkStatement(sql: Dialect): Statement<ComparedRow> {
  return decodedStatement<ComparedRow>(
    `SELECT p.key, p.line, p.kind, p.currency, CAST(p.amount_minor AS TEXT), p.reference, p.generation, p.status, p.claimed_at, p.sent_at,
       c.id, c.name, c.destination, e.provider_reference, e.receipt
     FROM payments p ${sql.index('payments_lines')} JOIN contents c ON c.key = p.key LEFT JOIN entries e ON e.id = p.evidence
     WHERE p.batch = (SELECT key FROM batches WHERE id = ?1) AND p.account = ?2 AND (p.line, p.key) > (?3, ?4)
     ORDER BY p.line, p.key LIMIT ?5`,
    (values: ComparedRow) => values,
  );
}

function comparedOf(row: ComparedRow, batch: string, account: string): ComparedPayment {
  const [, line, kind, currency, amount, reference, generation, status, claimedAt, sentAt, id, name, place] = row;
  return {
    ...{ batch, account, generation, id, line, name, currency, status, reference },
    destination: destinationOf(kind, place),
    amountMinor: BigInt(amount),
    providerReference: row[13] ?? '',
    receipt: row[14] ?? '',
    // As of a whole payment: an attempt under way may have left.
    sentAt: status === 'submitting' ? claimedAt : sentAt,
  };
}
