import { readFile } from 'node:fs/promises';
import type { SignersOfCheck } from '../../approvals/check.ts';
import { readSigners, type WrittenMoment } from '../../approvals/signers.ts';
import { PayrunError } from '../../domain/problem.ts';

/** The signers file as it is now. Throws {@link PayrunError} 2 where it is missing, or where a line of it is wrong. */
export async function openSigners(path: string, at: number, timezone: string): Promise<SignersOfCheck> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    throw new PayrunError(
      2,
      'signers-unreadable',
      `The signers file ${path} (approvals.signers) cannot be read (${code}). It has one line for each person: NAME namespaces="payrun" and ` +
        'the public key, such as: jane@example.org namespaces="payrun" ssh-ed25519 AAAA…',
    );
  });
  const { signers, faults } = readSigners(text);
  if (faults.length > 0) {
    throw new PayrunError(2, 'signers-invalid', `${path} (approvals.signers): ${faults.join(' ')}`);
  }
  return { path, text, signers, now: writtenMoment(at, timezone) };
}

function writtenMoment(at: number, timezone: string): WrittenMoment {
  const utc = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
  // Swedish dates are those of ISO 8601.
  const local = new Date(at).toLocaleString('sv-SE', { timeZone: timezone }).replace(/\D/g, '');
  return { utc, local };
}
