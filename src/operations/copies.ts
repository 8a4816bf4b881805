import { copyFingerprints } from '../domain/payment.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { CopySearch } from '../ledger/copy-rules.ts';

import type { CopyMatch, CopyStore } from '../ledger/copy-records.ts';
import type { CopiedBatch, CopiedPayment, CopiedPayments } from '../plan/input.ts';

/** So many repeated payments are listed one by one; the rest is counted. */
const COPIES_LISTED = 20;

/** What of a new file other batches hold already. */
export async function copiesOf(
  ledger: Pick<CopyStore, 'comparedBatches' | 'copies'>,
  checked: CheckedBatch,
  search: CopySearch,
): Promise<CopiedPayments> {
  const compared = await ledger.comparedBatches(search);
  const batches = new Map<string, CopiedBatch>();
  const payments: CopiedPayment[] = [];
  let count = 0;
  if (compared.length > 0) {
    for await (const all of checked.payments()) {
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
    windowMs: search.now - search.since,
  };
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

function copiedPayment({ line, id }: { readonly line: number; readonly id: string }, match: CopyMatch): CopiedPayment {
  const { by, batch, status } = match;
  return { line, id, by, batch, earlierId: match.id, earlierLine: match.line, status, paidAt: paidAtOf(match) };
}

function paidAtOf({ status, settledAt, sentAt }: CopyMatch): number | null {
  return status === 'paid' ? (settledAt ?? sentAt) : null;
}
