import type { Evidence } from '../domain/outcome.ts';
import { isFinal, type Status } from '../domain/status.ts';
import { isDisplayed } from './contradiction.ts';
import { afterMove } from './history.ts';
import type {
  Change,
  EntryText,
  FieldChange,
  LatestEvidence,
  PaymentHistory,
  PaymentState,
  RefusedChange,
  UnpaidEnd,
} from './payment-state.ts';

/** What a change writes down: the entry's event and what the payment displays from now on. */
export interface Written {
  readonly event: EntryText['event'];
  readonly at: number;
  readonly evidence: Evidence;
  readonly feeMinor?: bigint | null;
  /** Word for word, where `evidence` is another text. */
  readonly received?: Evidence | null;
  /** Whether the attempt that this ends may have left; by default every attempt under way may have. */
  readonly mayHaveLeft?: boolean;
  readonly history?: PaymentHistory;
  /** Where the payment came to its end at another time than `at`. */
  readonly settledAt?: number;
}

/** The payment takes another status. An attempt under way is counted by whatever ends it. */
export function moved(state: PaymentState, to: Status, written: Written): Change {
  const endsAttempt = written.mayHaveLeft ?? state.status === 'submitting';
  const claimedAt = state.claimedAt ?? written.at;
  const history = afterMove(written.history ?? state.history, to);
  const wasByPerson = state.status === 'replaced' && state.unpaidEnd === 'cancelled-by-person';
  const isByPerson = written.event === 'cancelled-by-person' || wasByPerson;
  return {
    kind: 'change',
    outcome: 'moved',
    status: to,
    fields: {
      kind: 'moved',
      status: to,
      ...(to === 'cancelled' && isByPerson ? { isCancelledByPerson: true } : {}),
      ...(to === 'replaced' ? { unpaidEnd: state.unpaidEnd } : {}),
      attempts: state.attempts + (endsAttempt ? 1 : 0),
      sentAt: endsAttempt ? claimedAt : state.sentAt,
      settledAt: isFinal(to) ? (written.settledAt ?? written.at) : null,
      // The attempt moved nothing, so that no place knows the reference.
      place: to === 'planned' ? null : state.place,
    },
    entry: entryOf(state, to, written, endsAttempt ? { place: state.place ?? state.account, claimedAt } : null),
    history: history === state.history ? null : history,
    accountStop: null,
  };
}

/** The status stays; an entry tells what was learnt. */
export function noted(state: PaymentState, written: Written): Change {
  return { ...kept(state, written.history), entry: entryOf(state, state.status, written, null) };
}

/** The status stays, and there is nothing to write but what a query or a callback leaves in the history. */
export function kept(state: PaymentState, history: PaymentHistory = state.history): Change {
  return {
    kind: 'change',
    outcome: 'kept',
    status: state.status,
    fields: null,
    entry: null,
    history: history === state.history ? null : history,
    accountStop: null,
  };
}

/**
 * Two reports contradict each other. A contradiction that is displayed already is not written again.
 *
 * @param to `unknown` where nothing may send the payment again; null where its status stays.
 */
export function changedByContradiction(
  state: PaymentState,
  to: 'unknown' | null,
  written: Omit<Written, 'event'> & { readonly received: Evidence },
): Change {
  const stays = to === null || to === state.status;
  if (stays && isDisplayed(state, written.evidence)) {
    // A person who has decided about this contradiction is not asked again because it is repeated.
    const { isConflicting } = state.history;
    const { history = state.history } = written;
    const known = history.isConflicting === isConflicting ? history : { ...history, isConflicting };
    return { ...kept(state, known), outcome: 'contradicted' };
  }
  const entry = { ...written, event: 'contradicted' } as const;
  const change = stays ? noted(state, entry) : moved(state, to, entry);
  return { ...change, outcome: 'contradicted' };
}

export function refusedMove(state: PaymentState, to: string): RefusedChange {
  return {
    kind: 'refused',
    message:
      `Payment ${state.reference} is ${state.status} and cannot become ${to}. ` +
      `Look at the payment with: payrun status --rows`,
  };
}

/** The state of a payment after a change: what every store reads back once it has written the change. */
export function stateAfter(state: PaymentState, change: Change): PaymentState {
  const latest = change.entry?.latest ?? state.latest;
  const next = { ...state, latest, history: change.history ?? state.history };
  const { fields } = change;
  switch (fields?.kind) {
    case undefined:
      return next;
    case 'claimed':
      return { ...next, status: 'submitting', tries: fields.tries, claimedAt: fields.claimedAt, place: fields.place };
    case 'moved': {
      const { status, attempts, sentAt, place } = fields;
      return { ...next, status, attempts, sentAt, place, unpaidEnd: unpaidEndOf(fields) };
    }
    case 'new-reference':
      return {
        ...next,
        status: fields.isAssumedSent ? 'unknown' : 'planned',
        generation: fields.generation,
        reference: fields.reference,
        restored: fields.isAssumedSent ? 'assumed' : 'no',
        place: null,
        unpaidEnd: 'failed',
      };
  }
}

function unpaidEndOf(moved: Extract<FieldChange, { readonly kind: 'moved' }>): UnpaidEnd {
  if (moved.status === 'replaced') return moved.unpaidEnd ?? 'failed';
  if (moved.status !== 'cancelled') return 'failed';
  return moved.isCancelledByPerson === true ? 'cancelled-by-person' : 'cancelled';
}

/** The provider's ids stay with the payment until others replace them. */
function entryOf(state: PaymentState, status: Status, written: Written, sent: EntryText['sent']): EntryText {
  const { evidence } = written;
  const known = state.latest;
  const latest: LatestEvidence = {
    code: evidence.code,
    reason: evidence.reason,
    providerReference: evidence.providerReference ?? known.providerReference,
    receipt: evidence.receipt ?? known.receipt,
    requestId: evidence.requestId ?? known.requestId,
    feeMinor: written.feeMinor ?? known.feeMinor,
  };
  return {
    event: written.event,
    status,
    generation: state.generation,
    attempt: state.tries,
    reference: null,
    sent,
    latest,
    received: written.received ?? null,
  };
}
