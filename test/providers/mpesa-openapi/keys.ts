import { constants, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto';

/** A key pair as the platform has one; its own has 4096 bits, and smaller ones make quicker tests. */
export function platformPair(modulusLength: number): { readonly published: string; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { published: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), privateKey };
}

/** The raw block under a bearer value, padding and all. */
export function rawBlock(bearer: string, privateKey: KeyObject): Buffer {
  return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Buffer.from(bearer, 'base64'));
}

/** What the platform reads out of a bearer value; null for any other padding than PKCS#1 v1.5. */
export function opened(bearer: string, privateKey: KeyObject): string | null {
  const block = rawBlock(bearer, privateKey);
  const end = block.indexOf(0, 2);
  return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1).toString('utf8') : null;
}
