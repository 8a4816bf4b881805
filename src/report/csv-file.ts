import { AtomicFile, syncFolder } from './atomic-file.ts';
import { CsvWriter } from './csv.ts';

/** About so much is written at once: each call of it costs something, and what waits to be written fills the memory. */
const WRITE_UNITS = 128 * 1024;

/** Writes a CSV of known columns whole or not at all; returns its path. Errors of the file system pass through. */
export async function writeCsvFile<Row>(request: {
  readonly folder: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: Iterable<Row>;
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
    let records: string[] = [];
    let units = 0;
    for (const row of rows) {
      const record = csv.record(request.cells(row));
      records.push(record);
      units += record.length;
      if (units < WRITE_UNITS) continue;
      await file.write(records.join(''));
      records = [];
      units = 0;
    }
    if (units > 0) await file.write(records.join(''));
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
  await syncFolder(folder);
  return file.path;
}
