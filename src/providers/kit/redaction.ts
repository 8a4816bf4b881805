import { currencyDecimals } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';

/** Longest text of a provider that ledger and report keep. */
const TEXT_MAX = 200;

/** Most characters of an answer that are searched for secrets; an answer may have a million, and only the first are kept. */
const SEARCHED_MAX = 2_000;

const HIDDEN = '[hidden]';

/** A shorter secret guards nothing, and hiding it would take ordinary words apart. */
const SECRET_MIN = 4;

/**
 * Texts that are never hidden although they may hold seven digits: an amount with two decimals (`45000.50`), an amount behind a
 * currency (`KES 4500000`), and a receipt of M-PESA, which has ten capitals and digits and begins with two letters (`TE1234567F`).
 */
const REDACTION_AMOUNT = String.raw`(?<![\w.\-/])[1-9]\d{0,7}\.\d{2}(?![\w\-/]|\.\d)`;
const CURRENCY_AMOUNT = String.raw`(?<![\w])(?<currency>[A-Z]{3}) ?\d{1,12}(?:\.\d{1,3})?(?![\w\-/]|\.\d)`;
const RECEIPT = String.raw`(?<![\w])[A-Z]{2}[A-Z0-9]{8}(?![\w])`;

/** Seven digits or more, whatever stands between them: enough for a phone or an account. */
const LONG_DIGITS = String.raw`\d(?:[ .\-/()]{0,2}\d){6,}`;

const NUMBERS = new RegExp(`(?<kept>${REDACTION_AMOUNT}|${CURRENCY_AMOUNT}|${RECEIPT})|${LONG_DIGITS}`, 'g');

/** Three parts of letters and digits that are joined by points, as bearer tokens have them. */
const TOKEN_LIKE = /(?<![\w-])[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/**
 * Makes a provider's text fit for ledger and report: no secret, no token, no whole phone or account number. Receipts, our
 * references and amounts stay, because people compare them with the provider's statement.
 */
export class Redactor {
  private secrets: readonly string[] = [];

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.learn(secret);
  }

  /** Adds a secret to hide; tokens are learnt when they are fetched. */
  learn(secret: string): void {
    if (secret.length >= SECRET_MIN) this.secrets = [secret, ...this.secrets.filter((known) => known !== secret)];
  }

  /** The provider's own words as the end of a sentence: `: Invalid phone number format`; empty when there are none. */
  clause(words: string, payment?: PaymentInstruction): string {
    // The sentence has a full stop of its own.
    const text = this.text(words, payment).replace(/[.\s]+$/, '');
    return text === '' ? '' : `: ${text}`;
  }

  text(text: string, payment?: PaymentInstruction): string {
    const hidden = [...this.secrets, ...wholeNumbers(payment)];
    // A secret that the cut has broken would not be recognised, so as much as the longest is left out at the end.
    const margin = Math.max(0, ...hidden.map((secret) => secret.length));
    const isCut = text.length > SEARCHED_MAX + margin;
    let clean = printable(isCut ? text.slice(0, SEARCHED_MAX + margin) : text);
    for (const secret of hidden) clean = clean.replaceAll(secret, HIDDEN);
    clean = clean.replace(TOKEN_LIKE, HIDDEN);
    clean = hideNumbers(clean, payment?.reference ?? '');
    if (isCut) clean = clean.slice(0, Math.max(0, clean.length - margin));
    return clean.length <= TEXT_MAX ? clean : `${clean.slice(0, TEXT_MAX - 1)}…`;
  }

  /** An id or a receipt of the provider's: kept whole, digits and all; undefined for what is none or holds a secret. */
  id(text: string | null): string | undefined {
    if (text === null || !/^[\x21-\x7e]{1,100}$/.test(text)) return undefined;
    return this.secrets.some((secret) => text.includes(secret)) || text.startsWith('eyJ') ? undefined : text;
  }
}

/** Hides long numbers; our own reference, which may hold seven digits in a row, stays whole. */
function hideNumbers(text: string, reference: string): string {
  const parts = reference === '' ? [text] : text.split(reference);
  return parts.map(hideLongDigits).join(reference);
}

function hideLongDigits(text: string): string {
  return text.replace(NUMBERS, (match: string, ...rest: unknown[]) => {
    const { kept, currency } = rest.at(-1) as { readonly kept?: string; readonly currency?: string };
    if (kept === undefined) return HIDDEN;
    // Three capitals may be no currency: `ACC 12345678` is an account.
    if (currency === undefined || currencyDecimals(currency) !== undefined) return kept;
    return match.replace(new RegExp(LONG_DIGITS), HIDDEN);
  });
}

function wholeNumbers(payment: PaymentInstruction | undefined): readonly string[] {
  if (payment === undefined) return [];
  const { destination } = payment;
  switch (destination.kind) {
    case 'mobile':
      // With and without the country code, which has one to three digits.
      return [destination.phone, destination.phone.slice(1), destination.phone.slice(-9), destination.phone.slice(-8)];
    case 'bank':
    case 'paybill':
      return [destination.account];
    case 'wallet':
      // A very short id would take letters out of ordinary words.
      return destination.wallet.length < 5 ? [] : [destination.wallet];
    case 'till':
      return [destination.till];
  }
}

/** One line without control characters or direction marks. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
