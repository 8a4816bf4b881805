import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `Signature` is base64 of HMAC-SHA256 over the exact bytes of the body, compared in constant time. */
export function isSignedBy(secret: string, body: Uint8Array, signature: string | undefined): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
  const given = Buffer.from(signature?.trim() ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
