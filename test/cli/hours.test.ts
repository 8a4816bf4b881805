import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG, csvOf, Project } from './harness.ts';

const DAY_MS = 86_400_000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** The clocks in Nairobi are three hours ahead of UTC at any time. */
const nairobi = (inDays: number): Date => new Date(Date.now() + 3 * 3_600_000 + inDays * DAY_MS);
const weekday = (inDays: number): string => DAYS[nairobi(inDays).getUTCDay()] ?? '';
const date = (inDays: number): string => nairobi(inDays).toISOString().slice(0, 10);
const YEAR = nairobi(0).getUTCFullYear();

let project: Project;

beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

async function configure(lines: string, limits = 'rate: 1000/s, concurrency: 4'): Promise<void> {
  const endpoint = `endpoint: ${project.simulator.endpoint}`;
  const config = CONFIG.replace('endpoint: ENDPOINT', `${endpoint}\n${lines}`);
  await project.write('payrun.yaml', config.replace('rate: 1000/s, concurrency: 4', limits));
}

/** A batch in YAML whose rows stand in a CSV beside it. */
async function drop(name: string, lines: string, count = 3): Promise<string> {
  await project.write(`rows/${name}.csv`, csvOf(count));
  const rows = csvOf(count)
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','))
    .map(
      ([id, person, amount, mobile]) =>
        `  - { id: ${id}, name: ${person}, amount: "${amount}", mobile: "${mobile}" }\n`,
    );
  const text = `batch: ${name}\naccount: demo\ncurrency: KES\n${lines}payments:\n${rows.join('')}`;
  await project.write(`batches/${name}.yaml`, text);
  return `batches/${name}.yaml`;
}

const statuses = async (batch: string): Promise<string[]> => {
  return [...new Set((await project.report(batch)).map((row) => row['status'] ?? ''))];
};

describe('hours of an account', () => {
  it('keep a batch planned outside of them, with exit 5, and let the next sweep within them pay it', async () => {
    await project.write('batches/november.csv', csvOf(3));
    await configure(`    hours: ${weekday(1)} 08:00-17:00\n`);
    const planned = await project.run('plan', 'batches/november.csv');
    expect(planned.stdout).toContain(`held     Account demo sends nothing before ${weekday(1)} ${date(1)} 08:00`);
    const held = await project.run('run', 'batches');
    expect(held.code).toBe(5);
    expect(held.stderr + held.stdout).toContain(
      `Account demo sends nothing before ${weekday(1)} ${date(1)} 08:00 (Africa/Nairobi): now it is outside of its hours.`,
    );
    expect(await statuses('november')).toEqual(['planned']);
    // `plan` reads the balance; nothing is paid.
    expect(project.book()).toEqual([]);
    const json = JSON.parse((await project.run('plan', 'batches/november.csv', '--json')).stdout) as {
      batches: [{ plan: { held_until: string } }];
    };
    expect(json.batches[0].plan.held_until).toBe(new Date(`${date(1)}T08:00:00+03:00`).toISOString());

    await configure(`    hours: ${weekday(0)} 00:00-24:00\n`);
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect(await statuses('november')).toEqual(['paid']);
    expect(project.book()).toHaveLength(3);
  });

  it('are over on a holiday, which is named', async () => {
    await project.write('batches/november.csv', csvOf(1));
    await project.write('holidays.txt', `${date(0)} Founders\u001b\u0007 Day\n${date(400)}\n`);
    await configure('    holidays: holidays.txt\n');
    const held = await project.run('run', 'batches');
    expect(held.code).toBe(5);
    // No control character of the file reaches the terminal.
    expect(held.stderr + held.stdout).toContain(`${date(0)} is a holiday (Founders Day).`);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('with a calendar that lacks the year refuse the batch and name file, year and next step', async () => {
    await project.write('batches/november.csv', csvOf(1));
    await project.write('holidays.txt', `${YEAR - 1}-12-25 Christmas\n`);
    await configure('    holidays: holidays.txt\n');
    const refused = await project.run('run', 'batches');
    expect(refused.code).toBe(3);
    expect(refused.stderr + refused.stdout).toContain(`its calendar holidays.txt names no holiday of that year`);
    const [error] = await project.errors('november');
    expect(error?.['code']).toBe('calendar-year-missing');
    expect(error?.['message']).toContain(`Add the holidays of ${YEAR} to the file, such as`);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('of which a line of the calendar cannot be read end with exit 2, by file and line', async () => {
    await project.write('holidays.txt', `${YEAR}-12-25 Christmas\n25.12.${YEAR}\n`);
    await configure('    holidays: holidays.txt\n');
    const ended = await project.run('status');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      `accounts.demo.holidays: holidays.txt:2: \`25.12.${YEAR}\` does not begin with a date`,
    );
  });

  it('with a calendar that is about to end are named by every command, and by quiet sweeps once', async () => {
    const soon = nairobi(60).getUTCFullYear();
    // Today's year and the one in 60 days are there, or one of them is not.
    await project.write('holidays.txt', `${YEAR - 1}-12-25 Christmas\n${soon === YEAR ? '' : `${YEAR}-12-25\n`}`);
    await configure('    holidays: holidays.txt\n');
    const text = `Account demo: holidays.txt names no holiday of ${soon}`;
    expect((await project.run('accounts')).stderr).toContain(text);
    expect((await project.run('run', 'batches', '--quiet')).stderr).toContain(text);
    expect((await project.run('run', 'batches', '--quiet')).stderr).not.toContain(text);
    await project.write('holidays.txt', `${YEAR}-12-25\n${soon}-01-01 New Year\n`);
    expect((await project.run('accounts')).stderr).not.toContain(text);
  });

  it('earlier: send on the day before what is planned for a day without hours; later: wait', async () => {
    const file = await drop('wages', `not_before: ${date(1)}T06:00:00\n`);
    await configure(`    hours: ${weekday(0)} 00:00-24:00\n`);
    const held = await project.run('run', file);
    expect(held.code).toBe(5);
    expect(held.stderr + held.stdout).toContain(
      `Batch wages, account demo, is held until ${weekday(0)} ${date(7)} 00:00`,
    );
    await configure(`    hours: ${weekday(0)} 00:00-24:00\n    outside_hours: earlier\n`);
    expect((await project.run('run', file)).code).toBe(0);
    expect(await statuses('wages')).toEqual(['paid']);
  });

  it('hold a retry back as well', async () => {
    await project.write('batches/wallets.csv', 'id,amount,wallet\nE1,10,acctMISSING\n');
    await configure('');
    expect((await project.run('run', 'batches')).code).toBe(4);
    await configure(`    hours: ${weekday(1)} 08:00-17:00\n`);
    const ended = await project.run('retry', 'wallets');
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain(`Account demo sends nothing before ${weekday(1)}`);
    expect(ended.stderr).toContain('Nothing was retried.');
    expect(await statuses('wallets')).toEqual(['failed']);
  });
});

describe('not_after', () => {
  it('keeps all of a batch planned after it, until a person writes a later one, which is recorded', async () => {
    const past = `not_after: ${new Date(Date.now() - 60_000).toISOString()}\n`;
    const file = await drop('wages', past);
    const held = await project.run('run', file);
    expect(held.code).toBe(5);
    expect(held.stderr + held.stdout).toContain('write a later not_after into');
    expect(held.stderr + held.stdout).toContain('payrun cancel wages --because TEXT');
    expect(project.simulator.stats().requests).toBe(0);
    expect((await project.run('run', file)).code).toBe(5);

    await drop('wages', `not_after: ${new Date(Date.now() + DAY_MS).toISOString()}\n`);
    expect((await project.run('run', file)).code).toBe(0);
    expect(await statuses('wages')).toEqual(['paid']);
    expect(project.book()).toHaveLength(3);
  });

  it('ends the sending of a run: what is in flight is recorded, the rest stays planned', async () => {
    await configure('', 'rate: 4/s, concurrency: 2');
    const file = await drop('wages', `not_after: ${new Date(Date.now() + 4_000).toISOString()}\n`, 60);
    const ended = await project.run('run', file);
    expect(ended.code).toBe(5);
    expect(ended.stderr + ended.stdout).toContain('Sending has stopped, and what is left stays planned. Batch wages');
    expect(await statuses('wages')).toEqual(['paid', 'planned']);
    const paid = (await project.report('wages')).filter((row) => row['status'] === 'paid').length;
    expect(project.book()).toHaveLength(paid);
    // A person gives it more time, and the rest goes.
    await configure('');
    await drop('wages', `not_after: ${new Date(Date.now() + DAY_MS).toISOString()}\n`, 60);
    expect((await project.run('run', file)).code).toBe(0);
    expect(project.book()).toHaveLength(60);
  });

  it('before not_before refuses the batch', async () => {
    const file = await drop('wages', 'not_before: 2026-12-01T06:00:00\nnot_after: 2026-11-30T06:00:00\n');
    const refused = await project.run('run', file);
    expect(refused.code).toBe(3);
    expect(refused.stdout + refused.stderr).toContain('Nothing could ever be sent');
  });

  it('holds a retry until a person says --allow-late, which is recorded', async () => {
    await configure('');
    const text = (last: number): string =>
      `batch: wallets\naccount: demo\ncurrency: KES\nnot_after: ${new Date(last).toISOString()}\npayments:\n  - { id: E1, amount: 10, wallet: acctMISSING }\n`;
    await project.write('batches/wallets.yaml', text(Date.now() + 3_000));
    expect((await project.run('run', 'batches/wallets.yaml')).code).toBe(4);
    await expect.poll(async () => (await project.run('retry', 'wallets')).code, { timeout: 20_000 }).toBe(5);
    const ended = await project.run('retry', 'wallets');
    expect(ended.stderr).toContain('payrun retry wallets --allow-late --because TEXT');
    const late = await project.run(
      'retry',
      'wallets',
      '--allow-late',
      '--because',
      'the bank was closed',
      '--by',
      'Wanjiku',
    );
    expect(late.code).toBe(4);
    expect((await project.report('wallets'))[0]?.['attempts']).not.toBe('1');
    const summary = JSON.parse(await project.read('reports/wallets/summary.json')) as object;
    expect(JSON.stringify(summary)).toContain('"flag":"allow-late"');
    expect(JSON.stringify(summary)).toContain('the bank was closed');
  });
});
