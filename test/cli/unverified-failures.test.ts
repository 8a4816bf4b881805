import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project, type Ended } from './harness.ts';

/** Sellapay cannot be asked what became of a payment. */
describe('a failure that rests on a person, at a provider that cannot be asked', () => {
  let project: Project;
  let reference = '';
  beforeEach(async () => {
    project = await Project.open();
    // The first number answers 500, so that a person decides; the wallet is refused by the provider itself.
    await project.write(
      'may.csv',
      'id,name,amount,mobile,wallet\nE1,Jane,100.00,0712340001,\nE2,Ben,50.00,,acctMISSING\n',
    );
    expect((await project.run('run', 'may.csv')).code).toBe(5);
    reference = (await row('E1'))['reference'] ?? '';
    const because = ['--because', 'not in the statement', '--by', 'Mary'];
    expect((await project.run('resolve', reference, '--as', 'failed', ...because)).code).toBe(0);
  });
  afterEach(() => project.close());

  const row = async (id: string, batch = 'may'): Promise<Record<string, string>> =>
    (await project.report(batch)).find((found) => found['id'] === id) ?? {};
  const accepted = ['--accept-unverified', '--because', 'the statement of May has no such line', '--by', 'Njeri'];

  it('is sent again without a terminal only with a flag and a reason, which are recorded; others are sent without', async () => {
    for (const flags of [[], ['--yes'], ['--id', 'E1', '--yes']]) {
      const ended: Ended = await project.run('retry', 'may', ...flags);
      expect([flags, ended.code, ended.stderr]).toEqual([flags, 4, expect.stringContaining('--accept-unverified')]);
      expect(ended.stderr).toContain(`E1 (${reference})`);
      expect(await row('E1')).toMatchObject({ status: 'failed', generation: '1', reference });
    }
    // What the provider itself refused was sent again at once.
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '3' });
    const unexplained = await project.run('retry', 'may', '--accept-unverified');
    expect([unexplained.code, unexplained.stderr]).toEqual([2, expect.stringContaining('--because')]);
    const ended = await project.run('retry', 'may', '--id', 'E1', ...accepted);
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('Accepted by Njeri')]);
    expect(await row('E1')).toMatchObject({ status: 'unknown', generation: '2' });
    const because = ['--because', 'nothing again', '--by', 'Mary'];
    await project.run('resolve', (await row('E1'))['reference'] ?? '', '--as', 'failed', ...because);
    // The word of before is none about the next reference.
    expect((await project.run('retry', 'may', '--id', 'E1', '--yes')).code).toBe(4);
    expect(await row('E1')).toMatchObject({ generation: '2' });
  });

  it('is corrected without a terminal only with the flag and a reason', async () => {
    const failed = await project.read('reports/may/may-failed.csv');
    const [head = '', first = ''] = failed.split('\r\n');
    await project.write('fix.csv', `${head}\r\n${first.replace('0712340001', '0712300019')}\r\n`);
    const refused = await project.run('run', 'fix.csv', '--yes');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('--accept-unverified')]);
    expect(project.book()).toHaveLength(0);
    expect((await project.run('run', 'fix.csv', '--accept-unverified')).code).toBe(2);
    expect((await project.run('run', 'fix.csv', ...accepted)).code).toBe(0);
    expect(project.book()).toHaveLength(1);
    const reason = `Accepted by Njeri on .*cannot be asked about ${reference}: the statement of May has no such line. Replaced by fix/E1`;
    expect(await row('E1')).toMatchObject({ status: 'replaced', reason: expect.stringMatching(reason) as string });
  });
});
