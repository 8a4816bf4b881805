import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../src/domain/call-budgets.ts';
import { placeBudgetKey, type Budget } from '../../src/domain/limits.ts';
import { openRateLimiter } from '../../src/limits/rate-limiter.ts';
import { LOCK, StagedLedger } from '../execute/staged-ledger.ts';
import { paid, Stage } from '../execute/run.ts';

const answer = (): Promise<string> => Promise.resolve('token');

const perAccount = (count: number, windowMs: number): Budget => ({
  name: 'payout',
  scope: 'account',
  rates: [{ count, windowMs }],
});
const authorize: Budget = { name: 'authorize', scope: 'machine', rates: [{ count: 1, windowMs: 1000 }] };

describe('a rate limiter', () => {
  it('records a call before the call is made, and its answer after', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter());
    await stage.clock.until(
      limiter.spend('payout', () => {
        expect(stage.ledger.calls).toEqual([
          expect.objectContaining({
            key: placeBudgetKey(LOCK.key, 'payout'),
            startedAt: stage.clock.now(),
            answeredAt: null,
          }),
        ]);
        return stage.clock.sleep(70);
      }),
    );
    expect(stage.ledger.calls[0]?.answeredAt).toBe(stage.clock.now());
    expect(stage.clock.monotonic()).toBe(70);
  });

  it('keeps the slot of a call that fails, and passes the failure on', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(1, 1000)]));
    await expect(stage.clock.until(limiter.spend('payout', () => Promise.reject(new Error('lost'))))).rejects.toThrow(
      'lost',
    );
    await stage.clock.until(limiter.spend('payout', answer));
    expect(stage.clock.monotonic()).toBe(1001);
    expect(stage.ledger.calls.every((call) => call.answeredAt !== null)).toBe(true);
  });

  it('lets payouts and calls of the same budget share its slots', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(3, 1000)]));
    await stage.clock.until(limiter.spend('payout', answer));
    expect(await limiter.take(9)).toHaveLength(2);
    expect(await limiter.take(9)).toHaveLength(0);
  });

  it('counts payouts and calls of earlier runs', async () => {
    const stage = new Stage(0);
    const now = stage.clock.now();
    stage.ledger.addPayout(now - 900, now - 600);
    stage.ledger.addCall({
      key: placeBudgetKey(LOCK.key, 'payout'),
      startedAt: now - 500,
      answeredAt: null,
    });
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(2, 1000)]));
    expect(await limiter.take(9)).toHaveLength(0);
    await stage.clock.until(limiter.room(stage.drain.signal));
    // 600 ms of the window had passed, less the millisecond that a stored time may have lost.
    expect(stage.clock.monotonic()).toBeGreaterThanOrEqual(401);
    expect(stage.clock.monotonic()).toBeLessThanOrEqual(402);
    expect(await limiter.take(9)).toHaveLength(1);
    // The call without an answer counts as answered when the limiter was opened.
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(stage.clock.monotonic()).toBe(1001);
  });

  it('counts calls with a time in the future as calls of now, after the clock was set back', async () => {
    const stage = new Stage(0);
    const ahead = stage.clock.now() + 86_400_000;
    stage.ledger.addPayout(ahead, ahead);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(1, 1000)]));
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(stage.clock.monotonic()).toBe(1001);
  });

  it('does not count payouts against a budget that they do not spend from', async () => {
    const stage = new Stage(0);
    const now = stage.clock.now();
    for (let i = 0; i < 50; i++) stage.ledger.addPayout(now - 1, now - 1);
    stage.ledger.addCall({
      key: placeBudgetKey(LOCK.key, 'query'),
      startedAt: now - 400,
      answeredAt: now - 300,
    });
    const query: Budget = { name: 'query', scope: 'account', rates: [{ count: 2, windowMs: 1000 }] };
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(99, 1000), query]));
    await stage.clock.until(limiter.spend('query', answer));
    expect(stage.clock.monotonic()).toBe(0);
    await stage.clock.until(limiter.spend('query', answer));
    expect(stage.clock.monotonic()).toBeGreaterThanOrEqual(701);
  });

  it('is not misled by a wall clock that jumps during the run', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(1, 1000)]));
    await stage.clock.until(limiter.spend('payout', answer));
    stage.clock.setWall(stage.clock.now() + 3_600_000);
    await stage.clock.until(limiter.spend('payout', answer));
    expect(stage.clock.monotonic()).toBe(1001);
  });

  it('leaves budgets of the machine to the ledger, and tries again after the wait that the ledger names', async () => {
    const stage = new Stage(0);
    stage.ledger.refusals.push(400, 0, 250);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(9, 1000), authorize]));
    await stage.clock.until(limiter.spend('authorize', answer));
    expect(stage.clock.monotonic()).toBe(651);
    expect(stage.ledger.calls.map((call) => call.key)).toEqual(['machine:desk:testpay:authorize']);
  });

  it('records payouts of a machine budget one by one, and gives back the slots that the ledger did not grant', async () => {
    const stage = new Stage(0);
    const machine: Budget = { name: 'payout', scope: 'machine', rates: [{ count: 5, windowMs: 1000 }] };
    stage.ledger.refusals.push(300);
    const limiter = await stage.clock.until(stage.openLimiter([machine]));
    const slots = await stage.clock.until(limiter.take(3));
    expect(slots).toHaveLength(2);
    slots[0]?.answered();
    slots[1]?.unused();
    await stage.clock.pass(0);
    expect(stage.ledger.calls.map((call) => call.answeredAt !== null)).toEqual([true, true]);
    expect(await limiter.take(9)).toHaveLength(0);
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(stage.clock.monotonic()).toBe(300);
    // Two of the five in this window are taken in the ledger: it does not know that one of them was not used.
    expect(await stage.clock.until(limiter.take(9))).toHaveLength(3);
  });

  it('claims nothing with slots that were granted while the run was ending', async () => {
    const stage = new Stage(3);
    const spend = stage.ledger.spend.bind(stage.ledger);
    stage.ledger.spend = (request) => {
      stage.drain.abort();
      return spend(request);
    };
    const result = await stage.run([{ name: 'payout', scope: 'machine', rates: [{ count: 5, windowMs: 1000 }] }]);
    expect(result.stopped).toEqual({ kind: 'drained' });
    expect(stage.ledger.claims).toEqual([]);
    expect(stage.ledger.calls.every((call) => call.answeredAt !== null)).toBe(true);
  });

  it('pays a whole batch from a machine budget that other processes spend from too', async () => {
    const stage = new Stage(10);
    stage.answer = () => stage.clock.sleep(10).then(() => paid);
    stage.ledger.refusals.push(500, 500, 500);
    const result = await stage.run([{ name: 'payout', scope: 'machine', rates: [{ count: 5, windowMs: 1000 }] }]);
    expect(result.counts.paid).toBe(10);
    expect(stage.ledger.calls).toHaveLength(10);
  });

  it('ends every wait when the run is drained, and then makes no call', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(1, 3_600_000), authorize]));
    await limiter.take(1);
    stage.ledger.refusals.push(3_600_000);
    let made = 0;
    const call = (): Promise<void> => Promise.resolve(void (made += 1));
    const waits = [limiter.spend('payout', call), limiter.spend('authorize', call), limiter.room(stage.drain.signal)];
    const ends = Promise.allSettled(waits);
    await stage.clock.pass(50);
    stage.drain.abort();
    for (const end of await stage.clock.until(ends)) {
      expect(end.status === 'rejected' && end.reason instanceof DrainedError).toBe(true);
    }
    expect(made).toBe(0);
    expect(stage.clock.monotonic()).toBe(50);
  });

  it('tells the user once of a long wait', async () => {
    const noted: [string, number][] = [];
    const stage = new Stage(0);
    const limiter = await stage.clock.until(
      stage.openLimiter([perAccount(1, 60_000)], (budget, waitMs) => noted.push([budget, waitMs])),
    );
    await stage.clock.until(limiter.spend('payout', answer));
    await stage.clock.until(limiter.spend('payout', answer));
    expect(noted).toEqual([['payout', 60_001]]);
  });

  it('tells the user of no wait of payouts but a pause that the provider asked for', async () => {
    const noted: [string, number][] = [];
    const stage = new Stage(0);
    const limiter = await stage.clock.until(
      stage.openLimiter([perAccount(1, 60_000)], (budget, waitMs) => noted.push([budget, waitMs])),
    );
    for (const slot of await limiter.take(1)) slot.answered();
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(noted).toEqual([]);
    limiter.pause(5000);
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(noted).toEqual([['payout', 5000]]);
  });

  it('follows rate headers that are stricter than its own count', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(10, 1000)]));
    limiter.notice('payout', { remaining: 0, resetMs: 7000 });
    expect(await limiter.take(9)).toEqual([]);
    await stage.clock.until(limiter.room(stage.drain.signal));
    expect(stage.clock.monotonic()).toBe(7001);
  });

  it('uses rates and concurrency of the configuration in place of the documented ones', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(
      openRateLimiter({
        ledger: new StagedLedger(0),
        lock: LOCK,
        host: 'desk',
        provider: 'testpay',
        limits: { concurrency: 3, budgets: [perAccount(1, 1000)], payoutBudget: 'payout', documentedRates: [] },
        overrides: { rates: [{ count: 1_000_000, windowMs: 1000 }], concurrency: 256 },
        clock: stage.clock,
        signal: stage.drain.signal,
      }),
    );
    expect(limiter.concurrency).toBe(256);
    expect(await limiter.take(256)).toHaveLength(256);
  });

  it('says how long payouts take, by its rates and by how long answers took', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(90, 60_000)]));
    expect(limiter.durationMs(0)).toBe(0);
    // 900 at 90 a minute: the last ones go nine minutes after the first, and are answered a moment later.
    expect(limiter.durationMs(900)).toBe(9 * 60_000 + 1_000);
    const slots = await limiter.take(90);
    expect(limiter.underWay).toBe(90);
    await stage.clock.until(stage.clock.sleep(100));
    for (const slot of slots) slot.answered();
    expect(limiter.underWay).toBe(0);
    expect(limiter.durationMs(90)).toBeGreaterThan(60_000);
    expect(limiter.durationMs(90)).toBeLessThan(60_200);
  });

  it('counts each request where one payout takes several', async () => {
    const stage = new Stage(0);
    const limits = { concurrency: 3, budgets: [perAccount(10, 1000)], payoutBudget: 'payout', documentedRates: [] };
    const request = { lock: LOCK, host: 'desk', provider: 'testpay', clock: stage.clock, signal: stage.drain.signal };
    const limiterWith = (requestsPerPayout: number) =>
      openRateLimiter({
        ...request,
        ledger: new StagedLedger(0),
        limits: { ...limits, requestsPerPayout },
        overrides: { rates: null, concurrency: 64 },
      });
    const [one, two] = [await stage.clock.until(limiterWith(1)), await stage.clock.until(limiterWith(2))];
    expect([one.durationMs(20), two.durationMs(20)]).toEqual([2_000, 4_000]);
  });

  it('says what a call waits for while it waits, and nothing else', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter([perAccount(2, 5000)]));
    for (const slot of await limiter.take(2)) slot.answered();
    expect(limiter.wait()).toBeNull();
    const room = limiter.room(stage.drain.signal);
    expect(limiter.wait()).toEqual({ budget: null, rate: { count: 2, windowMs: 5000 }, ms: 5001 });
    await stage.clock.until(room);
    expect(limiter.wait()).toBeNull();
  });

  it('throws for a budget that the provider does not name', async () => {
    const stage = new Stage(0);
    const limiter = await stage.clock.until(stage.openLimiter());
    await expect(limiter.spend('oops', answer)).rejects.toThrow('oops');
  });
});
