import { COLUMNS_MAX, ROWS_MAX, columnName, type SheetCell } from './cells.ts';
import { dateText } from './dates.ts';
import { damaged } from './fault.ts';
import { GENERAL, type NumberFormatKind } from './number-formats.ts';
import type { SharedStrings } from './shared-strings.ts';
import { paddedDigits } from './shown-figure.ts';
import { displayedText } from './shown-words.ts';
import { plainDigits } from './stored-number.ts';
import { decoded } from './xml.ts';

/** What the cells of all sheets are read with. */
export interface CellContext {
  readonly sharedStrings: SharedStrings;
  readonly formats: readonly NumberFormatKind[];
  /** Whether one of the formats shows texts in another way than they are stored. */
  readonly changesTexts: boolean;
  /** Whether day 0 is 1 January 1904. */
  readonly is1904: boolean;
}

/** A cell as it stands in the XML. */
export interface StoredCell {
  readonly row: number;
  readonly column: number;
  /** Attribute `t`; undefined is a number. */
  readonly type: string | undefined;
  /** Attribute `s`. */
  readonly style: string | undefined;
  /** Text of the element `v`; null where there is none. */
  readonly value: string | null;
  readonly isFormula: boolean;
  /** Text of the element `is`; '' where there is none. */
  inlineText(): string;
}

/** The longest text that a number can be stored as. */
const NUMBER_MAX = 40;

/** What a cell holds; null where that is nothing. Throws a fault for what cannot be what the cell says that it is. */
export function readCell(stored: StoredCell, context: CellContext): SheetCell | null {
  const { column, isFormula, type, value } = stored;
  // A formula whose result is an empty text has a result; one without a value has none, whatever type it claims.
  if (isFormula && (value === null || (value === '' && type !== 'str')))
    return { column, kind: 'none', text: '', isFormula };
  const kind = cellKind(stored);
  const text = cellText(stored, context);
  if (text === null) return null;
  if (kind === 'text' && context.changesTexts) return textCell(stored, text, context);
  if (kind !== 'number') return { column, kind, text, isFormula };
  const { isDate, figure: format } = cellFormat(stored, context);
  if (isDate) return { column, kind: 'date', text: dateText(Number(stored.value), context.is1904), isFormula };
  if (format === null) return { column, kind, text, isFormula };
  return { column, kind, text: /^\d+$/.test(text) ? paddedDigits(text, format) : text, format, isFormula };
}

function textCell(stored: StoredCell, text: string, context: CellContext): SheetCell {
  const { column, isFormula } = stored;
  const format = cellFormat(stored, context).text;
  const displayed = format === null ? text : displayedText(text, format);
  return { column, kind: 'text', text, isFormula, ...(displayed === text.trim() ? {} : { displayed }) };
}

function cellKind(stored: StoredCell): SheetCell['kind'] {
  switch (stored.type) {
    case undefined:
    case 'n':
      return 'number';
    case 's':
    case 'str':
    case 'inlineStr':
      return 'text';
    case 'b':
      return 'boolean';
    case 'e':
      return 'error';
    case 'd':
      return 'date';
    default:
      throw damagedCell(stored, `is of the unknown type "${stored.type.slice(0, 20)}"`);
  }
}

/** Null where the cell is empty. */
function cellText(stored: StoredCell, { sharedStrings }: CellContext): string | null {
  const { type, value } = stored;
  if (type === 'e') return value === null || value === '' ? '#N/A' : value;
  if (type === 'inlineStr') return stored.inlineText() === '' ? null : stored.inlineText();
  if (value === null || value === '') return null;
  switch (type) {
    case 's': {
      const position = Number(value);
      const text = position >= 0 && Number.isInteger(position) ? sharedStrings.at(position) : undefined;
      if (text === undefined) throw damagedCell(stored, 'names a text that the workbook does not have');
      return text === '' ? null : text;
    }
    case 'str':
      return decoded(value);
    case 'b':
      return value.trim() === '1' || value.trim() === 'true' ? 'TRUE' : 'FALSE';
    case 'd':
      return value.trim().replace('T', ' ');
    case undefined:
    default: {
      const text = value.length > NUMBER_MAX ? null : plainDigits(value.trim());
      if (text === null) throw damagedCell(stored, 'is no number but claims to be one');
      return text;
    }
  }
}

function cellFormat({ style }: StoredCell, { formats }: CellContext): NumberFormatKind {
  return style === undefined ? GENERAL : (formats[Number(style)] ?? GENERAL);
}

function damagedCell({ row, column }: StoredCell, what: string): Error {
  return damaged(`the cell ${columnName(column)}${row} ${what}`);
}

/**
 * The column of a cell's reference (`D14` → 3), or the one after `previous` where a program leaves references out.
 *
 * Cells stand in the order of their columns, each once: of two for one place, one program would show the first and another the second.
 */
export function cellColumn(reference: string | undefined, row: number, previous: number): number {
  const column = reference === undefined ? previous + 1 : columnOfReference(reference, row);
  if (column <= previous || column >= COLUMNS_MAX) {
    throw damaged(`the cells of row ${row} are not in order or stand outside of the sheet`);
  }
  return column;
}

const LETTER_COUNT = 26;

function columnOfReference(reference: string, row: number): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - 64;
    if (letter < 1 || letter > LETTER_COUNT) break;
    column = column * LETTER_COUNT + letter;
  }
  if (column === 0 || at > 3 || reference.slice(at) !== String(row)) {
    throw damaged(`a cell of row ${row} says that it is "${reference.slice(0, 20)}"`);
  }
  return column - 1;
}

/** As {@link cellColumn}, of rows. */
export function rowNumber(reference: string | undefined, previous: number): number {
  const number = reference === undefined ? previous + 1 : Number(reference);
  if (!Number.isInteger(number) || number <= previous || number > ROWS_MAX) {
    throw damaged(`the rows after row ${previous} are not in order or stand outside of the sheet`);
  }
  return number;
}
