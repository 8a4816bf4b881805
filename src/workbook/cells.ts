import type { FigureFormat } from './shown-figure.ts';

/**
 * What a cell holds. `date` is a number whose number format shows a day or a time. `none` is a formula without a stored result: what
 * it comes to is known only to a spreadsheet program.
 */
export type CellKind = 'text' | 'number' | 'boolean' | 'error' | 'date' | 'none';

/** A cell that is not empty. */
export interface SheetCell {
  /** From 0. */
  readonly column: number;
  readonly kind: CellKind;
  /**
   * Text as it is stored, its escapes decoded; a number as plain digits (see `plainDigits`), with the leading zeros that its format
   * shows; a date as `2026-11-28`, `2026-11-28 13:30:00` or `13:30:00`; `TRUE` or `FALSE`; an error as it is shown (`#N/A`).
   */
  readonly text: string;
  /** Of a number whose format is not a plain one. */
  readonly format?: FigureFormat;
  /** Of a text whose format shows another one. */
  readonly displayed?: string;
  readonly isFormula: boolean;
}

export interface SheetRow {
  /** As the spreadsheet counts, from 1. */
  readonly number: number;
  /** Hidden by a person, a filter or a closed group, or of height 0. */
  readonly isHidden: boolean;
  /** In the order of their columns. */
  readonly cells: readonly SheetCell[];
}

/** A rectangle of cells that is shown as one; only the first holds what is seen. Columns from 0, rows from 1, ends included. */
export interface MergedRange {
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

/** The most that a sheet can have in every spreadsheet program: up to column XFD. */
export const COLUMNS_MAX = 16_384;
export const ROWS_MAX = 1_048_576;

/** `A`, `Z`, `AA`, …; @param column from 0. */
export function columnName(column: number): string {
  let name = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  }
  return name;
}

/** `Sheet1!D14`, `'Net pay'!D14`, as spreadsheet programs write it. */
export function cellName(sheet: string, column: number, row: number): string {
  return `${sheetReference(sheet)}!${columnName(column)}${row}`;
}

/** `'Net pay'!E:E`. */
export function wholeColumnName(sheet: string, column: number): string {
  return `${sheetReference(sheet)}!${columnName(column)}:${columnName(column)}`;
}

/** `Sheet1!C4:D5`. */
export function rangeName(sheet: string, { firstColumn, lastColumn, firstRow, lastRow }: MergedRange): string {
  return `${cellName(sheet, firstColumn, firstRow)}:${columnName(lastColumn)}${lastRow}`;
}

/** `Sheet1`, `'Net pay'`: the name as it stands in front of a cell's. */
function sheetReference(sheet: string): string {
  return /^[\p{L}_][\p{L}\p{Nd}_.]*$/u.test(sheet) ? sheet : `'${sheet.replaceAll("'", "''")}'`;
}
