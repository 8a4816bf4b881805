import { afterEach, describe, expect, it } from 'vitest';
import { seeded, startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.ts';
import { CONFIG, Project } from './harness.ts';

let project: Project;
let toppedUp: Simulator | null = null;

const simulatorOf = (balance: string): Partial<SimulatorOptions> => ({ balance, fees: false });

async function open(balance: string, lines: string): Promise<void> {
  const config = CONFIG.replace('    currency: KES\n', `    currency: KES\n${lines}`);
  project = await Project.open({ config, simulator: simulatorOf(balance) });
}

/** The same provider, at the same address and with the same book, and more money. */
async function topUp(balance: string): Promise<void> {
  const paid = project.book().reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const left = `${BigInt(balance) - paid / 100n}`;
  const { port } = new URL(project.simulator.endpoint);
  await project.simulator.close();
  const known = { provider: 'sellapay', now: Date.now, random: seeded(2), limits: null } as const;
  toppedUp = await startSimulator({ ...known, ...simulatorOf(left), port: Number(port) });
}

afterEach(async () => {
  await toppedUp?.close();
  toppedUp = null;
  await project.close();
});

const ROWS = `id,name,amount,mobile,Grade
E1,Jane,300.00,0712200019,
E2,John,200.00,0712200029,2
E3,Mary,100.00,0712200039,1
E4,Paul,10.00,0712200049,3
`;
const BY_GRADE = CONFIG.slice(CONFIG.indexOf('defaults:'));

async function drop(rule = ''): Promise<void> {
  await project.write('batches/november.csv', ROWS);
  const config = await project.read('payrun.yaml');
  await project.write('payrun.yaml', config.replace(BY_GRADE, `${BY_GRADE}${rule}`));
}

async function statuses(): Promise<string[]> {
  return (await project.report('november')).map((row) => `${row['id'] ?? ''} ${row['status'] ?? ''}`);
}

describe('on_short: priority', () => {
  it('pays what the balance covers in the order of a column, says what waits, and pays the rest after the top-up', async () => {
    await open('250.00', '    on_short: priority\n');
    await drop('    columns: { priority: Grade }\n');
    const planned = await project.run('plan', 'batches/november.csv', '--json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      exit: 0,
      batches: [
        {
          plan: {
            action: 'register',
            new: [{ count: 1, sum: '100.00' }],
            blocked: [{ count: 3, sum: '510.00' }],
            waits: [
              { account: 'demo', covered: 1, waiting: 3, sum: '510.00', first: ['E2 John', 'E4 Paul', 'E1 Jane'] },
            ],
          },
        },
      ],
    });
    const ended = await project.run('run', 'batches');
    expect(ended.code).toBe(5);
    expect(ended.stderr + ended.stdout).toContain(
      'covers 1 payment; 3 payments wait for a top-up (510.00 KES): E2 John, E4 Paul, E1 Jane.',
    );
    // The small payment of E4 would fit, and does not overtake.
    expect(await statuses()).toEqual(['E1 planned', 'E2 planned', 'E3 paid', 'E4 planned']);
    expect((await project.report('november'))[1]?.['next_action']).toMatch(
      /^Waits for money: top up account demo by at least \d+\.\d\d KES; the next payrun run/,
    );
    expect(project.book()).toHaveLength(1);

    await topUp('2000');
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect(await statuses()).toEqual(['E1 paid', 'E2 paid', 'E3 paid', 'E4 paid']);
    // The order is that of the column, also where all is covered.
    const ids = toppedUp?.book().map(({ amountMinor }) => amountMinor);
    expect(ids).toEqual(expect.arrayContaining([20_000n, 1_000n, 30_000n]));
  });

  it('goes by amounts where the rule says so, and by lines without a rule', async () => {
    await open('250.00', '    on_short: priority\n');
    await drop('    priority: smallest\n');
    expect((await project.run('run', 'batches')).code).toBe(5);
    expect(await statuses()).toEqual(['E1 planned', 'E2 planned', 'E3 paid', 'E4 paid']);
    await project.close();
    await open('350.00', '    on_short: priority\n');
    await drop();
    expect((await project.run('run', 'batches')).code).toBe(5);
    expect(await statuses()).toEqual(['E1 paid', 'E2 planned', 'E3 planned', 'E4 planned']);
  });

  it('registers and sends nothing where the balance covers not even the first', async () => {
    await open('50.00', '    on_short: priority\n');
    await drop('    columns: { priority: Grade }\n');
    const ended = await project.run('run', 'batches');
    expect(ended.code).toBe(5);
    expect(ended.stderr + ended.stdout).toContain('covers none of the payments; 4 payments wait');
    // Without its fees the batch needs 560.00 more.
    expect(ended.stderr + ended.stdout).toContain(
      'Top up at least 760.00 KES (fees of up to 200.00 KES are counted in) and run it again.',
    );
    expect(await statuses()).toEqual(['E1 planned', 'E2 planned', 'E3 planned', 'E4 planned']);
    expect(project.book()).toEqual([]);
  });

  it('refuses a priority that is none, by line', async () => {
    await open('1000.00', '    on_short: priority\n');
    await drop('    columns: { priority: Grade }\n');
    await project.write('batches/november.csv', ROWS.replace('0712200039,1', '0712200039,high'));
    const ended = await project.run('run', 'batches');
    expect(ended.code).toBe(3);
    expect(await project.errors('november')).toMatchObject([
      { line: '4', code: 'priority-invalid', field: 'priority' },
    ]);
  });

  it('of no account leaves a column of that name alone, and a short batch is refused as before', async () => {
    await open('250.00', '');
    await drop();
    await project.write(
      'batches/november.csv',
      ROWS.replace('Grade', 'Priority').replace('0712200039,1', '0712200039,high'),
    );
    const ended = await project.run('run', 'batches');
    expect(ended.code).toBe(3);
    expect((await project.errors('november')).map((row) => row['code'])).toEqual(['balance-short']);
    expect(project.book()).toEqual([]);
  });

  it('another order is another plan', async () => {
    await open('1000.00', '    on_short: priority\n');
    await drop('    columns: { priority: Grade }\n');
    const digest = async (): Promise<string> => {
      const { stdout } = await project.run('plan', 'batches/november.csv');
      return /plan_digest (\w+)/.exec(stdout)?.[1] ?? '';
    };
    const before = await digest();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await project.write('batches/november.csv', ROWS.replace('0712200029,2', '0712200029,1'));
    expect(await digest()).not.toBe(before);
  });
});
