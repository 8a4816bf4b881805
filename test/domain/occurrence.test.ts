import { describe, expect, it } from 'vitest';
import { isOverlapping, isWeekOfYear } from '../../src/domain/occurrence.ts';

describe('two occurrences of a series', () => {
  it.each([
    ['2026-11', '2026-11-01'],
    ['2026-11', '2026-11-30'],
    ['2026-02', '2026-02-28'],
    ['2026-11-07', '2026-W45'],
    ['2026-11-02', '2026-W45'],
    ['2026-11-08', '2026-W45'],
    ['2026-11', '2026-W45'],
    // The week reaches from November into December.
    ['2026-11', '2026-W49'],
    ['2026-12', '2026-W49'],
    ['2026-12-31', '2026-W53'],
    ['2027-01-03', '2026-W53'],
    ['2025-12-29', '2026-W01'],
  ])('overlap where one is a part of the other or reaches into it: %s and %s', (one, other) => {
    expect([isOverlapping(one, other), isOverlapping(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['2026-11', '2026-11'],
    ['2026-11', '2026-12'],
    ['2026-11', '2026-12-01'],
    ['2026-11', '2026-10-31'],
    ['2026-11-07', '2026-11-08'],
    ['2026-W45', '2026-W46'],
    ['2026-11-09', '2026-W45'],
    ['2026-11-01', '2026-W45'],
    ['2026-10', '2026-W45'],
    ['2027-01-04', '2026-W53'],
    ['soon', '2026-11'],
  ])('do not where they are the same, or share no day: %s and %s', (one, other) => {
    expect([isOverlapping(one, other), isOverlapping(other, one)]).toEqual([false, false]);
  });
});

describe('the weeks of a year', () => {
  it('are 53 only where the year has so many Thursdays', () => {
    const years = [2024, 2025, 2026, 2027, 2032];
    expect(years.filter((year) => isWeekOfYear(year, 53))).toEqual([2026, 2032]);
    expect(years.every((year) => isWeekOfYear(year, 52) && isWeekOfYear(year, 1) && !isWeekOfYear(year, 0))).toBe(true);
  });
});
