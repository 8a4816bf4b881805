import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CsvDefaults } from '../../src/domain/csv-defaults.ts';
import { checkBatch } from '../../src/intake/batch.ts';
import { checkCsv, codesOf, contextWith, drop, paymentsOf } from './drop-folder.ts';

const COLUMNS: Partial<CsvDefaults> = { columns: { id: 'Emp No', amount: 'Net Pay', mobile: 'Phone' } };
const HEAD = 'Emp No,Name,Phone,Basic,Net Pay\n';
const ROWS = '0001,Asha,254712345678,100,40500.50\n0002,Brian,254722000111,100,34200\n';
const TITLE = 'UPENDO TEA FACTORY LTD,,,,\n"PAYROLL FOR NOVEMBER, 2026",,,,\n,,,,\n';

const check = (text: string, defaults: Partial<CsvDefaults> = {}) => checkCsv(text, { ...COLUMNS, ...defaults });

describe('a header below a title', () => {
  it.each([
    ['a title, a month and a blank line', TITLE],
    ['a title of one cell', 'UPENDO TEA FACTORY LTD\n'],
    ['a title with a comma and no quotes', 'PAYROLL FOR NOVEMBER, 2026\n\n'],
    ['an address with a telephone', 'UPENDO,,Tel: 0712 345 678,,\nP.O. Box 1234,,Nairobi 00100,,\n\n'],
    ['the day of printing under the amount', 'UPENDO,,,,Printed on 28/11/2026 16:02\n\n'],
    ['twenty-six lines of it', 'UPENDO,,,,\n'.repeat(26)],
    [
      'a telephone and a year, each behind its label',
      'UPENDO,,Tel 0712 345 678,Page 1\n,Tel:,,0712345678,\nHeadcount,3,,,\nYear,2026,,,\nPayroll November,2026\n\n',
    ],
    ['names of columns of which none is the id', 'Month,November 2026,Phone,,\n\n'],
  ])('is found under %s, which is reported', async (_, above) => {
    const checked = await check(above + HEAD + ROWS);
    const plain = await check(HEAD + ROWS);
    const line = above.split('\n').length;
    expect(codesOf(checked)).toEqual([`${line}  header-row-found`]);
    expect(checked.problems[0]?.message).toContain(`The header stands on line ${line}; line`);
    expect(checked.summary?.digest).toBe(plain.summary?.digest);
    expect((await paymentsOf(checked)).map((payment) => payment.line)).toEqual([line + 1, line + 2]);
  });

  it('is found with every delimiter, however many the title has of another', async () => {
    for (const delimiter of [';', '\t']) {
      const table = (HEAD + ROWS).replaceAll(',', delimiter);
      const checked = await check(
        `"Payroll, November, 2026, Nairobi, Kenya, East Africa"\nA, B, C, D, E, F, G\n\n${table}`,
      );
      expect(codesOf(checked)).toEqual(['4  header-row-found']);
      expect(checked.summary).toMatchObject({ count: 2, header: { delimiter } });
    }
  });

  it('is found by our own names, without a rule', async () => {
    const checked = await checkCsv(`ACME,,\n\nid,amount,mobile\n1,10,0712000111\n`);
    expect(codesOf(checked)).toEqual(['3  header-row-found']);
  });

  it('on the first line is no news', async () => {
    expect((await check(HEAD + ROWS)).problems).toEqual([]);
  });

  it('names a column that a mapping misses on the line of the header', async () => {
    const checked = await check(TITLE + HEAD + ROWS, { columns: { ...COLUMNS.columns, narrative: 'Why' } });
    expect(codesOf(checked)).toEqual(['4  header-row-found', '4 narrative columns-missing-header']);
  });
});

describe('one message refuses', () => {
  it.each([
    [
      'a payment above the header',
      `0009,Zed,0712000119,1,500\n${HEAD}${ROWS}`,
      '1  header-row-unclear',
      /could be a payment.*line 2/,
    ],
    [
      'a payment without an amount above the header',
      `0009,Zed,0712000119,1,\n${HEAD}${ROWS}`,
      '1  header-row-unclear',
      /line 2/,
    ],
    [
      'a payment without a destination above the header',
      `0009,Zed,,1,500\n${HEAD}${ROWS}`,
      '1  header-row-unclear',
      /line 2/,
    ],
    ...[
      ',Tom Z,,,500',
      'Tom Z,500',
      ',Tom Z,,,KES 500',
      'Tom Z,"2,000"',
      'Mary,2000',
      ',Tom Z2,,,500.50',
      'Janet,2026',
      '0712345670,Tom,Z,500',
      ',,,,0712 345 670',
    ].map((line): [string, string, string, RegExp] => [
      `what may be a payment above the header, in whatever columns: ${line}`,
      `${line}\n${HEAD}${ROWS}`,
      '1  header-row-unclear',
      /could be a payment.*line 2.*header_row: 2/,
    ]),
    ['a sum above the header', `Total,,,200,74700.50\n${HEAD}${ROWS}`, '1  header-row-unclear', /line 2/],
    [
      'two lines that differ and could be the header',
      `UPENDO,,,,\n${HEAD}${HEAD.replace('Basic', 'Gross')}${ROWS}`,
      '2  header-row-unclear',
      /2 and 3/,
    ],
    [
      'names of groups right above the header',
      `UPENDO,,,,\n\nEmployee,,,Pay,\n${HEAD}${ROWS}`,
      '4  header-row-unclear',
      /two lines, 3 and 4/,
    ],
    [
      'a header that is parted over two lines',
      'UPENDO,,,,\n\nEmp No,Employee,Phone,Pay,\n,,,Basic,Net Pay\n0001,A,0712000111,1,2\n',
      '3  header-row-unclear',
      /two lines, 3 and 4/,
    ],
    [
      'a header that lacks the amount',
      TITLE + HEAD.replace('Net Pay', 'Net (KES)') + ROWS,
      '4  header-row-unclear',
      /Line 4 looks like the header.*no column for the amount/,
    ],
    [
      'a header of which nothing is known',
      TITLE + 'No,Who,Where,Basic,Net\n0001,Asha,254712345678,100,40500.50\n',
      '4  header-row-unclear',
      /Line 4 looks like the header.*the id \("Emp No" in `columns:`\) and the amount .* and the destination/,
    ],
    [
      'a header below the thirtieth line',
      `UPENDO,,,,\n${'\n'.repeat(30)}${HEAD}${ROWS}`,
      '1  header-row-unclear',
      /none of the first 30 lines/,
    ],
  ])('%s', async (_, text, code, message) => {
    const checked = await check(text);
    expect(codesOf(checked)[0]).toBe(code);
    expect(checked.problems).toHaveLength(1);
    expect(checked.problems[0]?.message).toMatch(message);
    expect(checked.summary).toBeNull();
  });

  it('a file without a rule, with the line `columns:` for its header', async () => {
    const { problems } = await checkCsv(TITLE + HEAD.replace('Emp No', 'Employee No') + ROWS);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('columns: { id: Employee No, ');
  });

  it('a title that cannot be read, and takes no later line for the header', async () => {
    const checked = await check(`UPENDO "TEA" LTD,,,,\n${HEAD}${ROWS}`);
    expect(codesOf(checked)).toEqual(['1  quote-misplaced']);
  });
});

describe('`header_row`', () => {
  it('takes the header from its line, whatever stands above', async () => {
    const above = `${HEAD.replace('Basic', 'Gross')}Employee,,,Pay,\n`;
    const checked = await check(above + HEAD + ROWS, { headerRow: 3 });
    expect(codesOf(checked)).toEqual(['3  header-row-found']);
    expect(checked.problems[0]?.message).toContain('as `header_row: 3` says');
    expect(checked.summary).toMatchObject({ count: 2 });
  });

  it('of the line on which the header stands anyway is no news', async () => {
    expect((await check(HEAD + ROWS, { headerRow: 1 })).problems).toEqual([]);
  });

  it('beyond the thirtieth line is followed', async () => {
    const checked = await check('UPENDO,,,,\n'.repeat(300) + HEAD + ROWS, { headerRow: 301 });
    expect(codesOf(checked)).toEqual(['301  header-row-found']);
  });

  it('never passes over a payment', async () => {
    const checked = await check(HEAD + ROWS + HEAD + ROWS, { headerRow: 4 });
    expect(codesOf(checked)).toEqual(['2  payment-above-header']);
  });

  it.each([
    ['a blank line', TITLE + HEAD + ROWS, 3],
    ['a line behind the end', HEAD + ROWS, 9],
    ['the middle of a record', `"UPENDO\nTEA\nFACTORY",,,,\n${HEAD}${ROWS}`, 2],
  ])('that names %s is refused', async (_, text, headerRow) => {
    expect(codesOf(await check(text, { headerRow }))).toEqual([`${headerRow}  header-row-empty`]);
  });

  it('stands in a YAML batch too', async () => {
    const file = drop(
      'november.yaml',
      'batch: november\naccount: demo\nrows: pay.csv\ncolumns: { id: Emp No, amount: Net Pay, mobile: Phone }\nheader_row: 3\n',
    );
    writeFileSync(join(dirname(file), 'pay.csv'), `${HEAD.replace('Basic', 'Gross')}Employee,,,Pay,\n${HEAD}${ROWS}`);
    const checked = await checkBatch(file, contextWith(null));
    expect(codesOf(checked)).toEqual(['3  header-row-found']);
    expect(checked.summary).toMatchObject({ count: 2 });
    writeFileSync(file, 'batch: november\naccount: demo\nrows: pay.csv\nheader_row: fourth\n');
    expect(codesOf(await checkBatch(file, contextWith(null)))).toContain('4 header_row header-row-invalid');
  });
});
