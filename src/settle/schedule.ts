import type { PollSchedule } from '../domain/query-history.ts';
import type { OpenPayment } from '../ledger/records.ts';

/**
 * When an open payment is to be queried next by its schedule, Unix milliseconds; null when the schedule has come to its end. A time
 * in the future was written while a clock stood wrong, and never delays a query: a query of the future counts as not made, and a
 * payment that was sent in the future is queried now and then regularly.
 */
export function nextQueryAt(schedule: PollSchedule, { payment, history }: OpenPayment, now: number): number | null {
  const { sentAt } = payment;
  if (sentAt === null) return null;
  const queriedAt = lastQueriedAt(history, now) ?? Number.NEGATIVE_INFINITY;
  if (sentAt > now) return Math.max(now, queriedAt + schedule.everyMs);
  for (const ageMs of schedule.agesMs) if (sentAt + ageMs > queriedAt) return sentAt + ageMs;
  const next = queriedAt + schedule.everyMs;
  return next - sentAt > schedule.untilMs ? null : next;
}

/** How often a failed payment is queried that a callback has reported as paid. */
const REQUERY_FAILED_MS = 30_000;

/**
 * When a payment is to be queried: at once when a callback needs a query to confirm it, else by its schedule, or at once where
 * the schedule is `now`. Null: never. A failed payment that a callback reported as paid stays due until an answer decides, but is
 * not queried more often than every 30 seconds.
 */
export function queryDueAt(schedule: PollSchedule | 'now', open: OpenPayment, now: number): number | null {
  const { payment, history } = open;
  const queriedAt = lastQueriedAt(history, now);
  const isOpen = payment.status === 'pending' || payment.status === 'unknown';
  if (history.needsQuery) {
    return isOpen || queriedAt === null ? Number.NEGATIVE_INFINITY : queriedAt + REQUERY_FAILED_MS;
  }
  if (!isOpen) return null;
  return schedule === 'now' ? Number.NEGATIVE_INFINITY : nextQueryAt(schedule, open, now);
}

/** Whether a payment is to be queried now: {@link queryDueAt}. */
export function isDue(schedule: PollSchedule, open: OpenPayment, now: number): boolean {
  const at = queryDueAt(schedule, open, now);
  return at !== null && at <= now;
}

function lastQueriedAt({ queriedAt }: OpenPayment['history'], now: number): number | null {
  return queriedAt !== null && queriedAt <= now ? queriedAt : null;
}
