import { setTimeout as sleep } from 'node:timers/promises';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Project, type Started } from './harness.ts';
import { freePort } from './pesaway-project.ts';

let project: Project;
afterEach(() => project.close());

const HEAD = `
organisation: acme-ke
ledger: sqlite:payrun.db
batches: batches
reports: reports
timezone: Africa/Nairobi
defaults: [{ match: "*.csv", account: demo }]
accounts:
  demo:
    endpoint: simulator
`;

const ACCOUNTS = {
  pesaway: { provider: 'pesaway', currency: 'KES', options: '{ poll: [10m] }' },
  daraja: {
    provider: 'daraja',
    currency: 'KES',
    options: '{ shortcode: "600981", command: BusinessPayment, poll: [10m] }',
  },
} as const;

async function projectOf(name: keyof typeof ACCOUNTS, rows: number): Promise<void> {
  const lines = Object.entries(ACCOUNTS[name]).map(([key, value]) => `    ${key}: ${value}\n`);
  project = await Project.open({ config: HEAD + lines.join('') });
  const people = Array.from({ length: rows }, (_, at) => `E${at + 1},Person ${at + 1},100,07123456${10 + at}`);
  await project.write('november.csv', ['id,name,amount,mobile', ...people, ''].join('\n'));
}

/** The simulator's book: one line for each payout that was really made. */
async function bookedReferences(): Promise<string[]> {
  const text = await project.read('payrun.db.sim/demo').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { reference: string }).reference);
}

async function statuses(): Promise<string[]> {
  return (await project.report('november')).map((row) => row['status'] ?? '');
}

describe('the built-in simulator', () => {
  for (const name of ['pesaway', 'daraja'] as const) {
    it(`knows the open payments of an earlier run: ${name}`, async () => {
      await projectOf(name, 4);
      const killed = project.start(['run', 'november.csv', '--wait', '0s']);
      while ((await bookedReferences()).length === 0 && killed.child.exitCode === null) await sleep(5);
      killed.child.kill('SIGKILL');
      await killed.ended;
      let code: number | null = 5;
      for (let round = 0; round < 20 && code === 5; round++) {
        await project.run('run', 'november.csv', '--wait', '0s');
        code = (await project.run('settle')).code;
      }
      expect([code, await statuses()]).toEqual([0, ['paid', 'paid', 'paid', 'paid']]);
      expect(new Set(await bookedReferences()).size).toBe(4);
      expect(await bookedReferences()).toHaveLength(4);
      for (const file of ['demo', 'demo.journal']) {
        expect((await stat(join(project.dir, 'payrun.db.sim', file))).mode & 0o777).toBe(0o600);
      }
    });
  }

  it('has booked nothing twice, and forgotten nothing, after runs that were killed', async () => {
    await projectOf('pesaway', 40);
    for (const bookings of [3, 12, 25]) {
      const running = project.start(['run', 'november.csv', '--wait', '0s']);
      while ((await bookedReferences()).length < bookings && running.child.exitCode === null) await sleep(5);
      running.child.kill('SIGKILL');
      await running.ended;
    }
    await project.run('run', 'november.csv', '--wait', '30s');
    await project.run('settle');
    const booked = await bookedReferences();
    expect(new Set(booked).size).toBe(booked.length);
    const report = await project.report('november');
    const paid = report.filter((row) => row['status'] === 'paid');
    expect(paid.map((row) => row['reference']).sort()).toEqual(booked.toSorted());
  });
});

describe('payrun simulate --book-file', () => {
  const running: Started[] = [];
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });

  async function started(port: number): Promise<Started> {
    const simulator = project.start(['simulate', 'pesaway', '--port', String(port), '--book-file', 'book', '--json']);
    running.push(simulator);
    let text = '';
    simulator.child.stdout?.on('data', (part: Buffer) => (text += part.toString()));
    while (!text.includes('"written"')) {
      if (simulator.child.exitCode !== null) throw new Error(`simulate ended: ${text}`);
      await sleep(5);
    }
    return simulator;
  }

  it('knows the open payments of an earlier process that was killed', async () => {
    const port = await freePort();
    const account = `    provider: pesaway
    endpoint: http://127.0.0.1:${port}
    currency: KES
    credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${PW_SECRET}", callback_secret: "\${PW_SECRET}" }
    callback_token: c0ffee00c0ffee00c0ffee00c0ffee00
    options: { poll: [10m] }
callbacks: { listen: "127.0.0.1:${await freePort()}", public_url: https://pay.example.org }
`;
    project = await Project.open({
      config: HEAD.replace(/ {4}endpoint: .*\n/, '') + account,
      env: { PW_KEY: 'ck_sim_01', PW_SECRET: 'cs_sim_01' },
    });
    await project.write('november.csv', 'id,name,amount,mobile\nE1,Jane,100,0712345611\nE2,Ben,100,0712345612\n');
    const first = await started(port);
    const ended = await project.run('run', 'november.csv', '--wait', '0s');
    expect([ended.code, ended.stderr]).toEqual([5, ended.stderr]);
    first.child.kill('SIGKILL');
    await first.ended;
    await started(port);
    let code: number | null = 5;
    for (let round = 0; round < 100 && code === 5; round++) code = (await project.run('settle')).code;
    expect([code, await statuses()]).toEqual([0, ['paid', 'paid']]);
  });

  it('writes over no file that is none of its books', async () => {
    project = await Project.open({ config: HEAD });
    await project.write('wages.csv', 'id,amount\n');
    const ended = await project.run('simulate', 'pesaway', '--port', '0', '--book-file', 'wages.csv');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('Name another --book-file')]);
    expect(await project.read('wages.csv')).toBe('id,amount\n');
  });
});
