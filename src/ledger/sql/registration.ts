import { copyFingerprints, paymentDigest } from '../../domain/payment.ts';
import { copySearchOf, isTimeTrusted } from '../copy-rules.ts';
import type { RegisterResult, Registration } from '../records.ts';
import type { Copies } from './copies.ts';
import { insertion, statement, type Transaction } from './database.ts';
import type { Entries } from './entries.ts';
import { NewPayments, type BatchKey, type NewPaymentStatements } from './new-payments.ts';
import { recordOf, recordText, type BatchRow } from './rows.ts';
import { ROW_FORMAT } from './version.ts';

/** New batches. The transaction is to be rolled back unless the result is `registered`. */
export class Registrations {
  private readonly entries: Entries;
  private readonly copies: Copies;
  private readonly newPayments: NewPaymentStatements;

  constructor(entries: Entries, copies: Copies, newPayments: NewPaymentStatements) {
    this.entries = entries;
    this.copies = copies;
    this.newPayments = newPayments;
  }

  async register(tx: Transaction, registration: Registration): Promise<RegisterResult> {
    const { summary, organisation, providers, at, by } = registration;
    const { id } = summary.header;
    await tx.serialize('registration');
    const existing = await tx.one(REGISTRATION_STATEMENTS.batch, [id]);
    if (existing !== undefined) return { kind: 'exists', record: recordOf(existing) };
    const { series, occurrence } = summary.header;
    const isTrusted = isTimeTrusted(at, registration.isClockTrusted, await this.copies.newestEntryAt(tx));
    const values = [
      ...[id, at, organisation, summary.digest, summary.count, recordText(summary, providers)],
      ...[isTrusted ? 1 : 0, series, occurrence],
    ];
    const batch: BatchKey = { key: await tx.insert(REGISTRATION_STATEMENTS.insert, values), id, organisation };
    const copies = await this.copies.test(tx, copySearchOf(registration));
    const added = new NewPayments(tx, batch, this.newPayments);
    let count = 0;
    for await (const page of registration.payments) {
      const rows = page.map((payment) => ({
        payment,
        provider: providers[payment.account] ?? '',
        digest: paymentDigest(payment),
        fingerprints: copyFingerprints(payment),
      }));
      await copies.add(rows.map(({ fingerprints }) => fingerprints));
      await added.add(rows);
      count += page.length;
    }
    await added.finish();
    checkCount(count, summary.count);
    const copy = copies.found();
    if (copy !== null) return copy;
    await this.entries.noted(tx, {
      event: 'registered',
      at,
      by,
      batch: batch.key,
      payment: null,
      detail: { digest: summary.digest, count },
    });
    return { kind: 'registered' };
  }
}

const REGISTRATION_STATEMENTS = {
  batch: statement<BatchRow>('SELECT * FROM batches WHERE id = ?'),
  insert: insertion(
    // No report has shown the batch yet, not even as it was registered (revision 0).
    `INSERT INTO batches (id, format, registered_at, organisation, digest, count, record, is_time_trusted,
       series, occurrence, reported_revision)
     VALUES (?, ${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?, ?, -1)`,
    'key',
  ),
};

/** A batch is registered as it was checked: a caller whose second reading differs from the first has a bug. */
export function checkCount(read: number, summed: number): void {
  if (read !== summed) throw new Error(`the batch has ${summed} payments, but ${read} were handed over`);
}
