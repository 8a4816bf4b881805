import { describe, expect, it } from 'vitest';
import { evidence, notSent, paid, Stage, stop, throttled } from './run.ts';

describe('a throttled payment', () => {
  it('is sent again with the same reference after the wait that the provider asked for', async () => {
    const stage = new Stage(1);
    stage.answer = (_payment, nth) => (nth === 1 ? throttled(5000) : paid);
    expect(await stage.run()).toMatchObject({ claimed: 2, counts: { planned: 1, paid: 1 }, stopped: null });
    expect(stage.submitted).toEqual([
      { reference: 'REF0', at: 0 },
      { reference: 'REF0', at: 5000 },
    ]);
    expect(stage.ledger.results[0]).toMatchObject({ status: 'planned', left: true });
  });

  it('makes all other payments of the account wait meanwhile', async () => {
    const stage = new Stage(5);
    stage.concurrency = 1;
    stage.answer = (_payment, nth) => (nth === 2 ? throttled(30_000) : paid);
    await stage.run();
    expect(stage.submitted.map((sent) => sent.at)).toEqual([0, 0, 30_000, 30_000, 30_000, 30_000]);
  });

  it('backs off longer and longer where the provider names no wait, and gives up in the end', async () => {
    const stage = new Stage(1);
    stage.answer = () => throttled();
    const result = await stage.run();
    expect(result.stopped).toEqual({ kind: 'throttled', evidence });
    expect(stage.submitted.map((sent) => sent.at)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000]);
    expect(stage.ledger.statuses()).toEqual({ planned: 1 });
  });

  it('counts once together with all payments that were under way with it', async () => {
    const stage = new Stage(64);
    stage.concurrency = 64;
    stage.answer = (_payment, nth) => stage.clock.sleep(nth % 7).then(() => (nth <= 64 ? throttled(100) : paid));
    expect(await stage.run()).toMatchObject({ counts: { planned: 64, paid: 64 }, stopped: null });
  });

  it('is sent again at once when only the token had died, after the provider is prepared', async () => {
    const stage = new Stage(3);
    let token = 1;
    stage.readiness.push({ kind: 'ready' }, () => {
      token = 2;
      return Promise.resolve({ kind: 'ready' });
    });
    stage.answer = () => (token === 1 ? throttled(0) : paid);
    expect(await stage.run()).toMatchObject({ counts: { planned: 3, paid: 3 }, stopped: null });
    expect(stage.clock.monotonic()).toBe(0);
  });

  it('ends a run whose new tokens are refused again and again', async () => {
    const stage = new Stage(1);
    stage.answer = () => throttled(0);
    expect((await stage.run()).stopped).toEqual({ kind: 'throttled', evidence });
    expect(stage.submitted.length).toBeLessThanOrEqual(8);
  });

  it('ends a run in which one payment comes back again and again while others are paid', async () => {
    const stage = new Stage(1000);
    stage.concurrency = 2;
    stage.answer = (payment) => (payment.id === 'EMP-0' ? throttled(0) : paid);
    const result = await stage.run();
    expect(result.stopped).toEqual({ kind: 'throttled', evidence });
    expect(stage.submitted.filter((sent) => sent.reference === 'REF0')).toHaveLength(12);
  });
});

describe('a payment that was not sent', () => {
  it('is no attempt, and is sent again after a pause', async () => {
    const stage = new Stage(2);
    stage.concurrency = 1;
    stage.rates = [{ count: 2, windowMs: 60_000 }];
    stage.answer = (_payment, nth) => (nth === 1 ? notSent : paid);
    expect(await stage.run()).toMatchObject({ counts: { planned: 1, paid: 2 }, stopped: null });
    expect(stage.ledger.results[0]).toMatchObject({ status: 'planned', left: false });
    // Its slot was free at once: both payments went out in the first window.
    expect(stage.submitted.map((sent) => sent.at)).toEqual([0, 1000, 1000]);
  });

  it('stops the run after three in a row, and every unsent payment stays planned', async () => {
    const stage = new Stage(200);
    stage.answer = () => notSent;
    expect((await stage.run()).stopped).toEqual({ kind: 'unreachable', evidence });
    expect(stage.submitted).toHaveLength(12);
    expect(stage.ledger.statuses()).toEqual({ planned: 200 });
  });

  it('ends a run also in turns with throttling', async () => {
    const stage = new Stage(3);
    stage.concurrency = 1;
    stage.answer = (_payment, nth) => (nth % 2 === 0 ? notSent : throttled());
    expect(['throttled', 'unreachable']).toContain((await stage.run()).stopped?.kind);
  });
});

describe('a stop', () => {
  it('ends the claims at once and lets payouts under way end', async () => {
    const stage = new Stage(100);
    stage.answer = (_payment, nth) => (nth === 3 ? stop : stage.clock.sleep(5000).then(() => paid));
    const result = await stage.run();
    expect(result.stopped).toEqual({ kind: 'stop', evidence });
    expect(stage.submitted).toHaveLength(4);
    expect(stage.ledger.statuses()).toEqual({ paid: 3, planned: 97 });
    expect(stage.ledger.results[0]).toMatchObject({ status: 'planned', left: true });
  });

  it('ends a wait for the next window', async () => {
    const stage = new Stage(100);
    stage.rates = [{ count: 3, windowMs: 3_600_000 }];
    stage.answer = (_payment, nth) => stage.clock.sleep(nth * 100).then(() => (nth === 3 ? stop : paid));
    expect((await stage.run()).stopped?.kind).toBe('stop');
    expect(stage.clock.monotonic()).toBe(300);
  });
});

describe('preparing the provider', () => {
  it('happens before every claim', async () => {
    const stage = new Stage(9);
    stage.readiness.push({ kind: 'stop', evidence });
    expect((await stage.run()).stopped).toEqual({ kind: 'stop', evidence });
    expect(stage.ledger.claims).toEqual([]);
  });

  it('waits as long as the provider asks', async () => {
    const stage = new Stage(1);
    stage.readiness.push({ kind: 'throttled', evidence, waitMs: 700 }, { kind: 'unreachable', evidence });
    expect((await stage.run()).stopped).toBeNull();
    expect(stage.submitted[0]?.at).toBe(1700);
  });

  it('gives up on a provider that cannot be reached', async () => {
    const stage = new Stage(1);
    stage.readiness.push(...Array.from({ length: 9 }, () => ({ kind: 'unreachable', evidence }) as const));
    expect((await stage.run()).stopped).toEqual({ kind: 'unreachable', evidence });
    expect(stage.prepared).toBe(3);
    expect(stage.ledger.claims).toEqual([]);
  });

  it('gives up on a provider that always throttles', async () => {
    const stage = new Stage(1);
    stage.readiness.push(...Array.from({ length: 99 }, () => ({ kind: 'throttled', evidence, waitMs: 0 }) as const));
    expect((await stage.run()).stopped).toEqual({ kind: 'throttled', evidence });
    expect(stage.prepared).toBe(8);
  });

  it('may spend from the payout budget, and payouts then wait for room', async () => {
    const stage = new Stage(2);
    stage.concurrency = 9;
    stage.rates = [{ count: 2, windowMs: 1000 }];
    const limiter = await stage.clock.until(stage.openLimiter());
    stage.openLimiter = () => Promise.resolve(limiter);
    stage.readiness.push(() => limiter.spend('payout', () => Promise.resolve({ kind: 'ready' })));
    expect((await stage.run()).stopped).toBeNull();
    expect(stage.submitted.map((sent) => sent.at)).toEqual([0, 1001]);
  });
});
