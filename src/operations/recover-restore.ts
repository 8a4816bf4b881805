import type { PaymentPages } from '../domain/batch.ts';
import type { Payment } from '../domain/payment.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LostBatch } from './recover-batches.ts';
import type { Session } from './session/session.ts';

/** What could not be restored as it was. */
interface RestoredBatches {
  /** Batches whose file differs from what was sent of them. */
  readonly differing: readonly LostBatch[];
  /** Batches that correct payments which this ledger does not have, and that stand alone in it. */
  readonly unlinked: readonly LostBatch[];
}

/**
 * Registers or amends what was lost, a correction after the payment that it replaces, whatever this ledger knows of that one. Between
 * two rounds `record` records what is known of the new payments. A correction whose payment this ledger does not have at all is
 * registered as a payment of its own, and named.
 */
export async function restoreBatches(
  ledger: Ledger,
  session: Session,
  { batches, record }: { readonly batches: readonly LostBatch[]; readonly record: () => Promise<void> },
): Promise<RestoredBatches> {
  const differing: LostBatch[] = [];
  const unlinked: LostBatch[] = [];
  let waiting = batches;
  const refusedIds = new Map<LostBatch, ReadonlySet<string>>();
  while (waiting.length > 0) {
    const refused: LostBatch[] = [];
    for (const lost of waiting) {
      const registration = { ...lost.registration(session), isRecovery: true };
      if (lost.isAmendment) {
        if ((await ledger.amend(registration)).kind !== 'amended') differing.push(lost);
        continue;
      }
      const result = await ledger.register(registration);
      if (result.kind !== 'not-replaceable') continue;
      refused.push(lost);
      refusedIds.set(lost, new Set(result.rows.map(({ id }) => id)));
    }
    await record();
    if (refused.length === waiting.length) break;
    waiting = refused;
  }
  for (const lost of waiting) {
    if ((await ledger.batch(lost.batch)) !== null || lost.isAmendment) continue;
    const registration = lost.registration(session);
    const payments = withoutCorrections(registration.payments, refusedIds.get(lost) ?? new Set());
    await ledger.register({ ...registration, payments, isRecovery: true });
    unlinked.push(lost);
  }
  await record();
  return { differing, unlinked };
}

async function* withoutCorrections(pages: PaymentPages, ids: ReadonlySet<string>): PaymentPages {
  for await (const page of pages) {
    yield page.map((payment) => (ids.has(payment.id) ? withoutCorrection(payment) : payment));
  }
}

function withoutCorrection(payment: Payment): Payment {
  const { id, idKey, line, name, destination, amountMinor, currency, account, narrative, details, cells } = payment;
  return { id, idKey, line, name, destination, amountMinor, currency, account, narrative, details, cells };
}
