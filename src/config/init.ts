import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PayrunError } from '../domain/problem.ts';
import { CONFIG_TEXT, GITIGNORE_TEXT, SAMPLE_BATCH_TEXT } from './init-files.ts';

/** Lie beside `src/` and, once built, beside `dist/`. */
const INIT_SCHEMAS = new URL('../../schemas/', import.meta.url);

/**
 * Writes what a first run needs into `dir`: a commented configuration, a sample batch that the built-in simulator pays, the
 * folders, and the schemas that the files name for editors. Overwrites nothing: throws {@link PayrunError} that names what is
 * in the way, before anything is written.
 *
 * @returns the files written, absolute, in the order in which a person should read them.
 */
export async function initProject(dir: string): Promise<{ files: string[] }> {
  const folder = resolve(dir);
  const contents: readonly (readonly [string, string])[] = [
    ['payrun.yaml', CONFIG_TEXT],
    ['batches/payroll-sample.yaml', SAMPLE_BATCH_TEXT],
    ['.gitignore', GITIGNORE_TEXT],
    ['schemas/config.schema.json', await readFile(new URL('config.schema.json', INIT_SCHEMAS), 'utf8')],
    ['schemas/batch.schema.json', await readFile(new URL('batch.schema.json', INIT_SCHEMAS), 'utf8')],
  ];
  const taken: string[] = [];
  for (const [name] of contents) {
    const there = await stat(join(folder, name)).catch(() => null);
    if (there !== null) taken.push(join(folder, name));
  }
  if (taken.length > 0) throw inTheWay(taken);
  try {
    for (const name of ['', 'batches', 'schemas', 'reports']) await mkdir(join(folder, name), { recursive: true });
    // Reports hold whole phone and account numbers.
    await chmod(join(folder, 'reports'), 0o700);
    for (const [name, text] of contents) {
      // Should another program have made it meanwhile, it stays as it is.
      await writeFile(join(folder, name), text, { flag: 'wx' });
    }
  } catch (error) {
    throw asPayrunError(error);
  }
  return { files: contents.map(([name]) => join(folder, name)) };
}

function inTheWay(files: readonly string[]): PayrunError {
  const what = files.length === 1 ? 'This file is' : 'These files are';
  return new PayrunError(
    2,
    'init-exists',
    `${what} there already and stay${files.length === 1 ? 's' : ''} as it is: ${files.join(', ')}. Nothing was written. ` +
      'Choose another folder (payrun init DIR), or move what is in the way.',
  );
}

function asPayrunError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return error;
  const path = String(error.path);
  if (error.code === 'EEXIST') return inTheWay([path]);
  return new PayrunError(2, 'init-unwritable', `${path} cannot be written (${String(error.code)}).`, { cause: error });
}
