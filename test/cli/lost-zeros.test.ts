import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG, Project } from './harness.ts';

describe('an account that lost its zero since the id was paid last', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
    await project.write(
      'oct.csv',
      'id,name,bank_code,bank_account,amount\nE1,Asha,115,0123456789,405\nE2,Ben,068,0009876543210,342\n',
    );
    // Sellapay takes bank transfers and says later how they ended.
    expect((await project.run('run', 'oct.csv', '--wait', '0s')).code).toBe(5);
  });
  afterEach(() => project.close());

  const NOVEMBER = 'id,name,bank_code,bank_account,amount\nE1,Asha,115,123456789,410\nE2,Ben,068,0009876543210,349\n';
  const codesIn = (stdout: string): readonly string[] => {
    const { batches } = JSON.parse(stdout) as {
      batches: { issues: { severity: string; line: number; column: string; code: string }[] }[];
    };
    const issues = (batches[0]?.issues ?? []).filter(({ code }) => code !== 'bank-code-unknown');
    return issues.map(({ severity, line, column, code }) => `${severity} ${line} ${column} ${code}`);
  };

  it('is refused by validate, plan and run, with the earlier one masked', async () => {
    await project.write('nov.csv', NOVEMBER);
    for (const command of ['validate', 'plan', 'run']) {
      const refused = await project.run(command, 'nov.csv', '--json');
      expect([refused.code, codesIn(refused.stdout)]).toEqual([3, ['error 2 bank_account destination-digits-lost']]);
      expect(refused.stdout).toContain('115/*******789 (10 characters)');
      expect(refused.stdout).not.toContain('123456789');
    }
    expect(project.book()).toHaveLength(2);
  });

  it('is paid once a person allows it, which ledger and report record; later it is the known one', async () => {
    await project.write('nov.csv', NOVEMBER);
    const by = ['--by', 'Mary', '--because', 'new account'];
    expect((await project.run('run', 'nov.csv', '--allow-destination', 'E1', '--by', 'Mary')).code).toBe(2);
    expect((await project.run('run', 'nov.csv', '--allow-destination', 'E2', ...by)).code).toBe(3);
    const paid = await project.run('run', 'nov.csv', '--allow-destination', 'e1', ...by, '--wait', '0s', '--json');
    expect([paid.code, codesIn(paid.stdout)]).toEqual([5, ['warning 2 bank_account destination-digits-lost']]);
    const summary: unknown = JSON.parse(await project.read('reports/nov/summary.json'));
    expect(summary).toMatchObject({
      overrides: [
        {
          flag: 'allow-destination',
          ids: ['E1'],
          by: expect.stringContaining('Mary') as string,
          because: 'new account',
        },
      ],
    });
    await project.write('dec.csv', NOVEMBER.replaceAll('410', '411').replaceAll('349', '350'));
    expect((await project.run('run', 'dec.csv', '--wait', '0s')).code).toBe(5);
    expect(project.book()).toHaveLength(6);
  });

  it('is refused too where the amended row of a registered batch has it', async () => {
    await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary');
    await project.write('nov.csv', NOVEMBER.replace(',123456789', ',0123456789'));
    expect((await project.run('run', 'nov.csv', '--wait', '0s')).code).toBe(5);
    await project.write('nov.csv', NOVEMBER);
    const amended = await project.run('run', 'nov.csv', '--amend', '--json', '--wait', '0s');
    expect([amended.code, codesIn(amended.stdout)]).toEqual([3, ['error 2 bank_account destination-digits-lost']]);
  });

  it('is suspect where its bank code has lost a zero, and the message names it', async () => {
    await project.write('new.csv', 'id,name,bank_code,bank_account,amount\nE7,Asha,68,987654321,405\n');
    const refused = await project.run('validate', 'new.csv', '--json');
    expect(codesIn(refused.stdout)).toEqual([
      'error 2 bank_code bank-code-leading-zero',
      'warning 2 bank_account bank-account-suspect',
    ]);
    expect(refused.stdout).toContain('the account ******321 (9 characters) may have lost zeros too');
  });
});
