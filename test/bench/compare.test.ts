import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decide } from './compare.ts';
import { medianInterval } from './interval.ts';
import type { Workload } from './workload.ts';

describe('the interval of a median', () => {
  it('takes the fourth value from each end of fifteen, the ranks of the sign test', () => {
    const values = Array.from({ length: 15 }, (_, at) => at + 1);
    expect(medianInterval(values)).toEqual({ median: 8, low: 4, high: 12 });
  });

  it('has no ends where there are too few values for any confidence', () => {
    expect(medianInterval([1, 2, 3])).toEqual({ median: 2, low: -Infinity, high: Infinity });
  });

  it('holds the median and does not depend on the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 6, maxLength: 40 }), (values) => {
        const interval = medianInterval(values);
        expect(interval.low).toBeLessThanOrEqual(interval.median);
        expect(interval.high).toBeGreaterThanOrEqual(interval.median);
        expect(medianInterval([...values].reverse())).toEqual(interval);
      }),
    );
  });
});

describe('the decision about a figure', () => {
  it.each([
    [{ median: 0.9, low: 0.88, high: 0.95 }, 'better'],
    [{ median: 1.02, low: 1.01, high: 1.04 }, 'not worse'],
    [{ median: 1.0, low: 0.8, high: 1.2 }, 'not worse'],
    [{ median: 1.05, low: 1.02, high: 1.1 }, 'worse'],
    [{ median: 1.05, low: 0.98, high: 1.1 }, 'undecided'],
  ] as const)('%j is %s', (interval, decision) => {
    expect(decide(interval)).toBe(decision);
  });
});

describe('two builds in turn', () => {
  it('are run in pairs whose first build alternates, and the first pair is not counted', async () => {
    const order: string[] = [];
    const workload = (name: string, figures: readonly number[]): Workload => {
      let at = -1;
      return {
        name,
        sample: () => {
          order.push(name);
          at += 1;
          return Promise.resolve({ 'wall ms': figures[at] ?? Number.NaN });
        },
      };
    };
    const [figure] = await compare(workload('a', [99, 10, 20]), workload('b', [1, 5, 10]), 2);
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(figure).toMatchObject({ what: 'a: wall ms', ours: 15, theirs: 7.5, ratio: { median: 2 } });
  });
});
