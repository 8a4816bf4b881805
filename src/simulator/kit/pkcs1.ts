import { constants, privateDecrypt, type KeyObject } from 'node:crypto';

/**
 * Decrypts RSAES-PKCS1-v1_5; null for anything that was not encrypted so. The padding is removed here: Node either refuses this
 * padding or answers a wrong one with random bytes in place of an error.
 */
export function decryptPkcs1(key: KeyObject, bytes: Buffer): Buffer | null {
  let block: Buffer;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, bytes);
  } catch {
    // The number is larger than the modulus, or the length is wrong.
    return null;
  }
  const end = block.indexOf(0, 2);
  const isPadded = block[0] === 0 && block[1] === 2 && end >= 10;
  return isPadded ? block.subarray(end + 1) : null;
}
