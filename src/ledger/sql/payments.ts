import { setImmediate as turn } from 'node:timers/promises';
import type { DestinationKind } from '../../domain/destination.ts';
import type { StatusTally } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import type { SentPlace } from '../place-records.ts';
import type { BatchRecord, LedgerPayment, PaymentFilter } from '../records.ts';
import { decodedStatement, statement, type Database, type Statement } from './database.ts';
import type { Dialect } from './dialect.ts';
import { paymentColumns, PAYMENT_JOINS, recordOf, storedPayment, type BatchRow, type StoredPayment } from './rows.ts';

const PAYMENT_PAGE = 500;

/** Up to so many payments of the statuses asked for are found through the index of the unpaid; more are met by a plain walk. */
const FEW = 10_000;

/** A sum of a million of the largest amounts is past 64 bits, so it is taken in two parts. */
const PART = 1_000_000_000n;

/** Reads batches and their payments. No transaction is held across two reads. */
export class PaymentQueries {
  private readonly database: Database;
  private readonly statements: ReturnType<typeof paymentStatements>;

  constructor(database: Database) {
    this.database = database;
    this.statements = paymentStatements(database.dialect);
  }

  async batch(id: string): Promise<BatchRecord | null> {
    const [row] = await this.database.read(this.statements.batch, [id]);
    return row === undefined ? null : recordOf(row);
  }

  async batches(): Promise<BatchRecord[]> {
    return (await this.database.read(this.statements.batches, [])).map(recordOf);
  }

  async *payments({ batch, statuses }: PaymentFilter): AsyncGenerator<LedgerPayment[]> {
    const wanted = statuses === undefined ? null : new Set(statuses);
    const few = wanted === null || wanted.has('paid') ? null : await this.fewKeys(batch, [...wanted]);
    const pages = few === null ? this.walk(batch) : this.byKeys(few);
    for await (const page of pages) {
      const all = page.map(({ payment }) => payment);
      const found = wanted === null ? all : all.filter(({ status }) => wanted.has(status));
      if (found.length > 0) yield found;
      // A walk that finds little must not keep the event loop from all other work.
      else await turn();
    }
  }

  async lookup(batch: string, idKeys: readonly string[]): Promise<Map<string, LedgerPayment>> {
    const found = new Map<string, LedgerPayment>();
    for (let start = 0; start < idKeys.length; start += PAYMENT_PAGE) {
      const page = JSON.stringify(idKeys.slice(start, start + PAYMENT_PAGE));
      for (const row of await this.database.read(this.statements.byIds, [batch, page])) {
        found.set(row.payment.idKey, row.payment);
      }
    }
    return found;
  }

  async named(idKey: string, reference: string, receipt: string): Promise<LedgerPayment[]> {
    const rows = await this.database.read(this.statements.named, [idKey, reference]);
    const found = rows.length > 0 ? rows : await this.database.read(this.statements.withReceipt, [receipt]);
    return found.map(({ payment }) => payment);
  }

  async byReference(reference: string): Promise<LedgerPayment | null> {
    const [row] = await this.database.read(this.statements.byReference, [reference]);
    return row === undefined ? null : row.payment;
  }

  async byAnyReference(reference: string): Promise<LedgerPayment | null> {
    const [row] = await this.database.read(this.statements.byAnyReference, [reference]);
    return row === undefined ? null : row.payment;
  }

  async tallies(batch: string): Promise<StatusTally[]> {
    const rows = await this.database.read(this.statements.tallies, [batch]);
    return rows.map(({ status, by_person, currency, account, kind, count, high, low }) => {
      const by = by_person === 1 ? { isByPerson: true as const } : {};
      return { status, ...by, currency, account, kind, count, sumMinor: BigInt(high) * PART + BigInt(low) };
    });
  }

  async lastSettledAt(batch: string): Promise<number | null> {
    const [row] = await this.database.read(this.statements.lastSettledAt, [batch]);
    return row?.at ?? null;
  }

  async sentPlaces(batch: string): Promise<SentPlace[]> {
    return (await this.database.read(this.statements.sentPlaces, [batch])).map((row) => ({ ...row }));
  }

  async unpaidBatches(): Promise<Map<string, Set<Status>>> {
    const unpaid = new Map<string, Set<Status>>();
    for (const { id, status } of await this.database.read(this.statements.unpaid, [])) {
      if (status === 'cancelled' && (await this.database.read(this.statements.cancelled, [id])).length === 0) continue;
      const statuses = unpaid.get(id);
      if (statuses === undefined) unpaid.set(id, new Set([status]));
      else statuses.add(status);
    }
    return unpaid;
  }

  /** Keys of a batch's payments with these statuses in the order of their lines, or null where there are many. */
  private async fewKeys(batch: string, statuses: readonly Status[]): Promise<number[] | null> {
    const rows = await this.database.read(this.statements.few, [batch, JSON.stringify(statuses), FEW + 1]);
    if (rows.length > FEW) return null;
    return rows.toSorted((a, b) => a.line - b.line || a.key - b.key).map((row) => row.key);
  }

  private async *byKeys(keys: readonly number[]): AsyncGenerator<readonly StoredPayment[]> {
    for (let start = 0; start < keys.length; start += PAYMENT_PAGE) {
      yield await this.database.read(this.statements.byKeys, [JSON.stringify(keys.slice(start, start + PAYMENT_PAGE))]);
    }
  }

  private async *walk(batch: string): AsyncGenerator<readonly StoredPayment[]> {
    for (let [line, key] = [-1, 0]; ;) {
      const rows = await this.database.read(this.statements.walk, [batch, line, key, PAYMENT_PAGE]);
      if (rows.length > 0) yield rows;
      const last = rows[PAYMENT_PAGE - 1];
      if (last === undefined) return;
      [line, key] = [last.payment.line, last.key];
    }
  }
}

function paymentStatements(sql: Dialect) {
  const columns = paymentColumns(sql);
  const ofBatch = 'batch = (SELECT key FROM batches WHERE id = ?1)';
  const unpaid = `FROM payments ${sql.index('payments_unpaid')} WHERE status <> 'paid'`;
  return {
    batch: statement<BatchRow>('SELECT * FROM batches WHERE id = ?'),
    // By key and not by time: a clock may have been set back between two of them.
    batches: statement<BatchRow>('SELECT * FROM batches ORDER BY key'),
    byIds: decodedStatement(
      `SELECT ${columns} FROM contents c JOIN payments p ON p.key = c.key JOIN batches b ON b.key = p.batch
         LEFT JOIN entries e ON e.id = p.evidence
       WHERE c.${ofBatch} AND c.id_key IN ${sql.list('?2', 'text')}`,
      storedPayment,
    ),
    byKeys: decodedStatement(
      `SELECT ${columns} FROM payments p ${PAYMENT_JOINS} WHERE p.key IN ${sql.list('?1', 'integer')} ORDER BY p.line, p.key`,
      storedPayment,
    ),
    byReference: decodedStatement(
      `SELECT ${columns} FROM payment_references r JOIN payments p ON p.key = r.payment ${PAYMENT_JOINS}
       WHERE r.reference = ? AND p.reference = r.reference`,
      storedPayment,
    ),
    byAnyReference: decodedStatement(
      `SELECT ${columns} FROM payment_references r JOIN payments p ON p.key = r.payment ${PAYMENT_JOINS} WHERE r.reference = ?`,
      storedPayment,
    ),
    ...namedStatements(columns),
    tallies: talliesStatement(ofBatch),
    lastSettledAt: statement<{ readonly at: number | null }>(
      `SELECT max(settled_at) AS at FROM payments WHERE ${ofBatch}`,
    ),
    // UNION counts a payment once for each place.
    sentPlaces: statement<SentPlace>(
      `SELECT account, place, count(*) AS count FROM (
         SELECT key, account, place FROM payments WHERE ${ofBatch} AND place IS NOT NULL
         UNION
         SELECT p.key, p.account, r.place FROM payments p JOIN earlier_references r ON r.payment = p.key
         WHERE p.${ofBatch} AND p.generation > 1 AND r.place IS NOT NULL
       ) sent GROUP BY account, place ORDER BY account, place`,
    ),
    // Leaps through the index, from batch to batch and from status to status: the cost is the number of pairs, not of payments.
    unpaid: statement<{ readonly id: string; readonly status: Status }>(
      `WITH RECURSIVE
         found (batch) AS (
           SELECT (SELECT batch ${unpaid} ORDER BY batch LIMIT 1)
           UNION ALL
           SELECT (SELECT batch ${unpaid} AND batch > f.batch ORDER BY batch LIMIT 1) FROM found f WHERE f.batch IS NOT NULL),
         pairs (batch, status) AS (
           SELECT batch, (SELECT status ${unpaid} AND batch = f.batch ORDER BY status LIMIT 1) FROM found f
           WHERE f.batch IS NOT NULL
           UNION ALL
           SELECT batch, (SELECT status ${unpaid} AND batch = q.batch AND status > q.status ORDER BY status LIMIT 1)
           FROM pairs q WHERE q.status IS NOT NULL)
       SELECT b.id, q.status FROM pairs q JOIN batches b ON b.key = q.batch WHERE q.status IS NOT NULL ORDER BY b.key, q.status`,
    ),
    cancelled: statement(
      `SELECT 1 ${unpaid} AND ${ofBatch} AND status = 'cancelled' AND cancelled_by_person = 0 LIMIT 1`,
    ),
    few: statement<{ readonly key: number; readonly line: number }>(
      `SELECT key, line ${unpaid} AND ${ofBatch} AND status IN ${sql.list('?2', 'text')} LIMIT ?3`,
    ),
    walk: decodedStatement(
      `SELECT ${columns} FROM payments p ${sql.index('payments_lines')} ${PAYMENT_JOINS}
       WHERE p.${ofBatch} AND (p.line, p.key) > (?2, ?3) ORDER BY p.line, p.key LIMIT ?4`,
      storedPayment,
    ),
  };
}

/** By what people call a payment, in whichever batch. */
function namedStatements(columns: string) {
  return {
    named: decodedStatement(
      `SELECT ${columns} FROM payments p ${PAYMENT_JOINS}
       WHERE p.key IN (
         SELECT key FROM contents WHERE id_key = ?1
         UNION SELECT payment FROM payment_references WHERE reference = ?2
       ) ORDER BY p.key`,
      storedPayment,
    ),
    withReceipt: decodedStatement(
      `SELECT ${columns} FROM payments p ${PAYMENT_JOINS}
       WHERE p.key IN (SELECT payment FROM entries WHERE receipt = ?1 OR provider_reference = ?1) ORDER BY p.key`,
      storedPayment,
    ),
  };
}

function talliesStatement(ofBatch: string): Statement<TallyRow> {
  return statement<TallyRow>(
    `SELECT status, cancelled_by_person AS by_person, currency, account, kind, count(*) AS count,
         CAST(sum(amount_minor / ${PART}) AS TEXT) AS high, CAST(sum(amount_minor % ${PART}) AS TEXT) AS low
       FROM payments WHERE ${ofBatch} GROUP BY status, cancelled_by_person, currency, account, kind`,
  );
}

interface TallyRow {
  readonly status: Status;
  readonly by_person: number;
  readonly currency: string;
  readonly account: string;
  readonly kind: DestinationKind;
  readonly count: number;
  readonly high: string;
  readonly low: string;
}
