import type { ApprovalState } from './count.ts';

/** What is missing, as sentences: how many, who has signed, who still may, what does not count and why. */
export function missingText(what: string, { needed, valid, void: voided, maySign }: ApprovalState): string {
  const signed =
    valid.length === 0 ? 'none' : `${valid.length} (${valid.map(({ principal }) => principal).join(', ')})`;
  const who =
    maySign.length === 0
      ? 'No one else in the signers file may sign it.'
      : `${needed - valid.length} more of these may sign: ${listOfNames(maySign)}.`;
  return [
    `${what} needs ${needed === 1 ? '1 signature' : `${needed} signatures`} and has ${signed}.`,
    who,
    ...voided.map(({ principal, why }) => `Not counted, of ${principal}: ${why}`),
  ].join(' ');
}

const SIGNERS_NAMED_MAX = 10;

function listOfNames(names: readonly string[]): string {
  const more = names.length > SIGNERS_NAMED_MAX ? ` and ${names.length - SIGNERS_NAMED_MAX} more` : '';
  return `${names.slice(0, SIGNERS_NAMED_MAX).join(', ')}${more}`;
}
