import { mpesaPrivateKey } from './key.ts';
import { decryptPkcs1 } from '../kit/pkcs1.ts';

/** Decryption takes milliseconds, and clients may use one encryption of a key for all its calls. */
const opened = new Map<string, string | null>();
const OPENED_MAX = 10_000;

/** What an `Authorization` header carries, encrypted by RSAES-PKCS1-v1_5 under our public key; null for anything else. */
export function openBearer(authorization: string | undefined): string | null {
  const sealed = /^Bearer ([A-Za-z0-9+/]{683}=)$/.exec(authorization ?? '')?.[1];
  if (sealed === undefined) return null;
  const known = opened.get(sealed);
  if (known !== undefined) return known;
  const text = decrypt(Buffer.from(sealed, 'base64'));
  if (opened.size >= OPENED_MAX) opened.clear();
  opened.set(sealed, text);
  return text;
}

/** The random bytes of another padding pass for this one about once in 300 times; their text never looks like a key. */
function decrypt(bytes: Buffer): string | null {
  const text = decryptPkcs1(mpesaPrivateKey, bytes)?.toString('latin1') ?? '';
  return /^[\x21-\x7e]{1,128}$/.test(text) ? text : null;
}
