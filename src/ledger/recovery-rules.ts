import { kept, moved, refusedMove } from './changes.ts';
import type { Change, LostPastEvent, PaymentState, RecoveryEvent, RefusedChange } from './payment-state.ts';

/** The request of a process that died may have left: unknown, and never failed. Only for the owner of the account's lock. */
export function recovery(state: PaymentState, { at }: RecoveryEvent): Change | RefusedChange {
  if (state.status !== 'submitting') return refusedMove(state, 'unknown');
  return moved(state, 'unknown', { event: 'recovered', at, evidence: DIED });
}

/** A payment that was not sent as far as this ledger knows may have been sent by what the ledger has lost. */
export function changeOfLostPast(state: PaymentState, { at }: LostPastEvent): Change {
  if (state.status !== 'planned' && state.status !== 'submitting') return kept(state);
  return moved(state, 'unknown', { event: 'recovered', at, evidence: MAY_HAVE_BEEN_SENT });
}

/** What a clerk reads about a payment whose run died between the request and the record of its answer. */
const DIED = {
  code: 'process-died',
  reason:
    'The run that sent this payment ended before the answer was recorded; it may or may not have been paid. ' +
    'Ask the provider before anything is sent again.',
};

const MAY_HAVE_BEEN_SENT = {
  code: 'ledger-recovered',
  reason:
    'The ledger went back in time, and what it lost may have sent this payment. It is queried; where the provider cannot be asked, ' +
    'compare the statement with: payrun reconcile',
};

export const MAY_HAVE_BEEN_RETRIED = {
  code: 'ledger-recovered',
  reason:
    'The ledger went back in time, and what it lost may have retried this payment already. The reference of that retry is queried; ' +
    'a retry after its end sends the payment.',
};
