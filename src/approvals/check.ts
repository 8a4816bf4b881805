import type { CheckedSignature } from './count.ts';
import type { SignatureTool } from './port.ts';
import type { Signer, WrittenMoment } from './signers.ts';

export interface SignatureCheck {
  readonly principal: string;
  /** What it must be a signature of. */
  readonly text: string;
  readonly signature: string;
  /** What it is a signature of, for messages: `this plan`. */
  readonly what: string;
}

export interface SignersOfCheck {
  /** Path of the signers file, for messages. */
  readonly path: string;
  readonly text: string;
  readonly signers: readonly Signer[];
  readonly now: WrittenMoment;
}

/** Verifies one signature; says why one does not count so that a person knows what to do about it. */
export async function checkSignature(
  tool: SignatureTool,
  { principal, text, signature, what }: SignatureCheck,
  { path, text: signersText, signers, now }: SignersOfCheck,
): Promise<CheckedSignature> {
  const isVoid = (why: string): CheckedSignature => ({ principal, result: { kind: 'void', why } });
  const fingerprint = await tool.signingKey({ text, signature });
  if (fingerprint === null) {
    return isVoid(
      `it is no signature of ${what} as it is now: rows, places, limits, policy or overrides have changed since, or it belongs to ` +
        'something else. Sign again: payrun approve.',
    );
  }
  const { isGood, words } = await tool.verify({ signers: signersText, principal, text, signature, at: now });
  if (isGood) return { principal, result: { kind: 'good', fingerprint, text, signature } };
  const lines = signers.filter((signer) => signer.fingerprint === fingerprint);
  if (lines.length === 0 && !signers.some(({ isAuthority }) => isAuthority)) {
    return isVoid(`its key ${fingerprint} is unknown: no line of ${path} has it.`);
  }
  const names = lines.flatMap(({ principals }) => principals);
  if (names.length > 0 && !names.includes(principal)) {
    return isVoid(`its key ${fingerprint} is that of ${names.join(', ')} in ${path}, not of ${principal}.`);
  }
  const [, bound] = /valid-before ([0-9T:-]+)/.exec(words) ?? [];
  if (/key has expired/.test(words)) {
    return isVoid(
      `its key ${fingerprint} has expired${bound === undefined ? '' : ` (valid-before ${bound})`} in ${path}.`,
    );
  }
  if (/not yet valid/.test(words)) return isVoid(`its key ${fingerprint} is not yet valid (valid-after) in ${path}.`);
  const [firstLine = 'it does not verify'] = words.split('\n');
  return isVoid(`ssh-keygen does not accept its key ${fingerprint}: ${firstLine.replace(/^\S+:(\d+): /, 'line $1: ')}`);
}
