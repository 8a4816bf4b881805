import type { Exit } from '../operations/index.ts';

/** What each exit code means, for `--help`; in the order in which a person meets them. */
export const EXIT_TEXTS: ReadonlyMap<Exit, string> = new Map([
  [0, 'all paid (or replaced, or cancelled by a person), or nothing to do'],
  [1, 'a bug of payrun: please report it'],
  [2, 'usage or configuration: the message says what to change'],
  [3, 'a batch was refused, nothing of it sent; or a file was left unread'],
  [4, 'finished, some failed: payrun retry, or correct the failed rows'],
  [5, 'not finished: some pending, unknown, planned or paused, or account busy'],
  [6, 'the ledger cannot be used or trusted: the message says the way on'],
  [130, 'interrupted, after finishing what was in flight'],
]);

/** An exit code of a command; with a text where that says it better than {@link EXIT_TEXTS}. */
export type DocumentedExit = Exit | readonly [Exit, string];

export function exitLines(exits: readonly DocumentedExit[]): string[] {
  return exits.map((documented) => {
    const [exit, text] = typeof documented === 'number' ? [documented, EXIT_TEXTS.get(documented)] : documented;
    return `  ${String(exit).padEnd(3)}  ${text ?? ''}`;
  });
}
