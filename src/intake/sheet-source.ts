import type { NumberFormat } from '../domain/csv-defaults.ts';
import { cellName, type SheetRow } from '../workbook/cells.ts';
import { WorkbookFault } from '../workbook/fault.ts';
import type { SheetReading } from '../workbook/sheet-reading.ts';
import type { WorkbookSheet } from '../workbook/workbook.ts';
import type { Columns, Mapping } from './columns.ts';
import { wholeFile, type PlaceColumn, type ProblemList, type ProblemPlace } from './problem-list.ts';
import type { RecordPage, RecordSource, TextForm } from './record-source.ts';
import type { Row } from './row.ts';
import { maskNumbers } from './shape.ts';
import { chooseSheet } from './sheet-choice.ts';
import { SheetCheck, SheetRecord, sheetRecord } from './sheet-check.ts';
import { NO_RESULT } from './totals-rows.ts';
import { openWorkbookFile } from './workbook-file.ts';

/** What says which sheet of a workbook is read, and how. */
export interface SheetSettings {
  readonly file: string;
  /** Name of the sheet; null: the only one with payments. */
  readonly sheet: string | null;
  readonly mapping: Mapping;
  readonly headerRow: number | null;
  /** How texts with amounts are written; numbers are handed out in the same way. */
  readonly numberFormat: NumberFormat | null;
}

/** The records of a sheet of a workbook: the texts of its cells, as a CSV made of it would have them. */
export class SheetSource implements RecordSource {
  readonly file: string;
  readonly form: TextForm = { delimiter: ',', encoding: 'utf-8' };
  private readonly settings: SheetSettings;
  private readonly problems: ProblemList;
  private sheet = '';
  private reading: SheetReading | null = null;
  private chosen: WorkbookSheet | null = null;
  private check: SheetCheck | null = null;

  constructor(settings: SheetSettings, problems: ProblemList) {
    this.file = settings.file;
    this.settings = settings;
    this.problems = problems;
  }

  async *pages(): AsyncGenerator<RecordPage, void, undefined> {
    try {
      const sheets = await openWorkbookFile(this.file);
      const sheet = await chooseSheet(sheets, this.settings, this.problems);
      if (sheet === null) return;
      this.chosen = sheet;
      this.sheet = sheet.name;
      this.reading = await sheet.read();
      for await (const rows of this.reading.pages()) yield { records: recordsOf(rows), firstFaultLine: Infinity };
    } catch (error) {
      if (!(error instanceof WorkbookFault)) throw error;
      this.problems.error(wholeFile(this.file), error.code, error.message);
      // What was not read was a payment perhaps.
      yield { records: [], firstFaultLine: 0 };
    }
  }

  place(line: number, field: string, column?: PlaceColumn): ProblemPlace {
    const place = { file: this.file, line, column: column?.header ?? '', field };
    if (this.sheet === '') return place;
    if (column === undefined) {
      const row = { ...place, cell: `${this.sheet}, row ${line}` };
      return this.check?.isReportedRow(line) === true ? { ...row, isReported: true } : row;
    }
    const cell = cellName(this.sheet, column.position, line);
    return this.check?.isReported(line, column.position) === true
      ? { ...place, cell, isReported: true }
      : { ...place, cell };
  }

  fit(records: readonly Row[], head: Row, columns: Columns): readonly Row[] {
    this.check ??= this.startCheck(head, columns);
    const { check } = this;
    check.startPage();
    return records.map((record) => check.fitted(sheetRecord(record)));
  }

  /** Reports what a person does not see, what has no result, and what is of another kind than its field. */
  checkCells(record: Row): void {
    this.check?.row(sheetRecord(record));
  }

  /** Reports what shows only at the end of the sheet. */
  async finish(): Promise<void> {
    if (this.chosen !== null) await this.check?.finish(this.chosen);
  }

  private startCheck(head: Row, columns: Columns): SheetCheck {
    const { sheet, reading } = this;
    if (reading === null) throw new Error('records of a sheet that was not opened');
    const place = (line: number, position: number | null): ProblemPlace => {
      if (position === null) return this.place(line, '');
      const header = maskNumbers(columns.headers[position] ?? '').trim();
      return this.place(line, columns.fields[position] ?? '', { position, header });
    };
    const { numberFormat } = this.settings;
    const check = new SheetCheck({ sheet, reading, columns, numberFormat, place }, this.problems);
    check.head(sheetRecord(head).row);
    return check;
  }
}

function recordsOf(rows: readonly SheetRow[]): readonly Row[] {
  const records: Row[] = [];
  for (const row of rows) {
    const cells: string[] = [];
    for (const { column, text, kind } of row.cells) {
      while (cells.length < column) cells.push('');
      cells.push(kind === 'none' ? NO_RESULT : text);
    }
    if (cells.some((cell) => cell.trim() !== '')) records.push(new SheetRecord(row, cells));
  }
  return records;
}
