import { hash } from 'node:crypto';

/** Version of how references are made, and a part of each: another way would make new references for old payments. */
const FORMAT = 'payrun/1';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Our end-to-end id of a payment: 20 characters of Crockford base 32 (100 bits) of SHA-256 over format version, organisation,
 * batch, folded payment id and generation. The same from any machine, any copy of the file and any row order.
 *
 * @param idKey the payment's id as {@link foldId} makes it, so that `emp-1` and `EMP-1` are one payment.
 * @param generation 1 for the first reference of a payment, +1 for each retry of a definitely failed payment.
 */
export function paymentReference(organisation: string, batch: string, idKey: string, generation: number): string {
  // JSON keeps the parts apart: no choice of ids can make two different lists the same text.
  const digest = hash('sha256', JSON.stringify([FORMAT, organisation, batch, idKey, generation]), 'hex');
  let reference = '';
  for (let at = 0; at < 25; at += 5) {
    const twentyBits = Number.parseInt(digest.slice(at, at + 5), 16);
    for (let shift = 15; shift >= 0; shift -= 5) reference += CROCKFORD.charAt((twentyBits >> shift) & 31);
  }
  return reference;
}

/** The key under which an id is unique in its batch: trimmed, NFKC, case folded. */
export function foldId(id: string): string {
  // Lower after upper folds ß/ss, final sigma and the Kelvin sign alike.
  return id.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}
