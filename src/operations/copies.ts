import type { BatchHeader } from '../domain/batch.ts';
import { endOfOccurrence } from '../domain/occurrence.ts';
import { copyFingerprints, type Payment } from '../domain/payment.ts';
import { isSimulated } from '../domain/place.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import { isCountedForCopies, isOverlappingOccurrence, type CopySearch } from '../ledger/copy-rules.ts';

import type { CopyMatch, CopyStore } from '../ledger/copy-records.ts';
import type { BatchStore } from '../ledger/ledger.ts';
import type { CopiedBatch, CopiedPayment, CopiedPayments, OverlappingBatch } from '../plan/input.ts';

/** So many repeated payments are listed one by one; the rest is counted, so that the memory is not filled. */
const COPIES_LISTED = 100_000;

type CopySource = Pick<CopyStore, 'comparedBatches' | 'copies' | 'newestEntryAt'> &
  Pick<BatchStore, 'payments' | 'places'>;

/**
 * Since when other batches count as copies of a file. An occurrence that is paid late is compared with what was registered before its own
 * days were over as well: a payroll that was refused as a copy must not become a new one by waiting until the window has passed.
 */
export function copiesSince({ occurrence }: Pick<BatchHeader, 'occurrence'>, now: number, windowMs: number): number {
  const end = occurrence === null ? null : endOfOccurrence(occurrence);
  return Math.min(now, end ?? now) - windowMs;
}

/** What reads a file along with others, page by page, so that the file is read once for all of them. */
export interface PageReader {
  add(payments: readonly Payment[]): Promise<void>;
}

/** What of a new file other batches hold already. The file is read once for it; each page goes to the other readers as well. */
export async function copiesOf(
  ledger: CopySource,
  checked: CheckedBatch,
  search: CopySearch,
  readers: readonly PageReader[],
): Promise<CopiedPayments> {
  const compared = await ledger.comparedBatches(search);
  const batches = new Map<string, CopiedBatch>();
  const payments: CopiedPayment[] = [];
  let count = 0;
  // A ledger without an entry knows nobody.
  if ((await ledger.newestEntryAt()) !== null) {
    for await (const all of checked.payments()) {
      for (const reader of readers) await reader.add(all);
      if (compared.length === 0) continue;
      // A correction is no copy of what it replaces.
      const page = all.filter(({ replaces }) => replaces === undefined);
      for (const match of await ledger.copies(page.map(copyFingerprints), search)) {
        count += 1;
        batches.set(match.batch, withMatch(batches.get(match.batch), match));
        const payment = page[match.index];
        if (payment !== undefined && payments.length < COPIES_LISTED) payments.push(copiedPayment(payment, match));
      }
    }
  }
  const { series, occurrence } = search;
  const isSame = (batch: { readonly series: string | null; readonly occurrence: string | null }): boolean =>
    series !== null && batch.series === series && batch.occurrence === occurrence;
  return {
    count,
    batches: [...batches.values()].sort((a, b) => b.count - a.count),
    payments: payments.sort((a, b) => a.line - b.line),
    sameOccurrence: compared.filter(isSame).map(({ id }) => id),
    overlapping: await overlappingBatches(ledger, checked, search),
    windowMs: search.now - search.since,
  };
}

/**
 * Batches of the same series that pay for some of the same days, with how many people of the file stand in them. Amounts are not
 * compared: the share of a day or week differs from that of a month, and the people are paid twice for it all the same.
 */
async function overlappingBatches(
  ledger: CopySource,
  checked: CheckedBatch,
  search: CopySearch,
): Promise<readonly OverlappingBatch[]> {
  const found: OverlappingBatch[] = [];
  const others = (await ledger.comparedBatches(search)).filter((batch) => isOverlappingOccurrence(batch, search));
  for (const { id, occurrence } of others) {
    const people = await peopleOf(ledger, id, search);
    let count = 0;
    for await (const page of checked.payments()) {
      for (const payment of page) {
        if (payment.replaces === undefined && personKeys(payment).some((key) => people.has(key))) count += 1;
      }
    }
    if (count > 0) found.push({ batch: id, occurrence: occurrence ?? '', people: count });
  }
  return found;
}

async function peopleOf(ledger: CopySource, batch: string, { isSimulation }: CopySearch): Promise<ReadonlySet<string>> {
  const places = await ledger.places();
  const people = new Set<string>();
  for await (const page of ledger.payments({ batch })) {
    for (const payment of page) {
      const sentTo = places.get(payment.place ?? '');
      const isLeftOut = !isSimulation && sentTo !== undefined && isSimulated(sentTo);
      if (isCountedForCopies(payment.status, isLeftOut)) for (const key of personKeys(payment)) people.add(key);
    }
  }
  return people;
}

/** The same for two payments to one destination, or with one id, whatever the amount. */
function personKeys({ idKey, destination }: Pick<Payment, 'idKey' | 'destination'>): readonly string[] {
  const fingerprints = copyFingerprints({ idKey, destination, amountMinor: 0n, currency: '' });
  return [fingerprints.destination, fingerprints.id];
}

/** Of a file that is registered already: nothing is searched. */
export const NO_COPIES: CopiedPayments = { count: 0, batches: [], payments: [], sameOccurrence: [], windowMs: 0 };

function withMatch(known: CopiedBatch | undefined, match: CopyMatch): CopiedBatch {
  const { count, paid, paidAt, failed } = known ?? { count: 0, paid: 0, paidAt: null, failed: 0 };
  const at = paidAtOf(match);
  return {
    batch: match.batch,
    count: count + 1,
    paid: paid + (match.status === 'paid' ? 1 : 0),
    paidAt: at === null ? paidAt : Math.max(paidAt ?? at, at),
    failed: failed + (match.status === 'failed' ? 1 : 0),
  };
}

function copiedPayment({ line, id, name }: Pick<Payment, 'line' | 'id' | 'name'>, match: CopyMatch): CopiedPayment {
  const { by, batch, status } = match;
  return { line, id, name, by, batch, earlierId: match.id, earlierLine: match.line, status, paidAt: paidAtOf(match) };
}

function paidAtOf({ status, settledAt, sentAt }: CopyMatch): number | null {
  return status === 'paid' ? (settledAt ?? sentAt) : null;
}
