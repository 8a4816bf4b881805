import type { ResendRule } from '../domain/resend-rule.ts';
import type { OpenPayment } from '../ledger/records.ts';

/** How long a first request may still be under way at the provider, where a rule allows a re-send without evidence. */
const ALWAYS_AFTER_MS = 60_000;

/** Whether the provider's rule allows to send an `unknown` payment again now, with the same reference. */
export function mayResend(rule: ResendRule, { payment, history }: OpenPayment, now: number): boolean {
  // Never re-send a payment that a callback reported on: the request arrived, even if a query does not find the payment yet.
  if (history.needsQuery || history.unverifiedCallbacks > 0) return false;
  if (payment.status !== 'unknown' || payment.sentAt === null) return false;
  switch (rule.kind) {
    case 'never':
      return false;
    case 'after-evidence': {
      const { notFoundSince, notFoundCount, notFoundUntil } = history;
      if (notFoundSince === null || notFoundUntil === null || notFoundCount < Math.max(1, rule.answers)) return false;
      // The grace is measured between answers, by the provider's clock: time without an answer, or a jump of ours, proves nothing.
      return (
        notFoundUntil - notFoundSince >= rule.graceMs &&
        (rule.withinMs === null || wasSentWithin(now - (history.firstSentAt ?? payment.sentAt), rule.withinMs))
      );
    }
    case 'always':
      return now - payment.sentAt >= ALWAYS_AFTER_MS;
  }
}

/** A first sending in the future was written while a clock stood wrong: how long ago it was is not known. */
function wasSentWithin(ageMs: number, withinMs: number): boolean {
  return ageMs >= 0 && ageMs <= withinMs;
}
