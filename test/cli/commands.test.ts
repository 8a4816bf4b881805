import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf, Project } from './harness.ts';

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

/** One payment of each outcome, by the simulator's magic values: paid, answer 500, lost answer, pending. */
const OUTCOMES = `id,name,amount,mobile,Department
E1,Jane Wanjiku,100.00,0712345678,Ops
E2,John Otieno,200.00,0712340001,Sales
E3,Amina Hassan,300.00,0712340002,=1+1
E4,Peter Kamau,400.00,0712340005,"a ""quoted"" one"
`;

describe('the commands on a batch', () => {
  it('keep a payment unknown without evidence, and the report says what to check', async () => {
    await project.write('batches/outcomes.csv', OUTCOMES);
    expect((await project.run('run', 'batches/')).code).toBe(5);
    const rows = await project.report('outcomes');
    expect(rows.map((row) => row['status'])).toEqual(['paid', 'unknown', 'unknown', 'pending']);
    expect(rows.map((row) => row['Department'])).toEqual(['Ops', 'Sales', "'=1+1", 'a "quoted" one']);
    for (const row of rows.slice(1)) {
      expect(row['next_action']).toContain(row['reference']);
      expect(row['next_action']).toMatch(/statement/i);
    }
    // Another run and another settle send nothing.
    const booked = project.book().length;
    expect((await project.run('run', 'batches/')).code).toBe(5);
    expect((await project.run('settle')).code).toBe(5);
    expect(project.book()).toHaveLength(booked);
  });

  it('resolve records the decision of a person, only on an open payment', async () => {
    await project.write('batches/outcomes.csv', OUTCOMES);
    await project.run('run', 'batches/');
    const [paid, failed, lost, pending] = (await project.report('outcomes')).map((row) => row['reference'] ?? '');
    expect(
      (
        await project.run(
          'resolve',
          lost ?? '',
          '--as',
          'paid',
          '--because',
          'statement of 28 November',
          '--by',
          'Njeri',
          '--provider-reference',
          'TXN-1',
        )
      ).code,
    ).toBe(0);
    expect(
      (await project.run('resolve', pending ?? '', '--as', 'paid', '--because', 'statement', '--by', 'Njeri')).code,
    ).toBe(0);
    expect(
      (
        await project.run(
          'resolve',
          failed ?? '',
          '--as',
          'failed',
          '--because',
          'not in the statement',
          '--by',
          'Njeri',
        )
      ).code,
    ).toBe(0);
    const rows = await project.report('outcomes');
    expect(rows.map((row) => row['status'])).toEqual(['paid', 'failed', 'paid', 'paid']);
    expect(rows[2]).toMatchObject({ provider_reference: 'TXN-1' });
    expect(rows[2]?.['reason']).toContain('statement of 28 November');

    const again = await project.run('resolve', paid ?? '', '--as', 'failed', '--because', 'seen', '--by', 'Njeri');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('paid');
    expect(
      (await project.run('resolve', 'NOSUCHREFERENCE00000', '--as', 'paid', '--because', 'seen', '--by', 'Njeri')).code,
    ).toBe(2);
    expect((await project.run('resolve', lost ?? '', '--as', 'paid')).code).toBe(2);
  });

  it('retry sends the failed payments, and only those, with a new reference', async () => {
    await project.write('batches/outcomes.csv', OUTCOMES);
    await project.run('run', 'batches/');
    const before = await project.report('outcomes');
    await project.run(
      'resolve',
      before[1]?.['reference'] ?? '',
      '--as',
      'failed',
      '--because',
      'not in the statement',
      '--by',
      'Njeri',
    );
    expect(await project.read('reports/outcomes/outcomes-failed.csv')).toBe(
      "replaces,id,name,amount,mobile,Department\r\noutcomes/E2,E2,John Otieno,200.00,'0712340001,Sales\r\n",
    );
    const booked = project.book().length;
    expect((await project.run('retry', 'outcomes', '--id', 'E1')).code).toBe(2);
    const ended = await project.run('retry', 'outcomes');
    expect(ended.code).toBe(5);
    const after = await project.report('outcomes');
    expect(after[1]).toMatchObject({ status: 'unknown', generation: '2', attempts: '2' });
    expect(after[1]?.['reference']).not.toBe(before[1]?.['reference']);
    expect(after[2]?.['reference']).toBe(before[2]?.['reference']);
    // The simulator's 0001 books nothing.
    expect(project.book()).toHaveLength(booked);
  });

  it('retry sends what an interrupted retry has planned', async () => {
    await project.write(
      'batches/wallets.csv',
      'id,name,amount,wallet\nW1,A,10.00,acctMISSING\nW2,B,20.00,acctMISSING\n',
    );
    expect((await project.run('run', 'batches/')).code).toBe(4);
    const offline = (await project.read('payrun.yaml')).replace(
      project.simulator.endpoint,
      'http://127.0.0.1:9/api/v1',
    );
    const online = await project.read('payrun.yaml');
    await project.write('payrun.yaml', offline);
    expect((await project.run('retry', 'wallets')).code).toBe(5);
    expect((await project.report('wallets')).map((row) => [row['status'], row['generation']])).toEqual([
      ['planned', '2'],
      ['planned', '2'],
    ]);
    await project.write('payrun.yaml', online);
    expect((await project.run('retry', 'wallets')).code).toBe(4);
    expect((await project.report('wallets')).map((row) => [row['status'], row['generation']])).toEqual([
      ['failed', '2'],
      ['failed', '2'],
    ]);
  });

  it('status and report show what the ledger has', async () => {
    await project.write('batches/november.csv', csvOf(3));
    await project.run('run', 'batches/');
    const status = await project.run('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ batches: [{ batch: 'november', counts: { paid: 3 } }] });
    const before = await project.read('reports/november/report.csv');
    await project.write('reports/november/report.csv', 'spoiled');
    expect((await project.run('report', 'november')).code).toBe(0);
    expect(await project.read('reports/november/report.csv')).toBe(before);
    expect((await project.run('report', 'december')).code).toBe(2);
  });

  it('plan shows what run would do and sends nothing', async () => {
    await project.write('batches/outcomes.csv', OUTCOMES);
    const fresh = await project.run('plan', 'batches/outcomes.csv', '--json');
    expect(fresh.code).toBe(0);
    expect(JSON.parse(fresh.stdout)).toMatchObject({
      batches: [
        {
          counts: { planned: 4 },
          plan: { action: 'register', new: [{ count: 4, sum: '1000.00' }], balances: [{ left: '9999000.00' }] },
        },
      ],
    });
    expect(project.book()).toHaveLength(0);
    await project.run('run', 'batches/');
    const after = JSON.parse((await project.run('plan', 'batches/outcomes.csv', '--json')).stdout) as unknown;
    expect(after).toMatchObject({
      batches: [{ plan: { new: [], resumed: [], skipped: [{ count: 2 }], blocked: [{ count: 2 }] } }],
    });
  });

  it('accounts shows the balance of every account', async () => {
    const ended = await project.run('accounts', '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      exit: 0,
      accounts: [{ account: 'demo', balance: '10000000.00', ok: true }],
    });
  });

  it('validate prints every problem and writes nothing', async () => {
    await project.write('batches/bad.csv', 'id,amount,mobile\nE1,x,0712345678\nE2,5.00,12\n');
    const ended = await project.run('validate', 'batches/bad.csv');
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/bad\.csv:2: .*amount/);
    expect(ended.stdout).toMatch(/bad\.csv:3: .*mobile/);
    await expect(project.read('payrun.db')).rejects.toThrow('ENOENT');
    await expect(project.errors('bad')).rejects.toThrow('ENOENT');
  });
});
