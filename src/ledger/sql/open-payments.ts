import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { OpenFilter, OpenPayment } from '../records.ts';
import { PAYMENT_COLUMNS, PAYMENT_JOINS, paymentOf, type PaymentRow } from './rows.ts';

const PAGE = 500;

/** Payments that are open, and those that a callback wants confirmed, with how often they were asked about. */
export class OpenReading {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  async *pages(filter: OpenFilter): AsyncGenerator<OpenPayment[]> {
    const keys = this.keys(filter);
    const statement = this.database.prepare(
      `SELECT ${PAYMENT_COLUMNS}, q.asks, q.asked_at, q.absent_since, q.absents, q.urgent, q.hints, q.first_sent_at
       FROM payments p ${PAYMENT_JOINS} LEFT JOIN inquiries q ON q.payment = p.key WHERE p.key = ?`,
    );
    statement.setReadBigInts(true);
    for (let start = 0; start < keys.length; start += PAGE) {
      if (start > 0) await turn();
      const rows = keys.slice(start, start + PAGE).map((key) => openOf(statement.get(key) as unknown as OpenRow));
      // What was settled since the keys were read is open no more.
      const page = rows.filter(
        ({ payment, history }) => history.needsQuery || filter.statuses.includes(payment.status),
      );
      if (page.length > 0) yield page;
    }
  }

  /** Sent first, asked first. Goes through the index of the unpaid, batch by batch: what is paid costs nothing. */
  private keys({ account, batch, statuses }: OpenFilter): number[] {
    const rows = this.database
      .prepare(
        `SELECT key FROM (
           SELECT p.key, p.sent_at FROM batches b CROSS JOIN payments p INDEXED BY payments_unpaid
             ON p.batch = b.key AND p.status <> 'paid'
             AND p.status IN (SELECT value FROM json_each(?3)) AND p.account = ?1
           WHERE ?2 IS NULL OR b.id = ?2
           UNION
           SELECT p.key, p.sent_at FROM inquiries q INDEXED BY inquiries_urgent CROSS JOIN payments p ON p.key = q.payment
             CROSS JOIN batches b ON b.key = p.batch
           WHERE q.urgent = 1 AND p.account = ?1 AND (?2 IS NULL OR b.id = ?2)
         ) ORDER BY sent_at, key`,
      )
      .all(account, batch, JSON.stringify(statuses));
    return (rows as unknown as { key: number }[]).map(({ key }) => key);
  }
}

interface OpenRow extends PaymentRow {
  readonly asks: bigint | null;
  readonly asked_at: bigint | null;
  readonly absent_since: bigint | null;
  readonly absents: bigint | null;
  readonly urgent: bigint | null;
  readonly hints: bigint | null;
  readonly first_sent_at: bigint | null;
}

function openOf(row: OpenRow): OpenPayment {
  const payment = paymentOf(row);
  return {
    payment,
    history: {
      queries: Number(row.asks ?? 0n),
      queriedAt: row.asked_at === null ? null : Number(row.asked_at),
      notFoundSince: row.absent_since === null ? null : Number(row.absent_since),
      notFoundCount: Number(row.absents ?? 0n),
      needsQuery: row.urgent === 1n,
      unverifiedCallbacks: Number(row.hints ?? 0n),
      firstSentAt: row.first_sent_at === null ? payment.sentAt : Number(row.first_sent_at),
    },
  };
}
