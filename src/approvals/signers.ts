import { createHash } from 'node:crypto';
import { fitsPatternList, isPattern } from './pattern-list.ts';

/** The namespace of every signature: one that was made for another purpose is none here. */
export const SIGNATURE_NAMESPACE = 'payrun';

/** A key of an `allowed_signers` file that may sign for payrun. */
export interface Signer {
  /** Physical line, from 1. */
  readonly line: number;
  /** The people whose key it is, as names; patterns only where {@link isAuthority}. */
  readonly principals: readonly string[];
  /** The key signs certificates: who has one of these may sign under the name in it. */
  readonly isAuthority: boolean;
  /** `SHA256:…` */
  readonly fingerprint: string;
  /** `YYYYMMDD[HHMM[SS]][Z]`, as OpenSSH reads them; null: no bound. */
  readonly validAfter: string | null;
  readonly validBefore: string | null;
}

export interface SignersFile {
  readonly signers: readonly Signer[];
  /** What is wrong, each with its line. Nothing may be approved before all of it is put right. */
  readonly faults: readonly string[];
}

/** A moment as digits, `YYYYMMDDHHMMSS`, in UTC and in the time zone in which bounds without a `Z` are meant. */
export interface WrittenMoment {
  readonly utc: string;
  readonly local: string;
}

/**
 * Reads an `allowed_signers` file (ssh-keygen(1), "ALLOWED SIGNERS"). `ssh-keygen` verifies the signatures by it; this reading says who may
 * still sign, and finds people with several names or keys.
 */
export function readSigners(text: string): SignersFile {
  const signers: Signer[] = [];
  const faults: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const written = raw.trim();
    if (written === '' || written.startsWith('#')) continue;
    const read = readLine(written, index + 1);
    if (typeof read === 'string') faults.push(`line ${index + 1}: ${read}`);
    else if (read !== null) signers.push(read);
  }
  return { signers, faults };
}

/** Whether a key may sign at a moment. */
export function mayKeySignAt({ validAfter, validBefore }: Signer, moment: WrittenMoment): boolean {
  const isPast = (bound: string): boolean => {
    return boundDigits(bound) <= (bound.endsWith('Z') ? moment.utc : moment.local);
  };
  return (validAfter === null || isPast(validAfter)) && (validBefore === null || !isPast(validBefore));
}

const KEY_TYPE = /^(sk-)?(ssh|ecdsa|rsa)-[a-z0-9-]+(@openssh\.com)?$/;
const BOUND = /^\d{8}(\d{4}(\d{2})?)?Z?$/;

/** Null for a key that signs for other purposes only; a text says what is wrong with the line. */
function readLine(written: string, line: number): Signer | string | null {
  const [, quoted, bare, rest = ''] = /^(?:"([^"]*)"|(\S+))\s+(.*)$/.exec(written) ?? [];
  const names = quoted ?? bare;
  if (names === undefined || names === '') return 'write a name, then a public key, as ssh-keygen(1) has it.';
  const [first = '', ...words] = wordsOfLine(rest);
  const hasOptions = !KEY_TYPE.test(first);
  const options = hasOptions ? readKeyOptions(first) : new Map<string, string>();
  const [type = '', key = ''] = hasOptions ? words : [first, ...words];
  if (typeof options === 'string') return options;
  const fingerprint = fingerprintOf(type, key);
  if (fingerprint === null) return 'no public key stands behind the name: copy the line of the .pub file.';
  const namespaces = options.get('namespaces');
  if (namespaces !== undefined && !fitsPatternList(namespaces, SIGNATURE_NAMESPACE)) return null;
  const isAuthority = options.has('cert-authority');
  const principals = names.split(',').filter((name) => name !== '');
  const pattern = principals.find(isPattern);
  if (pattern !== undefined && !isAuthority) {
    return (
      `${pattern} stands for any number of names, so that one person could sign under several. Write each person's name; or keep the key ` +
      'for other purposes with namespaces="git".'
    );
  }
  const bounds = { validAfter: options.get('valid-after') ?? null, validBefore: options.get('valid-before') ?? null };
  return { line, principals, isAuthority, fingerprint, ...bounds };
}

/** Words between blanks; a blank between quotes is part of a word. */
function wordsOfLine(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
}

function readKeyOptions(text: string): ReadonlyMap<string, string> | string {
  const options = new Map<string, string>();
  for (const option of text.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? []) {
    const [, name = '', value] = /^([A-Za-z-]+)(?:="([^"]*)")?$/.exec(option) ?? [];
    const key = name.toLowerCase();
    const isBound = key === 'valid-after' || key === 'valid-before';
    if (isBound ? !BOUND.test(value ?? '') : key === 'namespaces' ? value === undefined : key !== 'cert-authority') {
      const known = 'namespaces="…", valid-after="YYYYMMDD", valid-before="YYYYMMDD" or cert-authority';
      return `${option.slice(0, 40)} is none of ${known}.`;
    }
    options.set(key, value ?? '');
  }
  return options;
}

/** Fingerprint of a public key as a `.pub` file and `ssh-add -L` write it; null where the line is none. */
export function publicKeyFingerprint(line: string): string | null {
  const [type = '', key = ''] = line.trim().split(/\s+/);
  return fingerprintOf(type, key);
}

/** Null unless it is a public key of its type. */
function fingerprintOf(type: string, key: string): string | null {
  const bytes = Buffer.from(key, 'base64');
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  if (!KEY_TYPE.test(type) || bytes.toString('latin1', 4, 4 + length) !== type) return null;
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

function boundDigits(bound: string): string {
  return bound.replace('Z', '').padEnd(14, '0');
}
