import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the end of a callback address says: which answer comes there, and about what. */
export type Segment =
  /** The result of a payout, or the notice that it timed out in the queue. */
  | { readonly kind: 'r' | 't'; readonly reference: string }
  /** The same two of a status query; `ask` tells the questions about one payment apart. */
  | { readonly kind: 'q' | 'u'; readonly reference: string; readonly ask: number }
  /** The same two of a question for the balance. */
  | { readonly kind: 'b' | 'v'; readonly nonce: string };

/**
 * The ends of the callback addresses of one account. Daraja signs nothing, so an end carries a code of its own: nobody can make
 * one who was not given it. References stand in hex, which can spell none of the words that Safaricom refuses in addresses.
 */
export class Segments {
  private readonly key: Buffer;

  constructor(consumerSecret: string) {
    // A key of its own, so that no address can tell anything about the secret's other uses.
    this.key = createHmac('sha256', consumerSecret).update('payrun/daraja/callback-address').digest();
  }

  write(segment: Segment): string {
    const head = headOf(segment);
    return `${head}-${this.code(head)}`;
  }

  /** What stands in the end of an address, or null where its code is missing or not ours. */
  read(text: string): Segment | null {
    const cut = text.lastIndexOf('-');
    const head = text.slice(0, Math.max(cut, 0));
    const code = Buffer.from(text.slice(cut + 1));
    const ours = Buffer.from(this.code(head));
    if (code.length !== ours.length || !timingSafeEqual(code, ours)) return null;
    return segmentOf(head);
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

function headOf(segment: Segment): string {
  switch (segment.kind) {
    case 'r':
    case 't':
      return `${segment.kind}-${hex(segment.reference)}`;
    case 'q':
    case 'u':
      return `${segment.kind}-${hex(segment.reference)}-${segment.ask}`;
    case 'b':
    case 'v':
      return `${segment.kind}-${segment.nonce}`;
  }
}

function segmentOf(head: string): Segment | null {
  const [kind = '', subject = '', ask = ''] = head.split('-');
  switch (kind) {
    case 'r':
    case 't':
      return { kind, reference: unhex(subject) };
    case 'q':
    case 'u':
      return { kind, reference: unhex(subject), ask: Number(ask) };
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
