import { constants, createHmac, createPublicKey, publicEncrypt, timingSafeEqual, type KeyObject } from 'node:crypto';

/** What a bearer value is made with: the platform's public key of the environment. */
export type PlatformKey =
  { readonly ok: true; readonly key: KeyObject } | { readonly ok: false; readonly fault: string };

const ARMOR = /-----(BEGIN|END) PUBLIC KEY-----/g;

/** 4096 bits are published for both environments; the simulator's key may have less, and a key of less than this is not safe. */
const MODULUS_BITS_MIN = 2048;

/**
 * Reads the platform's key as it is published: one line of Base64 that holds a `SubjectPublicKeyInfo`. Line breaks and the
 * armour of PEM are tolerated, since that is what people paste.
 */
export function platformKey(text: string): PlatformKey {
  const base64 = text.replace(ARMOR, '').replace(/\\n|\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { ok: false, fault: 'is not one line of Base64' };
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'rsa') return { ok: false, fault: 'is not an RSA key' };
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= MODULUS_BITS_MIN ? { ok: true, key } : { ok: false, fault: `has ${bits} bits, too few` };
  } catch {
    return { ok: false, fault: 'cannot be read as a public key' };
  }
}

/**
 * The bearer value of an API key or a session: RSAES-PKCS1-v1_5 under the platform's key, in standard Base64 without line
 * breaks. Null where the value is too long to be encrypted. Its padding is random: no two are alike.
 */
export function bearerOf(value: string, key: KeyObject): string | null {
  try {
    // Node's default padding is OAEP, which the platform cannot decrypt.
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(value, 'utf8')).toString('base64');
  } catch {
    return null;
  }
}

const REFERENCE_LENGTH = 20;
const NONCE_LENGTH = 6;
const MARK_LENGTH = 12;

/**
 * The conversation id of one query: the payment's reference, what makes this query another than the one before, and a mark that
 * only the holder of the API key can make. Where M-Pesa answers a query by callback, it repeats this id, and since callbacks
 * are not signed, the mark proves that the answer belongs to our query. 38 letters and digits of the 40 that are allowed.
 */
export function queryConversation(reference: string, queries: number, random: () => number, apiKey: string): string {
  const count = (queries % 36 ** 2).toString(36).padStart(2, '0');
  const chance = Math.floor(random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  const named = reference + (count + chance).toUpperCase();
  return named + mark(named, apiKey);
}

/** The reference of the payment that a query of ours asked about; null for an id that is none of ours. */
export function queriedReference(conversation: string, apiKey: string): string | null {
  if (conversation.length !== REFERENCE_LENGTH + NONCE_LENGTH + MARK_LENGTH || !/^[0-9A-Z]*$/.test(conversation))
    return null;
  const named = conversation.slice(0, -MARK_LENGTH);
  const isOurs = timingSafeEqual(Buffer.from(mark(named, apiKey)), Buffer.from(conversation.slice(-MARK_LENGTH)));
  return isOurs ? named.slice(0, REFERENCE_LENGTH) : null;
}

function mark(named: string, apiKey: string): string {
  return createHmac('sha256', apiKey.trim()).update(`query ${named}`).digest('hex').slice(0, MARK_LENGTH).toUpperCase();
}
