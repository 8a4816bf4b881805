import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { destinationText } from '../../domain/destination.ts';
import { copyFingerprint, paymentDigest, type Payment } from '../../domain/payment.ts';
import { paymentReference } from '../../domain/reference.ts';
import type { RegisterResult, Registration } from '../records.ts';
import type { Copies } from './copies.ts';
import type { Entries } from './entries.ts';
import { ROW_FORMAT } from './schema.ts';
import { detailsText, recordOf, recordText, type BatchRow } from './rows.ts';

/** Batch as {@link Inserting} needs it. */
export interface BatchKey {
  readonly key: number;
  readonly id: string;
  readonly organisation: string;
}

/** New batches. The method needs an open transaction, to be rolled back unless the result is `registered`. */
export class Registering {
  private readonly entries: Entries;
  private readonly inserting: Inserting;
  private readonly copies: Copies;
  private readonly statements: Readonly<Record<'batch' | 'insert', StatementSync>>;

  constructor(database: DatabaseSync, entries: Entries, inserting: Inserting, copies: Copies) {
    this.entries = entries;
    this.inserting = inserting;
    this.copies = copies;
    this.statements = {
      batch: database.prepare('SELECT * FROM batches WHERE id = ?'),
      insert: database.prepare(
        `INSERT INTO batches (id, format, registered_at, organisation, digest, count, record)
         VALUES (?, ${ROW_FORMAT}, ?, ?, ?, ?, ?)`,
      ),
    };
  }

  async register(registration: Registration): Promise<RegisterResult> {
    const { summary, organisation, providers, at, by } = registration;
    const { id } = summary.header;
    const existing = this.statements.batch.get(id);
    if (existing !== undefined) return { kind: 'exists', record: recordOf(existing as unknown as BatchRow) };
    const record = recordText(summary, providers);
    const inserted = this.statements.insert.run(id, at, organisation, summary.digest, summary.count, record);
    const batch: BatchKey = { key: Number(inserted.lastInsertRowid), id, organisation };
    const copies = this.copies.test(registration.refuseCopiesSince, batch.key);
    this.inserting.start();
    let count = 0;
    for await (const page of registration.payments) {
      const fingerprints = page.map((payment) => copyFingerprint(payment));
      copies.add(fingerprints);
      page.forEach((payment, index) => {
        const provider = providers[payment.account] ?? '';
        this.inserting.insert(batch, payment, provider, paymentDigest(payment), fingerprints[index] ?? '');
      });
      count += page.length;
    }
    this.inserting.finish();
    checkCount(count, summary.count);
    const copy = copies.found();
    if (copy !== null) return { kind: 'copy', ...copy };
    this.entries.noted('registered', at, by, batch.key, null, { digest: summary.digest, count });
    return { kind: 'registered' };
  }
}

/** So many new payments are indexed at once: sorted, a hundred thousand of them cost little more than being appended. */
const INDEXED_AT_ONCE = 100_000;

/** Adds planned payments of generation 1; {@link finish} is due before the end of the transaction. */
export class Inserting {
  private readonly payment: StatementSync;
  private readonly content: StatementSync;
  private readonly present: StatementSync;
  private readonly fingerprint: StatementSync;
  private first = 0;
  private last = 0;

  constructor(database: DatabaseSync) {
    this.payment = database.prepare(
      `INSERT INTO payments
         (batch, line, account, provider, kind, currency, amount_minor, reference, generation, status, tries, attempts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'planned', 0, 0)`,
    );
    this.content = database.prepare(
      `INSERT INTO contents (key, batch, id, id_key, name, destination, narrative, details, cells, digest, fingerprint)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?))`,
    );
    this.present = database.prepare(
      `INSERT INTO presented (reference, payment)
       SELECT reference, key FROM payments WHERE key BETWEEN ? AND ? ORDER BY reference`,
    );
    this.fingerprint = database.prepare(
      `INSERT INTO fingerprints (fingerprint, batch, payment)
       SELECT fingerprint, batch, key FROM contents WHERE key BETWEEN ? AND ? ORDER BY fingerprint`,
    );
  }

  /** Forgets what a transaction that was rolled back had begun. */
  start(): void {
    this.first = 0;
  }

  insert(batch: BatchKey, payment: Payment, provider: string, digest: string, fingerprint: string): number {
    const { lastInsertRowid } = this.payment.run(
      batch.key,
      payment.line,
      payment.account,
      provider,
      payment.destination.kind,
      payment.currency,
      payment.amountMinor,
      paymentReference(batch.organisation, batch.id, payment.idKey, 1),
    );
    this.content.run(
      lastInsertRowid,
      batch.key,
      payment.id,
      payment.idKey,
      payment.name,
      destinationText(payment.destination),
      payment.narrative,
      detailsText(payment.details),
      JSON.stringify(payment.cells),
      digest,
      fingerprint,
    );
    this.last = Number(lastInsertRowid);
    if (this.first === 0) this.first = this.last;
    if (this.last - this.first >= INDEXED_AT_ONCE) this.finish();
    return Number(lastInsertRowid);
  }

  finish(): void {
    if (this.first === 0) return;
    this.present.run(this.first, this.last);
    this.fingerprint.run(this.first, this.last);
    this.first = 0;
  }
}

/** What is registered must be what was checked: a caller whose second reading differs from the first has a bug. */
export function checkCount(read: number, summed: number): void {
  if (read !== summed) throw new Error(`the batch has ${summed} payments, but ${read} were handed over`);
}
