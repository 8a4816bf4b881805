import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../src/domain/call-budgets.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { evidence, paid, Stage, throttled } from './run.ts';

describe('an execution', () => {
  it('pays every planned payment once, and reports that nothing is left', async () => {
    const stage = new Stage(25);
    const result = await stage.run();
    expect(result).toEqual({
      claimed: 25,
      counts: { planned: 0, pending: 0, paid: 25, failed: 0, unknown: 0 },
      stopped: null,
    });
    expect(new Set(stage.submitted.map((sent) => sent.reference)).size).toBe(25);
    expect(stage.submitted).toHaveLength(25);
    expect(stage.progress.at(-1)).toEqual({ done: 25, status: 'paid', amountMinor: 100n, currency: 'KES' });
    expect(stage.progress).toHaveLength(25);
  });

  it('does nothing where nothing is planned', async () => {
    const result = await new Stage(0).run();
    expect(result).toMatchObject({ claimed: 0, stopped: null });
  });

  it('records each outcome as the status it means', async () => {
    const outcomes: Outcome[] = [
      { kind: 'paid', evidence, feeMinor: 7n },
      { kind: 'pending', evidence },
      { kind: 'failed', evidence },
      { kind: 'unknown', evidence },
    ];
    const stage = new Stage(4);
    stage.answer = (payment) => outcomes[Number(payment.id.slice(4))] ?? paid;
    const result = await stage.run();
    expect(result.counts).toEqual({ planned: 0, pending: 1, paid: 1, failed: 1, unknown: 1 });
    expect([0, 1, 2, 3].map((index) => stage.ledger.row(index)?.status)).toEqual([
      'paid',
      'pending',
      'failed',
      'unknown',
    ]);
    expect(stage.ledger.results.every((one) => one.left && one.by === 'test')).toBe(true);
    expect(stage.ledger.results.find((one) => one.status === 'paid')?.feeMinor).toBe(7n);
    expect(stage.submitted).toHaveLength(4);
  });

  it('stops sending to a provider whose answers are all lost, and keeps the rest planned', async () => {
    const stage = new Stage(200);
    stage.answer = () => ({ kind: 'unknown', evidence });
    const result = await stage.run();
    expect(result.stopped).toMatchObject({ kind: 'unreachable', evidence: { code: 'answers-lost' } });
    expect(stage.submitted.length).toBeGreaterThanOrEqual(25);
    expect(stage.submitted.length).toBeLessThan(25 + stage.concurrency);

    const mixed = new Stage(200);
    mixed.answer = (_payment, nth) => (nth % 25 === 0 ? paid : { kind: 'unknown', evidence });
    expect((await mixed.run()).stopped).toBeNull();
  });

  it('submits nothing before its claim is durable', async () => {
    const stage = new Stage(3);
    const disk = Promise.withResolvers<undefined>();
    stage.ledger.claimDelay = () => disk.promise;
    const run = stage.start();
    await stage.clock.pass(1000);
    expect(stage.ledger.statuses()).toEqual({ submitting: 3 });
    expect(stage.submitted).toEqual([]);
    disk.resolve(undefined);
    await stage.clock.until(run);
    expect(stage.submitted).toHaveLength(3);
  });

  it('claims no more than can be sent at once, by concurrency and by rate', async () => {
    const stage = new Stage(40);
    stage.concurrency = 6;
    stage.rates = [{ count: 10, windowMs: 1000 }];
    stage.answer = () => stage.clock.sleep(50).then(() => paid);
    await stage.run();
    expect(stage.mostUnderWay).toBe(6);
    expect(Math.max(...stage.ledger.claims.map((claim) => claim.limit))).toBe(6);
    for (const { at } of stage.submitted) {
      expect(stage.submitted.filter((sent) => sent.at >= at && sent.at <= at + 1000).length).toBeLessThanOrEqual(10);
    }
    // 40 at 10 a second: three windows have to pass, each from the answers before, and nothing is waited for after the last.
    expect(stage.clock.monotonic()).toBe(3 * (1000 + 1 + 50) + 2 * 50);
  });

  it('makes one claim for all answers of one turn', async () => {
    const stage = new Stage(640);
    stage.concurrency = 64;
    stage.answer = () => stage.clock.sleep(20).then(() => paid);
    await stage.run();
    expect(stage.ledger.claims.length).toBeLessThanOrEqual(11);
  });

  it('claims in time to share the transaction of the records before it', async () => {
    const stage = new Stage(40);
    stage.answer = () => stage.clock.sleep(20).then(() => paid);
    // A group commit as stores make it: the first call of a turn arranges it for the end of the turn.
    const groups: string[][] = [];
    let open: string[] | null = null;
    const join = (call: string): void => {
      if (open === null) {
        groups.push((open = []));
        setImmediate(() => (open = null));
      }
      open.push(call);
    };
    const { ledger } = stage;
    const [claim, record] = [ledger.claim.bind(ledger), ledger.record.bind(ledger)];
    ledger.claim = (request) => (join('claim'), claim(request));
    ledger.record = (result) => (join('record'), record(result));
    await stage.run();
    expect(groups).toEqual([
      ['claim'],
      ...Array.from({ length: 9 }, () => ['record', 'record', 'record', 'record', 'claim']),
      ['record', 'record', 'record', 'record'],
    ]);
  });

  it('does not wait for slow answers before it claims again', async () => {
    const stage = new Stage(31);
    stage.concurrency = 4;
    stage.answer = (payment) => stage.clock.sleep(payment.id === 'EMP-0' ? 1000 : 100).then(() => paid);
    await stage.run();
    expect(stage.clock.monotonic()).toBe(1000);
  });

  it('gives back slots for which no payment was left', async () => {
    const stage = new Stage(3);
    stage.rates = [{ count: 3, windowMs: 60_000 }];
    const limiter = await stage.clock.until(stage.openLimiter());
    stage.openLimiter = () => Promise.resolve(limiter);
    // One payment was cancelled after the count.
    stage.readiness.push(() => {
      stage.ledger.cancel(0);
      return Promise.resolve({ kind: 'ready' });
    });
    expect(await stage.run()).toMatchObject({ claimed: 2, stopped: null });
    expect(stage.ledger.claims.map((claim) => claim.limit)).toEqual([3]);
    expect(await limiter.take(9)).toHaveLength(1);
  });

  it('waits for no slot when nothing is left to send', async () => {
    const stage = new Stage(3);
    stage.rates = [{ count: 3, windowMs: 60_000 }];
    await stage.run();
    expect(stage.clock.monotonic()).toBe(0);
  });

  it('pays payments that were added to the batch during the run', async () => {
    const stage = new Stage(3);
    stage.answer = (_payment, nth) => {
      if (nth === 3) stage.ledger.add(1);
      return paid;
    };
    expect((await stage.run()).counts.paid).toBe(4);
  });

  it('claims only payments of the generation of the request', async () => {
    const stage = new Stage(3);
    stage.generationFrom = 2;
    expect(await stage.run()).toMatchObject({ claimed: 0, stopped: null });
    expect(stage.ledger.claims[0]?.generationFrom).toBe(2);
  });

  it('sends no payment of an earlier generation, even if a ledger claims one', async () => {
    const stage = new Stage(3);
    stage.generationFrom = 2;
    const careless = stage.ledger.claim.bind(stage.ledger);
    stage.ledger.claim = (request) => careless({ ...request, generationFrom: 1 });
    await expect(stage.run()).rejects.toThrow('generation');
    expect(stage.submitted).toEqual([]);
    expect(stage.ledger.statuses()).toEqual({ planned: 3 });
  });
});

describe('draining', () => {
  it('claims nothing more, and records payouts under way', async () => {
    const stage = new Stage(100);
    stage.answer = (_payment, nth) => {
      if (nth === 6) stage.drain.abort();
      return stage.clock.sleep(100 * nth).then(() => paid);
    };
    const result = await stage.run();
    expect(result.stopped).toEqual({ kind: 'drained' });
    expect(stage.ledger.statuses()).toEqual({ paid: stage.submitted.length, planned: 100 - stage.submitted.length });
    expect(stage.submitted.length).toBeLessThanOrEqual(8);
  });

  it('releases claimed payments that were not sent', async () => {
    const stage = new Stage(10);
    stage.ledger.claimDelay = () => {
      stage.drain.abort();
      return Promise.resolve();
    };
    const result = await stage.run();
    expect(result).toMatchObject({ claimed: 4, counts: { planned: 4 }, stopped: { kind: 'drained' } });
    expect(stage.submitted).toEqual([]);
    expect(stage.ledger.statuses()).toEqual({ planned: 10 });
    expect(stage.ledger.results.every((one) => !one.left && one.evidence.code === 'drained')).toBe(true);
  });

  it('does not wait for a window, a pause or a provider that prepares', async () => {
    const window = new Stage(10);
    window.rates = [{ count: 1, windowMs: 3_600_000 }];
    const pause = new Stage(10);
    pause.answer = () => throttled(3_600_000);
    const token = new Stage(10);
    token.readiness.push(() => new Promise(() => undefined));
    const backoff = new Stage(10);
    backoff.readiness.push({ kind: 'throttled', evidence, waitMs: 3_600_000 });
    const budgets = new Stage(10);
    budgets.readiness.push(() => Promise.reject(new DrainedError()));
    for (const stage of [window, pause, token, backoff, budgets]) {
      const run = stage.start();
      await stage.clock.pass(10);
      stage.drain.abort();
      expect((await stage.clock.until(run)).stopped).toEqual({ kind: 'drained' });
      expect(stage.clock.monotonic()).toBe(10);
    }
  });

  it('is not reported where everything was paid anyway', async () => {
    const stage = new Stage(2);
    stage.answer = () => stage.clock.sleep(100).then(() => paid);
    const run = stage.start();
    await stage.clock.pass(50);
    stage.drain.abort();
    expect((await stage.clock.until(run)).stopped).toBeNull();
  });

  it('treats a submit that the call budgets refused as not sent', async () => {
    const stage = new Stage(1);
    stage.answer = () => Promise.reject(new DrainedError());
    expect((await stage.run()).stopped).toEqual({ kind: 'drained' });
    expect(stage.ledger.results.every((one) => one.status === 'planned' && !one.left)).toBe(true);
  });
});
