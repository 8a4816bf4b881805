import type { BitpesaSimulatorSettings } from './settings.ts';

/** The fields that one payout type needs besides the names. Of several fields with `|` between them, one is enough. */
export interface BitpesaCorridor {
  readonly currency: string;
  readonly method: 'Bank' | 'Mobile' | 'Cash' | 'Balance';
  /** Required by the specification. */
  readonly spec: readonly string[];
  /** Required by the guide, where it differs. */
  readonly guide?: readonly string[];
  /** Required of a sender who is a person. */
  readonly sender?: readonly string[];
  /** Countries of the phone of a mobile or cash payout; the first one is the default. */
  readonly countries?: readonly string[];
  readonly narrationMax?: number;
}

const PERSON_KES = ['identification_type', 'identification_number', 'source_of_funds', 'country', 'birth_date'];
const SIMULATED_BITPESA_ADDRESS = ['street', 'city', 'postal_code'];
const CARD = ['identity_card_type', 'identity_card_id'];

const SIMULATED_BITPESA_LIST: readonly BitpesaCorridor[] = [
  {
    currency: 'NGN',
    method: 'Bank',
    spec: ['bank_code', 'bank_account'],
    guide: ['bank_code', 'bank_account', 'street'],
    sender: ['street'],
  },
  { currency: 'NGN', method: 'Mobile', spec: ['phone_number'], countries: ['NG'] },
  {
    currency: 'GHS',
    method: 'Bank',
    spec: ['bank_code', 'bank_account'],
    guide: ['bank_code', 'bank_account', 'transfer_reason', 'gender'],
  },
  {
    currency: 'GHS',
    method: 'Mobile',
    spec: ['phone_number'],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason', 'gender'],
    countries: ['GH'],
  },
  {
    currency: 'UGX',
    method: 'Mobile',
    spec: ['phone_number'],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason'],
    countries: ['UG'],
    sender: ['identification_type', 'identification_number', 'nationality', 'phone_number', 'country'],
  },
  {
    currency: 'UGX',
    method: 'Bank',
    spec: ['street', 'city', 'postal_code', 'identity_card_id', 'bank_account', 'branch_code', 'transfer_reason'],
    guide: ['street', 'city', 'identity_card_id', 'bank_account', 'branch_code', 'transfer_reason'],
  },
  {
    currency: 'KES',
    method: 'Mobile',
    spec: ['phone_number', 'mobile_provider', 'transfer_reason', 'street', ...CARD],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason'],
    countries: ['KE'],
    sender: PERSON_KES,
  },
  {
    currency: 'KES',
    method: 'Bank',
    spec: ['street', 'bank_code', 'bank_account', 'transfer_reason', ...CARD],
    guide: ['street', 'bank_code', 'bank_account'],
    sender: PERSON_KES,
  },
  // Removed from BitPesa's list in 2021, as NGN::Mobile; whether they are refused is not documented.
  { currency: 'TZS', method: 'Mobile', spec: ['phone_number'], countries: ['TZ'] },
  {
    currency: 'XOF',
    method: 'Mobile',
    spec: ['phone_number', 'mobile_provider'],
    countries: ['SN', 'BJ', 'BF', 'CI', 'TG'],
  },
  { currency: 'XOF', method: 'Bank', spec: ['iban'], sender: SIMULATED_BITPESA_ADDRESS, narrationMax: 15 },
  {
    currency: 'XOF',
    method: 'Cash',
    spec: ['phone_number', 'cash_provider'],
    countries: ['SN', 'CI'],
    sender: ['identification_type', 'identification_number'],
  },
  { currency: 'XAF', method: 'Mobile', spec: ['phone_number', 'mobile_provider'], countries: ['CM', 'GA'] },
  { currency: 'XAF', method: 'Bank', spec: ['iban'] },
  { currency: 'GNF', method: 'Mobile', spec: ['phone_number', 'mobile_provider'], countries: ['GN'] },
  {
    currency: 'ZAR',
    method: 'Bank',
    spec: ['bank_account', 'phone_number', 'bank_code|branch_code'],
    countries: ['ZA'],
    sender: SIMULATED_BITPESA_ADDRESS,
    narrationMax: 80,
  },
  {
    currency: 'ZMW',
    method: 'Bank',
    spec: ['bank_account', 'branch_code'],
    guide: ['bank_account', 'branch_code', 'transfer_reason'],
  },
  { currency: 'BWP', method: 'Bank', spec: ['bank_account', 'bank_name', 'branch_code'] },
  {
    currency: 'EGP',
    method: 'Bank',
    spec: ['street', 'bank_code', 'bank_account', 'transfer_reason'],
    countries: ['EG'],
  },
  {
    currency: 'EGP',
    method: 'Cash',
    spec: ['middle_name', 'phone_number', 'street', 'transfer_reason'],
    countries: ['EG'],
    sender: ['identification_type', 'identification_number', 'street', 'birth_date'],
  },
  {
    currency: 'MAD',
    method: 'Cash',
    spec: ['phone_number', 'sender_identity_card_type', 'sender_identity_card_id'],
    guide: ['phone_number'],
    countries: ['MA'],
    sender: ['identification_type', 'identification_number'],
  },
  { currency: 'EUR', method: 'Bank', spec: ['iban'], narrationMax: 30 },
  { currency: 'GBP', method: 'Bank', spec: ['bank_account|iban'], narrationMax: 30 },
  { currency: 'USD', method: 'Bank', spec: ['country'] },
];

export const corridors: ReadonlyMap<string, BitpesaCorridor> = new Map(
  SIMULATED_BITPESA_LIST.map((corridor) => [`${corridor.currency}::${corridor.method}`, corridor]),
);

export const dialCodes: Readonly<Record<string, string>> = {
  NG: '234',
  GH: '233',
  UG: '256',
  KE: '254',
  TZ: '255',
  BJ: '229',
  BF: '226',
  CI: '225',
  SN: '221',
  TG: '228',
  CM: '237',
  GA: '241',
  GN: '224',
  ZA: '27',
  EG: '20',
  MA: '212',
};

export const mobileProviders: Readonly<Record<string, readonly string[]>> = {
  BJ: ['mtn', 'moov'],
  BF: ['moov', 'orange'],
  CI: ['moov', 'mtn', 'orange', 'wave'],
  SN: ['expresso', 'orange', 'free', 'wave'],
  TG: ['moov', 'tmoney'],
  CM: ['orange', 'mtn'],
  GA: ['airtel', 'moov'],
  GN: ['orange', 'mtn'],
  GH: ['airteltigo', 'mtn', 'vodafone'],
  UG: ['airtel', 'mtn'],
  KE: ['mpesa'],
};

/** Three characters for Nigeria, where the list is not closed; the documented lists for the others. */
export const bankCodes: Readonly<Record<string, RegExp>> = {
  NGN: /^[0-9A-Z]{3}$/,
  GHS: /^(0[1-9]|1[0-4]|1[7-9]|20|21|23|24|28|33|34|36|39)0100$/,
  KES: /^(0[1-367]|1[0124689]|23|25|31|35|43|5[013457]|6[13568]|68|70|72|7[4568])$/,
};

export function corridorOf(type: string): BitpesaCorridor | null {
  const balance = /^([A-Z]{3})::Balance$/.exec(type)?.[1];
  if (balance !== undefined) return { currency: balance, method: 'Balance', spec: [] };
  return corridors.get(type) ?? null;
}

export function requiredOf(
  corridor: BitpesaCorridor,
  details: Readonly<Record<string, unknown>>,
  settings: BitpesaSimulatorSettings,
): readonly string[] {
  const listed = (settings.requires === 'guide' ? corridor.guide : undefined) ?? corridor.spec;
  if (corridor.currency === 'NGN' && corridor.method === 'Bank' && settings.age === '2019')
    return [...listed, 'bank_account_type'];
  if (corridor.currency === 'GBP' && details.iban === undefined) return [...listed, 'sort_code'];
  if (corridor.currency !== 'USD' || corridor.method !== 'Bank') return listed;
  if (details.country === 'EG') return [...listed, 'street', 'iban', 'transfer_reason'];
  return [...listed, 'bank_account', 'bank_account_type', 'bank_name', 'routing_number', 'swift_code'];
}
