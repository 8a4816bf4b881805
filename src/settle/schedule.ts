import type { PollSchedule, ResendRule } from '../domain/finding.ts';
import type { OpenPayment } from '../ledger/ledger.ts';

/** When an open payment is to be asked about next, Unix milliseconds; null when the sheet's schedule has come to its end. */
export function nextAskAt(schedule: PollSchedule, { payment, inquiry }: OpenPayment): number | null {
  const { sentAt } = payment;
  if (sentAt === null) return null;
  const asked = inquiry.askedAt ?? Number.NEGATIVE_INFINITY;
  for (const ageMs of schedule.agesMs) if (sentAt + ageMs > asked) return sentAt + ageMs;
  const next = asked + schedule.everyMs;
  return next - sentAt > schedule.untilMs ? null : next;
}

/** How often a failed payment is asked about that a callback has called paid. */
export const FAILED_AGAIN_MS = 30_000;

/** Whether a payment is to be asked about now: by its schedule, or because a callback wants to be confirmed. */
export function isDue(schedule: PollSchedule, open: OpenPayment, now: number): boolean {
  if (open.inquiry.isUrgent) {
    const { status } = open.payment;
    const { askedAt } = open.inquiry;
    // What has failed stays urgent until an answer decides it.
    return status === 'pending' || status === 'unknown' || askedAt === null || now - askedAt >= FAILED_AGAIN_MS;
  }
  const at = nextAskAt(schedule, open);
  return at !== null && at <= now;
}

/** Whether the provider's rule allows to present an `unknown` payment again, with the same reference. */
export function mayResend(rule: ResendRule, { payment, inquiry }: OpenPayment, now: number): boolean {
  // A callback has spoken of it: it arrived, and what cannot be found may only not be found yet.
  if (inquiry.isUrgent || inquiry.hints > 0) return false;
  if (payment.status !== 'unknown' || payment.sentAt === null) return false;
  switch (rule.kind) {
    case 'never':
      return false;
    case 'after-evidence': {
      const { absentSince, absents, askedAt } = inquiry;
      // From finding to finding: a clock that ran on without an answer proves nothing.
      if (absentSince === null || askedAt === null || absents < Math.max(1, rule.answers)) return false;
      return (
        askedAt - absentSince >= rule.graceMs &&
        (rule.withinMs === null || now - (inquiry.firstSentAt ?? payment.sentAt) <= rule.withinMs)
      );
    }
    case 'always':
      // The first request may still be under way at the provider.
      return now - payment.sentAt >= ALWAYS_AFTER_MS;
  }
}

const ALWAYS_AFTER_MS = 60_000;
