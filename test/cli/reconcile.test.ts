import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'csv-parse/sync';
import { Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

/** By the simulator's magic values: paid, answer 500, lost answer after booking, pending, paid. */
const OUTCOMES = `id,name,amount,mobile
E1,Jane Wanjiku,100.00,0712345678
E2,John Otieno,200.00,0712340001
E3,Amina Hassan,300.00,0712340002
E4,Peter Kamau,400.00,0712340005
E5,Grace Achieng,500.00,0712345679
`;

async function reconciliation(): Promise<Record<string, string>[]> {
  return parse(await project.read('reports/outcomes/reconciliation.csv'), { columns: true });
}

async function paidProject(): Promise<void> {
  project = await Project.open();
  const config = await project.read('payrun.yaml');
  const statement = 'statement: { columns: { reference: Details, provider_reference: Receipt, amount: Paid out } }';
  await project.write('payrun.yaml', config.replace('    limits:', `    ${statement}\n    limits:`));
  await project.write('batches/outcomes.csv', OUTCOMES);
  expect((await project.run('run', 'batches/')).code).toBe(5);
}

/** What the provider would send: its book, as its statement writes it. */
function statementRows(): string[] {
  return project
    .book()
    .toSorted((a, b) => Number(a.amountMinor - b.amountMinor))
    .map(({ reference, providerReference, amountMinor }) => {
      return `${providerReference},${reference} November,-${amountMinor / 100n}.00`;
    });
}

const HEADER = 'Receipt,Details,Paid out';

interface Changed {
  readonly changes: readonly { readonly id: string; readonly from: string; readonly to: string }[];
}

describe('reconcile', () => {
  it('reports every difference, changes nothing, and records with --apply what the statement proves', async () => {
    await paidProject();
    const rows = statementRows();
    // E5's row is missing, E1's has another amount, one payment is not of this batch.
    const tampered = rows.filter((row) => !row.endsWith('500.00')).map((row) => row.replace('-100.00', '-100.50'));
    await project.write('statement.csv', [HEADER, ...tampered, 'TXN-9,cash,-7.00', ''].join('\n'));
    const ended = await project.run('reconcile', 'outcomes', '--statement', 'statement.csv', '--json');
    expect([ended.code, ended.stderr]).toEqual([5, expect.not.stringContaining('payrun:')]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      exit: 5,
      account: 'demo',
      counts: { 'amount-differs': 1, 'paid-but-unknown': 2, 'not-ours': 1, open: 1, missing: 1 },
      applied: 0,
    });
    const listed = await reconciliation();
    expect(listed.map((row) => [row['finding'], row['id']])).toEqual([
      ['amount-differs', 'E1'],
      ['paid-but-unknown', 'E3'],
      ['paid-but-unknown', 'E4'],
      ['not-ours', ''],
      ['open', 'E2'],
      ['missing', 'E5'],
    ]);
    for (const row of listed) expect(row['next_action']).not.toBe('');
    expect((await project.report('outcomes')).map((row) => row['status'])).toEqual([
      'paid',
      'unknown',
      'unknown',
      'pending',
      'paid',
    ]);

    const args = ['reconcile', 'outcomes', '--statement', 'statement.csv', '--apply', '--json'] as const;
    const before = await project.report('outcomes');
    const dry = JSON.parse((await project.run(...args, '--dry-run')).stdout) as Changed;
    await project.run('report', 'outcomes');
    expect(await project.report('outcomes')).toEqual(before);
    expect(dry.changes.map(({ id, from, to }) => [id, from, to])).toEqual([
      ['E3', 'unknown', 'paid'],
      ['E4', 'pending', 'paid'],
    ]);
    const applied = await project.run(...args, '--by', 'Mary');
    expect((JSON.parse(applied.stdout) as Changed).changes).toEqual(dry.changes);
    expect(applied.code).toBe(5);
    expect((await project.report('outcomes')).map((row) => row['status'])).toEqual([
      'paid',
      'unknown',
      'paid',
      'paid',
      'paid',
    ]);
    expect((await project.report('outcomes'))[2]?.['reason']).toContain('statement');

    await project.run(
      'resolve',
      listed[4]?.['reference'] ?? '',
      '--as',
      'failed',
      '--because',
      'not in the statement',
      '--by',
      'Njeri',
    );
    await project.write('statement.csv', [HEADER, ...rows, ''].join('\n'));
    const again = await project.run('reconcile', 'outcomes', '--statement', 'statement.csv');
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('5  agrees')]);
  });

  it('keeps a failed payment that the statement shows as paid out of every retry', async () => {
    await paidProject();
    const [, , lost] = await project.report('outcomes');
    await project.run(
      'resolve',
      lost?.['reference'] ?? '',
      '--as',
      'failed',
      '--because',
      'a mistake',
      '--by',
      'Njeri',
    );
    await project.write('statement.csv', [HEADER, ...statementRows(), ''].join('\n'));
    const applied = await project.run('reconcile', 'outcomes', '--statement', 'statement.csv', '--apply');
    expect(applied.code).toBe(5);
    expect((await reconciliation()).find((row) => row['id'] === 'E3')).toMatchObject({
      finding: 'paid-but-failed',
      applied: 'unknown',
    });
    const booked = project.book().length;
    expect((await project.run('retry', 'outcomes', '--id', 'E3')).code).toBe(2);
    expect(project.book()).toHaveLength(booked);
  });

  it('refuses a statement that it cannot read, and a file that is not there', async () => {
    await paidProject();
    await project.write('statement.csv', 'Receipt,Details,Amount\nA,B,1\n');
    const ended = await project.run('reconcile', 'outcomes', '--statement', 'statement.csv', '--apply');
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('Paid out')]);
    expect((await project.run('reconcile', 'outcomes', '--statement', 'none.csv')).code).toBe(2);
    expect((await project.run('reconcile', 'december', '--statement', 'statement.csv')).code).toBe(2);
    expect((await project.run('reconcile', 'outcomes')).code).toBe(2);
  });
});
