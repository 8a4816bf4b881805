import { describe, expect, it } from 'vitest';
import type { CsvDefaults } from '../../src/domain/csv-defaults.ts';
import { checkBatch, type CheckedBatch } from '../../src/intake/batch.ts';
import {
  writeWorkbook,
  type WrittenCell,
  type WrittenSheet,
  type WorkbookOptions,
} from '../workbook/workbook-writer.ts';
import { checkCsv, codesOf, contextWith, drop, dropFolder, paymentsOf } from './drop-folder.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADER = ['id', 'name', 'amount', 'mobile', 'note'];
const GOOD: readonly WrittenCell[] = ['EMP-1', 'Jane', 500.5, '0712345678', 'x'];
const xml = (attributes: string, content: string): WrittenCell => ({ attributes, content });
const NO_RESULT = xml('', '<f>A1+B1</f>');
const ERROR = xml('t="e"', '<v>#N/A</v>');
const YES = xml('t="b"', '<v>1</v>');
const DAY = xml('s="1"', '<v>46354</v>');

function checkSheets(
  sheets: readonly WrittenSheet[],
  defaults: Partial<CsvDefaults> = {},
  options: WorkbookOptions = {},
): Promise<CheckedBatch> {
  const bytes = writeWorkbook(sheets, { formats: ['dd/mm/yyyy', '0000000000'], ...options });
  return checkBatch(drop('payroll.xlsx', bytes), contextWith({ match: '*.xlsx', ...defaults }));
}

function checkRows(
  rows: readonly (readonly WrittenCell[])[],
  more: Partial<WrittenSheet> = {},
  defaults: Partial<CsvDefaults> = {},
): Promise<CheckedBatch> {
  return checkSheets([{ name: 'Sheet1', rows: [HEADER, ...rows], ...more }], defaults);
}

/** `line column code: cell` of every problem. */
function cellsOf({ problems }: CheckedBatch): readonly string[] {
  return problems.map(
    ({ line, column, code, message }) =>
      `${line} ${column} ${code}: ${/^(?:(?:'.*?'|\w+)!\S+|\w+, row \d+)(?=:)/.exec(message)?.[0] ?? ''}`,
  );
}

describe('a workbook', () => {
  it('is the same batch as a CSV with the same payments', async () => {
    const book = await checkRows([
      GOOD,
      [7, 'John', xml('', '<v>40500.499999999993</v>'), 254711000001, null],
      [xml('s="2"', '<v>12</v>'), 'Ann', xml('', '<v>1.1E4</v>'), 711000002, DAY],
    ]);
    expect(codesOf(book)).toEqual([]);
    const csv = await checkCsv(
      'id,name,amount,mobile\nEMP-1,Jane,500.50,0712345678\n7,John,40500.50,254711000001\n0000000012,Ann,11000,711000002\n',
    );
    expect(book.summary?.digest).toBe(csv.summary?.digest);
    expect(book.summary?.header).toMatchObject({ id: 'payroll', columns: HEADER, delimiter: ',', rowsFile: null });
    expect((await paymentsOf(book)).map(({ line, id, cells }) => [line, id, cells[4]])).toEqual([
      [2, 'EMP-1', 'x'],
      [3, '7', ''],
      [4, '0000000012', '2026-11-28'],
    ]);
  });

  it('can be named with `rows:`, with its sheet', async () => {
    const folder = dropFolder();
    const sheets = [
      { name: 'Nov', rows: [HEADER, GOOD] },
      { name: 'Oct', rows: [HEADER, GOOD, ['EMP-2', 'Ann', 5, '0712345679', '']] },
    ];
    writeFileSync(join(folder, 'payroll.xlsx'), writeWorkbook(sheets));
    const yaml = (sheet: string): string => {
      const file = join(folder, 'november.yaml');
      writeFileSync(file, `batch: november\naccount: demo\nrows: payroll.xlsx\n${sheet}`);
      return file;
    };
    const checked = await checkBatch(yaml('sheet: oct\ncontrol: { count: 2, sum: "505.50" }\n'), contextWith(null));
    expect(codesOf(checked)).toEqual([]);
    expect(checked.summary?.header.rowsFile).toBe(join(folder, 'payroll.xlsx'));
    expect(codesOf(await checkBatch(yaml(''), contextWith(null)))).toEqual(['0 sheet sheet-several']);
    expect(codesOf(await checkBatch(yaml('sheet: Octt\n'), contextWith(null)))).toEqual(['0 sheet sheet-missing']);
  });

  it('that was changed while it was read is refused', async () => {
    const file = drop('payroll.xlsx', writeWorkbook([{ name: 'S', rows: [HEADER, GOOD] }]));
    const checked = await checkBatch(file, contextWith({ match: '*.xlsx' }));
    writeFileSync(file, writeWorkbook([{ name: 'S', rows: [HEADER, ['EMP-1', 'Jane', 600, '0712345678', 'x']] }]));
    await expect(paymentsOf(checked)).rejects.toMatchObject({ exit: 3, code: 'file-changed' });
  });

  it('has its title found, and its blank rows passed over', async () => {
    const rows = [['Acme Ltd'], ['November 2026'], [null], HEADER, [null], GOOD, ['  ', null]];
    const checked = await checkSheets([{ name: 'Sheet1', rows }]);
    expect(codesOf(checked)).toEqual(['4  header-row-found']);
    expect(checked.summary?.count).toBe(1);
  });

  it('has a row beside the header refused, by its cell', async () => {
    const beside = [null, null, null, null, null, 'EMP-9', 'Ann', 700, '0712345679'];
    expect(cellsOf(await checkRows([GOOD, beside]))).toEqual(['3  row-ragged: Sheet1!H3']);
    expect(cellsOf(await checkRows([GOOD, [null, null, null, null, null, 'Note: 3 are new']]))).toEqual([
      '3  row-remark: Sheet1, row 3',
    ]);
  });

  it('has the only sheet with payments read', async () => {
    const cover = { name: 'Cover', rows: [['Acme Ltd'], ['Payroll', 2026]] };
    const template = { name: 'Template', rows: [HEADER] };
    const pay = { name: 'Net pay', rows: [HEADER, ['EMP-1', 'Jane', 0, '0712345678', 'x']] };
    expect(cellsOf(await checkSheets([cover, template, { name: 'Blank', rows: [] }, pay]))).toEqual([
      '0  sheet-not-read: ',
      '0  sheet-not-read: ',
      "2 amount amount-zero: 'Net pay'!C2",
    ]);
  });

  it.each([
    [
      'under a header with other words',
      [
        ['id', 'name', 'amount', 'phone'],
        ['C-1', 'Tom', 700, '0712345679'],
      ],
    ],
    ['under a header of ids and amounts', [['Casuals'], ['Staff No', 'Who', 'Net Pay'], ['C-1', 'Tom', 700]]],
    ['without a header, its phones as numbers', [['Tom', 254712345679, 700]]],
    ['without a header, to accounts', [['Tom', '0110045678901', 'KES 700']]],
  ])('is refused where another sheet looks like payments %s', async (_, rows) => {
    const staff = { name: 'Staff', rows: [HEADER, GOOD] };
    const checked = await checkSheets([staff, { name: 'Casuals', rows }]);
    expect(checked.problems).toMatchObject([{ severity: 'error', field: 'sheet', code: 'sheet-not-read' }]);
    expect(checked.problems[0]?.message).toMatch(/"Casuals".*`sheet: Staff`/);
    expect(checked.summary).toBeNull();
    expect(codesOf(await checkSheets([staff, { name: 'Casuals', rows }], { sheet: 'Staff' }))).toEqual([]);
  });

  it('is refused where it is not beyond doubt which sheet is meant, or where that one is hidden', async () => {
    const november = { name: 'Nov', rows: [HEADER, GOOD] };
    const october = { name: 'Oct', rows: [HEADER, GOOD], state: 'hidden' as const };
    const both = await checkSheets([november, october]);
    expect(codesOf(both)).toEqual(['0 sheet sheet-several']);
    expect(both.problems[0]?.message).toContain('"Nov", "Oct" (hidden)');
    expect(codesOf(await checkSheets([november, october], { sheet: 'Nov' }))).toEqual([]);
    expect(codesOf(await checkSheets([november, october], { sheet: 'Oct' }))).toEqual(['0 sheet sheet-hidden']);
    expect(codesOf(await checkSheets([{ name: 'A', rows: [['x']] }, october]))).toEqual(['0 sheet sheet-hidden']);
    expect(
      codesOf(
        await checkSheets([
          { name: 'A', rows: [['x']] },
          { name: 'B', rows: [['y']] },
        ]),
      ),
    ).toEqual(['0 sheet sheet-without-payments']);
    expect(
      codesOf(
        await checkSheets([
          { name: 'A', rows: [] },
          {
            ...november,
            rows: [
              ['id', 'amount'],
              ['1', 5],
            ],
          },
        ]),
      )[0],
    ).toContain('column-missing');
  });

  it('that cannot be read is one problem', async () => {
    const check = async (content: string | Buffer): Promise<readonly string[]> => {
      return codesOf(await checkBatch(drop('payroll.xlsx', content), contextWith({ match: '*.xlsx' })));
    };
    expect(await check('id,amount,mobile\n')).toEqual(['0  workbook-not-one']);
    expect(await check('')).toEqual(['0  workbook-not-one']);
    expect(await check(writeWorkbook([{ name: 'S', rows: [HEADER, GOOD] }]).subarray(0, 900))).toEqual([
      '0  workbook-damaged',
    ]);
    const late = [HEADER, GOOD, [xml('', '<v>abc</v>')]];
    expect(await check(writeWorkbook([{ name: 'S', rows: late }]))).toEqual(['0  workbook-damaged']);
    expect(await check(writeWorkbook([{ name: 'S', rows: [] }]))).toEqual(['0  file-empty']);
    expect(await check(writeWorkbook([{ name: 'S', rows: [HEADER] }]))).toEqual(['0  no-payments']);
  });
});

describe('a cell that payrun cannot take as it is', () => {
  it('is refused and named as in the spreadsheet', async () => {
    const checked = await checkRows([
      GOOD,
      ['EMP-2', 'A', NO_RESULT, '0712345671', ''],
      ['EMP-3', 'A', 5, ERROR, ''],
      [DAY, 'A', 5, '0712345673', ''],
      ['EMP-5', 'A', DAY, '0712345674', ''],
      ['EMP-6', YES, 5, '0712345675', ''],
      ['EMP-7', 'A', YES, '0712345676', ''],
      [12.5, 'A', 5, '0712345677', ''],
      ['EMP-9', 'A', 5, 712345678.5, ''],
      ['EMP-10', 'A', xml('', '<v>1.2345678901234568E16</v>'), '0712345679', ''],
      [xml('', '<v>12345678901234567</v>'), 'A', 5, '0712345670', ''],
      ['EMP-12', 'A', 5, '0712345672', ERROR],
      ['EMP-13', 'A', 5, '0712345682', NO_RESULT],
    ]);
    expect(cellsOf(checked)).toEqual([
      '3 amount formula-without-result: Sheet1!C3',
      '4 mobile cell-error: Sheet1!D4',
      '5 id cell-date: Sheet1!A5',
      '6 amount cell-date: Sheet1!C6',
      '7 name cell-boolean: Sheet1!B7',
      '8 amount cell-boolean: Sheet1!C8',
      '9 id cell-fraction: Sheet1!A9',
      '10 mobile cell-fraction: Sheet1!D10',
      '11 amount cell-digits-lost: Sheet1!C11',
      '12 id cell-digits-lost: Sheet1!A12',
      '13 note cell-error: Sheet1!E13',
      '14 note formula-without-result: Sheet1!E14',
    ]);
  });

  it('does no harm where nothing is read from it', async () => {
    expect(
      codesOf(
        await checkRows([
          ['EMP-1', 'Jane', 5, '0712345678', DAY],
          ['EMP-2', 'Ann', 6, '0712345679', YES],
        ]),
      ),
    ).toEqual([]);
    const beside = await checkRows([
      [...GOOD, ERROR],
      ['EMP-2', 'Ann', 6, '0712345679', '', NO_RESULT],
    ]);
    expect(cellsOf(beside)).toEqual(['2  cell-outside: Sheet1!F2']);
    expect(beside.summary?.count).toBe(2);
  });

  it('is named in every other message too', async () => {
    const checked = await checkRows([
      ['EMP-1', 'Jane', 'x', '0812345678', ''],
      ['EMP-2', '', -5, '', ''],
    ]);
    expect(cellsOf(checked)).toEqual([
      '2 mobile mobile-not-kenyan: Sheet1!D2',
      '2 amount amount-syntax: Sheet1!C2',
      '3  destination-missing: Sheet1, row 3',
      '3 amount amount-negative: Sheet1!C3',
    ]);
  });
});

describe('what a person who looks at the sheet does not see', () => {
  it('is refused: hidden rows, whatever hid them', async () => {
    const checked = await checkRows([GOOD, ['EMP-2', 'Ann', 5, '0712345679', '']], { hiddenRows: [3] });
    expect(cellsOf(checked)).toEqual(['3  row-hidden: Sheet1, row 3']);
    expect(codesOf(await checkRows([GOOD], { hiddenRows: [1] }))).toEqual(['1  row-hidden']);
  });

  it('is refused: hidden columns that are read, or that have figures', async () => {
    const hidden = (column: number) => ({ before: `<cols><col min="${column}" max="${column}" hidden="1"/></cols>` });
    expect(cellsOf(await checkRows([GOOD, ['EMP-2', 'Ann', 5, '0712345679', '']], hidden(4)))).toEqual([
      '2 mobile column-hidden: Sheet1!D2',
    ]);
    expect(codesOf(await checkRows([GOOD], hidden(5)))).toEqual([]);
    expect(codesOf(await checkRows([['EMP-1', 'Jane', 5, '0712345678', 99]], hidden(5)))).toEqual(['2  column-hidden']);
    expect(codesOf(await checkRows([GOOD], hidden(9)))).toEqual([]);
  });

  it('is refused: what merged cells cover, and cells over several people', async () => {
    const merged = (reference: string) => ({ after: `<mergeCells><mergeCell ref="${reference}"/></mergeCells>` });
    const second: readonly WrittenCell[] = ['EMP-2', 'Ann', 5, '0712345679', ''];
    expect(cellsOf(await checkRows([GOOD, second], merged('D2:D3')))).toEqual([
      '2 mobile cells-merged: Sheet1!D2',
      '3 mobile cell-covered: Sheet1!D3',
    ]);
    expect(codesOf(await checkRows([GOOD], merged('D2:E2')))).toEqual([]);
    expect(codesOf(await checkRows([GOOD], merged('C2:D2')))).toEqual(['2 mobile cell-covered']);
    expect(codesOf(await checkRows([GOOD, second], merged('A9:B10')))).toEqual([]);
  });
});

describe('amounts of a workbook', () => {
  it('are numbers with a point, however amounts are spelled in texts', async () => {
    const rows = [
      ['EMP-1', 'Jane', xml('', '<v>1.125</v>'), '0712345678', ''],
      ['EMP-2', 'Ann', 1250.5, '0712345679', ''],
      ['EMP-3', 'Eve', '1.250,50', '0712345670', ''],
    ];
    const checked = await checkRows(rows, {}, { numberFormat: '1.250,50' });
    expect(cellsOf(checked)).toEqual(['2 amount amount-decimals: Sheet1!C2']);
    const sums = (await checkRows(rows.slice(1), {}, { numberFormat: '1.250,50' })).summary?.totals;
    expect(sums).toMatchObject([{ count: 2, sumMinor: 250_100n }]);
  });

  it('keep to the decimals of their currency', async () => {
    expect(codesOf(await checkRows([['EMP-1', 'Jane', 0.125, '0712345678', '']]))).toEqual([
      '2 amount amount-decimals',
    ]);
    expect(
      codesOf(await checkRows([['EMP-1', 'Jane', xml('', '<v>100.1000000000000014</v>'), '0712345678', '']])),
    ).toEqual([]);
  });
});

it('a sum of which the file has no result is passed over, and said for what it is', async () => {
  const sum = xml('', '<f>SUM(C2:C2)</f>');
  const checked = await checkSheets([{ name: 'Pay', rows: [HEADER, GOOD, ['TOTAL', null, sum, null, null]] }]);
  expect(codesOf(checked)).toEqual(['3  row-total']);
  expect(checked.problems[0]?.message).toContain('a formula under "amount" that has no result in the file');
});
