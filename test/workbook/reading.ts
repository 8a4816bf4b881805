import { columnName } from '../../src/workbook/cells.ts';
import { openWorkbook, type WorkbookSheet } from '../../src/workbook/workbook.ts';

/** `D14 number 40500.5`, `D15 =number 12` for the result of a formula, `#5 …` for a cell of a hidden row. */
export async function cellsOf(sheet: WorkbookSheet): Promise<readonly string[]> {
  const cells: string[] = [];
  const reading = await sheet.read();
  for await (const page of reading.pages()) {
    for (const { number, isHidden, cells: row } of page) {
      for (const { column, kind, text, isFormula } of row) {
        const name = `${columnName(column)}${number}`;
        cells.push(`${isHidden ? '#' : ''}${name} ${isFormula ? '=' : ''}${kind} ${text}`.trimEnd());
      }
    }
  }
  return cells;
}

export async function sheetOf(bytes: Buffer, at = 0): Promise<WorkbookSheet> {
  const sheet = (await openWorkbook(bytes))[at];
  if (sheet === undefined) throw new Error(`the workbook has no sheet ${at}`);
  return sheet;
}

/** The code of the fault with which reading ends; null where all of it can be read. */
export async function faultOf(bytes: Buffer): Promise<string | null> {
  try {
    for (const sheet of await openWorkbook(bytes)) await cellsOf(sheet);
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.name === 'WorkbookFault') return String(error.code);
    throw error;
  }
}
