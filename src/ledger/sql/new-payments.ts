import { destinationText } from '../../domain/destination.ts';
import type { CopyFingerprints, Payment } from '../../domain/payment.ts';
import { paymentReference } from '../../domain/reference.ts';
import { insertion, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { detailsText } from './rows.ts';

/** A batch as {@link NewPayments} needs it. */
export interface BatchKey {
  readonly key: number;
  readonly id: string;
  readonly organisation: string;
}

export interface NewPayment {
  readonly payment: Payment;
  readonly provider: string;
  readonly digest: string;
  readonly fingerprints: CopyFingerprints;
}

/** So many new payments are indexed at once: sorted, a hundred thousand of them cost little more than being appended. */
const INDEXED_AT_ONCE = 100_000;

/** Adds planned payments of generation 1 to a batch within one transaction; {@link finish} is due before its end. */
export class NewPayments {
  private readonly tx: Transaction;
  private readonly batch: BatchKey;
  private readonly statements: NewPaymentStatements;
  private first: number | null = null;
  private last = 0;
  private pending = 0;
  private destinations: DestinationRow[] = [];

  constructor(tx: Transaction, batch: BatchKey, statements: NewPaymentStatements) {
    this.tx = tx;
    this.batch = batch;
    this.statements = statements;
  }

  /** Returns the keys of the new payments, in their order. */
  async add(page: readonly NewPayment[]): Promise<readonly number[]> {
    if (page.length === 0) return [];
    const { batch } = this;
    const keys = await this.tx.insertMany(
      this.statements.payment,
      page.map(({ payment, provider }) => [
        batch.key,
        payment.line,
        payment.account,
        provider,
        payment.destination.kind,
        payment.currency,
        payment.amountMinor,
        paymentReference(batch.organisation, batch.id, payment.idKey, 1),
      ]),
    );
    await this.tx.insertMany(
      this.statements.content,
      page.map(({ payment, digest, fingerprints }, index) => [
        keys[index] ?? null,
        batch.key,
        payment.id,
        payment.idKey,
        payment.name,
        destinationText(payment.destination),
        payment.narrative,
        detailsText(payment.details),
        JSON.stringify(payment.cells),
        digest,
        fingerprints.id,
      ]),
    );
    this.first ??= keys[0] ?? null;
    this.last = keys.at(-1) ?? this.last;
    this.pending += keys.length;
    for (const [index, { fingerprints }] of page.entries()) {
      this.destinations.push([fingerprints.destination, batch.key, keys[index] ?? 0]);
    }
    if (this.pending >= INDEXED_AT_ONCE) await this.finish();
    return keys;
  }

  async finish(): Promise<void> {
    if (this.first === null) return;
    const range = [this.batch.key, this.first, this.last];
    await this.tx.run(this.statements.references, range);
    await this.tx.run(this.statements.fingerprints, range);
    await this.tx.insertMany(this.statements.destination, sortedRows(this.destinations));
    this.destinations = [];
    this.first = null;
    this.pending = 0;
  }
}

export type DestinationRow = readonly [fingerprint: string, batch: number, payment: number];

/** In the order of the index, as far as its first 48 bits; comparing texts would take four times as long. */
export function sortedRows(rows: readonly DestinationRow[]): readonly DestinationRow[] {
  const heads = Float64Array.from(rows, ([fingerprint]) => Number.parseInt(fingerprint.slice(0, 12), 16));
  const order = Uint32Array.from(rows.keys()).sort((a, b) => (heads[a] ?? 0) - (heads[b] ?? 0));
  return Array.from(order, (at) => rows[at] ?? NO_ROW);
}

const NO_ROW: DestinationRow = ['', 0, 0];

export type NewPaymentStatements = ReturnType<typeof newPaymentStatements>;

/**
 * The two indexes are filled from the batch's own new rows: between their keys, another transaction may have added rows of
 * another batch. The plus sign keeps a planner from walking the whole batch for every part of it.
 */
export function newPaymentStatements(sql: Dialect) {
  return {
    payment: insertion(
      `INSERT INTO payments
         (batch, line, account, provider, kind, currency, amount_minor, reference, generation, status, tries, attempts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'planned', 0, 0)`,
      'key',
    ),
    content: insertion(
      `INSERT INTO contents (key, batch, id, id_key, name, destination, narrative, details, cells, digest, fingerprint)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${sql.bytes('?')}, ${sql.bytes('?')})`,
      'key',
    ),
    destination: insertion(
      `INSERT INTO destination_fingerprints (fingerprint, batch, payment) VALUES (${sql.bytes('?')}, ?, ?)`,
      'payment',
    ),
    references: statement(
      `INSERT INTO payment_references (reference, payment)
       SELECT reference, key FROM payments WHERE +batch = ?1 AND key BETWEEN ?2 AND ?3 ORDER BY reference`,
    ),
    fingerprints: statement(
      `INSERT INTO fingerprints (fingerprint, batch, payment)
       SELECT fingerprint, batch, key FROM contents WHERE +batch = ?1 AND key BETWEEN ?2 AND ?3 ORDER BY fingerprint`,
    ),
  };
}
