import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Clock } from '../../domain/clock.ts';
import type { TakeFileLock } from '../../domain/file-lock.ts';
import { takeFileLock } from '../../ledger/sqlite/lock-file.ts';
import type { Who } from './who.ts';

/** What the operations take from the machine; a test or a simulation passes its own. */
export interface System {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly takeFileLock: TakeFileLock;
  readonly who: Who;
}

export function machine(): System {
  return {
    clock: systemClock,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    takeFileLock,
    who: { user: userName(), host: hostname(), pid: process.pid },
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted === true) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      // Node fires timers of more than 2^31 ms at once; nothing here waits a day without looking again.
      const timer = setTimeout(end, Math.min(ms, 86_400_000));
      signal?.addEventListener('abort', end, { once: true });
    }),
};

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no name.
    return 'unknown user';
  }
}

/** Version of the installed package, from its package.json. */
export const VERSION = versionOf(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

function versionOf(text: string): string {
  const read: unknown = JSON.parse(text);
  if (typeof read === 'object' && read !== null && 'version' in read && typeof read.version === 'string') {
    return read.version;
  }
  throw new Error('package.json has no version');
}
