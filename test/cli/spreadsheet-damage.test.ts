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
