import type { Evidence } from '../domain/outcome.ts';
import { isFinal } from '../domain/status.ts';
import { changedByContradiction, kept, moved, noted } from './changes.ts';
import {
  consequenceOf,
  earlierConsequenceOf,
  isEnd,
  isFailure,
  isUnpaid,
  isVerifiedEnd,
  type Consequence,
} from './consequences.ts';
import {
  contradictionText,
  earlierContradictionText,
  failureAfterEarlierPaidText,
  plainReason,
  withoutKnownIds,
} from './contradiction.ts';
import { afterQuery, afterUnverifiedCallback, withConflict, withNeedsQuery } from './history.ts';
import type {
  Change,
  PaymentHistory,
  PaymentState,
  StatusReportEvent,
  UnverifiedCallbackEvent,
} from './payment-state.ts';

/** What a query, a verified callback, a statement or a cancellation does to a payment. */
export function changeOfReport(state: PaymentState, event: StatusReportEvent): Change {
  if (event.reference !== state.reference) return changeOfEarlierReport(state, event);
  const { report } = event;
  const consequence = currentConsequenceOf(state, event);
  const change = changeBy(consequence, state, event);
  if (report.kind !== 'failed' || report.stopsAccount !== true) return change;
  // A reason that is displayed already would stop an account that somebody has put in order meanwhile.
  const isNews = consequence === 'move' || state.latest.code !== report.evidence.code;
  return isNews ? { ...change, accountStop: report.evidence } : change;
}

/** An earlier reference that was paid keeps the payment from ever being sent again without a person. */
function changeOfEarlierReport(state: PaymentState, { report, reference, source, at }: StatusReportEvent): Change {
  const { evidence } = report;
  const consequence = earlierConsequenceOf(state.status, report.kind, source === 'query');
  if (consequence === 'keep') return kept(state);
  return changedByContradiction(state, consequence === 'conflict-unknown' ? 'unknown' : null, {
    at,
    evidence: earlierContradictionText(state, source, evidence, reference),
    received: evidence,
    history: withConflict(state.history, true),
  });
}

type CurrentConsequence = Consequence | 'failure-after-earlier-paid';

/** The table's consequence, under the three rules that keep a payment from being sent while an old request may have been paid. */
function currentConsequenceOf(state: PaymentState, event: StatusReportEvent): CurrentConsequence {
  const { status, history } = state;
  const { report, source } = event;
  // Any answer about a failed payment that did not wait for a query was under way before the payment failed.
  const isAsked = source === 'query' && (!isFailure(status) || history.needsQuery || history.restsOnPerson);
  // A callback named the failed payment and the provider does not decide: only a person may, and nothing else.
  const isUndecided =
    report.kind === 'not-found' || (report.kind === 'unknown' && report.evidence.code === 'contradiction');
  if (isFailure(status) && source === 'query' && history.needsQuery && isUndecided)
    return status === 'replaced' ? 'conflict' : 'conflict-unknown';
  const consequence = consequenceOf(status, report.kind, isAsked);
  const endsUnpaid = consequence === 'move' && (report.kind === 'failed' || report.kind === 'cancelled');
  if (!endsUnpaid) return consequence;
  // No failure ends a payment that an unverified callback named, until a query that is newer than the callback says so.
  if (isOutdatedByCallback(state, event)) return 'conflict-unknown';
  return history.earlierReportedPaid ? 'failure-after-earlier-paid' : 'move';
}

/** A report is older than an unverified callback that came while it was on its way; a callback never settles another one. */
function isOutdatedByCallback({ history }: PaymentState, event: StatusReportEvent): boolean {
  const isNewer = history.unverifiedCallbacks > (event.source === 'callback' ? 0 : callbacksKnownTo(event));
  // Callbacks that report a failure themselves contradict no failure.
  return isNewer && history.unverifiedCallbacks > history.unverifiedFailures;
}

function changeBy(consequence: CurrentConsequence, state: PaymentState, event: StatusReportEvent): Change {
  const { report, source, at } = event;
  const { evidence } = report;
  const { status } = state;
  const history = historyAfter(state, event);
  switch (consequence) {
    case 'keep': {
      // A final report of a final payment, by statement or cancellation, is what a query would have confirmed.
      const isOutside = source !== 'callback' && source !== 'query';
      const isConfirmed = isOutside && isFinal(status) && isEnd(report.kind) && !isOutdatedByCallback(state, event);
      return keptOrNoted(state, event, isConfirmed ? withNeedsQuery(history, false) : history);
    }
    case 'move': {
      // The table has no move for "not found".
      if (report.kind === 'not-found') return kept(state, history);
      const isUnverified = report.kind === 'failed' && report.isUnverified === true;
      const after = isUnverified ? { ...history, restsOnPerson: true } : history;
      const display = report.kind === 'failed' ? withReportedBefore(state, evidence) : evidence;
      const received = display === evidence ? null : evidence;
      const end = { event: `settled-by-${source}`, at, evidence: display, received, history: after } as const;
      const written = { ...end, feeMinor: feeOf(event) };
      return moved(state, report.kind, written);
    }
    case 'conflict':
      return changedByContradiction(state, null, {
        at,
        evidence: contradictionText(state, source, evidence),
        received: evidence,
        history: withConflict(history, false),
      });
    case 'conflict-unknown': {
      // A failure that an unverified callback outdates waits for a newer query.
      const isOutdated = report.kind === 'failed' || report.kind === 'cancelled';
      return changedByContradiction(state, 'unknown', {
        at,
        evidence: contradictionText(state, source, evidence),
        received: evidence,
        history: withConflict(isOutdated ? withNeedsQuery(history, true) : history, false),
      });
    }
    case 'failure-after-earlier-paid':
      return changedByContradiction(state, 'unknown', {
        at,
        evidence: failureAfterEarlierPaidText(state, evidence),
        received: evidence,
        history,
      });
  }
}

/** A query may only confirm that a payment failed; why it failed is what the callback had said. */
function withReportedBefore({ latest, history }: PaymentState, evidence: Evidence): Evidence {
  const before = plainReason(latest);
  if (history.unverifiedFailures === 0 || before === '' || latest.code === evidence.code) return evidence;
  return { ...evidence, reason: `${evidence.reason} Reported before: ${before}` };
}

/** What the report leaves in the history, before its consequence adds more. */
function historyAfter(state: PaymentState, event: StatusReportEvent): PaymentHistory {
  const { status, history } = state;
  const { report, source, at } = event;
  if (isVerifiedEnd(report) && history.restsOnPerson) {
    // The provider's own word, in whatever way it came, stands in the place of the person's.
    return historyAfter({ ...state, history: { ...history, restsOnPerson: false } }, event);
  }
  if (source === 'query') {
    const { providerAt = at } = event;
    const unverifiedCallbacks = callbacksKnownTo(event);
    return afterQuery(history, status, { report: report.kind, unverifiedCallbacks, at, providerAt });
  }
  // The provider still processes what failed here or is being sent: a query has to decide.
  const isEarly = report.kind === 'pending' && (isFailure(status) || status === 'submitting');
  return source === 'callback' && isEarly ? afterUnverifiedCallback(history) : history;
}

/**
 * A report that does not move the payment is written down where a reader gains by it: a new text about an open payment, new ids,
 * a new fee. A repeated report writes nothing: a payment that is polled for a day would fill the ledger.
 */
function keptOrNoted(state: PaymentState, event: StatusReportEvent, history: PaymentHistory): Change {
  const { status, latest } = state;
  const { report, source, at } = event;
  const { evidence } = report;
  const feeMinor = feeOf(event);
  const isOpen = status === 'pending' || status === 'unknown' || status === 'submitting';
  // A conflict stays in the report until it is decided.
  const hasConflict = state.history.isConflicting || latest.code === 'contradiction';
  const isWorthReading = isOpen && !hasConflict && !isEnd(report.kind) && isNew(state, evidence);
  const note = { event: `noted-by-${source}`, at, feeMinor, history } as const;
  if (isWorthReading) return { ...noted(state, { ...note, evidence }), isProgress: true };
  const added = isOpen || report.kind === status ? evidence : withoutKnownIds(state, evidence);
  const hasNewFee = feeMinor !== null && feeMinor !== latest.feeMinor;
  if (!hasNewFee && !hasNewIds(state, added)) return kept(state, history);
  const display = { ...added, code: latest.code ?? '', reason: latest.reason ?? '' };
  return noted(state, { ...note, evidence: display, received: evidence });
}

/**
 * A callback without a signature decides nothing, whether it says paid or failed: a query has to confirm it first. A payment
 * that should not be with the provider becomes unknown until then, so that nothing sends it again.
 */
export function changeOfUnverifiedCallback(state: PaymentState, event: UnverifiedCallbackEvent): Change {
  const { status, latest } = state;
  const { at, reference } = event;
  if (status === 'paid' || status === 'returned') return kept(state);
  const received = event.evidence ?? { code: 'callback', reason: 'A callback speaks of it.' };
  const to = isUnpaid(status) ? 'unknown' : null;
  if (reference !== state.reference) {
    // No query of the current reference can decide about the earlier one: only a person may end the payment as unpaid.
    const history = withConflict(state.history, true);
    return changedByContradiction(state, to, {
      at,
      evidence: earlierContradictionText(state, 'callback', received, reference),
      received,
      history,
    });
  }
  // The callback reports the failure that is known already.
  const isKnown = latest.code === received.code || event.reportsFailure === true;
  if (isFailure(status) && isKnown) return kept(state);
  const history = afterUnverifiedCallback(state.history, event.reportsFailure === true);
  if (to === 'unknown' || status === 'replaced') {
    return changedByContradiction(state, to, {
      at,
      evidence: contradictionText(state, 'callback', received),
      received,
      history,
    });
  }
  const isWorthReading = event.evidence !== null && !state.history.isConflicting && isNew(state, event.evidence);
  return isWorthReading ? noted(state, { event: 'hinted', at, evidence: received, history }) : kept(state, history);
}

/** How many unverified callbacks the report takes into account. No callback is newer than a report that does not say. */
function callbacksKnownTo({ unverifiedCallbacks }: StatusReportEvent): number {
  return unverifiedCallbacks ?? Number.MAX_SAFE_INTEGER;
}

function feeOf({ report }: StatusReportEvent): bigint | null {
  return report.kind === 'paid' ? (report.feeMinor ?? null) : null;
}

function isNew(state: PaymentState, evidence: Evidence): boolean {
  const { code, reason } = state.latest;
  return code !== evidence.code || reason !== evidence.reason || hasNewIds(state, evidence);
}

function hasNewIds({ latest }: PaymentState, { providerReference, receipt, requestId }: Evidence): boolean {
  return (
    (providerReference !== undefined && providerReference !== (latest.providerReference ?? '')) ||
    (receipt !== undefined && receipt !== (latest.receipt ?? '')) ||
    (requestId !== undefined && requestId !== (latest.requestId ?? ''))
  );
}
