/** Where a recipient is paid. Values are already normalised by the provider's rules. */
export type Destination =
  /** `phone` is E.164 with the plus: `+254712345678`. */
  | { readonly kind: 'mobile'; readonly phone: string }
  | { readonly kind: 'bank'; readonly code: string; readonly account: string }
  | { readonly kind: 'wallet'; readonly wallet: string }
  | { readonly kind: 'paybill'; readonly paybill: string; readonly account: string }
  | { readonly kind: 'till'; readonly till: string };

export type DestinationKind = Destination['kind'];

export const DESTINATION_KINDS = ['mobile', 'bank', 'wallet', 'paybill', 'till'] as const;

/** As reports print it: `+254712345678`, `015/0123456789`, the wallet, `paybill/account`, the till. */
export function destinationText(destination: Destination): string {
  switch (destination.kind) {
    case 'mobile':
      return destination.phone;
    case 'bank':
      return `${destination.code}/${destination.account}`;
    case 'wallet':
      return destination.wallet;
    case 'paybill':
      // Some paybills are paid without an account.
      return destination.account === '' ? destination.paybill : `${destination.paybill}/${destination.account}`;
    case 'till':
      return destination.till;
  }
}

/** The inverse of {@link destinationText}, given the kind; used by stores that keep kind and text. */
export function destinationOf(kind: DestinationKind, text: string): Destination {
  const slash = text.indexOf('/');
  const head = slash === -1 ? text : text.slice(0, slash);
  const tail = slash === -1 ? '' : text.slice(slash + 1);
  switch (kind) {
    case 'mobile':
      return { kind, phone: text };
    case 'bank':
      return { kind, code: head, account: tail };
    case 'wallet':
      return { kind, wallet: text };
    case 'paybill':
      return { kind, paybill: head, account: tail };
    case 'till':
      return { kind, till: text };
  }
}

/**
 * One text for each place that money can arrive at, however it was written: leading zeros, which spreadsheets drop, and the case
 * of letters do not count in codes and account numbers. For comparing only; nothing is paid by it.
 */
export function destinationKey(destination: Destination): string {
  switch (destination.kind) {
    case 'mobile':
      return `mobile ${destination.phone}`;
    case 'bank':
      return `bank ${plainNumber(destination.code)}/${plainNumber(destination.account)}`;
    case 'wallet':
      return `wallet ${destination.wallet}`;
    case 'paybill':
      return `paybill ${plainNumber(destination.paybill)}/${plainNumber(destination.account)}`;
    case 'till':
      return `till ${plainNumber(destination.till)}`;
  }
}

function plainNumber(text: string): string {
  const isPlain = text.charCodeAt(0) !== ZERO && !/[a-z]/.test(text);
  return isPlain ? text : text.replace(/^0+(?=.)/, '').toUpperCase();
}

const ZERO = 48;

/** For screens and logs: enough to recognise a row by, and not enough to pay to. `+254712345678` → `+2547*****678`. */
export function destinationMasked(destination: Destination): string {
  switch (destination.kind) {
    case 'mobile':
      return maskMiddle(destination.phone, 5, 3);
    case 'bank':
      return `${destination.code}/${maskMiddle(destination.account, 0, 3)}`;
    case 'wallet':
      return maskMiddle(destination.wallet, 3, 3);
    case 'paybill':
      return destination.account === ''
        ? maskMiddle(destination.paybill, 0, 3)
        : `${destination.paybill}/${maskMiddle(destination.account, 0, 3)}`;
    case 'till':
      return maskMiddle(destination.till, 0, 3);
  }
}

/** Keeps `head` and `tail` characters and stars the rest; a text too short to hide three becomes stars only. */
export function maskMiddle(text: string, head: number, tail: number): string {
  if (text.length < head + tail + 3) return '*'.repeat(text.length);
  return text.slice(0, head) + '*'.repeat(text.length - head - tail) + text.slice(text.length - tail);
}
