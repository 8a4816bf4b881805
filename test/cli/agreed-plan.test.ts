import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project, type Ended } from './harness.ts';
import { batchesOf } from './planned.ts';

let project: Project;
afterEach(() => project.close());

const FILE = 'batches/november.csv';
const OTHER = 'f'.repeat(64);

async function planned(...flags: string[]): Promise<string> {
  const [batch] = batchesOf(await project.run('plan', FILE, ...flags, '--json'));
  return batch?.plan_digest ?? '';
}

async function refusedAsDifferent(ended: Ended, agreed: string): Promise<void> {
  const [batch] = batchesOf(ended);
  expect([ended.code, batch?.refused]).toEqual([3, true]);
  const issue = batch?.issues.find(({ code }) => code === 'plan-differs');
  const now = batch?.plan_digest ?? '';
  expect(now).toMatch(/^[0-9a-f]{64}$/);
  for (const text of [agreed, now, 'batch november', 'Nothing was sent', `payrun plan ${FILE}`]) {
    expect(issue?.message).toContain(text);
  }
  expect((await project.errors('november')).map(({ code }) => code)).toContain('plan-differs');
}

describe('run --plan', () => {
  it('pays what plan showed, by the command that plan prints, and pays it once', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(3));
    const digest = await planned();
    const { stdout } = await project.run('plan', FILE);
    expect(stdout.split('\n')).toContain(`To pay only this: payrun run ${FILE} --plan ${digest}`);
    expect((await project.run('run', FILE, '--plan', digest)).code).toBe(0);
    expect((await project.run('run', FILE, '--plan', digest.toUpperCase())).code).toBe(0);
    expect(project.book()).toHaveLength(3);
    expect((await project.run('plan', FILE)).stdout).not.toContain('To pay only this');
  });

  it('refuses another digest: nothing is registered, nothing is sent', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(3));
    await refusedAsDifferent(await project.run('run', FILE, '--plan', OTHER, '--json'), OTHER);
    expect((await project.run('status', 'november')).code).toBe(2);
    expect([project.simulator.stats().requests, existsSync(join(project.dir, 'reports/november/report.csv'))]).toEqual([
      0,
      false,
    ]);
  });

  it.each([
    ['an amount', (csv: string) => csv.replace('100.02', '100.03'), (yaml: string) => yaml],
    ['a destination', (csv: string) => csv.replace('0712200029', '0712200059'), (yaml: string) => yaml],
    ['an added row', () => csvOf(4), (yaml: string) => yaml],
    ['a limit', (csv: string) => csv, (yaml: string) => yaml.replace('concurrency: 4', 'concurrency: 5')],
    ['a setting of the account', (csv: string) => csv, (yaml: string) => yaml.replace('1000/s }', '999/s }')],
    ['the window for copies', (csv: string) => csv, (yaml: string) => `${yaml}duplicate_window: 1h\n`],
  ])('refuses when %s changed since', async (_, changedCsv, changedYaml) => {
    project = await Project.open();
    await project.write(FILE, csvOf(3));
    const agreed = await planned();
    await project.write(FILE, changedCsv(csvOf(3)));
    await project.write('payrun.yaml', changedYaml(await project.read('payrun.yaml')));
    const { requests } = project.simulator.stats();
    await refusedAsDifferent(await project.run('run', FILE, '--plan', agreed, '--json'), agreed);
    expect(project.simulator.stats().requests).toBe(requests);
  });

  it('goes on under the digest after kill -9, and pays each payment once', async () => {
    project = await Project.open({ simulator: { latencyMs: { min: 100, max: 120 }, dedupe: 'reject' } });
    await project.write(FILE, csvOf(30));
    const digest = await planned();
    const running = project.start(['run', FILE, '--plan', digest]);
    await expect.poll(() => project.book().length, { timeout: 20_000 }).toBeGreaterThan(2);
    running.child.kill('SIGKILL');
    await running.ended;
    const paid = project.book().length;
    await refusedAsDifferent(await project.run('run', FILE, '--plan', OTHER, '--json'), OTHER);
    expect(project.book().length - paid).toBeLessThanOrEqual(4);
    const [batch] = batchesOf(await project.run('run', FILE, '--plan', digest, '--json'));
    expect([batch?.refused, batch?.plan_digest]).toEqual([false, digest]);
    const references = project.book().map(({ reference }) => reference);
    expect([references.length, new Set(references).size]).toEqual([30, 30]);
  });

  it('refuses what another process has amended meanwhile, and the file that it was agreed for is another one now', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(2));
    const agreed = await planned();
    expect((await project.run('run', FILE, '--plan', agreed)).code).toBe(0);
    await project.write(FILE, csvOf(3));
    expect((await project.run('run', FILE, '--amend')).code).toBe(0);
    await refusedAsDifferent(await project.run('run', FILE, '--plan', agreed, '--json'), agreed);
    await project.write(FILE, csvOf(2));
    const old = await project.run('run', FILE, '--plan', agreed, '--json');
    expect([old.code, batchesOf(old)[0]?.issues.map(({ code }) => code)]).toEqual([3, ['batch-missing']]);
    expect(project.book()).toHaveLength(3);
  });

  it('pays a corrected file under the digest of its plan with --amend, and goes on without it', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(2));
    await project.run('run', FILE);
    await project.write(FILE, csvOf(3));
    const { stdout } = await project.run('plan', FILE, '--amend');
    const digest = await planned('--amend');
    expect(stdout).toContain(`payrun run ${FILE} --amend --plan ${digest}`);
    expect((await project.run('run', FILE, '--plan', digest)).code).toBe(3);
    expect((await project.run('run', FILE, '--amend', '--plan', digest)).code).toBe(0);
    expect((await project.run('run', FILE, '--plan', digest)).code).toBe(0);
    expect(project.book()).toHaveLength(3);
  });

  it('is a mistake of the command line without one whole digest and one file', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(2));
    await project.write('batches/other.csv', csvOf(1));
    const digest = await planned();
    const { requests } = project.simulator.stats();
    for (const malformed of [digest.slice(0, 12), digest.slice(1), `${digest}0`, 'latest', '', `g${digest.slice(1)}`]) {
      const ended = await project.run('run', FILE, '--plan', malformed);
      expect([malformed, ended.code]).toEqual([malformed, 2]);
      expect(ended.stderr).toContain('64 hexadecimal digits');
    }
    for (const files of [[FILE, 'batches/other.csv'], ['batches/'], ['batches/', FILE]]) {
      const ended = await project.run('run', ...files, '--plan', digest);
      expect([files, ended.code]).toEqual([files, 2]);
      expect(ended.stderr).toContain('--plan is the digest of one batch file');
    }
    expect(project.simulator.stats().requests).toBe(requests);
  });

  it('says which secret is missing, where without it the place is not known', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(2));
    const digest = await planned();
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace('SELLAPAY_API_KEY', 'MISSING_KEY'));
    const ended = await project.run('run', FILE, '--plan', digest);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('MISSING_KEY');
  });
});
