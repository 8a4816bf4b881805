import type { ReviewedPayment } from '../../domain/rules.ts';
import type { PayoutType } from './payout-type.ts';
import { MOBILE_PROVIDERS, payoutTypeOf } from './payout-types.ts';
import { bbanOf, sortCodeOf } from './account-numbers.ts';
import { countryOf, nationalPhone, phoneOfBankPayout } from './phones.ts';
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
  const known: Record<string, string> = { ...defaults({ type, recipient, country }, payment, settings), ...given };
  if (destination.kind === 'mobile') {
    known[type.account] = phoneSent(destination.phone, settings);
  } else {
    known[type.account] = type.account === 'iban' ? ibanSent(type, account) : account;
    if (type.code !== null && destination.code !== '') known[type.code] = destination.code;
    if (known['sort_code'] !== undefined) known['sort_code'] = sortCodeOf(known['sort_code']);
    const phone = known['phone_number'] === undefined ? null : phoneOfBankPayout(known['phone_number'], type);
    if (phone !== null) known['phone_number'] = phoneSent(phone, settings);
  }
  const details: Record<string, string> = { ...names(payment, recipient) };
  for (const field of type[recipient].all) {
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

function phoneSent(phone: string, { phoneFormat }: BitpesaSettings): string {
  return phoneFormat === 'national' ? nationalPhone(phone) : phone;
}

/** West Africa's accounts go without the four characters that make an IBAN of them: BitPesa wants the BBAN there. */
function ibanSent(type: PayoutType, account: string): string {
  const iban = account.replace(/\s/g, '').toUpperCase();
  return type.type === 'XOF::Bank' ? (bbanOf(iban) ?? iban) : iban;
}

/**
 * First and last name, the last word of `name` being the last name, or the name of a business. A middle name of the row that stands in `name` as well
 * is sent once: `Jane Wambui Doe` with `Wambui` is Jane, Wambui, Doe.
 */
function names(payment: ReviewedPayment, recipient: 'person' | 'business'): Readonly<Record<string, string>> {
  const { name, details } = payment;
  if (recipient === 'business') return { name: details['name'] ?? name };
  const words = name.split(' ').filter((word) => word !== '');
  const last = words.length > 1 ? words.pop() : undefined;
  const { first_name = withoutMiddle(words, details['middle_name']), last_name = last ?? '' } = details;
  return { first_name, last_name };
}

function withoutMiddle(words: readonly string[], middle = ''): string {
  const first = words.join(' ');
  return middle !== '' && first.toLowerCase().endsWith(` ${middle.toLowerCase()}`)
    ? first.slice(0, -middle.length - 1)
    : first;
}

/** What a row may leave out, because one value is the only one, or by the documented default. */
function defaults(
  { type, recipient, country }: Omit<Payout, 'details'>,
  payment: ReviewedPayment,
  settings: BitpesaSettings,
): Record<string, string> {
  const filled: Record<string, string> = {};
  const { required, spec, guide } = type[recipient];
  for (const [field, values] of Object.entries(type.values)) {
    if (values.length === 1 && values[0] !== undefined) filled[field] = values[0];
  }
  const networks = MOBILE_PROVIDERS[country ?? ''] ?? [];
  if (networks.length === 1 && networks[0] !== undefined) filled['mobile_provider'] = networks[0];
  if ([required, spec, guide].some((list) => list.includes('transfer_reason')))
    filled['transfer_reason'] = settings.transferReason;
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
