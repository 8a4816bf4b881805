import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project, type Ended } from './harness.ts';
import { pesawayProject } from './pesaway-project.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let project: Project;

afterEach(async () => {
  await project.close();
});

/** An environment in which the wall clock of a process stands apart, from its start or from a moment after it. */
function clockApart(ms: number, afterMs = 0): Record<string, string> {
  const shift = `const R = Date, t = R.now() + ${afterMs}, s = () => (R.now() >= t ? ${Math.round(ms)} : 0);
    globalThis.Date = class extends R { constructor(...a) { a.length ? super(...a) : super(R.now() + s()); }
      static now() { return R.now() + s(); } };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
}

async function runApart(ms: number, ...args: string[]): Promise<Ended> {
  return project.start(args, clockApart(ms)).ended;
}

const copyOf = (rows: number): string => csvOf(rows).replaceAll('EMP-', 'X-');
const output = ({ stdout, stderr }: Ended): string => stdout + stderr;

describe('a file and its copy', () => {
  it.each([
    ['the year 2000', Date.UTC(2000, 0, 1) - Date.now()],
    ['last year', -400 * DAY],
  ])('are paid once although the clock stood in %s for the first', async (_, apartMs) => {
    project = await Project.open();
    await project.write('batches/a.csv', csvOf(4));
    const first = await runApart(apartMs, 'run', 'batches/a.csv');
    expect([first.code, first.stderr]).toEqual([
      0,
      expect.stringMatching(/clock of this machine stands \d+ minutes behind/),
    ]);
    await project.write('batches/b.csv', copyOf(4));
    for (const command of ['validate', 'run']) {
      const ended = await project.run(command, 'batches/b.csv');
      expect([ended.code, output(ended)]).toEqual([3, expect.stringContaining('batch-copy')]);
    }
    expect(project.book()).toHaveLength(4);
  });

  it('are paid once although the clock stands 400 days ahead for the copy', async () => {
    project = await Project.open();
    await project.write('batches/a.csv', csvOf(4));
    expect((await project.run('run', 'batches/a.csv')).code).toBe(0);
    await project.write('batches/b.csv', copyOf(4));
    const ended = await runApart(400 * DAY, 'run', 'batches/b.csv');
    expect([ended.code, output(ended)]).toEqual([3, expect.stringContaining('batch-copy')]);
    expect(project.book()).toHaveLength(4);
  });
});

describe('a clock behind the newest entry of the ledger', () => {
  it('is said, once', async () => {
    project = await Project.open();
    await project.write('batches/a.csv', csvOf(2));
    expect((await project.run('run', 'batches/a.csv')).code).toBe(0);
    await project.write('batches/b.csv', 'id,amount,mobile\nN1,77,0712345678\n');
    const { stderr, code } = await runApart(-3 * HOUR, 'run', 'batches/b.csv');
    expect(code).toBe(0);
    expect(stderr.match(/stands behind the newest entry of the ledger/g)).toHaveLength(1);
  });
});

describe('a payment whose answer was lost and that the provider does not find', () => {
  /** Of the provider's clock, which its answers show. */
  let shownMs = 0;

  async function lostPayment(wait: string, env: Record<string, string> = {}): Promise<Ended> {
    shownMs = 0;
    ({ project } = await pesawayProject({
      options: 'poll: [200ms], poll_every: 500ms, statement_after: 0s, resend_grace: 10m',
      faults: [{ fault: { kind: 'drop-before-booking' } }],
      simulator: { shownNow: () => Date.now() + shownMs },
    }));
    await project.write('batches/a.csv', csvOf(1));
    return project.start(['run', 'batches/a.csv', '--wait', wait], env).ended;
  }

  it('is not sent again because the clock jumped forwards between two runs, or within one', async () => {
    expect((await lostPayment('2s')).code).toBe(5);
    const later = await runApart(HOUR, 'run', 'batches/a.csv', '--wait', '2s');
    expect([later.code, later.stderr]).toEqual([5, expect.stringContaining('60 minutes ahead')]);
    expect(project.book()).toHaveLength(0);
    await project.close();
    expect((await lostPayment('4s', clockApart(100_000, 2_000))).code).toBe(5);
    expect(project.book()).toHaveLength(0);
  });

  it('is sent again when the grace has passed by the clock of the provider', async () => {
    expect((await lostPayment('2s')).code).toBe(5);
    shownMs = HOUR;
    expect((await runApart(HOUR, 'run', 'batches/a.csv', '--wait', '5s')).code).toBe(0);
    expect(project.book()).toHaveLength(1);
  });

  it('is queried again although it was queried while the clock stood 400 days ahead', async () => {
    expect((await lostPayment('2s')).code).toBe(5);
    expect((await runApart(400 * DAY, 'settle')).code).toBe(5);
    const before = project.simulator.stats().requests;
    expect((await project.run('run', 'batches/a.csv', '--wait', '2s')).code).toBe(5);
    expect(project.simulator.stats().requests).toBeGreaterThan(before + 1);
  });
});
