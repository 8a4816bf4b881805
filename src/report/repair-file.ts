import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PayrunError } from '../domain/problem.ts';
import { writeCsvFile } from './csv-file.ts';

/** Columns that hold texts of the batch, and come back from a spreadsheet to a letter. */
const TEXT_COLUMNS: ReadonlySet<string> = new Set(['column', 'id', 'before', 'after']);

/**
 * Writes a repair file whole or not at all. Throws {@link PayrunError} 2 where another file, or one in which a person has answered
 * already, stands in its place.
 */
export async function writeRepairFile<Column extends string>(request: {
  readonly file: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<Column, string>>[];
}): Promise<void> {
  const { file, columns, rows } = request;
  await checkReplaceable(file, columns);
  await writeCsvFile({
    folder: dirname(file),
    name: basename(file),
    columns,
    rows,
    isText: columns.map((column) => TEXT_COLUMNS.has(column)),
    // People answer in an editor, too, and with the tools of a shell.
    lineEnd: '\n',
    cells: (row) => columns.map((column) => row[column]),
  });
}

async function checkReplaceable(file: string, columns: readonly string[]): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return;
  const { CsvError, parse } = await import('csv-parse/sync');
  let [header, ...records]: string[][] = [];
  try {
    if (text.startsWith(columns.join(','))) [header, ...records] = parse(text, { relax_column_count: true });
  } catch (error) {
    // A file that a person or a program has damaged may still hold answers.
    if (!(error instanceof CsvError)) throw error;
  }
  const accept = header?.indexOf('accept') ?? -1;
  if (accept >= 0 && records.every((record) => (record[accept] ?? '') === '')) return;
  throw new PayrunError(
    2,
    'repair-file-exists',
    `${file} is there already, and is no list of proposals or has answers in it. Name another file, or remove it.`,
  );
}
