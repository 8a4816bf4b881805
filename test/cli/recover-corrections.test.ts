import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Project } from './harness.ts';
import { StrictPesaway, strictProject } from './strict-pesaway.ts';

describe('a recovery after a row was corrected', () => {
  let provider: StrictPesaway;
  let project: Project;
  let first = '';
  beforeEach(async () => {
    provider = await StrictPesaway.start();
    project = await strictProject(provider);
  });
  afterEach(async () => {
    await project.close();
    provider.close();
  });

  const row = async (batch: string): Promise<Record<string, string>> => (await project.report(batch))[0] ?? {};
  const because = ['--because', 'the disk was replaced', '--by', 'Mary'];
  const recover = (...files: string[]): Promise<Ended> => project.run('recover', ...files, ...because);
  const inProject = (path: string): string => join(project.dir, path);

  /** Backed up while the row was `unknown` or `failed`; then it failed, was corrected, and the correction was paid. */
  async function correctedAfterBackup(backedUp: 'unknown' | 'failed'): Promise<void> {
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane Wanjiku,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    first = (await row('november'))['reference'] ?? '';
    if (backedUp === 'unknown') expect((await project.run('backup', 'copy.db')).code).toBe(0);
    provider.states.set(first, 'failed');
    expect((await project.run('settle')).code).toBe(4);
    if (backedUp === 'failed') expect((await project.run('backup', 'copy.db')).code).toBe(0);
    const failed = await project.read('reports/november/november-failed.csv');
    await project.write('fix.csv', failed.replace('0712345678', '0712345699'));
    provider.losesAnswers = false;
    await project.run('run', 'fix.csv', '--wait', '0s');
    expect((await project.run('settle')).code).toBe(0);
    expect([await row('november'), await row('fix')]).toMatchObject([{ status: 'replaced' }, { status: 'paid' }]);
    expect(provider.paid).toHaveLength(2);
  }

  async function restore(): Promise<void> {
    for (const ending of ['', '-wal', '-shm']) await rm(inProject(`payrun.db${ending}`), { force: true });
    await copyFile(inProject('copy.db'), inProject('payrun.db'));
  }

  /** Everything that a person may try sends nothing. */
  async function nothingIsSent(): Promise<void> {
    for (const command of [
      ['settle'],
      ['retry', 'november'],
      ['settle'],
      ['retry', 'november', '--id', 'E1'],
      ['run', 'batches/'],
    ]) {
      await project.run(...command, ...(command[0] === 'settle' ? [] : ['--wait', '0s']));
      expect([command, provider.paid.length]).toEqual([command, 2]);
    }
  }

  it.each([
    ['its file', false],
    ['only its report', true],
  ] as const)(
    'never pays the old row again that was unknown in the backup, with the correction known by %s',
    async (_, isFileLost) => {
      await correctedAfterBackup('unknown');
      if (isFileLost) await rm(inProject('fix.csv'));
      await restore();
      const ended = await recover();
      expect(ended.stdout).toContain('batches only. A file that was run from anywhere else');
      expect([await row('november'), await row('fix')]).toMatchObject([{ status: 'unknown' }, { status: 'paid' }]);
      await nothingIsSent();
      expect(await row('november')).toMatchObject({
        status: 'replaced',
        reason: expect.stringContaining('fix/E1') as string,
      });
    },
  );

  it.each(['unknown', 'failed'] as const)(
    'names a correction of which only the report of the old row tells, and takes its file later; the row was %s',
    async (backedUp) => {
      await correctedAfterBackup(backedUp);
      await mkdir(inProject('elsewhere'));
      await rename(inProject('fix.csv'), inProject('elsewhere/fix.csv'));
      await rm(inProject('reports/fix'), { recursive: true });
      await restore();
      const ended = await recover();
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('november/E1 was corrected by fix/E1')]);
      expect(await row('november')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      await project.run('settle');
      await project.run('retry', 'november', '--wait', '0s');
      expect(provider.paid).toHaveLength(2);
      const named = await recover('elsewhere/fix.csv');
      expect(named.stdout).toContain('The ledger does not know what was named as run');
      await nothingIsSent();
      expect(await row('fix')).toMatchObject({ status: 'paid' });
      expect(await row('november')).toMatchObject({ status: expect.stringMatching(/^(replaced|unknown)$/) as string });
    },
  );
});
