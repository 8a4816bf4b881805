import { refusedMove } from './changes.ts';
import { plainReason } from './contradiction.ts';
import { retiredReference } from './earlier-references.ts';
import { NO_HISTORY, type Change, type PaymentState, type RefusedChange, type RetryEvent } from './payment-state.ts';
import { MAY_HAVE_BEEN_RETRIED } from './recovery-rules.ts';

/**
 * Only a payment that ended without payment, or whose money came back, gets a new reference. Never one that an unverified callback
 * names, nor one with a callback that was not processed yet, nor one whose end rests on a person's word alone: the old reference
 * may have been paid.
 */
export function retryFailed(state: PaymentState, event: RetryEvent): Change | RefusedChange {
  // Of a payment with another reference that may be paid a name is not enough, nor of one that came back before a recovery.
  const isLost = state.restored === 'older' && state.status === 'returned';
  const isClear = !state.history.isConflicting && !isLost;
  const isByName = event.isNamed && isClear && (state.status === 'cancelled' || state.status === 'returned');
  const isAwaited = state.history.needsQuery || event.hasUnprocessedCallback;
  if ((state.status !== 'failed' && !isByName) || isAwaited || !isConfirmedUnpaid(state, event)) {
    return refusedMove(state, 'planned');
  }
  const generation = state.generation + 1;
  const isAssumedSent = state.restored === 'older';
  const status = isAssumedSent ? 'unknown' : 'planned';
  return {
    kind: 'change',
    outcome: 'moved',
    status,
    fields: {
      kind: 'new-reference',
      generation,
      reference: event.newReference,
      isAssumedSent,
      retired: retiredReference(state, event.at),
    },
    entry: {
      event: 'retried',
      status,
      generation,
      attempt: state.tries,
      reference: event.newReference,
      sent: null,
      latest: {
        ...(isAssumedSent ? MAY_HAVE_BEEN_RETRIED : retriedText(state, event)),
        // The provider's ids belong to the old reference: a query by them would answer about another request.
        providerReference: null,
        receipt: null,
        requestId: null,
        feeMinor: null,
      },
      received: null,
    },
    history: state.history === NO_HISTORY ? null : NO_HISTORY,
    accountStop: null,
  };
}

/**
 * Whether every reference that rests on no verified word of the provider was queried by the command that sends it, and is not known to the
 * provider. An answer "failed" is a verified word; every other answer keeps the payment from being sent again. Where the provider
 * cannot be queried, the person's word stands.
 */
export function isConfirmedUnpaid(
  { history }: PaymentState,
  { queriedSince, earlierConfirmedAt }: Pick<RetryEvent, 'queriedSince' | 'earlierConfirmedAt'>,
): boolean {
  if (queriedSince === null) return true;
  const { restsOnPerson, notFoundCount, queriedAt } = history;
  const isCurrent = !restsOnPerson || (notFoundCount > 0 && queriedAt !== null && queriedAt >= queriedSince);
  return isCurrent && (earlierConfirmedAt === null || earlierConfirmedAt >= queriedSince);
}

/** Who has it sent again stands in the report where that was said. */
function retriedText(
  state: PaymentState,
  { person, queriedSince, earlierConfirmedAt }: RetryEvent,
): { readonly code: string; readonly reason: string } {
  const { latest, history, reference } = state;
  const isUnasked = queriedSince === null && (history.restsOnPerson || earlierConfirmedAt !== null);
  const who =
    person === undefined ? '' : ` by ${person.by}${isUnasked ? unaskedText(reference) : ''}: ${person.because}`;
  return { code: latest.code ?? '', reason: `To be sent again${asSentence(who)} Before: ${plainReason(latest)}` };
}

/** Behind the name of a person who has accepted it. */
export function unaskedText(reference: string): string {
  return `, although the provider cannot be asked about ${reference}`;
}

/** The text as a sentence. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
