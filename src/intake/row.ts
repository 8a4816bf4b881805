import type { Columns } from './columns.ts';
import { cellShown, personOf } from './person.ts';
import { wholeFile, type DescribedRow, type ProblemList, type ProblemPlace } from './problem-list.ts';
import type { ValueMap, ValueMaps } from './value-map.ts';

/** One payment as it came, the same from CSV and YAML: texts in the order of the batch's columns. */
export interface Row {
  /** Physical line where it starts. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Set where the amount is a number of a workbook, and no text. */
  readonly amountNumber?: AmountNumber;
}

/** An amount that stands in a number cell of a workbook: its point parts decimals. */
export interface AmountNumber {
  /** As in the row's cells; another text there has taken the number's place. */
  readonly text: string;
  /** What the cell's number format puts around the figure, with a 1 in its place: `KES 1`; `1` for nothing. */
  readonly frame: string;
  /** What the cell shows. */
  readonly displayed: string;
}

/** Where a field of a row stands in its file; '' for the row as a whole. */
export type Locate = (row: Row, field: string) => ProblemPlace;

/** How the cells of a batch are read. */
export interface CellForm {
  /** Whether a leading `'` is a spreadsheet's escape; YAML has none. */
  readonly spreadsheetCells: boolean;
  /** What cells stand for, by field. */
  readonly maps: ValueMaps;
}

/** Reads rows by field and reports what is wrong with them; what the rules of a payment are written in. */
export class RowReader {
  /** `details.<field>` columns: the field with its position. */
  readonly details: readonly (readonly [field: string, position: number])[];
  /** See {@link Columns.missing}. */
  readonly missing: ReadonlySet<string>;
  private readonly positions: ReadonlyMap<string, number>;
  private readonly locate: Locate;
  private readonly problems: ProblemList;
  /** See {@link CellForm.spreadsheetCells}. */
  readonly spreadsheetCells: boolean;
  private readonly maps: ValueMaps;
  /** {@link maps} by position; null where no column has a map, which costs nothing then. */
  private readonly mapAt: readonly (ValueMap | undefined)[] | null;
  private readonly reportedSettings = new Set<string>();

  constructor(columns: Columns, locate: Locate, problems: ProblemList, { spreadsheetCells, maps }: CellForm) {
    const named = columns.fields.map((field, position) => [field, position] as const).filter(([field]) => field !== '');
    this.positions = new Map(named);
    this.details = named
      .filter(([field]) => field.startsWith('details.'))
      .map(([field, position]) => [field.slice('details.'.length), position]);
    this.missing = columns.missing;
    this.locate = locate;
    this.problems = problems;
    this.spreadsheetCells = spreadsheetCells;
    this.maps = maps;
    const mapAt = columns.fields.map((field) => maps.get(field));
    this.mapAt = mapAt.some((map) => map !== undefined) ? mapAt : null;
  }

  /** Position of a field's cell, or -1. */
  position(field: string): number {
    return this.positions.get(field) ?? -1;
  }

  /**
   * The text of a cell without spaces around it and without a spreadsheet's leading apostrophe, or the value that `values:` has for
   * it; '' when there is none.
   */
  text(row: Row, position: number): string {
    const text = this.plainText(row, position);
    return this.mapAt === null || text === '' ? text : (this.mapAt[position]?.get(text) ?? text);
  }

  /** The text of a field's cell as the file has it, whatever `values:` says. */
  cell(row: Row, field: string): string {
    return this.plainText(row, this.position(field));
  }

  /** Whether the field's cells stand for other values, and this one for none. */
  isUnmapped(row: Row, field: string): boolean {
    return (
      this.mapAt !== null && this.maps.has(field) && this.maps.get(field)?.get(this.cell(row, field)) === undefined
    );
  }

  error(row: Row, field: string, code: string, message: string): void {
    const cell = this.isUnmapped(row, field) ? this.cell(row, field) : '';
    const advice = cell === '' ? '' : (this.maps.get(field)?.advice(cell) ?? '');
    this.problems.error(this.locate(row, field), code, message + advice, () => this.described(row, field));
  }

  /** Reports once for the whole file what is wrong with a setting of an account, however many rows need it. */
  settingError(row: Row, setting: string, code: string, message: string): void {
    const key = JSON.stringify([setting, message]);
    if (this.reportedSettings.has(key)) return;
    this.reportedSettings.add(key);
    this.problems.error({ ...wholeFile(this.locate(row, '').file), field: setting }, code, message);
  }

  warning(row: Row, field: string, code: string, message: string): void {
    this.problems.warning(this.locate(row, field), code, message, () => this.described(row, field));
  }

  /** A warning about the file as a whole. @param row any row of it. */
  fileWarning(row: Row, code: string, message: string): void {
    this.problems.warning(wholeFile(this.locate(row, '').file), code, message);
  }

  /** Who a row pays, and what stands in the field, as a message may show them. */
  described(row: Row, field: string): DescribedRow {
    return { person: personOf((name) => this.cell(row, name)), value: cellShown(field, this.cell(row, field)) };
  }

  private plainText(row: Row, position: number): string {
    // An array is quick to say what it has, and slow to say that it has nothing at -1.
    const cell = position < 0 ? '' : row.cells[position];
    if (cell === undefined || cell === '') return '';
    if (isInk(cell.charCodeAt(0)) && isInk(cell.charCodeAt(cell.length - 1))) return cell;
    const text = trimmed(cell);
    return this.spreadsheetCells && text.startsWith("'") ? trimmed(text.slice(1)) : text;
  }

  /**
   * Whether a cell is a text of a CSV that no apostrophe keeps from a spreadsheet. A cell of a workbook says itself what it is, and no
   * spreadsheet writes YAML.
   */
  isUnguarded(row: Row, field: string): boolean {
    const cell = row.cells[this.position(field)] ?? '';
    return this.spreadsheetCells && !/^\s*'/.test(cell) && this.placeOf(row, field).cell === undefined;
  }

  /** Where a field of a row stands, for a problem that shows only when the row is gone. */
  placeOf(row: Row, field: string): ProblemPlace {
    return this.locate(row, field);
  }

  errorAt(place: ProblemPlace, code: string, message: string, row?: DescribedRow): void {
    this.problems.error(place, code, message, row && (() => row));
  }

  warningAt(place: ProblemPlace, code: string, message: string, row?: DescribedRow): void {
    this.problems.warning(place, code, message, row && (() => row));
  }
}

/** A visible ASCII character other than the apostrophe: nothing to trim. */
function isInk(unit: number): boolean {
  return unit > 32 && unit < 127 && unit !== 39;
}

/** `trim`, except that it leaves a byte-order mark where it is: some program glued it to the value, and it must show. */
function trimmed(text: string): string {
  if (!text.includes('\uFEFF')) return text.trim();
  const parts = text.split('\uFEFF');
  const last = parts.length - 1;
  return parts.map((part, at) => (at === 0 ? part.trimStart() : at === last ? part.trimEnd() : part)).join('\uFEFF');
}
