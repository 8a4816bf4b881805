import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  principalInName,
  SIGNATURE_MAX_BYTES,
  signatureFileName,
  signatureIn,
} from '../../approvals/signature-file.ts';
import { PayrunError } from '../../domain/problem.ts';
import { AtomicFile, syncFolder } from '../../report/atomic-file.ts';

/** A file beside what it signs, by its name. */
export interface SignatureFile {
  readonly path: string;
  readonly principal: string;
  /** Armoured; null: see {@link fault}. */
  readonly signature: string | null;
  /** Why the file is no signature, as the end of a sentence about it; '' where it is one. */
  readonly fault: string;
}

/** More than so many signatures of one file are not read. */
const FILES_MAX = 64;

/** The signatures beside a file, in the order of their names. */
export async function signatureFilesOf(file: string): Promise<readonly SignatureFile[]> {
  const [folder, signed] = [dirname(file), basename(file)];
  const names = await readdir(folder).catch(() => []);
  const found: SignatureFile[] = [];
  for (const name of names.sort()) {
    const principal = principalInName(name, signed);
    // `a.csv.b.csv.jane.sig` is a signature of `a.csv.b.csv`, where there is such a file.
    const isOfAnother = names.some((other) => {
      return other.length > signed.length && other.startsWith(`${signed}.`) && principalInName(name, other) !== null;
    });
    if (principal === null || isOfAnother || found.length >= FILES_MAX) continue;
    found.push(await readSignatureFile(join(folder, name), principal));
  }
  return found;
}

/** Paths of all signatures beside a file. */
export async function signaturePathsOf(file: string): Promise<readonly string[]> {
  return (await signatureFilesOf(file)).map(({ path }) => path);
}

/** Writes a signature beside what it signs, whole or not at all, in place of an earlier one; returns its path. */
export async function writeSignature(file: string, principal: string, signature: string): Promise<string> {
  const folder = dirname(file);
  const name = signatureFileName(basename(file), principal);
  if (name === null) {
    throw new PayrunError(
      2,
      'principal-too-long',
      `${principal.slice(0, 40)}… and ${basename(file)} make a name that is too long for a file. Give the person a shorter name in the signers file.`,
    );
  }
  const atomic = await AtomicFile.open(folder, name);
  try {
    await atomic.write(signature);
    // A signature is no secret: whoever runs the batch reads it.
    await atomic.setMode(0o644);
    await atomic.commit();
  } catch (error) {
    await atomic.discard();
    throw error;
  }
  await syncFolder(folder);
  return join(folder, name);
}

async function readSignatureFile(path: string, principal: string): Promise<SignatureFile> {
  const isNone = (fault: string): SignatureFile => ({ path, principal, signature: null, fault });
  const found = await lstat(path).catch(() => null);
  if (found === null) return isNone('is gone again.');
  if (found.isSymbolicLink()) return isNone('is a symbolic link: put the signature itself there.');
  if (!found.isFile()) return isNone('is no file.');
  if (found.size > SIGNATURE_MAX_BYTES) return isNone(`has ${found.size} bytes, and no signature is that large.`);
  const content = await contentOf(path).catch((error: unknown) => {
    return { unreadable: error instanceof Error && 'code' in error ? String(error.code) : 'an error' };
  });
  if (typeof content !== 'string') return isNone(`cannot be read (${content.unreadable}).`);
  const signature = signatureIn(content);
  if (signature !== null) return { path, principal, signature, fault: '' };
  const count = content.split('-----BEGIN SSH SIGNATURE-----').length - 1;
  return isNone(
    count > 1
      ? `has ${count} signatures: one file for each person.`
      : 'is no signature: it must be what payrun approve, or ssh-keygen -Y sign, wrote, and nothing else.',
  );
}

async function contentOf(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(SIGNATURE_MAX_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, SIGNATURE_MAX_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
