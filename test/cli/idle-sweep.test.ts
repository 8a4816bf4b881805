import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idleBatches } from '../../src/operations/session/idle-sweep.ts';
import { csvOf, phoneOf, Project, STATE_HOME } from './harness.ts';

let project: Project;
let stateHome: string | undefined;
beforeEach(async () => {
  project = await Project.open();
  // The quick look is also called directly here, and has to look for the ledger's mark where the commands put it.
  stateHome = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = STATE_HOME;
});
afterEach(async () => {
  process.env['XDG_STATE_HOME'] = stateHome;
  await project.close();
});

const SECRETS = '{ api_key: "${SELLAPAY_API_KEY}", api_secret: "${SELLAPAY_API_SECRET}" }';
const LIMITS = '{ rate: 1000/s, concurrency: 4 }';

const FLOW_ACCOUNT = `{ provider: sellapay, endpoint: "ENDPOINT", currency: KES,
  credentials: ${SECRETS}, options: { authorize_rate: 1000/s }, limits: ${LIMITS} }`;

/** Ways to write each part of one configuration. Every combination means the same. */
const organisation = fc.constantFrom(
  'organisation: acme-ke',
  '"organisation": "acme-ke"',
  "organisation: 'acme-ke' # it's",
);
const ledger = fc.constantFrom(
  'ledger: sqlite:payrun.db',
  'ledger: "sqlite:payrun.db"',
  'ledger:\n  sqlite:payrun.db',
  '',
);
const batches = fc.constantFrom('batches: batches', 'batches: ./batches # "drop', '');
const reports = fc.constantFrom('reports: reports', "'reports': 'reports'", 'reports: >-\n  reports', '');
const account = fc.constantFrom(
  `accounts: { demo: ${FLOW_ACCOUNT} }`,
  `accounts:\n  demo: ${FLOW_ACCOUNT.replace(/\n\s*/, ' ')}`,
  `accounts:
  "demo":          # the provider's
    provider: sellapay
    endpoint: ENDPOINT
    currency: 'KES'
    credentials: ${SECRETS}
    options:
      authorize_rate: 1000/s
    limits: ${LIMITS}`,
);
const rules = fc.constantFrom(
  'defaults:\n- match: "*.csv"\n  account: demo',
  'defaults: [ { match: "*.csv", account: demo } ]',
  'defaults:\n  - {match: "*.csv",\n     account: demo}',
);
const top = fc.constantFrom(
  '',
  '# "comment',
  'duplicate_window: "20d"',
  'status: { listen: "127.0.0.1:8788" }',
  'timezone: "Africa/Nairobi"',
);

const configuration = fc
  .tuple(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), fc.constantFrom('\n', '\r\n'))
  .chain(([order, end]) =>
    fc.tuple(organisation, ledger, batches, reports, account, rules, top).map((parts) => {
      const lines = order.map((at) => parts[at] ?? '').join('\n');
      return `${lines}\n`.replaceAll('\n', end);
    }),
  );

/** Files of each kind; what becomes of them shows their name. */
const FILES = {
  settled: csvOf(2),
  other: csvOf(2, phoneOf('0722')).replaceAll('EMP-', 'OTH-'),
  failed: 'id,name,amount,wallet\nF-1,Jane,11.00,acctMISSING\n',
  unknown: 'id,name,amount,mobile\nU-1,John,12.00,0733340002\n',
  pending: 'id,name,amount,mobile\nP-1,Amina,13.00,0733340005\n',
  refused: 'id,name,amount,mobile\nR-1,Peter,14.00,07\n',
} as const;

type Kind = keyof typeof FILES;
const KINDS = Object.keys(FILES) as Kind[];
const IS_WELL: ReadonlySet<Kind> = new Set(['settled', 'other']);

const write = async (config: string, kinds: readonly Kind[]): Promise<void> => {
  for (const kind of KINDS) await rm(join(project.dir, `batches/${kind}.csv`), { force: true });
  await project.write('payrun.yaml', config.replaceAll('ENDPOINT', project.simulator.endpoint));
  for (const kind of kinds) await project.write(`batches/${kind}.csv`, FILES[kind]);
};
const isIdle = async (): Promise<boolean> => {
  return (await idleBatches({ file: null, from: project.dir }, [join(project.dir, 'batches')])) !== null;
};
/** The same sweep by the quick look, where that answers, and by the whole command: the quick look knows no such flag. */
const both = async (flags: readonly string[] = ['--quiet']) => [
  await project.run('run', 'batches/', ...flags),
  await project.run('run', 'batches/', ...flags, '--wait', '0s'),
];

describe('the quick look of a sweep', () => {
  it('says what the whole command says, whatever the configuration looks like and whatever became of the files', async () => {
    let idle = 0;
    await fc.assert(
      fc.asyncProperty(configuration, fc.subarray(KINDS, { minLength: 1 }), async (config, kinds) => {
        await write(config, kinds);
        const first = await project.run('run', 'batches/', '--wait', '0s');
        expect([3, 4, 5, 0]).toContain(first.code);
        // The first quiet command gives what notices there are.
        await project.run('run', 'batches/', '--quiet', '--wait', '0s');
        expect(await isIdle()).toBe(kinds.every((kind) => IS_WELL.has(kind)));
        if (await isIdle()) idle += 1;
        const [quick, whole] = await both();
        expect(quick).toEqual(whole);
        const [loud, wholeLoud] = await both([]);
        // What the configuration warns of is said where the whole command is needed.
        expect([loud?.code, loud?.stdout]).toEqual([wholeLoud?.code, wholeLoud?.stdout]);
        expect(quick?.stdout === '').toBe(kinds.every((kind) => IS_WELL.has(kind) || kind === 'refused'));
      }),
      {
        numRuns: 8,
        examples: [
          [
            'organisation: acme-ke\n' +
              `accounts: { demo: ${FLOW_ACCOUNT} }\ndefaults: [ { match: "*.csv", account: demo } ]\n`,
            ['settled', 'other'],
          ],
        ],
      },
    );
    expect(idle).toBeGreaterThan(0);
    expect(project.book().length).toBeLessThanOrEqual(8);
  }, 180_000);

  it('gives a notice once, whichever way finds it', async () => {
    const config = `organisation: acme-ke\naccounts: { demo: ${FLOW_ACCOUNT} }\ndefaults: [ { match: "*.csv", account: demo } ]\n`;
    await write(config, ['settled']);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await isIdle()).toBe(false);
    expect(await project.run('run', 'batches/', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await isIdle()).toBe(true);
    await chmod(await project.write('.env', 'SECRET=1\n'), 0o644);
    expect(await isIdle()).toBe(false);
    const warned = await project.run('run', 'batches/', '--quiet');
    expect([warned.code, warned.stdout]).toEqual([0, '']);
    expect(warned.stderr).toMatch(/^Warning: A secret file is open to other users/);
    expect(await isIdle()).toBe(true);
    expect(await project.run('run', 'batches/', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('leaves a new, a changed and a missing file, and one that became another batch, to the whole command', async () => {
    const config =
      'organisation: acme-ke\n' +
      `accounts: { demo: ${FLOW_ACCOUNT} }\ndefaults: [ { match: "*.csv", account: demo } ]\n`;
    await write(config, ['settled']);
    expect(await isIdle()).toBe(false);
    expect((await project.run('run', 'batches/', '--quiet')).code).toBe(0);
    expect(await isIdle()).toBe(true);
    await rm(join(project.dir, 'reports/settled/report.csv'));
    expect(await isIdle()).toBe(false);
    expect((await project.run('run', 'batches/', '--quiet')).code).toBe(0);
    expect(await project.report('settled')).toHaveLength(2);
    expect(await isIdle()).toBe(true);
    await project.write('batches/other.csv', FILES.other);
    expect(await isIdle()).toBe(false);
    expect((await project.run('run', 'batches/', '--quiet')).code).toBe(0);
    expect(project.book()).toHaveLength(4);
    await project.write('batches/other.csv', FILES.other.replace('100.01', '100.02'));
    expect(await isIdle()).toBe(false);
    const refused = await project.run('run', 'batches/', '--quiet');
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain('other.csv: refused');
    await project.write('batches/pay.ods', '');
    expect((await project.run('run', 'batches/', '--quiet')).code).toBe(3);
    expect(project.book()).toHaveLength(4);
  });

  it('takes a configuration that nobody can read to nothing but the whole command', async () => {
    await write('organisation: acme-ke\naccounts: &a { demo: *a }\n', ['settled']);
    expect(await isIdle()).toBe(false);
    const [quick, whole] = await both();
    expect(quick).toEqual(whole);
    expect(quick?.code).toBe(2);
  });
});
