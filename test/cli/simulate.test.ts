import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCli, type Ended, type Started } from './harness.ts';

let dir: string;
let running: Started[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'payrun-simulate-'));
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGINT');
    await ended;
  }
  running = [];
  await rm(dir, { recursive: true });
});

/** Starts the simulators; resolves with the first output to stderr that says that all of them listen. */
async function simulators(...args: string[]): Promise<Started> {
  const started = startCli(['simulate', ...args, '--port', '0', '--no-limits'], dir);
  running.push(started);
  await new Promise<void>((resolve, reject) => {
    let text = '';
    started.child.stderr?.on('data', (part: string) => {
      text += part;
      if (/Next, in another|simulate --write-config/.test(text)) resolve();
    });
    void started.ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return started;
}

function cli(...args: string[]): Promise<Ended> {
  return startCli(args, dir).ended;
}

async function statusesOf(batch: string): Promise<string[]> {
  const [head = '', ...rows] = (await readFile(join(dir, `reports/${batch}/report.csv`), 'utf8')).trim().split(/\r?\n/);
  const at = head.split(',').indexOf('status');
  return rows.map((row) => row.split(',')[at] ?? '');
}

describe('payrun simulate', () => {
  it('serves a provider on loopback until it is interrupted', async () => {
    const started = startCli(['simulate', 'sellapay', '--port', '0', '--balance', '1234.50', '--no-limits'], dir);
    const endpoint = await new Promise<string>((resolve) => {
      started.child.stdout?.on('data', (text: string) => resolve(/http:\S+/.exec(text)?.[0] ?? ''));
    });
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/);
    const headers = { 'X-API-KEY': 'any', 'X-API-SECRET': 'any' };
    const authorized = (await (await fetch(`${endpoint}/authorize`, { method: 'POST', headers })).json()) as {
      access_token: string;
    };
    const balance = await fetch(`${endpoint}/getBalance`, {
      headers: { Authorization: `Bearer ${authorized.access_token}` },
    });
    expect(await balance.json()).toMatchObject({ balance: { KES: 1234.5 } });
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(0);
  });

  it('shows credentials that work, and how a ready configuration is written', async () => {
    const started = await simulators('daraja');
    started.child.kill('SIGINT');
    const { stdout, stderr } = await started.ended;
    expect(stdout).toMatch(/^daraja {2}http:\/\/127\.0\.0\.1:\d+\n {2}consumer_key: \S+\n/);
    expect(stdout).toMatch(/initiator_password: \S+\n {2}certificate: \(\d+ characters/);
    expect(stderr).toContain('payrun simulate --write-config');
  });

  it.each([
    [['nopay'], 'nopay'],
    [['--balance', 'much'], '--balance'],
    [['--faults', 'bang=1'], 'bang'],
    [['--latency', 'slow'], '--latency'],
    [['--write-config', 'daraja'], 'payrun simulate daraja --write-config'],
  ])('refuses %j in words', async (args, word) => {
    const ended = await startCli(['simulate', ...args], dir).ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(word);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('prints a document with --json', async () => {
    const ended = await cli('simulate', 'nopay', '--json');
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([
      2,
      { version: 1, exit: 2, error: { code: 'usage' } },
    ]);
  });
});

describe('payrun simulate --write-config', () => {
  it('writes what pays a batch at each of the five providers without any edit', async () => {
    await simulators('--write-config');
    const accounts = await cli('accounts', '--json');
    const listed = (JSON.parse(accounts.stdout) as { accounts: { account: string; ok: boolean }[] }).accounts;
    expect([accounts.code, listed.filter(({ ok }) => !ok)]).toEqual([0, []]);
    expect(listed.map(({ account }) => account)).toEqual(['sellapay', 'pesaway', 'bitpesa', 'mpesa-openapi', 'daraja']);
    const ran = await cli('run', 'batches/');
    expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining('arning')]);
    for (const { account } of listed) expect(await statusesOf(`sample-${account}`)).toEqual(['paid', 'paid']);
  });

  it("pays a stranger's own file from the first account", async () => {
    await writeFile(join(dir, 'wages.csv'), 'id,name,amount,mobile\nE1,Jane,100,0712340001\n');
    await simulators('--write-config');
    expect((await cli('run', 'wages.csv')).code).toBe(0);
    expect(await statusesOf('wages')).toEqual(['paid']);
  });

  it('keeps secrets in files of their own that nobody else can read', async () => {
    await simulators('--write-config');
    const config = await readFile(join(dir, 'payrun.yaml'), 'utf8');
    const names = await readdir(join(dir, 'payrun-secrets'));
    expect(names).toEqual(expect.arrayContaining(['daraja.certificate', 'mpesa-openapi.public_key']));
    expect((await stat(join(dir, 'payrun-secrets'))).mode & 0o777).toBe(0o700);
    for (const name of names) {
      expect([name, (await stat(join(dir, 'payrun-secrets', name))).mode & 0o777]).toEqual([name, 0o600]);
      const secret = (await readFile(join(dir, 'payrun-secrets', name), 'utf8')).trim();
      if (secret.length > 8) expect(config).not.toContain(secret);
    }
  });

  it('has magic values only with --magic', async () => {
    await writeFile(join(dir, 'wages.csv'), 'id,name,amount,mobile\nE1,Jane,100,0722000001\n');
    await simulators('sellapay', '--magic', '--write-config');
    expect((await cli('run', 'wages.csv')).code).toBe(5);
    expect(await statusesOf('wages')).toEqual(['unknown']);
  });

  it('writes over nothing, and names another file as the way on', async () => {
    await writeFile(join(dir, 'payrun.yaml'), 'organisation: mine\n');
    const refused = await cli('simulate', '--write-config', '--port', '0');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--write-config rehearsal.yaml')]);
    expect(await readFile(join(dir, 'payrun.yaml'), 'utf8')).toBe('organisation: mine\n');
    expect(await readdir(dir)).toEqual(['payrun.yaml']);
    await simulators('sellapay', '--write-config', 'rehearsal.yaml');
    await writeFile(join(dir, 'wages.csv'), 'id,name,amount,mobile\nE1,Jane,100,0712345678\n');
    expect((await cli('run', 'wages.csv', '--config', 'rehearsal.yaml')).code).toBe(0);
    expect(await readdir(dir)).toEqual(
      expect.arrayContaining(['rehearsal.db', 'rehearsal-reports', 'rehearsal-secrets']),
    );
  });

  it('adds no sample to a drop folder that has files', async () => {
    await startCli(['init', 'other'], dir).ended;
    const file = join('other', 'rehearsal.yaml');
    await simulators('sellapay', '--write-config', file);
    expect(await readdir(join(dir, 'other/batches'))).toEqual(['payroll-sample.yaml']);
  });
});
