import type { FieldFault } from '../../domain/rules.ts';
import { stepMinorOf } from './amounts.ts';
import { BANK_REFUSALS } from './bank-rules.ts';
import { NATURES_OF_BUSINESS, similarKeys, TRANSFER_REASONS } from './closed-lists.ts';
import { NAME_FIELDS, STEERING } from './details.ts';
import { MOBILE_PROVIDERS } from './payout-types.ts';
import { phoneOfBankPayout } from './phones.ts';
import { bitpesaColumnOf, bitpesaFault, type CheckedRow, type RowRule } from './row-rule.ts';

/** What refuses a row. */
export const REFUSALS: readonly RowRule[] = [
  amountIsWhole,
  nameIsWhole,
  requiredDetailsAreThere,
  detailsAreKnown,
  detailsAgreeWithColumns,
  valuesAreListed,
  networkIsOfTheCountry,
  phoneIsOfTheCurrency,
  keysAreListed,
  ...BANK_REFUSALS,
  detailsAreWellFormed,
  phoneOfBankIsOne,
  senderIsComplete,
];

function amountIsWhole({ payment: { amountMinor, currency } }: CheckedRow): readonly FieldFault[] {
  if (amountMinor % stepMinorOf(currency) === 0n) return [];
  return [
    bitpesaFault(
      'amount',
      'amount-step',
      `BitPesa pays ${currency} in whole units only and would round a fraction up. Round the amount yourself.`,
    ),
  ];
}

function nameIsWhole({ payout, payment }: CheckedRow): readonly FieldFault[] {
  const { details, recipient } = payout;
  if (recipient === 'business') {
    return details['name'] === ''
      ? [bitpesaFault('name', 'name-missing', 'BitPesa needs the name of the business. Fill it in.')]
      : [];
  }
  if (details['first_name'] !== '' && details['last_name'] !== '') return [];
  const code = payment.name === '' ? 'name-missing' : 'name-one-word';
  return [
    bitpesaFault(
      'name',
      code,
      'BitPesa needs a first and a last name. Write both in name, or in details.first_name and details.last_name; for a business write business in details.recipient_type.',
    ),
  ];
}

function requiredDetailsAreThere({ payout, settings }: CheckedRow): readonly FieldFault[] {
  const { type, recipient, details } = payout;
  const { required, spec, guide } = type[recipient];
  const wanted = [...required, ...(settings.detailRules === 'spec' ? spec : guide)];
  const missing = wanted.filter((field) => details[field] === undefined);
  const faults = missing.map((field) =>
    bitpesaFault(
      bitpesaColumnOf(field, type.code),
      'detail-missing',
      `${type.type} needs ${field}${recipient === 'business' ? ' of a business' : ''}. Fill in ${bitpesaColumnOf(field, type.code)}.`,
    ),
  );
  for (const fields of type.eitherOf) {
    if (fields.some((field) => details[field] !== undefined)) continue;
    faults.push(
      bitpesaFault(
        `details.${fields[0] ?? ''}`,
        'detail-missing',
        `${type.type} needs ${fields.join(' or ')}. Fill in one of them.`,
      ),
    );
  }
  return faults;
}

/** Names that every type takes, and details that steer us. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set([...STEERING, ...NAME_FIELDS]);

function detailsAreKnown({ payment, payout: { type, recipient } }: CheckedRow): readonly FieldFault[] {
  const known = type[recipient].all;
  const faults = Object.keys(payment.details)
    .filter((field) => !known.has(field) && !ALWAYS_KNOWN.has(field))
    .map((field) =>
      bitpesaFault(
        `details.${field}`,
        'detail-unknown',
        `${type.type} takes no ${field.slice(0, 40)} of a ${recipient}. Empty the cell, or correct the column's name; it takes: ${[...known].join(', ')}.`,
      ),
    );
  const recipientType = payment.details['recipient_type'];
  if (recipientType !== undefined && recipientType !== recipient) {
    faults.push(
      bitpesaFault(
        'details.recipient_type',
        'detail-value',
        'A recipient is a person or a business. Write one of these words, or leave it empty for a person.',
      ),
    );
  }
  return faults;
}

function detailsAgreeWithColumns({
  payment: { destination, details },
  payout: { type },
}: CheckedRow): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (details[type.account] !== undefined) {
    faults.push(
      bitpesaFault(
        `details.${type.account}`,
        'detail-twice',
        `${type.account} is taken from the column ${type.kind === 'mobile' ? 'mobile' : 'bank_account'}. Empty details.${type.account}.`,
      ),
    );
  }
  if (destination.kind !== 'bank' || destination.code === '') return faults;
  if (type.code === null) {
    faults.push(
      bitpesaFault(
        'bank_code',
        'bank-code-unused',
        `${type.type} takes no bank code: the account says it all. Empty bank_code.`,
      ),
    );
  } else if (details[type.code] !== undefined && details[type.code] !== destination.code) {
    faults.push(
      bitpesaFault(
        `details.${type.code}`,
        'detail-twice',
        `${type.code} is taken from the column bank_code, and details.${type.code} says otherwise. Leave one of them.`,
      ),
    );
  }
  return faults;
}

function valuesAreListed({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  return Object.entries(type.values)
    .filter(([field, values]) => details[field] !== undefined && !values.includes(details[field]))
    .map(([field, values]) =>
      bitpesaFault(
        `details.${field}`,
        'detail-value',
        `${type.type} knows ${field} as ${values.join(' or ')} only. Write it so.`,
      ),
    );
}

function networkIsOfTheCountry({ payout: { details, country } }: CheckedRow): readonly FieldFault[] {
  const network = details['mobile_provider'];
  const networks = MOBILE_PROVIDERS[country ?? ''];
  if (network === undefined || networks === undefined || networks.includes(network)) return [];
  return [
    bitpesaFault(
      'details.mobile_provider',
      'detail-value',
      `The mobile networks of ${country ?? ''} are written ${networks.join(', ')}, in lower case. Write one of them.`,
    ),
  ];
}

function phoneIsOfTheCurrency({ payment, payout: { type, country, details } }: CheckedRow): readonly FieldFault[] {
  if (type.kind !== 'mobile') return [];
  if (country === null || !type.countries.includes(country)) {
    return [
      bitpesaFault(
        'mobile',
        'mobile-country',
        `${type.type} pays phones of ${type.countries.join(', ')}, and this one is of ${country ?? 'another country'}. Check the phone number and the currency.`,
      ),
    ];
  }
  if (payment.details['country'] === undefined || details['country'] === country) return [];
  return [
    bitpesaFault(
      'details.country',
      'detail-value',
      `The phone number is of ${country}, and details.country says otherwise. Correct one of them.`,
    ),
  ];
}

/** Fields whose values are too many to list in a message. */
const KEY_LISTS: readonly (readonly [field: string, keys: ReadonlySet<string>])[] = [
  ['transfer_reason', TRANSFER_REASONS],
  ['nature_of_business', NATURES_OF_BUSINESS],
];

function keysAreListed({ payment, payout: { type, details }, account }: CheckedRow): readonly FieldFault[] {
  return KEY_LISTS.flatMap(([field, known]) => {
    const text = details[field];
    // What is no key at all is told by its form.
    if (text === undefined || known.has(text) || !KEY_FORM.test(text)) return [];
    const similar = similarKeys(text, known);
    const advice = similar === '' ? '' : ` It has: ${similar}`;
    const message = `BitPesa's list for ${field} of ${type.type} does not have ${text.slice(0, 81)}.${advice} Write a key of docs/providers/bitpesa.md, section 10.`;
    if (payment.details[field] !== undefined) return [bitpesaFault(`details.${field}`, 'detail-value', message)];
    return [{ ...bitpesaFault('currency', 'detail-value', message), setting: `accounts.${account}.options.${field}` }];
  });
}

const KEY_FORM = /^[a-z0-9_]{2,81}$/;

const FORMS: readonly (readonly [field: string, isRight: (text: string) => boolean, words: string])[] = [
  ['email', (text) => /^[^\s@]+@[^\s@]+$/.test(text), 'an address such as jane@example.org'],
  ['transfer_reason', (text) => KEY_FORM.test(text), 'one of the keys of BitPesa, such as third_party_person_account'],
  ['nature_of_business', (text) => KEY_FORM.test(text), 'one of the keys of BitPesa, such as retail_trade'],
  ['birth_date', isDay, 'a date written as 1990-01-31'],
  ['bank_country', isCountry, 'a country in two capital letters, such as SN'],
  ['sender_country_of_birth', isCountry, 'a country in two capital letters, such as KE'],
];

function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text);
}

/** Whether it is `YYYY-MM-DD` and a day of the calendar. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function detailsAreWellFormed({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  return FORMS.filter(([field, isRight]) => details[field] !== undefined && !isRight(details[field])).map(
    ([field, , words]) =>
      bitpesaFault(`details.${field}`, 'detail-syntax', `${field} of ${type.type} is ${words}. Correct it.`),
  );
}

/** The phone of a bank payout, which only tells the recipient of the money. Egypt's has to be Egyptian. */
function phoneOfBankIsOne({ payment: { details: given }, payout: { type } }: CheckedRow): readonly FieldFault[] {
  const text = given['phone_number'];
  if (type.kind !== 'bank' || text === undefined || !type.person.all.has('phone_number')) return [];
  const phone = phoneOfBankPayout(text, type);
  const isEgyptian = type.type === 'EGP::Bank' || type.values['country']?.[0] === 'EG';
  if (phone !== null && (!isEgyptian || phone.startsWith('+20'))) return [];
  const words = isEgyptian
    ? 'an Egyptian number, as +201023456789'
    : 'a whole number with its country, as +27821234567';
  return [
    bitpesaFault('details.phone_number', 'detail-syntax', `phone_number of ${type.type} is ${words}. Correct it.`),
  ];
}

function senderIsComplete({ payout: { type, country }, settings, account }: CheckedRow): readonly FieldFault[] {
  const { fields } = settings.sender;
  const ofKind = fields['type'] === 'business' ? type.businessSender : type.sender;
  const wanted = country === 'TG' && type.type === 'XOF::Mobile' ? [...ofKind, 'phone_number'] : ofKind;
  const missing = wanted.filter((field) => fields[field] === undefined || fields[field] === '');
  const setting = `accounts.${account}.options.sender`;
  const senderFault = (message: string): FieldFault => ({
    ...bitpesaFault('currency', 'sender-incomplete', message),
    setting,
  });
  const faults = missing.map((field) =>
    senderFault(`${type.type} needs ${field} of the sender. Add it under ${setting}.`),
  );
  for (const [field, values] of Object.entries(type.senderValues)) {
    if (fields[field] === undefined || values.includes(fields[field])) continue;
    faults.push(
      senderFault(
        `${type.type} takes only ${values.join(' or ')} as ${field} of the sender. Change ${setting}.${field}.`,
      ),
    );
  }
  return faults;
}
