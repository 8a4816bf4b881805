import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CallbackFault } from './faults.ts';
import type { MagicValues } from './magic.ts';
import type { Head } from './service.ts';

/** Everything from outside that a simulated provider has met, in order; times are Unix milliseconds. */
export type JournalEvent =
  | {
      readonly kind: 'request';
      readonly at: number;
      readonly head: Head;
      readonly text: string;
      readonly fault?: CallbackFault;
    }
  /** A timer of the provider went off; timers are counted from 1 in the order in which they were set. */
  | { readonly kind: 'timer'; readonly at: number; readonly timer: number }
  /** A callback was answered, or was not; callbacks are counted from 1. */
  | { readonly kind: 'posted'; readonly at: number; readonly callback: number; readonly status: number | null }
  | { readonly kind: 'expire-tokens'; readonly at: number }
  /** From here on other magic values have their effect. */
  | { readonly kind: 'magic'; readonly at: number; readonly level: MagicValues };

interface Start {
  readonly version: 1;
  readonly provider: string;
  /** Everything random follows from it. */
  readonly seed: number;
  /** The magic values at first; a journal without this entry is older than the choice, and all had their effect. */
  readonly magic?: MagicValues;
}

/**
 * The journal of a simulated provider, in a file of JSON lines, mode 0600. An event is in the file before it has any effect, so that
 * the same events in the same order make the same provider again after a restart, or a kill.
 */
export class Journal {
  readonly seed: number;
  /** The magic values that had their effect when the journal began. */
  readonly magic: MagicValues;
  /** What earlier processes met. */
  readonly past: readonly JournalEvent[];
  private readonly file: number;

  /** A journal of another provider is begun anew. Errors of the file system pass through. */
  constructor(path: string, provider: string, fresh: { readonly seed: () => number; readonly magic: MagicValues }) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.file = openSync(path, 'a', 0o600);
    const lines = wholeLines(path);
    const [first, ...past] = lines.map((line) => JSON.parse(line) as unknown);
    const start = first as Start | undefined;
    if (start?.version === 1 && start.provider === provider) {
      this.seed = start.seed;
      this.magic = start.magic ?? 'all';
      this.past = past as JournalEvent[];
      return;
    }
    if (start !== undefined) truncateSync(path);
    this.seed = fresh.seed();
    this.magic = fresh.magic;
    this.past = [];
    this.write({ version: 1, provider, seed: this.seed, magic: this.magic } satisfies Start);
  }

  add(event: JournalEvent): void {
    this.write(event);
  }

  close(): void {
    closeSync(this.file);
  }

  private write(line: object): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

/** A last line without its end was never acted upon: it is cut off, and the next one begins on a line of its own. */
function wholeLines(path: string): string[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const text = bytes.subarray(0, end).toString();
  return text.split('\n').filter((line) => line !== '');
}
