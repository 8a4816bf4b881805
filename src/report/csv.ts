import { stringify } from 'csv-stringify/sync';

/** Records as RFC 4180 text, each ended by CRLF. */
export class CsvWriter {
  private readonly delimiter: string;
  private readonly guarded: ReadonlySet<string>;

  /** @param guard which cells get a leading `'`. */
  constructor(delimiter: string, guard: Guard) {
    this.delimiter = delimiter;
    this.guarded = GUARDS[guard];
  }

  records(rows: Iterable<readonly string[]>): string {
    const guarded = Array.from(rows, (row) => row.map((cell) => this.guard(cell)));
    return stringify(guarded, {
      delimiter: this.delimiter,
      record_delimiter: '\r\n',
      // A lone CR or LF ends a record for many readers as well.
      quoted_match: /[\r\n]/,
      // A record of one empty cell would be a blank line, which every reader skips.
      quoted_empty: guarded[0]?.length === 1,
    });
  }

  record(cells: readonly string[]): string {
    return this.records([cells]);
  }

  private guard(text: string): string {
    return this.guarded.has(text.charAt(0)) || isChangedBySpreadsheets(text) ? `'${text}` : text;
  }
}

/** Digits that a spreadsheet would open as another number: a leading zero, more than 15 digits, or an exponent (`1E5`). */
function isChangedBySpreadsheets(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first < DIGIT_ZERO || first > DIGIT_NINE) return false;
  return (
    /^0\d[\d.,]*$/.test(text) ||
    (text.length > 15 && /^[\d.,]*$/.test(text) && text.replace(/\D/g, '').length > 15) ||
    /^\d+(?:[.,]\d+)?[eE][+-]?\d+$/.test(text)
  );
}

const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;

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
