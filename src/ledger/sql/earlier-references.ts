import type { EarlierFilter, EarlierPayment } from '../ledger.ts';
import type { ContradictionCounts } from '../contradiction.ts';
import type { StatusReportKind } from '../../domain/status-report.ts';
import type { EarlierReference } from '../../domain/query-history.ts';
import { afterEarlierReport } from '../earlier-references.ts';
import type { StatusReportEvent } from '../payment-state.ts';

import { decodedStatement, statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { paymentColumns, PAYMENT_JOINS, storedPayment, type PaymentValues } from './rows.ts';

/** Of `payments p`: `confirmedAt` of its earlier references that rest on a person's word, the oldest of them. */
export const EARLIER_CONFIRMED = `(SELECT min(CASE WHEN r.report = 'not-found' AND r.queried_at IS NOT NULL THEN r.queried_at ELSE 0 END)
  FROM earlier_references r WHERE r.payment = p.key AND r.rests_on_person = 1)`;

const EARLIER_COLUMNS = `
  r.reference, r.generation, r.account, r.provider_reference, r.request_id, r.sent_at, r.rests_on_person, r.retired_at, r.queries,
  r.queried_at, r.report, r.due_at, r.place`;

type EarlierValues = readonly [
  reference: string,
  generation: number,
  account: string,
  providerReference: string | null,
  requestId: string | null,
  sentAt: number | null,
  restsOnPerson: number,
  retiredAt: number,
  queries: number,
  queriedAt: number | null,
  report: StatusReportKind | null,
  dueAt: number | null,
  place: string | null,
];

function earlierOf(values: EarlierValues): EarlierReference {
  return {
    reference: values[0],
    generation: values[1],
    account: values[2],
    providerReference: values[3],
    requestId: values[4],
    sentAt: values[5],
    restsOnPerson: values[6] === 1,
    retiredAt: values[7],
    queries: values[8],
    queriedAt: values[9],
    report: values[10],
    dueAt: values[11],
    place: values[12],
  };
}

/** Writes down the references before the current one, and what is learnt of them. */
export class EarlierReferences {
  private readonly statements: ReturnType<typeof earlierStatements>;

  constructor(sql: Dialect) {
    this.statements = earlierStatements(sql);
  }

  /** Before the payment gets its new reference: the place of the old one is still that of the payment. */
  async retire(tx: Transaction, payment: number, earlier: EarlierReference): Promise<void> {
    await tx.run(this.statements.retire, [
      ...[earlier.reference, earlier.generation, earlier.account, earlier.providerReference, earlier.requestId],
      ...[earlier.sentAt, earlier.restsOnPerson ? 1 : 0, earlier.retiredAt, earlier.queries, earlier.queriedAt],
      ...[earlier.report, earlier.dueAt, payment],
    ]);
  }

  async report(tx: Transaction, event: StatusReportEvent): Promise<void> {
    const earlier = await tx.one(this.statements.find, [event.reference]);
    if (earlier === undefined) return;
    const { restsOnPerson, queries, queriedAt, report, dueAt, reference } = afterEarlierReport(earlier, event);
    await tx.run(this.statements.update, [restsOnPerson ? 1 : 0, queries, queriedAt, report, dueAt, reference]);
  }
}

function earlierStatements(sql: Dialect) {
  return {
    retire: statement(
      `INSERT INTO earlier_references (reference, generation, account, provider_reference, request_id, sent_at, rests_on_person,
         retired_at, queries, queried_at, report, due_at, payment, place)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, key, place FROM payments WHERE key = ?13
       ON CONFLICT (reference) DO UPDATE SET rests_on_person = excluded.rests_on_person, retired_at = excluded.retired_at,
         queries = excluded.queries, queried_at = excluded.queried_at, report = excluded.report, due_at = excluded.due_at`,
    ),
    find: decodedStatement(
      `SELECT ${EARLIER_COLUMNS} FROM earlier_references r WHERE r.reference = ? ${sql.rowLock('r')}`,
      earlierOf,
    ),
    update: statement(
      `UPDATE earlier_references SET rests_on_person = ?, queries = ?, queried_at = ?, report = ?, due_at = ? WHERE reference = ?`,
    ),
  };
}

/** Reads the references before the current one that may still be queried, and how many payments display a contradiction. */
export class EarlierQueries {
  private readonly database: Database;
  private readonly due: ReturnType<typeof dueStatement>;
  private readonly counts: ReturnType<typeof countStatement>;

  constructor(database: Database) {
    this.database = database;
    this.due = dueStatement(database.dialect);
    this.counts = countStatement(database.dialect);
  }

  async list({ account, batch, dueBy }: EarlierFilter): Promise<EarlierPayment[]> {
    const rows = await this.database.read(this.due, [account, batch, dueBy ?? Number.MAX_SAFE_INTEGER]);
    return [...rows];
  }

  async contradictions(): Promise<Map<string, ContradictionCounts>> {
    const rows = await this.database.read(this.counts, []);
    return new Map(rows.map(({ id, count, undecided, replaced }) => [id, { count, undecided, replaced }]));
  }
}

function countStatement(sql: Dialect) {
  return statement<ContradictionCounts & { readonly id: string }>(
    `SELECT b.id AS id, count(*) AS count,
         sum(CASE WHEN q.is_conflicting = 1 AND q.earlier_reported_paid = 1 AND p.status <> 'replaced' THEN 1 ELSE 0 END) AS undecided,
         sum(CASE WHEN q.is_conflicting = 1 AND p.status = 'replaced' THEN 1 ELSE 0 END) AS replaced
       FROM query_history q ${sql.index('query_history_contradictions')} ${sql.orderedJoin} payments p ON p.key = q.payment
         ${sql.orderedJoin} batches b ON b.key = p.batch
       WHERE q.contradiction IS NOT NULL GROUP BY b.key, b.id ORDER BY b.key`,
  );
}

function dueStatement(sql: Dialect) {
  return decodedStatement(
    `SELECT ${paymentColumns(sql)}, ${EARLIER_COLUMNS}
     FROM earlier_references r ${sql.index('earlier_references_due')} JOIN payments p ON p.key = r.payment ${PAYMENT_JOINS}
     WHERE r.due_at IS NOT NULL AND r.due_at <= ?3 AND (?1 IS NULL OR r.account = ?1) AND (?2 IS NULL OR b.id = ?2)
     ORDER BY r.due_at, r.reference`,
    (values: readonly [...PaymentValues, ...EarlierValues]): EarlierPayment => {
      const earlier = values.slice(-EARLIER_VALUES) as unknown as EarlierValues;
      return { payment: storedPayment(values).payment, earlier: earlierOf(earlier) };
    },
  );
}

/** How many columns {@link EARLIER_COLUMNS} has. */
const EARLIER_VALUES = 13;
