import type { Evidence } from '../domain/outcome.ts';
import { changeOfReport, changeOfUnverifiedCallback } from './report-rules.ts';
import { lateConsequenceOf, isUnpaid } from './consequences.ts';
import {
  contradictionText,
  failureAfterCallbackText,
  failureAfterEarlierPaidText,
  keepingContradiction,
  withoutKnownIds,
} from './contradiction.ts';
import { changedByContradiction, moved, noted, refusedMove } from './changes.ts';
import { afterResend, withConflict } from './history.ts';
import { replacedReportedPaid, replacement, replacementFailed } from './replacement-rules.ts';
import { changeOfLostPast, recovery } from './recovery-rules.ts';
import { retryFailed } from './retry-rules.ts';
import {
  NO_HISTORY,
  type AnswerEvent,
  type CancelEvent,
  type Change,
  type ClaimEvent,
  type DecisionEvent,
  type LedgerEvent,
  type PaymentState,
  type RefusedChange,
  type ResendClaimEvent,
} from './payment-state.ts';
import type { Claim } from './records.ts';

/**
 * Every rule about what may happen to a payment. A store reads the state, asks for the change and writes it, in one transaction.
 *
 * | event | allowed for | effect |
 * |---|---|---|
 * | claim | planned | submitting, with a new attempt |
 * | re-send claim | unknown, at its own place, without conflict or unverified callback | submitting, with a new attempt and the old reference |
 * | answer | any status, newest attempt | as the answer says; see {@link answer} |
 * | status report | any status | as the table of `consequences.ts` says |
 * | unverified callback | any status | a query is needed; an unpaid payment becomes unknown |
 * | decision | unknown, pending; paid only: failed, cancelled, replaced, and paid with a contradiction | paid or failed, by a person; of a replaced one with a correction that was sent: a contradiction |
 * | cancel | planned | cancelled, by a person |
 * | retry | failed, also cancelled and returned by name; nothing waiting to be confirmed | planned, with a new reference; unknown where a lost ledger may have sent that one |
 * | recovery | submitting | unknown |
 * | lost past | planned, submitting | unknown; every other status stays |
 * | replacement | failed, cancelled, nothing waiting to be confirmed | replaced |
 * | replacement failed | replaced | what it was: failed or cancelled; unknown where the old reference may have been paid |
 * | replaced was reported paid | any status | never sent or re-sent again without a person; a planned one becomes unknown |
 */
export function transition(state: PaymentState, event: LedgerEvent): Change | RefusedChange {
  const change = changeOf(state, event);
  return change.kind === 'refused' ? change : keepingContradiction(state, change);
}

function changeOf(state: PaymentState, event: LedgerEvent): Change | RefusedChange {
  switch (event.kind) {
    case 'claim':
      return claim(state, event);
    case 'resend-claim':
      return resendClaim(state, event);
    case 'answer':
      return answer(state, event);
    case 'status-report':
      return changeOfReport(state, event);
    case 'unverified-callback':
      return changeOfUnverifiedCallback(state, event);
    case 'decision':
      return decision(state, event);
    case 'cancel':
      return cancelByPerson(state, event);
    case 'retry':
      return retryFailed(state, event);
    case 'recovery':
      return recovery(state, event);
    case 'lost-past':
      return changeOfLostPast(state, event);
    case 'replacement':
      return replacement(state, event);
    case 'replacement-failed':
      return replacementFailed(state, event);
    case 'replaced-reported-paid':
      return replacedReportedPaid(state, event);
  }
}

/** Only a planned payment is sent: every other status says that its reference may have left already. */
function claim(state: PaymentState, { at, place }: ClaimEvent): Change | RefusedChange {
  if (state.status !== 'planned' || isElsewhere(state, place)) return refusedMove(state, 'submitting');
  return submitting(state, at, place);
}

/**
 * Only an unknown payment is re-sent, with its current reference. Never one with a conflict or one that an unverified callback
 * names: it may have arrived, and "not found" may only mean "not found yet". Whether the provider's rule allows the re-send is
 * the caller's to know.
 */
function resendClaim(state: PaymentState, { reference, at, place }: ResendClaimEvent): Change | RefusedChange {
  const { isConflicting, unverifiedCallbacks, needsQuery } = state.history;
  // After a recovery, what the ledger has lost may have been re-sent, answered and retried.
  const mayHaveArrived = isConflicting || unverifiedCallbacks > 0 || needsQuery || state.restored !== 'no';
  if (state.status !== 'unknown' || state.reference !== reference || mayHaveArrived || isElsewhere(state, place)) {
    return refusedMove(state, 'submitting');
  }
  return { ...submitting(state, at, place), history: afterResend(state.history, state.sentAt) };
}

/** Never send a reference to a second place: that place knows nothing of the first request, and pays again. */
function isElsewhere(state: PaymentState, place: string): boolean {
  return state.place !== null && state.place !== place;
}

/** The intent is written before any byte may leave: attempt, time, place and status. */
function submitting(state: PaymentState, at: number, place: string): Change {
  const tries = state.tries + 1;
  return {
    kind: 'change',
    outcome: 'moved',
    status: 'submitting',
    fields: { kind: 'claimed', tries, claimedAt: at, place },
    entry: {
      event: 'claimed',
      status: 'submitting',
      generation: state.generation,
      attempt: tries,
      reference: null,
      sent: null,
      latest: null,
      received: null,
    },
    history: null,
    accountStop: null,
  };
}

/** Only the newest attempt of the current reference has an answer to record. */
function answer(state: PaymentState, event: AnswerEvent): Change | RefusedChange {
  const { attempt, instruction } = event.claim;
  const isNewest = state.reference === instruction.reference && state.tries === attempt;
  if (!isNewest) return notNewestAttempt(event.claim);
  // Under a lock that another owner has followed, the attempt is no longer this process's to end.
  return state.status === 'submitting' && event.isLockCurrent ? firstAnswer(state, event) : lateAnswer(state, event);
}

export function notNewestAttempt({ attempt, instruction }: Claim): RefusedChange {
  return {
    kind: 'refused',
    message:
      `Payment ${instruction.reference}: attempt ${attempt} is not its newest one, so its answer cannot be recorded. ` +
      `Look at the payment with: payrun status --rows`,
  };
}

/** The answer that ends the attempt. */
function firstAnswer(state: PaymentState, event: AnswerEvent): Change {
  const { at, evidence, feeMinor } = event;
  const answered = answeredStatus(event);
  const end = { event: 'answered', at, feeMinor, mayHaveLeft: event.left } as const;
  const unconfirmed = unconfirmedFailureText(state, answered, evidence);
  if (unconfirmed === null) return moved(state, answered, { ...end, evidence });
  return moved(state, 'unknown', { ...end, evidence: unconfirmed, received: evidence });
}

/** The text for an answer that no money moved, where that is not enough to send the payment again; null where it is. */
function unconfirmedFailureText(
  state: PaymentState,
  answered: AnswerEvent['status'],
  evidence: Evidence,
): Evidence | null {
  if (!isUnpaid(answered)) return null;
  // Never believe that nothing moved after an unverified callback named the payment: a query has to confirm it.
  // One that reports a failure contradicts none, and still forbids that the reference is sent again.
  const { unverifiedCallbacks, unverifiedFailures } = state.history;
  const isContradicted = unverifiedCallbacks > (answered === 'failed' ? unverifiedFailures : 0);
  if (isContradicted) return failureAfterCallbackText(evidence);
  // Never send a payment again whose earlier reference was reported as paid, whatever became of this one.
  if (state.history.earlierReportedPaid) return failureAfterEarlierPaidText(state, evidence);
  return null;
}

/** A re-send that moved nothing says nothing about the attempt before it: the payment stays unknown. */
function answeredStatus({ status, claim: { isResend } }: AnswerEvent): AnswerEvent['status'] {
  return status === 'planned' && isResend ? 'unknown' : status;
}

/** The answer to an attempt that something else has ended: evidence about the payment, and no second attempt. */
function lateAnswer(state: PaymentState, event: AnswerEvent): Change {
  const { status: answered, claim, at, evidence, feeMinor } = event;
  const note = { event: 'late-answer', at, feeMinor } as const;
  switch (lateConsequenceOf(state.status, answered, claim.isResend)) {
    case 'keep': {
      const { code, reason } = state.latest;
      const added = withoutKnownIds(state, evidence);
      const display = { ...added, code: code ?? evidence.code, reason: reason ?? evidence.reason };
      return noted(state, { ...note, evidence: display, received: evidence });
    }
    case 'move': {
      const unconfirmed = unconfirmedFailureText(state, answered, evidence);
      if (unconfirmed === null) return moved(state, answered, { ...note, evidence });
      const display = { ...note, evidence: unconfirmed, received: evidence };
      return state.status === 'unknown' ? noted(state, display) : moved(state, 'unknown', display);
    }
    case 'conflict': {
      const display = contradictionText(state, 'late answer', evidence);
      const history = withConflict(state.history, false);
      return noted(state, { ...note, evidence: display, received: evidence, history });
    }
    case 'conflict-unknown': {
      const display = contradictionText(state, 'late answer', evidence);
      const history = withConflict(state.history, false);
      return moved(state, 'unknown', { ...note, evidence: display, received: evidence, history });
    }
  }
}

/**
 * A person decides what the provider leaves open, and may record that a payment arrived after all. Overruling a provider's word that
 * it was paid is not a person's to do; a contradiction about a paid payment is ended by recording what was found.
 */
function decision(state: PaymentState, event: DecisionEvent): Change | RefusedChange {
  const { reference, status, because, providerReference, by, at, settledAt = at } = event;
  if (!isDecidable(state, status) || state.reference !== reference) return refusedMove(state, status);
  const decided = { code: 'resolved', reason: `Decided by ${by}: ${because}` };
  const evidence = providerReference === null ? decided : { ...decided, providerReference };
  // Never record a second payment of one debt as if nothing were wrong: the correction may have been paid, too.
  if (state.status === 'replaced' && event.isCorrectionUnsent !== true) {
    return changedByContradiction(state, null, {
      at,
      evidence: contradictionText(state, 'person', evidence),
      received: evidence,
      history: withConflict(state.history, false),
    });
  }
  if (state.status === status) {
    return noted(state, { event: 'resolved', at, evidence, history: { ...state.history, isConflicting: false } });
  }
  return moved(state, status, {
    event: 'resolved',
    at,
    evidence,
    settledAt,
    // What was asked about the payment is over: a person has answered it. The count keeps the ids of queries distinct.
    history: { ...NO_HISTORY, queries: state.history.queries, restsOnPerson: status === 'failed' },
  });
}

/** A person ends only what was not sent: whatever was claimed may be on its way. */
function cancelByPerson(state: PaymentState, { at, by, because }: CancelEvent): Change | RefusedChange {
  if (state.status !== 'planned') return refusedMove(state, 'cancelled');
  const evidence = { code: 'cancelled-by-person', reason: `Cancelled by ${by}: ${because}` };
  return moved(state, 'cancelled', { event: 'cancelled-by-person', at, evidence });
}

function isDecidable({ status, history }: PaymentState, to: DecisionEvent['status']): boolean {
  switch (status) {
    case 'unknown':
    case 'pending':
      return true;
    case 'failed':
    case 'cancelled':
    case 'replaced':
      return to === 'paid';
    case 'paid':
      return to === 'paid' && history.isConflicting;
    case 'planned':
    case 'submitting':
    case 'returned':
      return false;
  }
}
