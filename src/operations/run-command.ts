import { shellWord } from '../domain/shell-word.ts';
import type { BatchOptions } from './batch-options.ts';

/** The command that pays what was planned: with the same flags, since they decide what the file means and which refusals are set aside. */
export function runCommandText(file: string, options: BatchOptions, planDigest: string): string {
  const { account, batch, repair = null, against = null, amend, allowDuplicate, allowDestination } = options;
  const named = (flag: string, value: string | null): string[] => (value === null ? [] : [flag, shellWord(value)]);
  const words = [
    ...named('--account', account),
    ...named('--batch', batch),
    ...named('--repair', repair),
    ...named('--against', against),
    ...(amend ? ['--amend'] : []),
    ...(allowDuplicate ? ['--allow-duplicate'] : []),
    ...(allowDestination.length === 0
      ? []
      : ['--allow-destination', ...allowDestination.map(shellWord), '--because TEXT']),
  ];
  return ['payrun run', shellWord(file), ...words, '--plan', planDigest].join(' ');
}
