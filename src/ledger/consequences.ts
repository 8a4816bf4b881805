import type { StatusReport, StatusReportKind } from '../domain/status-report.ts';
import type { Status } from '../domain/status.ts';
import type { AttemptResult } from './records.ts';

/**
 * What a report does to a payment:
 *
 * - `keep`: the report says nothing new, or less than is known.
 * - `move`: the payment takes the status that the report names.
 * - `conflict`: the report contradicts a final status. The status stays, and the report of the batch displays the contradiction.
 * - `conflict-unknown`: money may be where none should be. The payment becomes `unknown`, so that nothing sends it again.
 */
export type Consequence = 'keep' | 'move' | 'conflict' | 'conflict-unknown';

/** As {@link Consequence}, and `conflict-if-asked`: a conflict only for the answer to a query made now, else `keep`. */
type TableCell = Consequence | 'conflict-if-asked';

/**
 * What a report about the current reference means, by what the report says and by the status that the payment has.
 * The first final report wins, except that money that was paid where none should be makes the payment `unknown`.
 */
const REPORTS: Readonly<Record<StatusReportKind, Readonly<Record<Status, TableCell>>>> = {
  paid: {
    // Nothing was sent under this reference, so the report is wrong or another process sent it.
    planned: 'conflict-unknown',
    submitting: 'move',
    pending: 'move',
    unknown: 'move',
    paid: 'keep',
    // A retry would pay a second time.
    failed: 'conflict-unknown',
    cancelled: 'conflict-unknown',
    // A payment is paid before it comes back.
    returned: 'keep',
    // The correction may be on its way, so that the payment is not opened again; the contradiction is displayed.
    replaced: 'conflict',
  },
  returned: {
    planned: 'conflict-unknown',
    submitting: 'move',
    pending: 'move',
    unknown: 'move',
    paid: 'move',
    failed: 'conflict',
    cancelled: 'conflict',
    returned: 'keep',
    replaced: 'conflict',
  },
  failed: {
    // Nothing was sent under this reference, or the request came back: there is nothing to end.
    planned: 'keep',
    submitting: 'move',
    pending: 'move',
    unknown: 'move',
    paid: 'conflict',
    failed: 'keep',
    cancelled: 'keep',
    returned: 'keep',
    replaced: 'keep',
  },
  cancelled: {
    planned: 'keep',
    submitting: 'move',
    pending: 'move',
    unknown: 'move',
    paid: 'conflict',
    failed: 'keep',
    cancelled: 'keep',
    returned: 'keep',
    replaced: 'keep',
  },
  pending: {
    // Sent a second time, the provider might process it twice.
    planned: 'conflict-unknown',
    // The request's own answer decides.
    submitting: 'keep',
    pending: 'keep',
    unknown: 'move',
    paid: 'keep',
    // The provider still processes what we recorded as failed: it may yet be paid. An old callback proves no such thing.
    failed: 'conflict-if-asked',
    cancelled: 'keep',
    returned: 'keep',
    replaced: 'conflict-if-asked',
  },
  unknown: nothingLearnt(),
  // "Not found" is evidence for a re-send under the provider's rule and never by itself a failure.
  'not-found': nothingLearnt(),
};

/** @param isAsked the provider says it now, in answer to a query; a callback may have been under way for long. */
export function consequenceOf(status: Status, report: StatusReportKind, isAsked: boolean): Consequence {
  const cell = REPORTS[report][status];
  if (cell !== 'conflict-if-asked') return cell;
  if (!isAsked) return 'keep';
  return status === 'replaced' ? 'conflict' : 'conflict-unknown';
}

/**
 * Of a report about an earlier reference: that it was paid, or is processed now, matters to the current one, and nothing else does.
 *
 * @param isAsked as in {@link consequenceOf}.
 */
export function earlierConsequenceOf(status: Status, report: StatusReportKind, isAsked: boolean): Consequence {
  // Sent now, the current reference might be paid as well as the earlier one.
  if (report === 'pending' && isAsked && isUnpaid(status)) return 'conflict-unknown';
  if (report !== 'paid') return 'keep';
  return isUnpaid(status) ? 'conflict-unknown' : 'conflict';
}

/**
 * Of the answer to an attempt that comes when the payment is no longer `submitting`: a callback was quicker, or its run was
 * taken for dead.
 *
 * @param isResend the attempt was not the first with its reference: then an acceptance after a failure is another request's.
 */
export function lateConsequenceOf(status: Status, answered: AttemptResult['status'], isResend: boolean): Consequence {
  switch (answered) {
    case 'paid':
    case 'failed':
    case 'pending':
      return consequenceOf(status, answered, isResend);
    // The attempt moved nothing, or nobody knows: less than what is known by now.
    case 'planned':
    case 'unknown':
      return 'keep';
  }
}

/** Statuses in which no money has left and the payment may be sent (again). A replaced one is not sent again: its correction is. */
export function isUnpaid(status: Status): boolean {
  return status === 'planned' || status === 'failed' || status === 'cancelled';
}

/** The failure is recorded, and a query asks about the payment only where a callback named it. */
export function isFailure(status: Status): boolean {
  return status === 'failed' || status === 'replaced';
}

/** The report ends a payment, one way or the other. */
export function isEnd(report: StatusReportKind): boolean {
  return report === 'paid' || report === 'failed' || report === 'cancelled' || report === 'returned';
}

/** As {@link isEnd}, by the provider's own word. */
export function isVerifiedEnd(report: StatusReport): boolean {
  return isEnd(report.kind) && !(report.kind === 'failed' && report.isUnverified === true);
}

function nothingLearnt(): Readonly<Record<Status, TableCell>> {
  return {
    planned: 'keep',
    submitting: 'keep',
    pending: 'keep',
    unknown: 'keep',
    paid: 'keep',
    failed: 'keep',
    cancelled: 'keep',
    returned: 'keep',
    replaced: 'keep',
  };
}
