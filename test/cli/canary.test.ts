import { afterEach, describe, expect, it } from 'vitest';
import { seeded } from '../../src/simulator/index.ts';
import { CONFIG, csvOf, phoneOf, Project, type ProjectOptions } from './harness.ts';
import { startInTerminal } from './pseudo-terminal.ts';

/** What `--json` prints, as far as these tests look. */
interface Document {
  readonly exit: number;
  readonly batches: readonly {
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
    readonly paused: { readonly by: string; readonly at: string; readonly because: string } | null;
    readonly canary: { readonly waiting: number; readonly accounts: readonly object[] } | null;
  }[];
}

const WAITING = 'Batch november: the first 3 are paid; 9 wait for: payrun resume november';

/** Ids of their own: a file that repeats those of another batch is refused as a copy. */
const named = (prefix: string, csv: string): string => csv.replaceAll('EMP-', `${prefix}-`);

describe('a canary', () => {
  let project: Project;
  afterEach(() => project.close());

  async function open(options: ProjectOptions = {}): Promise<void> {
    project = await Project.open(options);
    await project.write('batches/november.csv', csvOf(12));
  }
  const json = async (...args: string[]): Promise<Document> =>
    JSON.parse((await project.run(...args, '--json')).stdout) as Document;
  const noTwice = (): void => {
    const twice = Map.groupBy(project.book(), ({ destination }) => destination).values();
    for (const moves of twice) expect(moves).toHaveLength(1);
  };

  it('pays so many, leaves the rest to a resume, and no later sweep without the flag pays it before', async () => {
    await open();
    const first = await project.run('run', 'batches/november.csv', '--canary', '3', '--yes');
    expect(first.code).toBe(5);
    expect(first.stdout).toContain(WAITING);
    expect(first.stderr).toContain('--yes releases no canary');
    expect(project.book()).toHaveLength(3);
    for (let sweep = 0; sweep < 2; sweep++) {
      expect((await project.run('run', 'batches/', '--quiet')).code).toBe(5);
      expect(project.book()).toHaveLength(3);
    }
    const { exit, batches } = await json('status', 'november');
    expect(exit).toBe(5);
    expect(batches[0]?.counts).toEqual({ paid: 3, planned: 9 });
    expect(batches[0]?.paused).toMatchObject({ scope: 'batch', by: 'payrun (canary)', because: WAITING });
    expect(batches[0]?.canary).toEqual({ waiting: 9, accounts: [{ account: 'demo', size: 3, used: 3, waiting: 9 }] });
    expect(batches[0]?.notes).toContain(WAITING);
    expect((await project.run('status', 'november')).stdout).toContain(WAITING);
    const nextActions = async (): Promise<(string | undefined)[]> => [
      ...new Set((await project.report('november')).map((row) => row['next_action'])),
    ];
    expect(await nextActions()).toEqual([
      '',
      'Not sent yet: it waits behind the first 3 of its batch. Look at what became of those; then: payrun resume november',
    ]);

    const dry = await project.run('resume', 'november', '--by', 'Mary', '--dry-run');
    expect(dry.stdout).toContain('Would go on: november.');
    expect((await json('status', 'november')).batches[0]?.canary).not.toBeNull();
    const resumed = await project.run('resume', 'november', '--by', 'Mary', '--because', 'all three arrived', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ exit: 0, pauses: [{ scope: 'batch', name: 'november' }] });
    expect((await project.run('status', 'november')).code).toBe(5);
    expect(await nextActions()).toEqual(['', 'Not sent yet. The next payrun run sends it.']);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(project.book()).toHaveLength(12);
    noTwice();
    expect((await project.run('resume', 'november', '--by', 'Mary')).code).toBe(2);
  });

  it('is set by the configuration, for every batch by itself', async () => {
    await open({ config: CONFIG.replace('currency: KES\n', 'currency: KES\n    canary: 2\n') });
    await project.write('batches/december.csv', named('DEC', csvOf(4, phoneOf('0722'))));
    await project.write('batches/small.csv', named('SML', csvOf(2, phoneOf('0733'))));
    const planned = async (file: string): Promise<string> =>
      Object.values(await project.run('plan', `batches/${file}`)).join(' ');
    expect(await planned('november.csv')).toContain(
      'Account demo: 2 payments go first, and 10 wait for: payrun resume',
    );
    expect(await planned('small.csv')).not.toContain('go first');
    const { code, stdout } = await project.run('run', 'batches/');
    expect(code).toBe(5);
    expect(stdout).toContain('Batch november: the first 2 are paid; 10 wait for: payrun resume november');
    expect(stdout).toContain('Batch december: the first 2 are paid; 2 wait for: payrun resume december');
    expect(stdout).toContain('Batch small: all 2 payments are paid');
    expect(project.book()).toHaveLength(6);
    expect(await planned('december.csv')).toContain('the first have left, and 2 wait for: payrun resume december');
    expect((await project.run('resume', 'december', '--by', 'Mary')).code).toBe(0);
    expect(await planned('december.csv')).not.toContain('wait for: payrun resume');
    expect((await project.run('run', 'batches/')).code).toBe(5);
    expect(project.book()).toHaveLength(8);
  });

  /** With a second account beside `demo`. */
  async function openTwo(): Promise<void> {
    const other = CONFIG.replace('accounts:\n', 'accounts:\n  ACCOUNT');
    const demo = /demo:\n( {4}.*\n)+/.exec(CONFIG)?.[0] ?? '';
    const two = other.replace('ACCOUNT', `${demo.replace('demo:', 'second:')}  `.trimStart().replace(/ {2}$/, ''));
    await open({
      config: two.replace('api_key: "${SELLAPAY_API_KEY}"', 'api_key: "${SECOND_API_KEY}"'),
      env: { SECOND_API_KEY: 'another-key' },
    });
  }

  it('tries each account of a batch', async () => {
    await openTwo();
    const [header = '', ...rows] = csvOf(12).trim().split('\n');
    const lines = [`${header},account`, ...rows.map((row, at) => `${row},${at % 3 === 0 ? 'second' : 'demo'}`)];
    await project.write('batches/november.csv', `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await project.run('run', 'batches/november.csv', '--canary', '2');
    expect([code, stderr]).toEqual([5, expect.any(String)]);
    expect(stdout).toContain('Batch november: the first 4 are paid; 8 wait for: payrun resume november');
    const paid = (await project.report('november')).filter(({ status }) => status === 'paid');
    expect(paid.map(({ account }) => account).sort()).toEqual(['demo', 'demo', 'second', 'second']);
  });

  it('holds what an amendment adds, and what it gives to another account, also without the flag', async () => {
    await openTwo();
    const small = csvOf(2, phoneOf('0722'));
    await project.write('batches/small.csv', named('SML', small));
    expect((await project.run('run', 'batches/small.csv', '--canary', '3')).code).toBe(0);
    await project.write('batches/small.csv', named('SML', csvOf(6, phoneOf('0722'))));
    const added = await project.run('run', 'batches/small.csv', '--canary', '3', '--amend');
    expect([added.code, added.stderr]).toEqual([5, expect.not.stringContaining('holds nothing back')]);
    expect(added.stdout).toContain('Batch small: the first 3 are paid; 3 wait for: payrun resume small');

    const [header = '', ...rows] = csvOf(12).trim().split('\n');
    const withAccount = (accountOf: (at: number) => string): string =>
      `${[`${header},account`, ...rows.map((row, at) => `${row},${accountOf(at)}`)].join('\n')}\n`;
    await project.write(
      'batches/november.csv',
      withAccount(() => 'demo'),
    );
    expect((await project.run('run', 'batches/november.csv', '--canary', '3')).code).toBe(5);
    await project.write(
      'batches/november.csv',
      withAccount((at) => (at < 3 ? 'demo' : 'second')),
    );
    const moved = await project.run('run', 'batches/november.csv', '--amend');
    expect([moved.code, moved.stdout]).toEqual([5, expect.stringContaining('6 wait for: payrun resume november')]);
    expect(project.book()).toHaveLength(9);
    expect((await project.run('resume', 'november', '--by', 'Mary')).code).toBe(0);
    expect((await project.run('run', 'batches/november.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(15);
    noTwice();
  });

  it('says first what failed or is unknown, and a retry of that needs no release and lets nothing else go', async () => {
    await open();
    const rows = csvOf(6)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => `${row},`);
    const odd = ['X-1,Una,1.00,,acctMISSING', 'X-2,Otto,2.00,0712340001,'];
    await project.write('batches/november.csv', ['id,name,amount,mobile,wallet', ...odd, ...rows, ''].join('\n'));
    const { code, stdout } = await project.run('run', 'batches/november.csv', '--canary', '3', '--wait', '0s');
    expect(code).toBe(5);
    expect(stdout).toContain(
      'Batch november: of the first 3, 1 is unknown, 1 failed, 1 is paid; 5 wait for: payrun resume november',
    );
    expect(stdout).toMatch(/X-1 .*\n.*no such account/);
    const retried = await project.run('retry', 'november', '--wait', '0s');
    expect(retried.code).toBe(5);
    expect((await project.report('november')).find(({ id }) => id === 'X-1')).toMatchObject({ generation: '2' });
    expect((await json('status', 'november')).batches[0]?.counts).toEqual({
      failed: 1,
      unknown: 1,
      paid: 1,
      planned: 5,
    });
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    expect(project.book()).toHaveLength(1);
  });

  it('counts what was corrected, and what a person retried meanwhile, by what became of it', async () => {
    await open();
    const rowsOf = (prefix: string, digits: string): string => {
      const [header = '', ...rows] = named(prefix, csvOf(6, phoneOf(digits)))
        .trim()
        .split('\n');
      const bad = `${prefix}-0,Una,1.00,,acctMISSING`;
      return [`${header},wallet`, bad, ...rows.map((row) => `${row},`), ''].join('\n');
    };
    await project.write('batches/november.csv', rowsOf('NOV', '0712'));
    await project.run('run', 'batches/november.csv', '--canary', '2');
    const person = ['--because', 'she asks for it', '--by', 'Mary'];
    await project.run('cancel', 'november', '--id', 'NOV-4', ...person);
    const retried = await project.run('retry', 'november', '--id', 'NOV-4', ...person);
    expect(retried.stdout).toContain('of the first 3, 1 failed, 2 are paid; 4 wait for: payrun resume november');

    await project.write('batches/december.csv', rowsOf('DEC', '0722'));
    await project.run('run', 'batches/december.csv', '--canary', '2');
    const failed = await project.read('reports/december/december-failed.csv');
    await project.write('batches/mended.csv', failed.replace(',,acctMISSING', ',0733300019,'));
    expect((await project.run('run', 'batches/mended.csv')).code).toBe(0);
    const { stdout } = await project.run('status', 'december');
    expect(stdout).toContain('of the first 2, 1 is paid, 1 is replaced; 5 wait for: payrun resume december');
  });

  it('says what is still open after the wait', async () => {
    await open();
    const rows = csvOf(6).trim().split('\n');
    await project.write('batches/november.csv', [rows[0], 'X-1,Una,1.00,0712340005', ...rows.slice(1), ''].join('\n'));
    const { stdout } = await project.run('run', 'batches/november.csv', '--canary', '2', '--wait', '0s');
    expect(stdout).toContain('of the first 2, 1 is pending, 1 is paid; 5 wait for: payrun resume november');
  });

  it('comes too late, or holds nothing, and says so', async () => {
    await open();
    const note = async (...args: string[]): Promise<string> =>
      (await project.run('run', 'batches/november.csv', ...args)).stderr;
    expect(await note('--canary', '3')).not.toContain('holds nothing');
    expect(await note('--canary', '5')).toContain(
      'has a canary of 3 from account demo already, which --canary 5 does not enlarge',
    );
    expect(project.book()).toHaveLength(3);
    await project.run('resume', 'november', '--by', 'Mary');
    expect(await note('--canary', '5')).toMatch(/was released by Mary .*: --canary 5 holds nothing back/);
    expect(project.book()).toHaveLength(12);
    await project.write('batches/small.csv', named('SML', csvOf(2, phoneOf('0722'))));
    const small = await project.run('run', 'batches/small.csv', '--canary', '2');
    expect(small.code).toBe(0);
    for (const bad of ['0', '-1', 'some', '2.5']) {
      const { code } = await project.run('run', 'batches/november.csv', '--canary', bad);
      expect(code).toBe(2);
    }
  });

  it('is kept by a pause and a resume before its payments have left', async () => {
    await open();
    const people = ['--because', 'wait', '--by', 'Mary'];
    await project.write(
      'payrun.yaml',
      (await project.read('payrun.yaml')).replace('currency: KES\n', 'currency: KES\n    canary: 3\n'),
    );
    await project.write('batches/first.csv', named('FST', csvOf(1, phoneOf('0733'))));
    expect((await project.run('run', 'batches/first.csv')).code).toBe(0);
    await project.run('pause', 'demo', ...people);
    expect((await project.run('run', 'batches/november.csv', '--wait', '0s')).code).toBe(5);
    for (const command of ['pause', 'resume']) {
      expect((await project.run(command, 'november', ...people)).code).toBe(0);
    }
    await project.run('resume', 'demo', '--by', 'Mary');
    const { code, stdout } = await project.run('run', 'batches/november.csv');
    expect([code, stdout]).toEqual([5, expect.stringContaining(WAITING)]);
    expect(project.book()).toHaveLength(4);
  });

  for (const [answer, code, count] of [
    ['y', 0, 12],
    ['n', 5, 3],
  ] as const) {
    it(`asks on a terminal what became of it, and "${answer}" is an answer`, async () => {
      await open();
      const run = startInTerminal(project, ['run', 'batches/november.csv', '--canary', '3', '--yes'], 120);
      await expect.poll(() => run.written(), { timeout: 20_000, interval: 20 }).toContain('Pay the other 9 now? [y/N]');
      expect(run.written()).toContain(WAITING);
      expect(project.book()).toHaveLength(3);
      run.type(`${answer}\n`);
      expect((await run.ended).code).toBe(code);
      expect(project.book()).toHaveLength(count);
      noTwice();
    });
  }

  it('lets no two runs at once pay more', async () => {
    await open({ simulator: { latencyMs: { min: 20, max: 60 } } });
    const runs = [1, 2, 3].map(() => project.start(['run', 'batches/november.csv', '--canary', '3', '--wait', '2s']));
    for (const { ended } of runs) expect((await ended).code).toBe(5);
    expect(project.book()).toHaveLength(3);
  });

  it('holds over kills at any moment, with and without the flag, and the rest is paid once after the release', async () => {
    await open({ simulator: { latencyMs: { min: 10, max: 40 } } });
    const random = seeded(20_261_128);
    // Until the batch is registered with its canary, a run that leaves the flag out would be another one.
    const flag = async (): Promise<string[]> => {
      const { code } = await project.run('status', 'november', '--json');
      return code === 5 ? [] : ['--canary', '3'];
    };
    for (let life = 0; life < 10; life++) {
      const { child, ended } = project.start(['run', 'batches/november.csv', ...(await flag()), '--wait', '0s']);
      const killing = setTimeout(() => child.kill('SIGKILL'), 200 + random() * 1_200);
      await ended;
      clearTimeout(killing);
      expect(project.book().length).toBeLessThanOrEqual(3);
    }
    await project.run('run', 'batches/november.csv', ...(await flag()), '--wait', '0s');
    const counts = (await json('status', 'november')).batches[0]?.counts ?? {};
    expect(counts['planned']).toBe(9);
    expect((await project.run('resume', 'november', '--by', 'Mary')).code).toBe(0);
    await project.run('run', 'batches/november.csv', '--wait', '0s');
    expect((await json('status', 'november')).batches[0]?.counts['planned']).toBeUndefined();
    noTwice();
    expect(project.book().length).toBeGreaterThanOrEqual(9);
  }, 120_000);
});
