import { describe, expect, it } from 'vitest';
import { progressLine, waitsForText } from '../../src/cli/progress-text.ts';
import { payDurationText, rateText, spanText } from '../../src/cli/time-text.ts';
import { columnsOf } from '../../src/cli/wrap.ts';
import type { OpenProgress, PayingProgress } from '../../src/operations/index.ts';

const paying = (change: Partial<PayingProgress> = {}): PayingProgress => ({
  kind: 'paying',
  ...{ batch: 'payroll-nov', done: 132, total: 200, failed: 2, unknown: 0, underWay: 3, isEnding: false },
  sums: [{ currency: 'KES', sentMinor: 59_400_000n, totalMinor: 90_000_000n }],
  wait: { kind: 'rate', budget: null, rate: { count: 90, windowMs: 60_000 }, ms: 40_200 },
  ...{ leftMs: 1_860_000, endsAt: '2026-11-28T14:35:10+03:00' },
  ...change,
});

const open = (change: Partial<OpenProgress> = {}): OpenProgress => ({
  kind: 'open',
  ...{ batches: ['payroll-nov'], open: 12, nextMs: 4_800, leftMs: 48_000, isEnding: false },
  ...change,
});

describe('the progress of a run', () => {
  it('has rows, money, failures, the wait with its reason, and the end', () => {
    expect(progressLine(paying(), null)).toBe(
      'payroll-nov: 132 of 200 rows, 594000.00 of 900000.00 KES, 2 failed, 90 a minute: next in 41 s, ends about 14:35 (31 min)',
    );
    expect(progressLine(paying({ wait: null, failed: 0, unknown: 1 }), null)).toBe(
      'payroll-nov: 132 of 200 rows, 594000.00 of 900000.00 KES, 1 unknown, ends about 14:35 (31 min)',
    );
  });

  it('names the reason of every wait', () => {
    const reasonOf = (wait: PayingProgress['wait']): string =>
      progressLine(paying({ wait, failed: 0, sums: [] }), null);
    expect(
      reasonOf({ kind: 'rate', budget: 'authorize', rate: { count: 5, windowMs: 900_000 }, ms: 61_000 }),
    ).toContain('authorize 5 in 15 min: next in 61 s');
    expect(reasonOf({ kind: 'pause', ms: 1 })).toContain('the provider asked for a pause: next in 1 s');
    expect(reasonOf({ kind: 'first' })).toContain('waiting for the answer to the first payment');
  });

  it.each([59, 60, 79, 80, 99, 119, 199])('fits into %i columns, with rows, wait and end', (columns) => {
    const batch = 'a-batch-with-a-name-that-fills-a-line-of-sixty-columns-alone';
    for (const progress of [paying(), paying({ batch, done: 13_200, total: 20_000 })]) {
      const line = progressLine(progress, columns);
      expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/(?:\d+ of \d+ rows|^\d+\/\d+), /);
      expect(line).toContain('2 failed');
      expect(line).toContain('90 a minute: next in 41 s');
      expect(line).toMatch(/31 min/);
    }
  });

  it('has the money at 80 columns too', () => {
    expect(progressLine(paying(), 79)).toContain('594000.00 KES');
  });

  it('says of what was sent how long it is waited for', () => {
    expect(progressLine(open(), null)).toBe(
      'payroll-nov: 12 payments without an end, asked again in 5 s, waiting 48 s more at most',
    );
    expect(progressLine(open({ nextMs: Infinity, open: 1, batches: ['a', 'b'] }), null)).toBe(
      '2 batches: 1 payment without an end, waiting 48 s more at most',
    );
  });

  it('says after an interruption what is still waited for', () => {
    expect(waitsForText(paying())).toBe(
      'payroll-nov: waiting for the answers to 3 payments that were sent (132 of 200 rows)',
    );
    expect(waitsForText(paying({ underWay: 1 }))).toContain('the answer to 1 payment that was sent');
    expect(waitsForText(paying({ underWay: 0 }))).toContain('waiting for the ledger to record');
    expect(progressLine(paying({ isEnding: true }), null)).toBe(waitsForText(paying()));
    expect(progressLine(paying({ isEnding: true }), 79)).toBe(
      'payroll-nov: waiting for the answers to 3 payments that were sent',
    );
  });
});

describe('times for people', () => {
  it('are rounded up, in the unit that says most', () => {
    expect([0, 1, 89_001, 90_001, 5_300_000, 5_400_000, 100_000_000].map(spanText)).toEqual([
      ...['0 s', '1 s', '2 min', '2 min', '89 min', '1.5 h', '27.8 h'],
    ]);
  });

  it('name rates as configurations do', () => {
    const rates = [1_000, 60_000, 3_600_000, 86_400_000, 900_000].map((windowMs) => rateText({ count: 5, windowMs }));
    expect(rates).toEqual(['5 a second', '5 a minute', '5 an hour', '5 a day', '5 in 15 min']);
  });

  it('say how long a plan takes, until when, and by which limits', () => {
    const until = '2026-11-28T14:35:10+03:00';
    expect(payDurationText({ ms: 2_000_000, until, rates: [{ count: 90, windowMs: 60_000 }] })).toBe(
      'about 34 min, until about 14:35 (90 a minute)',
    );
    expect(payDurationText({ ms: 100_000_000, until, rates: [] })).toBe('about 27.8 h, until about 28 Nov 14:35');
  });
});
