import type { CopyFingerprints } from '../../domain/payment.ts';
import { SIMULATOR_HOST } from '../../domain/place.ts';
import type { Status } from '../../domain/status.ts';
import { STATUSES } from '../../domain/status.ts';
import { comparedBatches, isCountedForCopies, type BatchTime, type CopySearch } from '../copy-rules.ts';

import type { CopyMatch, CopyRefusal } from '../copy-records.ts';
import { decodedStatement, statement, type RowSource, type Statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/** Payments that are searched for at once. */
const COPY_PAGE = 500;

/** Searches for the payments of a file in other batches, outside of a transaction or inside the one that writes. */
export class Copies {
  private readonly statements: ReturnType<typeof copyStatements>;
  private simulated: { readonly batches: string; readonly accounts: string } | null = null;

  constructor(sql: Dialect) {
    this.statements = copyStatements(sql);
  }

  /** The batches whose payments count. */
  async compared(source: RowSource, search: CopySearch): Promise<readonly StoredBatchTime[]> {
    const [newest] = await source.all(this.statements.newestEntry, []);
    return comparedBatches(await source.all(this.statements.batches, []), search, newest?.at ?? null);
  }

  /** When the newest entry of the ledger was written; null where there is none. */
  async newestEntryAt(source: RowSource): Promise<number | null> {
    return (await source.all(this.statements.newestEntry, []))[0]?.at ?? null;
  }

  async matches(source: RowSource, payments: readonly CopyFingerprints[], search: CopySearch): Promise<CopyMatch[]> {
    const matches: CopyMatch[] = [];
    const scope = await this.scope(source, await this.compared(source, search), search);
    const finder = new CopyFinder(source, this.statements, scope);
    for (let start = 0; start < payments.length; start += COPY_PAGE) {
      const found = await finder.page(payments.slice(start, start + COPY_PAGE));
      const rows = await source.all(this.statements.described, [JSON.stringify(found.map(({ payment }) => payment))]);
      const described = new Map(rows.map((row) => [row.payment, row]));
      for (const { index, by, payment } of found) {
        const row = described.get(payment);
        if (row !== undefined) matches.push({ index: start + index, by, ...row.match });
      }
    }
    return matches;
  }

  /** As part of the transaction that writes, so that two processes cannot pass the test with a file and its copy side by side. */
  async test(tx: Transaction, search: CopySearch | null): Promise<CopyTest> {
    const compared = search === null ? [] : await this.compared(tx, search);
    this.simulated = null;
    const scope = search === null ? null : await this.scope(tx, compared, search);
    return new CopyTest(new CopyFinder(tx, this.statements, scope), compared);
  }

  /** Null where there is no batch to search. */
  private async scope(
    source: RowSource,
    compared: readonly StoredBatchTime[],
    { isSimulation }: CopySearch,
  ): Promise<CopyScope | null> {
    if (compared.length === 0) return null;
    const batches = JSON.stringify(compared.map(({ key }) => key));
    if (isSimulation) return { batches, isSimulation, simulated: '[]' };
    return { batches, isSimulation, simulated: await this.simulatedIn(source, batches) };
  }

  /** A file is searched page by page, and the batches are not walked for each: what was simulated once stays so. */
  private async simulatedIn(source: RowSource, batches: string): Promise<string> {
    if (this.simulated?.batches === batches) return this.simulated.accounts;
    const [simulator] = await source.all(this.statements.simulator, []);
    const rows = simulator === undefined ? [] : await source.all(this.statements.simulated, [batches]);
    this.simulated = { batches, accounts: JSON.stringify(rows.map(({ name }) => name)) };
    return this.simulated.accounts;
  }
}

/** Which payments are searched. */
interface CopyScope {
  /** Keys of the batches that count, as a JSON list. */
  readonly batches: string;
  readonly isSimulation: boolean;
  /** JSON list of `<batch key> <account>`: from these accounts of these batches something was sent to the built-in simulator. */
  readonly simulated: string;
}

/** A batch that was read for a search, with its key. */
export interface StoredBatchTime extends BatchTime {
  readonly key: number;
}

interface FoundCopy {
  readonly index: number;
  readonly by: keyof CopyFingerprints;
  readonly payment: number;
  readonly batch: number;
}

/** Finds the newest payment of the compared batches that each payment of a page repeats. */
class CopyFinder {
  private readonly source: RowSource;
  private readonly statements: CopyStatements;
  private readonly scope: CopyScope | null;

  constructor(source: RowSource, statements: CopyStatements, scope: CopyScope | null) {
    this.source = source;
    this.statements = statements;
    this.scope = scope;
  }

  async page(payments: readonly CopyFingerprints[]): Promise<readonly FoundCopy[]> {
    if (this.scope === null || payments.length === 0) return [];
    const all = payments.map((_, index) => index);
    const byDestination = await this.search(payments, all, 'destination');
    const seen = new Set(byDestination.map(({ index }) => index));
    const left = seen.size === 0 ? all : all.filter((index) => !seen.has(index));
    return [...byDestination, ...(await this.search(payments, left, 'id'))];
  }

  private async search(
    payments: readonly CopyFingerprints[],
    indexes: readonly number[],
    by: keyof CopyFingerprints,
  ): Promise<FoundCopy[]> {
    if (indexes.length === 0 || this.scope === null) return [];
    const { batches, isSimulation, simulated } = this.scope;
    const wanted = Map.groupBy(indexes, (index) => payments[index]?.[by] ?? '');
    const rows = await this.source.all(this.statements[by], [
      JSON.stringify([...wanted.keys()]),
      batches,
      isSimulation ? 1 : 0,
      simulated,
    ]);
    return rows.flatMap(({ fingerprint, payment, batch }) => {
      return (wanted.get(fingerprint) ?? []).map((index) => ({ index, by, payment, batch }));
    });
  }
}

/** Counts one set of payments, page by page. */
export class CopyTest {
  private readonly finder: CopyFinder;
  private readonly ids: ReadonlyMap<number, string>;
  private readonly matches = new Map<number, number>();
  private count = 0;

  constructor(finder: CopyFinder, compared: readonly StoredBatchTime[]) {
    this.finder = finder;
    this.ids = new Map(compared.map(({ key, id }) => [key, id]));
  }

  async add(payments: readonly CopyFingerprints[]): Promise<void> {
    this.count += payments.length;
    for (const { batch } of await this.finder.page(payments)) {
      this.matches.set(batch, (this.matches.get(batch) ?? 0) + 1);
    }
  }

  /** The other batches in which half or more of the added payments stand, all of them together; or null. */
  found(): CopyRefusal | null {
    const matches = [...this.matches.values()].reduce((sum, count) => sum + count, 0);
    if (matches === 0 || matches * 2 < this.count) return null;
    const most = [...this.matches].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
    return { kind: 'copy', of: most.map(([key]) => this.ids.get(key) ?? ''), matches };
  }
}

type CopyStatements = ReturnType<typeof copyStatements>;

interface FoundCopyRow {
  readonly fingerprint: string;
  readonly payment: number;
  readonly batch: number;
}

function copyStatements(sql: Dialect) {
  const counted = STATUSES.filter((status) => isCountedForCopies(status, false));
  const isStatus = `(${counted.map((status) => `p.status = '${status}'`).join(' OR ')})`;
  const simulatedPlace = (key: string): string =>
    `EXISTS (SELECT 1 FROM places s WHERE s.key = ${key} AND s.host = '${SIMULATOR_HOST}')`;
  const isLeftOut = `(${simulatedPlace('p.place')}
    OR (p.status = 'planned' AND p.batch || ' ' || p.account IN ${sql.list('?4', 'text')}))`;
  const isCounted = `${isStatus} AND (?3 = 1 OR NOT ${isLeftOut})`;
  // One payment for each fingerprint, however many there are: a till may be paid the same amount a hundred times.
  const newest = (table: string): Statement<FoundCopyRow> =>
    statement(
      `SELECT r.fingerprint, r.payment, p.batch
       FROM (SELECT j.value AS fingerprint, (
               SELECT f.payment FROM ${table} f ${sql.orderedJoin} payments p ON p.key = f.payment
               WHERE f.fingerprint = ${sql.bytes('j.value')} AND f.batch IN ${sql.list('?2', 'integer')} AND ${isCounted}
               ORDER BY f.batch DESC, f.payment DESC LIMIT 1) AS payment
             FROM ${sql.listTable('?1', 'j')}) r
         ${sql.orderedJoin} payments p ON p.key = r.payment`,
    );
  return {
    simulator: statement(`SELECT 1 FROM places WHERE host = '${SIMULATOR_HOST}' LIMIT 1`),
    simulated: statement<{ readonly name: string }>(
      `SELECT DISTINCT p.batch || ' ' || p.account AS name FROM payments p LEFT JOIN earlier_references r ON r.payment = p.key
       WHERE p.batch IN ${sql.list('?1', 'integer')} AND (${simulatedPlace('p.place')} OR ${simulatedPlace('r.place')})`,
    ),
    newestEntry: statement<{ readonly at: number }>('SELECT at FROM entries ORDER BY id DESC LIMIT 1'),
    batches: decodedStatement(
      'SELECT key, id, registered_at, is_time_trusted, series, occurrence FROM batches ORDER BY key',
      storedBatchTime,
    ),
    destination: newest('destination_fingerprints'),
    id: newest('fingerprints'),
    described: decodedStatement(
      `SELECT p.key, b.id, c.id, p.line, p.status, p.sent_at, p.settled_at
       FROM payments p JOIN contents c ON c.key = p.key JOIN batches b ON b.key = p.batch
       WHERE p.key IN ${sql.list('?1', 'integer')}`,
      describedMatch,
    ),
  };
}

function storedBatchTime(
  values: readonly [
    key: number,
    id: string,
    registeredAt: number,
    isTrusted: number,
    series: string | null,
    occurrence: string | null,
  ],
): StoredBatchTime {
  const [key, id, registeredAt, isTrusted, series, occurrence] = values;
  return { key, id, registeredAt, isTimeTrusted: isTrusted === 1, series, occurrence };
}

function describedMatch(
  values: readonly [
    key: number,
    batch: string,
    id: string,
    line: number,
    status: Status,
    sentAt: number | null,
    settledAt: number | null,
  ],
): { readonly payment: number; readonly match: Omit<CopyMatch, 'index' | 'by'> } {
  const [payment, batch, id, line, status, sentAt, settledAt] = values;
  return { payment, match: { batch, id, line, status, sentAt, settledAt } };
}
