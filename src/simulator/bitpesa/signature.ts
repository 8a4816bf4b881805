import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { headerOf, type Head } from '../kit/service.ts';
import type { Credential } from '../kit/options.ts';

export interface BitpesaSigned {
  readonly nonce: string;
  readonly method: string;
  /** The full URL as it was sent, neither decoded nor normalised. */
  readonly url: string;
  /** Empty for none. */
  readonly body: string;
}

/** HMAC-SHA-512 over nonce, method, URL and the plain SHA-512 of the body, in lower-case hex. */
export function bitpesaSignatureOf({ nonce, method, url, body }: BitpesaSigned, secret: string): string {
  const bodyHash = createHash('sha512').update(body).digest('hex');
  const message = `${nonce}&${method.toUpperCase()}&${url}&${bodyHash}`;
  return createHmac('sha512', secret).update(message).digest('hex');
}

/** Headers of an outgoing webhook. Every try has a new nonce, also after a restart: nonces are never seeded. */
export function webhookHeaders(url: string, body: string, { key, secret }: Credential): Record<string, string> {
  const nonce = randomUUID();
  return {
    Accept: 'application/json',
    'Content-Type': 'application/json',
    'Authorization-Key': key,
    'Authorization-Nonce': nonce,
    'Authorization-Signature': bitpesaSignatureOf({ nonce, method: 'POST', url, body }, secret),
  };
}

/** Checks signatures, and refuses used nonces. */
export class BitpesaAuthentication {
  private readonly credentials: readonly Credential[];
  private readonly nonces = new Set<string>();

  constructor(credentials: readonly Credential[]) {
    this.credentials = credentials;
  }

  /** The index of the credentials that signed the request; null for an answer 401, which has no reason. */
  admit(head: Head, body: string): number | null {
    const key = headerOf(head, 'authorization-key') ?? '';
    const nonce = headerOf(head, 'authorization-nonce') ?? '';
    const given = headerOf(head, 'authorization-signature') ?? '';
    const index = this.credentials.findIndex((credential) => credential.key === key);
    const credential = this.credentials[index];
    // The second scheme of the specification, which sends the secret itself, is not served [assumed].
    if (credential === undefined || nonce === '' || headerOf(head, 'authorization-secret') !== undefined) return null;
    const url = `http://${headerOf(head, 'host') ?? ''}${head.target}`;
    const expected = bitpesaSignatureOf({ nonce, method: head.method, url, body }, credential.secret);
    if (!isSimulatedBitpesaSameText(expected, given)) return null;
    // Only a correctly signed nonce is used up. How long BitPesa remembers nonces is not known; the simulator never forgets them.
    if (this.nonces.has(`${index} ${nonce}`)) return null;
    this.nonces.add(`${index} ${nonce}`);
    return index;
  }
}

function isSimulatedBitpesaSameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
