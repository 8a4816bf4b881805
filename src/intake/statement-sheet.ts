import type { StatementForm } from '../domain/statement.ts';
import { cellName, type SheetRow } from '../workbook/cells.ts';
import { WorkbookFault } from '../workbook/fault.ts';
import { openWorkbook, type WorkbookSheet } from '../workbook/workbook.ts';
import { readBytes } from './bytes.ts';
import { HEADER_LINES } from './header-row.ts';
import { wholeFile, type PlaceColumn, type ProblemList, type ProblemPlace } from './problem-list.ts';
import type { RecordPage, RecordSource, TextForm } from './record-source.ts';
import type { Row } from './row.ts';
import { quotable } from './shape.ts';
import { statementHeader } from './statement-columns.ts';

const STATEMENT_WORKBOOK_MAX_BYTES = 128 * 1024 * 1024;

/**
 * The records of a statement in a workbook: of the only sheet with the header of a statement. Rows that a filter hides are read as
 * well, because a reversal may be among them.
 */
export class StatementSheet implements RecordSource {
  readonly file: string;
  readonly form: TextForm = { delimiter: ',', encoding: 'utf-8' };
  private readonly statement: StatementForm;
  private readonly problems: ProblemList;
  private sheet = '';

  constructor(file: string, statement: StatementForm, problems: ProblemList) {
    this.file = file;
    this.statement = statement;
    this.problems = problems;
  }

  async *pages(): AsyncGenerator<RecordPage, void, undefined> {
    try {
      const sheet = await this.choose(await openWorkbook(await readBytes(this.file, STATEMENT_WORKBOOK_MAX_BYTES)));
      if (sheet === null) return;
      this.sheet = sheet.name;
      for await (const rows of (await sheet.read()).pages()) {
        const records = rows
          .map((row) => this.record(row))
          .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
        yield { records, firstFaultLine: Infinity };
      }
    } catch (error) {
      if (!(error instanceof WorkbookFault)) throw error;
      this.problems.error(wholeFile(this.file), error.code, error.message);
      // What was not read may be a reversal.
      yield { records: [], firstFaultLine: 0 };
    }
  }

  place(line: number, field: string, column?: PlaceColumn): ProblemPlace {
    const place = { file: this.file, line, column: column?.header ?? '', field };
    return column === undefined ? place : { ...place, cell: cellName(this.sheet, column.position, line) };
  }

  private async choose(sheets: readonly WorkbookSheet[]): Promise<WorkbookSheet | null> {
    const found: WorkbookSheet[] = [];
    for (const sheet of sheets) if (await this.hasStatement(sheet)) found.push(sheet);
    const [only = sheets.length === 1 ? sheets[0] : undefined, another] = found;
    if (only !== undefined && another === undefined) return only;
    const names = (found.length > 1 ? found : sheets).map(({ name }) => `"${quotable(name)}"`).join(', ');
    const message =
      found.length > 1
        ? `${found.length} sheets have a statement: ${names}. Save the one that is meant as a file of its own.`
        : `No sheet has the columns of the statement. Its sheets are: ${names}. Name the columns in the configuration, or take the statement from the provider again.`;
    this.problems.error({ ...wholeFile(this.file), field: 'sheet' }, 'statement-sheet', message);
    return null;
  }

  private async hasStatement(sheet: WorkbookSheet): Promise<boolean> {
    const header = statementHeader(this.statement);
    for await (const rows of (await sheet.read()).pages()) {
      for (const row of rows) {
        if (row.number > HEADER_LINES) return false;
        if (header.isCertain({ line: row.number, cells: rowTexts(row) })) return true;
      }
    }
    return false;
  }

  private record(row: SheetRow): Row {
    const { numberFormat } = this.statement;
    const hasDecimalComma = numberFormat !== null && numberFormat !== '1,250.50';
    const cells = rowTexts(row);
    for (const { column, kind, text } of row.cells) {
      // A number of a workbook has a point, however the amounts are written that are texts.
      if (kind === 'number' && hasDecimalComma) cells[column] = text.replace('.', ',');
      if (kind !== 'none' && kind !== 'error') continue;
      const place = this.place(row.number, '', { position: column, header: '' });
      const message =
        'This cell has an error, or a formula without a result. Take the statement from the provider again.';
      this.problems.error(place, 'statement-cell', message);
    }
    return { line: row.number, cells };
  }
}

function rowTexts(row: SheetRow): string[] {
  const cells: string[] = [];
  for (const { column, text } of row.cells) {
    while (cells.length < column) cells.push('');
    cells.push(text);
  }
  return cells;
}
