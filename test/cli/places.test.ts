import { afterEach, describe, expect, it } from 'vitest';
import { seeded, startSimulator, type Simulator } from '../../src/simulator/index.ts';
import { csvOf, type Ended, type Project } from './harness.ts';
import { pesawayProject, until, type PesawaySetup } from './pesaway-project.ts';

let project: Project | null = null;
let other: Simulator | null = null;
afterEach(async () => {
  await other?.close();
  await project?.close();
  [project, other] = [null, null];
});

/** The answers to the first payouts are lost after they were booked; PesaWay takes a reference once, and finds it for its merchant. */
async function lost(count: number, setup: PesawaySetup = {}): Promise<Project> {
  const opened = await pesawayProject({
    options:
      'poll: [10m], resend_after_not_found: true, resend_grace: 1s, merchant_code: M1, region: ke, api_generation: "3"',
    faults: [{ fault: { kind: 'drop-after-booking' }, times: count }],
    ...setup,
    simulator: {
      dedupe: 'reject',
      // No callback comes.
      callbackOrigin: 'http://127.0.0.1:9',
      credentials: [
        { key: 'ck-of-the-test', secret: 'cs-of-the-test' },
        { key: 'ck-other', secret: 'cs-other' },
      ],
    },
  });
  project = opened.project;
  await project.write('batches/november.csv', csvOf(count));
  const ended = await project.run('run', 'batches/', '--wait', '0s');
  expect([ended.code, await statuses(project)]).toEqual([5, Array(count).fill('unknown')]);
  await expect.poll(() => opened.project.book().length, { timeout: 20_000 }).toBe(count);
  return project;
}

const statuses = async (of: Project): Promise<(string | undefined)[]> =>
  (await of.report('november')).map((row) => row['status']);

/** Changes payrun.yaml; returns its text of before. */
async function reconfigure(of: Project, change: (yaml: string) => string): Promise<string> {
  const yaml = await of.read('payrun.yaml');
  const changed = change(yaml);
  expect(changed).not.toBe(yaml);
  await of.write('payrun.yaml', changed);
  return yaml;
}

/** The same account as it was, under another name, beside what is configured now. */
function withOld(now: string, before: string): string {
  const account = /\n {2}demo:\n(?: {4}.*\n)+/.exec(before)?.[0] ?? '';
  const old = account.replace('demo:', 'before:').replace(/callback_token: \S+/, `callback_token: ${'0ld0'.repeat(8)}`);
  return now.replace('\ndefaults:', `${old}defaults:`);
}

const phones = (of: { readonly book: () => readonly { readonly destination: string }[] }): string[] =>
  of.book().map((entry) => entry.destination);

async function moveAgain(of: Project): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const args of [['run', 'batches/', '--wait', '3s'], ['settle'], ['run', 'batches/', '--wait', '3s']])
    ended.push(await of.run(...args));
  return ended;
}

const MOVES = {
  'other keys': (yaml: string) => yaml.replace('${PW_KEY}', '${PW_KEY_2}').replace('${PW_SECRET}', '${PW_SECRET_2}'),
  'another host': (yaml: string, url: string) => yaml.replace(/endpoint: \S+/, `endpoint: ${url}`),
  'another merchant': (yaml: string) => yaml.replace('merchant_code: M1', 'merchant_code: M2'),
  'another environment': (yaml: string) =>
    yaml.replace('    currency: KES\n', '    currency: KES\n    environment: sandbox\n'),
} as const;

describe('payments whose answer was lost, at PesaWay', () => {
  it.each(Object.keys(MOVES) as (keyof typeof MOVES)[])(
    'are left alone under %s, and settled once the old settings are back under another name',
    async (move) => {
      const of = await lost(2, { env: { PW_KEY_2: 'ck-other', PW_SECRET_2: 'cs-other' } });
      other = await startSimulator({
        provider: 'pesaway',
        now: Date.now,
        random: seeded(2),
        limits: null,
        credentials: [{ key: 'ck-of-the-test', secret: 'cs-of-the-test' }],
      });
      const { endpoint } = other;
      const before = await reconfigure(of, (yaml) => MOVES[move](yaml, endpoint));
      for (const ended of await moveAgain(of)) {
        expect([ended.code, ended.stderr]).toEqual([5, expect.any(String)]);
        expect(`${ended.stdout}${ended.stderr}`).toContain('pesaway at http://127.0.0.1');
      }
      expect([...phones(of), ...phones(other)]).toHaveLength(2);
      for (const row of await of.report('november')) {
        expect(row['status']).toBe('unknown');
        expect(row['next_action']).toMatch(
          /^Sent from account demo to pesaway at http:\/\/127\.0\.0\.1:\d+ \(live, payer [0-9a-f]{16}\)/,
        );
        expect(row['next_action']).toContain('payrun settle');
      }
      await reconfigure(of, (now) => withOld(now, before));
      const settled = await of.run('settle');
      expect([settled.code, await statuses(of), settled.stderr]).toEqual([0, ['paid', 'paid'], expect.any(String)]);
      expect(new Set([...phones(of), ...phones(other)]).size).toBe(2);
    },
  );

  it('are not held against other rows of the account, which are paid under the new settings', async () => {
    const of = await lost(1, { env: { PW_KEY_2: 'ck-other', PW_SECRET_2: 'cs-other' } });
    await reconfigure(of, (yaml) => MOVES['other keys'](yaml));
    await of.write('batches/december.csv', csvOf(2).replaceAll('EMP', 'DEC').replaceAll('0712', '0713'));
    expect((await of.run('run', 'batches/', '--wait', '1s')).code).toBe(5);
    expect(new Set(phones(of)).size).toBe(3);
    expect(of.book()).toHaveLength(3);
    expect(await statuses(of)).toEqual(['unknown']);
  });
});

describe('two accounts with the same keys', () => {
  const TWIN = `  twin: { provider: pesaway, endpoint: ENDPOINT, currency: KES, callback_token: ${'7717'.repeat(8)}, limits: { concurrency: 5 },
    credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${PW_SECRET}", callback_secret: "\${PW_CALLBACK}" } }`;

  /** Rows of both accounts in turn. */
  const mixed = (count: number): string =>
    csvOf(count)
      .split('\n')
      .map((line, at) => (line === '' ? line : `${line},${at === 0 ? 'account' : at % 2 === 0 ? 'demo' : 'twin'}`))
      .join('\n');

  async function twins(): Promise<Project> {
    const opened = await pesawayProject({ limits: '{ concurrency: 5 }', accounts: TWIN, simulator: { limits: {} } });
    return (project = opened.project);
  }

  it('stay within the one rate limit that the provider has for them', async () => {
    const of = await twins();
    await of.write('batches/november.csv', mixed(14));
    const ended = await of.run('run', 'batches/', '--wait', '30s');
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    const { windows, statuses: answers } = of.simulator.stats();
    expect(windows.length).toBeGreaterThan(0);
    for (const { mostReceived, count, refused } of windows) expect([mostReceived <= count, refused]).toEqual([true, 0]);
    expect(answers['429']).toBeUndefined();
    expect(of.book()).toHaveLength(14);
  });

  it('are busy for each other, and a run that was killed is settled through either', async () => {
    const of = await twins();
    of.simulator.addFaults([{ fault: { kind: 'slow', delayMs: 60_000 }, times: 1 }]);
    await of.write('batches/november.csv', csvOf(3));
    await of.write('other/twin.csv', csvOf(2).replaceAll('EMP', 'TW').replaceAll('0712', '0713'));
    const first = of.start(['run', 'batches/']);
    await until('payments were sent', () => of.book().length > 0);
    const busy = await of.run('run', 'other/twin.csv', '--account', 'twin', '--wait', '0s');
    expect([busy.code, busy.stderr]).toEqual([5, expect.stringContaining('twin')]);
    expect(phones(of).some((phone) => phone.startsWith('+254713'))).toBe(false);
    const sent = of.book().length;
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await of.run('run', 'other/twin.csv', '--account', 'twin', '--wait', '20s')).code).toBe(0);
    // The lock of the place has told what became of the payments that the dead run was sending.
    expect((await of.run('settle', 'november')).code).toBeLessThanOrEqual(5);
    expect((await statuses(of)).includes('submitting')).toBe(false);
    expect((await of.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    expect(of.book()).toHaveLength(5);
    expect(new Set(phones(of)).size).toBe(5);
    expect(sent).toBeLessThanOrEqual(3);
  });
});
