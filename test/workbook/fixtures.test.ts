import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readXlsx } from 'hucre/xlsx';
import readExcelFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { openWorkbook, type WorkbookSheet } from '../../src/workbook/workbook.ts';
import type { CellKind, SheetRow } from '../../src/workbook/cells.ts';
import { cellsOf, sheetOf } from './reading.ts';

const FOLDER = join(import.meta.dirname, 'fixtures');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.xlsx'));

/** The texts and formulas in which the programs differ: ExcelJS and SheetJS do not escape `_x0041_`; openpyxl calculates nothing. */
function expectedCells(name: string): readonly string[] {
  const isCalculated = name.startsWith('libreoffice');
  const isPlain = isCalculated || name.startsWith('openpyxl');
  const result = (text: string): string => (name.startsWith('openpyxl') ? '=none' : `=number ${text}`);
  return [
    ...['A1 text Emp No', 'B1 text Name', 'C1 text Net Pay', 'D1 text Phone', 'E1 text Start', 'F1 text Basic'],
    ...[
      'A2 text 0012',
      'B2 text José Ñandú',
      'C2 number 40500.5',
      'D2 text 0712345678',
      'E2 date 2026-11-28',
      'F2 number 1',
    ],
    ...['A3 number 0007', 'B3 text Jane Wanjiku', `C3 ${result('81001')}`, 'D3 number 254711000001', 'F3 number 2'],
    ...['A4 text EMP-3', 'B4 text   two  spaces', 'C4 number 0.3', 'D4 text +254712345670'],
    ...[`E4 ${isCalculated ? '=' : ''}boolean TRUE`, 'F4 number 3'],
    ...['A5 text EMP-4', 'B5 text line\nbreak', `C5 ${isCalculated ? '=number 40501.5' : '=none'}`],
    ...[`D5 ${isCalculated ? '=' : ''}error #N/A`, 'F5 number 4'],
    ...['A6 text EMP-5', `B6 text ${isPlain ? 'plain' : 'A'}`, 'C6 number 1100000', 'F6 number 5'],
    ...['#A7 text EMP-6', '#B7 text hidden', '#C7 number 5', '#F7 number 6'],
  ];
}

async function rowsOf(sheet: WorkbookSheet): Promise<readonly SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const page of (await sheet.read()).pages()) rows.push(...page);
  return rows;
}

it('workbooks of four programs are there', () => {
  expect(files).toHaveLength(8);
});

describe.each(files)('the workbook %s', (name) => {
  const bytes = readFileSync(join(FOLDER, name));

  it('is read cell by cell, with hidden rows, columns and sheets', async () => {
    const sheets = await openWorkbook(bytes);
    const [pay] = sheets;
    expect(pay === undefined ? [] : await cellsOf(pay)).toEqual(expectedCells(name));
    const reading = await pay?.read();
    for await (const page of reading?.pages() ?? []) expect(page.length).toBeGreaterThan(0);
    expect([0, 1, 2, 3, 4, 5, 6].filter((column) => reading?.isHiddenColumn(column) === true)).toEqual([5]);
    expect(sheets.map((sheet) => [sheet.name, sheet.isHidden])).toEqual(
      name === 'exceljs-stream.xlsx'
        ? [['Pay', false]]
        : [
            ['Pay', false],
            ['Secret', true],
          ],
    );
  });

  it('has the values that read-excel-file finds in it', async () => {
    const [theirs] = await readExcelFile(bytes);
    // read-excel-file takes `date1904="true"` for no, and a style without `applyNumberFormat` for no date.
    const hasDates = name !== 'libreoffice-1904.xlsx' && !name.startsWith('sheetjs');
    const valueAt = (row: number, column: number): unknown => theirs?.data[row - 1]?.[column];
    expect(await differences(bytes, valueAt, { hasDates, trims: true })).toEqual([]);
  });

  it('has the values, hidden rows, hidden columns and hidden sheets that hucre finds in it', async () => {
    const book = await readXlsx(bytes);
    const [theirs] = book.sheets;
    const valueAt = (row: number, column: number): unknown => theirs?.rows[row - 1]?.[column];
    expect(await differences(bytes, valueAt, { hasDates: true, trims: false })).toEqual([]);
    const ours = await rowsOf(await sheetOf(bytes));
    const hiddenRows = [...(theirs?.rowDefs ?? [])].filter(([, { hidden }]) => hidden === true).map(([row]) => row + 1);
    expect(ours.filter(({ isHidden }) => isHidden).map(({ number }) => number)).toEqual(hiddenRows);
    const sheets = await openWorkbook(bytes);
    expect(sheets.map(({ isHidden }) => isHidden)).toEqual(
      book.sheets.map(({ hidden, veryHidden }) => hidden === true || veryHidden === true),
    );
  });
});

/** Cells of the first sheet that another reader finds something else in; errors and formulas without a result left out. */
async function differences(
  bytes: Buffer,
  valueAt: (row: number, column: number) => unknown,
  { hasDates, trims }: { readonly hasDates: boolean; readonly trims: boolean },
): Promise<readonly string[]> {
  const found: string[] = [];
  let compared = 0;
  for (const { number, cells } of await rowsOf(await sheetOf(bytes))) {
    for (const { column, kind, text } of cells) {
      if (kind === 'error' || kind === 'none' || (kind === 'date' && !hasDates)) continue;
      compared += 1;
      const value = valueAt(number, column);
      if (!isSame(kind, trims ? text.trim() : text, value))
        found.push(`${number},${column}: ${text} and ${String(value)}`);
    }
  }
  expect(compared).toBeGreaterThan(25);
  return found;
}

function isSame(kind: CellKind, text: string, value: unknown): boolean {
  if (kind === 'number') return typeof value === 'number' && Math.abs(value - Number(text)) < 1e-9;
  if (kind === 'boolean') return value === (text === 'TRUE');
  if (kind === 'date') return value instanceof Date && value.toISOString().slice(0, 10) === text;
  return value === text;
}

describe.each(['exceljs', 'libreoffice', 'openpyxl', 'sheetjs'])('number formats that %s has written', (program) => {
  it('make dates of no currency, and texts are known that they show otherwise', async () => {
    const sheet = await sheetOf(readFileSync(join(FOLDER, 'formats', `${program}.xlsx`)));
    const rows = (await rowsOf(sheet)).map(({ cells: [code, figure, text] }) => {
      return [code?.text, figure?.kind, text?.kind, text?.displayed ?? text?.text];
    });
    const phone = '0712345678';
    expect(rows).toEqual([
      ['Ksh #,##0', 'number', 'text', phone],
      ['KES #,##0.00', 'number', 'text', phone],
      ['"KES "#,##0.00', 'number', 'text', phone],
      ['dd/mm/yyyy', 'date', 'text', phone],
      ['mm:ss.0', 'date', 'text', phone],
      ['@', 'number', 'text', phone],
      ['"01"@', 'number', 'text', `01${phone}`],
      ['0;-0;0;@', 'number', 'text', phone],
      [';;;', 'number', 'text', ''],
    ]);
  });
});
