import { mpesaPrivateKey } from './key.ts';
import { decryptPkcs1 } from '../kit/pkcs1.ts';

/** Decrypted headers: decryption takes milliseconds, and a client may send the same header with every call. */
const simulatedMpesaOpenapiOpened = new Map<string, string | null>();
const OPENED_MAX = 10_000;

/** The text that an `Authorization` header carries, encrypted by RSAES-PKCS1-v1_5 under the simulator's public key; null for any other header. */
export function openBearer(authorization: string | undefined): string | null {
  const sealed = /^Bearer ([A-Za-z0-9+/]{683}=)$/.exec(authorization ?? '')?.[1];
  if (sealed === undefined) return null;
  const known = simulatedMpesaOpenapiOpened.get(sealed);
  if (known !== undefined) return known;
  const text = decrypt(Buffer.from(sealed, 'base64'));
  if (simulatedMpesaOpenapiOpened.size >= OPENED_MAX) simulatedMpesaOpenapiOpened.clear();
  simulatedMpesaOpenapiOpened.set(sealed, text);
  return text;
}

/** The random bytes of another padding are taken for this padding about once in 300 times; their text never looks like a key. */
function decrypt(bytes: Buffer): string | null {
  const text = decryptPkcs1(mpesaPrivateKey, bytes)?.toString('latin1') ?? '';
  return /^[\x21-\x7e]{1,128}$/.test(text) ? text : null;
}
