import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { TakeFileLock } from '../domain/file-lock.ts';
import { PayrunError } from '../domain/problem.ts';

/** How long one writer waits for another; a million rows take some ten seconds. */
const WAIT_MS = 120_000;
const POLL_MS = 20;

export interface ReportLock {
  /** False where the file system has no locks: then another process may be writing the same reports. */
  readonly isExclusive: boolean;
  release(): void;
}

/**
 * The right to write the reports of one folder, among all processes. The reports are read from the ledger only under this lock:
 * the writer that renames its files last has also read last, so a report never goes back to an older state.
 */
export async function lockReports(folder: string, takeFileLock: TakeFileLock): Promise<ReportLock> {
  const file = join(folder, '.lock');
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const result = takeFileLock(file);
    switch (result.kind) {
      case 'locked':
        return { isExclusive: true, release: () => result.lock.release() };
      case 'unavailable':
        return { isExclusive: false, release: () => undefined };
      case 'busy':
    }
    if (performance.now() > deadline) {
      throw new PayrunError(
        5,
        'report-busy',
        `Another payrun is writing ${folder} and does not end. Look for it, then: payrun report`,
      );
    }
    await setTimeout(POLL_MS);
  }
}
