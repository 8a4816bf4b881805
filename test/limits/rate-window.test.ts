import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Rate } from '../../src/domain/limits.ts';
import { AnswerTimes } from '../../src/limits/answer-times.ts';
import { RateWindow } from '../../src/limits/rate-window.ts';

const rates = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 6 }), windowMs: fc.integer({ min: 1, max: 400 }) }),
  {
    minLength: 1,
    maxLength: 3,
  },
);
/** For each request: how long until the server counts it, and from then until its answer is here. */
const delays = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 })), {
  minLength: 1,
  maxLength: 60,
});

interface Sent {
  readonly at: number;
  readonly countedAt: number;
  readonly answeredAt: number;
}

/** Sends as soon as the window allows, one event after the other; `deaths` are moments at which the process starts again. */
function drive(
  limits: readonly Rate[],
  wire: readonly (readonly [number, number])[],
  deaths: readonly number[] = [],
): Sent[] {
  const sent: Sent[] = [];
  let window = new RateWindow(limits);
  let open: number[] = [];
  const remembered: number[] = [];
  const pendingDeaths = [...deaths].sort((a, b) => a - b);
  let at = 0;
  while (sent.length < wire.length) {
    const death = pendingDeaths[0];
    if (death !== undefined && death <= at) {
      pendingDeaths.shift();
      // A new process knows the answers in the ledger, and counts every unanswered request as answered now.
      window = new RateWindow(limits);
      window.seed([...remembered, ...open.map(() => at)], at);
      remembered.push(...open.map(() => at));
      open = [];
      continue;
    }
    const [toCount, toAnswer] = wire[sent.length] ?? [0, 0];
    if (window.take(1, at) === 1) {
      // The server counted the requests of a dead process before the next process started.
      const countedAt = Math.min(at + toCount, pendingDeaths[0] ?? Infinity);
      sent.push({ at, countedAt: Math.max(at, countedAt), answeredAt: at + toCount + toAnswer });
      open.push(at + toCount + toAnswer);
      continue;
    }
    const next = Math.min(window.freeAt(at), ...open, pendingDeaths[0] ?? Infinity);
    expect(next, 'a wait that never ends').toBeLessThan(Infinity);
    at = Math.max(at, next);
    for (const answer of open.filter((moment) => moment <= at).sort((a, b) => a - b)) {
      window.answered(at);
      remembered.push(answer);
    }
    open = open.filter((moment) => moment > at);
  }
  return sent;
}

/** Most requests that any window had, whether or not its two ends both belong to it. */
function most(counted: readonly number[], windowMs: number): number {
  const sorted = [...counted].sort((a, b) => a - b);
  return Math.max(...sorted.map((start) => sorted.filter((time) => time >= start && time <= start + windowMs).length));
}

describe('a rate window', () => {
  it('never lets a strict server see one request too many, whenever between send and answer the server counts', () => {
    fc.assert(
      fc.property(rates, delays, (limits, wire) => {
        const counted = drive(limits, wire).map((request) => request.countedAt);
        for (const { count, windowMs } of limits) expect(most(counted, windowMs)).toBeLessThanOrEqual(count);
      }),
      { numRuns: 400 },
    );
  });

  it('never lets a strict server see one request too many over restarts, from the calls of the ledger', () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rates, delays, deaths, (limits, wire, moments) => {
        const counted = drive(limits, wire, moments).map((request) => request.countedAt);
        for (const { count, windowMs } of limits) expect(most(counted, windowMs)).toBeLessThanOrEqual(count);
      }),
      { numRuns: 400 },
    );
  });

  it('loses only the granularity of the clock when answers come at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 80 }),
        (count, windowMs, n) => {
          const sent = drive(
            [{ count, windowMs }],
            Array.from({ length: n }, () => [0, 0] as const),
          );
          expect(sent.at(-1)?.at).toBe(Math.floor((n - 1) / count) * (windowMs + 1));
        },
      ),
    );
  });

  it('sends the whole allowance at once', () => {
    const window = new RateWindow([{ count: 100, windowMs: 60_000 }]);
    expect(window.take(250, 0)).toBe(100);
    expect(window.take(1, 59_999)).toBe(0);
  });

  it('frees a slot one window after the answer, not after the send', () => {
    const window = new RateWindow([{ count: 1, windowMs: 1000 }]);
    window.take(1, 0);
    expect(window.freeAt(5000)).toBe(Infinity);
    window.answered(5000);
    expect(window.freeAt(5000)).toBe(6001);
    expect(window.take(1, 6000)).toBe(0);
    expect(window.take(1, 6001)).toBe(1);
  });

  it('gives an unused slot back at once', () => {
    const window = new RateWindow([{ count: 1, windowMs: 1000 }]);
    window.take(1, 0);
    window.unused();
    expect(window.take(1, 0)).toBe(1);
  });

  it('keeps the limit of each of several windows', () => {
    const window = new RateWindow([
      { count: 3, windowMs: 1000 },
      { count: 4, windowMs: 10_000 },
    ]);
    expect(window.take(9, 0)).toBe(3);
    for (let i = 0; i < 3; i++) window.answered(0);
    expect(window.take(9, 1001)).toBe(1);
    window.answered(1001);
    expect(window.freeAt(1001)).toBe(10_001);
    expect(window.take(9, 10_001)).toBe(3);
  });

  it('counts an earlier answer with a time in the future as answered now', () => {
    const window = new RateWindow([{ count: 1, windowMs: 1000 }]);
    window.seed([50_000], 100);
    expect(window.freeAt(100)).toBe(1101);
  });

  it('limits nothing where no rate is documented, and still pauses', () => {
    const window = new RateWindow([]);
    expect(window.take(1000, 0)).toBe(1000);
    window.pause(50);
    expect(window.take(1, 49)).toBe(0);
    expect(window.freeAt(10)).toBe(50);
    expect(window.take(1, 50)).toBe(1);
  });

  it('keeps the later of two pauses', () => {
    const window = new RateWindow([]);
    window.pause(50);
    window.pause(20);
    expect(window.freeAt(0)).toBe(50);
  });

  it('pauses on "nothing remains" when its own count has room', () => {
    const window = new RateWindow([{ count: 10, windowMs: 1000 }]);
    window.take(2, 0);
    window.notice({ remaining: 0, resetMs: 400 }, 10);
    expect(window.free(10)).toBe(0);
    expect(window.freeAt(10)).toBe(411);
  });

  it('ignores "some remain": its own count stays', () => {
    const window = new RateWindow([{ count: 10, windowMs: 1000 }]);
    window.take(10, 0);
    window.notice({ remaining: 5, resetMs: 400 }, 10);
    expect(window.free(10)).toBe(0);
  });

  it('ignores "nothing remains" when its own count had no room either as the request was counted', () => {
    const window = new RateWindow([{ count: 2, windowMs: 1000 }]);
    window.take(1, 0);
    window.answered(0);
    window.take(1, 900);
    // Counted at 950, when both were in the window; by the answer the first has left it.
    window.answered(1100);
    window.notice({ remaining: 0, resetMs: 900 }, 1100);
    expect(window.free(1100)).toBe(1);
  });

  it('reads a few answer times per call, however many requests a window allows', () => {
    const window = new RateWindow([
      { count: 1_000_000, windowMs: 1000 },
      { count: 50_000_000, windowMs: 60_000 },
    ]);
    const call = (number: number): void => {
      expect(window.take(1, number / 500)).toBe(1);
      window.answered(number / 500);
    };
    const readsOf = (first: number, calls: number): number => {
      const read = vi.spyOn(AnswerTimes.prototype, 'at');
      for (let number = first; number < first + calls; number++) call(number);
      const reads = read.mock.calls.length;
      read.mockRestore();
      return reads;
    };
    // Work that grew with the answers in the windows would read far more than ten times per call once the windows are full.
    expect(readsOf(0, 1_000)).toBeLessThanOrEqual(10 * 1_000);
    for (let number = 1_000; number < 1_000_000; number++) {
      if (window.take(1, number / 500) !== 1) throw new Error('there was room');
      window.answered(number / 500);
    }
    expect(readsOf(1_000_000, 10_000)).toBeLessThanOrEqual(10 * 10_000);
  });
});

describe('the time that requests take', () => {
  it('is that of whole windows, where answers come at once', () => {
    fc.assert(
      fc.property(
        fc.record({ count: fc.integer({ min: 1, max: 6 }), windowMs: fc.integer({ min: 100, max: 400 }) }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (rate, before, count) => {
          const sent = drive(
            [rate],
            Array.from({ length: before + count }, () => [0, 0] as const),
          );
          const at = before === 0 ? 0 : (sent[before - 1]?.at ?? 0);
          const window = new RateWindow([rate]);
          window.seed(
            sent.slice(0, before).map((request) => request.answeredAt),
            at,
          );
          const late = (sent.at(-1)?.at ?? 0) - window.lastSentAt(count, at);
          // Every window is a little longer, so that a request at its very end is inside it.
          expect(Math.abs(late)).toBeLessThanOrEqual(Math.ceil(count / rate.count) + 1);
        },
      ),
    );
  });

  it('has several rates at once in it', () => {
    const window = new RateWindow([
      { count: 100, windowMs: 60_000 },
      { count: 5, windowMs: 1_000 },
    ]);
    expect(window.lastSentAt(5, 0)).toBe(0);
    expect(window.lastSentAt(11, 0)).toBe(2_000);
    expect(window.lastSentAt(100, 0)).toBe(19_000);
    expect(window.lastSentAt(1_000, 0)).toBe(9 * 60_000 + 19_000);
  });

  it('begins after a pause that the provider asked for', () => {
    const window = new RateWindow([{ count: 10, windowMs: 1_000 }]);
    window.pause(30_000);
    expect(window.lastSentAt(1, 0)).toBe(30_000);
    expect(window.binding(0)).toEqual({ rate: null, until: 30_000 });
  });
});

describe('what lets no request out', () => {
  it('is the longest rate that is used up, and nothing while only an answer makes room', () => {
    const [minute, second] = [
      { count: 4, windowMs: 60_000 },
      { count: 2, windowMs: 1_000 },
    ];
    const window = new RateWindow([minute, second]);
    expect(window.binding(0)).toBeNull();
    window.take(2, 0);
    expect(window.binding(0)).toBeNull();
    for (let answer = 0; answer < 2; answer++) window.answered(100);
    expect(window.binding(100)).toEqual({ rate: second, until: 1_101 });
    window.take(2, 1_101);
    for (let answer = 0; answer < 2; answer++) window.answered(1_200);
    expect(window.binding(1_200)).toEqual({ rate: minute, until: 60_101 });
  });
});
