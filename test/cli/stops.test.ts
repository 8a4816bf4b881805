import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf, Project, type Started } from './harness.ts';

/** What `--json` prints, as far as these tests look. */
interface Document {
  readonly exit: number;
  readonly batches: readonly {
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
    readonly paused: { readonly by: string; readonly at: string; readonly because: string } | null;
    readonly changes?: readonly { readonly id: string; readonly reference: string }[];
  }[];
}

describe('stopping from another process while a run pays', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ simulator: { latencyMs: { min: 300, max: 400 } } });
    await project.write('batches/november.csv', csvOf(60));
  });
  afterEach(() => project.close());

  const json = async (...args: string[]): Promise<Document> =>
    JSON.parse((await project.run(...args, '--json')).stdout) as Document;

  async function payingRun(): Promise<Started> {
    const started = project.start(['run', 'batches/november.csv']);
    await expect.poll(() => project.book().length, { timeout: 20_000, interval: 10 }).toBeGreaterThan(3);
    return started;
  }

  it('cancel ends what is planned, and nothing of it leaves after its answer', async () => {
    const started = await payingRun();
    const cancelled = await json('cancel', 'november', '--because', 'wrong list', '--by', 'Mary');
    expect(cancelled.exit).toBe(0);
    const sent = project.book().length;
    const ended = await started.ended;
    expect(project.book()).toHaveLength(sent);
    expect(sent).toBeLessThan(60);
    expect(ended.code).toBe(0);
    const rows = await project.report('november');
    const byPerson = rows.filter(({ status }) => status === 'cancelled');
    expect(byPerson).toHaveLength(60 - sent);
    expect(cancelled.batches[0]?.changes?.map(({ reference }) => reference)).toEqual(
      byPerson.map(({ reference }) => reference),
    );
    for (const { reason } of byPerson) expect(reason).toMatch(/^Cancelled by Mary on .*: wrong list$/);
    expect((await project.run('run', 'batches/november.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(sent);
  });

  it('cancel --id lists what was sent already, and says with --dry-run what it would do', async () => {
    const started = await payingRun();
    await json('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    await started.ended;
    const args = ['cancel', 'november', '--id', 'EMP-1', 'EMP-60', '--because', 'left', '--by', 'Mary'] as const;
    const dry = await json(...args, '--dry-run');
    expect((await json('status', 'november')).batches[0]?.counts['cancelled']).toBeUndefined();
    const real = await json(...args);
    expect(dry.batches[0]?.changes).toEqual(real.batches[0]?.changes);
    expect(dry.batches[0]?.notes).toEqual(real.batches[0]?.notes);
    expect(real.batches[0]?.changes?.map(({ id }) => id)).toEqual(['EMP-60']);
    expect(real.batches[0]?.notes.join(' ')).toContain('EMP-1 ');
    expect([dry.exit, real.exit]).toEqual([2, 2]);
  });

  for (const name of ['demo', 'november']) {
    it(`pause ${name} stops a run, keeps the next ones from sending, and resume lets them`, async () => {
      const started = await payingRun();
      const paused = await project.run('pause', name, '--because', 'wrong list', '--by', 'Mary');
      expect(paused.code).toBe(0);
      const sent = project.book().length;
      const ended = await started.ended;
      expect(ended.code).toBe(5);
      expect(ended.stderr).toContain('was paused by Mary');
      expect(project.book()).toHaveLength(sent);
      const again = await project.run('run', 'batches/november.csv', '--wait', '1s');
      expect(again.code).toBe(5);
      expect(again.stderr).toContain(`payrun resume ${name}`);
      expect(project.book()).toHaveLength(sent);
      const { batches } = await json('status', 'november');
      expect(batches[0]?.paused).toMatchObject({ because: 'wrong list', by: expect.stringMatching(/^Mary/) as string });
      expect(Date.parse(batches[0]?.paused?.at ?? '')).toBeGreaterThan(0);
      expect((await project.run('resume', name, '--by', 'Mary')).code).toBe(0);
      expect((await project.run('run', 'batches/november.csv')).code).toBe(0);
      expect(project.book()).toHaveLength(60);
      expect((await json('status', 'november')).batches[0]?.paused).toBeNull();
    });
  }

  it('a pause outlives a run that was killed, and what that run was sending is unknown', async () => {
    const started = await payingRun();
    started.child.kill('SIGKILL');
    await started.ended;
    expect((await project.run('pause', '--because', 'killed', '--by', 'Mary')).code).toBe(0);
    const sent = project.book().length;
    const again = await project.run('run', 'batches/november.csv', '--wait', '1s');
    expect(again.code).toBe(5);
    expect(project.book()).toHaveLength(sent);
    expect((await project.run('resume', 'demo')).code).toBe(2);
    expect((await project.run('resume', '--by', 'Mary')).code).toBe(0);
    await project.run('run', 'batches/november.csv', '--wait', '1s');
    const paidTwice = Map.groupBy(project.book(), ({ destination }) => destination).values();
    for (const moves of paidTwice) expect(moves).toHaveLength(1);
  });

  it('pause and resume refuse a name that they do not know', async () => {
    await project.write('batches/november.csv', csvOf(1));
    await project.run('run', 'batches/november.csv');
    for (const args of [
      ['pause', 'nothing', '--because', 'x', '--by', 'Mary'],
      ['resume', 'demo', '--by', 'Mary'],
    ]) {
      const { code, stdout } = await project.run(...args, '--json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ version: 1, exit: 2 });
    }
  });
});
