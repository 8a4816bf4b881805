import { describe, expect, it } from 'vitest';
import { parseRate } from '../../src/config/rate.ts';
import { parseDuration } from '../../src/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['0s', 0],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['20d', 1_728_000_000],
    ['3650d', 315_360_000_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    's',
    '-5s',
    '+5s',
    '5 s',
    '1.5h',
    '5S',
    '5min',
    '1h30m',
    ' 5s',
    '5s ',
    '5s\n',
    '٥s',
    '1e3s',
    '3651d',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('a rate', () => {
  it('is a count in a second, a minute or an hour', () => {
    expect(parseRate('5/s')).toEqual({ count: 5, windowMs: 1000 });
    expect(parseRate('90/min')).toEqual({ count: 90, windowMs: 60_000 });
    expect(parseRate('1000/h')).toEqual({ count: 1000, windowMs: 3_600_000 });
    for (const text of ['0/s', '5/m', '5 / s', '5', '-1/s', '1.5/s', '5/s ']) expect(parseRate(text)).toBeNull();
  });
});
