import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { LedgerError } from '../errors.ts';
import { unusableFault } from './errors.ts';

/**
 * Refuses a ledger that is missing or empty although files beside it show that it was used: taken for new, it would pay every
 * batch again. Companions are made after the schema only: a companion without a ledger means a loss, and never another process that
 * is just making the ledger.
 */
export function refuseLost(path: string): void {
  if (!isEmpty(path)) return;
  const companions = companionsOf(path);
  if (companions.length > 0 && isEmpty(path)) throw lostFault(path, companions);
}

/** What is left beside a ledger that was written to: beside the file itself, and not beside a link to it. */
export function companionsOf(path: string): readonly string[] {
  const file = target(path);
  const name = basename(file);
  try {
    return readdirSync(dirname(file))
      .filter((entry) => entry === `${name}.reserve` || entry === `${name}.mark` || entry.startsWith(`${name}.hold-`))
      .sort();
  } catch (error) {
    // Without the folder there is nothing in it; making the ledger says what is wrong with that.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export function lostFault(path: string, companions: readonly string[]): LedgerError {
  return unusableFault(
    path,
    `The ledger is gone or empty although it was used before (its companions ${companions.join(', ')} are there). ` +
      `Restore ${basename(path)} from a backup. Where it is lost for good: payrun recover`,
  );
}

export function isEmpty(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || (found.isFile() && found.size === 0);
}

export function target(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() !== true) return path;
  // A link to a file that is gone cannot be followed to its end.
  return statSync(path, { throwIfNoEntry: false }) === undefined
    ? resolve(dirname(path), readlinkSync(path))
    : realpathSync(path);
}
