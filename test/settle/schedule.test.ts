import { describe, expect, it } from 'vitest';
import type { QueryHistory, PollSchedule } from '../../src/domain/query-history.ts';
import type { ResendRule } from '../../src/domain/resend-rule.ts';
import type { Status } from '../../src/domain/status.ts';
import type { LedgerPayment, OpenPayment } from '../../src/ledger/records.ts';
import { mayResend } from '../../src/settle/resend.ts';
import { isDue, nextQueryAt, queryDueAt } from '../../src/settle/schedule.ts';

const SENT = 1_000_000;
const LATER = SENT + 1_000_000;
const schedule: PollSchedule = { agesMs: [10_000, 30_000], everyMs: 60_000, untilMs: 200_000 };

function open(
  history: Partial<QueryHistory> = {},
  status: Status = 'unknown',
  sentAt: number | null = SENT,
): OpenPayment {
  return {
    payment: { status, sentAt } as LedgerPayment,
    history: {
      queries: 0,
      queriedAt: null,
      notFoundSince: null,
      notFoundCount: 0,
      notFoundUntil: null,
      firstSentAt: null,
      needsQuery: false,
      unverifiedCallbacks: 0,
      restsOnPerson: false,
      ...history,
    },
  };
}

describe('the schedule of queries', () => {
  it('queries once at each age, then regularly, then ever more rarely, and never ends', () => {
    expect(nextQueryAt(schedule, open(), LATER)).toBe(SENT + 10_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 12_000 }), LATER)).toBe(SENT + 30_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 31_000 }), LATER)).toBe(SENT + 91_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 139_000 }), LATER)).toBe(SENT + 199_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 199_000 }), LATER)).toBe(SENT + 259_000);
    const later = SENT + 1e10;
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 400_000 }), later)).toBe(SENT + 500_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 4_000_000 }), later)).toBe(SENT + 5_000_000);
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 1e9 }), later)).toBe(SENT + 1e9 + 86_400_000);
  });

  it('queries once for several ages that passed without a query', () => {
    expect(nextQueryAt(schedule, open({ queriedAt: SENT + 500 }), LATER)).toBe(SENT + 10_000);
    expect(isDue(schedule, open(), SENT + 150_000)).toBe(true);
    expect(isDue(schedule, open({ queriedAt: SENT + 150_000 }), SENT + 150_001)).toBe(false);
  });

  it('queries at once a payment that a callback reported on, and once a day one of which no request is known', () => {
    expect(isDue(schedule, open({ needsQuery: true }), SENT)).toBe(true);
    expect(isDue(schedule, open({}, 'unknown', null), SENT)).toBe(true);
    const queried = open({ queriedAt: SENT }, 'unknown', null);
    const day = SENT + 86_400_000;
    expect([isDue(schedule, queried, day - 1), isDue(schedule, queried, day)]).toEqual([false, true]);
  });

  it('queries a failed payment that a callback reported as paid at once, and then every 30 seconds', () => {
    expect(queryDueAt(schedule, open({ needsQuery: true }, 'failed'), LATER)).toBe(Number.NEGATIVE_INFINITY);
    const queried = open({ needsQuery: true, queriedAt: SENT + 5_000 }, 'failed');
    expect([isDue(schedule, queried, SENT + 34_999), isDue(schedule, queried, SENT + 35_000)]).toEqual([false, true]);
    expect(queryDueAt('now', queried, LATER)).toBe(SENT + 35_000);
    const old = open({ needsQuery: true, queriedAt: SENT + 30_000_000 }, 'failed');
    expect(queryDueAt('now', old, SENT + 1e9)).toBe(SENT + 30_300_000);
  });

  it('never queries a failed payment by schedule, nor when everything open is queried', () => {
    expect([queryDueAt(schedule, open({}, 'failed'), LATER), queryDueAt('now', open({}, 'failed'), LATER)]).toEqual([
      null,
      null,
    ]);
    expect(queryDueAt('now', open({ queriedAt: SENT + 199_000 }), LATER)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is not delayed by a time in the future, which a wrong clock has written', () => {
    const year = 365 * 86_400_000;
    expect(isDue(schedule, open({ queriedAt: SENT + year }), SENT + 20_000)).toBe(true);
    expect(isDue(schedule, open({ needsQuery: true, queriedAt: SENT + year }, 'failed'), SENT + 20_000)).toBe(true);
    expect(isDue(schedule, open({}, 'unknown', SENT + year), SENT)).toBe(true);
    const queried = open({ queriedAt: SENT }, 'unknown', SENT + year);
    expect([isDue(schedule, queried, SENT + 59_999), isDue(schedule, queried, SENT + 60_000)]).toEqual([false, true]);
  });
});

describe('a re-send with the same reference', () => {
  const rule: ResendRule = { kind: 'after-evidence', graceMs: 300_000, answers: 2, withinMs: 86_400_000 };
  const notFound = { queries: 2, notFoundCount: 2, notFoundSince: SENT + 60_000, notFoundUntil: SENT + 360_000 };

  it('needs enough answers of not found, over the whole grace, soon enough after the first sending', () => {
    expect(mayResend(rule, open(notFound), SENT + 400_000)).toBe(true);
    expect(mayResend(rule, open({ ...notFound, notFoundCount: 1 }), SENT + 400_000)).toBe(false);
    expect(mayResend(rule, open({ ...notFound, notFoundUntil: SENT + 359_999 }), SENT + 400_000)).toBe(false);
    expect(mayResend(rule, open(notFound), SENT + 86_400_001)).toBe(false);
    expect(mayResend(rule, open({ ...notFound, firstSentAt: SENT + 400_001 }), SENT + 400_000)).toBe(false);
  });

  it('is not allowed by waiting: the grace is measured from answer to answer', () => {
    const once = { ...notFound, notFoundCount: 2, notFoundSince: SENT, notFoundUntil: SENT + 1_000 };
    expect(mayResend(rule, open(once), SENT + 10_000_000)).toBe(false);
  });

  it('needs at least one answer even where the rule asks for no grace', () => {
    const now: ResendRule = { kind: 'after-evidence', graceMs: 0, answers: 0, withinMs: null };
    expect(mayResend(now, open(), SENT + 1)).toBe(false);
    expect(mayResend(now, open({ notFoundCount: 1, notFoundSince: SENT, notFoundUntil: SENT }), SENT + 1)).toBe(true);
  });

  it('is never allowed for a payment that an unverified callback reported on', () => {
    expect(mayResend(rule, open({ ...notFound, unverifiedCallbacks: 1 }), SENT + 400_000)).toBe(false);
    expect(mayResend(rule, open({ ...notFound, needsQuery: true }), SENT + 400_000)).toBe(false);
    expect(mayResend({ kind: 'always' }, open({ unverifiedCallbacks: 1 }), SENT + 60_000)).toBe(false);
  });

  it.each(['pending', 'paid', 'failed', 'planned', 'submitting'] as const)(
    'is never for a payment that is %s',
    (status) => {
      expect(mayResend(rule, open(notFound, status), SENT + 400_000)).toBe(false);
      expect(mayResend({ kind: 'always' }, open(notFound, status), SENT + 400_000)).toBe(false);
    },
  );

  it('is never allowed by the rule `never`, and after a minute by the rule `always`', () => {
    expect(mayResend({ kind: 'never' }, open(notFound), SENT + 400_000)).toBe(false);
    expect(mayResend({ kind: 'always' }, open(), SENT + 59_999)).toBe(false);
    expect(mayResend({ kind: 'always' }, open(), SENT + 60_000)).toBe(true);
  });
});
