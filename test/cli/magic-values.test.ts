import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

const ORDINARY = [
  'id,name,amount,mobile,wallet',
  'E1,Jane,100.00,0722451001,',
  'E2,Ben,101.00,0722451002,',
  'E3,Cid,102.00,0722451004,',
  'E4,Dee,103.00,0722450005,',
  'E5,Eve,402.00,0722451009,',
  'E6,Fay,429.00,0722451019,',
  '',
].join('\n');

const CONFIGURATION = (more: string): string =>
  CONFIG.replace(/    endpoint: ENDPOINT\n/, `    endpoint: simulator\n${more}`)
    .replace(/    credentials: .*\n/, '')
    .replace(/    options: .*\n/, '');

async function statuses(file: string, rows: string): Promise<[number | null, string[]]> {
  await project.write(`${file}.csv`, rows);
  const { code } = await project.run('run', `${file}.csv`, '--wait', '0s');
  return [code, (await project.report(file)).map((row) => row['status'] ?? '')];
}

describe('magic values of the built-in simulator', () => {
  it('pays every ordinary phone and amount', async () => {
    project = await Project.open({ config: CONFIGURATION('') });
    expect(await statuses('november', ORDINARY)).toEqual([0, Array(6).fill('paid')]);
  });

  it('has their effect where the account asks for them', async () => {
    project = await Project.open({ config: CONFIGURATION('    magic: true\n') });
    const [code, found] = await statuses(
      'november',
      'id,name,amount,mobile\nE1,Jane,100,0722450001\nE2,Ben,101,0722451009\n',
    );
    expect([code, found]).toEqual([5, ['unknown', 'paid']]);
  });

  it('lets the test numbers, which nobody has, fail without being asked', async () => {
    project = await Project.open({ config: CONFIGURATION('') });
    const rows =
      'id,name,amount,mobile,wallet\nE1,Jane,100,0712340001,\nE2,Ben,101,0722000004,\nS1,Shop,102,,acctMISSING\n';
    expect(await statuses('november', rows)).toEqual([5, ['unknown', 'unknown', 'failed']]);
  });

  it('keeps what a payment met when the setting changes later', async () => {
    project = await Project.open({ config: CONFIGURATION('    magic: true\n') });
    await statuses('november', 'id,name,amount,mobile\nE1,Jane,100,0722450001\n');
    await project.write('payrun.yaml', CONFIGURATION(''));
    await statuses('december', 'id,name,amount,mobile\nD1,Ben,200,0722450001\n');
    const [paid, ...more] = (await project.read('payrun.db.sim/demo')).trim().split('\n');
    expect([JSON.parse(paid ?? ''), more]).toMatchObject([{ amountMinor: '20000' }, []]);
  });

  it('refuses the setting where an account sends to an address', async () => {
    project = await Project.open({
      config: CONFIG.replace('    currency: KES\n', '    currency: KES\n    magic: true\n'),
    });
    const ended = await project.run('status');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('accounts.demo.magic: only an account with `endpoint: simulator` has it');
    expect(ended.stderr).toContain('payrun simulate --magic');
  });
});
