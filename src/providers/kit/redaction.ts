import type { Evidence } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';

const SAID_MAX = 200;

const HIDDEN = '[hidden]';

/** Seven digits or more, whatever stands between them: enough for a phone or an account, too many for an amount. */
const LONG_DIGITS = /\d(?:[ .\-/()]{0,2}\d){6,}/g;

const TOKEN_LIKE = /\b[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/**
 * Makes the provider's words fit for ledger and report. Its messages may repeat what they complain about, so what is known
 * to be secret or whole goes by name, and what looks like it goes by its looks.
 */
export class Redactor {
  private secrets: readonly string[] = [];

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.learn(secret);
  }

  /** Adds a secret to hide; of many the latest count (tokens come and go). */
  learn(secret: string): void {
    // What is shorter guards nothing, and hiding it would take ordinary words apart.
    if (secret.length >= 4) this.secrets = [secret, ...this.secrets.filter((known) => known !== secret)];
  }

  /** The provider's own words as the end of a sentence: `: Invalid phone number format`; empty when it said nothing. */
  clause(words: string, payment?: PaymentInstruction): string {
    // The sentence has a full stop of its own.
    const text = this.text(words, payment).replace(/[.\s]+$/, '');
    return text === '' ? '' : `: ${text}`;
  }

  text(text: string, payment?: PaymentInstruction): string {
    let clean = printable(text);
    for (const secret of [...this.secrets, ...wholeNumbers(payment)]) clean = clean.replaceAll(secret, HIDDEN);
    clean = clean.replace(TOKEN_LIKE, HIDDEN).replace(LONG_DIGITS, HIDDEN);
    return clean.length <= SAID_MAX ? clean : `${clean.slice(0, SAID_MAX - 1)}…`;
  }

  /** An id of the provider's: kept whole, digits and all, unless it is none or holds a secret. */
  id(text: string | null): string | undefined {
    if (text === null || !/^[\x21-\x7e]{1,100}$/.test(text)) return undefined;
    return this.secrets.some((secret) => text.includes(secret)) || text.startsWith('eyJ') ? undefined : text;
  }
}

/** Evidence without members that are not known. */
export function evidence(
  code: string,
  reason: string,
  ids: {
    readonly requestId?: string | undefined;
    readonly providerReference?: string | undefined;
    readonly receipt?: string | undefined;
  } = {},
): Evidence {
  return {
    code,
    reason,
    ...(ids.requestId === undefined ? {} : { requestId: ids.requestId }),
    ...(ids.providerReference === undefined ? {} : { providerReference: ids.providerReference }),
    ...(ids.receipt === undefined ? {} : { receipt: ids.receipt }),
  };
}

function wholeNumbers(payment: PaymentInstruction | undefined): readonly string[] {
  if (payment === undefined) return [];
  const { destination } = payment;
  switch (destination.kind) {
    case 'mobile':
      // With and without the country code, however long that is.
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
