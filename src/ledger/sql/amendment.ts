import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { destinationText } from '../../domain/destination.ts';
import { copyFingerprint, paymentDigest, type Payment } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import type { AmendResult, Registration } from '../records.ts';
import type { Copies } from './copies.ts';
import type { Entries } from './entries.ts';
import { checkCount, type BatchKey, type Inserting } from './registration.ts';
import { detailsText, recordOf, recordText, type BatchRow } from './rows.ts';

/** Another set for a batch. The method needs an open transaction, to be rolled back unless the result is `amended`. */
export class Amending {
  private readonly entries: Entries;
  private readonly inserting: Inserting;
  private readonly copies: Copies;
  private readonly statements: Readonly<
    Record<
      'batch' | 'found' | 'line' | 'cells' | 'payment' | 'content' | 'unmark' | 'mark' | 'ids' | 'record',
      StatementSync
    >
  >;

  constructor(database: DatabaseSync, entries: Entries, inserting: Inserting, copies: Copies) {
    this.entries = entries;
    this.inserting = inserting;
    this.copies = copies;
    this.statements = {
      batch: database.prepare('SELECT * FROM batches WHERE id = ?'),
      found: database.prepare(
        `SELECT p.key, p.status, p.attempts, p.line, c.id, lower(hex(c.digest)) AS digest
         FROM contents c JOIN payments p ON p.key = c.key WHERE c.batch = ? AND c.id_key = ?`,
      ),
      line: database.prepare('UPDATE payments SET line = ? WHERE key = ?'),
      cells: database.prepare('UPDATE contents SET cells = ? WHERE key = ?'),
      payment: database.prepare(
        'UPDATE payments SET account = ?, provider = ?, kind = ?, currency = ?, amount_minor = ? WHERE key = ?',
      ),
      content: database.prepare(
        `UPDATE contents SET id = ?, name = ?, destination = ?, narrative = ?, details = ?, digest = unhex(?),
           fingerprint = unhex(?) WHERE key = ?`,
      ),
      unmark: database.prepare(
        'DELETE FROM fingerprints WHERE payment = ?1 AND (fingerprint, batch) = (SELECT fingerprint, batch FROM contents WHERE key = ?1)',
      ),
      mark: database.prepare(
        'INSERT INTO fingerprints (fingerprint, batch, payment) SELECT fingerprint, batch, key FROM contents WHERE key = ?',
      ),
      ids: database.prepare('SELECT key, id FROM contents WHERE batch = ? ORDER BY key'),
      record: database.prepare('UPDATE batches SET digest = ?, count = ?, record = ? WHERE key = ?'),
    };
  }

  async amend(registration: Registration, path: string): Promise<AmendResult> {
    const { summary, providers, payments, at, by } = registration;
    const { id } = summary.header;
    const row = this.statements.batch.get(id) as unknown as (BatchRow & { key: number }) | undefined;
    if (row === undefined) throw new LedgerError('missing', `Ledger ${path} has no batch ${id} to amend.`);
    const before = recordOf(row);
    // The organisation that the batch was registered under stays part of its references.
    const batch: BatchKey = { key: row.key, id, organisation: before.organisation };
    const copies = this.copies.test(registration.refuseCopiesSince, batch.key);
    const seen = new Set<number>();
    const sent: string[] = [];
    let [added, changed, count] = [0, 0, 0];
    this.inserting.start();
    for await (const page of payments) {
      const fingerprints: string[] = [];
      for (const payment of page) {
        const digest = paymentDigest(payment);
        const provider = providers[payment.account] ?? '';
        const found = this.statements.found.get(batch.key, payment.idKey) as unknown as FoundRow | undefined;
        count += 1;
        if (found === undefined) {
          const fingerprint = copyFingerprint(payment);
          seen.add(this.inserting.insert(batch, payment, provider, digest, fingerprint));
          fingerprints.push(fingerprint);
          added += 1;
          continue;
        }
        seen.add(found.key);
        if (found.digest !== digest) {
          if (found.status !== 'planned' || found.attempts > 0) {
            sent.push(found.id);
            continue;
          }
          this.change(found, payment, provider, digest);
          this.entries.noted('amended', at, by, batch.key, found.key, { before: found.digest, after: digest });
          fingerprints.push(copyFingerprint(payment));
          changed += 1;
        }
        this.follow(found, payment);
      }
      copies.add(fingerprints);
    }
    this.inserting.finish();
    checkCount(count, summary.count);
    const all = this.statements.ids.all(batch.key) as unknown as { key: number; id: string }[];
    const missing = all.filter(({ key }) => !seen.has(key)).map((payment) => payment.id);
    if (sent.length > 0 || missing.length > 0) return { kind: 'refused', sent, missing };
    const copy = copies.found();
    if (copy !== null) return { kind: 'copy', ...copy };
    const record = recordText(summary, { ...before.providers, ...providers });
    this.statements.record.run(summary.digest, summary.count, record, batch.key);
    this.entries.noted('amended', at, by, batch.key, null, {
      before: before.digest,
      after: summary.digest,
      added,
      changed,
    });
    return { kind: 'amended', added, changed };
  }

  private change(found: FoundRow, payment: Payment, provider: string, digest: string): void {
    const { destination } = payment;
    this.statements.payment.run(
      payment.account,
      provider,
      destination.kind,
      payment.currency,
      payment.amountMinor,
      found.key,
    );
    this.statements.unmark.run(found.key);
    this.statements.content.run(
      payment.id,
      payment.name,
      destinationText(destination),
      payment.narrative,
      detailsText(payment.details),
      digest,
      copyFingerprint(payment),
      found.key,
    );
    this.statements.mark.run(found.key);
  }

  private follow(found: FoundRow, payment: Payment): void {
    if (found.line !== payment.line) this.statements.line.run(payment.line, found.key);
    this.statements.cells.run(JSON.stringify(payment.cells), found.key);
  }
}

interface FoundRow {
  readonly key: number;
  readonly status: Status;
  readonly attempts: number;
  readonly line: number;
  readonly id: string;
  readonly digest: string;
}
