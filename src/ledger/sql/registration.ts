import { copyFingerprints, paymentDigest } from '../../domain/payment.ts';
import { copySearchOf, isTimeTrusted } from '../copy-rules.ts';
import { headerWithTimes, type TimesChange } from '../batch-times.ts';
import { LedgerError } from '../errors.ts';
import type { RegisterResult, Registration } from '../records.ts';
import { recordApprovals } from './approvals.ts';
import type { Brakes } from './brakes.ts';
import type { Copies } from './copies.ts';
import { insertion, statement, type Transaction } from './database.ts';
import type { Entries } from './entries.ts';
import { NewPayments, type BatchKey, type NewPayment, type NewPaymentStatements } from './new-payments.ts';
import { Corrections } from './corrections.ts';
import type { PaymentStates } from './payment-states.ts';
import type { Replacements } from './replacements.ts';
import { recordOf, recordText, type BatchRow } from './rows.ts';
import { ROW_FORMAT } from './version.ts';

/** New batches. The transaction is to be rolled back unless the result is `registered`. */
export class Registrations {
  private readonly parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.parts = parts;
  }

  async register(tx: Transaction, registration: Registration, brakes: Brakes): Promise<RegisterResult> {
    const { summary, organisation, providers, at, by } = registration;
    const { id } = summary.header;
    await tx.serialize('registration');
    const existing = await tx.one(REGISTRATION_STATEMENTS.batch, [id]);
    if (existing !== undefined) return { kind: 'exists', record: recordOf(existing) };
    const { series, occurrence } = summary.header;
    const isTrusted = isTimeTrusted(at, registration.isClockTrusted, await this.parts.copies.newestEntryAt(tx));
    const values = [
      ...[id, at, organisation, summary.digest, summary.count, recordText(summary, providers)],
      ...[isTrusted ? 1 : 0, series, occurrence],
    ];
    const batch: BatchKey = { key: await tx.insert(REGISTRATION_STATEMENTS.insert, values), id, organisation };
    const copies = await this.parts.copies.test(tx, copySearchOf(registration));
    const added = new NewPayments(tx, batch, this.parts.newPayments);
    const corrections = new Corrections(tx, this.parts, registration);
    let count = 0;
    for await (const page of registration.payments) {
      const rows = page.map((payment) => ({
        payment,
        provider: providers[payment.account] ?? '',
        digest: paymentDigest(payment),
        fingerprints: copyFingerprints(payment),
      }));
      // A correction is no copy of what it replaces.
      const originals = rows.filter(({ payment }) => payment.replaces === undefined);
      await copies.add(originals.map(({ fingerprints }) => fingerprints));
      await addCorrected(added, corrections, rows);
      count += page.length;
    }
    await added.finish();
    checkCount(count, summary.count);
    if (corrections.refused.length > 0) return { kind: 'not-replaceable', rows: corrections.refused };
    const copy = copies.found();
    if (copy !== null) return copy;
    await recordApprovals(tx, this.parts.entries, registration.approvals ?? []);
    await this.parts.entries.noted(tx, {
      event: 'registered',
      at,
      by,
      batch: batch.key,
      payment: null,
      detail: { digest: summary.digest, count },
    });
    for (const canary of registration.canaries ?? []) {
      await brakes.set(tx, this.parts.entries, { ...canary, batch: id, at, by });
    }
    return { kind: 'registered' };
  }

  async changeTimes(tx: Transaction, change: TimesChange, place: string): Promise<void> {
    const { batch, at, by, override, waits } = change;
    const row = await tx.one(REGISTRATION_STATEMENTS.batch, [batch]);
    if (row === undefined)
      throw new LedgerError('missing', `Ledger ${place} has no batch ${batch}. See: payrun status`);
    const record = recordOf(row);
    const { notBefore, notAfter = null } = record.header;
    const changed = { ...record, header: headerWithTimes(record.header, change) };
    await tx.run(REGISTRATION_STATEMENTS.record, [recordText(changed, record.providers), row.key]);
    await this.parts.states.raiseRevision(tx, row.key);
    const detail = {
      before: { not_before: notBefore, not_after: notAfter },
      after: { not_before: change.notBefore, not_after: change.notAfter },
      ...(override === undefined ? {} : { override }),
      ...(waits === undefined ? {} : { waits }),
    };
    await this.parts.entries.noted(tx, { event: 'times-changed', at, by, batch: row.key, payment: null, detail });
  }

  /** The times of these batches were written by a clock that stood wrong. */
  async distrustTimes(tx: Transaction, batches: readonly string[]): Promise<void> {
    for (const batch of batches) await tx.run(REGISTRATION_STATEMENTS.distrust, [batch]);
  }
}

/** Adds new payments, and lets each take the place of what it replaces. Returns their keys in the order of the rows. */
export async function addCorrected(
  added: NewPayments,
  corrections: Corrections,
  rows: readonly NewPayment[],
): Promise<readonly number[]> {
  const accepted = [];
  for (const [index, { payment }] of rows.entries()) {
    const correction = payment.replaces === undefined ? null : await corrections.accepted(payment);
    if (correction !== null) accepted.push({ index, correction });
  }
  const keys = await added.add(rows);
  for (const { index, correction } of accepted) await corrections.replace(keys[index] ?? 0, correction);
  return keys;
}

interface RegistrationParts {
  readonly entries: Entries;
  readonly copies: Copies;
  readonly newPayments: NewPaymentStatements;
  readonly states: PaymentStates;
  readonly replacements: Replacements;
}

const REGISTRATION_STATEMENTS = {
  record: statement('UPDATE batches SET record = ? WHERE key = ?'),
  distrust: statement('UPDATE batches SET is_time_trusted = 0 WHERE id = ?'),
  batch: statement<BatchRow & { readonly key: number }>('SELECT * FROM batches WHERE id = ?'),
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
