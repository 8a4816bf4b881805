/**
 * What BitPesa asks for, by payout type (docs/providers/bitpesa.md, section 10). `first_name` and `last_name`, or `name` of a business, come on
 * top everywhere. Where the specification ("spec") and the guide of 2025 ask for different things, both lists are kept apart.
 */
export interface PayoutType {
  /** As the API writes it: `NGN::Bank`. */
  readonly type: string;
  readonly kind: 'mobile' | 'bank';
  /** The detail that carries the phone, or the column `bank_account`. */
  readonly account: 'phone_number' | 'bank_account' | 'iban';
  /** The detail that carries the column `bank_code`; null where banks have no code. */
  readonly code: string | null;
  /** By both lists. */
  readonly required: readonly string[];
  readonly spec: readonly string[];
  readonly guide: readonly string[];
  readonly optional: readonly string[];
  /** Of each list one is enough. */
  readonly eitherOf: readonly (readonly string[])[];
  /** Fields that the configured sender must have. */
  readonly sender: readonly string[];
  readonly senderValues: Readonly<Record<string, readonly string[]>>;
  /** Fields that have few values; of a single one it is filled in. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Where phones may be of. */
  readonly countries: readonly string[];
  /** Longest narration, which carries the narrative; null where the type has none. */
  readonly narrationMax: number | null;
}

type Lists = Partial<Omit<PayoutType, 'type' | 'kind' | 'account' | 'code'>>;

const BITPESA_NONE: Required<Lists> = {
  ...{ required: [], spec: [], guide: [], optional: [], eitherOf: [], sender: [], senderValues: {}, values: {} },
  ...{ countries: [], narrationMax: null },
};

function mobile(type: string, countries: readonly string[], lists: Lists = {}): PayoutType {
  const required = ['phone_number', ...(lists.required ?? [])];
  return { ...BITPESA_NONE, ...lists, type, kind: 'mobile', account: 'phone_number', code: null, required, countries };
}

function bank(type: string, account: 'bank_account' | 'iban', code: string | null, lists: Lists = {}): PayoutType {
  return {
    ...BITPESA_NONE,
    ...lists,
    type,
    kind: 'bank',
    account,
    code,
    required: [account, ...(lists.required ?? [])],
  };
}

const IDENTIFICATION = ['identification_type', 'identification_number'];
const ADDRESS = ['street', 'city', 'postal_code'];
const KENYAN_SENDER = [...IDENTIFICATION, 'source_of_funds', 'country', 'birth_date'];
const GENDER = { gender: ['M', 'F'] };

/** In the order of docs/providers/bitpesa.md, section 10. {@link payoutTypeOf} chooses among the rows of one type. */
export const PAYOUT_TYPES: readonly PayoutType[] = [
  bank('NGN::Bank', 'bank_account', 'bank_code', {
    required: ['bank_code'],
    guide: ['street'],
    optional: ['bank_account_type'],
    values: { bank_account_type: ['10', '20'] },
    sender: ['street'],
  }),
  mobile('NGN::Mobile', ['NG']),
  bank('GHS::Bank', 'bank_account', 'bank_code', {
    required: ['bank_code'],
    guide: ['transfer_reason', 'gender'],
    values: GENDER,
  }),
  mobile('GHS::Mobile', ['GH'], { guide: ['mobile_provider', 'transfer_reason', 'gender'], values: GENDER }),
  mobile('UGX::Mobile', ['UG'], {
    guide: ['mobile_provider', 'transfer_reason'],
    sender: [...IDENTIFICATION, 'nationality', 'phone_number', 'country'],
  }),
  bank('UGX::Bank', 'bank_account', 'branch_code', {
    required: ['branch_code', 'street', 'city', 'identity_card_id', 'transfer_reason'],
    spec: ['postal_code'],
  }),
  mobile('KES::Mobile', ['KE'], {
    required: ['mobile_provider', 'transfer_reason'],
    spec: ['street', 'identity_card_type', 'identity_card_id'],
    optional: ['city', 'relationship_to_sender'],
    sender: KENYAN_SENDER,
  }),
  bank('KES::Bank', 'bank_account', 'bank_code', {
    required: ['bank_code', 'street'],
    spec: ['transfer_reason', 'identity_card_type', 'identity_card_id'],
    optional: ['city', 'relationship_to_sender'],
    sender: KENYAN_SENDER,
  }),
  mobile('TZS::Mobile', ['TZ']),
  mobile('XOF::Mobile', ['BJ', 'BF', 'CI', 'SN', 'TG'], {
    required: ['mobile_provider'],
    optional: ['country', 'transfer_reason'],
  }),
  bank('XOF::Bank', 'iban', null, {
    optional: ['transfer_reason', 'narration'],
    sender: ADDRESS,
    narrationMax: 15,
  }),
  mobile('XOF::Cash', ['SN', 'CI'], {
    required: ['cash_provider'],
    optional: ['country'],
    values: { cash_provider: ['wizall'] },
    sender: IDENTIFICATION,
    senderValues: { identification_type: ['PP', 'ID'] },
  }),
  mobile('XAF::Mobile', ['CM', 'GA'], { required: ['mobile_provider'], optional: ['country'] }),
  bank('XAF::Bank', 'iban', null, { optional: ['transfer_reason'] }),
  mobile('GNF::Mobile', ['GN'], { required: ['mobile_provider'] }),
  bank('ZAR::Bank', 'bank_account', 'bank_code', {
    required: ['phone_number'],
    eitherOf: [['bank_code', 'branch_code']],
    optional: ['bank_code', 'branch_code', 'email', 'narration', 'transfer_reason'],
    sender: ADDRESS,
    narrationMax: 80,
  }),
  bank('ZMW::Bank', 'bank_account', 'branch_code', { required: ['branch_code'], guide: ['transfer_reason'] }),
  bank('BWP::Bank', 'bank_account', 'branch_code', { required: ['branch_code', 'bank_name'] }),
  bank('EGP::Bank', 'bank_account', 'bank_code', {
    required: ['bank_code', 'street', 'transfer_reason'],
    optional: ['middle_name', 'phone_number'],
  }),
  mobile('EGP::Cash', ['EG'], {
    required: ['middle_name', 'street', 'transfer_reason'],
    optional: ['email'],
    sender: [...IDENTIFICATION, 'street', 'birth_date'],
  }),
  mobile('MAD::Cash', ['MA'], {
    spec: ['sender_identity_card_type', 'sender_identity_card_id'],
    optional: ['reason', 'identity_card_type', 'identity_card_id', 'reference'],
    sender: IDENTIFICATION,
  }),
  bank('EUR::Bank', 'iban', 'bic', { optional: ['bic', 'bank_name', 'narration'], narrationMax: 30 }),
  bank('GBP::Bank', 'bank_account', 'sort_code', {
    required: ['sort_code'],
    optional: ['bic', 'bank_name', 'narration'],
    narrationMax: 30,
  }),
  bank('GBP::Bank', 'iban', 'bic', { optional: ['bic', 'bank_name', 'narration'], narrationMax: 30 }),
  bank('USD::Bank', 'bank_account', 'routing_number', {
    required: ['country', 'bank_account_type', 'bank_name', 'routing_number', 'swift_code'],
    values: { country: ['US'] },
  }),
  bank('USD::Bank', 'iban', null, {
    required: ['country', 'street', 'transfer_reason'],
    values: { country: ['EG'] },
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

/** Everything beside the names that `details` of this type may have. */
export function bitpesaFieldsOf(type: PayoutType): readonly string[] {
  return [...type.required, ...type.spec, ...type.guide, ...type.optional];
}
