import type { DatabaseSync } from 'node:sqlite';
import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import { copyFingerprints } from '../../domain/payment.ts';

/** Rows that are read and written at once. */
const FILLED_AT_ONCE = 50_000;

/**
 * Makes the fingerprints of every payment anew, inside the open transaction of an upgrade: up to version 4 a ledger had none by
 * destination, and the one by id held the destination too. The copies of last month's batches are found by them.
 */
export function fillFingerprints(database: DatabaseSync): void {
  const page = database.prepare(`
    SELECT c.key, c.batch, c.id_key, c.destination, p.kind, p.currency, CAST(p.amount_minor AS TEXT) AS amount
    FROM contents c CROSS JOIN payments p ON p.key = c.key WHERE c.key > ? ORDER BY c.key LIMIT ${FILLED_AT_ONCE}`);
  const byId = database.prepare('UPDATE contents SET fingerprint = unhex(?) WHERE key = ?');
  const byDestination = database.prepare(
    'INSERT INTO destination_fingerprints (fingerprint, batch, payment) VALUES (unhex(?), ?, ?)',
  );
  database.exec('DELETE FROM fingerprints');
  for (let last = -1; ;) {
    const rows = page.all(last) as unknown as readonly FilledRow[];
    const destinations: [string, number, number][] = [];
    for (const { key, batch, id_key: idKey, destination, kind, currency, amount } of rows) {
      const payment = { idKey, destination: destinationOf(kind, destination), currency, amountMinor: BigInt(amount) };
      const fingerprints = copyFingerprints(payment);
      byId.run(fingerprints.id, key);
      destinations.push([fingerprints.destination, batch, key]);
      last = key;
    }
    // Sorted, a page of the index is written once and not for each row.
    for (const row of destinations.sort((a, b) => (a[0] < b[0] ? -1 : 1))) byDestination.run(...row);
    if (rows.length < FILLED_AT_ONCE) break;
  }
  database.exec(`INSERT INTO fingerprints (fingerprint, batch, payment)
    SELECT fingerprint, batch, key FROM contents ORDER BY fingerprint`);
}

interface FilledRow {
  readonly key: number;
  readonly batch: number;
  readonly id_key: string;
  readonly destination: string;
  readonly kind: DestinationKind;
  readonly currency: string;
  readonly amount: string;
}
