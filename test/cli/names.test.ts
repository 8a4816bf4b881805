import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project, type Ended } from './harness.ts';

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
  banks: { provider: pesaway, endpoint: simulator, currency: KES }
  whole: { provider: daraja, endpoint: simulator, currency: KES, options: { shortcode: "600981", command: SalaryPayment } }
  kampala: { provider: pesaway, endpoint: simulator, currency: UGX, options: { api_generation: "3", region: ug, merchant_code: "M1", mobile_channel: MTN } }
defaults:
  - match: "banks-*.csv"
    account: demo
    columns: { id: No, name: Name, amount: Net, bank_code: Bank, bank_account: Account, mobile: Phone, currency: Cur }
    values: { bank_code: { Equity Bank: "015", KCB: "001", "Co-operative Bank": "006" }, currency: { KSh: KES } }
  - match: "kinds-*.csv"
    account: { mobile: demo, bank: banks }
  - match: "down-*.csv"
    account: whole
    rounding: down
  - match: "ugx-*.csv"
    account: kampala
    rounding: half-up
  - match: "*.csv"
    account: demo
`;

interface Issue {
  readonly severity: string;
  readonly line: number;
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

interface Document {
  readonly batches: readonly {
    readonly issues: readonly Issue[];
    readonly sums: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly plan?: { readonly new: readonly { readonly account: string; readonly kind: string }[] };
  }[];
}

function batchOf({ stdout }: Ended): Document['batches'][number] {
  const [first] = (JSON.parse(stdout) as Document).batches;
  if (first === undefined) throw new Error('the document has no batch');
  return first;
}

const issuesOf = (ended: Ended): readonly Issue[] => batchOf(ended).issues;

let project: Project;
beforeEach(async () => {
  project = await Project.open({ config: CONFIG });
});
afterEach(() => project.close());

async function checked(name: string, text: string, ...flags: string[]): Promise<readonly Issue[]> {
  await project.write(name, text);
  return issuesOf(await project.run('validate', name, '--json', ...flags));
}

const BANKS = 'No,Name,Net,Bank,Account,Phone,Cur\n';

describe('values that cells stand for', () => {
  it('are read in place of names of banks, whatever their case and spaces, and reports keep the names', async () => {
    const rows = 'A1,Ann Otieno,1500.00,  EQUITY   bank,0123456789,,ksh\nA2,Ben Kamau,1600.00,kcb,0123456780,,KES\n';
    await project.write('banks-nov.csv', BANKS + rows);
    expect((await project.run('run', 'banks-nov.csv', '--wait', '0s')).stderr).not.toMatch(/error|warning/);
    const report = await project.report('banks-nov');
    expect(report.map((row) => row['destination'])).toEqual(["'015/0123456789", "'001/0123456780"].map(plain(report)));
    expect(report.map((row) => row['Bank'])).toEqual(['  EQUITY   bank', 'kcb']);
    expect(report.map((row) => row['currency'])).toEqual(['KES', 'KES']);
  });

  it('name the nearest entries and the nearest banks of the provider where a cell stands for none', async () => {
    const [issue, ...others] = await checked('banks-x.csv', `${BANKS}A1,Ann Otieno,1500.00,Equty Bank,0123456789,,\n`);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ severity: 'error', line: 2, field: 'bank_code' });
    expect(issue?.message).toMatch(/^A1 Ann Otieno: /);
    expect(issue?.message).toContain('`values:` has "Equity Bank"');
    expect(issue?.message).toContain('sellapay knows 015 Equity Bank');
    expect(issue?.message).toContain('payrun banks sellapay');
    expect(issue?.message).not.toContain('0123456789');
  });

  it('leave a cell that is a code itself as it is', async () => {
    expect(await checked('banks-y.csv', `${BANKS}A1,Ann Otieno,1500.00,015,0123456789,,\n`)).toEqual([]);
  });

  it('name the banks of the provider also where nothing is mapped', async () => {
    const [issue] = await checked('z.csv', 'id,name,amount,bank_code,bank_account\n1,Ann,10,Equity Bank,0123456789\n');
    expect(issue?.message).toContain('sellapay knows 015 Equity Bank');
    expect(issue?.message).toContain('values: { bank_code: { NAME: "CODE" } }');
  });

  it('are never guessed from a code: only one that lost zeros is named', async () => {
    const rows = ['15,0123456789', '0157,0123456788', '016,0123456787', '9999,0123456786'];
    const file = rows.map((row, at) => `${at},Ann,10,${row}\n`).join('');
    const issues = await checked('codes.csv', `id,name,amount,bank_code,bank_account\n${file}`);
    const named = issues
      .filter(({ field }) => field === 'bank_code')
      .map(({ message }) => / knows (\d+)/.exec(message)?.[1]);
    expect(named).toEqual(['015', undefined, undefined, undefined].slice(0, named.length));
    expect(named.length).toBeGreaterThan(2);
  });

  it('are written into a YAML batch too, for payments and for the rows of a CSV', async () => {
    const head = 'batch: y1\naccount: demo\nvalues: { bank_code: { Equity: "015" } }\n';
    const payment = '{ id: 1, name: Ann Otieno, amount: 10, bank: { code: equity, account: "0123456789" } }';
    expect(await checked('y1.yaml', `${head}payments:\n  - ${payment}\n`)).toEqual([]);
    await project.write('y2.csv', 'id,name,amount,bank_code,bank_account\n1,Ann Otieno,11,EQUITY,0123456789\n');
    expect(await checked('y2.yaml', `${head.replace('y1', 'y2')}rows: y2.csv\n`)).toEqual([]);
  });

  it.each([
    ['bank_code: { Equity: "15" }', 'bank-code-leading-zero'],
    ['bank_code: { Equity: "015", EQUITY: "001" }', 'values-repeated'],
    ['bank_code: { Equity: "" }', 'values-empty'],
    ['account: { Head office: dmeo }', 'account-unknown'],
    ['currency: { KSh: KSS }', 'currency-unknown'],
    ['mobile: { Ann: "0712345678" }', 'values-field'],
    ['amount: { full: "100" }', 'values-field'],
  ])('are checked before any row is read: %s in a YAML batch', async (values, code) => {
    const payment = '{ id: 1, name: Ann Otieno, amount: 10, mobile: "0712345678" }';
    const found = await checked(
      'b.yaml',
      `batch: b\naccount: demo\nvalues: { ${values} }\npayments:\n  - ${payment}\n`,
    );
    expect(found.map((issue) => [issue.severity, issue.code, issue.line])).toEqual([['error', code, 3]]);
  });

  it.each([
    ['bank_code: { Equity: "15" }', 'Bank code 15 has lost its leading zero'],
    ['currency: { KSh: KSS }', '"KSS" is no currency'],
    ['account: { Head office: dmeo }', 'Did you mean `demo`?'],
    ['mobile: { Ann: "0712345678" }', "each person's own"],
  ])('are checked with the configuration: %s in a rule', async (values, message) => {
    const config = CONFIG.replace(
      'values: { bank_code',
      `values: { ${values} }\n  - match: "other"\n    values: { bank_code`,
    );
    await project.write('other.yaml', config.replaceAll('ENDPOINT', project.simulator.endpoint));
    await project.write('b.csv', 'id,amount,mobile\n1,10,0712345678\n');
    const ended = await project.run('--config', 'other.yaml', 'validate', 'b.csv');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
  });

  it('are warned of where the list of the provider lacks a code', async () => {
    const config = CONFIG.replace('KCB: "001"', 'KCB: "099"').replaceAll('ENDPOINT', project.simulator.endpoint);
    await project.write('other.yaml', config);
    const ended = await project.run('--config', 'other.yaml', 'banks', 'sellapay', '099');
    await project.write('b.csv', 'id,amount,mobile\n1,10,0712345678\n');
    const validated = await project.run('--config', 'other.yaml', 'validate', 'b.csv');
    expect([ended.code, validated.code]).toEqual([0, 0]);
    expect(validated.stderr).toContain('Bank 099 is not in the list of sellapay');
  });

  it('are read again, as they were, in a correction', async () => {
    const config = CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint);
    await project.write(
      'banks-nov.csv',
      `${BANKS}A1,Ann Otieno,1500.00,Equity Bank,0123450000,,\nA2,Ben,1,,,0712340004,\n`,
    );
    await project.run('run', 'banks-nov.csv', '--wait', '0s');
    await project.run(
      'resolve',
      (await project.report('banks-nov'))[0]?.['reference'] ?? '',
      '--as',
      'failed',
      '--because',
      'x',
      '--by',
      'M',
    );
    const failed = await project.read('reports/banks-nov/banks-nov-failed.csv');
    expect(failed).toContain('Equity Bank');
    await project.write('payrun.yaml', config.replace(/ +values: .*\n/, ''));
    const corrected = failed.replace('1500.00', '1501.00');
    const issues = await checked('again.csv', corrected);
    expect(issues.filter(({ field }) => field === 'bank_code')).toEqual([]);
  });
});

/** A cell that begins with a zero is guarded in some reports. */
function plain(rows: readonly Record<string, string>[]): (text: string) => string {
  const isGuarded = rows.some((row) => row['destination']?.startsWith("'") === true);
  return (text) => (isGuarded ? text : text.slice(1));
}

describe('a message about a row', () => {
  it('names the person, and the amount as it stands', async () => {
    const [issue] = await checked('a.csv', 'id,name,amount,mobile\nEMP-0041,Jane Wanjiku,"99,999.99",0712345678\n');
    expect(issue?.message).toMatch(/^EMP-0041 Jane Wanjiku: The amount reads 99,999\.99\. /);
  });

  it('is the same in errors.csv', async () => {
    await project.write('a.csv', 'id,name,amount,mobile\nEMP-0041,Jane Wanjiku,0.50,0712345678\n');
    await project.run('run', 'a.csv');
    const [error] = await project.errors('a');
    expect(error?.['message']).toMatch(/^EMP-0041 Jane Wanjiku: The amount reads 0\.50\. /);
  });

  it.each([
    ['id,name,amount,mobile\n0712345678,Jane,x,0712345678\n', /0712345678/],
    ['id,name,amount,mobile\n254712345678,Jane,x,0712345678\n', /254712345678/],
    ['id,name,amount,mobile\n7,+254712345678,x,0712345678\n', /712345678/],
    ['id,name,amount,bank_code,bank_account\n0123456789,Jane,x,015,0123456789\n', /0123456789/],
  ])('never shows a phone or an account that stands as an id or a name: %j', async (text, forbidden) => {
    const issues = await checked('a.csv', text);
    expect(issues.length).toBeGreaterThan(0);
    for (const { message } of issues) expect(message).not.toMatch(forbidden);
  });

  it('never masks an id', async () => {
    const [issue] = await checked('a.csv', 'id,name,amount,mobile\n2026110001,Jane,x,0712345678\n');
    expect(issue?.message).toMatch(/^2026110001 Jane: /);
  });

  it('names the person of a row with too many cells', async () => {
    const [issue] = await checked('a.csv', 'id,name,amount,mobile\nE1,Jane,10,0712345678,,\n');
    expect(issue).toMatchObject({ code: 'row-ragged' });
    expect(issue?.message).toMatch(/^E1 Jane: /);
  });
});

describe('one file with bank and mobile people', () => {
  const ROWS = 'id,name,amount,mobile,bank_code,bank_account\nE1,Ann,100,0712345678,,\nE2,Ben,200,,68,0123456789\n';

  it('is paid from the account of each kind', async () => {
    await project.write('kinds-nov.csv', ROWS);
    const planned = await project.run('plan', 'kinds-nov.csv', '--json');
    expect(batchOf(planned).plan?.new).toMatchObject([
      { account: 'demo', kind: 'mobile' },
      { account: 'banks', kind: 'bank' },
    ]);
    expect((await project.run('run', 'kinds-nov.csv')).code).toBe(0);
    const report = await project.report('kinds-nov');
    expect(report.map((row) => [row['account'], row['status']])).toEqual([
      ['demo', 'paid'],
      ['banks', 'paid'],
    ]);
    const again = await project.run('run', 'kinds-nov.csv');
    expect([again.code, project.book().length]).toEqual([0, 1]);
    await project.write('kinds-copy.csv', ROWS);
    expect((await project.run('run', 'kinds-copy.csv', '--json')).stdout).toContain('batch-copy');
  });

  it('refuses a kind without an account, and names it', async () => {
    const issues = await checked('kinds-x.csv', 'id,amount,mobile,wallet\nE1,100,0712345678,\nE2,100,,acctGOOD\n');
    expect(issues).toMatchObject([{ line: 3, field: 'wallet', code: 'account-kind-missing' }]);
    expect(issues[0]?.message).toContain(
      'This payment goes to a wallet, and `account:` names accounts for mobile and bank only.',
    );
  });

  it('lets --account and the account of a row win', async () => {
    await project.write('kinds-a.csv', 'id,amount,mobile\nE1,100,0712345678\n');
    const forced = await project.run('plan', 'kinds-a.csv', '--json', '--account', 'banks');
    expect(batchOf(forced).plan?.new).toMatchObject([{ account: 'banks', kind: 'mobile' }]);
    await project.write('kinds-b.csv', 'id,amount,mobile,account\nE1,100,0712345678,banks\n');
    expect(batchOf(await project.run('plan', 'kinds-b.csv', '--json')).plan?.new).toMatchObject([{ account: 'banks' }]);
  });

  it('is written into a YAML batch too, and each account keeps its own currency', async () => {
    const text = [
      'batch: y',
      'account: { mobile: kampala, bank: banks }',
      'payments:',
      '  - { id: 1, amount: 5000, mobile: "+256772123456" }',
      '  - { id: 2, amount: 100.50, bank: { code: "68", account: "0123456789" } }',
    ].join('\n');
    await project.write('y.yaml', text);
    const { sums, issues } = batchOf(await project.run('validate', 'y.yaml', '--json'));
    expect([issues, sums]).toEqual([[], { UGX: { planned: '5000' }, KES: { planned: '100.50' } }]);
  });

  it.each([
    ['{ mobile: demo, bank: whole }', 'account-kind-unsupported'],
    ['{ mobile: dmeo }', 'account-unknown'],
    ['{ phone: demo }', 'key-unknown'],
  ])('refuses %s in a YAML batch', async (account, code) => {
    const payment = '{ id: 1, amount: 100, mobile: "0712345678" }';
    const issues = await checked('y.yaml', `batch: y\naccount: ${account}\npayments:\n  - ${payment}\n`);
    expect(issues.map((issue) => issue.code)).toContain(code);
  });
});

describe('rounding', () => {
  it('is refused where nothing is declared, with what to declare', async () => {
    const issues = await checked('a.csv', 'id,amount,mobile\nE1,100.50,0712345678\n', '--account', 'whole');
    expect(issues).toMatchObject([{ code: 'amount-step' }]);
    expect(issues[0]?.message).toContain('The amount reads 100.50. ');
    expect(issues[0]?.message).toContain('`rounding: down`');
  });

  it('pays less, never more, and reports the difference of each row and in total', async () => {
    await project.write(
      'down-1.csv',
      'id,name,amount,mobile\nE1,Ann,100.99,0712345678\nE2,Ben,200.00,0712345679\nE3,Cid,1050.505,0712345680\n',
    );
    const ended = await project.run('validate', 'down-1.csv', '--json');
    expect(batchOf(ended).sums).toEqual({ KES: { planned: '1350.00' } });
    expect(issuesOf(ended)).toMatchObject([
      { severity: 'warning', line: 0, code: 'amounts-rounded' },
      { severity: 'warning', line: 2, field: 'amount', code: 'amount-rounded' },
      { line: 4, code: 'amount-rounded' },
    ]);
    expect(issuesOf(ended)[0]?.message).toContain('2 amounts were rounded (rounding: down): 1.495 KES less');
    expect(issuesOf(ended)[1]?.message).toMatch(
      /^E1 Ann: The amount reads 100\.99 and 100\.00 KES is paid: 0\.99 KES less/,
    );
  });

  it('compares controls before it rounds', async () => {
    await project.write('r.csv', 'id,name,amount,mobile\nE1,Ann,100.99,0712345678\nE2,Ben,200.02,0712345679\n');
    const yaml = (sum: string): string =>
      `batch: r\naccount: whole\nrounding: down\ncontrol: { count: 2, sum: "${sum}" }\nrows: r.csv\n`;
    expect((await checked('r.yaml', yaml('301.01'))).filter(({ severity }) => severity === 'error')).toEqual([]);
    const [issue] = (await checked('r.yaml', yaml('300.00'))).filter(({ severity }) => severity === 'error');
    expect(issue?.code).toBe('control-sum-mismatch');
    expect(issue?.message).toContain('the payments come to 301.01 KES before rounding');
    const expected = await project.run('validate', 'r.yaml', '--expect-sum', '301.01');
    await project.write('r.yaml', yaml('301.01'));
    expect(expected.code).toBe(3);
    expect((await project.run('plan', 'r.yaml', '--expect-sum', '301.01')).code).toBe(0);
    expect((await project.run('plan', 'r.yaml', '--expect-sum', '300.00')).code).toBe(3);
  });

  it('rounds the half up for a currency without cents, and summary.json has the difference', async () => {
    await project.write(
      'ugx-1.csv',
      'id,name,amount,mobile\nE1,Ann,5000.5,+256772123456\nE2,Ben,6000.4,+256772123457\n',
    );
    await project.run('run', 'ugx-1.csv', '--wait', '0s');
    const report = await project.report('ugx-1');
    expect(report.map((row) => [row['amount'], row['input.amount']])).toEqual([
      ['5001', '5000.5'],
      ['6000', '6000.4'],
    ]);
    const summary = JSON.parse(await project.read('reports/ugx-1/summary.json')) as unknown;
    expect(summary).toMatchObject({
      rounding: { rounding: 'half-up', differences: { UGX: { count: 2, difference: '-0.1' } } },
      totals: { UGX: '11001' },
    });
    expect((await project.run('plan', 'ugx-1.csv', '--json')).stdout).not.toContain('batch-changed');
  });

  it.each([
    ['0.25', 'amount-zero'],
    ['12.250', 'amount-decimals'],
    ['1.2.3', 'amount-syntax'],
    ['-5.5', 'amount-negative'],
  ])('does not hide what is wrong with %s', async (amount, code) => {
    const issues = await checked('down-2.csv', `id,amount,mobile\nE1,${amount},0712345678\n`);
    expect(issues.filter(({ severity }) => severity === 'error').map((issue) => issue.code)).toEqual([code]);
  });

  it('is the same to the last digit however many rows there are', async () => {
    const rows = Array.from({ length: 120 }, (_, n) => `E${n},10.1,07123${String(45_000 + n)}`);
    const issues = await checked('down-3.csv', ['id,amount,mobile', ...rows, ''].join('\n'));
    expect(issues.filter(({ code }) => code === 'amount-rounded')).toHaveLength(50);
    expect(issues.find(({ code }) => code === 'amounts-rounded')?.message).toContain(
      '120 amounts were rounded (rounding: down): 12 KES less',
    );
  });
});

describe('a correction', () => {
  /** Runs a batch whose wallet does not exist, corrects the row under a name of another rule, and plans it. */
  async function planned(
    batch: string,
  ): Promise<readonly { readonly account: string; readonly kind: string; readonly sum?: string }[]> {
    expect([4, 5]).toContain((await project.run('run', batch, '--wait', '0s')).code);
    const failed = await project.read('reports/first/first-failed.csv');
    await project.write('second.csv', failed.replace('acctMISSING', 'acctGOOD'));
    const ended = await project.run('plan', 'second.csv', '--json');
    expect(issuesOf(ended).filter(({ severity }) => severity === 'error')).toEqual([]);
    return batchOf(ended).plan?.new ?? [];
  }

  it('is paid from the account of its kind, as the batch was', async () => {
    await project.write(
      'rows.csv',
      'id,name,amount,wallet,bank_code,bank_account\nE1,Ann,100,acctMISSING,,\nE2,Ben,200,,68,0123456789\n',
    );
    await project.write('first.yaml', 'batch: first\naccount: { wallet: demo, bank: banks }\nrows: rows.csv\n');
    expect(await planned('first.yaml')).toMatchObject([{ account: 'demo', kind: 'wallet' }]);
  });

  it('is rounded as the batch was', async () => {
    await project.write('rows.csv', 'id,name,amount,wallet\nE1,Ann,1000.509,acctMISSING\n');
    await project.write('first.yaml', 'batch: first\naccount: demo\nrounding: down\nrows: rows.csv\n');
    expect(await planned('first.yaml')).toMatchObject([{ account: 'demo', sum: '1000.50' }]);
  });
});
