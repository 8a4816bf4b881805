import { describe, expect, it } from 'vitest';
import type { BatchSummary } from '../../src/domain/batch.ts';
import { countOf } from '../../src/domain/totals.ts';
import type { StatusTally } from '../../src/domain/payment.ts';
import type { Difference, PlanInput } from '../../src/plan/input.ts';
import { planBatch, type Plan } from '../../src/plan/plan.ts';

const NOW = Date.parse('2026-11-28T03:00:00Z');

const summary: BatchSummary = {
  header: {
    id: 'payroll',
    file: 'batches/payroll.csv',
    rowsFile: null,
    description: '',
    notBefore: null,
    control: null,
    columns: ['id', 'amount', 'mobile'],
    series: null,
    occurrence: null,
    columnFields: ['id', 'amount', 'mobile'],
    delimiter: ',',
  },
  count: 4,
  totals: [
    { account: 'demo', currency: 'KES', kind: 'mobile', count: 3, sumMinor: 30_000n },
    { account: 'demo', currency: 'KES', kind: 'bank', count: 1, sumMinor: 5_000n },
  ],
  digest: 'd1',
};

function tally(status: StatusTally['status'], count: number, sumMinor: bigint): StatusTally {
  return { account: 'demo', currency: 'KES', kind: 'mobile', status, count, sumMinor };
}

function plan(change: Partial<PlanInput>): Plan {
  return planBatch({
    summary,
    registered: null,
    sentTo: [],
    endpoints: new Map(),
    differences: [],
    copies: copies(0),
    balances: [],
    expect: { count: null, sum: null },
    amend: false,
    allowDuplicate: false,
    now: NOW,
    ...change,
  });
}

function balance(availableMinor: bigint | null, feesMinor = 0n): PlanInput['balances'] {
  return [{ account: 'demo', currency: 'KES', availableMinor, why: '', feesMinor }];
}

const codes = (planned: Plan): string[] => planned.problems.map((problem) => `${problem.severity} ${problem.code}`);

describe('a plan', () => {
  it('of a new batch sends all of it', () => {
    const planned = plan({});
    expect(planned.action).toBe('register');
    expect(countOf(planned.fresh)).toBe(4);
    expect(planned.fresh.map((total) => total.sumMinor)).toEqual([30_000n, 5_000n]);
    expect(planned.problems).toEqual([]);
  });

  it('of a batch that was begun sends what is planned, skips what was sent and blocks what is unknown', () => {
    const tallies = [tally('paid', 1, 1n), tally('pending', 1, 2n), tally('planned', 1, 4n), tally('unknown', 1, 8n)];
    const planned = plan({ registered: { digest: 'd1', tallies } });
    expect(planned.action).toBe('resume');
    expect([
      countOf(planned.fresh),
      countOf(planned.resumed),
      countOf(planned.skipped),
      countOf(planned.blocked),
    ]).toEqual([0, 1, 2, 1]);
  });

  it('of a settled batch does nothing', () => {
    expect(plan({ registered: { digest: 'd1', tallies: [tally('paid', 4, 35_000n)] } }).action).toBe('nothing');
  });

  it('keeps everything back until not_before', () => {
    const header = { ...summary.header, notBefore: NOW + 1 };
    const planned = plan({ summary: { ...summary, header } });
    expect(planned).toMatchObject({ action: 'register', heldUntil: NOW + 1, fresh: [], resumed: [] });
    expect(countOf(planned.blocked)).toBe(4);
    expect(countOf(plan({ summary: { ...summary, header: { ...header, notBefore: NOW } } }).fresh)).toBe(4);
  });
});

describe('the balance', () => {
  it('refuses a batch that it does not cover, to the cent', () => {
    expect(codes(plan({ balances: balance(34_999n) }))).toEqual(['error balance-short']);
    expect(codes(plan({ balances: balance(35_000n) }))).toEqual([]);
    expect(plan({ balances: balance(35_001n) }).balances[0]).toMatchObject({ neededMinor: 35_000n, leftMinor: 1n });
  });

  it('keeps the rest of a begun batch back instead of refusing it', () => {
    const registered = { digest: 'd1', tallies: [tally('paid', 1, 100n), tally('planned', 3, 900n)] };
    const planned = plan({ registered, balances: balance(899n) });
    expect(planned.action).toBe('resume');
    expect(codes(planned)).toEqual(['warning balance-short']);
  });

  it('that only fees could exhaust is a warning', () => {
    expect(codes(plan({ balances: balance(35_100n, 101n) }))).toEqual(['warning balance-fees']);
    expect(codes(plan({ balances: balance(35_100n, 100n) }))).toEqual([]);
  });

  it('that cannot be read refuses nothing', () => {
    expect(plan({ balances: balance(null) }).action).toBe('register');
  });
});

describe('expected totals', () => {
  it('refuse the batch when they differ', () => {
    expect(codes(plan({ expect: { count: 5, sum: '350.01' } }))).toEqual([
      'error expected-count',
      'error expected-sum',
    ]);
    expect(codes(plan({ expect: { count: 4, sum: '350' } }))).toEqual([]);
    expect(codes(plan({ expect: { count: null, sum: '350,00' } }))).toEqual(['error expected-sum']);
  });

  it('of a sum need one currency', () => {
    const totals = [
      ...summary.totals,
      { account: 'usd', currency: 'USD', kind: 'mobile', count: 1, sumMinor: 1n },
    ] as const;
    expect(codes(plan({ summary: { ...summary, totals }, expect: { count: null, sum: '350' } }))).toEqual([
      'error expected-sum',
    ]);
  });
});

describe('a changed file', () => {
  const registered = { digest: 'd0', tallies: [tally('paid', 1, 100n), tally('planned', 2, 900n)] };
  const changed: Difference = {
    kind: 'changed',
    id: 'EMP-1',
    name: 'Jane Wanjiku',
    line: 2,
    changes: [{ field: 'amount', was: '1.00', is: '2.00' }],
    sent: false,
  };

  it('is refused, each difference named with its line and both values', () => {
    const added: Difference = { kind: 'added', id: 'EMP-9', name: '', line: 5, changes: [], sent: false };
    const missing: Difference = { kind: 'missing', id: 'EMP-3', name: '', line: 0, changes: [], sent: false };
    const planned = plan({ registered, differences: [changed, added, missing] });
    expect(planned.action).toBe('refuse');
    expect(codes(planned)).toEqual(['error batch-changed', 'error batch-added', 'error batch-missing']);
    expect(planned.problems[0]).toMatchObject({ line: 2, field: 'amount' });
    expect(planned.problems[0]?.message).toContain('Payment EMP-1 Jane Wanjiku of batch');
    expect(planned.problems[0]?.message).toContain('amount was 1.00, is 2.00');
  });

  it('is taken with --amend when only unsent payments changed or were added', () => {
    const added: Difference = { kind: 'added', id: 'EMP-9', name: '', line: 5, changes: [], sent: false };
    expect(plan({ registered, differences: [changed, added], amend: true }).action).toBe('amend');
  });

  it('with --amend needs what the file says now, not what was registered by mistake', () => {
    const mistaken = { digest: 'd0', tallies: [tally('paid', 1, 100n), tally('planned', 2, 9_000_000_000n)] };
    const planned = plan({ registered: mistaken, differences: [changed], amend: true, balances: balance(34_900n) });
    expect(planned.action).toBe('amend');
    expect(planned.balances[0]).toMatchObject({ neededMinor: 34_900n, leftMinor: 0n });
  });

  it('is refused even with --amend when a sent payment changed or a payment is missing', () => {
    const missing: Difference = { kind: 'missing', id: 'EMP-3', name: '', line: 0, changes: [], sent: false };
    expect(plan({ registered, differences: [{ ...changed, sent: true }], amend: true }).action).toBe('refuse');
    expect(plan({ registered, differences: [missing], amend: true }).action).toBe('refuse');
  });
});

describe('a copied file', () => {
  it('is refused when half of it was seen before, and names the setting, the batch and when it was paid', () => {
    const planned = plan({ copies: copies(2) });
    expect(codes(planned)).toEqual(['error batch-copy']);
    const { message } = planned.problems[0] ?? { message: '' };
    expect(message).toContain('2 in batch payroll-october (1 of them paid on 2026-11-25 06:30 UTC, 1 failed)');
    for (const word of ['duplicate_window (20d)', 'series:', '--allow-duplicate', 'payrun retry payroll-october']) {
      expect(message).toContain(word);
    }
  });

  it('is warned about, row by row, when less than half was, naming both places', () => {
    const planned = plan({ copies: copies(1) });
    expect(planned.action).toBe('register');
    expect(planned.problems).toMatchObject([{ severity: 'warning', line: 2, code: 'payment-repeated' }]);
    expect(planned.problems[0]?.message).toContain(
      'payroll-october/OLD-0 (line 12 there, paid on 2026-11-25 06:30 UTC)',
    );
  });

  it('adds up what stands in several batches', () => {
    const batches = copies(2).batches.flatMap((batch) => [
      { ...batch, count: 1 },
      { ...batch, batch: 'payroll-september', count: 1 },
    ]);
    const planned = plan({ copies: { ...copies(2), batches } });
    expect(codes(planned)).toEqual(['error batch-copy']);
    expect(planned.problems[0]?.message).toMatch(/in batch payroll-october .* in batch payroll-september/);
  });

  it('is taken when a person allows it, with the rows that are not listed counted', () => {
    const allowed = plan({ copies: { ...copies(4), payments: copies(1).payments }, allowDuplicate: true });
    expect(allowed.action).toBe('register');
    expect(codes(allowed)).toEqual(['warning payment-repeated', 'warning payment-repeated']);
    expect(allowed.problems[1]?.message).toContain('3 more payments');
  });

  it('is warned about when another batch is the same occurrence, although no payment repeats', () => {
    const planned = plan({ copies: { ...copies(0), sameOccurrence: ['salaries-november'] } });
    expect(codes(planned)).toEqual(['warning occurrence-repeated']);
  });
});

function copies(count: number): PlanInput['copies'] {
  const paidAt = Date.UTC(2026, 10, 25, 6, 30);
  const payment = { by: 'destination', batch: 'payroll-october', status: 'paid', paidAt } as const;
  const numbers = Array.from({ length: count }, (_, at) => at);
  return {
    count,
    batches:
      count === 0 ? [] : [{ batch: 'payroll-october', count, paid: count === 1 ? 1 : count - 1, paidAt, failed: 1 }],
    payments: numbers.map((at) => ({
      ...payment,
      ...{ line: at + 2, id: `EMP-${at}`, name: 'Jane', earlierId: `OLD-${at}`, earlierLine: at + 12 },
    })),
    sameOccurrence: [],
    windowMs: 20 * 86_400_000,
  };
}
