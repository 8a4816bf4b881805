/** What a bare CSV cannot say, from `defaults:` of the configuration (first match wins) or from a batch's `rows:`. */
export interface CsvDefaults {
  /** Glob on the file's name, without folders: `*.csv`. */
  readonly match: string;
  readonly account: string | null;
  readonly currency: string | null;
  readonly narrative: string | null;
  /** The recurring payroll that such files are occurrences of; which one, the file's name says. Null: they stand alone. */
  readonly series: string | null;
  /** Field of ours → header in the file: `{ id: 'Employee No' }`. */
  readonly columns: Readonly<Record<string, string>>;
  /** Declared bytes; null: UTF-8, or UTF-16 by its byte-order mark. */
  readonly encoding: 'windows-1252' | null;
  /** Declared spelling of amounts; null: digits and a point only. */
  readonly numberFormat: NumberFormat | null;
  /** Physical line, or row of the sheet, on which the header stands; null: it is looked for. */
  readonly headerRow: number | null;
  /** Lines under the header whose first filled cell begins with one of these, case apart, are no payments. */
  readonly skip: readonly string[];
}

/** Named by an example of itself: `1,250.50`, `1.250,50`, `1 250,50`, `1250,50`. */
export type NumberFormat = '1,250.50' | '1.250,50' | '1 250,50' | '1250,50';
