import { currencyDecimals } from '../domain/money.ts';
import type { Problem } from '../domain/problem.ts';
import { STATEMENT_FIELDS, type StatementField, type StatementForm, type StatementRow } from '../domain/statement.ts';
import { didYouMean } from '../documents/nearest.ts';
import { amountAdvice, readAmount } from './amounts.ts';
import { CsvSource } from './csv-file.ts';
import type { CsvFault } from './csv-splitter.ts';
import { foldHeader } from './fields.ts';
import { FIRST_RECORD, readTable } from './header-row.ts';
import { ProblemList, wholeFile } from './problem-list.ts';
import type { Row } from './row.ts';
import { amountShown, headerShown } from './shape.ts';

/** A minus sign, as it is typed or printed. */
const MINUS = /^[-−]\s*/;

export interface ReadStatement {
  readonly rows: readonly StatementRow[];
  /** Every problem of the file; an error among them means that nothing of it may be used. */
  readonly problems: readonly Problem[];
  readonly refused: boolean;
}

/**
 * Reads a provider's statement, a CSV of the configured form: bytes, delimiters and amounts by the rules of batches. Throws
 * `PayrunError` 2 when the file is not there or cannot be read.
 *
 * @param currency of rows that name none.
 */
export async function readStatement(file: string, form: StatementForm, currency: string): Promise<ReadStatement> {
  const problems = new ProblemList();
  const names = new Set(STATEMENT_FIELDS.map((field) => foldHeader(form.columns[field] ?? field)));
  const isKnown = (header: string): boolean => names.has(foldHeader(header));
  // Loaded here, because every command would wait for it at its start and one reads statements.
  const { LibrarySplitter } = await import('./csv-library.ts');
  const makeSplitter = (delimiter: string, fault: (fault: CsvFault) => void) => new LibrarySplitter(delimiter, fault);
  const text = { file, encoding: form.encoding, mayBeLink: true };
  const source = new CsvSource(text, isKnown, problems, makeSplitter);
  const rows: StatementRow[] = [];
  let reader: RowsReader | null = null;
  for await (const { head, records } of readTable(source, FIRST_RECORD, problems)) {
    reader ??= new RowsReader(file, form, currency, head, problems);
    for (const record of records) {
      const row = reader.read(record);
      if (row !== null) rows.push(row);
    }
  }
  return { rows, problems: problems.listed(), refused: problems.refused };
}

class RowsReader {
  private readonly file: string;
  private readonly form: StatementForm;
  private readonly currency: string;
  private readonly head: Row;
  private readonly problems: ProblemList;
  private readonly positions: Readonly<Record<StatementField, number>>;

  constructor(file: string, form: StatementForm, currency: string, head: Row, problems: ProblemList) {
    this.file = file;
    this.form = form;
    this.currency = currency;
    this.head = head;
    this.problems = problems;
    const headers = head.cells.map(foldHeader);
    const position = (field: StatementField): number => headers.indexOf(foldHeader(form.columns[field] ?? field));
    this.positions = {
      reference: position('reference'),
      provider_reference: position('provider_reference'),
      amount: position('amount'),
      currency: position('currency'),
      status: position('status'),
    };
    const isNeeded = (field: StatementField): boolean =>
      form.columns[field] !== undefined ||
      field === 'amount' ||
      (field === 'provider_reference' && this.positions.reference === -1) ||
      (field === 'status' && form.paid.length > 0);
    for (const field of STATEMENT_FIELDS) if (isNeeded(field)) this.need(field);
  }

  read({ line, cells }: Row): StatementRow | null {
    const { head } = this;
    if (cells.length !== head.cells.length) {
      const what = `This row has ${cells.length} cells and the header has ${head.cells.length}. Take the statement from the provider again.`;
      this.problems.error({ ...wholeFile(this.file), line }, 'row-ragged', what);
      return null;
    }
    if (this.positions.amount === -1) return null;
    const status = this.text(cells, 'status');
    const isPaid = this.form.paid.length === 0 || this.form.paid.includes(status.toLowerCase());
    const currency = this.text(cells, 'currency').toUpperCase() || this.currency;
    const amountMinor = this.amount(cells, currency, line, isPaid);
    if (amountMinor === null) return null;
    return {
      line,
      reference: this.text(cells, 'reference'),
      providerReference: this.text(cells, 'provider_reference'),
      amountMinor,
      isNegative: MINUS.test(this.text(cells, 'amount')),
      currency,
      status,
      isPaid,
    };
  }

  /** Money that went out may carry a minus. A row that paid nothing (a fee line, a balance) has nothing to compare. */
  private amount(cells: readonly string[], currency: string, line: number, isPaid: boolean): bigint | null {
    const text = this.text(cells, 'amount').replace(MINUS, '');
    const decimals = currencyDecimals(currency) ?? 2;
    // Statements print decimals that a currency does not use (`1500.00` UGX).
    const plain = decimals < 2 && this.form.numberFormat === null ? text.replace(/\.0{1,2}$/, '') : text;
    const reading = readAmount(plain, decimals, this.form.numberFormat);
    if (typeof reading === 'bigint') return reading;
    if (reading === 'zero' || (reading === 'missing' && !isPaid)) return null;
    const place = { file: this.file, line, column: this.head.cells[this.positions.amount] ?? '', field: 'amount' };
    const advice = amountAdvice(reading, currency, decimals, this.form.numberFormat);
    this.problems.error(place, `amount-${reading}`, `The amount reads ${amountShown(text)}. ${advice}`);
    return null;
  }

  private text(cells: readonly string[], field: StatementField): string {
    return (cells[this.positions[field]] ?? '').trim().replace(/^'/, '');
  }

  private need(field: StatementField): void {
    if (this.positions[field] !== -1) return;
    const header = this.form.columns[field] ?? field;
    const place = { file: this.file, line: this.head.line, column: '', field };
    const code = 'statement-column-missing';
    const headers = this.head.cells.map(headerShown);
    this.problems.error(
      place,
      code,
      `There is no column "${headerShown(header)}" for ${field}.${didYouMean(header, headers)} The headers are: ${headers.join(', ')}. ` +
        'Name it under `statement: { columns: … }` of the account.',
    );
  }
}
