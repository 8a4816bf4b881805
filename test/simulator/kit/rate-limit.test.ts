import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingRateLimit } from '../../../src/simulator/kit/rate-limit.ts';

const rate = fc.record({ count: fc.integer({ min: 1, max: 5 }), windowMs: fc.integer({ min: 1, max: 50 }) });
const gaps = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 120 });

/** Most of `times` in any half-open window that begins at one of them: no other window can hold more. */
function mostIn(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

function arrivals(steps: readonly number[]): number[] {
  let at = 1000;
  return steps.map((gap) => (at += gap));
}

describe('a window', () => {
  it('never lets more than its count pass in any window, whatever the arrival times', () => {
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 3 }), gaps, (rates, steps) => {
        const rateLimit = new SlidingRateLimit('any', rates);
        const accepted = arrivals(steps).filter((at) => rateLimit.receive('key', at)?.accepted);
        for (const { count, windowMs } of rates) expect(mostIn(accepted, windowMs)).toBeLessThanOrEqual(count);
      }),
    );
  });

  it('accepts every request while the window has room', () => {
    fc.assert(
      fc.property(rate, gaps, ({ count, windowMs }, steps) => {
        const rateLimit = new SlidingRateLimit('any', [{ count, windowMs }]);
        const accepted: number[] = [];
        for (const at of arrivals(steps)) {
          const hasRoom = accepted.filter((earlier) => earlier > at - windowMs).length < count;
          expect(rateLimit.receive('key', at)?.accepted).toBe(hasRoom);
          if (hasRoom) accepted.push(at);
        }
      }),
    );
  });

  it('records the highest number of arrivals, refused or not', () => {
    fc.assert(
      fc.property(rate, gaps, ({ count, windowMs }, steps) => {
        const rateLimit = new SlidingRateLimit('any', [{ count, windowMs }]);
        const times = arrivals(steps);
        const refused = times.filter((at) => rateLimit.receive('key', at)?.accepted === false).length;
        const most = mostIn(times, windowMs);
        expect(rateLimit.stats()).toEqual([
          {
            name: 'any',
            count,
            windowMs,
            accepted: times.length - refused,
            refused,
            mostReceived: most,
            worstOverrun: Math.max(0, most - count),
          },
        ]);
      }),
    );
  });

  it('names the time at which a request is accepted again', () => {
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 3 }), gaps, (rates, steps) => {
        const rateLimit = new SlidingRateLimit('any', rates);
        const decisions = arrivals(steps).map((at) => rateLimit.receive('key', at));
        const last = decisions.at(-1);
        fc.pre(last?.accepted === false);
        expect(rateLimit.receive('key', last.resetAt)?.accepted).toBe(true);
      }),
    );
  });

  it('opens exactly one window later, and not a millisecond earlier', () => {
    const rateLimit = new SlidingRateLimit('any', [{ count: 1, windowMs: 100 }]);
    expect([0, 99, 100, 199, 200].map((at) => rateLimit.receive('key', at)?.accepted)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('does not open when the clock is set back', () => {
    const rateLimit = new SlidingRateLimit('any', [{ count: 2, windowMs: 100 }]);
    const accepted = [500, 100, 550, 599, 600].map((at) => rateLimit.receive('key', at)?.accepted);
    expect(accepted).toEqual([true, true, false, false, true]);
  });

  it('counts every key alone, and keeps its counts when many keys have come by', () => {
    const rateLimit = new SlidingRateLimit('any', [{ count: 1, windowMs: 100 }]);
    for (let key = 0; key < 3000; key++) expect(rateLimit.receive(`key ${key}`, 0)?.accepted).toBe(true);
    for (let key = 0; key < 3000; key++) expect(rateLimit.receive(`key ${key}`, 99)?.accepted).toBe(false);
  });

  it('limits nothing without a rate', () => {
    expect(new SlidingRateLimit('any', []).receive('key', 0)).toBeNull();
  });
});
