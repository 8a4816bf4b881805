import type { ReviewedPayment } from '../../domain/rules.ts';
import { MOBILE_PROVIDERS, bitpesaFieldsOf, payoutTypeOf, type PayoutType } from './payout-types.ts';
import { countryOf, nationalPhone } from './phones.ts';
import type { BitpesaSettings } from './settings.ts';

/** A payment in BitPesa's terms. */
export interface Payout {
  readonly type: PayoutType;
  readonly recipient: 'person' | 'business';
  /** `payout_method.details`: names first, then in the order of the payout type; what is not known is missing. */
  readonly details: Readonly<Record<string, string>>;
  /** Country of the phone; null for banks and phones of no country that is paid. */
  readonly country: string | null;
}

/** Details that steer us and are not sent as they are. */
export const STEERING = ['type', 'recipient_type'] as const;

/** Names that every type takes. */
export const NAME_FIELDS = ['first_name', 'last_name', 'name'] as const;

/**
 * Puts together what the transaction will say, from columns, `details.<field>` and defaults. The same payment and settings always
 * give the same. Null where no type of BitPesa pays this; the row's rules say what is missing.
 */
export function payoutOf(payment: ReviewedPayment, settings: BitpesaSettings): Payout | null {
  const { destination, details: given } = payment;
  if (destination.kind !== 'mobile' && destination.kind !== 'bank') return null;
  const account = destination.kind === 'bank' ? destination.account : '';
  const type = payoutTypeOf({
    currency: payment.currency,
    kind: destination.kind,
    type: given['type'],
    country: given['country'],
    account,
  });
  if (type === null) return null;
  const country = destination.kind === 'mobile' ? countryOf(destination.phone) : null;
  const recipient = isBusiness(given) ? 'business' : 'person';
  const known: Record<string, string> = { ...defaults(type, country, payment, settings), ...given };
  if (destination.kind === 'mobile') {
    known[type.account] = settings.phoneFormat === 'national' ? nationalPhone(destination.phone) : destination.phone;
  } else {
    known[type.account] = type.account === 'iban' ? account.replace(/\s/g, '').toUpperCase() : account;
    if (type.code !== null && destination.code !== '') known[type.code] = destination.code;
  }
  const details: Record<string, string> = { ...names(payment, recipient) };
  for (const field of new Set(bitpesaFieldsOf(type).concat(type.code ?? []))) {
    const text = known[field];
    if (text !== undefined && text !== '') details[field] = field === 'narration' ? cut(text, type.narrationMax) : text;
  }
  return { type, recipient, details, country };
}

/** As it says; where it does not, by the name that it gives: only a business has one in one piece (`name`). */
function isBusiness(given: Readonly<Record<string, string | undefined>>): boolean {
  const { recipient_type, name, first_name, last_name } = given;
  if (recipient_type !== undefined) return recipient_type === 'business';
  return name !== undefined && first_name === undefined && last_name === undefined;
}

/** First and last name, the last word of `name` being the last name, or the name of a business. */
function names(payment: ReviewedPayment, recipient: 'person' | 'business'): Readonly<Record<string, string>> {
  const { name, details } = payment;
  if (recipient === 'business') return { name: details['name'] ?? name };
  const words = name.split(' ').filter((word) => word !== '');
  const last = words.length > 1 ? words.pop() : undefined;
  const { first_name = words.join(' '), last_name = last ?? '' } = details;
  return { first_name, last_name };
}

/** What a row may leave out, because one value is the only one, or by the documented default. */
function defaults(
  type: PayoutType,
  country: string | null,
  payment: ReviewedPayment,
  settings: BitpesaSettings,
): Record<string, string> {
  const filled: Record<string, string> = {};
  const listed = [...type.required, ...type.spec, ...type.guide];
  for (const [field, values] of Object.entries(type.values)) {
    if (values.length === 1 && values[0] !== undefined) filled[field] = values[0];
  }
  const networks = MOBILE_PROVIDERS[country ?? ''] ?? [];
  if (networks.length === 1 && networks[0] !== undefined) filled['mobile_provider'] = networks[0];
  if (listed.includes('transfer_reason')) filled['transfer_reason'] = settings.transferReason;
  // A missing country is read as Senegal [assumed], and the phone says better.
  if (type.kind === 'mobile' && country !== null) filled['country'] = country;
  // The sender's own document, under the names of 2019.
  const { identification_type, identification_number } = settings.sender.fields;
  if (identification_type !== undefined) filled['sender_identity_card_type'] = identification_type;
  if (identification_number !== undefined) filled['sender_identity_card_id'] = identification_number;
  if (type.narrationMax !== null && payment.narrative !== '') {
    filled['narration'] = payment.narrative;
  }
  return filled;
}

/** By code points: half of a surrogate pair is no text. */
function cut(text: string, max: number | null): string {
  return max === null || text.length <= max ? text : Array.from(text).slice(0, max).join('');
}
