import { createHmac, timingSafeEqual } from 'node:crypto';

/** What stands at the end of a callback address: which answer comes there, and about what. */
export type AddressEnd =
  /** The result of a payout, or the notice that it timed out in the queue. */
  | { readonly kind: 'r' | 't'; readonly reference: string }
  /** The same two of a status query; the queries of one payment are numbered. */
  | { readonly kind: 'q' | 'u'; readonly reference: string; readonly query: number }
  /** The same two of a balance query. */
  | { readonly kind: 'b' | 'v'; readonly nonce: string };

/**
 * The ends of the callback addresses of one account. Daraja signs nothing, so each end carries an authentication code: only who was
 * given an address can call it. References stand in hex, which can spell none of the words that Safaricom refuses in addresses.
 */
export class CallbackAddresses {
  private readonly key: Buffer;

  constructor(consumerSecret: string) {
    // A key derived for this purpose, so that no address reveals anything about other uses of the secret.
    this.key = createHmac('sha256', consumerSecret).update('payrun/daraja/callback-address').digest();
  }

  write(end: AddressEnd): string {
    const head = darajaHeadOf(end);
    return `${head}-${this.code(head)}`;
  }

  /** What stands in the end of an address, or null where its code is missing or not ours. */
  read(text: string): AddressEnd | null {
    const cut = text.lastIndexOf('-');
    const head = text.slice(0, Math.max(cut, 0));
    const code = Buffer.from(text.slice(cut + 1));
    const ours = Buffer.from(this.code(head));
    if (code.length !== ours.length || !timingSafeEqual(code, ours)) return null;
    return darajaEndOf(head);
  }

  private code(head: string): string {
    return createHmac('sha256', this.key).update(head).digest('hex').slice(0, 16);
  }
}

/** In any case [assumed to hold for every callback address; the page says it for C2B]. */
const BANNED = ['mpesa', 'm-pesa', 'safaricom', 'exec', 'exe', 'cmd', 'sql', 'query'];

/** What Safaricom would refuse in a callback address, as the end of a sentence. */
export function bannedWordFault(address: string): string | null {
  const lower = address.toLowerCase();
  const word = BANNED.find((banned) => lower.includes(banned));
  if (word === undefined) return null;
  return `contains "${word}", and Safaricom refuses addresses with that word in them, in capitals or not.`;
}

function darajaHeadOf(end: AddressEnd): string {
  switch (end.kind) {
    case 'r':
    case 't':
      return `${end.kind}-${hex(end.reference)}`;
    case 'q':
    case 'u':
      return `${end.kind}-${hex(end.reference)}-${end.query}`;
    case 'b':
    case 'v':
      return `${end.kind}-${end.nonce}`;
  }
}

function darajaEndOf(head: string): AddressEnd | null {
  const [kind = '', subject = '', query = ''] = head.split('-');
  switch (kind) {
    case 'r':
    case 't':
      return { kind, reference: unhex(subject) };
    case 'q':
    case 'u':
      return { kind, reference: unhex(subject), query: Number(query) };
    case 'b':
    case 'v':
      return { kind, nonce: subject };
    default:
      return null;
  }
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

function unhex(text: string): string {
  return Buffer.from(text, 'hex').toString('latin1');
}
