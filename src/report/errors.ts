import { join } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import { removeFile } from './atomic-file.ts';
import { writeCsvFile } from './csv-file.ts';
import { reportFolder, reportFolderPath } from './folder.ts';

const ERRORS_FILE = 'errors.csv';
const COLUMNS = ['file', 'line', 'column', 'field', 'code', 'message'] as const;

/** Writes why a batch was refused, errors only; returns the path of `errors.csv`. */
export async function writeErrors(request: {
  readonly folder: string;
  readonly batch: string;
  readonly problems: readonly Problem[];
}): Promise<string> {
  return writeCsvFile({
    folder: await reportFolder(request.folder, request.batch),
    name: ERRORS_FILE,
    columns: COLUMNS,
    rows: request.problems.filter((problem) => problem.severity === 'error'),
    cells: (problem) => COLUMNS.map((column) => String(problem[column])),
  });
}

/** A batch that was refused once and is clean now has no errors any more. */
export async function removeErrors(request: { readonly folder: string; readonly batch: string }): Promise<void> {
  await removeFile(join(reportFolderPath(request.folder, request.batch), ERRORS_FILE));
}
