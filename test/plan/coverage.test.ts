import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, type QueuedPayment } from '../../src/plan/coverage.ts';
import type { AccountBalance } from '../../src/plan/input.ts';

function queued(n: number, amountMinor: bigint, change: Partial<QueuedPayment> = {}): QueuedPayment {
  const id = `EMP-${n}`;
  return {
    id,
    idKey: id.toLowerCase(),
    name: '',
    line: n + 1,
    currency: 'KES',
    kind: 'mobile',
    amountMinor,
    feeMinor: 0n,
    ...change,
  };
}

function balance(availableMinor: bigint | null, change: Partial<AccountBalance> = {}): AccountBalance {
  return { account: 'demo', currency: 'KES', availableMinor, why: '', feesMinor: 0n, ...change };
}

const covered = (
  queue: QueuedPayment[],
  balances: readonly AccountBalance[],
  amounts: 'line' | 'smallest' | 'largest' = 'line',
) => coverageOf('demo', queue, { amounts, balances });

describe('what a balance covers', () => {
  it('are whole payments by their priority, and none overtakes the first that does not fit', () => {
    const queue = [queued(1, 50n), queued(2, 40n, { priority: 2 }), queued(3, 30n, { priority: 1 }), queued(4, 1n)];
    const result = covered(queue, [balance(75n)]);
    expect(result.covered).toEqual(['emp-3', 'emp-2']);
    expect(result.waiting).toEqual([{ account: 'demo', currency: 'KES', kind: 'mobile', count: 2, sumMinor: 51n }]);
    expect(result.shortages).toMatchObject([
      { covered: 2, waiting: 2, waitingMinor: 51n, missingMinor: 46n, first: ['EMP-1', 'EMP-4'] },
    ]);
    expect(result.shortages[0]?.text).toBe(
      'Account demo has 0.75 KES, which covers 2 payments; 2 payments wait for a top-up (0.51 KES): EMP-1, EMP-4. Top up at least 0.46 KES and run it again.',
    );
  });

  it('counts the highest fees, and covers to the cent', () => {
    const queue = () => [queued(1, 50n, { feeMinor: 5n }), queued(2, 50n, { feeMinor: 5n })];
    expect(covered(queue(), [balance(109n)]).covered).toEqual(['emp-1']);
    expect(covered(queue(), [balance(110n)])).toMatchObject({
      covered: ['emp-1', 'emp-2'],
      waiting: [],
      shortages: [],
    });
  });

  it('goes by amounts where the batch says so, and by lines among equals', () => {
    const queue = () => [queued(1, 20n), queued(2, 10n), queued(3, 30n), queued(4, 10n)];
    expect(covered(queue(), [balance(40n)], 'smallest').covered).toEqual(['emp-2', 'emp-4', 'emp-1']);
    expect(covered(queue(), [balance(50n)], 'largest').covered).toEqual(['emp-3', 'emp-1']);
    expect(covered(queue(), [balance(40n)]).covered).toEqual(['emp-1', 'emp-2']);
  });

  it('is counted apart for each balance of an account; one that is not known covers all', () => {
    const queue = () => [
      queued(1, 50n),
      queued(2, 50n, { kind: 'till' }),
      queued(3, 50n),
      queued(4, 50n, { kind: 'till' }),
    ];
    const pots = [balance(60n, { kinds: ['mobile'] }), balance(500n, { kinds: ['till'] })];
    expect(covered(queue(), pots).covered).toEqual(['emp-1', 'emp-2', 'emp-4']);
    expect(covered(queue(), [balance(null)])).toMatchObject({
      covered: ['emp-1', 'emp-2', 'emp-3', 'emp-4'],
      shortages: [],
    });
  });

  it('is always the longest beginning of the order that fits', () => {
    const payment = fc.record({
      amount: fc.bigInt(1n, 50n),
      fee: fc.bigInt(0n, 3n),
      priority: fc.option(fc.integer({ min: 1, max: 4 })),
    });
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 30 }), fc.bigInt(0n, 600n), (drawn, available) => {
        const all = drawn.map(({ amount, fee, priority }, n) =>
          queued(n, amount, { feeMinor: fee, ...(priority === null ? {} : { priority }) }),
        );
        const order = all
          .map((one, at) => ({ one, at }))
          .sort((a, b) => (a.one.priority ?? 9) - (b.one.priority ?? 9) || a.at - b.at)
          .map(({ one }) => one);
        let spent = 0n;
        const fits: string[] = [];
        for (const one of order) {
          spent += one.amountMinor + one.feeMinor;
          if (spent > available) break;
          fits.push(one.idKey);
        }
        const result = covered([...all], [balance(available)]);
        expect(result.covered).toEqual(fits);
        const waiting = result.waiting.reduce((sum, { count }) => sum + count, 0);
        expect(waiting + fits.length).toBe(all.length);
      }),
    );
  });
});
