import { moved, noted, refusedMove } from './changes.ts';
import { plainReason } from './contradiction.ts';
import { retiredReference } from './earlier-references.ts';
import { withConflict } from './history.ts';
import type {
  Change,
  PaymentState,
  RefusedChange,
  ReplacedReportedPaidEvent,
  ReplacementEvent,
  ReplacementFailedEvent,
} from './payment-state.ts';
import { asSentence, isConfirmedUnpaid, unaskedText } from './retry-rules.ts';

/**
 * A correction in another batch is a second request to pay, as a retry is: never of a payment that an unverified callback names or
 * that has a callback which was not processed yet, nor of one whose end rests on a person's word alone. The old reference goes on
 * being queried.
 */
export function replacement(state: PaymentState, event: ReplacementEvent): Change | RefusedChange {
  const { at, replacedBy, hasUnprocessedCallback, person } = event;
  const { queriedSince = Number.POSITIVE_INFINITY, earlierConfirmedAt = null, isRecovery = false } = event;
  const hasEnded = state.status === 'failed' || state.status === 'cancelled';
  // A ledger that was lost may have retried the payment: `retry` finds out.
  const isUnpaidEnd = hasEnded && (state.restored !== 'older' || isRecovery);
  const isAwaited = state.history.needsQuery || hasUnprocessedCallback;
  const isConfirmed = isConfirmedUnpaid(state, { queriedSince, earlierConfirmedAt });
  if (!isUnpaidEnd || (!isRecovery && (isAwaited || !isConfirmed))) return refusedMove(state, 'replaced');
  const accepted =
    person === undefined || !state.history.restsOnPerson
      ? ''
      : `${asSentence(`Accepted by ${person.by}${unaskedText(state.reference)}: ${person.because}`)} `;
  const reason = `${accepted}Replaced by ${replacedBy}. Before: ${plainReason(state.latest)}`;
  const evidence = { code: state.latest.code ?? '', reason };
  const change = moved(state, 'replaced', { event: 'replaced', at, evidence });
  const { fields } = change;
  if (fields?.kind !== 'moved') return change;
  return { ...change, fields: { ...fields, retired: retiredReference(state, at) } };
}

/** Two payments stand for one debt, and the other one may have been paid: this one is neither sent nor sent again. */
export function replacedReportedPaid(state: PaymentState, { replaced, at }: ReplacedReportedPaidEvent): Change {
  const reason =
    `${replaced}, which stands for the same debt as this payment, was reported as paid: money may move twice. ` +
    `Before: ${plainReason(state.latest)}`;
  const written = {
    event: 'contradicted',
    at,
    evidence: { code: 'contradiction', reason },
    history: withConflict(state.history, true),
  } as const;
  return state.status === 'planned' ? moved(state, 'unknown', written) : noted(state, written);
}

/**
 * The payment is owed again, and is what it was before it was replaced: what a person had cancelled is not failed by the end of its
 * correction. Never open one so of which something says that it was paid: a retry would pay it twice.
 */
export function replacementFailed(state: PaymentState, event: ReplacementFailedEvent): Change | RefusedChange {
  if (state.status !== 'replaced') return refusedMove(state, 'failed');
  const { at, replacedBy } = event;
  const evidence = {
    code: state.latest.code ?? '',
    reason: `${replacedBy}, which replaced it, was not paid. Before: ${plainReason(state.latest)}`,
  };
  const mayBePaid = state.history.isConflicting || state.history.needsQuery;
  const to = mayBePaid ? 'unknown' : state.unpaidEnd === 'failed' ? 'failed' : 'cancelled';
  return moved(state, to, { event: 'replacement-failed', at, evidence });
}
