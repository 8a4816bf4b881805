import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Project } from './harness.ts';
import { StrictPesaway, strictProject } from './strict-pesaway.ts';

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

const row = async (id: string, batch = 'november'): Promise<Record<string, string>> =>
  (await project.report(batch)).find((found) => found['id'] === id) ?? {};
const decide = (reference: string, status: string): Promise<Ended> =>
  project.run('resolve', reference, '--as', status, '--because', 'seen at the bank', '--by', 'Njeri');

describe('after a recovery', () => {
  it('says of a cancelled row and of a failed one what is true, and a step that works', async () => {
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    provider.states.set((await row('E1'))['reference'] ?? '', 'failed');
    await project.run('settle');
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    await project.write(
      'batches/november.csv',
      'id,name,amount,mobile\nE1,Jane,100.00,0712345678\nE2,Ben,50.00,0712345688\n',
    );
    await project.run('run', 'batches/', '--amend', '--wait', '0s');
    await project.run('cancel', 'november', '--id', 'E2', '--because', 'left us', '--by', 'Mary');
    await project.run('resume', 'demo', '--by', 'Mary');
    expect([await row('E1'), await row('E2')]).toMatchObject([{ status: 'failed' }, { status: 'cancelled' }]);
    expect((await project.run('backup', 'copy.db')).code).toBe(0);
    await project.write('batches/december.csv', 'id,name,amount,mobile\nE9,Zoe,7.00,0712345698\n');
    await project.run('run', 'batches/', '--wait', '0s');
    for (const ending of ['', '-wal', '-shm']) await rm(join(project.dir, `payrun.db${ending}`), { force: true });
    await copyFile(join(project.dir, 'copy.db'), join(project.dir, 'payrun.db'));
    await project.run('recover', '--because', 'disk', '--by', 'Mary');
    const sent = provider.paid.length;

    await project.write('fix.csv', 'replaces,id,name,amount,mobile\nnovember/E1,E1,Jane,100.00,0712345618\n');
    const early = await project.run('run', 'fix.csv', '--wait', '0s');
    expect([early.code, early.stderr]).toEqual([3, expect.stringContaining('payrun retry november --id E1')]);
    for (const id of ['E1', 'E2']) {
      const ended = await project.run('retry', 'november', '--id', id, '--wait', '0s');
      expect([ended.code, ended.stderr]).toEqual([
        5,
        expect.stringContaining('what it had lost may have sent this retry'),
      ]);
      expect(await row(id)).toMatchObject({ status: 'unknown', generation: '2' });
    }
    expect(provider.paid).toHaveLength(sent);
    // The provider has no such payment, and a person says so: now both go on as ever.
    provider.losesAnswers = false;
    for (const id of ['E1', 'E2']) await decide((await row(id))['reference'] ?? '', 'failed');
    expect((await project.run('run', 'fix.csv', '--wait', '0s')).code).toBe(5);
    await project.run('retry', 'november', '--id', 'E2', '--wait', '0s');
    expect([await row('E1'), await row('E2')]).toMatchObject([
      { status: 'replaced' },
      { status: 'pending', generation: '3' },
    ]);
    expect(provider.paid).toHaveLength(sent + 2);
  });
});

describe('a retry that was killed', () => {
  /** A failure by a person's word, at a provider that has no such payment. */
  async function failedByPerson(): Promise<string> {
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    const { reference = '' } = await row('E1');
    expect((await decide(reference, 'failed')).code).toBe(0);
    provider.queried.length = 0;
    return reference;
  }

  it('after it had planned the new reference queries the old one again in the next command, which sends nothing where it was paid', async () => {
    const old = await failedByPerson();
    // A pause stops the retry where a kill would: the new reference is planned and has not left.
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    expect((await project.run('retry', 'november', '--wait', '0s')).code).toBe(5);
    expect([await row('E1'), provider.queried]).toMatchObject([{ status: 'planned', generation: '2' }, [old]]);
    await project.run('resume', 'demo', '--by', 'Mary');
    provider.states.set(old, 'silent');
    for (const command of [
      ['retry', 'november'],
      ['run', 'batches/'],
    ]) {
      provider.queried.length = 0;
      const ended = await project.run(...command, '--wait', '0s');
      expect([command, ended.code, ended.stderr]).toEqual([
        command,
        5,
        expect.stringContaining(`earlier reference ${old}`),
      ]);
      expect([provider.queried.includes(old), provider.paid]).toEqual([true, [old]]);
    }
    provider.states.set(old, 'paid');
    expect((await project.run('retry', 'november', '--wait', '0s')).code).toBe(5);
    expect([await row('E1'), provider.paid]).toMatchObject([{ status: 'unknown', code: 'contradiction' }, [old]]);
  });

  it('between the query and the new reference is harmless, and the second one queries again', async () => {
    const old = await failedByPerson();
    const started = project.start(['retry', 'november', '--wait', '0s']);
    provider.onQuery = () => started.child.kill('SIGKILL');
    expect((await started.ended).signal).toBe('SIGKILL');
    provider.onQuery = () => undefined;
    expect([provider.queried, provider.paid]).toEqual([[old], [old]]);
    provider.states.set(old, 'paid');
    provider.queried.length = 0;
    await project.run('retry', 'november', '--wait', '0s');
    expect([provider.queried, provider.paid]).toEqual([[old], [old]]);
    expect(await row('E1')).toMatchObject({ status: 'unknown', code: 'contradiction' });
  });

  it('while it sent is shown as unknown by the next one, also where that has nothing to do', async () => {
    const old = await failedByPerson();
    const started = project.start(['retry', 'november', '--wait', '0s']);
    provider.onPayment = () => started.child.kill('SIGKILL');
    expect((await started.ended).signal).toBe('SIGKILL');
    provider.onPayment = () => undefined;
    expect(provider.paid).toHaveLength(2);
    const ended = await project.run('retry', 'november', '--wait', '0s');
    expect([ended.code, await row('E1')]).toMatchObject([
      5,
      { status: 'unknown', generation: '2', code: 'process-died' },
    ]);
    expect(provider.paid).toEqual([old, (await row('E1'))['reference']]);
  });

  it('while it sent is shown as unknown by status, in the report too', async () => {
    await failedByPerson();
    const started = project.start(['retry', 'november', '--wait', '0s']);
    provider.onPayment = () => started.child.kill('SIGKILL');
    await started.ended;
    provider.onPayment = () => undefined;
    expect((await project.run('status', 'november')).code).toBe(5);
    expect(await row('E1')).toMatchObject({ status: 'unknown', generation: '2', code: 'process-died' });
  });
});

describe('an account that sends elsewhere now', () => {
  let other: StrictPesaway;
  beforeEach(async () => {
    other = await StrictPesaway.start();
    other.losesAnswers = false;
  });
  afterEach(() => other.close());

  async function move(): Promise<void> {
    const yaml = await project.read('payrun.yaml');
    await project.write('payrun.yaml', yaml.replace(provider.endpoint, other.endpoint));
  }

  it('is never asked about an earlier reference that went to the place of before, and sends nothing that rests on it', async () => {
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    const { reference: old = '' } = await row('E1');
    await decide(old, 'failed');
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    await project.run('retry', 'november', '--wait', '0s');
    await project.run('resume', 'demo', '--by', 'Mary');
    expect(await row('E1')).toMatchObject({ status: 'planned', generation: '2' });
    await move();
    for (const command of [['retry', 'november', '--wait', '0s'], ['run', 'batches/', '--wait', '0s'], ['settle']]) {
      const ended = await project.run(...command);
      expect([command, ended.code, other.queried, other.paid]).toEqual([command, 5, [], []]);
    }
    expect(provider.paid).toEqual([old]);
  });
});
