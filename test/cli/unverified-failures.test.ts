import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

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
    const decided = ['--because', 'not in the statement', '--by', 'Mary'];
    expect((await project.run('resolve', reference, '--as', 'failed', ...decided)).code).toBe(0);
  });
  afterEach(() => project.close());

  const row = async (id: string, batch = 'may'): Promise<Record<string, string>> =>
    (await project.report(batch)).find((found) => found['id'] === id) ?? {};
  const because = ['--because', 'the statement of May has no such line', '--by', 'Njeri'];

  it('is sent again after saying so, by whom and why', async () => {
    const ended = await project.run('retry', 'may', ...because);
    expect([ended.code, ended.stderr]).toEqual([
      5,
      expect.stringContaining(`sellapay cannot be asked about E1 (${reference})`),
    ]);
    // What the provider itself refused needs no word of a person.
    expect(ended.stderr).not.toContain('E2 (');
    expect(await row('E1')).toMatchObject({ status: 'unknown', generation: '2' });
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '2' });
  });

  it('is not sent again by a dry run', async () => {
    expect((await project.run('retry', 'may', '--dry-run')).code).toBe(0);
    expect(await row('E1')).toMatchObject({ status: 'failed', generation: '1' });
  });

  it('is corrected after saying so, and who accepted it and why is in the report', async () => {
    const failed = await project.read('reports/may/may-failed.csv');
    const [head = '', first = ''] = failed.split('\r\n');
    await project.write('fix.csv', `${head}\r\n${first.replace('0712340001', '0712300019')}\r\n`);
    const ended = await project.run('run', 'fix.csv', ...because);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining(`cannot be asked about E1 (${reference})`)]);
    expect(project.book()).toHaveLength(1);
    const reason = `Accepted by Njeri on .*cannot be asked about ${reference}: the statement of May has no such line. Replaced by fix/E1`;
    expect(await row('E1')).toMatchObject({ status: 'replaced', reason: expect.stringMatching(reason) as string });
  });
});
