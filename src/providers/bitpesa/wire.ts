import type { PaymentInstruction } from '../../domain/payment.ts';
import { isObject, scalarText, type JsonObject } from '../kit/json.ts';
import { bitpesaAmountText, pico } from './amounts.ts';
import { payoutOf } from './details.ts';
import type { BitpesaSettings } from './settings.ts';

/** The body of `POST /v1/transactions`: one transaction with one recipient, our reference as its external id. */
export function transactionBody(
  payment: PaymentInstruction,
  senderId: string,
  inputCurrency: string,
  settings: BitpesaSettings,
): string {
  const payout = payoutOf(payment, settings);
  if (payout === null)
    throw new Error(`bitpesa cannot pay this ${payment.currency} payment; its rules have let one through`);
  const { type, recipient, details } = payout;
  return JSON.stringify({
    transaction: {
      input_currency: inputCurrency,
      sender: { id: senderId },
      recipients: [
        {
          // Text: an amount that passed through a JavaScript number could be another amount.
          requested_amount: bitpesaAmountText(payment.amountMinor, payment.currency),
          // The payout currency, so that the recipient gets exactly the amount of the row.
          requested_currency: payment.currency,
          type: recipient,
          payout_method: { type: type.type, details },
        },
      ],
      // The default has changed over the years, so the request names its value.
      traits: { auto_refund: settings.autoRefund, ...(settings.accountValidation ? { account_validation: true } : {}) },
      metadata: { sendRef: payment.reference },
      external_id: payment.reference,
    },
  });
}

/** The body of `POST /v1/accounts/debits`. Currency and amount are optional there, and our guard against a surprise. */
export function debitBody(transactionId: string, currency: string, amount: string): string {
  return JSON.stringify({ debit: { to_id: transactionId, to_type: 'Transaction', currency, amount } });
}

/** A transaction as answers and webhooks show it. What is missing or of another kind than documented is null. */
export interface BitpesaTransaction {
  readonly id: string | null;
  readonly externalId: string | null;
  readonly state: string;
  readonly inputCurrency: string | null;
  /** In 10⁻¹² of the input currency. */
  readonly inputPico: bigint | null;
  readonly paidPico: bigint | null;
  readonly duePico: bigint | null;
  /** Unix milliseconds. */
  readonly expiresAt: number | null;
  readonly recipients: readonly Recipient[];
}

export interface Recipient {
  readonly id: string | null;
  readonly externalId: string | null;
  readonly transactionId: string | null;
  readonly transactionState: string | null;
  readonly state: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly payoutType: string | null;
  readonly details: JsonObject | null;
  readonly mayCancel: boolean | null;
  /** The vendor's own code and words on the state; for people. */
  readonly reasonCode: string | null;
  readonly reason: string;
}

/** Null for what has no state. */
export function readTransaction(value: unknown): BitpesaTransaction | null {
  if (!isObject(value) || typeof value['state'] !== 'string') return null;
  const recipients: readonly unknown[] = Array.isArray(value['recipients']) ? value['recipients'] : [];
  const expiry = Date.parse(scalarText(value['expires_at']) ?? '');
  return {
    id: scalarText(value['id']),
    externalId: scalarText(value['external_id']),
    state: value['state'],
    inputCurrency: scalarText(value['input_currency']),
    inputPico: pico(scalarText(value['input_amount'])),
    paidPico: pico(scalarText(value['paid_amount'])),
    duePico: pico(scalarText(value['due_amount'])),
    expiresAt: Number.isNaN(expiry) ? null : expiry,
    recipients: recipients.map(readRecipient).filter((recipient) => recipient !== null),
  };
}

export function readRecipient(value: unknown): Recipient | null {
  if (!isObject(value) || typeof value['state'] !== 'string') return null;
  const method = isObject(value['payout_method']) ? value['payout_method'] : {};
  const details = isObject(value['state_reason_details']) ? value['state_reason_details'] : {};
  const messages: readonly unknown[] = Array.isArray(details['messages']) ? details['messages'] : [];
  const words = [value['state_reason'], details['description'], details['category'], ...messages];
  return {
    id: scalarText(value['id']),
    externalId: scalarText(value['transaction_external_id']),
    transactionId: scalarText(value['transaction_id']),
    transactionState: scalarText(value['transaction_state']),
    state: value['state'],
    amount: scalarText(value['requested_amount']),
    currency: scalarText(value['requested_currency']),
    payoutType: scalarText(method['type']),
    details: isObject(method['details']) ? method['details'] : null,
    mayCancel: typeof value['may_cancel'] === 'boolean' ? value['may_cancel'] : null,
    reasonCode: scalarText(details['code']),
    reason: words.find((word): word is string => typeof word === 'string' && word.trim() !== '') ?? '',
  };
}

/** What an `errors` map says, `amount: insufficient_funds; documents: blank`, and `meta` where it has words of its own. */
export function bitpesaErrorWords(body: JsonObject | null): string {
  const objects: readonly unknown[] = Array.isArray(body?.['object']) ? body['object'] : [body?.['object']];
  const meta = isObject(body?.['meta']) ? body['meta'] : {};
  return [...objects.flatMap(errorsOf), ...textsIn(meta['error']), ...textsIn(meta['errors'])].join('; ');
}

/** The fields of `object.errors`, and of the members that have errors of their own. */
export function errorFields(body: JsonObject | null): readonly string[] {
  const objects: readonly unknown[] = Array.isArray(body?.['object']) ? body['object'] : [body?.['object']];
  return objects.flatMap((object) =>
    isObject(object) && isObject(object['errors']) ? Object.keys(object['errors']) : [],
  );
}

function errorsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(errorsOf);
  if (!isObject(value)) return [];
  const own = isObject(value['errors'])
    ? Object.entries(value['errors']).map(([field, errors]) => `${field}: ${textsIn(errors).join(', ')}`)
    : [];
  // The resource comes back with its errors; those of its parts may stand in the parts.
  const inside = [value['recipients'], value['payout_method'], value['sender']].flatMap(errorsOf);
  return [...own, ...inside];
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  const text = scalarText(value);
  return text === null || text.trim() === '' ? [] : [text];
}

/** Whether a list goes on behind what an answer shows of it. */
export function hasNextPage(body: JsonObject | null): boolean {
  const meta = isObject(body?.['meta']) ? body['meta'] : {};
  const pagination = isObject(meta['pagination']) ? meta['pagination'] : {};
  return scalarText(pagination['next_page']) !== null;
}
