import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchHeader } from '../../src/domain/batch.ts';
import type { PlainValue } from '../../src/domain/plain-value.ts';
import { planDigest, type DigestedPlan } from '../../src/plan/digest.ts';

const header: BatchHeader = {
  id: 'payroll',
  file: 'batches/payroll.csv',
  rowsFile: null,
  description: '',
  notBefore: null,
  control: { count: 2, sumMinor: 300n, currency: 'KES' },
  columns: ['id', 'amount', 'mobile'],
  series: 'salaries',
  occurrence: '2026-11',
  columnFields: ['id', 'amount', 'mobile'],
  repair: { cells: 1, asItCame: 'a', accepted: 'b' },
  delimiter: ',',
};
const place = { provider: 'daraja', host: 'https://api.example.org', environment: 'live', payer: '1a2b' } as const;
const account = {
  place,
  currency: 'KES',
  options: { command: 'SalaryPayment' },
};
const total = { account: 'a', currency: 'KES', kind: 'mobile', count: 1, sumMinor: 100n } as const;
const plan: DigestedPlan = {
  organisation: 'acme-ke',
  summary: {
    header,
    count: 2,
    totals: [total, { ...total, kind: 'till', sumMinor: 200n }],
    digest: 'b1',
    agreedRows: 'd1',
  },
  accounts: new Map([
    ['a', account],
    ['b', account],
  ]),
  overrides: { allowDuplicate: false, allowDestination: [] },
  policy: { on_short: 'hold' },
};

const withHeader = (change: Partial<BatchHeader>): DigestedPlan => {
  return { ...plan, summary: { ...plan.summary, header: { ...header, ...change } } };
};
const withAccount = (change: Partial<typeof account>): DigestedPlan => {
  return { ...plan, accounts: new Map([...plan.accounts, ['a', { ...account, ...change }]]) };
};

/** Each decides something else about who is paid what, from where, when and under which rules. */
const OTHER_PLANS: Readonly<Record<string, DigestedPlan>> = {
  organisation: { ...plan, organisation: 'acme-ug' },
  id: withHeader({ id: 'payroll-2' }),
  'not before': withHeader({ notBefore: 1_795_000_000_000 }),
  series: withHeader({ series: null }),
  occurrence: withHeader({ occurrence: '2026-12' }),
  control: withHeader({ control: null }),
  'control without a sum': withHeader({ control: { count: 2, sumMinor: null, currency: 'KES' } }),
  'repairs as they came': withHeader({ repair: { cells: 1, asItCame: 'c', accepted: 'b' } }),
  'repairs that were accepted': withHeader({ repair: { cells: 1, asItCame: 'a', accepted: 'c' } }),
  'prepared by': withHeader({ preparedBy: 'asha' }),
  rows: { ...plan, summary: { ...plan.summary, agreedRows: 'd2' } },
  count: { ...plan, summary: { ...plan.summary, count: 3 } },
  totals: { ...plan, summary: { ...plan.summary, totals: [{ ...total, sumMinor: 101n }] } },
  provider: withAccount({ place: { ...place, provider: 'pesaway' } as unknown as typeof place }),
  host: withAccount({ place: { ...place, host: 'simulator' } as unknown as typeof place }),
  environment: withAccount({ place: { ...place, environment: 'sandbox' } as unknown as typeof place }),
  payer: withAccount({ place: { ...place, payer: '1a2c' } as unknown as typeof place }),
  currency: withAccount({ currency: 'UGX' }),
  options: withAccount({ options: { command: 'BusinessPayment' } }),
  'account names': { ...plan, accounts: new Map([['a', account]]) },
  'allow duplicate': { ...plan, overrides: { allowDuplicate: true, allowDestination: [] } },
  'allow destination': { ...plan, overrides: { allowDuplicate: false, allowDestination: ['emp-1'] } },
  policy: { ...plan, policy: { on_short: 'priority' } },
  'empty policy': { ...plan, policy: {} },
};

describe("a plan's digest", () => {
  it('is 64 hexadecimal digits that never change: another way would void every plan that was agreed to', () => {
    expect(planDigest(plan)).toBe('d1d22e317e07ae376bc39e4f6fdc4dde70a7cdf40520eb5479a4af72e7f2fff0');
  });

  it('differs for every plan that decides something else', () => {
    const digests = [plan, ...Object.values(OTHER_PLANS)].map(planDigest);
    const same = Object.keys(OTHER_PLANS).filter((_, at) => digests.indexOf(digests[at + 1] ?? '') !== at + 1);
    expect(same).toEqual([]);
  });

  it('is the same for a file under another name, with other words about it or spelled in another way', () => {
    const alike = withHeader({
      file: 'batches/done/copy.csv',
      description: 'Salaries',
      columns: ['Id'],
      delimiter: ';',
      repair: { cells: 1, asItCame: 'a', accepted: 'b', by: 'asha', at: 1 },
    });
    expect(planDigest(alike)).toBe(planDigest(plan));
  });

  it('is the same in whatever order totals, accounts, members and ids are gathered', () => {
    const reordered: DigestedPlan = {
      ...plan,
      summary: { ...plan.summary, totals: [...plan.summary.totals].reverse() },
      accounts: new Map([...plan.accounts].reverse()),
      overrides: { allowDuplicate: false, allowDestination: ['b', 'a', 'b'] },
      policy: { z: [1, 2], on_short: 'hold' },
    };
    const other: DigestedPlan = {
      ...plan,
      overrides: { allowDuplicate: false, allowDestination: ['a', 'b'] },
      policy: { on_short: 'hold', added: undefined, z: [1, 2] },
    };
    expect(planDigest(reordered)).toBe(planDigest(other));
  });

  it('differs for any two policies that differ, and is the same for two that are equal', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((json) => json as PlainValue);
    fc.assert(
      fc.property(value, value, (a, b) => {
        // JSON writes 0 for -0: a setting has no sign of its own there.
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(planDigest({ ...plan, policy: a }) === planDigest({ ...plan, policy: b })).toBe(isSame);
        expect(planDigest({ ...plan, policy: structuredClone(a) })).toBe(planDigest({ ...plan, policy: a }));
      }),
    );
  });

  it('is refused for a number that JSON cannot hold, since two of them would be one', () => {
    expect(() => planDigest({ ...plan, policy: { n: Number.NaN } })).toThrow('no digest');
  });
});

/** The value as a list of its members in the order of their names. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return ['list', ...value.map(sorted)];
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)]);
  return ['map', ...members.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))];
}
