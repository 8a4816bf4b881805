import { isPayrunError } from '../domain/problem.ts';
import { CsvSource } from './csv-file.ts';
import { foldHeader, isField } from './fields.ts';
import { readTable, recordWithColumn } from './header-row.ts';
import { ProblemList } from './problem-list.ts';
import { readReplaces } from './replaces.ts';

/** The batch that the first correction in a CSV names; null where the file has no column `replaces` or cannot be read. */
export async function batchThatIsCorrected(file: string): Promise<string | null> {
  if (!/\.csv$/i.test(file)) return null;
  try {
    // What is wrong with the file is reported when it is checked.
    const problems = new ProblemList();
    const source = new CsvSource({ file, encoding: null }, isFieldHeader, problems);
    for await (const { head, records } of readTable(source, recordWithColumn('replaces'), problems)) {
      const at = head.cells.findIndex((header) => foldHeader(header) === 'replaces');
      if (at < 0) return null;
      for (const { cells } of records) {
        const replaces = readReplaces((cells[at] ?? '').trim().replace(/^'/, ''));
        if (replaces !== null) return replaces.batch;
      }
    }
  } catch (error) {
    if (!isPayrunError(error)) throw error;
  }
  return null;
}

function isFieldHeader(header: string): boolean {
  return isField(foldHeader(header));
}
