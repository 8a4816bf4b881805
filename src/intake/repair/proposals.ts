import { currencyDecimals } from '../../domain/money.ts';
import type { Problem } from '../../domain/problem.ts';
import { Destinations } from '../destination-check.ts';
import { Payers } from '../payer.ts';
import { PaymentCheck } from '../payment-check.ts';
import { ProblemList } from '../problem-list.ts';
import { RowReader, type Row } from '../row.ts';
import { candidatesOf, type CellCandidate } from './candidates.ts';
import type { CellRepair, RepairedTable } from './stage.ts';

/**
 * What payrun can propose for the cells of a row. A candidate is proposed where the rules of a payment complain about the cell as it
 * stands and have nothing against the candidate: a digit that is missing is never made up.
 */
export class Proposals {
  private readonly table: RepairedTable;
  /** Names the cells of a row; its problems are thrown away. */
  private readonly reader: RowReader;

  constructor(table: RepairedTable) {
    this.table = table;
    this.reader = this.readerWith(new ProblemList());
  }

  of(row: Row): readonly CellRepair[] {
    if (row.cells.length !== this.table.columns.headers.length) return [];
    const fields = new Set(this.problemsOf(row).map(({ field }) => field));
    return [...fields].flatMap((field) => {
      const proposed = this.proposedFor(row, field);
      return proposed === null ? [] : [proposed];
    });
  }

  /** The payment's id as the file has it, by which a row is known again. */
  idOf(row: Row): string {
    return this.reader.cell(row, 'id');
  }

  /** The cell's text as a repair shows it: without spaces around it or a spreadsheet's apostrophe. */
  textAt(row: Row, column: string): string | null {
    const field = this.table.columns.fields[this.positionOf(column)] ?? '';
    return field === '' ? null : this.reader.cell(row, field);
  }

  /** Position of a column that is read, by its header; -1 where there is none. */
  positionOf(column: string): number {
    return this.table.columns.headers.findIndex((header) => header.trim() === column.trim());
  }

  private proposedFor(row: Row, field: string): CellRepair | null {
    const position = this.reader.position(field);
    const before = position < 0 ? '' : this.reader.cell(row, field);
    if (before === '') return null;
    const currency = this.payerOf(row).currency;
    const context = { currency, decimals: currencyDecimals(currency) ?? 2 };
    for (const candidates of candidatesOf(field, before, context)) {
      const fitting = this.fitting(row, field, candidates);
      if (fitting === null) continue;
      const { after, why } = fitting;
      const column = (this.table.columns.headers[position] ?? '').trim();
      return { line: row.line, column, id: this.idOf(row), before, after: this.canonical(row, field, after), why };
    }
    return null;
  }

  /** The one candidate that fits; of several, the one whose code is known. */
  private fitting(row: Row, field: string, candidates: readonly CellCandidate[]): CellCandidate | null {
    const checked = candidates
      .map((candidate) => {
        const problems = this.problemsOf(this.mended(row, field, candidate.after));
        return { candidate, problems: problems.filter((problem) => problem.field === field) };
      })
      .filter(({ problems }) => problems.every(({ severity }) => severity === 'warning'));
    const known = checked.filter(({ problems }) => problems.length === 0);
    const [only] = known.length === 0 && field === 'bank_code' ? checked : known;
    const isOnly = known.length === 1 || (known.length === 0 && checked.length === 1);
    return isOnly ? (only?.candidate ?? null) : null;
  }

  /** A phone in the one spelling that cannot be misread. */
  private canonical(row: Row, field: string, after: string): string {
    if (field !== 'mobile') return after;
    const mended = this.mended(row, field, after);
    const reader = this.readerWith(new ProblemList());
    const destinations = new Destinations(reader);
    const destination = destinations.of(mended, destinations.given(mended), this.payerOf(mended));
    return destination?.kind === 'mobile' ? destination.phone : after;
  }

  private mended(row: Row, field: string, after: string): Row {
    const position = this.reader.position(field);
    return { ...row, cells: row.cells.map((cell, at) => (at === position ? after : cell)) };
  }

  private payerOf(row: Row): ReturnType<Payers['of']> {
    const reader = this.readerWith(new ProblemList());
    const given = new Destinations(reader).given(row);
    const payers = new Payers(reader, this.table.settings, this.table.rules);
    return payers.of(row, typeof given === 'string' ? null : given.kind);
  }

  private problemsOf(row: Row): readonly Problem[] {
    const problems = new ProblemList();
    const check = new PaymentCheck(this.readerWith(problems), this.table.settings, this.table.rules, null);
    check.check(row);
    return problems.listed().filter(({ line }) => line === row.line);
  }

  private readerWith(problems: ProblemList): RowReader {
    const { columns, cellForm } = this.table;
    const locate = (row: Row, field: string) => ({ file: '', line: row.line, column: '', field });
    return new RowReader(columns, locate, problems, cellForm);
  }
}
