import { join } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import { AtomicFile, removeFile, syncFolder } from './atomic-file.ts';
import { CsvWriter } from './csv.ts';
import { reportFolder, reportFolderPath } from './folder.ts';

const NAME = 'errors.csv';
const COLUMNS = ['file', 'line', 'column', 'field', 'code', 'message'] as const;
const PAGE = 1000;

/** Writes why a batch was refused, errors only; returns the path of `errors.csv`. */
export async function writeErrors(request: {
  readonly folder: string;
  readonly batch: string;
  readonly problems: readonly Problem[];
}): Promise<string> {
  const folder = await reportFolder(request.folder, request.batch);
  const errors = request.problems.filter((problem) => problem.severity === 'error');
  const writer = new CsvWriter(',', 'formulas');
  const file = await AtomicFile.open(folder, NAME);
  try {
    await file.write(writer.record(COLUMNS));
    for (let at = 0; at < errors.length; at += PAGE) {
      const rows = errors.slice(at, at + PAGE).map((problem) => COLUMNS.map((column) => String(problem[column])));
      await file.write(writer.records(rows));
    }
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
  await syncFolder(folder);
  return file.path;
}

/** A batch that was refused once and is clean now has no errors any more. */
export async function removeErrors(request: { readonly folder: string; readonly batch: string }): Promise<void> {
  await removeFile(join(reportFolderPath(request.folder, request.batch), NAME));
}
