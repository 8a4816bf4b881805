import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from './harness.ts';
import { StrictPesaway, strictProject } from './strict-pesaway.ts';

describe('a correction of what a person called failed', () => {
  let provider: StrictPesaway;
  let project: Project;
  beforeEach(async () => {
    provider = await StrictPesaway.start();
    project = await strictProject(provider);
  });
  afterEach(async () => {
    await project.close();
    provider.close();
  });

  const row = async (batch: string): Promise<Record<string, string>> => (await project.report(batch))[0] ?? {};

  /** A payment whose answer was lost and that a person has recorded as failed; resolves to its reference. */
  async function failedByPerson(): Promise<string> {
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane Wanjiku,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    const { reference = '' } = await row('november');
    const because = ['--because', 'seen at the bank', '--by', 'Njeri'];
    expect((await project.run('resolve', reference, '--as', 'failed', ...because)).code).toBe(0);
    const failed = await project.read('reports/november/november-failed.csv');
    await project.write('fix.csv', failed.replace('0712345678', '0712345699'));
    provider.losesAnswers = false;
    provider.queried.length = 0;
    return reference;
  }

  it.each(['paid', 'pending', 'silent'] as const)(
    'sends nothing where the provider is %s about the old reference',
    async (state) => {
      const old = await failedByPerson();
      provider.states.set(old, state);
      const ended = await project.run('run', 'fix.csv', '--wait', '0s');
      expect([ended.code, provider.paid]).toEqual([3, [old]]);
      expect(provider.queried).toContain(old);
      expect((await project.run('run', 'fix.csv', '--wait', '0s')).code).toBe(3);
      expect(provider.paid).toEqual([old]);
    },
  );

  it('is sent where the provider has no such payment, and the old reference goes on being queried', async () => {
    const old = await failedByPerson();
    provider.states.set(old, 'not-found');
    expect((await project.run('run', 'fix.csv', '--wait', '0s')).code).toBe(5);
    expect(provider.paid).toHaveLength(2);
    expect(await row('november')).toMatchObject({ status: 'replaced' });
    expect((await project.run('settle')).code).toBe(0);
    expect(await row('fix')).toMatchObject({ status: 'paid' });
    provider.states.set(old, 'paid');
    const ended = await project.run('settle');
    expect(ended.stderr).toContain('contradict');
    expect(await row('november')).toMatchObject({ status: 'replaced', code: 'contradiction' });
    expect(await row('fix')).toMatchObject({ status: 'paid', code: 'contradiction' });
    expect(ended.code).toBe(5);
    expect(provider.paid).toHaveLength(2);
  });
});
