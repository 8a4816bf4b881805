import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWorkbook, type WrittenCell } from '../workbook/workbook-writer.ts';
import { CONFIG, Project } from './harness.ts';

const ACCOUNTS = `  - { match: "bank*.xlsx", account: banks, columns: { id: No, amount: Net, bank_code: Bank, bank_account: Account, name: Name } }\n`;
const WITH_BANKS = CONFIG.replace(
  'accounts:\n',
  'accounts:\n  banks: { provider: pesaway, endpoint: simulator, currency: KES }\n',
);
const PHONES = `  - { match: "pay*.xlsx", account: demo, columns: { id: No, amount: Net, mobile: Phone } }\n`;

let project: Project;
beforeEach(async () => {
  project = await Project.open({ config: WITH_BANKS + ACCOUNTS + PHONES });
});
afterEach(() => project.close());

/** A number cell in the format of each code, one row each; `cells` puts it among the others. */
function book(
  header: readonly string[],
  codes: readonly string[],
  number: number,
  cells: (cell: WrittenCell, at: number) => readonly WrittenCell[],
): Buffer {
  const rows = codes.map((_, at) => cells({ attributes: `s="${at + 1}"`, content: `<v>${number}</v>` }, at));
  return writeWorkbook([{ name: 'Pay', rows: [header, ...rows] }], { formats: codes });
}

const phone = (at: number): string => `07122${String(at).padStart(4, '0')}9`;

async function amounts(codes: readonly string[], number = 1250): Promise<Buffer> {
  return Promise.resolve(book(['No', 'Net', 'Phone'], codes, number, (cell, at) => [`E-${at}`, cell, phone(at)]));
}

describe('a number format in a workbook', () => {
  it('has an account paid with the zeros that it shows, or the cell refused', async () => {
    const header = ['No', 'Net', 'Bank', 'Account', 'Name'];
    const row = (cell: WrittenCell, at: number): readonly WrittenCell[] => [
      `E-${at}`,
      100 + at,
      '68',
      cell,
      'Asha Ali',
    ];
    const plain = ['0000000000', '[Red]0000000000', '[$-409]0000000000', '0000000000;-0000000000', '_-0000000000_-'];
    await project.write('batches/bank.xlsx', book(header, plain, 12345678, row));
    const ended = await project.run('validate', 'batches/bank.xlsx', '--json');
    expect([ended.code, ended.stdout]).toEqual([0, expect.not.stringContaining('cell-shows')]);
    expect((await project.run('run', 'batches/bank.xlsx')).code).toBe(0);
    const report = await project.report('bank');
    expect(report.map(({ destination, status }) => [destination, status])).toEqual(
      plain.map(() => ['68/0012345678', 'paid']),
    );

    const refused = ['000-000-0000', '0000\\ 0000\\ 00', '"01"00000000', '0000000000"01"', '*00'];
    await project.write('batches/bank-2.xlsx', book(header, refused, 12345678, row));
    const second = await project.run('run', 'batches/bank-2.xlsx');
    expect(second.code).toBe(3);
    expect((await project.errors('bank-2')).map(({ code }) => code)).toEqual(
      refused.map(() => 'cell-shows-other-text'),
    );
    expect(second.stderr).toContain('Pay!D4');
    expect(second.stderr).toContain(
      'holds the number *****678 (8 digits) and shows *******678 (10 digits): its number format adds',
    );
    expect(second.stderr).toContain('Format the column as text');
  });

  it('has an id read with the zeros that it shows, or the cell refused', async () => {
    const row = (cell: WrittenCell, at: number): readonly WrittenCell[] => [cell, 100 + at, phone(at)];
    await project.write('batches/pay.xlsx', book(['No', 'Net', 'Phone'], ['[Red]000'], 7, row));
    expect((await project.run('run', 'batches/pay.xlsx')).code).toBe(0);
    expect((await project.report('pay'))[0]).toMatchObject({ id: "'007" });
    await project.write('batches/pay-2.xlsx', book(['No', 'Net', 'Phone'], ['"EMP-"000'], 7, row));
    const ended = await project.run('run', 'batches/pay-2.xlsx');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Pay!A2: ');
    expect(ended.stderr).toContain('This cell holds the number 7 and shows EMP-007');
  });

  it("of the batch's own currency is paid, and of another one or with other words refused", async () => {
    const own = [
      'General',
      '[$KES] #,##0.00',
      '"KES" #,##0.00',
      '"KSh"#,##0',
      '"Ksh "0',
      '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-',
      '_-"KSh"* #,##0.00_-;-"KSh"* #,##0.00_-;_-"KSh"* "-"??_-;_-@_-',
      '#,##0_);(#,##0)',
    ];
    await project.write('batches/pay.xlsx', await amounts(own));
    expect((await project.run('run', 'batches/pay.xlsx')).code).toBe(0);
    expect(project.book()).toHaveLength(own.length);

    const other = ['[$USD] #,##0.00', '"$"#,##0.00', '[$€-2]\\ #,##0.00'];
    const changed = ['0.0,"k"', '"paid"', '0.00" CR"', '"-"0', '(0)', ';;;', '000-000', '0%', '#,##0,'];
    await project.write('batches/pay-2.xlsx', await amounts([...other, ...changed]));
    const ended = await project.run('run', 'batches/pay-2.xlsx');
    expect(ended.code).toBe(3);
    expect((await project.errors('pay-2')).map(({ code }) => code)).toEqual([
      ...other.map(() => 'amount-other-currency'),
      ...changed.map(() => 'cell-shows-other-amount'),
    ]);
    expect(ended.stderr).toContain('Pay!B2: E-0: This cell shows USD 1,250.00 and holds 1250. It is written in USD');
    expect(ended.stderr).toContain('Pay!B7: E-5: This cell shows 1250.00 CR and holds 1250.');
    expect(project.book()).toHaveLength(own.length);
  });

  it('of letters that nobody quoted is a currency and no date', async () => {
    const own = ['Ksh #,##0', 'KES #,##0.00', 'KSh #,##0.00;-KSh #,##0.00', '#,##0 Kshs', 'Sh 0'];
    await project.write('batches/pay.xlsx', await amounts(own));
    const ended = await project.run('run', 'batches/pay.xlsx');
    expect([ended.code, project.book().map(({ amountMinor }) => amountMinor)]).toEqual([0, own.map(() => 125_000n)]);
    await project.write(
      'batches/pay-2.xlsx',
      await amounts(['USD #,##0', 'TSh 0.00', '#,##0 d', 'dd/mm/yyyy', '[h]:mm:ss.00']),
    );
    expect((await project.run('run', 'batches/pay-2.xlsx')).code).toBe(3);
    expect((await project.errors('pay-2')).map(({ code }) => code)).toEqual([
      'amount-other-currency',
      'amount-other-currency',
      'cell-shows-other-amount',
      'cell-date',
      'cell-date',
    ]);
  });

  it('has a text refused that it shows with other characters, or not at all', async () => {
    const texts = ['"01"@', '@"0"', '0;0;0;"7"@', ';;;', '@', '_(@_)', '0;-0;0;@'];
    const rows = texts.map((_, at): readonly WrittenCell[] => [
      `E-${at}`,
      100 + at,
      '68',
      { attributes: `s="${at + 1}" t="inlineStr"`, content: '<is><t>12345678</t></is>' },
      'Asha Ali',
    ]);
    const sheet = { name: 'Pay', rows: [['No', 'Net', 'Bank', 'Account', 'Name'], ...rows] };
    await project.write('batches/bank.xlsx', writeWorkbook([sheet], { formats: texts }));
    const ended = await project.run('run', 'batches/bank.xlsx');
    expect(ended.code).toBe(3);
    expect((await project.errors('bank')).map(({ line, code }) => `${line} ${code}`)).toEqual(
      [2, 3, 4, 5].map((line) => `${line} cell-shows-other-text`),
    );
    expect(ended.stderr).toContain(
      'Pay!D2: This cell holds the text *****678 (8 digits) and shows *******678 (10 digits)',
    );
    // Of many cells with one fault the screen names three, and errors.csv all.
    expect(ended.stderr).toContain('and 1 more');
    expect((await project.errors('bank')).at(3)?.['message']).toContain(
      'Pay!D5: This cell holds the text *****678 (8 digits) and shows nothing',
    );
    // A title of a name is no other person, and no other money.
    const named = [
      ['No', 'Net', 'Phone', 'Name'],
      ['E-1', 100, phone(1), { attributes: 's="1" t="str"', content: '<v>Asha</v>' }],
    ];
    await project.write('batches/pay.xlsx', writeWorkbook([{ name: 'Pay', rows: named }], { formats: ['"Mr "@'] }));
    expect((await project.run('run', 'batches/pay.xlsx')).code).toBe(0);
  });

  it('is no reason to take the point of a number for one that groups thousands', async () => {
    await project.write('batches/pay.xlsx', await amounts(['General'], 45.125));
    const ended = await project.run('run', 'batches/pay.xlsx');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('KES has 2 decimals');
    expect(ended.stderr).toContain('rounding: down');
    expect(ended.stderr).not.toContain('number_format');
    const rule = PHONES.replace('account: demo', 'account: demo, rounding: down');
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint) + rule);
    expect((await project.run('run', 'batches/pay.xlsx')).code).toBe(0);
    expect((await project.report('pay'))[0]).toMatchObject({ amount: '45.12', status: 'paid' });
  });
});
