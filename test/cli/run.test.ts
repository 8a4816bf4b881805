import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf, phoneOf, Project } from './harness.ts';

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

const THREE_KINDS = `
batch: payroll-2026-11
account: demo
currency: KES
control: { count: 3, sum: "105000.50" }
narrative: November salary
payments:
  - { id: EMP-001, name: Jane Wanjiku, amount: 45000.50, mobile: "+254712345678" }
  - { id: EMP-002, name: John Doe, amount: 35000, bank: { code: "015", account: "0123456789" } }
  - { id: EMP-003, name: Acme Ltd, amount: 25000, wallet: fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH }
`;

describe('payrun run', () => {
  it('pays every kind of destination and reports what became of each row', async () => {
    await project.write('batches/payroll.yaml', THREE_KINDS);
    const ended = await project.run('run', 'batches/');
    expect(ended.stderr).not.toContain('bug of ours');
    expect(ended.code).toBe(5);
    expect(ended.stdout).toContain(join('reports', 'payroll-2026-11', 'report.csv'));
    expect(ended.stdout).not.toContain('+254712345678');

    const rows = await project.report('payroll-2026-11');
    expect(rows.map(({ line, id, amount, status }) => [line, id, amount, status])).toEqual([
      ['8', 'EMP-001', '45000.50', 'paid'],
      ['9', 'EMP-002', '35000.00', 'pending'],
      ['10', 'EMP-003', '25000.00', 'paid'],
    ]);
    expect(rows.map((row) => row['destination'])).toEqual([
      "'+254712345678",
      '015/0123456789',
      'fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH',
    ]);
    expect(rows[1]?.['next_action']).toMatch(/resolve/);
    const booked = new Map(project.book().map((entry) => [entry.reference, entry.amountMinor]));
    expect(rows.map((row) => booked.get(row['reference'] ?? ''))).toEqual([4_500_050n, 3_500_000n, 2_500_000n]);
    expect(project.book()).toHaveLength(3);
    for (const name of ['report.csv', 'summary.json']) {
      expect((await stat(join(project.dir, 'reports/payroll-2026-11', name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(project.dir, 'payrun.db'))).mode & 0o777).toBe(0o600);
  });

  it('pays no payment again when the same file runs again, however it is spelled', async () => {
    await project.write('batches/payroll.yaml', THREE_KINDS);
    await project.run('run', 'batches/');
    const booked = project.book().length;
    expect((await project.run('run', 'batches/')).code).toBe(5);
    const respelled = THREE_KINDS.replace('"+254712345678"', '"0712 345 678"')
      .replace('45000.50,', '45000.5,')
      .replace('EMP-003,', 'emp-003,');
    await project.write('batches/payroll.yaml', respelled);
    expect((await project.run('run', 'batches/payroll.yaml')).code).toBe(5);
    expect(project.book()).toHaveLength(booked);
  });

  it('refuses a copy under another name and a file that changed, naming what differs', async () => {
    await project.write('batches/november.csv', csvOf(4));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    await project.write('batches/copy.csv', csvOf(4));
    const copied = await project.run('run', 'batches/');
    expect(copied.code).toBe(3);
    expect(copied.stderr).toContain('november');
    expect((await project.errors('copy')).map((row) => row['code'])).toEqual(['batch-copy']);

    await project.write('batches/november.csv', csvOf(4).replace('100.02', '900.02'));
    const changed = await project.run('run', 'batches/november.csv');
    expect(changed.code).toBe(3);
    expect(changed.stderr).toContain('amount was 100.02, is 900.02');
    expect(project.book()).toHaveLength(4);

    expect((await project.run('run', 'batches/copy.csv', '--allow-duplicate')).code).toBe(0);
    expect(project.book()).toHaveLength(8);
  });

  it('accepts additions with --amend and nothing that touches what was sent', async () => {
    await project.write('batches/november.csv', csvOf(2));
    await project.run('run', 'batches/november.csv');
    await project.write('batches/november.csv', csvOf(3));
    expect((await project.run('run', 'batches/november.csv')).code).toBe(3);
    expect((await project.run('run', 'batches/november.csv', '--amend')).code).toBe(0);
    expect(project.book()).toHaveLength(3);
    await project.write('batches/november.csv', csvOf(3).replace('100.01', '100.09'));
    expect((await project.run('run', 'batches/november.csv', '--amend')).code).toBe(3);
    expect(await project.report('november')).toHaveLength(3);
  });

  it('sends nothing of a file with one bad row and lists every problem', async () => {
    const bad = csvOf(5).replace('100.02', '1,00').replace('EMP-4', 'emp-3').replace('0712200059', '0712');
    await project.write('batches/bad.csv', bad.replace('EMP-2,Person 2,1,00', 'EMP-2,Person 2,"1,00"'));
    const ended = await project.run('run', 'batches/bad.csv');
    expect(ended.code).toBe(3);
    const errors = await project.errors('bad');
    expect(errors.map((row) => [row['line'], row['field']])).toEqual([
      ['3', 'amount'],
      ['5', 'id'],
      ['6', 'mobile'],
    ]);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('refuses a batch whose totals are not the expected ones', async () => {
    await project.write('batches/november.csv', csvOf(2));
    expect((await project.run('run', 'batches/november.csv', '--expect-count', '3')).code).toBe(3);
    expect((await project.run('run', 'batches/november.csv', '--expect-sum', '200.04')).code).toBe(3);
    expect(project.simulator.stats().requests).toBe(0);
    expect(
      (await project.run('run', 'batches/november.csv', '--expect-count', '2', '--expect-sum', '200.03')).code,
    ).toBe(0);
  });

  it('sends nothing of a batch before its not_before', async () => {
    await project.write(
      'batches/later.yaml',
      THREE_KINDS.replace('narrative:', 'not_before: 2999-01-01T00:00:00+03:00\nnarrative:'),
    );
    const ended = await project.run('run', 'batches/');
    expect(ended.code).toBe(5);
    expect((await project.report('payroll-2026-11')).map((row) => row['status'])).toEqual([
      'planned',
      'planned',
      'planned',
    ]);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('prints one JSON document, whatever the exit', async () => {
    await project.write('batches/payroll.yaml', THREE_KINDS);
    const ended = await project.run('run', 'batches/', '--json', '--rows');
    const document: unknown = JSON.parse(ended.stdout);
    expect(document).toMatchObject({
      version: 1,
      exit: 5,
      batches: [
        {
          batch: 'payroll-2026-11',
          refused: false,
          count: 3,
          counts: { paid: 2, pending: 1 },
          sums: { KES: { paid: '70000.50', pending: '35000.00' } },
          issues: [],
          payments: [{ id: 'EMP-001', status: 'paid' }, { id: 'EMP-002' }, { id: 'EMP-003' }],
        },
      ],
    });
    await project.write('batches/bad.csv', 'id,amount\n1,2\n');
    const refused = await project.run('run', 'batches/bad.csv', '--json');
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({ exit: 3, batches: [{ batch: 'bad', refused: true }] });
    const broken = await project.run('run', 'batches/bad.csv', '--json', '--config', 'nowhere.yaml');
    expect(broken.code).toBe(2);
    expect(JSON.parse(broken.stdout)).toMatchObject({ exit: 2, batches: [] });
  });

  it('refuses a batch that the balance does not cover, before anything is sent', async () => {
    await project.close();
    project = await Project.open({ simulator: { balance: '250.00' } });
    await project.write('batches/november.csv', csvOf(3));
    const ended = await project.run('run', 'batches/november.csv');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('balance-short');
    expect(project.book()).toHaveLength(0);
  });

  it('uses one token for a sweep of many files', async () => {
    for (let n = 0; n < 13; n++)
      await project.write(
        `batches/b${n}.csv`,
        csvOf(1, () => `07124${String(n).padStart(2, '0')}009`).replace('EMP-', `B${n}-`),
      );
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(project.book()).toHaveLength(13);
    expect(project.simulator.stats().routes['authorize']).toBe(1);
  });

  it('amends nothing while another run works the account', async () => {
    await project.close();
    project = await Project.open({ simulator: { latencyMs: { min: 100, max: 120 } } });
    await project.write('batches/november.csv', csvOf(40));
    const live = project.start(['run', 'batches/november.csv', '--expect-count', '40']);
    await until(() => project.book().length >= 1);
    await project.write('batches/november.csv', csvOf(41));
    const amended = await project.run('run', 'batches/november.csv', '--amend', '--wait', '0s');
    expect(amended.code).toBe(5);
    expect(amended.stderr).toContain('another run');
    expect((await live.ended).code).toBe(0);
    expect(project.book()).toHaveLength(40);
  });

  it('refuses an amendment that brings in the payments of another batch', async () => {
    await project.write('batches/october.csv', csvOf(6));
    await project.write('batches/small.csv', csvOf(1, phoneOf('0722')).replace('EMP-1', 'OTHER-1'));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    const rows = csvOf(6).split('\n').slice(1).join('\n');
    await project.write('batches/small.csv', csvOf(1, phoneOf('0722')).replace('EMP-1', 'OTHER-1') + rows);
    const amended = await project.run('run', 'batches/small.csv', '--amend');
    expect(amended.code).toBe(3);
    expect(amended.stderr).toContain('october');
    expect(project.book()).toHaveLength(7);
  });

  it('goes on paying when its output cannot be written', async () => {
    await project.write('batches/november.csv', csvOf(60));
    expect(await project.shell('run batches/ > /dev/full 2> /dev/full')).toBe(0);
    expect(project.book()).toHaveLength(60);
    expect(await project.report('november')).toHaveLength(60);
  });

  it('reads a file again when the CSV of its rows changed in a folder below', async () => {
    const batch = 'batch: november\naccount: demo\nrows: data/rows.csv\n';
    await project.write('batches/november.yaml', batch);
    await project.write('batches/data/rows.csv', csvOf(2));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect((await project.run('run', 'batches/')).stderr).toContain('Nothing to do');
    await project.write('batches/data/rows.csv', csvOf(3));
    expect((await project.run('run', 'batches/')).code).toBe(3);
  });

  it('writes deleted reports again', async () => {
    await project.write('batches/november.csv', csvOf(2));
    await project.run('run', 'batches/');
    await rm(join(project.dir, 'reports/november'), { recursive: true });
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await project.report('november')).toHaveLength(2);
  });

  it('reports the true statuses after a kill between the last payment and the report', async () => {
    await project.close();
    project = await Project.open({ simulator: { latencyMs: { min: 30, max: 40 } } });
    await project.write('batches/november.csv', csvOf(8));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(0);
    await project.write('batches/december.csv', csvOf(8, phoneOf('0722')).replaceAll('EMP-', 'DEC-'));
    const started = project.start(['run', 'batches/']);
    await until(() => project.book().length === 16);
    started.child.kill('SIGKILL');
    await started.ended;
    // Whether the last answers were recorded or not, the next sweep has a report to write, and later ones have nothing to add.
    for (let sweep = 0; sweep < 2; sweep++) {
      const { code } = await project.run('run', 'batches/');
      const rows = await project.report('december');
      const unknown = rows.filter((row) => row['status'] === 'unknown').length;
      expect(rows.filter((row) => row['status'] === 'paid')).toHaveLength(8 - unknown);
      expect(code).toBe(unknown > 0 ? 5 : 0);
    }
    expect(project.book()).toHaveLength(16);
  });

  it('finishes what is in flight when interrupted, and pays the rest in the next run', async () => {
    await project.close();
    project = await Project.open({ simulator: { latencyMs: { min: 40, max: 60 } } });
    await project.write('batches/november.csv', csvOf(60));
    const started = project.start(['run', 'batches/november.csv']);
    await until(() => project.book().length >= 5);
    started.child.kill('SIGINT');
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    const rows = await project.report('november');
    const statuses = rows.map((row) => row['status']);
    expect(new Set(statuses)).toEqual(new Set(['paid', 'planned']));
    expect(statuses.filter((status) => status === 'paid')).toHaveLength(project.book().length);
    expect((await project.run('run', 'batches/november.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(60);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
