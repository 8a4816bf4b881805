import { chmod, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG, csvOf, phoneOf, Project } from './harness.ts';

let project: Project;

beforeEach(async () => {
  project = await Project.open({ config: CONFIG });
});
afterEach(() => project.close());

/** A file that a sweep takes for written, for one person whose number ends in `n`. */
async function drop(name: string, n: number): Promise<void> {
  const path = await project.write(`batches/${name}`, csvOf(1, () => phoneOf('0712')(n)).replace('EMP-', `EMP-${n}-`));
  await utimes(path, 1_700_000_000, 1_700_000_000);
}

/** What cron would mail of a sweep: everything that stands on stderr. */
async function mailed(): Promise<string> {
  const { code, stderr } = await project.run('run', 'batches/', '--quiet');
  expect(code).toBe(0);
  return stderr;
}

function times(text: string, word: string): number {
  return text.split(word).length - 1;
}

async function configured(change: (config: string) => string): Promise<void> {
  await project.write('payrun.yaml', change(CONFIG).replaceAll('ENDPOINT', project.simulator.endpoint));
}

describe('a secret file that others can read', () => {
  it('is named once in a command, with its mode and what to do', async () => {
    await project.write('keys/api key', 'key-of-the-test\n');
    await project.write('keys/secret', 'secret-of-the-test\n');
    await project.write('.env', 'X=1\n');
    await chmod(join(project.dir, 'keys/api key'), 0o644);
    await chmod(join(project.dir, 'keys/secret'), 0o660);
    await chmod(join(project.dir, '.env'), 0o604);
    await configured((config) =>
      config
        .replace('"${SELLAPAY_API_KEY}"', '{ file: keys/api key }')
        .replace('"${SELLAPAY_API_SECRET}"', '{ file: keys/secret }'),
    );
    await drop('a.csv', 1);
    await drop('b.csv', 2);
    for (const args of [
      ['validate', 'batches/a.csv', 'batches/b.csv'],
      ['run', 'batches/a.csv', 'batches/b.csv'],
      ['status'],
    ]) {
      const { code, stderr } = await project.run(...args);
      expect([args[0], code, times(stderr, 'open to other users')]).toEqual([args[0], 0, 1]);
      expect(stderr).toContain('keys/api key (mode 0644)');
      expect(stderr).toContain('keys/secret (mode 0660)');
      expect(stderr).toContain('.env (mode 0604)');
      expect(stderr).toMatch(/Close them: chmod 600 '[^']*\/keys\/api key' \S+\/keys\/secret \S+\/\.env\./);
    }
  });

  it('is not named where only its owner, or a group that only reads, can open it', async () => {
    await project.write('keys/key', 'key-of-the-test\n');
    await chmod(join(project.dir, 'keys/key'), 0o640);
    await configured((config) => config.replace('"${SELLAPAY_API_KEY}"', '{ file: keys/key }'));
    expect((await project.run('accounts')).stderr).not.toContain('open to other users');
  });

  it('is mailed by quiet sweeps once for each change', async () => {
    await project.write('.env', 'X=1\n');
    await chmod(join(project.dir, '.env'), 0o644);
    const mails: boolean[] = [];
    for (const [n, mode] of [0o644, 0o644, 0o600, 0o600, 0o644, 0o666].entries()) {
      await chmod(join(project.dir, '.env'), mode);
      await drop(`b-${n}.csv`, n + 1);
      mails.push((await mailed()).includes('.env'));
    }
    expect(mails).toEqual([true, false, false, false, true, true]);
  });

  it('is the ledger too, although payrun closes it, in a sweep that finds nothing to do', async () => {
    await drop('a.csv', 1);
    await mailed();
    await chmod(join(project.dir, 'payrun.db'), 0o664);
    expect(await mailed()).toMatch(/payrun\.db \(mode 0664\)\. payrun closes \S+payrun\.db itself/);
    expect(await mailed()).toBe('');
  });
});

describe('a token that stands in the configuration', () => {
  const TOKEN = 'c0ffee00c0ffee00c0ffee00c0ffee00';
  const withTokens = (config: string): string =>
    `${config.replace('currency: KES', `currency: KES\n    callback_token: ${TOKEN}`)}status: { token: ${TOKEN} }\n`;

  it('is named once with its line and the right one, and never shown', async () => {
    await configured(withTokens);
    await chmod(join(project.dir, 'payrun.yaml'), 0o600);
    const { stderr } = await project.run('accounts');
    expect(stderr).toContain(
      '2 tokens stand in plain text: accounts.demo.callback_token (line 12), status.token (line ',
    );
    expect(stderr).toContain('Write callback_token: ${DEMO_CALLBACK_TOKEN} and token: ${PAYRUN_STATUS_TOKEN}');
    expect(stderr).not.toContain(TOKEN);
    expect(stderr).not.toContain('open to other users');
  });

  it('makes a secret of the configuration file', async () => {
    await configured(withTokens);
    await chmod(join(project.dir, 'payrun.yaml'), 0o644);
    expect((await project.run('accounts')).stderr).toContain('payrun.yaml (mode 0644)');
  });

  it('is no token where it is a variable', async () => {
    await configured((config) => withTokens(config).replaceAll(TOKEN, '${TOKEN}'));
    expect((await project.run('accounts')).stderr).not.toContain('in plain text');
  });
});

describe('the folder of paid files', () => {
  it('has files named that were never paid, by quiet sweeps once for each change, also with nothing else to do', async () => {
    await drop('a.csv', 1);
    await mailed();
    await drop('done/b.csv', 2);
    const first = await mailed();
    expect(first).toMatch(/done has a file of which nothing was ever paid: b\.csv\. No sweep reads that folder\./);
    expect(first).toContain('move the file to ');
    expect(await mailed()).toBe('');
    await drop('done/c.csv', 3);
    expect(await mailed()).toContain('2 files of which nothing was ever paid: b.csv, c.csv.');
    await rm(join(project.dir, 'batches/done'), { recursive: true });
    expect(await mailed()).toBe('');
    expect(project.book()).toHaveLength(1);
  });

  it('is looked into where the drop folder has no file at all, and where there is no ledger', async () => {
    await drop('done/b.csv', 2);
    const { code, stderr } = await project.run('run', 'batches/');
    expect([code, times(stderr, 'nothing was ever paid: b.csv')]).toEqual([0, 1]);
  });

  it('may keep files that a person has moved there', async () => {
    await drop('a.csv', 1);
    await mailed();
    await drop('done/a.csv', 1);
    await rm(join(project.dir, 'batches/a.csv'));
    await drop('b.csv', 2);
    expect((await project.run('run', 'batches/')).stderr).not.toContain('nothing was ever paid');
  });

  it('is named for a batch that was dropped again', async () => {
    await configured((config) => `${config.trim()}\nafter_paid: move\n`);
    await drop('a.csv', 1);
    await project.run('run', 'batches/');
    await drop('a.csv', 1);
    const { code, stderr } = await project.run('run', 'batches/');
    expect(code).toBe(0);
    expect(times(stderr, 'is batch a again, which was paid from ')).toBe(1);
    expect(project.book()).toHaveLength(1);
  });
});

describe('an organisation that has changed', () => {
  it('is told once by every command, with the one that must stand there', async () => {
    await drop('a.csv', 1);
    await project.run('run', 'batches/');
    await configured((config) => config.replace('acme-ke', 'acme-ug'));
    await drop('b.csv', 2);
    const commands = [
      ['run', 'batches/'],
      ['run', 'batches/', '--quiet'],
      ['status'],
      ['settle'],
      ['validate', 'batches/a.csv', 'batches/b.csv'],
    ];
    for (const args of commands) {
      const { code, stderr } = await project.run(...args);
      expect([args.join(' '), code, times(stderr, 'Write organisation: acme-ke again')]).toEqual([
        args.join(' '),
        args[0] === 'validate' ? 0 : 6,
        1,
      ]);
    }
    expect(project.book()).toHaveLength(1);
  });
});

describe('a clock that stands apart', () => {
  const DAY_MS = 86_400_000;

  /** An environment in which the wall clock of a process stands apart. */
  function clockApart(ms: number): Record<string, string> {
    const shift = `const R = Date; globalThis.Date = class extends R {
      constructor(...a) { a.length ? super(...a) : super(R.now() + ${ms}); } static now() { return R.now() + ${ms}; } };`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
  }

  it('is mailed by quiet sweeps once, and again after it was right', async () => {
    await drop('a.csv', 1);
    await mailed();
    const mails: number[] = [];
    for (const [n, apartMs] of [-2, -2, 0, -2].map((days) => days * DAY_MS).entries()) {
      await drop(`b-${n}.csv`, n + 2);
      const { stderr } = await project.start(['run', 'batches/', '--quiet'], clockApart(apartMs)).ended;
      mails.push(times(stderr, 'The clock of this machine'));
    }
    expect(mails).toEqual([1, 0, 0, 1]);
  });

  it('is told once in a command, whichever clocks show it', async () => {
    await drop('a.csv', 1);
    await mailed();
    await drop('b.csv', 2);
    const { stderr } = await project.start(['run', 'batches/'], clockApart(-2 * DAY_MS)).ended;
    expect(times(stderr, 'Set it (NTP)')).toBe(1);
  });
});
