import type { StatusReportKind } from '../domain/status-report.ts';
import { canMove, type Status } from '../domain/status.ts';
import type { AttemptResult } from './records.ts';

/** What a word about a payment does to the status that it has. One table for all stores. */
export type Verdict =
  | { readonly kind: 'move'; readonly to: Status }
  /** It says nothing new, or less than is known. */
  | { readonly kind: 'keep' }
  /** It cannot be true together with what is known; `to` is where the payment goes, or null where it stays. */
  | { readonly kind: 'contradict'; readonly to: 'unknown' | null }
  /** It says that no money moved, of a payment of which an earlier presentation was reported as paid: `unknown`, whatever it was. */
  | { readonly kind: 'doubt'; readonly to: 'unknown' };

const KEEP: Verdict = { kind: 'keep' };

/**
 * The rules of {@link Settlement}, for the generation that counts now. The first final word wins, except that money that was paid
 * where none should be makes the payment `unknown`: nothing may present it again before a person has looked.
 *
 * @param isFresh the provider says it now, in answer to a question; a callback may be an old one that was under way for long.
 */
export function verdictOf(status: Status, said: StatusReportKind, isFresh: boolean): Verdict {
  switch (said) {
    case 'paid':
      if (status === 'paid' || status === 'returned') return KEEP;
      if (status === 'planned' || status === 'failed' || status === 'cancelled')
        return { kind: 'contradict', to: 'unknown' };
      return moveOr(status, 'paid', { kind: 'contradict', to: null });
    case 'returned':
      if (status === 'returned') return KEEP;
      if (status === 'planned') return { kind: 'contradict', to: 'unknown' };
      return moveOr(status, 'returned', { kind: 'contradict', to: null });
    case 'failed':
    case 'cancelled':
      if (status === 'paid') return { kind: 'contradict', to: null };
      // What is planned was not sent under this reference, or came back: there is nothing to end.
      return status === 'planned' ? KEEP : moveOr(status, said, KEEP);
    case 'pending':
      // It is being worked on, and here it has failed: it may yet be paid.
      if (status === 'failed' && isFresh) return { kind: 'contradict', to: 'unknown' };
      // Nobody should have it yet. Presented again, it might be worked on twice.
      if (status === 'planned') return { kind: 'contradict', to: 'unknown' };
      return status === 'unknown' ? { kind: 'move', to: 'pending' } : KEEP;
    case 'unknown':
    case 'not-found':
      return KEEP;
  }
}

/** About an earlier presentation of a payment, which has another reference by now. */
export function earlierVerdictOf(status: Status, said: StatusReportKind): Verdict {
  if (said !== 'paid') return KEEP;
  const isUnpaid = status === 'planned' || status === 'failed' || status === 'cancelled';
  return { kind: 'contradict', to: isUnpaid ? 'unknown' : null };
}

/**
 * What becomes of a verdict when an earlier presentation of the payment was reported as paid while this one was under way: that
 * this one moved nothing must not make it fit to be sent once more.
 */
export function guarded(verdict: Verdict, isPaidBefore: boolean): Verdict {
  if (!isPaidBefore || verdict.kind !== 'move') return verdict;
  const isUnpaid = verdict.to === 'planned' || verdict.to === 'failed' || verdict.to === 'cancelled';
  return isUnpaid ? { kind: 'doubt', to: 'unknown' } : verdict;
}

/**
 * The answer of an attempt that comes when the payment is no longer `submitting`: a callback was quicker, or its run was thought
 * dead.
 *
 * @param isAgain the attempt was not the first with its reference: then an acceptance after a failure is news, and a bad one.
 */
export function lateVerdictOf(status: Status, answered: AttemptResult['status'], isAgain: boolean): Verdict {
  switch (answered) {
    case 'paid':
    case 'failed':
    case 'pending':
      return verdictOf(status, answered, isAgain);
    // It moved nothing, or nobody knows: less than what is known by now.
    case 'planned':
    case 'unknown':
      return KEEP;
  }
}

function moveOr(status: Status, to: Status, otherwise: Verdict): Verdict {
  return canMove(status, to) ? { kind: 'move', to } : otherwise;
}
