import { createHash } from 'node:crypto';

/** SHA-256 in lower-case hex. Ids that are made from a digest are the same after a restart. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Capital letters and digits made from a text, as in the receipts of M-Pesa. */
export function receiptText(text: string, length: number): string {
  const characters = BigInt(`0x${sha256Hex(text).slice(0, 20)}`)
    .toString(36)
    .toUpperCase();
  return characters.padStart(length, '0').slice(-length);
}

/** A random id in the form of a UUID of version 4. */
export function randomUuid(random: () => number): string {
  const [a = '', b = '', c = '', d = ''] = [0, 1, 2, 3].map(() => randomHex(random));
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** Eight random hex digits. */
export function randomHex(random: () => number): string {
  return Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
}
