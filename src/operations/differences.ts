import { destinationKey, destinationMasked, destinationText } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { paymentDigest, type Payment } from '../domain/payment.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import type { Difference } from '../plan/input.ts';

/** Every payment in which the file differs from what was registered under its batch id. */
export async function differencesOf(ledger: Ledger, record: BatchRecord, checked: CheckedBatch): Promise<Difference[]> {
  if (checked.summary === null || checked.summary.digest === record.digest) return [];
  const batch = record.header.id;
  const differences: Difference[] = [];
  const added = new Map<Payment, Difference>();
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
        const { id, name, line } = payment;
        const difference: Difference = { kind: 'added', id, name, line, changes: [], sent: false };
        differences.push(difference);
        added.set(payment, difference);
      } else if (before.digest !== paymentDigest(payment)) {
        differences.push({
          kind: 'changed',
          id: payment.id,
          name: payment.name,
          line: payment.line,
          changes: changedFields(before, payment),
          sent: before.status !== 'planned' || before.attempts > 0,
        });
      }
    }
  }
  const recipients = new Map<string, string>();
  for await (const page of ledger.payments({ batch })) {
    for (const payment of page) {
      if (added.size > 0 && !recipients.has(sameMoney(payment))) recipients.set(sameMoney(payment), payment.id);
      if (seen.has(payment.idKey)) continue;
      // The file has this payment no more: whoever it went to, a new payment to the same destination may be meant to be it.
      if (added.size > 0) recipients.set(destinationKey(payment.destination), payment.id);
      const sent = payment.status !== 'planned' || payment.attempts > 0;
      differences.push({ kind: 'missing', id: payment.id, name: payment.name, line: 0, changes: [], sent });
    }
  }
  const repeats = new Map<Difference, string>();
  for (const [payment, difference] of added) {
    const earlier = recipients.get(sameMoney(payment)) ?? recipients.get(destinationKey(payment.destination));
    if (earlier !== undefined) repeats.set(difference, earlier);
  }
  return differences.map((difference) => {
    const earlier = repeats.get(difference);
    return earlier === undefined ? difference : { ...difference, repeats: earlier };
  });
}

function sameMoney({ destination, amountMinor, currency }: Payment): string {
  return `${destinationKey(destination)} ${amountMinor} ${currency}`;
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
