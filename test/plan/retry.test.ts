import { describe, expect, it } from 'vitest';
import type { BatchSummary, BatchTotal } from '../../src/domain/batch.ts';
import type { AccountBalance } from '../../src/plan/input.ts';
import { planRetry } from '../../src/plan/retry.ts';

const batch: BatchSummary = {
  header: {
    id: 'payroll',
    file: 'batches/payroll.csv',
    rowsFile: null,
    description: '',
    notBefore: null,
    control: { count: 4, sumMinor: 35_000n, currency: 'KES' },
    columns: ['id', 'amount', 'mobile'],
    series: null,
    occurrence: null,
    columnFields: ['id', 'amount', 'mobile'],
    delimiter: ',',
  },
  count: 4,
  totals: [{ account: 'demo', currency: 'KES', kind: 'mobile', count: 4, sumMinor: 35_000n }],
  digest: 'd1',
};
const FAILED: readonly BatchTotal[] = [
  { account: 'demo', currency: 'KES', kind: 'mobile', count: 2, sumMinor: 9_000n },
];

const balance = (availableMinor: bigint | null, feesMinor = 0n): AccountBalance => {
  return { account: 'demo', currency: 'KES', availableMinor, why: '', feesMinor };
};
const codes = (balances: readonly AccountBalance[]): string[] =>
  planRetry({ batch, totals: FAILED, balances }).problems.map(({ severity, code }) => `${severity} ${code}`);

describe('the plan of a retry', () => {
  it('sends the failed payments and nothing else of the batch', () => {
    expect(planRetry({ batch, totals: FAILED, balances: [] })).toMatchObject({
      batch: 'payroll',
      digest: 'd1',
      action: 'register',
      fresh: FAILED,
      resumed: [],
      skipped: [],
      blocked: [],
      problems: [],
    });
  });

  it('is refused when the balance does not cover the failed payments, to the cent', () => {
    expect(codes([balance(8_999n)])).toEqual(['error balance-short']);
    expect(planRetry({ batch, totals: FAILED, balances: [balance(8_999n)] }).action).toBe('refuse');
    expect(codes([balance(9_000n)])).toEqual([]);
    expect(codes([balance(null)])).toEqual([]);
  });

  it('warns when only fees could use the balance up', () => {
    expect(codes([balance(9_100n, 101n)])).toEqual(['warning balance-fees']);
  });

  it('compares each balance with the payments of its own account and kinds', () => {
    const other: AccountBalance = { ...balance(0n), account: 'other' };
    expect(codes([other, { ...balance(0n), kinds: ['bank'] }, { ...balance(9_000n), kinds: ['mobile'] }])).toEqual([]);
  });
});
