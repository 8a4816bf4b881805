import { describe, expect, it } from 'vitest';
import type { BatchSummary } from '../../src/domain/batch.ts';
import { countOf } from '../../src/domain/totals.ts';
import type { StatusTally } from '../../src/domain/payment.ts';
import type { EndpointKind, PlanInput } from '../../src/plan/input.ts';
import { planBatch, type Plan } from '../../src/plan/plan.ts';

function summaryOf(file: string, ...accounts: readonly string[]): BatchSummary {
  return {
    header: {
      ...{ id: 'november', file, rowsFile: null, description: '', notBefore: null, control: null },
      ...{ columns: ['id', 'amount', 'mobile'], columnFields: ['id', 'amount', 'mobile'], delimiter: ',' },
      ...{ series: null, occurrence: null },
    },
    count: accounts.length,
    totals: accounts.map((account) => ({ account, currency: 'KES', kind: 'mobile', count: 2, sumMinor: 20_000n })),
    digest: 'd1',
  };
}

function tally(account: string, status: StatusTally['status'], count: number): StatusTally {
  return { account, currency: 'KES', kind: 'mobile', status, count, sumMinor: BigInt(count) * 10_000n };
}

interface Case extends Partial<Omit<PlanInput, 'now'>> {
  readonly tallies: readonly StatusTally[];
  /** What each account sends to now. */
  readonly now: Readonly<Record<string, EndpointKind>>;
}

function plan({ tallies, now, ...change }: Case): Plan {
  return planBatch({
    summary: summaryOf('batches/november.csv', 'demo'),
    registered: { digest: 'd1', tallies },
    sentTo: [{ account: 'demo', isSimulated: true, count: 2 }],
    endpoints: new Map(Object.entries(now)),
    differences: [],
    copies: { count: 0, batches: [], payments: [], sameOccurrence: [], windowMs: 0 },
    balances: [],
    expect: { count: null, sum: null },
    amend: false,
    allowDuplicate: false,
    ...change,
    now: 0,
  });
}

const codes = (planned: Plan): string[] => planned.problems.map(({ severity, code }) => `${severity} ${code}`);
const PAID = [tally('demo', 'paid', 2)];

describe('a batch that the built-in simulator paid', () => {
  it('is refused once its account is live, with a name for the file that pays it', () => {
    const planned = plan({ tallies: PAID, now: { demo: 'provider' } });
    expect([planned.action, codes(planned)]).toEqual(['refuse', ['error simulated-only']]);
    const [problem] = planned.problems;
    expect(problem?.message).toContain('2 of its 2 payments');
    expect(problem?.message).toContain('november-live.csv');
    expect(problem?.message).toContain('payrun run batches/november.csv --batch november-live');
  });

  it('of a YAML file is told another batch id', () => {
    const summary = summaryOf('batches/november.yaml', 'demo');
    const [problem] = plan({ tallies: PAID, now: { demo: 'provider' }, summary }).problems;
    expect(problem?.message).toContain('`batch: november-live`');
  });

  it('is nothing to do while its account is simulated', () => {
    expect(plan({ tallies: PAID, now: { demo: 'simulator' } })).toMatchObject({ action: 'nothing', problems: [] });
  });

  it('is refused in whole where the rehearsal was killed and rows are still planned', () => {
    const planned = plan({
      tallies: [tally('demo', 'paid', 1), tally('demo', 'planned', 1)],
      sentTo: [{ account: 'demo', isSimulated: true, count: 1 }],
      now: { demo: 'provider' },
    });
    expect(codes(planned)).toEqual(['error simulated-only']);
  });

  it('is refused when the file names a live account in the place of the simulated one, and not row by row', () => {
    const planned = plan({
      tallies: [tally('demo', 'paid', 1), tally('demo', 'planned', 1)],
      now: { demo: 'simulator', salaries: 'provider' },
      summary: summaryOf('batches/november.csv', 'salaries'),
      differences: [
        {
          kind: 'changed',
          id: 'EMP-1',
          name: 'Jane',
          line: 2,
          changes: [{ field: 'account', was: 'demo', is: 'salaries' }],
          sent: false,
        },
      ],
      amend: true,
    });
    expect([planned.action, codes(planned)]).toEqual(['refuse', ['error simulated-only']]);
  });

  it('goes on where one account was live and another simulated from the beginning', () => {
    const planned = plan({
      tallies: [tally('demo', 'paid', 2), tally('salaries', 'planned', 2)],
      now: { demo: 'simulator', salaries: 'provider' },
      summary: summaryOf('batches/november.csv', 'demo', 'salaries'),
    });
    expect([planned.action, countOf(planned.resumed), planned.problems]).toEqual(['resume', 2, []]);
  });
});

describe('a batch that was sent live', () => {
  const sentTo = [{ account: 'demo', isSimulated: false, count: 1 }];

  it('keeps its planned payments from the simulator', () => {
    const tallies = [tally('demo', 'paid', 1), tally('demo', 'planned', 1)];
    const planned = plan({ tallies, sentTo, now: { demo: 'simulator' } });
    expect([countOf(planned.resumed), countOf(planned.blocked)]).toEqual([0, 1]);
    expect(codes(planned)).toEqual(['warning sent-live']);
    expect(planned.problems[0]?.message).toContain('1 planned ones stay planned');
  });

  it('is paid all the same when nothing is left, with a warning', () => {
    const planned = plan({ tallies: PAID, sentTo, now: { demo: 'simulator' } });
    expect([planned.action, codes(planned)]).toEqual(['nothing', ['warning sent-live']]);
  });
});
