import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeWorkbook } from '../workbook/workbook-writer.ts';
import { csvOf, Project, startCli, type Ended } from './harness.ts';
import { pesawayProject, until } from './pesaway-project.ts';

let project: Project;
afterEach(() => project.close());

/** Two payments, of which the simulator refuses the second. */
const WITH_FAILURE = 'id,name,amount,mobile,wallet\nEMP-1,Jane,100.01,0712200019,\nEMP-2,Acme,100.02,,acctMISSING\n';

/** A payer whose account has the built-in simulator; `live` gives the account the address of a strict server. */
async function simulating(limits = '{ rate: 1000/s, concurrency: 4 }'): Promise<Project> {
  project = await Project.open();
  await project.write('live.yaml', await project.read('payrun.yaml'));
  const live = await project.read('live.yaml');
  const simulated = live.replace(/endpoint: \S+/, 'endpoint: simulator').replace(/limits: \{.*\}/, `limits: ${limits}`);
  await project.write('payrun.yaml', simulated);
  await project.write('rehearsal.yaml', simulated);
  return project;
}

const goLive = async (): Promise<unknown> => project.write('payrun.yaml', await project.read('live.yaml'));
const goBack = async (): Promise<unknown> => project.write('payrun.yaml', await project.read('rehearsal.yaml'));

function expectRefused(ended: Ended, ...words: readonly string[]): void {
  const output = `${ended.stdout}${ended.stderr}`;
  expect([ended.code, output]).toEqual([3, expect.any(String)]);
  for (const word of ['Only the built-in simulator paid this batch', ...words]) expect(output).toContain(word);
  expect(project.book()).toHaveLength(0);
}

const statuses = async (batch: string): Promise<(string | undefined)[]> =>
  (await project.report(batch)).map((row) => row['status']);

describe('a batch that was rehearsed', () => {
  it('is refused live by run, plan and validate, and paid once under a new name', async () => {
    await simulating();
    await project.write('batches/november.csv', csvOf(3));
    const first = await project.run('run', 'batches/');
    expect([first.code, await statuses('november')]).toEqual([0, ['paid', 'paid', 'paid']]);
    expect(first.stdout).toContain('All 3 payments were sent only to the built-in simulator: no money moved.');
    await goLive();
    for (const args of [
      ['run', 'batches/'],
      ['plan', 'batches/november.csv'],
      ['validate', 'batches/'],
      ['run', 'batches/'],
    ]) {
      expectRefused(await project.run(...args), '3 of its 3 payments', 'november-live.csv');
    }
    expect(await project.errors('november')).toMatchObject([{ code: 'simulated-only' }]);
    const status = await project.run('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ batches: [{ batch: 'november', simulated: 3 }] });
    expect(JSON.parse(await project.read('reports/november/summary.json'))).toMatchObject({ simulated: 3 });
    expect((await project.report('november')).map((row) => row['next_action'])).toEqual(
      Array(3).fill('Only the built-in simulator paid it: no money moved.'),
    );
    await rename(join(project.dir, 'batches/november.csv'), join(project.dir, 'batches/november-live.csv'));
    for (let times = 0; times < 2; times++) expect(await project.run('run', 'batches/')).toMatchObject({ code: 0 });
    expect(project.book()).toHaveLength(3);
    expect(JSON.parse(await project.read('reports/november-live/summary.json'))).toMatchObject({ simulated: 0 });
  });

  it('is paid once with --batch as the message says, or with another batch id in its YAML', async () => {
    await simulating();
    const csv = await project.write('batches/november.csv', csvOf(2));
    const yaml = 'batch: december\naccount: demo\ncurrency: KES\nrows: rows/december.csv\n';
    await project.write('batches/rows/december.csv', csvOf(2).replaceAll('EMP', 'DEC').replaceAll('0712', '0713'));
    await project.write('batches/december.yaml', yaml);
    const first = await project.run('run', 'batches/');
    expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);
    await goLive();
    const refused = await project.run('run', csv);
    const [, id = ''] = /--batch (\S+)\./.exec(refused.stderr) ?? [];
    expectRefused(refused);
    expect(await project.run('run', csv, '--batch', id)).toMatchObject({ code: 0 });
    expect(project.book()).toHaveLength(2);
    const other = await project.run('run', 'batches/december.yaml');
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('`batch: december-live`')]);
    await project.write('batches/december.yaml', yaml.replace('december', 'december-live'));
    expect(await project.run('run', 'batches/december.yaml')).toMatchObject({ code: 0 });
    expect(project.book()).toHaveLength(4);
  });

  it('is refused when its rule names a live account instead, also with --amend', async () => {
    await simulating();
    await project.write('batches/november.csv', csvOf(2));
    await project.run('run', 'batches/');
    const simulated = await project.read('rehearsal.yaml');
    const account = /\n {2}demo:\n(?: {4}.*\n)+/.exec(await project.read('live.yaml'))?.[0] ?? '';
    await project.write(
      'payrun.yaml',
      simulated
        .replace('\ndefaults:', `${account.replace('demo:', 'salaries:')}defaults:`)
        .replace('account: demo', 'account: salaries'),
    );
    for (const flags of [[], ['--amend']]) {
      const ended = await project.run('run', 'batches/november.csv', ...flags);
      expectRefused(ended, 'account salaries is live now');
      expect(ended.stderr).not.toContain('restore the row');
    }
  });

  it('is refused in whole when the rehearsal was killed, and its planned rows are no copies of the live ones', async () => {
    await simulating('{ rate: 4/s, concurrency: 1 }');
    await project.write('batches/november.csv', csvOf(12));
    const started = project.start(['run', 'batches/']);
    const simulated = (): Promise<string> => readFile(join(project.dir, 'payrun.db.sim/demo'), 'utf8').catch(() => '');
    await until('the simulator paid one', async () => (await simulated()).split('\n').length > 1);
    started.child.kill('SIGKILL');
    await started.ended;
    await goLive();
    expectRefused(await project.run('run', 'batches/'));
    expect((await statusCounts('november'))['planned']).toBeGreaterThan(0);
    for (const args of [['settle'], ['settle', 'november'], ['retry', 'november']]) await project.run(...args);
    expectRefused(await project.run('run', 'batches/'));
    const csv = 'batches/november.csv';
    expect(await project.run('run', csv, '--batch', 'november-live')).toMatchObject({ code: 0 });
    expect(project.book()).toHaveLength(12);
  });

  it('is not retried live', async () => {
    await simulating();
    await project.write('batches/november.csv', WITH_FAILURE);
    const ended = await project.run('run', 'batches/');
    expect([ended.code, await statuses('november')]).toEqual([4, ['paid', 'failed']]);
    await goLive();
    expectRefused(await project.run('retry', 'november'), 'Nothing was retried');
    await goBack();
    expect(await project.run('retry', 'november')).toMatchObject({ code: 4 });
    await goLive();
    expectRefused(await project.run('retry', 'november'));
    expect(await statusCounts('november')).toMatchObject({ paid: 1, failed: 1 });
  });
});

async function statusCounts(batch: string): Promise<Record<string, number>> {
  const { stdout } = await project.run('status', batch, '--json');
  const { batches } = JSON.parse(stdout) as { batches: { counts: Record<string, number> }[] };
  return batches[0]?.counts ?? {};
}

describe('open payments of a rehearsal at a provider that can be asked', () => {
  it('are never asked about or resolved at the live provider', async () => {
    ({ project } = await pesawayProject({ options: 'poll: [10m]', callbacks: '' }));
    const live = await project.read('payrun.yaml');
    await project.write('payrun.yaml', live.replace(/endpoint: \S+/, 'endpoint: simulator'));
    // Numbers that stay pending at the simulator, however long the run takes.
    await project.write(
      'batches/november.csv',
      'id,name,amount,mobile\nEMP-1,Jane Wanjiku,10.50,+254712000002\nEMP-2,John Otieno,11.50,+254722000002\n',
    );
    expect(await project.run('run', 'batches/', '--wait', '0s')).toMatchObject({ code: 5 });
    const [first] = await project.report('november');
    expect(first?.['status']).toBe('pending');
    await project.write('payrun.yaml', live);
    expectRefused(await project.run('run', 'batches/'));
    const settled = await project.run('settle', 'november');
    expect([settled.code, settled.stderr]).toEqual([5, expect.stringContaining('Sent only to the built-in simulator')]);
    const why = ['--because', 'it was only a rehearsal', '--yes'];
    await project.run('resolve', first?.['reference'] ?? '', '--as', 'failed', ...why);
    await project.run('retry', 'november');
    await project.run('run', 'batches/', '--wait', '1s');
    expect(project.simulator.stats().requests).toBe(0);
    for (const row of await project.report('november')) {
      if (row['status'] === 'pending') expect(row['next_action']).toContain('never sent live');
    }
  });
});

describe('a batch that was sent live', () => {
  it('is not sent to the simulator, nor is the simulator asked, when its account is switched', async () => {
    await simulating();
    await goLive();
    await project.write('batches/november.csv', WITH_FAILURE);
    expect(await project.run('run', 'batches/')).toMatchObject({ code: 4 });
    await goBack();
    const ended = await project.run('run', 'batches/');
    expect([ended.code, ended.stderr]).toEqual([
      4,
      expect.stringContaining('Nothing of the batch is sent to the simulator'),
    ]);
    const retried = await project.run('retry', 'november');
    expect([retried.code, retried.stderr]).toEqual([3, expect.stringContaining('Nothing was retried')]);
    expect(await statuses('november')).toEqual(['paid', 'failed']);
    await goLive();
    expect(await project.run('retry', 'november')).toMatchObject({ code: 4 });
    expect(project.book()).toHaveLength(1);
  });
});

describe('the folder that payrun init writes', () => {
  it('pays a workbook that is dropped into it as it pays a CSV', async () => {
    project = await Project.open();
    const dir = await mkdtemp(join(tmpdir(), 'payrun-init-'));
    const folder = join(dir, 'payday');
    try {
      expect(await startCli(['init', 'payday'], dir).ended).toMatchObject({ code: 0 });
      const rows = [
        ['id', 'name', 'amount', 'mobile'],
        ['E1', 'Jane', 500.5, '0712345678'],
      ];
      await writeFile(join(folder, 'batches/November pay.xlsx'), writeWorkbook([{ name: 'Nov', rows }]));
      await writeFile(join(folder, 'batches/casuals.csv'), csvOf(1));
      expect(await startCli(['run', 'batches/'], folder).ended).toMatchObject({ code: 0 });
      const report = await readFile(join(folder, 'reports/november-pay/report.csv'), 'utf8');
      expect(report).toContain('500.50');
      expect(report).toContain('paid');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('is rehearsed as often as it is made, and goes live by the lines that it names', async () => {
    project = await Project.open();
    const dir = await mkdtemp(join(tmpdir(), 'payrun-init-'));
    const folder = join(dir, 'payday');
    const env = { SELLAPAY_API_KEY: 'key-of-the-test', SELLAPAY_API_SECRET: 'secret-of-the-test' };
    const payrun = (...args: string[]): Promise<Ended> => startCli(args, folder, env).ended;
    try {
      for (let times = 0; times < 2; times++) {
        await rm(folder, { recursive: true, force: true });
        expect(await startCli(['init', 'payday'], dir).ended).toMatchObject({ code: 0 });
        expect(await payrun('run', 'batches/')).toMatchObject({ code: 0 });
      }
      await writeFile(join(folder, 'batches/november.csv'), csvOf(2));
      expect(await payrun('run', 'batches/')).toMatchObject({ code: 0 });
      const yaml = (await readFile(join(folder, 'payrun.yaml'), 'utf8'))
        .replace(/^ {2}#(salaries:| {2,}.*)$/gm, '  $1')
        .replace('environment: live', `endpoint: ${project.simulator.endpoint}`)
        .replace(/account: demo +# \[2\] live: salaries/, 'account: salaries');
      await writeFile(join(folder, 'payrun.yaml'), yaml);
      const refused = await payrun('run', 'batches/');
      expectRefused(refused, 'november-live.csv');
      await rename(join(folder, 'batches/november.csv'), join(folder, 'batches/november-live.csv'));
      const paid = await payrun('run', 'batches/');
      expect([paid.code, paid.stderr]).toEqual([0, expect.any(String)]);
      expect(project.book()).toHaveLength(2);
      // Another rehearsal beside the live account.
      await writeFile(join(folder, 'december.csv'), csvOf(2).replaceAll('EMP', 'DEC').replaceAll('0712', '0713'));
      expect(await payrun('run', 'december.csv', '--account', 'demo', '--batch', 'rehearsal-1')).toMatchObject({
        code: 0,
      });
      expect(await payrun('run', 'december.csv')).toMatchObject({ code: 0 });
      expect(project.book()).toHaveLength(4);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
