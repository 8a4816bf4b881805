import { describe, expect, it } from 'vitest';
import { reportDueAt, type LastReport } from '../../src/report/report-schedule.ts';

const last = (change: Partial<LastReport> = {}): LastReport => ({
  endedAt: 1000,
  tookMs: 5,
  stage: 'waiting',
  ...change,
});

describe('a report that is behind', () => {
  it('is written at once the first time, and when its batch has ended', () => {
    expect(reportDueAt(null, 'waiting')).toBe(Number.NEGATIVE_INFINITY);
    expect(reportDueAt(last({ tookMs: 60_000 }), 'ended')).toBe(Number.NEGATIVE_INFINITY);
  });

  it('waits for a moment between two writings, and longer while a run sends, which reports at its end', () => {
    expect(reportDueAt(last(), 'waiting')).toBe(3000);
    expect(reportDueAt(last({ stage: 'ended' }), 'ended')).toBe(3000);
    expect(reportDueAt(last({ stage: 'sending' }), 'sending')).toBe(31_000);
  });

  it('is the more seldom the longer the last writing took, up to some minutes', () => {
    expect(reportDueAt(last({ tookMs: 1000 }), 'waiting')).toBe(21_000);
    expect(reportDueAt(last({ tookMs: 900_000 }), 'waiting')).toBe(301_000);
  });
});
