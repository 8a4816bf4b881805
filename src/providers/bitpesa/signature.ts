import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** What a signature covers, to the byte: the very URL and the very body that go over the wire. */
export interface SignedParts {
  readonly nonce: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Empty for none. */
  readonly body: string | Uint8Array;
}

/** HMAC-SHA-512 over `nonce&METHOD&url&sha512(body)`, lower-case hex; the inner hash is a plain one. */
export function signatureOf(secret: string, { nonce, method, url, body }: SignedParts): string {
  const message = `${nonce}&${method}&${url}&${hash('sha512', body, 'hex')}`;
  return createHmac('sha512', secret).update(message, 'utf8').digest('hex');
}

/** Compares in constant time; the length of a signature is no secret. */
export function isSameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(wanted, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A UUID v4 from the randomness that is passed in; every request needs one of its own, a repeated one too. */
export function nonceFrom(random: () => number): string {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
