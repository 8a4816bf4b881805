import type { StatementRow, StatementSide } from '../domain/statement.ts';
import { BigColumn, NumberColumn, TextsColumn, WordColumn } from './columns.ts';

const SIDES: readonly StatementSide[] = ['none', 'out', 'in', 'column-out', 'signed'];
const SIDE_BITS = 7;
const NEGATIVE_BIT = 8;
const PAID_BIT = 16;
const REVERSAL_BIT = 32;

/** Rows of a statement in its order, by number from 0. A row is made of its columns whenever one is asked for. */
export class StatementTable {
  private rows = 0;
  readonly lines = new NumberColumn();
  readonly bits = new NumberColumn();
  readonly amounts = new BigColumn();
  readonly currencies = new WordColumn<string>('');
  readonly statuses = new WordColumn<string>('');
  readonly reasons = new WordColumn<string>('');
  readonly texts = new TextsColumn();

  get count(): number {
    return this.rows;
  }

  /**
   * Returns the row's number.
   *
   * @param isMatched what the row names is known: then only what a report shows of it is kept, and its other texts are empty.
   */
  add(row: StatementRow, isMatched = false): number {
    const number = this.rows;
    this.lines.set(number, row.line);
    this.amounts.set(number, row.amountMinor);
    this.currencies.set(number, row.currency);
    const { isNegative, isPaid, isReversal } = row;
    const bits = (isNegative ? NEGATIVE_BIT : 0) | (isPaid ? PAID_BIT : 0) | (isReversal ? REVERSAL_BIT : 0);
    this.bits.set(number, SIDES.indexOf(row.side) | bits);
    this.statuses.set(number, row.status);
    this.reasons.set(number, row.reason);
    const { reference, providerReference, linkedReceipt, recipient, time } = row;
    const others = isMatched ? [] : [linkedReceipt, recipient, time];
    this.texts.set(number, [reference, providerReference, ...others]);
    this.rows += 1;
    return number;
  }

  *all(): Generator<StatementRow> {
    for (let number = 0; number < this.rows; number++) yield this.row(number);
  }

  row(number: number): NumberedRow {
    return new NumberedRow(this, number);
  }
}

/** A row of a table. Its texts are read when the first of them is asked for. */
export class NumberedRow implements StatementRow {
  readonly number: number;
  private readonly table: StatementTable;
  private read: readonly string[] | null = null;

  constructor(table: StatementTable, number: number) {
    this.table = table;
    this.number = number;
  }

  get line(): number {
    return this.table.lines.get(this.number);
  }

  get amountMinor(): bigint {
    return this.table.amounts.get(this.number);
  }

  get currency(): string {
    return this.table.currencies.get(this.number);
  }

  get side(): StatementSide {
    return SIDES[this.table.bits.get(this.number) & SIDE_BITS] ?? 'none';
  }

  get isNegative(): boolean {
    return (this.table.bits.get(this.number) & NEGATIVE_BIT) !== 0;
  }

  get isPaid(): boolean {
    return (this.table.bits.get(this.number) & PAID_BIT) !== 0;
  }

  get isReversal(): boolean {
    return (this.table.bits.get(this.number) & REVERSAL_BIT) !== 0;
  }

  get reference(): string {
    return this.text(0);
  }

  get providerReference(): string {
    return this.text(1);
  }

  get status(): string {
    return this.table.statuses.get(this.number);
  }

  get reason(): string {
    return this.table.reasons.get(this.number);
  }

  get linkedReceipt(): string {
    return this.text(2);
  }

  get recipient(): string {
    return this.text(3);
  }

  get time(): string {
    return this.text(4);
  }

  private text(at: number): string {
    this.read ??= this.table.texts.get(this.number);
    return this.read[at] ?? '';
  }
}
