import { closeSync, fchmodSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner can read, whatever the umask. Never opens a file that exists: closing any descriptor of a
 * file drops all POSIX locks that this process has on it, and with them a live account lock.
 */
export function createPrivately(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  try {
    fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
}
