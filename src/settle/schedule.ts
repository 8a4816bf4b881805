import type { PollSchedule } from '../domain/query-history.ts';
import type { OpenPayment } from '../ledger/records.ts';

/** Queries never end: a payment of any age is queried at least this often. */
const INTERVAL_MS_MAX = 86_400_000;

/**
 * When an open payment is to be queried next by its schedule, Unix milliseconds. Queries never end while the payment is open: after
 * the last age of the schedule they become ever rarer. A time in the future was written while a clock stood wrong, and never
 * delays a query: a query of the future counts as not made, and a payment that was sent in the future is queried now and then
 * regularly.
 */
export function nextQueryAt(schedule: PollSchedule, { payment, history }: OpenPayment, now: number): number {
  const { sentAt } = payment;
  const queriedAt = lastQueriedAt(history, now) ?? Number.NEGATIVE_INFINITY;
  // A payment that was reported as paid although no request of it is known: its age says nothing.
  if (sentAt === null) return Math.max(now, queriedAt + INTERVAL_MS_MAX);
  if (sentAt > now) return Math.max(now, queriedAt + schedule.everyMs);
  for (const ageMs of schedule.agesMs) if (sentAt + ageMs > queriedAt) return sentAt + ageMs;
  return queriedAt + intervalAt(schedule, queriedAt - sentAt);
}

/** The time to the next query of a payment that was last queried at this age: a quarter of the age once the schedule is over. */
function intervalAt({ everyMs, untilMs }: PollSchedule, ageMs: number): number {
  if (ageMs + everyMs <= untilMs) return everyMs;
  return Math.max(everyMs, Math.min(ageMs / 4, INTERVAL_MS_MAX));
}

/** How often a failed payment is queried at most that a callback has reported as paid. */
const REQUERY_FAILED_MS = 30_000;

/**
 * When a payment is to be queried: at once when a callback needs a query to confirm it, else by its schedule, or at once where
 * the schedule is `now`. Null: never. A failed payment that a callback reported as paid stays due until an answer decides, and is
 * queried every 30 seconds at most, and ever more rarely as it grows old.
 */
export function queryDueAt(schedule: PollSchedule | 'now', open: OpenPayment, now: number): number | null {
  const { payment, history } = open;
  const queriedAt = lastQueriedAt(history, now);
  const isOpen = payment.status === 'pending' || payment.status === 'unknown';
  if (history.needsQuery) {
    if (isOpen || queriedAt === null) return Number.NEGATIVE_INFINITY;
    const ageMs = queriedAt - (payment.sentAt ?? queriedAt);
    return queriedAt + Math.max(REQUERY_FAILED_MS, Math.min(ageMs / 100, INTERVAL_MS_MAX));
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
