import { corridorOf, type BitpesaCorridor } from './corridors.ts';
import { bankCodes, dialCodes, mobileProviders } from './countries.ts';
import { documentedFields, requiredOf } from './detail-fields.ts';
import { isListedIban, isRoutingNumberOfUs } from './account-numbers.ts';
import { entityTypes, naturesOfBusiness, transferReasons } from './keys.ts';
import { BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';
import { currencies, type BitpesaCurrency } from './amounts.ts';
import type { BookEntry } from '../kit/book.ts';

/** The payout method of a request. */
export interface BitpesaPayoutMethod {
  /** `NGN::Bank`. */
  readonly type: string;
  readonly corridor: BitpesaCorridor;
  readonly currency: BitpesaCurrency;
  readonly details: JsonFields;
  readonly country: string;
  /** The phone, the account number or the IBAN; magic endings are recognised by it. */
  readonly number: string;
  readonly kind: BookEntry['kind'];
  /** As the book has it. */
  readonly destination: string;
  readonly name: string;
}

/** Reads a `payout_method`. Adds problems to `errors`, under the name of the detail. */
export function readMethod(
  given: unknown,
  recipientType: string,
  settings: BitpesaSimulatorSettings,
  errors: BitpesaErrors,
): BitpesaPayoutMethod | null {
  const method = objectMember(given);
  const type = method === null ? '' : textMember(method, 'type');
  const corridor = corridorOf(type);
  const currency = corridor === null ? undefined : currencies.get(corridor.currency);
  if (method === null || corridor === null || currency === undefined) {
    errors.add('payout_method.type', type === '' ? 'blank' : 'inclusion');
    return null;
  }
  const details = objectMember(method.details) ?? {};
  const found = new BitpesaErrors();
  const country = simulatedBitpesaCountryOf(corridor, details);
  if (corridor.method !== 'Balance') checkNames(details, recipientType, found);
  const documented = documentedFields(corridor, recipientType);
  // What the vendor makes of other fields is not documented; an adapter that sends one has misread the list.
  for (const field of Object.keys(details)) if (!documented.has(field)) found.add(field, 'unknown');
  for (const choice of requiredOf(corridor, details, recipientType, settings)) {
    if (choice.split('|').every((field) => textMember(details, field).trim() === ''))
      found.add(choice.split('|')[0] ?? '', 'blank');
  }
  checkFormats(corridor, details, country, settings, found);
  errors.addAll('payout_method.', found);
  if (!found.isEmpty) return null;
  const phone = internationalPhone(textMember(details, 'phone_number'), country);
  return {
    type,
    corridor,
    currency,
    details,
    country,
    ...simulatedBitpesaDestinationOf(corridor, details, phone),
    name: nameOf(details),
  };
}

function checkNames(details: JsonFields, recipientType: string, errors: BitpesaErrors): void {
  const names = recipientType === 'business' ? ['name'] : ['first_name', 'last_name'];
  for (const field of names) if (textMember(details, field).trim() === '') errors.add(field, 'blank');
}

type Check = readonly [field: string, isRight: (text: string) => boolean];

function checkFormats(
  corridor: BitpesaCorridor,
  details: JsonFields,
  country: string,
  settings: BitpesaSimulatorSettings,
  errors: BitpesaErrors,
): void {
  const { currency, countries, narrationMax } = corridor;
  const providers = mobileProviders[country];
  const dial = dialCodes[country] ?? '';
  const phone = settings.age === '2019' ? /^0?[1-9]\d{6,10}$/ : new RegExp(`^\\+${dial}[1-9]?\\d{6,11}$`);
  const checks: readonly Check[] = [
    ['country', (text) => countries === undefined || countries.includes(text)],
    ['phone_number', (text) => phone.test(text)],
    ['mobile_provider', (text) => providers === undefined || providers.includes(text)],
    ['cash_provider', (text) => text === 'wizall'],
    ['bank_code', (text) => bankCodes[currency]?.test(text) ?? /^[0-9A-Z]{2,11}$/.test(text)],
    ['branch_code', (text) => /^[0-9A-Z]{2,12}$/.test(text)],
    ['sort_code', (text) => /^\d{6}$/.test(text)],
    ['routing_number', isRoutingNumberOfUs],
    ['bank_account', (text) => (accountForms[currency] ?? /^[0-9A-Za-z]{4,34}$/).test(text)],
    ['bank_account_type', (text) => /^(10|20)$/.test(text)],
    ['iban', (text) => isListedIban(currency, text)],
    ['bic', (text) => /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text)],
    ['transfer_reason', (text) => transferReasons.has(text)],
    ['nature_of_business', (text) => naturesOfBusiness.has(text)],
    ['legal_entity_type', (text) => entityTypes.has(text)],
    ['birth_date', (text) => /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)],
    ['identity_card_type', (text) => (currency === 'MAD' ? /^(PP|NI|ID|DL|OT|O)$/ : /^(PP|ID|DL|OT|O)$/).test(text)],
    ['sender_identity_card_type', (text) => /^(PP|ID|DL|OT|O)$/.test(text)],
    ['bank_country', (text) => /^[A-Z]{2}$/.test(text)],
    ['sender_country_of_birth', (text) => /^[A-Z]{2}$/.test(text)],
    ['gender', (text) => /^[MF]$/.test(text)],
    ['sender_gender', (text) => /^[MF]$/.test(text)],
    ['narration', (text) => narrationMax === undefined || text.length <= narrationMax],
  ];
  for (const [field, isRight] of checks) {
    const value = details[field];
    if (value === undefined || value === null || value === '') continue;
    // A JSON number would have lost its leading zeros.
    if (typeof value !== 'string' || !isRight(value)) errors.add(field, 'invalid');
  }
}

/** Account numbers that have one length at all banks of a currency. */
const accountForms: Readonly<Record<string, RegExp>> = { NGN: /^\d{10}$/, GBP: /^\d{8}$/ };

/** The first country of the list when the details name none, such as Senegal for XOF [assumed]. */
function simulatedBitpesaCountryOf({ countries }: BitpesaCorridor, details: JsonFields): string {
  const named = textMember(details, 'country');
  return named !== '' ? named : (countries?.[0] ?? '');
}

function simulatedBitpesaDestinationOf(
  { method, currency }: BitpesaCorridor,
  details: JsonFields,
  phone: string,
): Pick<BitpesaPayoutMethod, 'kind' | 'destination' | 'number'> {
  const text = (name: string): string => textMember(details, name);
  switch (method) {
    case 'Mobile':
      return { kind: 'mobile', destination: phone, number: phone };
    case 'Cash':
      return { kind: 'cash', destination: phone, number: phone };
    case 'Balance':
      return { kind: 'wallet', destination: `${currency}::Balance`, number: text('reference') };
    case 'Bank': {
      const account = text('bank_account');
      if (account === '') return { kind: 'bank', destination: text('iban'), number: text('iban') };
      const code = ['bank_code', 'branch_code', 'sort_code', 'routing_number'].map(text).find((text) => text !== '');
      return { kind: 'bank', destination: `${code ?? ''}/${account}`, number: account };
    }
  }
}

function internationalPhone(phone: string, country: string): string {
  return phone.startsWith('+') ? phone : `+${dialCodes[country] ?? ''}${phone.replace(/^0/, '')}`;
}

function nameOf(details: JsonFields): string {
  const business = textMember(details, 'name');
  return business !== '' ? business : `${textMember(details, 'first_name')} ${textMember(details, 'last_name')}`.trim();
}
