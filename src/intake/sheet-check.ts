import type { NumberFormat } from '../domain/csv-defaults.ts';
import {
  cellName,
  rangeName,
  wholeColumnName,
  type MergedRange,
  type SheetCell,
  type SheetRow,
} from '../workbook/cells.ts';
import type { SheetReading } from '../workbook/sheet-reading.ts';
import { showsAsRead, shownFigure, shownText, type FigureFormat } from '../workbook/shown-figure.ts';
import type { WorkbookSheet } from '../workbook/workbook.ts';
import type { Columns } from './columns.ts';
import { isFilled, isWords } from './line-text.ts';
import type { ProblemList, ProblemPlace } from './problem-list.ts';
import { amountNumber, otherText } from './number-cells.ts';
import type { AmountNumber, Row } from './row.ts';
import { quotable } from './shape.ts';
import { isBareFigure, PLAIN_AMOUNTS } from './written-amounts.ts';

/** What is known of a sheet when its header was found. */
interface SheetTable {
  readonly sheet: string;
  readonly reading: SheetReading;
  readonly columns: Columns;
  readonly numberFormat: NumberFormat | null;
  /** @param position of the column; null: the row as a whole. */
  place(line: number, position: number | null): ProblemPlace;
}

/** Spreadsheet programs keep no more digits of a number; the others of a longer one are lost. */
const DIGITS_MAX = 15;

/** Fields that may be a number with a fraction. */
const WITH_FRACTION: ReadonlySet<string> = new Set(['amount', 'name', 'narrative']);

/** Fields whose words decide neither whom nor how much is paid. */
const ANY_WORDS: ReadonlySet<string> = new Set(['name', 'narrative']);

/** A record with the cells that it was made of. */
export class SheetRecord implements Row {
  readonly line: number;
  readonly cells: readonly string[];
  readonly row: SheetRow;
  readonly amountNumber?: AmountNumber;

  constructor(row: SheetRow, cells: readonly string[], amountNumber?: AmountNumber) {
    this.line = row.number;
    this.row = row;
    this.cells = cells;
    if (amountNumber !== undefined) this.amountNumber = amountNumber;
  }
}

export function sheetRecord(record: Row): SheetRecord {
  // Without its cells a record could not be checked, and what is hidden in it would be paid.
  if (!(record instanceof SheetRecord)) throw new Error(`the record of row ${record.line} has lost its cells`);
  return record;
}

/** Checks what only the cells of a workbook can have, and what a person who looks at the sheet does not see. */
export class SheetCheck {
  private readonly table: SheetTable;
  private readonly problems: ProblemList;
  private readonly hidden: readonly boolean[];
  private readonly reportedColumns = new Set<number>();
  /** Position of the cells of this page that were refused, as row × 2^14 + column. */
  private readonly reported = new Set<number>();
  /** Rows that were refused as a whole. */
  private readonly reportedRows = new Set<number>();
  private firstLine = Infinity;
  private lastLine = 0;
  private hasWarnedOfOutside = false;
  private readonly hasDecimalComma: boolean;
  private readonly amountPosition: number;

  constructor(table: SheetTable, problems: ProblemList) {
    this.table = table;
    this.problems = problems;
    this.hasDecimalComma = table.numberFormat !== null && table.numberFormat !== '1,250.50';
    this.amountPosition = table.columns.fields.indexOf('amount');
    this.hidden = table.columns.headers.map((_, position) => table.reading.isHiddenColumn(position));
  }

  head(row: SheetRow): void {
    if (row.isHidden) {
      this.problems.error(
        this.table.place(row.number, null),
        'row-hidden',
        `The header is in the hidden row ${row.number}. ${UNHIDE}`,
      );
    }
    for (const cell of row.cells) this.refuseUnknown(row, cell);
  }

  startPage(): void {
    if (this.reported.size > 0) this.reported.clear();
  }

  /** Whether a cell of this page was refused: a second problem about its text would only repeat that. */
  isReported(line: number, position: number): boolean {
    return this.reported.has(line * 0x4000 + position);
  }

  /** Whether a row was refused as a whole, because it stands beside the columns of the header. */
  isReportedRow(line: number): boolean {
    return this.reportedRows.has(line);
  }

  /** The record as wide as the header, its numbers written as its texts are. */
  fitted(record: SheetRecord): SheetRecord {
    const { row, cells } = record;
    const width = this.table.columns.fields.length;
    const amount = row.cells.find(({ column }) => column === this.amountPosition);
    if (cells.length === width && amount?.kind !== 'number') return record;
    // Left wider than the header, the record is no line that may be passed over.
    if (cells.length > width && this.refuseBeside(record, width)) return record;
    const fitted = Array.from({ length: width }, (_, at) => cells[at] ?? '');
    if (amount?.kind !== 'number') return new SheetRecord(row, fitted);
    // A number of a workbook has a point, whatever the spelling of the amounts that are typed as text.
    const text = this.hasDecimalComma ? amount.text.replace('.', ',') : amount.text;
    fitted[this.amountPosition] = text;
    return new SheetRecord(row, fitted, amountNumber(text, amount));
  }

  /** Checks the cells of a record that may be a payment. */
  row({ row, line }: SheetRecord): void {
    const { fields } = this.table.columns;
    this.firstLine = Math.min(this.firstLine, line);
    this.lastLine = line;
    if (row.isHidden) this.refuseHiddenRow(row);
    for (const cell of row.cells) {
      const field = fields[cell.column];
      if (field === undefined) this.warnOfOutside(row, cell);
      else this.checkCell(row, cell, field);
    }
  }

  /** Refuses a row of which nothing stands under the header, and an amount or a destination to the right of it. */
  private refuseBeside({ row, cells }: SheetRecord, width: number): boolean {
    const { fields } = this.table.columns;
    const hasMore = cells.slice(0, width).some((cell, at) => isFilled(cell) && (fields[at] !== '' || isWords(cell)));
    const figure = hasMore ? undefined : row.cells.find(({ column, text }) => column >= width && isBareFigure(text));
    if (figure === undefined) return false;
    this.reportedRows.add(row.number);
    this.problems.error(
      this.table.place(row.number, figure.column),
      'row-ragged',
      'This cell stands to the right of the last header and looks like a part of a payment, and its row has nothing under the header. ' +
        'Move the row under the header, or take it out.',
    );
    return true;
  }

  private checkCell(row: SheetRow, cell: SheetCell, field: string): void {
    const { kind, column } = cell;
    if (this.hidden[column] === true && (kind !== 'text' || field !== '')) this.refuseHiddenColumn(row, cell);
    if (kind === 'text') {
      const { displayed } = cell;
      if (displayed !== undefined && field !== '' && !ANY_WORDS.has(field))
        this.refuse(row, cell, 'cell-shows-other-text', otherText(cell, displayed, field));
      return;
    }
    if (!this.refuseUnknown(row, cell) && field !== '') this.checkKind(row, cell, field);
  }

  /** Cells that are merged show only the first; what the others hold is not seen. */
  async finish(sheet: WorkbookSheet): Promise<void> {
    const { columns, reading } = this.table;
    const width = columns.fields.length;
    const merged = reading.merged.filter((range) => {
      return range.lastRow >= this.firstLine && range.firstRow <= this.lastLine && range.firstColumn < width;
    });
    if (merged.length === 0) return;
    for (const range of merged) if (range.lastRow > range.firstRow) this.refuseMergedRows(range);
    for await (const rows of (await sheet.read()).pages()) {
      for (const row of rows) for (const cell of row.cells) this.refuseCovered(row, cell, merged);
    }
  }

  private checkKind(row: SheetRow, cell: SheetCell, field: string): void {
    const { text } = cell;
    if (cell.kind === 'date') {
      const what = `This is a date (${text}), and the field ${field} takes none: a spreadsheet has made one of what was typed.`;
      this.refuse(row, cell, 'cell-date', `${what} Format the column as text and type it again.`);
    } else if (cell.kind === 'boolean') {
      const what = `This is the value ${text} and no text. Type what belongs into the field ${field}, in a column formatted as text.`;
      this.refuse(row, cell, 'cell-boolean', what);
    } else if (cell.kind === 'number') {
      if (cell.format !== undefined && this.refuseOtherDisplay(row, cell, cell.format, field)) return;
      const [whole = '', fraction] = text.split('.');
      if (whole.replace(/^[-0]+/, '').length > DIGITS_MAX) {
        const what = `This number has more than ${DIGITS_MAX} digits, of which a spreadsheet keeps only the first: the others are lost.`;
        this.refuse(
          row,
          cell,
          'cell-digits-lost',
          `${what} Format the column as text, enter it again from where it comes from, and save.`,
        );
      } else if (fraction !== undefined && !WITH_FRACTION.has(field) && !field.startsWith('details.')) {
        const what = `This is a number with a fraction, and the field ${field} has none.`;
        this.refuse(row, cell, 'cell-fraction', `${what} Format the column as text and enter it again.`);
      }
    }
  }

  /** Refuses a number of which a person sees another figure, or in a column of texts other characters, than are read. */
  private refuseOtherDisplay(row: SheetRow, cell: SheetCell, format: FigureFormat, field: string): boolean {
    if (field !== 'amount') {
      if (showsAsRead(cell.text, format)) return false;
      const displayed = shownText(cell.text, format);
      this.refuse(row, cell, 'cell-shows-other-text', otherText(cell, displayed, field));
      return true;
    }
    const displayed = shownFigure(cell.text, format);
    if (displayed === null) return false;
    const what = `This cell shows ${displayed === '' ? 'nothing' : quotable(displayed)} and holds ${cell.text}: its number format shows another figure than the one that is stored.`;
    this.refuse(row, cell, 'cell-shows-other-amount', `${what} ${PLAIN_AMOUNTS}`);
    return true;
  }

  /** Refuses a cell of which is not known what it holds, in whatever column. */
  private refuseUnknown(row: SheetRow, cell: SheetCell): boolean {
    if (cell.kind === 'none') {
      const message =
        'This formula has no result in the file: the program that wrote it does not calculate. Open it in a spreadsheet program, look at the results, and save it there.';
      this.refuse(row, cell, 'formula-without-result', message);
      return true;
    }
    if (cell.kind !== 'error') return false;
    this.refuse(
      row,
      cell,
      'cell-error',
      `This cell shows the error ${cell.text}. Correct it, or empty it if nothing belongs here.`,
    );
    return true;
  }

  private refuseHiddenRow(row: SheetRow): void {
    const figure = row.cells.find(({ kind }) => kind !== 'text') ?? row.cells[0];
    const where = figure === undefined ? '' : ` (${cellName(this.table.sheet, figure.column, row.number)} and others)`;
    const message = `Row ${row.number} is hidden, by a person or a filter, and has entries${where}. ${UNHIDE}`;
    this.problems.error(this.table.place(row.number, null), 'row-hidden', message);
  }

  private refuseHiddenColumn(row: SheetRow, cell: SheetCell): void {
    if (this.reportedColumns.has(cell.column)) return;
    this.reportedColumns.add(cell.column);
    const column = wholeColumnName(this.table.sheet, cell.column);
    const message = `The column ${column} is hidden and has entries from here on. ${UNHIDE.replace('rows', 'columns')}`;
    this.problems.error(this.table.place(row.number, cell.column), 'column-hidden', message);
  }

  private refuseMergedRows(range: MergedRange): void {
    const { sheet, columns } = this.table;
    const isRead = columns.fields.some(
      (field, at) => field !== '' && at >= range.firstColumn && at <= range.lastColumn,
    );
    if (!isRead) return;
    const line = Math.max(range.firstRow, this.firstLine);
    const message = `${rangeName(sheet, range)} is one cell over ${range.lastRow - range.firstRow + 1} rows: whose it is cannot be told. Unmerge it and fill in every row.`;
    this.problems.error(this.table.place(line, range.firstColumn), 'cells-merged', message);
  }

  private refuseCovered(row: SheetRow, cell: SheetCell, merged: readonly MergedRange[]): void {
    const { number } = row;
    const { column } = cell;
    if (number < this.firstLine || number > this.lastLine || cell.text.trim() === '') return;
    const { sheet, columns } = this.table;
    if ((columns.fields[column] ?? '') === '') return;
    const range = merged.find((one) => {
      const isInside =
        number >= one.firstRow && number <= one.lastRow && column >= one.firstColumn && column <= one.lastColumn;
      return isInside && (number !== one.firstRow || column !== one.firstColumn);
    });
    if (range === undefined) return;
    const message = `This cell has an entry that is not seen, because ${rangeName(sheet, range)} is shown as one cell. Unmerge it and look at what is there.`;
    this.problems.error(this.table.place(number, column), 'cell-covered', message);
  }

  private refuse(row: SheetRow, cell: SheetCell, code: string, message: string): void {
    this.problems.error(this.table.place(row.number, cell.column), code, message);
    this.reported.add(row.number * 0x4000 + cell.column);
  }

  private warnOfOutside(row: SheetRow, cell: SheetCell): void {
    if (this.hasWarnedOfOutside || this.reportedRows.has(row.number) || cell.text.trim() === '') return;
    this.hasWarnedOfOutside = true;
    const message = 'This cell stands to the right of the last header. It is not read, and neither are others like it.';
    this.problems.warning(this.table.place(row.number, cell.column), 'cell-outside', message);
  }
}

const UNHIDE = 'Nothing that is not seen is paid: show the hidden rows, then delete what is not to be paid.';
