import { describe, expect, it } from 'vitest';
import type { StatusTally } from '../../src/domain/payment.ts';
import { PayrunError } from '../../src/domain/problem.ts';
import type { Status } from '../../src/domain/status.ts';
import { unsent, type BatchResult } from '../../src/operations/batch-result.ts';
import { checkedExit, finishedExit, worstExit } from '../../src/operations/exit-code.ts';

const result = (...statuses: readonly Status[]): BatchResult => {
  const tallies = statuses.map((status): StatusTally => {
    return { status, count: 1, sumMinor: 1n, currency: 'KES', account: 'demo', kind: 'mobile' };
  });
  return { ...unsent({ file: 'november.csv' }), tallies };
};

describe('the exit code of a command that finishes a batch', () => {
  it('is 0 only when every payment is paid', () => {
    expect(finishedExit(result('paid'))).toBe(0);
    expect(finishedExit(result())).toBe(0);
    expect(finishedExit(result('paid', 'failed'))).toBe(4);
    expect(finishedExit(result('paid', 'returned'))).toBe(4);
  });

  it.each(['planned', 'submitting', 'pending', 'unknown'] as const)('is 5 while a payment is %s', (status) => {
    expect(finishedExit(result('paid', 'failed', status))).toBe(5);
  });

  it('leaves out a status that no payment has', () => {
    const tallies = result('paid', 'unknown').tallies.map((tally) => {
      return tally.status === 'unknown' ? { ...tally, count: 0 } : tally;
    });
    expect(finishedExit({ ...result(), tallies })).toBe(0);
  });

  it('is 3 for a refused batch, and that of the error for one that was not worked on', () => {
    expect(finishedExit({ ...result('paid'), refused: true })).toBe(3);
    expect(finishedExit({ ...result('paid'), error: new PayrunError(2, 'code', 'message') })).toBe(2);
  });
});

describe('the exit code of a command that reads a file', () => {
  it('is 0 whatever is still to be paid', () => {
    expect(checkedExit(result('planned'))).toBe(0);
    expect(checkedExit({ ...result('planned'), refused: true })).toBe(3);
  });
});

describe('of several exit codes', () => {
  it('the most serious one counts', () => {
    expect(worstExit([])).toBe(0);
    expect(worstExit([0, 4, 5])).toBe(5);
    expect(worstExit([4, 5, 3])).toBe(3);
    expect(worstExit([3, 2, 6])).toBe(6);
    expect(worstExit([6, 1, 130])).toBe(130);
  });
});
