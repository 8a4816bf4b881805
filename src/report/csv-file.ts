import { AtomicFile, syncFolder } from './atomic-file.ts';
import { CsvWriter } from './csv.ts';

const CSV_FILE_PAGE = 1000;

/** Writes a CSV of known columns whole or not at all; returns its path. Errors of the file system pass through. */
export async function writeCsvFile<Row>(request: {
  readonly folder: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** As in {@link CsvWriter}. */
  readonly isText?: readonly boolean[];
  /** Default CRLF. */
  readonly lineEnd?: '\n';
  cells(row: Row): readonly string[];
}): Promise<string> {
  const { folder, rows } = request;
  const csv = new CsvWriter(',', 'formulas', request.isText, request.lineEnd);
  const file = await AtomicFile.open(folder, request.name);
  try {
    await file.write(csv.record(request.columns));
    for (let at = 0; at < rows.length; at += CSV_FILE_PAGE) {
      await file.write(csv.records(rows.slice(at, at + CSV_FILE_PAGE).map((row) => request.cells(row))));
    }
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
  await syncFolder(folder);
  return file.path;
}
