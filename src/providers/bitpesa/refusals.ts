import type { FieldFault, ReviewedPayment } from '../../domain/rules.ts';
import { stepMinorOf } from './amounts.ts';
import { BANK_CODE_LENGTHS } from './banks.ts';
import { NAME_FIELDS, STEERING, type Payout } from './details.ts';
import { bitpesaFieldsOf, MOBILE_PROVIDERS } from './payout-types.ts';
import type { BitpesaSettings } from './settings.ts';

/** A whole row, as the rules check it. */
export interface CheckedRow {
  readonly payment: ReviewedPayment;
  readonly payout: Payout;
  readonly settings: BitpesaSettings;
  readonly account: string;
}

/** One small rule. All rules are applied: a row shows all its faults at once. */
export type RowRule = (seen: CheckedRow) => readonly FieldFault[];

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
  bankCodeHasItsLength,
  detailsAreWellFormed,
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

function requiredDetailsAreThere({ payout: { type, details }, settings }: CheckedRow): readonly FieldFault[] {
  const wanted = [...type.required, ...(settings.detailRules === 'spec' ? type.spec : type.guide)];
  const missing = wanted.filter((field) => details[field] === undefined);
  const faults = missing.map((field) =>
    bitpesaFault(
      bitpesaColumnOf(field, type.code),
      'detail-missing',
      `${type.type} needs ${field}. Fill in ${bitpesaColumnOf(field, type.code)}.`,
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

function detailsAreKnown({ payment, payout: { type, recipient } }: CheckedRow): readonly FieldFault[] {
  const known = new Set([
    ...bitpesaFieldsOf(type),
    ...STEERING,
    ...NAME_FIELDS,
    ...(type.code === null ? [] : [type.code]),
  ]);
  const faults = Object.keys(payment.details)
    .filter((field) => !known.has(field))
    .map((field) =>
      bitpesaFault(
        `details.${field}`,
        'detail-unknown',
        `${type.type} takes no ${field.slice(0, 40)}. Empty the cell, or correct the column's name; it takes: ${bitpesaFieldsOf(type).join(', ')}.`,
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

function bankCodeHasItsLength({ payment: { currency }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const code = details['bank_code'];
  const length = BANK_CODE_LENGTHS[currency];
  if (type.code !== 'bank_code' || code === undefined || length === undefined) return [];
  if (/^[A-Z0-9]+$/.test(code) && code.length === length) return [];
  const lost =
    /^\d+$/.test(code) && code.length < length
      ? ' It may have lost its leading zeros, as spreadsheets do: format the column as text.'
      : '';
  return [
    bitpesaFault(
      'bank_code',
      lost === '' ? 'bank-code-syntax' : 'bank-code-leading-zero',
      `BitPesa knows banks of ${currency} by ${length} characters.${lost}`,
    ),
  ];
}

const FORMS: readonly (readonly [field: string, form: RegExp, words: string])[] = [
  ['iban', /^[A-Z]{2}[A-Z0-9]{8,32}$/, 'two letters and then 8 to 32 letters and digits, without blanks'],
  ['bank_account', /^[A-Za-z0-9-]{3,34}$/, '3 to 34 letters and digits'],
  ['email', /^[^\s@]+@[^\s@]+$/, 'an address such as jane@example.org'],
  ['transfer_reason', /^[a-z0-9_]{2,60}$/, 'one of the keys of BitPesa, such as third_party_person_account'],
];

function detailsAreWellFormed({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const forms: typeof FORMS =
    type.kind === 'bank'
      ? [...FORMS, ['phone_number', /^\+?\d{7,15}$/, 'a number with its country, as +27821234567']]
      : FORMS;
  return forms
    .filter(([field, form]) => details[field] !== undefined && !form.test(details[field]))
    .map(([field, , words]) =>
      bitpesaFault(
        bitpesaColumnOf(field, type.code, type.account),
        'detail-syntax',
        `${field} of ${type.type} is ${words}. Correct it.`,
      ),
    );
}

function senderIsComplete({ payout: { type, country }, settings, account }: CheckedRow): readonly FieldFault[] {
  const { fields } = settings.sender;
  const wanted = country === 'TG' && type.type === 'XOF::Mobile' ? [...type.sender, 'phone_number'] : type.sender;
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

function bitpesaColumnOf(field: string, code: string | null, account = ''): string {
  if (field === code) return 'bank_code';
  if (field === account || field === 'bank_account' || field === 'iban') return 'bank_account';
  return `details.${field}`;
}

export function bitpesaFault(field: string, code: string, message: string): FieldFault {
  return { field, code, message };
}
