import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/cli/wrap.ts';
import { CONFIG, csvOf, phoneOf, Project } from './harness.ts';
import { screenLines, startInTerminal } from './pseudo-terminal.ts';

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

const FAILED = [41, 46];

/** 50 payments of which the provider refuses two, far down. */
const PAYROLL = [
  'id,name,amount,mobile,wallet',
  ...Array.from({ length: 50 }, (_, at) => {
    const n = at + 1;
    const to = FAILED.includes(n) ? ',acctMISSING' : `${phoneOf('0712')(n)},`;
    return `EMP-${n},Person ${n},${100 + n}.00,${to}`;
  }),
  '',
].join('\n');

const FAILED_ROWS = 'reports/payroll/payroll-failed.csv';

const retryOf = (n: number): string => `payrun retry payroll --id EMP-${n}`;

describe('the screen of a run', () => {
  it('has what needs somebody first, each with its whole next step on a line of its own, and what is paid as a count', async () => {
    await project.write('batches/payroll.csv', PAYROLL);
    const ended = await project.run('run', 'batches/payroll.csv');
    expect(ended.code).toBe(4);
    const lines = ended.stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('Batch payroll: 2 of 50 payments need somebody');
    const report = (await project.report('payroll')).filter((row) => row['status'] === 'failed');
    expect(lines.slice(1, 7)).toEqual(
      report.flatMap(({ id = '', amount = '', reason = '', next_action: step = '' }): unknown[] => [
        expect.stringMatching(new RegExp(`^${id} .*${amount} KES  failed$`)),
        `  ${reason}`,
        `  ${step}`,
      ]),
    );
    for (const n of FAILED) expect(ended.stdout).toContain(retryOf(n));
    expect(lines.slice(7)).toEqual([
      'paid    48  5988.00 KES',
      'failed   2   287.00 KES',
      `To correct rows: change ${FAILED_ROWS}, then: payrun run ${FAILED_ROWS}`,
      `Report: ${join(project.dir, 'reports/payroll/report.csv')}`,
    ]);
    expect(ended.stdout).not.toContain('EMP-1 ');
  });

  it.each([60, 80, 200])('breaks no command on a terminal of %i columns', async (columns) => {
    await project.write('batches/payroll.csv', PAYROLL);
    const run = startInTerminal(project, ['run', 'batches/payroll.csv'], columns);
    expect((await run.ended).code).toBe(4);
    const lines = screenLines(run.written());
    for (const n of FAILED) expect(lines.filter((line) => line.includes(retryOf(n)))).toHaveLength(1);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    const first = lines.findIndex((line) => line.startsWith('EMP-41'));
    expect(lines[first - 1]).toBe('Batch payroll: 2 of 50 payments need somebody');
    expect(lines.findIndex((line) => line.startsWith('paid  '))).toBeGreaterThan(first);
  });

  it('says of a settled batch in one line that nothing was sent, by name and in a sweep', async () => {
    await project.write('batches/nov.csv', csvOf(3));
    const paid = await project.run('run', 'batches/nov.csv');
    expect(paid.stdout).toMatch(/^Batch nov: all 3 payments are paid\npaid {2}3 /);
    const settled = /^Batch nov: settled \d{1,2} [A-Z][a-z]{2} \d\d:\d\d, nothing sent now\n$/;
    for (const what of ['batches/nov.csv', 'batches/']) {
      const again = await project.run('run', what);
      expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(settled)]);
    }
    await project.write('copy/nov.csv', csvOf(3));
    expect((await project.run('run', 'copy/nov.csv')).stdout).toMatch(settled);
  });

  it('shows the time at which a batch was settled, in the time zone of the project', async () => {
    await project.write('batches/nov.csv', csvOf(2));
    await project.run('run', 'batches/nov.csv');
    const times = (await project.report('nov')).map((row) => row['settled_at'] ?? '').sort();
    const [, , , day, clock] = /^(\d+)-(\d+)-(\d+)T(\d\d:\d\d)/.exec(times[1] ?? '') ?? [];
    const { stdout } = await project.run('run', 'batches/');
    expect(stdout).toContain(`settled ${Number(day)} `);
    expect(stdout).toContain(` ${clock ?? '?'}, nothing sent now`);
  });

  it('names what needs somebody in a settled batch, and no totals that look like a payment', async () => {
    await project.write('batches/payroll.csv', PAYROLL);
    await project.run('run', 'batches/');
    const again = await project.run('run', 'batches/');
    expect(again.code).toBe(4);
    expect(again.stdout).toMatch(/^Batch payroll: settled .*, nothing sent now\nEMP-41 /);
    for (const n of FAILED) expect(again.stdout).toContain(retryOf(n));
    expect(again.stdout).not.toMatch(/^paid/m);
    expect(again.stdout).toContain(`payrun run ${FAILED_ROWS}`);
  });

  it('has nothing on stdout with --quiet unless something needs a person', async () => {
    await project.write('batches/nov.csv', csvOf(3, phoneOf('0722')));
    const fresh = await project.run('run', 'batches/', '--quiet');
    expect(fresh).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await project.write('batches/payroll.csv', PAYROLL);
    const some = await project.run('run', 'batches/', '--quiet');
    expect([some.code, some.stderr]).toEqual([4, '']);
    expect(some.stdout).toMatch(/^Batch payroll: 2 of 50 payments need somebody\nEMP-41 /);
    expect(some.stdout).not.toContain('Batch nov');
  });

  it('has nothing on stdout with --quiet but the rest of a batch whose account stopped, and says why', async () => {
    await project.write(
      'batches/short.csv',
      'id,name,amount,mobile\nS-1,Jane,10.00,0722200019\nS-2,John,402.00,0722200029\nS-3,Amina,10.00,0722200039\n',
    );
    const ended = await project.run('run', 'batches/', '--quiet');
    expect([ended.code, ended.stdout]).toEqual([
      5,
      expect.stringMatching(/^Batch short: 1 of 3 payments is not sent yet\n/),
    ]);
    expect(ended.stderr).toMatch(/^Account demo stopped \(/);
  });
});

describe('how long a batch takes', () => {
  beforeEach(async () => {
    await project.close();
    const config = CONFIG.replace('{ rate: 1000/s', '{ rate: 90/min').replace(
      'currency',
      'environment: live\n    currency',
    );
    project = await Project.open({ config });
    await project.write('batches/payroll.csv', csvOf(900));
  });

  it('is in the plan, by the limits of the account', async () => {
    const { stdout } = await project.run('plan', 'batches/payroll.csv');
    expect(stdout).toMatch(/^ {2}takes {4}about 1\d min, until about \d\d:\d\d \(90 a minute\)$/m);
    const planned = await project.run('plan', 'batches/payroll.csv', '--json');
    const { batches } = JSON.parse(planned.stdout) as { batches: { plan: { duration_ms: number } }[] };
    expect(batches[0]?.plan.duration_ms).toBeGreaterThan(9 * 60_000);
    expect(batches[0]?.plan.duration_ms).toBeLessThan(12 * 60_000);
  });

  it('is in the question before a live run', async () => {
    const run = startInTerminal(project, ['run', 'batches/payroll.csv'], 200);
    while (!run.written().includes('[y/N]')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(run.written()).toMatch(
      /Batch payroll: 900 payments, [\d.]+ KES from the live account demo\. That takes about 1\d min, until about \d\d:\d\d \(90 a minute\)\. Pay now\? \[y\/N\]/,
    );
    run.type('n\n');
    expect((await run.ended).code).toBe(5);
    expect(project.book()).toHaveLength(0);
  });
});
