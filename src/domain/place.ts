import { hash } from 'node:crypto';

/**
 * Where a payment is sent to. A payment belongs to the place of its first request: another place knows nothing of its reference, so
 * that "not found" there proves nothing and a request there pays a second time.
 */
export interface Place {
  /** Name of the provider, as the configuration writes it. */
  readonly provider: string;
  /** Scheme, host and port of the endpoint, as {@link hostOf} writes them; {@link SIMULATOR_HOST} for the built-in simulator. */
  readonly host: string;
  readonly environment: 'sandbox' | 'live';
  /** {@link payerFingerprint} of the account. */
  readonly payer: string;
}

/** The host of every account with `endpoint: simulator`. No address of a server is written so. */
export const SIMULATOR_HOST = 'simulator';

/** Whether payments that were sent there moved no money: the built-in simulator paid them. */
export function isSimulated(place: Place): boolean {
  return place.host === SIMULATOR_HOST;
}

/** `HTTPS://Pay.Example.org.:443/api/v1` → `https://pay.example.org`. Two spellings of one server are one host. */
export function hostOf(endpoint: string): string {
  const url = new URL(endpoint);
  url.hostname = url.hostname.replace(/\.$/, '');
  return url.origin;
}

/**
 * Tells payers at one provider apart: 16 hexadecimal digits (64 bits) of SHA-256 over what identifies the payer there. The values
 * may be read only by the provider, so that the digest is short: a key cannot be found from it.
 *
 * @param values in a fixed order; a value that is left out is an empty text.
 */
export function payerFingerprint(provider: string, values: readonly string[]): string {
  // JSON keeps the parts apart: no choice of values can make two different lists the same text.
  return hash('sha256', JSON.stringify(['payrun payer 1', provider, ...values]), 'hex').slice(0, 16);
}

/** Names the place in lock files and budgets: the provider and 16 hexadecimal digits. Two places never share a key. */
export function placeKey({ provider, host, environment, payer }: Place): string {
  const digest = hash('sha256', JSON.stringify(['payrun place 1', provider, host, environment, payer]), 'hex');
  return `${provider}-${digest.slice(0, 16)}`;
}

/** The place as messages name it: `pesaway at https://api.pesaway.com (live, payer 1a2b3c4d5e6f7081)`. */
export function placeText({ provider, host, environment, payer }: Place): string {
  return host === SIMULATOR_HOST
    ? `the built-in simulator of ${provider}`
    : `${provider} at ${host} (${environment}, payer ${payer})`;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.provider === b.provider && a.host === b.host && a.environment === b.environment && a.payer === b.payer;
}
