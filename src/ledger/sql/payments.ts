import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DestinationKind } from '../../domain/destination.ts';
import type { StatusTally } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import type { BatchRecord, CopyMatch, FileMemo, LockOwner, LedgerPayment, PaymentFilter } from '../records.ts';
import { PAYMENT_COLUMNS, PAYMENT_JOINS, paymentOf, recordOf, type BatchRow, type PaymentRow } from './rows.ts';

const PAGE = 500;

/** Up to so many payments of the statuses asked for are found through the index of the unpaid; more are met by a plain walk. */
const FEW = 10_000;

/** So that the sum of a million of the largest amounts cannot pass 64 bits, it is taken in two parts. */
const PART = 1_000_000_000n;

/**
 * Everything that only looks. It has a connection of its own, so that nobody sees a registration that is under way, and holds no
 * transaction across an `await`.
 */
export class Reading {
  private readonly database: DatabaseSync;
  private readonly prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  batch(id: string): BatchRecord | null {
    const row = this.statement('SELECT * FROM batches WHERE id = ?').get(id);
    return row === undefined ? null : recordOf(row as unknown as BatchRow);
  }

  batches(): BatchRecord[] {
    // By key and not by time: a clock may have been set back between two of them.
    return this.statement('SELECT * FROM batches ORDER BY key')
      .all()
      .map((row) => recordOf(row as unknown as BatchRow));
  }

  async *payments({ batch, statuses }: PaymentFilter): AsyncGenerator<LedgerPayment[]> {
    const wanted = statuses === undefined ? null : new Set(statuses);
    const few = wanted === null || wanted.has('paid') ? null : this.fewKeys(batch, [...wanted]);
    const pages = few === null ? this.walk(batch) : this.byKeys(few);
    for (const page of pages) {
      const found = wanted === null ? page : page.filter((row) => wanted.has(row.status));
      if (found.length > 0) yield found.map(paymentOf);
      // A walk that finds little must not keep the event loop from everybody else.
      else await turn();
    }
  }

  lookup(batch: string, idKeys: readonly string[]): Map<string, LedgerPayment> {
    const found = new Map<string, LedgerPayment>();
    const statement = this.statement(
      `SELECT ${PAYMENT_COLUMNS} FROM contents c JOIN payments p ON p.key = c.key JOIN batches b ON b.key = p.batch
       LEFT JOIN entries e ON e.id = p.evidence
       WHERE c.batch = (SELECT key FROM batches WHERE id = ?) AND c.id_key = ?`,
      true,
    );
    for (const idKey of idKeys) {
      const row = statement.get(batch, idKey);
      if (row !== undefined) found.set(idKey, paymentOf(row as unknown as PaymentRow));
    }
    return found;
  }

  byReference(reference: string): LedgerPayment | null {
    const row = this.statement(
      `SELECT ${PAYMENT_COLUMNS} FROM presented r JOIN payments p ON p.key = r.payment ${PAYMENT_JOINS}
       WHERE r.reference = ? AND p.reference = r.reference`,
      true,
    ).get(reference);
    return row === undefined ? null : paymentOf(row as unknown as PaymentRow);
  }

  everReference(reference: string): LedgerPayment | null {
    const row = this.statement(
      `SELECT ${PAYMENT_COLUMNS} FROM presented r JOIN payments p ON p.key = r.payment ${PAYMENT_JOINS} WHERE r.reference = ?`,
      true,
    ).get(reference);
    return row === undefined ? null : paymentOf(row as unknown as PaymentRow);
  }

  tallies(batch: string): StatusTally[] {
    const rows = this.statement(
      `SELECT status, currency, account, kind, count(*) AS count,
         sum(amount_minor / ${PART}) AS high, sum(amount_minor % ${PART}) AS low
       FROM payments WHERE batch = (SELECT key FROM batches WHERE id = ?)
       GROUP BY status, currency, account, kind`,
      true,
    ).all(batch) as unknown as TallyRow[];
    return rows.map(({ status, currency, account, kind, count, high, low }) => {
      return { status, currency, account, kind, count: Number(count), sumMinor: high * PART + low };
    });
  }

  unpaidBatches(): Map<string, Set<Status>> {
    const unpaid = new Map<string, Set<Status>>();
    // Leaps through the index, from status to status and from batch to batch: its cost is the number of pairs, not of payments.
    const from = `FROM payments INDEXED BY payments_unpaid WHERE status <> 'paid'`;
    const nextBatch = this.statement(`SELECT batch ${from} AND batch > ? ORDER BY batch LIMIT 1`);
    const nextStatus = this.statement(`SELECT status ${from} AND batch = ? AND status > ? ORDER BY status LIMIT 1`);
    const id = this.statement('SELECT id FROM batches WHERE key = ?');
    for (let batch = 0; ;) {
      const found = nextBatch.get(batch) as unknown as { batch: number } | undefined;
      if (found === undefined) return unpaid;
      batch = found.batch;
      const statuses = new Set<Status>();
      for (let after = ''; ;) {
        const row = nextStatus.get(batch, after) as unknown as { status: Status } | undefined;
        if (row === undefined) break;
        statuses.add(row.status);
        after = row.status;
      }
      unpaid.set((id.get(batch) as unknown as { id: string }).id, statuses);
    }
  }

  hasBatchesSince(since: number, except: string): boolean {
    return (
      this.statement('SELECT 1 FROM batches WHERE registered_at >= ? AND id <> ? LIMIT 1').get(since, except) !==
      undefined
    );
  }

  async copies(fingerprints: readonly string[], since: number, except: string): Promise<CopyMatch[]> {
    const matches: CopyMatch[] = [];
    const statement = this.statement(
      `SELECT j.value AS fingerprint, b.id AS batch, c.id AS id
       FROM json_each(?) j CROSS JOIN fingerprints f ON f.fingerprint = unhex(j.value)
         CROSS JOIN contents c ON c.key = f.payment CROSS JOIN batches b ON b.key = f.batch
       WHERE b.registered_at >= ? AND b.id <> ?`,
    );
    for (let start = 0; start < fingerprints.length; start += PAGE) {
      if (start > 0) await turn();
      const page = JSON.stringify(fingerprints.slice(start, start + PAGE));
      matches.push(...(statement.all(page, since, except) as unknown as CopyMatch[]).map((match) => ({ ...match })));
    }
    return matches;
  }

  /** Who took the account last. */
  holder(account: string): LockOwner | null {
    const row = this.statement('SELECT command, pid, host, at FROM holders WHERE account = ?').get(account);
    return row === undefined ? null : { ...(row as unknown as LockOwner) };
  }

  files(): Map<string, FileMemo> {
    const rows = this.statement('SELECT * FROM files').all() as unknown as FileRow[];
    return new Map(
      rows.map(({ path, size, mtime_ns, inode, config, batch }) => [
        path,
        { path, size, mtimeNs: BigInt(mtime_ns), inode: BigInt(inode), config, batch },
      ]),
    );
  }

  /** Keys of a batch's payments with these statuses in the order of their lines, or null where there are many. */
  private fewKeys(batch: string, statuses: readonly Status[]): bigint[] | null {
    const statement = this.statement(
      `SELECT key, line FROM payments INDEXED BY payments_unpaid
       WHERE status <> 'paid' AND batch = (SELECT key FROM batches WHERE id = ?)
         AND status IN (SELECT value FROM json_each(?)) LIMIT ?`,
      true,
    );
    const rows = statement.all(batch, JSON.stringify(statuses), FEW + 1) as unknown as { key: bigint; line: bigint }[];
    if (rows.length > FEW) return null;
    return rows.sort((a, b) => Number(a.line - b.line) || Number(a.key - b.key)).map((row) => row.key);
  }

  private *byKeys(keys: readonly bigint[]): Generator<PaymentRow[]> {
    const statement = this.statement(
      `SELECT ${PAYMENT_COLUMNS} FROM payments p ${PAYMENT_JOINS} WHERE p.key = ?`,
      true,
    );
    for (let start = 0; start < keys.length; start += PAGE) {
      yield keys.slice(start, start + PAGE).map((key) => statement.get(key) as unknown as PaymentRow);
    }
  }

  private *walk(batch: string): Generator<PaymentRow[]> {
    const statement = this.statement(
      `SELECT ${PAYMENT_COLUMNS} FROM payments p INDEXED BY payments_lines ${PAYMENT_JOINS}
       WHERE p.batch = (SELECT key FROM batches WHERE id = ?) AND (p.line, p.key) > (?, ?) ORDER BY p.line, p.key LIMIT ?`,
      true,
    );
    for (let after: Pick<PaymentRow, 'line' | 'key'> = { line: -1n, key: 0n }; ;) {
      const rows = statement.all(batch, after.line, after.key, PAGE) as unknown as PaymentRow[];
      if (rows.length > 0) yield rows;
      const last = rows[PAGE - 1];
      if (last === undefined) return;
      after = last;
    }
  }

  private statement(sql: string, bigints = false): StatementSync {
    let statement = this.prepared.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      statement.setReadBigInts(bigints);
      this.prepared.set(sql, statement);
    }
    return statement;
  }
}

interface TallyRow {
  readonly status: Status;
  readonly currency: string;
  readonly account: string;
  readonly kind: DestinationKind;
  readonly count: bigint;
  readonly high: bigint;
  readonly low: bigint;
}

interface FileRow {
  readonly path: string;
  readonly size: number;
  readonly mtime_ns: string;
  readonly inode: string;
  readonly config: string;
  readonly batch: string;
}
