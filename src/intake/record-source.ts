import type { InputEncoding } from '../domain/batch.ts';
import type { Columns } from './columns.ts';
import type { PlaceColumn, ProblemPlace } from './problem-list.ts';
import type { Row } from './row.ts';

/** A stretch of records as they were read. */
export interface RecordPage {
  readonly records: readonly Row[];
  /** The first line, up to the end of this page, that could not be read, which was reported; Infinity when there is none. */
  readonly firstFaultLine: number;
}

/** How a file is written whose rows are to come back in the form of the input. */
export interface TextForm {
  readonly delimiter: string;
  readonly encoding: InputEncoding;
}

/** What the records of a batch are read from: the text of a CSV file, or a sheet of a workbook. */
export interface RecordSource {
  /** Path of the file as the user named it. */
  readonly file: string;
  /** Known once all pages were read. A source that is no text gives what a CSV made of it would have. */
  readonly form: TextForm;
  /**
   * Every record from the first line on, the header among them, page by page; to be read once. Records without any text in them
   * are left out. A fault is reported, and the reading goes on behind it where that makes sense.
   *
   * Throws `PayrunError` when the file is not there or cannot be read.
   */
  pages(): AsyncGenerator<RecordPage, void, undefined>;
  /** The place of a problem in the record of this line; without a column, that of the record as a whole. */
  place(line: number, field: string, column?: PlaceColumn): ProblemPlace;
  /** Of a source whose records need not be as wide as their header: makes them so. Called for every page under the header. */
  fit?(records: readonly Row[], head: Row, columns: Columns): readonly Row[];
  /** Reports what only the cells of this source can have, for a record of the latest page that may be a payment. */
  checkCells?(record: Row): void;
  /** Reports what shows only at the end. */
  finish?(): Promise<void>;
}
