import { constants, open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PayrunError } from '../../domain/problem.ts';
import { rowsFileOf } from '../../intake/batch.ts';
import type { Clock } from '../../domain/clock.ts';

/** What a spreadsheet program puts beside a file that it has open. */
interface SpreadsheetLock {
  /** Path of the lock file. */
  readonly path: string;
  /** The file that is open. */
  readonly file: string;
  /** `LibreOffice (Jane Wanjiku on PAYROLL-PC, since 28.11.2026 10:12)`. */
  readonly who: string;
  /** Whether it is so old that the program surely died with the file open. */
  readonly isOld: boolean;
}

const OLD_MS = 24 * 60 * 60 * 1000;

/** A lock file holds a name or two. */
const LOCK_MAX_BYTES = 1024;

interface SpreadsheetProgram {
  readonly name: string;
  readonly lockFile: (base: string) => string;
  readonly owner: (content: Buffer) => string;
}

/** The spreadsheet programs that say by a file beside it that they have a file open, with how each says who has it. */
const PROGRAMS: readonly SpreadsheetProgram[] = [
  { name: 'LibreOffice', lockFile: (base) => `.~lock.${base}#`, owner: libreOfficeOwner },
  { name: 'Excel', lockFile: (base) => `~$${base}`, owner: excelOwner },
];

/**
 * Throws {@link PayrunError} 3 for a batch file, or the file of its `rows:`, that is open in a spreadsheet: what a person is still
 * typing is not on disk, and what is on disk may be half of it. A lock that is older than a day is passed over, which `note` gets.
 */
export async function refuseIfOpen(file: string, clock: Clock, note: (text: string) => void): Promise<void> {
  for (const lock of await spreadsheetLocks(file, clock)) {
    if (lock.isOld) {
      note(`${lock.path} is older than 24 hours, so that ${lock.file} is taken as closed. Delete that file.`);
      continue;
    }
    throw new PayrunError(
      3,
      'file-open',
      `${lock.file} is open in ${lock.who}. Nothing of it was sent: save it, close it there, and run it again. ` +
        `If nobody has it open, delete ${lock.path}.`,
    );
  }
}

/** Says that a file which is only checked is open: a person saves and checks in turn, and what is checked is what was saved last. */
export async function noteIfOpen(file: string, clock: Clock, note: (text: string) => void): Promise<void> {
  for (const lock of await spreadsheetLocks(file, clock)) {
    if (!lock.isOld)
      note(`${lock.file} is open in ${lock.who}: what was saved last is checked. \`run\` waits until it is closed.`);
  }
}

/** What has a batch file, or the file of its `rows:`, open. */
async function spreadsheetLocks(file: string, clock: Clock): Promise<readonly SpreadsheetLock[]> {
  const rows = await rowsFileOf(file);
  const found: SpreadsheetLock[] = [];
  for (const one of rows === null ? [file] : [file, rows]) {
    for (const { name, lockFile, owner } of PROGRAMS) {
      const path = join(dirname(one), lockFile(basename(one)));
      const read = await readLock(path);
      if (read === null) continue;
      const by = owner(read.content);
      const who = by === '' ? name : `${name} (${by})`;
      found.push({ path, file: one, who, isOld: clock.now() - read.mtimeMs > OLD_MS });
    }
  }
  return found;
}

/** Null when there is no such file. One that cannot be read still says that the other file is open. */
async function readLock(path: string): Promise<{ readonly content: Buffer; readonly mtimeMs: number } | null> {
  let handle: FileHandle | null = null;
  try {
    // A link could name any file, and a pipe would be waited for.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await handle.stat();
    const content = Buffer.alloc(LOCK_MAX_BYTES);
    const { bytesRead } = found.isFile() ? await handle.read(content, 0, LOCK_MAX_BYTES, 0) : { bytesRead: 0 };
    return { content: content.subarray(0, bytesRead), mtimeMs: found.mtimeMs };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    return { content: Buffer.alloc(0), mtimeMs: Infinity };
  } finally {
    await handle?.close();
  }
}

/** `Full name,login,host,28.11.2026 10:12,file:///…;`, a comma in a name behind a backslash. */
function libreOfficeOwner(content: Buffer): string {
  const [name = '', login = '', host = '', since = ''] = content
    .toString('utf8')
    .split(/(?<!\\)[,;]/)
    .map((part) => visible(part.replace(/\\(.)/g, '$1')));
  const person = name || login;
  const where = host === '' ? person : person === '' ? `on ${host}` : `${person} on ${host}`;
  return since === '' ? where : `${where}, since ${since}`;
}

/** Excel's lock: one byte with the length of the user's name, the name filled up to 54 bytes, then the same in UTF-16. */
function excelOwner(content: Buffer): string {
  const WIDE = 55;
  if (content.length >= WIDE + 2) {
    const length = content.readUInt16LE(WIDE);
    const name = visible(content.subarray(WIDE + 2, WIDE + 2 + length * 2).toString('utf16le'));
    if (length > 0 && length <= 54 && name !== '') return name;
  }
  return visible(content.subarray(1, 1 + (content[0] ?? 0)).toString('latin1'));
}

/** On one line, and not endless: the content of a lock file is whatever somebody wrote. */
function visible(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, 60);
}
