import { stringify } from 'csv-stringify/sync';
import { isChangedNumber, isChangedText } from './spreadsheet-cells.ts';

/** Records as RFC 4180 text, each ended by CRLF unless another end is asked for. */
export class CsvWriter {
  private readonly delimiter: string;
  private readonly guarded: ReadonlySet<string>;
  private readonly isText: readonly boolean[];
  private readonly lineEnd: '\r\n' | '\n';
  /** A lone CR or LF ends a record for many readers as well. */
  private readonly special: RegExp;
  private readonly quotedCells = new Map<string, string>();
  /** By column: the cell of the latest record, and how it was written. */
  private readonly latest: string[] = [];
  private readonly latestWritten: string[] = [];

  /**
   * @param guard which cells get a leading `'`.
   * @param isText the columns whose texts come back to a letter: ids, accounts, names. An amount may come back without its last zero.
   */
  constructor(delimiter: string, guard: Guard, isText: readonly boolean[] = [], lineEnd: '\r\n' | '\n' = '\r\n') {
    this.delimiter = delimiter;
    this.guarded = GUARDS[guard];
    this.isText = isText;
    this.lineEnd = lineEnd;
    this.special = new RegExp(`["\\r\\n${delimiter}]`);
  }

  records(rows: Iterable<readonly string[]>): string {
    return Array.from(rows, (row) => this.record(row)).join('');
  }

  record(cells: readonly string[]): string {
    // A record of one empty cell would be a blank line, which every reader skips.
    if (cells.length === 1 && cells[0] === '') return `""${this.lineEnd}`;
    let record = '';
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] ?? '';
      if (at > 0) record += this.delimiter;
      if (cell !== '') record += this.written(cell, at);
    }
    return record + this.lineEnd;
  }

  /** A cell often holds what the same column of the record before held, such as a status or a currency. */
  private written(cell: string, at: number): string {
    if (this.latest[at] !== cell) {
      this.latest[at] = cell;
      this.latestWritten[at] = this.quoted(this.guard(cell, this.isText[at] === true));
    }
    return this.latestWritten[at] ?? '';
  }

  /** Few cells need quotes, so that the library is asked for those only; the same ones often come again. */
  private quoted(cell: string): string {
    if (!this.special.test(cell)) return cell;
    let quoted = this.quotedCells.get(cell);
    if (quoted === undefined) {
      quoted = stringify([[cell]], { delimiter: this.delimiter, quoted_match: /[\r\n]/, eof: false });
      if (this.quotedCells.size >= QUOTED_MAX) this.quotedCells.clear();
      this.quotedCells.set(cell, quoted);
    }
    return quoted;
  }

  private guard(text: string, isText: boolean): string {
    // Formulas, signs and digits come before the letters.
    if (!isText && text.charCodeAt(0) > UNIT_OF_AT) return text;
    const isChanged = isText ? isChangedText(text) : isChangedNumber(text);
    return isChanged || this.guarded.has(text.charAt(0)) ? `'${text}` : text;
  }
}

const QUOTED_MAX = 500;

const UNIT_OF_AT = 64;

/**
 * `formulas`: a cell that a spreadsheet would run as a formula, or round as a number (`+254…`).
 *
 * `text`: an apostrophe in front as well, so that one that belongs to the cell survives a reader who takes one off.
 */
export type Guard = 'formulas' | 'text';

const FORMULAS = ['=', '+', '-', '@', '\t', '\r'];

const GUARDS: Readonly<Record<Guard, ReadonlySet<string>>> = {
  formulas: new Set(FORMULAS),
  text: new Set([...FORMULAS, "'"]),
};
