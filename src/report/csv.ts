import { stringify } from 'csv-stringify/sync';
import { isChangedNumber, isChangedText } from './spreadsheet-cells.ts';

/** Records as RFC 4180 text, each ended by CRLF unless another end is asked for. */
export class CsvWriter {
  private readonly delimiter: string;
  private readonly guarded: ReadonlySet<string>;
  private readonly isText: readonly boolean[];
  private readonly lineEnd: '\r\n' | '\n';

  /**
   * @param guard which cells get a leading `'`.
   * @param isText the columns whose texts come back to a letter: ids, accounts, names. An amount may come back without its last zero.
   */
  constructor(delimiter: string, guard: Guard, isText: readonly boolean[] = [], lineEnd: '\r\n' | '\n' = '\r\n') {
    this.delimiter = delimiter;
    this.guarded = GUARDS[guard];
    this.isText = isText;
    this.lineEnd = lineEnd;
  }

  records(rows: Iterable<readonly string[]>): string {
    const guarded = Array.from(rows, (row) => row.map((cell, at) => this.guard(cell, this.isText[at] === true)));
    return stringify(guarded, {
      delimiter: this.delimiter,
      record_delimiter: this.lineEnd,
      // A lone CR or LF ends a record for many readers as well.
      quoted_match: /[\r\n]/,
      // A record of one empty cell would be a blank line, which every reader skips.
      quoted_empty: guarded[0]?.length === 1,
    });
  }

  record(cells: readonly string[]): string {
    return this.records([cells]);
  }

  private guard(text: string, isText: boolean): string {
    const isChanged = isText ? isChangedText(text) : isChangedNumber(text);
    return isChanged || this.guarded.has(text.charAt(0)) ? `'${text}` : text;
  }
}

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
