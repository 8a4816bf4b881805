import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

describe('commands that change something', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open();
    const config = await project.read('payrun.yaml');
    const statement = 'statement: { columns: { reference: Details, provider_reference: Receipt, amount: Paid out } }';
    await project.write('payrun.yaml', config.replace('    limits:', `    ${statement}\n    limits:`));
    // The answer to the first is lost after it was booked; the second is refused.
    await project.write(
      'may.csv',
      'id,name,amount,mobile,wallet\nE1,Jane,300.00,0712340002,\nE2,Ben,50.00,,acctMISSING\n',
    );
    expect((await project.run('run', 'may.csv')).code).toBe(5);
  });
  afterEach(() => project.close());

  const row = async (id: string): Promise<Record<string, string>> =>
    (await project.report('may')).find((found) => found['id'] === id) ?? {};
  const counter = (): unknown => {
    const database = new DatabaseSync(join(project.dir, 'payrun.db'), { readOnly: true });
    const found = database.prepare('SELECT count(*) AS pauses, count(ended_at) AS ended FROM pauses').get();
    database.close();
    return { ...found };
  };

  it('pause and resume say with --dry-run what they would do, and do nothing', async () => {
    const because = ['--because', 'the list is wrong', '--by', 'Mary'];
    const dry = await project.run('pause', 'demo', ...because, '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('Would be paused: demo.')]);
    expect(counter()).toEqual({ pauses: 0, ended: 0 });
    expect((await project.run('resume', 'demo', ...because, '--dry-run')).code).toBe(2);
    expect((await project.run('pause', 'demo', ...because)).code).toBe(0);
    const would = await project.run('resume', 'demo', ...because, '--dry-run');
    expect([would.code, would.stdout]).toEqual([0, expect.stringContaining('Would go on: demo.')]);
    expect(counter()).toEqual({ pauses: 1, ended: 0 });
    expect((await project.run('resume', 'demo', ...because)).stdout).toContain('Goes on: demo.');
    expect(counter()).toEqual({ pauses: 1, ended: 1 });
  });

  it('retry and reconcile record who and why', async () => {
    const [booked] = project.book();
    await project.write(
      'statement.csv',
      `Receipt,Details,Paid out\n${booked?.providerReference ?? ''},${booked?.reference ?? ''},-300.00\n`,
    );
    const because = ['--because', 'as Jane said on the phone', '--by', 'Mary'];
    await project.run('reconcile', 'may', '--statement', 'statement.csv', '--apply', ...because);
    const recorded = expect.stringMatching(/statement has it as paid .*Recorded by Mary on .*: as Jane said/) as string;
    expect(await row('E1')).toMatchObject({ status: 'paid', reason: recorded });
    await project.run('retry', 'may', ...because);
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '2' });
    const database = new DatabaseSync(join(project.dir, 'payrun.db'), { readOnly: true });
    const [entry] = database.prepare("SELECT reason FROM entries WHERE event = 'retried'").all();
    database.close();
    expect(entry?.['reason']).toMatch(/^To be sent again by Mary on .*: as Jane said on the phone\. Before: /);
  });
});
