import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type { FileLock } from '../../domain/file-lock.ts';
import { ledgerFault } from './errors.ts';
import { takeFileLock } from './lock-file.ts';

/** Locks the file of an account beside the ledger. Null when another process, or this one, has it. Does not wait. */
export function takeAccountFile(ledgerPath: string, account: string): FileLock | null {
  return take(ledgerPath, `hold-${fileName(account)}`);
}

/** Path of the file that {@link takeAccountFile} locks, and which file it is: device and inode. */
export function accountFile(ledgerPath: string, account: string): { readonly path: string; readonly identity: string } {
  const path = `${ledgerPath}.hold-${fileName(account)}`;
  const { dev, ino } = statSync(path);
  return { path, identity: `${dev}:${ino}` };
}

/** Locks a second file of the account, for as long as this process waits for the first. Null when another process has it. */
export function awaitAccountFile(ledgerPath: string, account: string): FileLock | null {
  return take(ledgerPath, `hold-${fileName(account)}.wanted`);
}

/** Whether a process has locked the second file of the account. One that died has not. */
export function isAccountFileAwaited(ledgerPath: string, account: string): boolean {
  if (!existsSync(`${ledgerPath}.hold-${fileName(account)}.wanted`)) return false;
  const lock = awaitAccountFile(ledgerPath, account);
  lock?.release();
  return lock === null;
}

function take(ledgerPath: string, companion: string): FileLock | null {
  try {
    const result = takeFileLock(`${ledgerPath}.${companion}`);
    if (result.kind === 'unavailable') throw result.error;
    return result.kind === 'locked' ? result.lock : null;
  } catch (error) {
    throw ledgerFault(error, ledgerPath);
  }
}

/** Plain names stay readable; others are told apart by a digest, on file systems that ignore case too. */
function fileName(account: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(account)) return account;
  const plain = account
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .slice(0, 32);
  return `${plain}.${createHash('sha256').update(account).digest('hex').slice(0, 16)}`;
}
