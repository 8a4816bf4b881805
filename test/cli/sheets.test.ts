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
});
