import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/cli/terminal.ts';

describe('the progress of a run', () => {
  it('shows rows, rate and the time that is left', () => {
    expect(progressLine('november', 50, 200, 10_000)).toBe('november: 50 of 200 rows, 5.0/s, 30 s left');
    expect(progressLine('november', 1, 1_000, 1_000)).toBe('november: 1 of 1000 rows, 1.0/s, 17 min left');
    expect(progressLine('november', 10, 100_000, 10_000)).toBe('november: 10 of 100000 rows, 1.0/s, 27.8 h left');
  });

  it('shows no time before the first payment', () => {
    expect(progressLine('november', 0, 200, 0)).toBe('november: 0 of 200 rows');
  });
});
