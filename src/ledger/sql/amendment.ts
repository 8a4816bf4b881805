import { destinationOf, destinationText, type DestinationKind } from '../../domain/destination.ts';
import { copyFingerprints, paymentDigest, type CopyFingerprints, type Payment } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import { copySearchOf } from '../copy-rules.ts';
import { LedgerError } from '../errors.ts';
import type { AmendResult, Registration } from '../records.ts';
import { recordApprovals } from './approvals.ts';
import type { Brakes } from './brakes.ts';
import type { Copies } from './copies.ts';
import { statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { Entries } from './entries.ts';
import { NewPayments, type BatchKey, type NewPayment, type NewPaymentStatements } from './new-payments.ts';
import type { PaymentStates } from './payment-states.ts';
import { Corrections } from './corrections.ts';
import { addCorrected, checkCount } from './registration.ts';
import type { Replacements } from './replacements.ts';
import { detailsText, recordOf, recordText, type BatchRow } from './rows.ts';

/** Another set of payments for a batch. The transaction is to be rolled back unless the result is `amended`. */
export class Amendments {
  private readonly parts: StoreParts;
  private readonly statements: AmendmentStatements;

  constructor(sql: Dialect, parts: StoreParts) {
    this.parts = parts;
    this.statements = amendmentStatements(sql);
  }

  async amend(tx: Transaction, registration: Registration, { place, brakes }: AmendmentContext): Promise<AmendResult> {
    const { summary, providers, at, by } = registration;
    const { id } = summary.header;
    await tx.serialize('registration');
    const row = await tx.one(this.statements.batch, [id]);
    if (row === undefined) throw new LedgerError('missing', `Ledger ${place} has no batch ${id} to amend.`);
    const before = recordOf(row);
    // The organisation that the batch was registered under stays part of its references.
    const batch: BatchKey = { key: row.key, id, organisation: before.organisation };
    const copies = await this.parts.copies.test(tx, copySearchOf(registration));
    const added = new NewPayments(tx, batch, this.parts.newPayments);
    const corrections = new Corrections(tx, this.parts, registration);
    const amendment = new Amendment(tx, registration, batch, {
      entries: this.parts.entries,
      statements: this.statements,
      added,
      corrections,
    });
    for await (const page of registration.payments) await copies.add(await amendment.page(page));
    await added.finish();
    checkCount(amendment.count, summary.count);
    const all = await tx.all(this.statements.ids, [batch.key]);
    const missing = all.filter(({ key }) => !amendment.seen.has(key)).map((payment) => payment.id);
    if (amendment.sent.length > 0 || missing.length > 0) return { kind: 'refused', sent: amendment.sent, missing };
    if (corrections.refused.length > 0) return { kind: 'not-replaceable', rows: corrections.refused };
    const copy = copies.found();
    if (copy !== null) return copy;
    const record = recordText(summary, { ...before.providers, ...providers });
    const { series, occurrence } = summary.header;
    await tx.run(this.statements.record, [summary.digest, summary.count, record, series, occurrence, batch.key]);
    const counts = { added: amendment.added, changed: amendment.changed };
    const detail = { before: before.digest, after: summary.digest, ...counts };
    await this.parts.states.raiseRevision(tx, batch.key);
    await recordApprovals(tx, this.parts.entries, registration.approvals ?? []);
    await this.parts.entries.noted(tx, { event: 'amended', at, by, batch: batch.key, payment: null, detail });
    await brakes.setAmended(tx, this.parts.entries, registration);
    return { kind: 'amended', ...counts };
  }
}

interface AmendmentContext {
  /** Of the ledger, as messages name it. */
  readonly place: string;
  readonly brakes: Brakes;
}

interface StoreParts {
  readonly entries: Entries;
  readonly states: PaymentStates;
  readonly copies: Copies;
  readonly newPayments: NewPaymentStatements;
  readonly replacements: Replacements;
}

/** One amendment on its way through the pages of the new set. */
class Amendment {
  /** Keys of the payments that the new set has. */
  readonly seen = new Set<number>();
  /** Ids of payments that were sent and differ. */
  readonly sent: string[] = [];
  added = 0;
  changed = 0;
  count = 0;
  private readonly tx: Transaction;
  private readonly registration: Registration;
  private readonly batch: BatchKey;
  private readonly parts: AmendmentParts;

  constructor(tx: Transaction, registration: Registration, batch: BatchKey, parts: AmendmentParts) {
    this.tx = tx;
    this.registration = registration;
    this.batch = batch;
    this.parts = parts;
  }

  /** Returns the fingerprints of the payments that are new or changed. */
  async page(page: readonly Payment[]): Promise<readonly CopyFingerprints[]> {
    const { statements, added } = this.parts;
    const known = await this.tx.all(statements.found, [this.batch.key, JSON.stringify(page.map(({ idKey }) => idKey))]);
    const byId = new Map(known.map((found) => [found.id_key, found]));
    const fresh: NewPayment[] = [];
    const lines: [number, number][] = [];
    const cells: [number, string][] = [];
    const searched: CopyFingerprints[] = [];
    for (const payment of page) {
      const digest = paymentDigest(payment);
      const provider = this.registration.providers[payment.account] ?? '';
      const found = byId.get(payment.idKey);
      this.count += 1;
      if (found === undefined) {
        const fingerprints = copyFingerprints(payment);
        fresh.push({ payment, provider, digest, fingerprints });
        if (payment.replaces === undefined) searched.push(fingerprints);
        continue;
      }
      this.seen.add(found.key);
      if (found.digest !== digest) {
        if (found.status !== 'planned' || found.attempts > 0) {
          this.sent.push(found.id);
          continue;
        }
        await this.parts.corrections.checkChanged(found.key, payment);
        searched.push(await this.change(found, payment, provider, digest));
      }
      if (found.line !== payment.line) lines.push([found.key, payment.line]);
      cells.push([found.key, JSON.stringify(payment.cells)]);
    }
    for (const key of await addCorrected(added, this.parts.corrections, fresh)) this.seen.add(key);
    this.added += fresh.length;
    if (lines.length > 0) await this.tx.run(statements.lines, [JSON.stringify(lines)]);
    if (cells.length > 0) await this.tx.run(statements.cells, [JSON.stringify(cells)]);
    return searched;
  }

  /** Returns the new fingerprints. */
  private async change(found: FoundRow, payment: Payment, provider: string, digest: string): Promise<CopyFingerprints> {
    const { tx, batch } = this;
    const { entries, statements } = this.parts;
    const { at, by } = this.registration;
    const { key } = found;
    const { account, destination, currency, amountMinor } = payment;
    const fingerprints = copyFingerprints(payment);
    const texts = [payment.id, payment.name, destinationText(destination), payment.narrative];
    await tx.run(statements.payment, [account, provider, destination.kind, currency, amountMinor, key]);
    await tx.run(statements.dropFingerprint, [key]);
    await tx.run(statements.dropDestination, [batch.key, key, fingerprintsBefore(found).destination]);
    await tx.run(statements.content, [...texts, detailsText(payment.details), digest, fingerprints.id, key]);
    await tx.run(statements.addFingerprint, [key]);
    await tx.run(statements.addDestination, [fingerprints.destination, batch.key, key]);
    const detail = { before: found.digest, after: digest };
    await entries.noted(tx, { event: 'amended', at, by, batch: batch.key, payment: key, detail });
    this.changed += 1;
    return fingerprints;
  }
}

interface AmendmentParts {
  readonly entries: Entries;
  readonly statements: AmendmentStatements;
  readonly added: NewPayments;
  readonly corrections: Corrections;
}

type AmendmentStatements = ReturnType<typeof amendmentStatements>;

function amendmentStatements(sql: Dialect) {
  return {
    batch: statement<BatchRow & { readonly key: number }>('SELECT * FROM batches WHERE id = ?'),
    found: statement<FoundRow>(
      `SELECT p.key, p.status, p.attempts, p.line, c.id, c.id_key, ${sql.hexadecimal('c.digest')} AS digest, p.kind, c.destination,
         p.currency, CAST(p.amount_minor AS TEXT) AS amount
       FROM contents c JOIN payments p ON p.key = c.key
       WHERE c.batch = ?1 AND c.id_key IN ${sql.list('?2', 'text')} ${sql.rowLock('p')}`,
    ),
    lines: statement(
      `UPDATE payments SET line = r.line FROM ${sql.rowTable('?1', 'r', { key: 'integer', line: 'integer' })}
       WHERE payments.key = r.key`,
    ),
    cells: statement(
      `UPDATE contents SET cells = r.cells FROM ${sql.rowTable('?1', 'r', { key: 'integer', cells: 'text' })}
       WHERE contents.key = r.key`,
    ),
    payment: statement(
      'UPDATE payments SET account = ?, provider = ?, kind = ?, currency = ?, amount_minor = ? WHERE key = ?',
    ),
    content: statement(
      `UPDATE contents SET id = ?, name = ?, destination = ?, narrative = ?, details = ?, digest = ${sql.bytes('?')},
         fingerprint = ${sql.bytes('?')} WHERE key = ?`,
    ),
    dropFingerprint: statement(
      `DELETE FROM fingerprints WHERE payment = ?1
         AND (fingerprint, batch) = (SELECT fingerprint, batch FROM contents WHERE key = ?1)`,
    ),
    addFingerprint: statement(
      'INSERT INTO fingerprints (fingerprint, batch, payment) SELECT fingerprint, batch, key FROM contents WHERE key = ?',
    ),
    dropDestination: statement(
      `DELETE FROM destination_fingerprints WHERE batch = ? AND payment = ? AND fingerprint = ${sql.bytes('?')}`,
    ),
    addDestination: statement(
      `INSERT INTO destination_fingerprints (fingerprint, batch, payment) VALUES (${sql.bytes('?')}, ?, ?)`,
    ),
    ids: statement<{ readonly key: number; readonly id: string }>(
      'SELECT key, id FROM contents WHERE batch = ? ORDER BY key',
    ),
    record: statement('UPDATE batches SET digest = ?, count = ?, record = ?, series = ?, occurrence = ? WHERE key = ?'),
  };
}

interface FoundRow {
  readonly key: number;
  readonly status: Status;
  readonly attempts: number;
  readonly line: number;
  readonly id: string;
  readonly id_key: string;
  readonly digest: string;
  readonly kind: DestinationKind;
  readonly destination: string;
  readonly currency: string;
  readonly amount: string;
}

/** Of the payment as it was registered. */
function fingerprintsBefore({ id_key, kind, destination, currency, amount }: FoundRow): CopyFingerprints {
  const amountMinor = BigInt(amount);
  return copyFingerprints({ idKey: id_key, destination: destinationOf(kind, destination), amountMinor, currency });
}
