import { destinationOf, destinationText, type DestinationKind } from '../../domain/destination.ts';
import type { Payment } from '../../domain/payment.ts';
import { SIMULATOR_HOST } from '../../domain/place.ts';
import { mayHaveArrived } from '../copy-rules.ts';
import type { EarlierDestination } from '../destination-records.ts';
import { STATUSES } from '../../domain/status.ts';
import { statement, type RowSource } from './database.ts';
import type { Dialect } from './dialect.ts';

/** Payments that are searched for at once. */
const DESTINATION_PAGE = 500;

/** Searches all batches for the destinations that the ids of a file were paid to before. */
export class EarlierDestinations {
  private readonly statement: ReturnType<typeof destinationStatement>;

  constructor(sql: Dialect) {
    this.statement = destinationStatement(sql);
  }

  async find(
    source: RowSource,
    payments: readonly Pick<Payment, 'idKey' | 'destination'>[],
    isSimulation: boolean,
  ): Promise<EarlierDestination[]> {
    const found: EarlierDestination[] = [];
    for (let start = 0; start < payments.length; start += DESTINATION_PAGE) {
      const page = payments.slice(start, start + DESTINATION_PAGE);
      const searched = page.map(({ idKey, destination }, at) => {
        return [start + at, idKey, destination.kind, destinationText(destination)];
      });
      const rows = await source.all(this.statement, [JSON.stringify(searched), isSimulation ? 1 : 0]);
      const seen = new Set<string>();
      for (const { at, kind, destination, batch } of rows) {
        const key = JSON.stringify([at, kind, destination]);
        if (seen.has(key)) continue;
        seen.add(key);
        found.push({ index: at, destination: destinationOf(kind, destination), batch });
      }
    }
    return found;
  }
}

interface EarlierDestinationRow {
  readonly at: number;
  readonly kind: DestinationKind;
  readonly destination: string;
  readonly batch: string;
}

function destinationStatement(sql: Dialect) {
  const counted = STATUSES.filter(mayHaveArrived);
  const isCounted = (payment: string): string => `(${counted.map((one) => `${payment}.status = '${one}'`).join(' OR ')})
    AND (?2 = 1 OR NOT EXISTS (SELECT 1 FROM places s WHERE s.key = ${payment}.place AND s.host = '${SIMULATOR_HOST}'))`;
  const searched = { at: 'integer', id_key: 'text', kind: 'text', destination: 'text' } as const;
  const byId = sql.index('contents_id_keys');
  return statement<EarlierDestinationRow>(
    `SELECT r.at, p.kind, c.destination, b.id AS batch
     FROM ${sql.rowTable('?1', 'r', searched)}
       ${sql.orderedJoin} contents c ${byId} ON c.id_key = r.id_key
       ${sql.orderedJoin} payments p ON p.key = c.key
       ${sql.orderedJoin} batches b ON b.key = p.batch
     WHERE ${isCounted('p')} AND NOT EXISTS (
       SELECT 1 FROM contents d ${byId} ${sql.orderedJoin} payments q ON q.key = d.key
       WHERE d.id_key = r.id_key AND d.destination = r.destination AND q.kind = r.kind AND ${isCounted('q')})
     ORDER BY r.at, c.key DESC`,
  );
}
