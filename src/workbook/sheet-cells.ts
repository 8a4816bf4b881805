import { COLUMNS_MAX, ROWS_MAX, columnName, type SheetCell } from './cells.ts';
import { dateText } from './dates.ts';
import { damaged } from './fault.ts';
import { GENERAL, type NumberFormatKind } from './number-formats.ts';
import { isStoredNumber, plainDigits } from './stored-number.ts';
import { decoded } from './xml.ts';

/** What the cells of all sheets are read with. */
export interface CellContext {
  readonly sharedStrings: readonly string[];
  readonly formats: readonly NumberFormatKind[];
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
  /** Text of the element `is`; null where there is none. */
  readonly inline: string | null;
  readonly isFormula: boolean;
}

/** The longest text that a number can be stored as. */
const NUMBER_MAX = 40;

/** What a cell holds; null where that is nothing. Throws a fault for what cannot be what the cell says that it is. */
export function readCell(stored: StoredCell, context: CellContext): SheetCell | null {
  const { column, isFormula, type = 'n', value } = stored;
  const cell = (kind: SheetCell['kind'], text: string): SheetCell => ({ column, kind, text, isFormula });
  // A formula whose result is an empty text has a result; one without a value has none, whatever type it claims.
  if (isFormula && (value === null || value === '') && (value === null || type !== 'str')) return cell('none', '');
  switch (type) {
    case 's': {
      if (value === null || value === '') return null;
      const text = context.sharedStrings[Number(value)];
      if (text === undefined) throw damagedCell(stored, 'names a text that the workbook does not have');
      return text === '' ? null : cell('text', text);
    }
    case 'n': {
      if (value === null || value === '') return null;
      return numberCell(stored, value, context);
    }
    case 'str':
      return value === null || value === '' ? null : cell('text', decoded(value));
    case 'inlineStr':
      return stored.inline === null || stored.inline === '' ? null : cell('text', stored.inline);
    case 'b':
      if (value === null || value === '') return null;
      return cell('boolean', value.trim() === '1' || value.trim() === 'true' ? 'TRUE' : 'FALSE');
    case 'e':
      return cell('error', value === null || value === '' ? '#N/A' : value);
    case 'd':
      return value === null || value === '' ? null : cell('date', value.trim().replace('T', ' '));
    default:
      throw damagedCell(stored, `is of the unknown type "${type.slice(0, 20)}"`);
  }
}

function numberCell(stored: StoredCell, value: string, { formats, is1904 }: CellContext): SheetCell {
  const { column, isFormula, style } = stored;
  const number = value.trim();
  if (number.length > NUMBER_MAX || !isStoredNumber(number))
    throw damagedCell(stored, 'is no number but claims to be one');
  const { isDate, digits } = style === undefined ? GENERAL : (formats[Number(style)] ?? GENERAL);
  if (isDate) return { column, kind: 'date', text: dateText(Number(number), is1904), isFormula };
  const text = plainDigits(number);
  return {
    column,
    kind: 'number',
    text: digits > 0 && /^\d+$/.test(text) ? text.padStart(digits, '0') : text,
    isFormula,
  };
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
