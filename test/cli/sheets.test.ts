import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

const CONFIG = `organisation: upendo-tea
ledger: sqlite:payrun.db
batches: batches
reports: reports
timezone: Africa/Nairobi
accounts:
  demo: { provider: sellapay, endpoint: simulator, currency: KES }
defaults:
  - match: "*.csv"
    account: demo
    number_format: "1,250.50"
    columns: { id: Emp No, name: Employee Name, amount: Net Pay, mobile: Phone }
`;

const HEAD = 'Emp No,Employee Name,Phone,Basic,Deductions,,Net Pay,Date paid\n';
const ROWS =
  '0001,Asha Mwangi,254712345678,45000.5,4500,,40500.5,11/28/2026\n' +
  '0002,Brian Otieno,254722000111,38000,3800,,34200,11/28/2026\n' +
  '0003,Chebet Koech,254733111222,62000,9300,,52700,11/28/2026\n';

let project: Project;

beforeEach(async () => {
  project = await Project.open({ config: CONFIG });
});

afterEach(() => project.close());

interface Issue {
  readonly severity: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** What `validate --json` says of a file: its exit, how many payments it has, and every issue. */
async function validate(text: string): Promise<{ exit: number | null; count: number; issues: readonly Issue[] }> {
  await project.write('batches/payroll.csv', text);
  const ended = await project.run('validate', 'batches/payroll.csv', '--json');
  const { batches } = JSON.parse(ended.stdout) as { batches: [{ count: number; issues: readonly Issue[] }] };
  return { exit: ended.code, ...batches[0] };
}

describe('a payroll sheet as people make it', () => {
  it('has phones and banks side by side, each marked as none in the other, and is paid', async () => {
    const text =
      'Emp No,Employee Name,Net Pay,Phone,bank_code,bank_account\n' +
      '0001,Asha Mwangi,40500.5,254712345678,n/a,N/A\n' +
      '0002,Brian Otieno,34200,-,015,0123456789\n';
    const { exit, count, issues } = await validate(text);
    expect({ exit, count }).toEqual({ exit: 0, count: 2 });
    expect(issues).toMatchObject([{ severity: 'warning', line: 0, code: 'destination-blank-word' }]);
    expect((await project.run('run', 'batches/payroll.csv', '--wait', '0s')).code).toBe(5);
    expect((await project.report('payroll')).map(({ destination }) => destination)).toEqual([
      "'+254712345678",
      '015/0123456789',
    ]);
    const mixed = text.replace('n/a,N/A', '068,N/A');
    expect(await validate(mixed)).toMatchObject({ exit: 3, issues: [{}, { line: 2, code: 'destination-several' }] });
  });

  it('is read below its title, which is a warning with its line', async () => {
    const above = 'UPENDO TEA FACTORY LTD,,,,,,,\n"PAYROLL FOR THE MONTH OF NOVEMBER, 2026",,,,,,,\n,,,,,,,\n';
    const { exit, count, issues } = await validate(above + HEAD + ROWS);
    expect({ exit, count }).toEqual({ exit: 0, count: 3 });
    expect(issues).toMatchObject([{ severity: 'warning', line: 4, code: 'header-row-found' }]);
    const ended = await project.run('run', 'batches/payroll.csv', '--wait', '20s');
    expect(ended.code).toBe(0);
    expect((await project.report('payroll')).map(({ line, id, status }) => [line, id, status])).toEqual([
      ['5', "'0001", 'paid'],
      ['6', "'0002", 'paid'],
      ['7', "'0003", 'paid'],
    ]);
  });

  it('reads amounts with their currency and /=, and calls a dash a zero', async () => {
    const read = ROWS.replace('40500.5', '"KES 40,500.50"').replace('34200', '"34,200/="');
    const { exit, issues } = await validate(HEAD + read);
    expect(exit).toBe(0);
    expect(issues).toMatchObject([
      { severity: 'warning', line: 0, code: 'amount-with-currency' },
      { severity: 'warning', line: 0, code: 'amount-with-only' },
    ]);
    const refused = await validate(HEAD + ROWS.replace('40500.5', ' KES -   ').replace('34200', 'USD 300'));
    expect(refused.exit).toBe(3);
    expect(refused.issues).toMatchObject([
      { severity: 'error', line: 2, code: 'amount-zero' },
      { severity: 'error', line: 3, code: 'amount-other-currency' },
    ]);
  });

  it('passes over a totals row that agrees and the signatures, and pays everybody else', async () => {
    const { exit, count, issues } = await validate(
      `${HEAD}${ROWS}TOTAL,,,,,,127400.5,\n,,,,,,,\nPrepared by:,,,Checked by:,,,,\n`,
    );
    expect({ exit, count }).toEqual({ exit: 0, count: 3 });
    expect(issues).toMatchObject([
      { severity: 'warning', line: 5, code: 'row-total' },
      { severity: 'warning', line: 7, code: 'row-remark' },
    ]);
    expect((await project.run('run', 'batches/payroll.csv', '--wait', '20s')).code).toBe(0);
    expect((await project.report('payroll')).map(({ line }) => line)).toEqual(['2', '3', '4']);
  });

  it('is refused where its total differs, with the difference, and nothing is sent', async () => {
    const [, second = ''] = ROWS.split('\n');
    const text = `${HEAD}${ROWS.replace(`${second}\n`, '')}TOTAL,,,,,,127400.5,\n`;
    const { exit, issues } = await validate(text);
    expect(exit).toBe(3);
    expect(issues).toMatchObject([{ severity: 'error', line: 4, code: 'total-differs' }]);
    expect(issues[0]?.message).toContain('34200.00 less');
    expect((await project.run('run', 'batches/payroll.csv')).code).toBe(3);
    expect(await project.errors('payroll')).toMatchObject([
      { line: '4', column: 'Net Pay', field: 'amount', code: 'total-differs' },
    ]);
  });

  it.each([
    ['a company called Total', '', 'Total Energies,Total Energies,,,,,127400.5,\n', 5, 'row-unclear'],
    ['a title as an id, and words for the amount', '', 'MGR Tom,,,,,,tba,\n', 5, 'row-unclear'],
    ['a person above the header', ',Tom Z,,,,,500,\n', '', 1, 'header-row-unclear'],
    ['an amount in thousands', '', '0004,Tom Z,254722000112,,,,5K,\n', 5, 'amount-magnitude'],
  ])('is refused for %s, which could be a payment', async (_, above, below, line, code) => {
    const { exit, issues } = await validate(above + HEAD + ROWS + below);
    expect(exit).toBe(3);
    expect(issues).toMatchObject([{ severity: 'error', line, code }]);
  });

  it('is refused where `skip` would pass over a person, and no part of a word is skipped', async () => {
    await project.write('payrun.yaml', CONFIG.replace('    account: demo\n', '    account: demo\n    skip: [total]\n'));
    const { exit, issues } = await validate(
      `${HEAD}${ROWS}TOTALINA-7,Totalina Achieng,,,,,700,\nTotal,Tom Z,,,,,700,\n`,
    );
    expect(exit).toBe(3);
    expect(issues.map(({ line, code }) => [line, code])).toEqual([
      [5, 'destination-missing'],
      [6, 'skip-of-payment'],
    ]);
  });

  it('is read as a rule says: `header_row` and `skip`', async () => {
    const rule = CONFIG.replace(
      '    account: demo\n',
      '    account: demo\n    header_row: 3\n    skip: [Employer, less]\n',
    );
    await project.write('payrun.yaml', rule);
    const { exit, count, issues } = await validate(
      `UPENDO,,,,,,,\nEmployee,,,Pay,,,,\n${HEAD}${ROWS}EMPLOYER COST,,,,,,900,\n`,
    );
    expect({ exit, count }).toEqual({ exit: 0, count: 3 });
    expect(issues).toMatchObject([
      { severity: 'warning', line: 3, code: 'header-row-found' },
      { severity: 'warning', line: 7, code: 'row-skipped' },
    ]);
  });

  it('is read as a YAML batch says, whatever a rule says', async () => {
    await project.write('payrun.yaml', CONFIG.replace('    account: demo\n', '    account: demo\n    header_row: 9\n'));
    await project.write(
      'batches/sheet.csv',
      `UPENDO,,,,,,,\nEmployee,,,Pay,,,,\n${HEAD}${ROWS}EMPLOYER COST,,,,,,900,\n`,
    );
    await project.write(
      'batches/november.yaml',
      'batch: november\naccount: demo\nrows: sheet.csv\nheader_row: 3\nskip: [employer]\n' +
        'columns: { id: Emp No, name: Employee Name, amount: Net Pay, mobile: Phone }\n',
    );
    const ended = await project.run('validate', 'batches/november.yaml', '--json');
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ batches: [{ count: 3, refused: false }] });
  });
});
