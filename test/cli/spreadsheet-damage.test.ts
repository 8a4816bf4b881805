import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

const CONFIG = `
organisation: acme-ke
ledger: sqlite:payrun.db
accounts:
  sell: { provider: sellapay, endpoint: simulator, currency: KES }
  dara: { provider: daraja, endpoint: simulator, currency: KES, options: { shortcode: "600981" } }
  pesa: { provider: pesaway, endpoint: simulator, currency: KES }
  bit: { provider: bitpesa, endpoint: simulator, currency: UGX }
  leso: { provider: mpesa-openapi, endpoint: simulator, currency: LSL, options: { market: vodacomLES, service_provider_code: "900123" } }
  tanz: { provider: mpesa-openapi, endpoint: simulator, currency: TZS, options: { market: vodacomTZN, service_provider_code: "900123" } }
`;

describe('a phone that is written as a decimal number', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
  });
  afterEach(() => project.close());

  const problemsOf = async (account: string, phones: readonly string[]): Promise<readonly string[]> => {
    const rows = phones.map((phone, at) => `P${at},Jane Doe,500,"${phone}"\n`);
    await project.write('f.csv', `id,name,amount,mobile\n${rows.join('')}`);
    const checked = await project.run('validate', 'f.csv', '--account', account, '--json');
    const { batches } = JSON.parse(checked.stdout) as {
      batches: { issues: { line: number; severity: string; code: string }[] }[];
    };
    const errors = (batches[0]?.issues ?? []).filter(({ severity }) => severity === 'error');
    return errors.map(({ line, code }) => `${line} ${code}`);
  };

  it.each([
    ['sell', ['71100001.0', '7110000.00', '25471100001.0', '0.711000021', '071100001.0', '71 100 001.0']],
    ['dara', ['71100001.0', '7110000.00', '25471100001.0', '0.711000021', '071100001,0', '71,100,001.0']],
    ['pesa', ['71100001.0', '7110000.00', '25471100001.0', '0.711000021', '+25471100001.0', '71.100.001,0']],
    ['bit', ['77200001.0', '25677200001.0', '+25677200001.0']],
    ['leso', ['5812345.0', '26658123.00']],
    ['tanz', ['74400011.0', '25574400011.0']],
  ])('is refused at %s: the zero behind the point takes the place of no digit', async (account, phones) => {
    expect(await problemsOf(account, phones)).toEqual(phones.map((_, at) => `${at + 2} mobile-decimal-number`));
  });

  it('is none where people write points between groups', async () => {
    const phones = [
      '0711.222.333',
      '0711.222334',
      '+254.711222335',
      '0711-222-336',
      '+254 (711) 222 337',
      '0711222338',
    ];
    for (const account of ['sell', 'dara', 'pesa']) expect(await problemsOf(account, phones)).toEqual([]);
  });
});

describe('a long number whose last digits are lost', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open();
  });
  afterEach(() => project.close());

  const codesOf = async (file: string): Promise<readonly string[]> => {
    const checked = await project.run('validate', file, '--json');
    const { batches } = JSON.parse(checked.stdout) as { batches: { issues: { line: number; code: string }[] }[] };
    return (batches[0]?.issues ?? []).map(({ line, code }) => `${line} ${code}`);
  };
  const rowOf = (account: string, at: number): string => `E${at},Ann,015,${account},100\n`;
  const HEADER = 'id,name,bank_code,bank_account,amount\n';

  it('is refused where zeros stand behind the fifteenth digit, or an exponent', async () => {
    const accounts = ['1234567890123450', '1234567890123400000', '2.54711E+11', '1.23456789012345E+15', '1,2E16'];
    await project.write('lost.csv', HEADER + accounts.map((account, at) => rowOf(`"${account}"`, at)).join(''));
    expect(await codesOf('lost.csv')).toEqual(accounts.map((_, at) => `${at + 2} bank-account-digits-lost`));
    const { code, stderr } = await project.run('run', 'lost.csv');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/lost\.csv:2: .*16 digits.*apostrophe in front/)]);
    expect((await project.run('validate', 'lost.csv', '--repair', 'mend.csv')).code).toBe(3);
    expect(await project.read('mend.csv')).toBe('line,column,id,before,after,why,accept\n');
    expect(project.book()).toEqual([]);
  });

  it('is a number where a person vouches for its zeros, or other digits stand there', async () => {
    const accounts = [
      "'1234567890123450",
      '1234567890123456',
      '1234567890123056',
      '123456789012000',
      '0123456789012340',
    ];
    await project.write('right.csv', HEADER + accounts.map(rowOf).join(''));
    expect(await codesOf('right.csv')).toEqual([]);
    await project.write(
      'right.yaml',
      'batch: r\naccount: demo\npayments:\n  - { id: E1, name: A, amount: 1, bank: { code: "015", account: 1234567890123450 } }\n',
    );
    expect(await codesOf('right.yaml')).toEqual([]);
  });

  it('is refused where the id was paid to the whole number before', async () => {
    await project.write('oct.csv', 'id,name,mobile,amount\nE1,Ann,0711000019,100\nE2,Ben,0711000029,100\n');
    expect((await project.run('run', 'oct.csv')).code).toBe(0);
    // A spreadsheet showed 2.54711E+11, and another one read that.
    await project.write('nov.csv', 'id,name,mobile,amount\nE1,Ann,254711000000,110\nE2,Ben,0711000029,110\n');
    expect(await codesOf('nov.csv')).toEqual(['2 destination-digits-lost']);
    expect((await project.run('run', 'nov.csv')).code).toBe(3);
    expect(project.book()).toHaveLength(2);
  });
});
