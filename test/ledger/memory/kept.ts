import { copyFingerprints, paymentDigest, type Payment } from '../../../src/domain/payment.ts';
import type { KeptPayment } from '../../../src/ledger/memory/tables.ts';
import type { LatestEvidence, PaymentState } from '../../../src/ledger/payment-state.ts';

export const NOTHING_KNOWN: LatestEvidence = {
  code: null,
  reason: null,
  providerReference: null,
  receipt: null,
  requestId: null,
  feeMinor: null,
};

/** A payment for the tables of a ledger in memory, in any state. */
export function paymentKept(
  key: number,
  content: Payment,
  state: PaymentState,
  change: Partial<KeptPayment> = {},
): KeptPayment {
  return {
    ...{ key, content, state, provider: 'testpay', settledAt: null, isCancelledByPerson: false },
    ...{ digest: paymentDigest(content), fingerprints: copyFingerprints(content) },
    ...change,
  };
}
