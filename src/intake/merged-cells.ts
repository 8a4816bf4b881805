import type { Row, RowReader } from './row.ts';

/**
 * Refuses a column of which the first row has a text and a later row has none, where that changes who pays or in which currency. A
 * merged cell holds its text in its first row only, and the rows below it would be paid by the batch's own setting instead.
 */
export class MergedCells {
  private readonly reader: RowReader;
  private readonly field: 'account' | 'currency';
  private isFirst = true;
  /** The last text above; null where the first row had none, so that blank cells have their ordinary meaning. */
  private above: string | null = null;
  private isReported = false;

  constructor(reader: RowReader, field: 'account' | 'currency') {
    this.reader = reader;
    this.field = field;
  }

  /** @param fallback what a blank cell of this row stands for. */
  check(row: Row, text: string, fallback: string): void {
    if (this.isFirst && text !== '') this.above = text;
    this.isFirst = false;
    if (this.above === null || this.isReported) return;
    if (text !== '') {
      this.above = text;
      return;
    }
    if (this.above === fallback) return;
    this.isReported = true;
    this.reader.error(
      row,
      this.field,
      `${this.field}-blank`,
      `The ${this.field} is blank here, and a row above has "${this.above}". A merged cell counts for its first row only. ` +
        `Write the ${this.field} into every row.`,
    );
  }
}
