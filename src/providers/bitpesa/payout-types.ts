import { LEGAL_ENTITY_TYPES } from './closed-lists.ts';
import { bank, mobile, type PayoutType } from './payout-type.ts';

const IDENTIFICATION = ['identification_type', 'identification_number'];
const ADDRESS = ['street', 'city', 'postal_code'];
const KENYAN_SENDER = [...IDENTIFICATION, 'source_of_funds', 'country', 'birth_date'];
const EGYPTIAN_SENDERS = {
  sender: [...IDENTIFICATION, 'street', 'birth_date'],
  businessSender: ['registration_number', 'registration_date', 'street'],
};
const GENDER = { gender: ['M', 'F'] };
/** The guide's values of a recipient's card, and `O` of the specification. */
const CARD_TYPES = ['PP', 'ID', 'DL', 'OT', 'O'];
/** In the guide's sample of every bank payout to a person but South Africa's. */
const MIDDLE_NAME = { personOptional: ['middle_name'] };
/** Of West and Central African accounts, in the specification only: the IBAN says it all. */
const BANK_OF_IBAN = ['bank_name', 'bank_country', 'bank_code'];

/** In the order of docs/providers/bitpesa.md, section 10. {@link payoutTypeOf} chooses among the rows of one type. */
export const PAYOUT_TYPES: readonly PayoutType[] = [
  bank('NGN::Bank', 'bank_account', 'bank_code', {
    ...MIDDLE_NAME,
    required: ['bank_code'],
    guide: ['street'],
    optional: ['bank_account_type', 'birth_date'],
    values: { bank_account_type: ['10', '20'] },
    sender: ['street'],
  }),
  mobile('NGN::Mobile', ['NG'], { optional: ['birth_date'] }),
  bank('GHS::Bank', 'bank_account', 'bank_code', {
    ...MIDDLE_NAME,
    required: ['bank_code'],
    guide: ['transfer_reason', 'gender'],
    optional: ['birth_date'],
    values: GENDER,
  }),
  mobile('GHS::Mobile', ['GH'], { guide: ['mobile_provider', 'transfer_reason', 'gender'], values: GENDER }),
  mobile('UGX::Mobile', ['UG'], {
    ...MIDDLE_NAME,
    guide: ['mobile_provider', 'transfer_reason'],
    optional: ['birth_date'],
    sender: [...IDENTIFICATION, 'nationality', 'phone_number', 'country'],
  }),
  bank('UGX::Bank', 'bank_account', 'branch_code', {
    ...MIDDLE_NAME,
    required: ['branch_code', 'street', 'city', 'transfer_reason'],
    personRequired: ['identity_card_id'],
    businessRequired: ['registration_number'],
    spec: ['postal_code'],
    optional: ['birth_date'],
  }),
  mobile('KES::Mobile', ['KE'], {
    required: ['mobile_provider', 'transfer_reason'],
    spec: ['street', 'identity_card_type', 'identity_card_id'],
    optional: ['city', 'relationship_to_sender', 'birth_date', 'transfer_reason_code'],
    values: { identity_card_type: CARD_TYPES },
    sender: KENYAN_SENDER,
  }),
  bank('KES::Bank', 'bank_account', 'bank_code', {
    ...MIDDLE_NAME,
    required: ['bank_code', 'street'],
    spec: ['transfer_reason'],
    // The guide's sample for businesses has no card.
    personSpec: ['identity_card_type', 'identity_card_id'],
    optional: ['city', 'relationship_to_sender', 'birth_date'],
    values: { identity_card_type: CARD_TYPES },
    sender: KENYAN_SENDER,
  }),
  mobile('TZS::Mobile', ['TZ'], { optional: ['birth_date'] }),
  mobile('XOF::Mobile', ['BJ', 'BF', 'CI', 'SN', 'TG'], {
    required: ['mobile_provider'],
    optional: ['country', 'transfer_reason', 'birth_date'],
  }),
  bank('XOF::Bank', 'iban', null, {
    ...MIDDLE_NAME,
    optional: ['transfer_reason', 'narration', 'birth_date', ...BANK_OF_IBAN],
    sender: ADDRESS,
    narrationMax: 15,
  }),
  mobile('XOF::Cash', ['SN', 'CI'], {
    required: ['cash_provider'],
    optional: ['country', 'birth_date'],
    values: { cash_provider: ['wizall'] },
    sender: IDENTIFICATION,
    senderValues: { identification_type: ['PP', 'ID'] },
  }),
  mobile('XAF::Mobile', ['CM', 'GA'], { required: ['mobile_provider'], optional: ['country', 'birth_date'] }),
  bank('XAF::Bank', 'iban', null, {
    ...MIDDLE_NAME,
    optional: ['transfer_reason', 'birth_date', ...BANK_OF_IBAN, 'bank_account', 'sort_code'],
  }),
  mobile('GNF::Mobile', ['GN'], { required: ['mobile_provider'], optional: ['birth_date'] }),
  bank('ZAR::Bank', 'bank_account', 'bank_code', {
    required: ['phone_number'],
    eitherOf: [['bank_code', 'branch_code']],
    optional: [
      ...['bank_code', 'branch_code', 'email', 'narration', 'transfer_reason', 'transfer_reason_code', 'birth_date'],
      ...[...ADDRESS, 'contact_first_name', 'contact_last_name', 'registration_number', 'nature_of_business'],
      'legal_entity_type',
    ],
    values: { legal_entity_type: LEGAL_ENTITY_TYPES },
    sender: ADDRESS,
    narrationMax: 80,
  }),
  bank('ZMW::Bank', 'bank_account', 'branch_code', {
    ...MIDDLE_NAME,
    required: ['branch_code'],
    guide: ['transfer_reason'],
    optional: ['birth_date'],
  }),
  bank('BWP::Bank', 'bank_account', 'branch_code', {
    ...MIDDLE_NAME,
    required: ['branch_code', 'bank_name'],
    optional: ['birth_date'],
  }),
  bank('EGP::Bank', 'bank_account', 'bank_code', {
    ...MIDDLE_NAME,
    required: ['bank_code', 'street', 'transfer_reason'],
    optional: ['phone_number', 'birth_date'],
    ...EGYPTIAN_SENDERS,
  }),
  mobile('EGP::Cash', ['EG'], {
    required: ['middle_name', 'street', 'transfer_reason'],
    optional: ['email', 'reference'],
    ...EGYPTIAN_SENDERS,
  }),
  mobile('MAD::Cash', ['MA'], {
    spec: ['sender_identity_card_type', 'sender_identity_card_id'],
    optional: [
      ...['reason', 'identity_card_type', 'identity_card_id', 'reference', 'birth_date'],
      ...['sender_city_of_birth', 'sender_country_of_birth', 'sender_gender'],
    ],
    // `NI` is the guide's word for a national card, `ID` the specification's.
    values: {
      identity_card_type: [...CARD_TYPES, 'NI'],
      sender_identity_card_type: CARD_TYPES,
      sender_gender: ['M', 'F'],
    },
    sender: IDENTIFICATION,
  }),
  bank('EUR::Bank', 'iban', 'bic', {
    ...MIDDLE_NAME,
    optional: ['bank_name', 'narration', 'birth_date'],
    narrationMax: 30,
  }),
  bank('GBP::Bank', 'bank_account', 'sort_code', {
    ...MIDDLE_NAME,
    required: ['sort_code'],
    optional: ['bic', 'bank_name', 'narration', 'birth_date'],
    narrationMax: 30,
  }),
  bank('GBP::Bank', 'iban', 'bic', {
    ...MIDDLE_NAME,
    optional: ['bank_name', 'narration', 'birth_date'],
    narrationMax: 30,
  }),
  bank('USD::Bank', 'bank_account', 'routing_number', {
    ...MIDDLE_NAME,
    required: ['country', 'bank_account_type', 'bank_name', 'routing_number', 'swift_code'],
    optional: ['phone_number', 'street', 'transfer_reason', 'birth_date'],
    values: { country: ['US'], bank_account_type: ['10', '20'] },
  }),
  bank('USD::Bank', 'iban', null, {
    ...MIDDLE_NAME,
    required: ['country', 'street', 'transfer_reason'],
    optional: ['phone_number', 'bank_name', 'bank_code', 'swift_code', 'birth_date'],
    values: { country: ['EG'] },
    ...EGYPTIAN_SENDERS,
  }),
];

/** Mobile networks by the country of the phone, as the API writes them. */
export const MOBILE_PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  BJ: ['mtn', 'moov'],
  BF: ['orange', 'moov'],
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

export const CURRENCIES: readonly string[] = [...new Set(PAYOUT_TYPES.map(({ type }) => type.slice(0, 3)))];

const BY_CURRENCY: ReadonlyMap<string, readonly PayoutType[]> = new Map(
  CURRENCIES.map((currency) => [currency, PAYOUT_TYPES.filter(({ type }) => type.startsWith(`${currency}::`))]),
);

/** What tells the payout types of one payment apart. */
export interface TypeChoice {
  readonly currency: string;
  readonly kind: 'mobile' | 'bank';
  /** `details.type`, or undefined. */
  readonly type: string | undefined;
  /** `details.country`, or undefined. */
  readonly country: string | undefined;
  /** The column `bank_account`; '' for a phone. */
  readonly account: string;
}

/**
 * The type that pays it: the one that was named, else `<CCY>::Mobile` or `<CCY>::Bank`, else the only one that the currency has
 * for this kind (`MAD::Cash`, `EGP::Cash`); null where there is none.
 */
export function payoutTypeOf({ currency, kind, type, country, account }: TypeChoice): PayoutType | null {
  const ofKind = (BY_CURRENCY.get(currency) ?? []).filter((known) => known.kind === kind);
  const usual = `${currency}::${kind === 'mobile' ? 'Mobile' : 'Bank'}`;
  const wanted = type ?? (ofKind.some((known) => known.type === usual) ? usual : ofKind[0]?.type);
  const rows = ofKind.filter((known) => known.type === wanted);
  if (rows.length < 2) return rows[0] ?? null;
  if (wanted === 'USD::Bank') return rows.find((row) => row.values['country']?.[0] === country) ?? null;
  // An IBAN begins with its country, a British account number is digits only.
  const isIban = /^[A-Za-z]{2}/.test(account);
  return rows.find((row) => (row.account === 'iban') === isIban) ?? null;
}

/** Names of types that pay this currency to this kind, for messages. */
export function typesOf(currency: string, kind: 'mobile' | 'bank'): readonly string[] {
  const known = (BY_CURRENCY.get(currency) ?? []).filter((row) => row.kind === kind);
  return [...new Set(known.map(({ type }) => type))];
}
