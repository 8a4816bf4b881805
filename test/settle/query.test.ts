import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DrainedError } from '../../src/domain/call-budgets.ts';
import type { PollSchedule } from '../../src/domain/query-history.ts';
import { placeKey } from '../../src/domain/place.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { queryOpenPayments, type QueryRoundResult } from '../../src/settle/query.ts';
import type { QueryRound } from '../../src/settle/round-queries.ts';
import { answer, BY, claim, lockedAccount, one, payments, registration, START, placed } from '../ledger/sample.ts';
import type { QueryResult } from '../../src/providers/port.ts';
import { open, reportingOn, reportOf } from '../ledger/settling.ts';
import { store } from '../ledger/sqlite/store.ts';
import { CancellingProvider, noAnswer, PENDING_CANCEL_DUE, ScriptedProvider } from './scripted-provider.ts';

const SCHEDULE: PollSchedule = { agesMs: [10_000, 30_000], everyMs: 60_000, untilMs: 200_000 };

let ledger: Ledger;
let provider: ScriptedProvider;
/** Milliseconds since the payments were sent. */
let ageMs: number;
/** Milliseconds that rounds have waited. */
let waitedMs: number;
beforeEach(async () => {
  ledger = await store.open(store.place());
  provider = new ScriptedProvider();
  ageMs = 10_000;
  waitedMs = 0;
});
afterEach(async () => {
  await ledger.close();
  store.discard();
});
const { paymentsIn } = reportingOn(() => ledger);

function round(change: Partial<QueryRound> = {}): Promise<QueryRoundResult> {
  return queryOpenPayments({
    ledger,
    account: 'demo',
    place: placeKey(placed().place),
    batch: 'november',
    provider,
    schedule: SCHEDULE,
    which: 'due',
    endAt: Number.POSITIVE_INFINITY,
    clock: {
      now: () => START + ageMs,
      monotonic: () => waitedMs,
      sleep: async (ms) => {
        const end = waitedMs + ms;
        await Promise.resolve();
        waitedMs = Math.max(waitedMs, end);
      },
    },
    signal: new AbortController().signal,
    by: BY,
    ...change,
  });
}

let callbacks = 0;
async function unverifiedCallback(reference: string): Promise<void> {
  const callback = { account: 'demo', segment: '', body: '{}', reference, at: START + ageMs };
  const { key } = await ledger.storeCallback({ ...callback, deduplicationKey: `k${(callbacks += 1)}` });
  const evidence = { code: '0', reason: 'The callback says paid.' };
  await ledger.finishCallback({ key, result: 'unverified', reference, evidence, at: START + ageMs, by: BY });
}

/** One pending payment of another batch. */
async function pendingInDecember(): Promise<void> {
  await ledger.register(registration('december', payments(1, { id: 'DEC-1' }), { refuseCopiesSince: null }));
  const lock = await lockedAccount(ledger);
  const [claimed] = await claim(ledger, lock, 1, 'december');
  if (claimed === undefined) throw new Error('nothing to claim');
  await ledger.record(answer(claimed, 'pending'));
  await lock.release();
}

const statusOf = async (id: string): Promise<string> => (await one(ledger, id)).status;

describe('what a round queries', () => {
  it('is what is due by the schedule, and nothing before that', async () => {
    await paymentsIn('pending', 'unknown', 'paid', 'failed');
    ageMs = 9_999;
    expect(await round()).toMatchObject({ left: 2, nextDueAt: START + 10_000, isChanged: false });
    expect([provider.queried, provider.prepared]).toEqual([[], 0]);
    ageMs = 10_000;
    expect(await round()).toMatchObject({ left: 2, nextDueAt: START + 30_000 });
    expect(provider.queried.sort()).toEqual(['EMP-1', 'EMP-2']);
  });

  it('is every open payment where all are wanted, and no failed one', async () => {
    await paymentsIn('pending', 'unknown', 'paid', 'failed');
    ageMs = 1;
    await round({ which: 'all' });
    expect(provider.queried.sort()).toEqual(['EMP-1', 'EMP-2']);
  });

  it('begins with the payments that a callback has reported on, due or not', async () => {
    const [, , , named = ''] = await paymentsIn('pending', 'pending', 'pending', 'pending');
    await unverifiedCallback(named);
    await round({ which: 'all' });
    expect(provider.queried[0]).toBe('EMP-4');
    expect(provider.queried).toHaveLength(4);
  });

  it('includes a payment that a callback has reported on before its schedule wants a query', async () => {
    const [, named = ''] = await paymentsIn('pending', 'pending');
    ageMs = 100;
    await unverifiedCallback(named);
    expect(await round()).toMatchObject({ nextDueAt: START + 10_000 });
    expect(provider.queried).toEqual(['EMP-2']);
  });

  it('is of one batch and one account', async () => {
    await paymentsIn('pending');
    await pendingInDecember();
    expect(await round()).toMatchObject({ left: 1 });
    expect(provider.queried).toEqual(['EMP-1']);
    expect(await round({ account: 'other', which: 'all' })).toMatchObject({ left: 0, nextDueAt: null });
    expect(provider.queried).toEqual(['EMP-1']);
  });

  it('is told what the ledger knows of the payment', async () => {
    await paymentsIn('unknown');
    await round({ which: 'all' });
    await round({ which: 'all' });
    const known = { status: 'unknown', requestId: 'req-1', sentAt: START };
    expect(provider.known).toMatchObject([
      { ...known, queries: 0 },
      { ...known, queries: 1 },
    ]);
  });

  it('follows the schedule, which does not end while the payment is open', async () => {
    await paymentsIn('pending');
    ageMs = 30_000;
    expect((await round()).nextDueAt).toBe(START + 90_000);
    ageMs = 190_000;
    expect(await round()).toMatchObject({ nextDueAt: START + 250_000, left: 1 });
  });
});

describe('what a round records', () => {
  it('is every answer, and whether a payment changed', async () => {
    await paymentsIn('pending', 'unknown');
    provider.answers.push(reportOf('paid'), reportOf('failed'));
    const result = await round();
    expect(result).toMatchObject({ isChanged: true, left: 0, nextDueAt: null, stopped: null, accountStop: null });
    expect([await statusOf('EMP-1'), await statusOf('EMP-2')].sort()).toEqual(['failed', 'paid']);
  });

  it('is no change where the answer says nothing new', async () => {
    await paymentsIn('pending');
    provider.answers.push(reportOf('pending'));
    expect(await round()).toMatchObject({ isChanged: false, left: 1 });
    expect((await open(ledger))[0]?.history).toMatchObject({ queries: 1, queriedAt: START + ageMs });
  });

  it('is the confirmation that a failed payment was paid, as a callback had reported', async () => {
    const [reference = ''] = await paymentsIn('failed');
    await unverifiedCallback(reference);
    provider.answers.push(reportOf('paid'));
    expect(await round()).toMatchObject({ isChanged: true });
    expect(await statusOf('EMP-1')).toBe('paid');
  });

  it('stops the account by a failure that every next payment would meet', async () => {
    await paymentsIn('pending');
    provider.answers.push({ kind: 'failed', evidence: { code: '2001', reason: 'Bad initiator.' }, stopsAccount: true });
    expect(await round()).toMatchObject({ accountStop: { code: '2001' }, stopped: null });
  });

  it('leaves a payment due whose callback came while the query was under way', async () => {
    const [reference = ''] = await paymentsIn('pending');
    provider.answers.push(async () => {
      await unverifiedCallback(reference);
      return reportOf('pending');
    });
    expect(await round()).toMatchObject({ left: 1, nextDueAt: START + ageMs + 1_000 });
    expect((await open(ledger))[0]?.history).toMatchObject({ needsQuery: true, queries: 1 });
  });
});

describe('a cancellation', () => {
  it('is asked for when the query says that it is due, and recorded', async () => {
    await paymentsIn('pending');
    provider = new CancellingProvider();
    provider.answers.push(PENDING_CANCEL_DUE);
    expect(await round()).toMatchObject({ isChanged: true, left: 0 });
    expect(provider.cancelled).toEqual(['EMP-1']);
    expect(await statusOf('EMP-1')).toBe('cancelled');
  });

  it('is not asked for when the query does not say so', async () => {
    await paymentsIn('pending');
    provider = new CancellingProvider();
    provider.answers.push(reportOf('pending'));
    await round();
    expect(provider.cancelled).toEqual([]);
  });

  it.each(['throttled', 'unreachable', 'stop'] as const)('records nothing when the provider is %s', async (kind) => {
    await paymentsIn('pending');
    const cancelling = new CancellingProvider();
    cancelling.cancellation = noAnswer(kind);
    cancelling.answers.push(PENDING_CANCEL_DUE);
    expect(await round({ provider: cancelling })).toMatchObject({ isChanged: false, left: 1, stopped: null });
    expect(await statusOf('EMP-1')).toBe('pending');
  });

  it('is left out where the provider cannot cancel', async () => {
    await paymentsIn('pending');
    provider.answers.push(PENDING_CANCEL_DUE);
    expect(await round()).toMatchObject({ left: 1, isChanged: false });
  });
});

describe('a round that gets no answers', () => {
  const many = (count: number): Promise<string[]> =>
    paymentsIn(...Array.from({ length: count }, () => 'pending' as const));

  it('repeats what was throttled after the pause, and asks everything', async () => {
    await many(20);
    provider.answers.push(...Array.from({ length: 16 }, () => noAnswer('throttled', 3_000)));
    provider.answers.push(...Array.from({ length: 20 }, () => reportOf('paid')));
    expect(await round()).toMatchObject({ stopped: null, left: 0, unanswered: 0, pausedUntil: null });
    expect([provider.queried.length, waitedMs]).toEqual([36, 3_000]);
  });

  it.each([
    ['throttled', 123_000],
    ['unreachable', 3_000],
  ] as const)('gives up after pauses in a row without an answer: %s', async (kind, pausesMs) => {
    await many(20);
    provider.answers.push(...Array.from({ length: 400 }, () => noAnswer(kind)));
    expect(await round()).toMatchObject({ stopped: { code: kind }, left: 20, unanswered: 20, isChanged: false });
    expect(waitedMs).toBe(pausesMs);
    expect((await open(ledger)).map(({ history }) => history.queries)).toEqual(Array.from({ length: 20 }, () => 0));
  });

  it('waits for no pause that ends after its time, and says until when the provider wants to be left alone', async () => {
    await many(3);
    provider.answers.push(...Array.from({ length: 3 }, () => noAnswer('throttled', 30_000)));
    expect(await round({ endAt: 10_000 })).toMatchObject({ stopped: { code: 'throttled' }, pausedUntil: 30_000 });
    expect(waitedMs).toBe(0);
  });

  it('asks about the others where one payment gets no answer', async () => {
    await many(20);
    const scripted = provider;
    provider = new (class extends ScriptedProvider {
      override async query(...request: Parameters<ScriptedProvider['query']>): Promise<QueryResult> {
        const answer = await scripted.query(...request);
        return request[0].id === 'EMP-1' ? noAnswer('unreachable') : answer;
      }
    })();
    expect(await round()).toMatchObject({ stopped: null, left: 20, unanswered: 1 });
    expect(scripted.queried).toHaveLength(22);
  });

  it('asks about as many as it may, and begins no query while the account is wanted', async () => {
    await many(5);
    expect(await round({ most: 2 })).toMatchObject({ unanswered: 3, left: 5 });
    expect(provider.queried).toEqual(['EMP-1', 'EMP-2']);
    expect(await round({ which: 'all', isWanted: () => true })).toMatchObject({ unanswered: 5, left: 5 });
    expect(provider.queried).toHaveLength(2);
  });

  it('gives up at once when the account is refused, which stops the account', async () => {
    await many(20);
    provider.answers.push(noAnswer('stop'));
    expect(await round()).toMatchObject({ stopped: { code: 'stop' }, accountStop: { code: 'stop' }, left: 20 });
    expect(provider.queried.length).toBeLessThan(17);
  });

  it.each([
    ['throttled', 8],
    ['unreachable', 3],
    ['stop', 1],
  ] as const)('queries nothing when it cannot prepare: %s', async (kind, times) => {
    await paymentsIn('pending');
    provider.readiness.push(...Array.from({ length: 20 }, () => ({ kind, evidence: { code: kind, reason: 'None.' } })));
    expect(await round()).toMatchObject({ stopped: { code: kind }, left: 1, unanswered: 1 });
    expect([provider.queried, provider.prepared]).toEqual([[], times]);
  });

  it('queries after a pause in which it could not prepare', async () => {
    await paymentsIn('pending');
    provider.readiness.push({ kind: 'throttled', evidence: { code: '429', reason: 'No token.' }, waitMs: 2_000 });
    expect(await round()).toMatchObject({ stopped: null, unanswered: 0 });
    expect([provider.queried, waitedMs]).toEqual([['EMP-1'], 2_000]);
  });

  it('renews a token that died and queries once more at once, then after a pause', async () => {
    await paymentsIn('pending');
    provider.answers.push(noAnswer('throttled', 0), reportOf('paid'));
    expect(await round()).toMatchObject({ isChanged: true, stopped: null });
    expect([provider.prepared, provider.queried]).toEqual([2, ['EMP-1', 'EMP-1']]);
    await pendingInDecember();
    provider.answers.push(noAnswer('throttled', 0), noAnswer('throttled', 0), reportOf('paid'));
    expect(await round({ batch: 'december' })).toMatchObject({ isChanged: true, left: 0 });
    expect([provider.queried.length, waitedMs]).toEqual([5, 1_000]);
  });

  it('ends quietly when the run drains while the provider is prepared or queried', async () => {
    await paymentsIn('pending');
    provider.readiness.push(() => Promise.reject(new DrainedError()));
    expect(await round()).toMatchObject({ stopped: null, left: 1, isChanged: false });
    provider.answers.push(() => Promise.reject(new DrainedError()));
    expect(await round()).toMatchObject({ stopped: null, left: 1, isChanged: false });
    expect((await open(ledger))[0]?.history.queries).toBe(0);
  });

  it('starts no query once the run drains', async () => {
    await paymentsIn('pending');
    expect(await round({ signal: AbortSignal.abort() })).toMatchObject({ left: 1, stopped: null });
    expect(provider.queried).toEqual([]);
  });

  it('throws what is a bug of an adapter', async () => {
    await paymentsIn('pending');
    provider.answers.push(() => Promise.reject(new TypeError('a bug')));
    await expect(round()).rejects.toThrow('a bug');
  });
});

describe('what a round allows to be sent again', () => {
  const twiceNotFound = async (): Promise<QueryRoundResult> => {
    provider.answers.push(reportOf('not-found'));
    await round();
    ageMs = 30_000;
    provider.answers.push(reportOf('not-found'));
    return round();
  };

  it('is an unknown payment that was not found often and long enough', async () => {
    const [reference = ''] = await paymentsIn('unknown');
    provider.rule = { kind: 'after-evidence', answers: 2, graceMs: 20_000, withinMs: null };
    expect((await round()).resendable).toEqual([]);
    expect((await twiceNotFound()).resendable).toEqual([]);
    ageMs = 90_000;
    provider.answers.push(reportOf('not-found'));
    expect(await round()).toMatchObject({ resendable: [reference], left: 1 });
    expect(await statusOf('EMP-1')).toBe('unknown');
  });

  it('is nothing where the rule is never', async () => {
    await paymentsIn('unknown');
    expect((await twiceNotFound()).resendable).toEqual([]);
  });

  it('is nothing that an unverified callback has reported on, whatever queries did not find', async () => {
    const [reference = ''] = await paymentsIn('unknown');
    provider.rule = { kind: 'after-evidence', answers: 1, graceMs: 0, withinMs: null };
    await unverifiedCallback(reference);
    expect((await twiceNotFound()).resendable).toEqual([]);
  });

  it('is nothing that is pending', async () => {
    await paymentsIn('pending');
    provider.rule = { kind: 'always' };
    ageMs = 100_000;
    expect((await round()).resendable).toEqual([]);
  });
});
