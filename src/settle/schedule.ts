import type { PollSchedule } from '../domain/query-history.ts';
import type { ResendRule } from '../domain/resend-rule.ts';
import type { OpenPayment } from '../ledger/records.ts';

/** When an open payment is to be asked about next, Unix milliseconds; null when the sheet's schedule has come to its end. */
export function nextAskAt(schedule: PollSchedule, { payment, history }: OpenPayment): number | null {
  const { sentAt } = payment;
  if (sentAt === null) return null;
  const asked = history.queriedAt ?? Number.NEGATIVE_INFINITY;
  for (const ageMs of schedule.agesMs) if (sentAt + ageMs > asked) return sentAt + ageMs;
  const next = asked + schedule.everyMs;
  return next - sentAt > schedule.untilMs ? null : next;
}

/** How often a failed payment is asked about that a callback has called paid. */
export const FAILED_AGAIN_MS = 30_000;

/** Whether a payment is to be asked about now: by its schedule, or because a callback wants to be confirmed. */
export function isDue(schedule: PollSchedule, open: OpenPayment, now: number): boolean {
  if (open.history.needsQuery) {
    const { status } = open.payment;
    const { queriedAt } = open.history;
    // What has failed stays urgent until an answer decides it.
    return status === 'pending' || status === 'unknown' || queriedAt === null || now - queriedAt >= FAILED_AGAIN_MS;
  }
  const at = nextAskAt(schedule, open);
  return at !== null && at <= now;
}

/** Whether the provider's rule allows to present an `unknown` payment again, with the same reference. */
export function mayResend(rule: ResendRule, { payment, history }: OpenPayment, now: number): boolean {
  // A callback has spoken of it: it arrived, and what cannot be found may only not be found yet.
  if (history.needsQuery || history.unverifiedCallbacks > 0) return false;
  if (payment.status !== 'unknown' || payment.sentAt === null) return false;
  switch (rule.kind) {
    case 'never':
      return false;
    case 'after-evidence': {
      const { notFoundSince, notFoundCount, queriedAt } = history;
      // From finding to finding: a clock that ran on without an answer proves nothing.
      if (notFoundSince === null || queriedAt === null || notFoundCount < Math.max(1, rule.answers)) return false;
      return (
        queriedAt - notFoundSince >= rule.graceMs &&
        (rule.withinMs === null || now - (history.firstSentAt ?? payment.sentAt) <= rule.withinMs)
      );
    }
    case 'always':
      // The first request may still be under way at the provider.
      return now - payment.sentAt >= ALWAYS_AFTER_MS;
  }
}

const ALWAYS_AFTER_MS = 60_000;
