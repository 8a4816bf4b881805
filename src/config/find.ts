import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PayrunError } from '../domain/problem.ts';

export interface ConfigSource {
  /** Absolute. */
  readonly file: string;
  readonly folder: string;
  readonly bytes: Buffer;
  /** sha256 of the bytes, hexadecimal. */
  readonly digest: string;
}

const NAME = 'payrun.yaml';

/** No configuration is near this; a batch or an archive handed to --config by mistake is. */
const BYTES_MAX = 1_048_576;

/** The named file, or the first `payrun.yaml` in `from` and the folders above it. Throws {@link PayrunError} when there is none. */
export function findConfig(options: { readonly file: string | null; readonly from: string }): ConfigSource {
  if (options.file !== null) {
    const file = resolve(options.from, options.file);
    const bytes = read(file);
    if (bytes === null) throw new PayrunError(2, 'config-missing', `There is no configuration file ${file}.`);
    return source(file, bytes);
  }
  for (let folder = resolve(options.from); ; folder = dirname(folder)) {
    const file = join(folder, NAME);
    const bytes = read(file);
    if (bytes !== null) return source(file, bytes);
    if (folder === dirname(folder)) break;
  }
  throw new PayrunError(
    2,
    'config-missing',
    `No ${NAME} in ${resolve(options.from)} or any folder above it. Make one with: payrun init`,
  );
}

function source(file: string, bytes: Buffer): ConfigSource {
  return { file, folder: dirname(file), bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}

function read(file: string): Buffer | null {
  let bytes: Buffer;
  try {
    // Synchronous on purpose: it is one small file at the start, and the thread pool costs a cold start more than it gives.
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new PayrunError(2, 'config-unreadable', `${file} cannot be read (${code}).`, { cause: error });
  }
  if (bytes.length > BYTES_MAX) {
    throw new PayrunError(2, 'config-invalid', `${file} is larger than 1 MiB: that is no configuration.`);
  }
  return bytes;
}
