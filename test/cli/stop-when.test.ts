import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, phoneOf, Project, type ProjectOptions } from './harness.ts';

/** What `--json` prints, as far as these tests look. */
interface Document {
  readonly exit: number;
  readonly batches: readonly {
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
    readonly paused: { readonly by: string; readonly at: string; readonly because: string } | null;
  }[];
}

/** What becomes of a row: paid, failed (there is no such wallet), or unknown (the provider answers with an error). */
type End = 'p' | 'f' | 'u';

const PHONES: Readonly<Record<string, string>> = { SEC: '0722', a: '0723', b: '0724', c: '0725', d: '0726' };

/** A file of one row for each letter. */
function rowsOf(ends: string, prefix = 'EMP'): string {
  const phone = phoneOf(PHONES[prefix] ?? '0712');
  const rows = Array.from(ends, (end, at) => {
    const n = at + 1;
    const destination = { p: `${phone(n)},`, f: ',acctMISSING', u: '0712340001,' }[end as End];
    return `${prefix}-${n},Person ${n},${100 + n}.00,${destination}`;
  });
  return ['id,name,amount,mobile,wallet', ...rows, ''].join('\n');
}

const configWith = (stopWhen: string, limits: string): string =>
  CONFIG.replace('limits: { rate: 1000/s, concurrency: 4 }', `limits: ${limits}\n    stop_when: ${stopWhen}`);

describe('stop_when', () => {
  let project: Project;
  afterEach(() => project.close());

  async function open(stopWhen: string, limits: string, options: ProjectOptions = {}): Promise<void> {
    project = await Project.open({ ...options, config: configWith(stopWhen, limits) });
  }
  const json = async (...args: string[]): Promise<Document> =>
    JSON.parse((await project.run(...args, '--json')).stdout) as Document;
  const sentCount = async (batch = 'november'): Promise<number> => {
    const rows = await project.report(batch);
    return rows.filter(({ status }) => status !== 'planned').length;
  };

  for (const [concurrency, rate] of [
    [1, '1000/s'],
    [5, '1000/s'],
    [20, '1000/s'],
    [5, '30/s'],
  ] as const) {
    it(`stops after 3 failed with ${concurrency} at once and ${rate}, and not much later`, async () => {
      await open('{ failed: 3 }', `{ rate: ${rate}, concurrency: ${concurrency} }`, {
        simulator: { latencyMs: { min: 5, max: 40 } },
      });
      await project.write('batches/november.csv', rowsOf(`${'p'.repeat(10)}fpfppfff${'pf'.repeat(30)}`));
      const { code, stderr } = await project.run('run', 'batches/november.csv', '--wait', '1s');
      expect(code).toBe(5);
      expect(stderr).toMatch(/Account demo was paused by payrun at .*: stop_when\.failed of 3 is reached: \d+ failed/);
      expect(stderr).toContain('payrun status november');
      expect(stderr).toContain('payrun resume demo');
      const sent = await sentCount();
      // The third failure is the 16th row.
      expect(sent).toBeGreaterThanOrEqual(16);
      expect(sent).toBeLessThanOrEqual(16 + concurrency - 1);
    });
  }

  it('is durable, says why in status, and counts anew after a resume', async () => {
    await open('{ failed: 2, unknown: 2 }', '{ rate: 1000/s, concurrency: 1 }');
    await project.write('batches/november.csv', rowsOf('pfpfppfppuppupppp'));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    expect(await sentCount()).toBe(4);
    // Every later sweep leaves it, too.
    expect((await project.run('run', 'batches/', '--quiet', '--wait', '0s')).code).toBe(5);
    expect(await sentCount()).toBe(4);
    const { exit, batches } = await json('status', 'november');
    expect(exit).toBe(5);
    expect(batches[0]?.paused).toMatchObject({ scope: 'account', name: 'demo', by: 'payrun' });
    expect(batches[0]?.paused?.because).toMatch(
      /^stop_when\.failed of 2 is reached: 2 failed payments of batch november\./,
    );
    const planned = (await project.report('november')).filter(({ status }) => status === 'planned');
    for (const { next_action: next } of planned) expect(next).toMatch(/^Not sent\. .*stop_when.*payrun resume demo$/);
    expect(planned).toHaveLength(13);
    const screen = await project.run('status', 'november');
    expect(screen.stdout).toMatch(/Account demo was paused by payrun[\s\S]*payrun resume demo/);

    expect((await project.run('resume', 'demo', '--by', 'Mary')).code).toBe(0);
    expect((await project.run('run', 'batches/', '--wait', '0s')).stderr).toContain(
      'stop_when.unknown of 2 is reached',
    );
    // One more failed, which is no second one since the resume; the two unknown ones stop it.
    expect(await sentCount()).toBe(13);
    expect((await project.run('resume', 'demo', '--by', 'Mary')).code).toBe(0);
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    expect(await sentCount()).toBe(17);
    expect((await json('status', 'november')).batches[0]?.paused).toBeNull();
    const twice = Map.groupBy(project.book(), ({ destination }) => destination).values();
    for (const moves of twice) expect(moves).toHaveLength(1);
  });

  it('looks at a share from 20 ended payments on, and not at a single one', async () => {
    await open('{ failed: 10% }', '{ rate: 1000/s, concurrency: 1 }');
    await project.write('batches/first.csv', rowsOf(`f${'p'.repeat(24)}`));
    expect((await project.run('run', 'batches/first.csv')).code).toBe(4);
    expect(await sentCount('first')).toBe(25);
    // Two of 19 are more than 10 %, and are not looked at; two of 20 are.
    await project.write('batches/second.csv', rowsOf(`ff${'p'.repeat(40)}`, 'SEC'));
    const { code, stderr } = await project.run('run', 'batches/second.csv', '--wait', '0s');
    expect(code).toBe(5);
    expect(stderr).toContain('stop_when.failed of 10% is reached: 2 failed of 20 ended payments of batch second');
    expect(await sentCount('second')).toBe(20);
  });

  it('goes on over files of one sweep, so that many small files do not each begin at nothing', async () => {
    await open('{ failed: 3 }', '{ rate: 1000/s, concurrency: 1 }');
    for (const name of ['a', 'b', 'c', 'd']) await project.write(`batches/${name}.csv`, rowsOf('pfp', name));
    const { code, stderr } = await project.run('run', 'batches/', '--wait', '0s');
    expect(code).toBe(5);
    expect(stderr).toContain('3 failed payments of batch c and those before it in this run');
    expect(project.book()).toHaveLength(5);
    expect(await sentCount('c')).toBe(2);
    expect(await sentCount('d')).toBe(0);
  });

  it('holds after a kill between the outcome and the pause', async () => {
    await open('{ failed: 2 }', '{ rate: 1000/s, concurrency: 1 }', { simulator: { latencyMs: { min: 60, max: 80 } } });
    await project.write('batches/november.csv', rowsOf(`fppf${'p'.repeat(20)}`));
    const started = project.start(['run', 'batches/november.csv']);
    await expect.poll(() => project.book().length, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(2);
    started.child.kill('SIGKILL');
    await started.ended;
    const again = await project.run('run', 'batches/november.csv', '--wait', '0s');
    expect(again.code).toBe(5);
    expect(again.stderr).toContain('was paused by payrun');
    expect(project.book().length).toBeLessThanOrEqual(2);
  });

  it('stops a retry as it stops a run', async () => {
    await open('{ failed: 4 }', '{ rate: 1000/s, concurrency: 1 }');
    await project.write('batches/november.csv', rowsOf('fff'));
    expect((await project.run('run', 'batches/november.csv')).code).toBe(4);
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace('failed: 4', 'failed: 2'));
    const { code, stderr } = await project.run('retry', 'november', '--wait', '0s');
    expect(code).toBe(5);
    expect(stderr).toContain('stop_when.failed of 2 is reached: 2 failed payments of batch november');
    const statuses = (await project.report('november')).map(({ status }) => status).sort();
    expect(statuses).toEqual(['failed', 'failed', 'planned']);
  });
});
