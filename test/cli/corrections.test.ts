import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project, type Ended } from './harness.ts';

/** Sellapay's simulator refuses this wallet. */
const BAD = 'acctMISSING';
const HEADER = 'Emp No,Name,Net pay,Wallet,Phone\n';
const CONFIG = `
organisation: acme-ke
ledger: sqlite:payrun.db
accounts:
  demo:
    provider: sellapay
    endpoint: ENDPOINT
    currency: KES
    credentials: { api_key: "\${SELLAPAY_API_KEY}", api_secret: "\${SELLAPAY_API_SECRET}" }
    options: { authorize_rate: 1000/s }
    limits: { rate: 1000/s, concurrency: 4 }
defaults:
  - match: "oct*.csv"
    account: demo
    columns: { id: Emp No, name: Name, amount: Net pay, wallet: Wallet, mobile: Phone }
`;

describe('correcting failed rows', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
    await project.write('oct.csv', `${HEADER}0001,Ann,1500.00,${BAD},\n0002,Ben,1600.00,,0711200019\n`);
    expect((await project.run('run', 'oct.csv')).code).toBe(4);
  });
  afterEach(() => project.close());

  const FAILED = 'reports/oct/oct-failed.csv';
  const correct = async (from: string, to: string, file = FAILED): Promise<void> => {
    await project.write(file, (await project.read(FAILED)).replace(from, to));
  };
  const statusOf = async (batch: string, id = '0001'): Promise<string> =>
    (await project.report(batch)).find((row) => row['id']?.replace(/^'/, '') === id)?.['status'] ?? '';

  it('writes what failed with the row that each corrects, and pays the corrected file under the same rule', async () => {
    expect(await project.read(FAILED)).toBe(
      `replaces,Emp No,Name,Net pay,Wallet,Phone\r\n'oct/0001,'0001,Ann,1500.00,${BAD},\r\n`,
    );
    await correct(`${BAD},`, ',0711200029', 'anything.csv');
    const paid = await project.run('run', 'anything.csv');
    expect([paid.code, paid.stderr]).toEqual([0, expect.not.stringContaining('copy')]);
    expect([await statusOf('anything'), await statusOf('oct')]).toEqual(['paid', 'replaced']);
    expect(project.book().map(({ destination }) => destination)).toEqual(['+254711200019', '+254711200029']);
    expect((await project.run('retry', 'oct')).code).toBe(0);
    expect((await project.run('run', 'oct.csv')).code).toBe(0);
    expect((await project.run('run', 'anything.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(2);
    expect(await readdir(join(project.dir, 'reports/oct'))).not.toContain('oct-failed.csv');
  });

  it('keeps a file that was corrected in place, and takes it again with other rows under another id', async () => {
    await correct('Ann', 'Anna');
    const edited = await project.read(FAILED);
    expect((await project.run('run', FAILED)).code).toBe(4);
    expect([await statusOf('oct-failed'), await statusOf('oct')]).toEqual(['failed', 'failed']);
    expect(await project.read(FAILED)).toBe(edited);
    await correct(`${BAD},`, ',0711200029');
    expect((await project.run('run', FAILED)).code).toBe(0);
    expect(await statusOf('oct-failed-2')).toBe('paid');
    expect([await statusOf('oct-failed'), await statusOf('oct')]).toEqual(['replaced', 'replaced']);
    for (const batch of ['oct', 'oct-failed']) expect((await project.run('retry', batch)).code).toBe(0);
    expect((await project.run('run', FAILED)).code).toBe(0);
    expect(project.book()).toHaveLength(2);
  });

  it('keeps the file that was run, also as payrun wrote it: a run that was killed needs it again', async () => {
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    expect((await project.run('run', FAILED, '--wait', '1s')).code).toBe(5);
    expect(await statusOf('oct')).toBe('replaced');
    await project.run('report', 'oct');
    await project.run('resume', 'demo', '--by', 'Mary');
    expect((await project.run('run', FAILED)).code).toBe(4);
    expect(await statusOf('oct-failed')).toBe('failed');
  });

  it('says with retry --dry-run exactly what retry then sends', async () => {
    const changed = async (...args: string[]): Promise<unknown> =>
      (JSON.parse((await project.run('retry', 'oct', '--json', ...args)).stdout) as { batches: { changes: unknown }[] })
        .batches[0]?.changes;
    const before = await project.report('oct');
    const dry = await changed('--dry-run');
    const [{ reference } = { reference: '' }] = before;
    expect(dry).toEqual([
      expect.objectContaining({ id: '0001', name: 'Ann', amount: '1500.00', reference, generation: 1, to: 'planned' }),
    ]);
    await project.run('report', 'oct');
    expect(await project.report('oct')).toEqual(before);
    expect(await changed('--by', 'Mary')).toEqual(dry);
    expect((await project.report('oct'))[0]).toMatchObject({ generation: '2' });
  });

  it('refuses a second correction beside one that was paid, and one of a row that was paid', async () => {
    await correct(`${BAD},`, ',0711200029', 'first.csv');
    await correct(`${BAD},`, ',0711200039', 'second.csv');
    expect((await project.run('run', 'first.csv')).code).toBe(0);
    for (const command of ['validate', 'plan', 'run']) {
      const refused = await project.run(command, 'second.csv', '--json');
      expect([command, refused.code]).toEqual([command, 3]);
      expect(refused.stdout).toContain('first/0001 stands for it and is paid');
    }
    await project.write('third.csv', 'replaces,Emp No,Name,Net pay,Wallet,Phone\noct/0002,9,Ben,1600.00,,0711200049\n');
    const third = await project.run('run', 'third.csv', '--account', 'demo');
    expect([third.code, third.stderr]).toEqual([3, expect.stringContaining('oct/0002 is paid')]);
    expect(project.book()).toHaveLength(2);
  });

  it('pays to another kind of destination under our own name for it, without the columns of the old one', async () => {
    await project.write('sep.csv', 'Emp No,Name,Net pay,Purse\n0009,Zoe,70.00,acctMISSING\n');
    const yaml = await project.read('payrun.yaml');
    const rule =
      '  - match: "sep*.csv"\n    account: demo\n    columns: { id: Emp No, name: Name, amount: Net pay, wallet: Purse }\n';
    await project.write('payrun.yaml', `${yaml.trimEnd()}\n${rule}`);
    expect((await project.run('run', 'sep.csv')).code).toBe(4);
    await project.write('none.csv', 'replaces,Emp No,Name,Net pay,Telephone\nsep/0009,0009,Zoe,70.00,0711200059\n');
    const unclear = await project.run('validate', 'none.csv');
    expect([unclear.code, unclear.stdout]).toEqual([
      3,
      expect.stringContaining('that says where to pay: mobile, or bank_code'),
    ]);
    await project.write('fix.csv', 'replaces,Emp No,Name,Net pay,Mobile\nsep/0009,0009,Zoe,70.00,0711200059\n');
    const ended = await project.run('run', 'fix.csv');
    expect([ended.code, ended.stderr]).toEqual([0, expect.anything()]);
    expect([await statusOf('fix', '0009'), await statusOf('sep', '0009')]).toEqual(['paid', 'replaced']);
    expect(project.book().map(({ destination }) => destination)).toContain('+254711200059');
  });

  it('refuses what names no row, names one twice, or names its own batch', async () => {
    const rows = ['oct/0001', 'oct/0001', 'nothing', 'fix/2', 'oct/77'].map(
      (name, at) => `${name},${at},Ann,15.00,,0711200029`,
    );
    await project.write('fix.csv', `replaces,Emp No,Name,Net pay,Wallet,Phone\n${rows.join('\n')}\n`);
    const form = await project.run('run', 'fix.csv');
    expect(form.code).toBe(3);
    expect(form.stderr).toContain('BATCH/ID');
    expect(form.stderr).toContain('Keep one of the two');
    await project.write(
      'fix.csv',
      `replaces,Emp No,Name,Net pay,Wallet,Phone\n${[rows[0], rows[3], rows[4]].join('\n')}\n`,
    );
    const named = await project.run('run', 'fix.csv');
    expect(named.code).toBe(3);
    expect(named.stderr).toContain('this batch itself');
    expect(named.stderr).toContain('no payment oct/77');
    expect(project.book()).toHaveLength(1);
  });

  it('leaves out what a person cancelled, and takes replaces in a YAML batch', async () => {
    await project.write(
      'fix.yaml',
      'batch: fix\naccount: demo\npayments:\n  - { id: "0001", name: Ann, amount: 1500, mobile: "0711200029", replaces: oct/0001 }\n',
    );
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    expect((await project.run('run', 'fix.yaml', '--wait', '1s')).code).toBe(5);
    expect(await statusOf('oct')).toBe('replaced');
    expect((await project.run('cancel', 'fix', '--because', 'no', '--by', 'Mary')).code).toBe(0);
    expect([await statusOf('fix'), await statusOf('oct')]).toEqual(['cancelled', 'failed']);
    expect(await readdir(join(project.dir, 'reports/fix'))).not.toContain('fix-failed.csv');
    expect(project.book()).toHaveLength(1);
  });

  /** The row that failed is corrected, and the correction waits: the account is paused. */
  async function waitingCorrection(): Promise<void> {
    await correct(`${BAD},`, ',0711200029', 'fix.csv');
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    expect((await project.run('run', 'fix.csv', '--wait', '0s')).code).toBe(5);
    expect([await statusOf('fix'), await statusOf('oct')]).toEqual(['planned', 'replaced']);
  }

  async function recordAsPaid(...more: string[]): Promise<Ended> {
    const [{ reference = '' } = {}] = await project.report('oct');
    const because = ['--because', 'the bank shows it', '--by', 'Njeri'];
    return project.run('resolve', reference, '--as', 'paid', ...because, ...more);
  }

  it('records that the old row was paid after all, and cancels a correction that was never sent', async () => {
    await waitingCorrection();
    expect((await recordAsPaid('--dry-run')).stdout).toContain('would be recorded as paid');
    expect([await statusOf('fix'), await statusOf('oct')]).toEqual(['planned', 'replaced']);
    expect((await recordAsPaid()).code).toBe(0);
    expect([await statusOf('fix'), await statusOf('oct')]).toEqual(['cancelled', 'paid']);
    expect((await project.report('fix'))[0]?.['reason']).toContain('oct/0001, which it corrects, was paid');
    await project.run('resume', 'demo', '--by', 'Mary');
    for (const command of [
      ['run', 'fix.csv'],
      ['retry', 'fix', '--id', '0001'],
      ['retry', 'oct'],
    ]) {
      await project.run(...command, '--wait', '0s');
    }
    expect(project.book()).toHaveLength(1);
  });

  it('shows a contradiction at both rows where the correction was paid, in every command alike, until a person decides', async () => {
    await correct(`${BAD},`, ',0711200029', 'fix.csv');
    expect((await project.run('run', 'fix.csv')).code).toBe(0);
    expect((await recordAsPaid('--dry-run')).stdout).toContain('a contradiction would be recorded');
    const ended = await recordAsPaid();
    expect([ended.code, ended.stdout]).toEqual([5, expect.stringContaining('money may have moved twice')]);
    expect([await statusOf('fix'), await statusOf('oct')]).toEqual(['paid', 'replaced']);
    for (const batch of ['fix', 'oct']) {
      expect((await project.report(batch))[0]).toMatchObject({ code: 'contradiction' });
      for (const command of [
        ['status', batch],
        ['settle', batch],
        ['run', `${batch}.csv`],
        ['retry', batch],
      ]) {
        expect([
          command,
          (await project.run(...command, ...(command[0] === 'run' ? ['--wait', '0s'] : []))).code,
        ]).toEqual([command, 5]);
      }
    }
    expect((await project.run('settle')).code).toBe(5);
    const [{ reference = '' } = {}] = await project.report('fix');
    const because = ['--because', 'only this one was booked', '--by', 'Njeri'];
    expect((await project.run('resolve', reference, '--as', 'paid', ...because)).code).toBe(0);
    for (const command of [['status'], ['settle'], ['run', 'oct.csv']]) {
      expect([command, (await project.run(...command)).code]).toEqual([command, 0]);
    }
    expect(project.book()).toHaveLength(2);
  });

  it('leaves a row that a person had cancelled cancelled when its correction is cancelled, and no plain retry sends it', async () => {
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    await project.write('nov.csv', 'id,name,amount,wallet,mobile\n7,Zoe,70.00,,0711200059\n');
    await project.run('run', 'nov.csv', '--account', 'demo', '--wait', '0s');
    const cancel = (batch: string): Promise<Ended> =>
      project.run('cancel', batch, '--because', 'left us', '--by', 'Mary');
    expect((await cancel('nov')).code).toBe(0);
    await project.write('fix.csv', 'replaces,id,name,amount,wallet,mobile\nnov/7,7,Zoe,70.00,,0711200069\n');
    await project.run('run', 'fix.csv', '--wait', '0s');
    expect([await statusOf('fix', '7'), await statusOf('nov', '7')]).toEqual(['planned', 'replaced']);
    expect((await cancel('fix')).code).toBe(0);
    expect([await statusOf('fix', '7'), await statusOf('nov', '7')]).toEqual(['cancelled', 'cancelled']);
    await project.run('resume', 'demo', '--by', 'Mary');
    expect((await project.run('retry', 'nov', '--wait', '0s')).code).toBe(0);
    expect((await project.run('status', 'nov')).code).toBe(0);
    expect(project.book()).toHaveLength(1);
  });
});
