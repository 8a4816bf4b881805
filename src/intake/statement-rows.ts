import type { StatementField, StatementForm, StatementRow, StatementSide } from '../domain/statement.ts';
import { didYouMean } from '../documents/nearest.ts';
import type { ProblemList } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import type { Row } from './row.ts';
import { amountShown, headerShown } from './shape.ts';
import { NO_AMOUNT, readStatementAmount, statementAmountAdvice, type StatementAmount } from './statement-amount.ts';
import {
  columnsNamed,
  isOutColumn,
  neededFields,
  statementPositions,
  type StatementPositions,
} from './statement-columns.ts';

/** What the rows of a statement are read by. */
export interface StatementContext {
  readonly source: RecordSource;
  readonly form: StatementForm;
  /** Of rows that name none. */
  readonly currency: string;
  /** Where the form stands in the configuration: `accounts.NAME.statement`. */
  readonly setting: string;
  readonly problems: ProblemList;
  /** Whether cells at the end of a row may be left out. */
  readonly isPadded: boolean;
}

/** Words of a direction column that need no setting. */
const OUT_WORDS: readonly string[] = ['d', 'dr', 'debit', 'out', 'money out', 'paid out'];
const IN_WORDS: readonly string[] = ['c', 'cr', 'credit', 'in', 'money in', 'paid in'];

/** A status that says that nothing was moved, where no words for paid are declared. */
const NOTHING_MOVED =
  /^(?:failed|declined|rejected|cancelled|canceled|expired|unsuccessful|timed? ?out|pending|processing)\b/i;

/** What a row without an amount says of money that moved elsewhere. */
const PERHAPS_BACK = /revers|refund|return|charge-?back|storno/i;

/** Lines that statements have between or below their rows. */
const OTHER_LINE =
  /^(?:opening|closing|available|ledger|book|balance|brought|carried|b\/f|c\/f|total|sub-?total|grand total|end of|page|generated|printed|disclaimer|note|number of|count|summary)\b/i;
/** Such a line has a label and a figure or two. */
const OTHER_LINE_CELLS = 4;

export class StatementRows {
  private readonly context: StatementContext;
  private readonly head: Row;
  private readonly positions: StatementPositions;
  private readonly hasOutColumn: boolean;
  private readonly lastField: number;
  /** One text for each word that many rows repeat. */
  private readonly words = new Map<string, string>();

  constructor(context: StatementContext, head: Row) {
    this.context = context;
    this.head = head;
    const { form } = context;
    this.positions = statementPositions(form, head.cells);
    this.hasOutColumn = isOutColumn(form, head.cells[this.positions.amount] ?? '');
    this.lastField = Math.max(...Object.values(this.positions));
    for (const field of neededFields(form, this.positions)) this.need(field);
  }

  /** Null for a line that is no row, and for one that was refused. */
  read(record: Row): StatementRow | null {
    const { form } = this.context;
    const { line, cells } = record;
    if (!this.isWhole(record)) return null;
    if (this.positions.amount === -1) return null;
    const status = this.text(cells, 'status');
    const isPaid = form.paid.length === 0 ? !NOTHING_MOVED.test(status) : form.paid.includes(status.toLowerCase());
    const currency = this.word(this.text(cells, 'currency').toUpperCase()) || this.context.currency;
    const out = this.amount(record, 'amount', currency, isPaid);
    const paidIn =
      this.positions.paid_in === this.positions.amount ? NO_AMOUNT : this.amount(record, 'paid_in', currency, isPaid);
    if (out === null || paidIn === null) return null;
    const reference = this.text(cells, 'reference');
    if (out.minor === 0n && paidIn.minor === 0n && this.movedNothing(`${reference} ${status}`)) return null;
    return {
      line,
      reference,
      providerReference: this.text(cells, 'provider_reference'),
      linkedReceipt: this.text(cells, 'linked_receipt'),
      amountMinor: out.minor === 0n ? paidIn.minor : out.minor,
      isNegative: out.minor === 0n ? paidIn.isNegative : out.isNegative,
      side: this.side(out, paidIn, cells),
      isReversal: false,
      currency,
      status: this.word(status),
      isPaid,
      recipient: this.text(cells, 'recipient'),
      reason: this.word(this.text(cells, 'reason')),
      time: this.text(cells, 'time'),
    };
  }

  /** Beside a column of money out there is one of money in, and where that is not known a row may have moved money in it. */
  private movedNothing(text: string): boolean {
    return (this.positions.paid_in !== -1 || !this.hasOutColumn) && !PERHAPS_BACK.test(text);
  }

  private side(out: StatementAmount, paidIn: StatementAmount, cells: readonly string[]): StatementSide {
    if (out.minor !== 0n && paidIn.minor !== 0n) return 'none';
    if (paidIn.minor !== 0n) return paidIn.isNegative || paidIn.mark === 'out' ? 'none' : 'in';
    if (out.minor === 0n) return 'none';
    const { form } = this.context;
    if (this.positions.direction !== -1 && this.positions.direction !== this.positions.amount)
      return this.wordSide(this.text(cells, 'direction').toLowerCase());
    if (out.mark !== null) return out.mark;
    if (typeof form.out === 'string') return out.isNegative === (form.out === 'negative') ? 'out' : 'in';
    return this.hasOutColumn ? 'column-out' : 'signed';
  }

  /** A word for money out beside a minus may mean that it came back: the sign counts as in a column of money out. */
  private wordSide(word: string): StatementSide {
    const { form } = this.context;
    if (form.out !== null && typeof form.out !== 'string') {
      if (form.out.includes(word)) return 'column-out';
      return word === '' ? 'none' : 'in';
    }
    if (OUT_WORDS.includes(word)) return 'column-out';
    return IN_WORDS.includes(word) ? 'in' : 'none';
  }

  /** Null where it cannot be read, which was reported. What moved no money need not have an amount that can be read. */
  private amount(
    { line, cells }: Row,
    field: 'amount' | 'paid_in',
    currency: string,
    isPaid: boolean,
  ): StatementAmount | null {
    const position = this.positions[field];
    if (position === -1) return NO_AMOUNT;
    const { form, problems, setting, source } = this.context;
    const text = this.text(cells, field);
    const reading = readStatementAmount(text, currency, form.numberFormat);
    if (typeof reading !== 'string') return reading;
    if (
      reading === 'missing' &&
      (!isPaid || field === 'paid_in' || this.positions.paid_in !== -1 || this.hasOutColumn)
    ) {
      return NO_AMOUNT;
    }
    const place = source.place(line, field, { position, header: headerShown(this.head.cells[position] ?? '') });
    const advice = statementAmountAdvice(reading, currency, form.numberFormat, setting);
    problems.error(place, `amount-${reading}`, `The amount reads ${amountShown(text)}. ${advice}`);
    return null;
  }

  /** Whether the record has a cell for every field; empty cells too many or too few do not count. */
  private isWhole({ line, cells }: Row): boolean {
    const { head } = this;
    const width = head.cells.length;
    if (cells.length !== width) {
      const isLonger = cells.slice(width).some((cell) => cell.trim() !== '');
      // A workbook leaves empty cells at the end of a row out.
      const isShorter = cells.length <= this.lastField && !this.context.isPadded;
      if (isLonger || isShorter) return this.refuseRagged(line, cells);
    }
    return !(isSameTrimmed(cells[0], head.cells[0]) && cells.every((cell, at) => isSameTrimmed(cell, head.cells[at])));
  }

  private refuseRagged(line: number, cells: readonly string[]): boolean {
    const filled = cells.filter((cell) => cell.trim() !== '');
    if (filled.length <= OTHER_LINE_CELLS && OTHER_LINE.test(filled[0]?.trim() ?? '')) return false;
    const what = `This row has ${cells.length} cells and the header has ${this.head.cells.length}. Take the statement from the provider again.`;
    const { problems, source } = this.context;
    problems.error(source.place(line, ''), 'row-ragged', what);
    return false;
  }

  private text(cells: readonly string[], field: StatementField): string {
    const cell = cells[this.positions[field]];
    if (cell === undefined) return '';
    const text = cell.trim();
    return text.startsWith("'") ? text.slice(1) : text;
  }

  private word(text: string): string {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    if (this.words.size < WORDS_MAX) this.words.set(text, text);
    return text;
  }

  private need(field: StatementField): void {
    const { form, problems, setting, source } = this.context;
    const header = form.columns[field] ?? field;
    const place = source.place(this.head.line, field);
    if (this.positions[field] !== -1) {
      if (columnsNamed(header, this.head.cells) < 2) return;
      const what = `Two columns are named "${headerShown(header)}", and which is meant cannot be told. Name another one at ${setting}.columns.${field}, or take one out.`;
      problems.error(place, 'statement-column-repeated', what);
      return;
    }
    const headers = this.head.cells.filter((cell) => cell.trim() !== '').map(headerShown);
    problems.error(
      place,
      'statement-column-missing',
      `There is no column "${headerShown(header)}" for ${field}.${didYouMean(header, headers)} The headers are: ${headers.join(', ')}. ` +
        `Name it at ${setting}.columns.${field}.`,
    );
  }
}

const WORDS_MAX = 1000;

function isSameTrimmed(one = '', other = ''): boolean {
  return one === other || one.trim() === other.trim();
}
