import { LedgerError } from '../errors.ts';

/** Primary result codes of SQLite that are no bug of ours. */
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const AUTH = 23;
const NOTADB = 26;

/** Extended codes of `IOERR` that come from writing: write, fsync, directory fsync, truncate, shared memory size. */
const IOERR_WRITES: readonly number[] = [778, 1034, 1290, 1546, 4874];

/**
 * What an error of SQLite or of the file system means to a caller; anything else (the pages of a registration threw, a bug of
 * ours) comes back as it is.
 */
export function ledgerFault(error: unknown, path: string): unknown {
  if (error instanceof LedgerError) return error;
  const cause = { cause: error };
  const code = resultCode(error);
  if (code === null) return systemFault(error, path);
  switch (code & 0xff) {
    case BUSY:
    case LOCKED:
      return lockedFault(path, cause);
    case FULL:
      return fullFault(path, cause);
    case IOERR:
      return IOERR_WRITES.includes(code)
        ? fullFault(path, cause)
        : unusableFault(
            path,
            'The disk could not be read. Check the disk, then restore the ledger from a backup.',
            cause,
          );
    case NOTADB:
      return unusableFault(path, 'It is not a payrun ledger. Name another file under `ledger:`.', cause);
    case CORRUPT:
      return damagedFault(path, cause);
    case CANTOPEN:
    case PERM:
    case READONLY:
    case AUTH:
      return unusableFault(path, 'Its folder must exist and be writable for this user, and so must the file.', cause);
  }
  return error;
}

export function damagedFault(path: string, options?: ErrorOptions): LedgerError {
  const why =
    'The file or its -wal file is damaged. Restore it from a backup; a new ledger would forget what was paid.';
  return unusableFault(path, why, options);
}

export function fullFault(path: string, options?: ErrorOptions): LedgerError {
  return new LedgerError(
    'full',
    `Ledger ${path} cannot be written: the disk is full or fails. Free some space, then run the same command again.`,
    options,
  );
}

export function lockedFault(path: string, options?: ErrorOptions): LedgerError {
  return new LedgerError(
    'locked',
    `Ledger ${path} is being written by another process and did not come free. Wait for that run to end, then try again.`,
    options,
  );
}

export function unusableFault(path: string, why: string, options?: ErrorOptions): LedgerError {
  return new LedgerError('unusable', `Ledger ${path} cannot be used. ${why}`, options);
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && [BUSY, LOCKED].includes(code & 0xff);
}

function systemFault(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return fullFault(path, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return unusableFault(path, 'Its folder must exist and be writable for this user, and so must the file.', {
        cause: error,
      });
  }
  return error;
}

/** Error code of the file system, but only of calls that name it: other errors are not about the ledger. */
function systemCode(error: unknown): string {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
}
