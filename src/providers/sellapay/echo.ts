import type { PaymentInstruction } from '../../domain/payment.ts';
import { decimalMinor, ExactNumber, scalarText, type JsonObject } from '../kit/json.ts';

/**
 * The name of the first thing in which an acceptance contradicts the payment that was asked for, or null. What the answer
 * leaves out contradicts nothing. Numbers and texts count alike, and so do the spellings of one amount or phone.
 */
export function contradiction(body: JsonObject, payment: PaymentInstruction): string | null {
  if (has(body, 'amount') && !sameAmount(body['amount'], payment.amountMinor)) return 'amount';
  if (has(body, 'reference') && scalarText(body['reference']) !== payment.reference) return 'reference';
  const { destination } = payment;
  switch (destination.kind) {
    case 'mobile':
      return has(body, 'phone') && !samePhone(body['phone'], destination.phone) ? 'phone number' : null;
    case 'wallet':
      return has(body, 'recipient_account') && scalarText(body['recipient_account']) !== destination.wallet
        ? 'Sellapay account'
        : null;
    case 'bank':
      return ['account_number', 'bank_account'].some(
        (name) => has(body, name) && !sameAccount(body[name], destination.account),
      )
        ? 'bank account'
        : null;
    case 'paybill':
    case 'till':
      return destination.kind;
  }
}

function has(body: JsonObject, name: string): boolean {
  return body[name] !== undefined && body[name] !== null;
}

function sameAmount(value: unknown, amountMinor: bigint): boolean {
  const text = scalarText(value);
  return text !== null && decimalMinor(text, 2) === amountMinor;
}

/** With or without the plus and the 254 that the server puts before the nine digits. */
function samePhone(value: unknown, phone: string): boolean {
  const digits = scalarText(value)?.replace(/^\+/, '');
  return digits !== undefined && [phone.slice(1), phone.slice(4), `0${phone.slice(4)}`].includes(digits);
}

function sameAccount(value: unknown, account: string): boolean {
  const text = scalarText(value);
  // A number cannot carry leading zeros.
  return value instanceof ExactNumber ? text === account.replace(/^0+(?=\d)/, '') : text === account;
}
