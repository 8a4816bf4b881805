import { destinationMasked, destinationText } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { copyFingerprint, paymentDigest, type Payment } from '../domain/payment.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import type { CopiedPayment, Difference } from '../plan/input.ts';

/** Every payment in which the file differs from what was registered under its batch id. */
export async function differencesOf(ledger: Ledger, record: BatchRecord, checked: CheckedBatch): Promise<Difference[]> {
  if (checked.summary === null || checked.summary.digest === record.digest) return [];
  const batch = record.header.id;
  const differences: Difference[] = [];
  const seen = new Set<string>();
  for await (const page of checked.payments()) {
    const known = await ledger.lookup(
      batch,
      page.map((payment) => payment.idKey),
    );
    for (const payment of page) {
      seen.add(payment.idKey);
      const before = known.get(payment.idKey);
      if (before === undefined) {
        differences.push({ kind: 'added', id: payment.id, line: payment.line, changes: [], sent: false });
      } else if (before.digest !== paymentDigest(payment)) {
        differences.push({
          kind: 'changed',
          id: payment.id,
          line: payment.line,
          changes: changedFields(before, payment),
          sent: before.status !== 'planned' || before.attempts > 0,
        });
      }
    }
  }
  for await (const page of ledger.payments({ batch })) {
    for (const payment of page) {
      if (seen.has(payment.idKey)) continue;
      const sent = payment.status !== 'planned' || payment.attempts > 0;
      differences.push({ kind: 'missing', id: payment.id, line: 0, changes: [], sent });
    }
  }
  return differences;
}

/** Payments of a new batch that are also in another batch of the duplicate window. */
export async function copiesOf(ledger: Ledger, checked: CheckedBatch, since: number): Promise<CopiedPayment[]> {
  const batch = checked.summary?.header.id;
  if (batch === undefined || !(await ledger.hasBatchesSince(since, batch))) return [];
  const copies: CopiedPayment[] = [];
  for await (const page of checked.payments()) {
    const byFingerprint = new Map(page.map((payment) => [copyFingerprint(payment), payment]));
    for (const match of await ledger.copies([...byFingerprint.keys()], since, batch)) {
      const payment = byFingerprint.get(match.fingerprint);
      if (payment !== undefined) copies.push({ line: payment.line, id: payment.id, batch: match.batch });
    }
  }
  return copies;
}

function changedFields(before: LedgerPayment, now: Payment): Difference['changes'] {
  const fields: readonly [string, string, string][] = [
    ['name', before.name, now.name],
    ['amount', formatAmount(before.amountMinor, before.currency), formatAmount(now.amountMinor, now.currency)],
    ['currency', before.currency, now.currency],
    ['account', before.account, now.account],
    ['narrative', before.narrative, now.narrative],
    ['details', JSON.stringify(before.details), JSON.stringify(now.details)],
  ];
  const changes = fields.filter(([, was, is]) => was !== is).map(([field, was, is]) => ({ field, was, is }));
  if (destinationText(before.destination) === destinationText(now.destination)) return changes;
  const was = destinationMasked(before.destination);
  const is = destinationMasked(now.destination);
  // Two numbers may differ only in the digits that the mask hides.
  return [...changes, { field: 'destination', was, is: was === is ? `${is} with other hidden digits` : is }];
}
