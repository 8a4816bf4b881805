import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { Status } from '../../domain/status.ts';
import type { PayrollPayment } from '../../domain/payroll.ts';
import type { SeriesBatch } from '../payroll-records.ts';
import { decodedStatement, statement, type Database } from './database.ts';
import type { Dialect } from './dialect.ts';

/** Ids that are searched for, or read, at once. */
const PAYROLL_PAGE = 500;

/** Reads earlier payrolls. */
export class Payrolls {
  private readonly database: Pick<Database, 'read'>;
  private readonly statements: ReturnType<typeof payrollStatements>;

  constructor(database: Pick<Database, 'read' | 'dialect'>) {
    this.database = database;
    this.statements = payrollStatements(database.dialect);
  }

  async ofSeries(series: string): Promise<SeriesBatch[]> {
    return (await this.database.read(this.statements.series, [series])).map((row) => ({ ...row }));
  }

  async payments(batches: readonly string[], idKeys: readonly string[]): Promise<PayrollPayment[]> {
    const found: PayrollPayment[] = [];
    const inBatches = JSON.stringify(batches);
    for (let start = 0; start < idKeys.length; start += PAYROLL_PAGE) {
      const page = JSON.stringify(idKeys.slice(start, start + PAYROLL_PAGE));
      const rows = await this.database.read(this.statements.payments, [inBatches, page]);
      const corrected = await this.corrected(rows.filter(({ payment }) => payment.status === 'replaced'));
      for (const row of rows) found.push(corrected.get(row.key) ?? row.payment);
    }
    return found;
  }

  async *ids(batch: string): AsyncGenerator<readonly string[]> {
    for (let last = ''; ;) {
      const rows = await this.database.read(this.statements.ids, [batch, last, PAYROLL_PAGE]);
      if (rows.length > 0) yield rows;
      const end = rows[PAYROLL_PAGE - 1];
      if (end === undefined) return;
      last = end;
    }
  }

  /** What took the place of these payments, by their keys. */
  private async corrected(rows: readonly PayrollRow[]): Promise<ReadonlyMap<number, PayrollPayment>> {
    if (rows.length === 0) return new Map();
    const replaced = new Map(rows.map(({ key, payment }) => [key, payment]));
    const newest = await this.database.read(this.statements.corrections, [JSON.stringify([...replaced.keys()])]);
    return new Map(
      newest.flatMap(({ key, payment }): [number, PayrollPayment][] => {
        const own = replaced.get(key);
        return own === undefined ? [] : [[key, { ...payment, id: own.id, idKey: own.idKey }]];
      }),
    );
  }
}

interface PayrollRow {
  readonly key: number;
  readonly payment: PayrollPayment;
}

type PayrollValues = readonly [
  key: number,
  batch: string,
  line: number,
  id: string,
  idKey: string,
  name: string,
  kind: DestinationKind,
  destination: string,
  amountMinor: string,
  currency: string,
  status: Status,
];

const PAYROLL_COLUMNS =
  'b.id, p.line, c.id, c.id_key, c.name, p.kind, c.destination, CAST(p.amount_minor AS TEXT), p.currency, p.status';

function payrollStatements(sql: Dialect) {
  const ids = sql.index('contents_ids');
  const isNoCorrection = 'NOT EXISTS (SELECT 1 FROM replacements r WHERE r.payment = c.key)';
  return {
    series: statement<SeriesBatch>(
      'SELECT id, occurrence, count FROM batches WHERE series = ?1 AND occurrence IS NOT NULL',
    ),
    payments: decodedStatement(
      `SELECT p.key, ${PAYROLL_COLUMNS}
       FROM contents c ${ids} JOIN payments p ON p.key = c.key JOIN batches b ON b.key = p.batch
       WHERE c.batch IN (SELECT key FROM batches WHERE id IN ${sql.list('?1', 'text')}) AND c.id_key IN ${sql.list('?2', 'text')}
         AND ${isNoCorrection}`,
      payrollRow,
    ),
    ids: decodedStatement<string>(
      `SELECT c.id_key FROM contents c ${ids}
       WHERE c.batch = (SELECT key FROM batches WHERE id = ?1) AND c.id_key > ?2 AND ${isNoCorrection}
       ORDER BY c.id_key LIMIT ?3`,
      (values: readonly [idKey: string]) => values[0],
    ),
    // A correction may have been corrected as well; the newest was registered last.
    corrections: decodedStatement(
      `WITH RECURSIVE chain (first, key) AS (
         SELECT j.value, j.value FROM ${sql.listTable('?1', 'j')}
         UNION ALL SELECT h.first, r.payment FROM chain h JOIN replacements r ON r.replaced = h.key)
       SELECT n.first, ${PAYROLL_COLUMNS}
       FROM (SELECT first, max(key) AS newest FROM chain GROUP BY first) n
         JOIN payments p ON p.key = n.newest JOIN contents c ON c.key = p.key JOIN batches b ON b.key = p.batch`,
      payrollRow,
    ),
  };
}

function payrollRow(values: PayrollValues): PayrollRow {
  const [key, batch, line, id, idKey, name, kind, destination, amount, currency, status] = values;
  const to = destinationOf(kind, destination);
  const payment = { batch, line, id, idKey, name, destination: to, amountMinor: BigInt(amount), currency, status };
  return { key, payment };
}
