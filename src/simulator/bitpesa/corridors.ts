/** The fields that one payout type needs besides the names. Of several fields with `|` between them, one is enough. */
export interface BitpesaCorridor {
  readonly currency: string;
  readonly method: 'Bank' | 'Mobile' | 'Cash' | 'Balance';
  /** Required by the specification. */
  readonly spec: readonly string[];
  /** Required by the guide, where it differs. */
  readonly guide?: readonly string[];
  /** Required of a business in the place of the fields of a person, by the guide. */
  readonly business?: { readonly without: readonly string[]; readonly needs: readonly string[] };
  /** Fields that may stand there besides, by the specification or the guide. */
  readonly also: readonly string[];
  /** Whether a person may have a middle name, by the guide's sample. */
  readonly hasMiddleName?: true;
  /** Required of a sender who is a person. */
  readonly sender?: readonly string[];
  /** Required of a sender that is a business, where the guide says so. */
  readonly businessSender?: readonly string[];
  /** Countries of the phone of a mobile or cash payout; the first one is the default. */
  readonly countries?: readonly string[];
  readonly narrationMax?: number;
}

const PERSON_KES = ['identification_type', 'identification_number', 'source_of_funds', 'country', 'birth_date'];
const SIMULATED_BITPESA_ADDRESS = ['street', 'city', 'postal_code'];
const CARD = ['identity_card_type', 'identity_card_id'];
const EGYPTIAN_PERSON = ['identification_type', 'identification_number', 'street', 'birth_date'];
const EGYPTIAN_BUSINESS = ['registration_number', 'registration_date', 'street'];

const SIMULATED_BITPESA_LIST: readonly BitpesaCorridor[] = [
  {
    currency: 'NGN',
    method: 'Bank',
    also: ['bank_account_type', 'birth_date'],
    hasMiddleName: true,
    spec: ['bank_code', 'bank_account'],
    guide: ['bank_code', 'bank_account', 'street'],
    sender: ['street'],
  },
  { currency: 'NGN', method: 'Mobile', also: ['birth_date'], spec: ['phone_number'], countries: ['NG'] },
  {
    currency: 'GHS',
    method: 'Bank',
    also: ['birth_date'],
    hasMiddleName: true,
    spec: ['bank_code', 'bank_account'],
    guide: ['bank_code', 'bank_account', 'transfer_reason', 'gender'],
  },
  {
    currency: 'GHS',
    method: 'Mobile',
    also: [],
    spec: ['phone_number'],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason', 'gender'],
    countries: ['GH'],
  },
  {
    currency: 'UGX',
    method: 'Mobile',
    also: ['birth_date'],
    hasMiddleName: true,
    spec: ['phone_number'],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason'],
    countries: ['UG'],
    sender: ['identification_type', 'identification_number', 'nationality', 'phone_number', 'country'],
  },
  {
    currency: 'UGX',
    method: 'Bank',
    also: ['birth_date'],
    hasMiddleName: true,
    spec: ['street', 'city', 'postal_code', 'identity_card_id', 'bank_account', 'branch_code', 'transfer_reason'],
    guide: ['street', 'city', 'identity_card_id', 'bank_account', 'branch_code', 'transfer_reason'],
    business: { without: ['identity_card_id'], needs: ['registration_number'] },
  },
  {
    currency: 'KES',
    method: 'Mobile',
    also: ['city', 'relationship_to_sender', 'birth_date', 'transfer_reason_code'],
    spec: ['phone_number', 'mobile_provider', 'transfer_reason', 'street', ...CARD],
    guide: ['phone_number', 'mobile_provider', 'transfer_reason'],
    countries: ['KE'],
    sender: PERSON_KES,
  },
  {
    currency: 'KES',
    method: 'Bank',
    also: ['city', 'relationship_to_sender', 'birth_date'],
    hasMiddleName: true,
    spec: ['street', 'bank_code', 'bank_account', 'transfer_reason', ...CARD],
    guide: ['street', 'bank_code', 'bank_account'],
    business: { without: CARD, needs: [] },
    sender: PERSON_KES,
  },
  // Removed from BitPesa's list in 2021, as NGN::Mobile; whether they are refused is not documented.
  { currency: 'TZS', method: 'Mobile', also: ['birth_date'], spec: ['phone_number'], countries: ['TZ'] },
  {
    currency: 'XOF',
    method: 'Mobile',
    also: ['country', 'transfer_reason', 'birth_date'],
    spec: ['phone_number', 'mobile_provider'],
    countries: ['SN', 'BJ', 'BF', 'CI', 'TG'],
  },
  {
    currency: 'XOF',
    method: 'Bank',
    also: ['bank_name', 'bank_country', 'bank_code', 'transfer_reason', 'narration', 'birth_date'],
    hasMiddleName: true,
    spec: ['iban'],
    sender: SIMULATED_BITPESA_ADDRESS,
    narrationMax: 15,
  },
  {
    currency: 'XOF',
    method: 'Cash',
    also: ['country', 'birth_date'],
    spec: ['phone_number', 'cash_provider'],
    countries: ['SN', 'CI'],
    sender: ['identification_type', 'identification_number'],
  },
  {
    currency: 'XAF',
    method: 'Mobile',
    also: ['country', 'birth_date'],
    spec: ['phone_number', 'mobile_provider'],
    countries: ['CM', 'GA'],
  },
  {
    currency: 'XAF',
    method: 'Bank',
    also: ['bank_account', 'bank_name', 'bank_country', 'bank_code', 'sort_code', 'transfer_reason', 'birth_date'],
    hasMiddleName: true,
    spec: ['iban'],
  },
  {
    currency: 'GNF',
    method: 'Mobile',
    also: ['birth_date'],
    spec: ['phone_number', 'mobile_provider'],
    countries: ['GN'],
  },
  {
    currency: 'ZAR',
    method: 'Bank',
    also: [
      'street',
      'postal_code',
      'city',
      'email',
      'transfer_reason_code',
      'transfer_reason',
      'narration',
      'contact_first_name',
      'contact_last_name',
      'registration_number',
      'nature_of_business',
      'legal_entity_type',
      'birth_date',
    ],
    spec: ['bank_account', 'phone_number', 'bank_code|branch_code'],
    countries: ['ZA'],
    sender: SIMULATED_BITPESA_ADDRESS,
    narrationMax: 80,
  },
  {
    currency: 'ZMW',
    method: 'Bank',
    also: ['birth_date'],
    hasMiddleName: true,
    spec: ['bank_account', 'branch_code'],
    guide: ['bank_account', 'branch_code', 'transfer_reason'],
  },
  {
    currency: 'BWP',
    method: 'Bank',
    also: ['birth_date'],
    hasMiddleName: true,
    spec: ['bank_account', 'bank_name', 'branch_code'],
  },
  {
    currency: 'EGP',
    method: 'Bank',
    also: ['phone_number', 'birth_date'],
    hasMiddleName: true,
    spec: ['street', 'bank_code', 'bank_account', 'transfer_reason'],
    countries: ['EG'],
    sender: EGYPTIAN_PERSON,
    businessSender: EGYPTIAN_BUSINESS,
  },
  {
    currency: 'EGP',
    method: 'Cash',
    also: ['email', 'reference'],
    spec: ['middle_name', 'phone_number', 'street', 'transfer_reason'],
    countries: ['EG'],
    sender: EGYPTIAN_PERSON,
    businessSender: EGYPTIAN_BUSINESS,
  },
  {
    currency: 'MAD',
    method: 'Cash',
    also: [
      'sender_city_of_birth',
      'sender_country_of_birth',
      'sender_gender',
      'reason',
      'identity_card_type',
      'identity_card_id',
      'reference',
      'birth_date',
    ],
    spec: ['phone_number', 'sender_identity_card_type', 'sender_identity_card_id'],
    guide: ['phone_number'],
    countries: ['MA'],
    sender: ['identification_type', 'identification_number'],
  },
  {
    currency: 'EUR',
    method: 'Bank',
    also: ['bic', 'bank_name', 'narration', 'birth_date'],
    hasMiddleName: true,
    spec: ['iban'],
    narrationMax: 30,
  },
  {
    currency: 'GBP',
    method: 'Bank',
    also: ['sort_code', 'bic', 'bank_name', 'narration', 'birth_date'],
    hasMiddleName: true,
    spec: ['bank_account|iban'],
    narrationMax: 30,
  },
  {
    currency: 'USD',
    method: 'Bank',
    also: [
      'phone_number',
      'bank_code',
      'bank_account',
      'bank_account_type',
      'bank_name',
      'routing_number',
      'swift_code',
      'iban',
      'street',
      'transfer_reason',
      'birth_date',
    ],
    hasMiddleName: true,
    spec: ['country'],
  },
];

export const corridors: ReadonlyMap<string, BitpesaCorridor> = new Map(
  SIMULATED_BITPESA_LIST.map((corridor) => [`${corridor.currency}::${corridor.method}`, corridor]),
);

export function corridorOf(type: string): BitpesaCorridor | null {
  const balance = /^([A-Z]{3})::Balance$/.exec(type)?.[1];
  if (balance !== undefined) return { currency: balance, method: 'Balance', spec: [], also: ['reference'] };
  return corridors.get(type) ?? null;
}
