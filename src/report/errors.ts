import { join } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import { removeFile } from './atomic-file.ts';
import { writeCsvFile } from './csv-file.ts';
import { reportFolder, reportFolderPath } from './folder.ts';

const ERRORS_FILE = 'errors.csv';
const COLUMNS = ['file', 'line', 'column', 'field', 'code', 'message'] as const;

/**
 * Writes every problem of a batch, first those that refused it, then the warnings, whose message says that they are warnings; returns the
 * path of `errors.csv`.
 */
export async function writeErrors(request: {
  readonly folder: string;
  readonly batch: string;
  readonly problems: readonly Problem[];
}): Promise<string> {
  const { folder, batch, problems } = request;
  const of = (wanted: Problem['severity']): Problem[] => problems.filter(({ severity }) => severity === wanted);
  return writeCsvFile({
    folder: await reportFolder(folder, batch),
    name: ERRORS_FILE,
    columns: COLUMNS,
    rows: [...of('error'), ...of('warning')],
    cells: (problem) => COLUMNS.map((column) => cellOf(problem, column)),
  });
}

function cellOf(problem: Problem, column: (typeof COLUMNS)[number]): string {
  const isWarning = column === 'message' && problem.severity === 'warning';
  return isWarning ? `Warning: ${problem.message}` : String(problem[column]);
}

/** A batch of which nothing is wrong any more has no errors. */
export async function removeErrors(request: { readonly folder: string; readonly batch: string }): Promise<void> {
  await removeFile(join(reportFolderPath(request.folder, request.batch), ERRORS_FILE));
}
