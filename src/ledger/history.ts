import type { StatusReport } from '../domain/status-report.ts';
import type { Status } from '../domain/status.ts';
import { isFailure } from './consequences.ts';
import type { PaymentHistory } from './payment-state.ts';

/** The answer to a query of the current reference, and how many unverified callbacks there were when the query was sent. */
export interface AnsweredQuery {
  readonly report: StatusReport['kind'];
  readonly unverifiedCallbacks: number;
  readonly at: number;
  /** The provider's own time of the answer; null where it names none. */
  readonly providerAt: number | null;
}

/** An answer counts, settles what was waiting for a query, and goes on with or ends a row of "not found". */
export function afterQuery(history: PaymentHistory, status: Status, answer: AnsweredQuery): PaymentHistory {
  const isNotFound = answer.report === 'not-found';
  // A failed or planned payment is on no schedule: what waits for a query waits until an answer decides.
  const decidesNothing = answer.report === 'unknown' && (isFailure(status) || status === 'planned');
  // A callback that came after the query was sent is newer than its answer and needs a query of its own.
  const isOutdated = history.unverifiedCallbacks > answer.unverifiedCallbacks;
  return {
    ...history,
    queries: history.queries + 1,
    queriedAt: answer.at,
    notFoundSince: isNotFound ? (history.notFoundSince ?? answer.providerAt) : null,
    notFoundUntil: isNotFound ? (answer.providerAt ?? history.notFoundUntil) : null,
    notFoundCount: isNotFound ? history.notFoundCount + 1 : 0,
    needsQuery: history.needsQuery && (decidesNothing || isOutdated),
  };
}

/** A callback that only a query can confirm: query before all others, and never again trust "not found" about this reference. */
export function afterUnverifiedCallback(history: PaymentHistory, reportsFailure = false): PaymentHistory {
  return {
    ...history,
    needsQuery: true,
    unverifiedCallbacks: history.unverifiedCallbacks + 1,
    unverifiedFailures: history.unverifiedFailures + (reportsFailure ? 1 : 0),
    notFoundSince: null,
    notFoundUntil: null,
    notFoundCount: 0,
  };
}

/** Evidence for a re-send is used up by it: "not found" of before says nothing about the new attempt. */
export function afterResend(history: PaymentHistory, sentAt: number | null): PaymentHistory {
  return {
    ...history,
    needsQuery: false,
    notFoundSince: null,
    notFoundUntil: null,
    notFoundCount: 0,
    firstSentAt: history.firstSentAt ?? sentAt,
  };
}

/**
 * A status that no query needs to confirm any more ends the wait for one. A payment that is paid after all, under its only reference
 * that may have been paid, leaves nothing to decide.
 */
export function afterMove(history: PaymentHistory, to: Status): PaymentHistory {
  // Money that came back may be sent again by name: what waits for a query waits on.
  const isSettled = to === 'paid' || to === 'cancelled';
  if (!isSettled) return history;
  const after = withNeedsQuery(history, false);
  const isDecided = to === 'paid' && after.isConflicting && !after.earlierReportedPaid;
  return isDecided ? { ...after, isConflicting: false } : after;
}

export function withNeedsQuery(history: PaymentHistory, needsQuery: boolean): PaymentHistory {
  return history.needsQuery === needsQuery ? history : { ...history, needsQuery };
}

/** Two reports contradict each other: the payment is not re-sent, whatever a query says. */
export function withConflict(history: PaymentHistory, isAboutEarlierReference: boolean): PaymentHistory {
  const earlierReportedPaid = history.earlierReportedPaid || isAboutEarlierReference;
  if (history.isConflicting && history.earlierReportedPaid === earlierReportedPaid) return history;
  return { ...history, isConflicting: true, earlierReportedPaid };
}
