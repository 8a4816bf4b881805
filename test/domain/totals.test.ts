import { describe, expect, it } from 'vitest';
import type { StatusTally } from '../../src/domain/payment.ts';
import {
  addUp,
  countOf,
  countsByStatus,
  sumsByCurrency,
  sumTexts,
  totalText,
  Totals,
} from '../../src/domain/totals.ts';

const tally = (status: StatusTally['status'], currency: string, count: number, sumMinor: bigint): StatusTally => {
  return { account: 'demo', kind: 'mobile', status, currency, count, sumMinor };
};
const TALLIES = [
  tally('paid', 'KES', 2, 10_050n),
  tally('unknown', 'USD', 1, 2_000n),
  { ...tally('paid', 'KES', 3, 1n), kind: 'bank' as const },
  tally('failed', 'KES', 0, 0n),
];

describe('totals', () => {
  it('group by the fields that are named, and by nothing else', () => {
    expect(addUp(TALLIES, 'status', 'currency')).toEqual([
      { status: 'paid', currency: 'KES', count: 5, sumMinor: 10_051n },
      { status: 'unknown', currency: 'USD', count: 1, sumMinor: 2_000n },
      { status: 'failed', currency: 'KES', count: 0, sumMinor: 0n },
    ]);
    expect(addUp([], 'status')).toEqual([]);
  });

  it('add up payments one by one to the same as all together', () => {
    const totals = new Totals<{ readonly currency: string }>('currency');
    for (const { currency, count, sumMinor } of TALLIES) totals.add({ currency, count, sumMinor });
    expect(totals.list()).toEqual(addUp(TALLIES, 'currency'));
    expect(countOf(totals.list())).toBe(6);
  });

  it("count each status that occurs, in the order of a payment's life", () => {
    expect([...countsByStatus(TALLIES)]).toEqual([
      ['unknown', 1],
      ['paid', 5],
    ]);
  });

  it('never add amounts of two currencies', () => {
    expect([...sumsByCurrency(TALLIES)]).toEqual([
      ['KES', 10_051n],
      ['USD', 2_000n],
    ]);
    expect(sumTexts(TALLIES)).toEqual({ USD: { unknown: '20.00' }, KES: { paid: '100.51' } });
    expect(totalText(TALLIES)).toBe('6 payments, 100.51 KES, 20.00 USD');
    expect(totalText([tally('paid', 'KES', 1, 5n)])).toBe('1 payment, 0.05 KES');
  });
});
