import { setImmediate as turn } from 'node:timers/promises';
import type { OpenAge } from '../../domain/payment.ts';
import type { OpenPlace } from '../place-records.ts';
import type { OpenFilter, OpenPayment } from '../records.ts';
import { decodedStatement, statement, type Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { paymentColumns, PAYMENT_JOINS, storedPayment, type PaymentValues } from './rows.ts';

const OPEN_PAGE = 500;

/** Reads payments that are open, and those that a callback wants confirmed, with their query history. */
export class OpenPaymentQueries {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof openPaymentStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = openPaymentStatements(database.dialect);
  }

  async ages(sentBefore: number): Promise<OpenAge[]> {
    return (await this.database.read(this.statements.ages, [sentBefore])).map((row) => ({ ...row }));
  }

  /** Where the open payments of a batch, or of all, were sent to. */
  async places(batch: string | null): Promise<OpenPlace[]> {
    return (await this.database.read(this.statements.places, [batch])).map((row) => ({ ...row }));
  }

  async *pages({ account, place, batch, statuses }: OpenFilter): AsyncGenerator<OpenPayment[]> {
    const found = await this.database.read(this.statements.keys, [account, batch, JSON.stringify(statuses), place]);
    const keys = found.map(({ key }) => key);
    for (let start = 0; start < keys.length; start += OPEN_PAGE) {
      if (start > 0) await turn();
      const page = keys.slice(start, start + OPEN_PAGE);
      const rows = await this.database.read(this.statements.page, [JSON.stringify(page)]);
      const byKey = new Map(rows.map((row) => [row.key, row.open]));
      const open = page.flatMap((key) => byKey.get(key) ?? []);
      // A payment that was settled after the keys were read is open no more.
      const still = open.filter(({ payment, history }) => history.needsQuery || statuses.includes(payment.status));
      if (still.length > 0) yield still;
    }
  }
}

function openPaymentStatements(sql: Dialect) {
  const ofPlace = '(?4 IS NULL OR p.place IS NULL OR p.place = ?4)';
  return {
    places: statement<OpenPlace>(
      `SELECT b.id AS batch, open.account, open.place, count(*) AS count FROM (
         SELECT b.key AS batch, p.account, p.place FROM batches b ${sql.orderedJoin} payments p ${sql.index('payments_unpaid')}
           ON p.batch = b.key AND p.status <> 'paid' AND p.status IN ('submitting', 'pending', 'unknown')
         WHERE ?1 IS NULL OR b.id = ?1
         UNION ALL
         SELECT p.batch, p.account, p.place FROM query_history q ${sql.index('query_history_needed')}
           ${sql.orderedJoin} payments p ON p.key = q.payment
         WHERE q.needs_query = 1 AND p.status NOT IN ('submitting', 'pending', 'unknown')
       ) open JOIN batches b ON b.key = open.batch
       WHERE ?1 IS NULL OR b.id = ?1
       GROUP BY b.id, open.account, open.place ORDER BY b.id, open.account, open.place`,
    ),
    // Sent first, queried first. Goes through the index of the unpaid, batch by batch: a paid payment costs nothing.
    keys: statement<{ readonly key: number }>(
      `SELECT key FROM (
         SELECT p.key, p.sent_at FROM batches b ${sql.orderedJoin} payments p ${sql.index('payments_unpaid')}
           ON p.batch = b.key AND p.status <> 'paid' AND p.status IN ${sql.list('?3', 'text')} AND p.account = ?1
         WHERE (?2 IS NULL OR b.id = ?2) AND ${ofPlace}
         UNION
         SELECT p.key, p.sent_at FROM query_history q ${sql.index('query_history_needed')}
           ${sql.orderedJoin} payments p ON p.key = q.payment ${sql.orderedJoin} batches b ON b.key = p.batch
         WHERE q.needs_query = 1 AND p.account = ?1 AND (?2 IS NULL OR b.id = ?2) AND ${ofPlace}
       ) open ORDER BY sent_at, key`,
    ),
    ages: statement<OpenAge>(
      `SELECT p.account, COUNT(*) AS count, MIN(p.sent_at) AS "oldestSentAt"
       FROM batches b ${sql.orderedJoin} payments p ${sql.index('payments_unpaid')}
         ON p.batch = b.key AND p.status <> 'paid' AND (p.status = 'pending' OR p.status = 'unknown')
       WHERE p.sent_at < ?1 GROUP BY p.account ORDER BY p.account`,
    ),
    page: decodedStatement(
      `SELECT ${paymentColumns(sql)}, q.queries, q.queried_at, q.not_found_since, q.not_found_count, q.needs_query,
         q.unverified_callbacks, q.first_sent_at, q.rests_on_person, q.not_found_until
       FROM payments p ${PAYMENT_JOINS} LEFT JOIN query_history q ON q.payment = p.key
       WHERE p.key IN ${sql.list('?1', 'integer')}`,
      storedOpenPayment,
    ),
  };
}

type OpenValues = readonly [
  ...PaymentValues,
  queries: number | null,
  queriedAt: number | null,
  notFoundSince: number | null,
  notFoundCount: number | null,
  needsQuery: number | null,
  unverifiedCallbacks: number | null,
  firstSentAt: number | null,
  restsOnPerson: number | null,
  notFoundUntil: number | null,
];

function storedOpenPayment(values: OpenValues): { readonly key: number; readonly open: OpenPayment } {
  const { key, payment } = storedPayment(values);
  return {
    key,
    open: {
      payment,
      history: {
        queries: values[31] ?? 0,
        queriedAt: values[32],
        notFoundSince: values[33],
        notFoundCount: values[34] ?? 0,
        needsQuery: values[35] === 1,
        unverifiedCallbacks: values[36] ?? 0,
        firstSentAt: values[37] ?? payment.sentAt,
        restsOnPerson: values[38] === 1,
        notFoundUntil: values[39],
      },
    },
  };
}
