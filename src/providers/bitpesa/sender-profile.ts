import { hash } from 'node:crypto';
import { isObject } from '../kit/json.ts';
import { textsOf, type JsonSchema, type OptionKind } from '../kit/option-kinds.ts';

/** Who pays, as the configuration names it: one sender for all payments of the account. */
export interface SenderProfile {
  /** Our id of the sender at BitPesa. */
  readonly externalId: string;
  /** `type` and every configured field, in the names of the API. */
  readonly fields: Readonly<Record<string, string>>;
  /** `documents` and `metadata`, sent as they are given when the sender is made. */
  readonly documents: readonly unknown[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The fields of a sender (docs/providers/bitpesa.md, section 4), in the names of the API. */
export const SENDER: OptionKind<SenderProfile> = {
  type: 'mapping',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      type: {
        description: 'Whether the sender is a person or a business.',
        enum: ['person', 'business'],
        default: 'person',
      },
      external_id: {
        ...form('^[A-Za-z0-9._-]{1,64}$', 'Use 1 to 64 letters, digits, points, hyphens or underscores.'),
        description:
          'Your own id of the sender at BitPesa. Left out, it is made from type and name, so that the same sender is never created twice.',
      },
      first_name: some('Of a person.'),
      middle_name: some('Of a person.'),
      last_name: some('Of a person.'),
      name: some('Of a business.'),
      country: country('Country of residence, or of incorporation; ISO 3166, two capital letters.'),
      trading_country: country('Where a business trades; ISO 3166, two capital letters.'),
      city: some('Address.'),
      street: some('Address.'),
      postal_code: some('Address.'),
      phone_number: {
        ...form('^\\+[0-9]{7,15}$', 'Write the phone with its country and without blanks, such as +15555550123.'),
        description: 'With its country, as +15555550123.',
      },
      phone_country: country('Country of the phone; only where phone_format is national and the phone does not tell.'),
      email: {
        ...form('^[^\\s@]+@[^\\s@]+$', 'Write an e-mail address, such as ops@acme.example.'),
        description: 'E-mail address.',
      },
      birth_date: date('Of a person.'),
      ip: {
        ...form('^[0-9]{1,3}(\\.[0-9]{1,3}){3}$', 'Write four numbers with points, such as 127.0.0.1.'),
        description: 'IPv4 address that BitPesa is told.',
        default: '127.0.0.1',
      },
      identification_type: {
        description: 'Document: DL driving licence, PP passport, ID identity card, OT other.',
        enum: ['DL', 'PP', 'ID', 'OT'],
      },
      identification_number: {
        ...form('^.{4,64}$', 'Write at least 4 characters.'),
        description: 'Number of the document.',
      },
      nationality: country('ISO 3166, two capital letters.'),
      source_of_funds: some('Where the money comes from; Kenyan payouts ask for it.'),
      gender: { description: 'M or F.', enum: ['M', 'F'] },
      occupation: some('Of a person.'),
      legal_entity_type: some('Of a business.'),
      registration_number: some('Of a business.'),
      registration_date: date('Of a business.'),
      nature_of_business: some('Of a business.'),
      documents: {
        description:
          'Documents of the sender as BitPesa takes them, sent as they are when the sender is made. Left out: none, which is for accounts that are excused from them.',
        type: 'array',
        items: { type: 'object' },
      },
      metadata: {
        description:
          'Anything of your own that BitPesa is to keep with the sender, sent as it is when the sender is made.',
        type: 'object',
      },
    },
    required: ['country', 'email'],
    ...byType({ required: ['name', 'trading_country'] }, { required: ['first_name', 'last_name'] }),
  },
  read: senderOf,
};

/** What a sender must have besides where BitPesa has not enabled the relaxed rules. */
export const FULL_SENDER: JsonSchema = {
  description: 'Address and, of a person, phone and birth date too, unless relaxed_sender is true.',
  required: ['city', 'street', 'postal_code'],
  ...byType(true, { required: ['phone_number', 'birth_date'] }),
};

/**
 * The sender of an account in front of the simulator that configures none; the schema asks all other accounts for theirs. Has
 * every field that a payout type can demand.
 */
export const SIMULATED_SENDER: SenderProfile = senderOf({
  type: 'business',
  name: 'Rehearsal of payrun',
  country: 'GB',
  trading_country: 'GB',
  city: 'Leeds',
  street: '4 Canal Row',
  postal_code: 'LS1 4AA',
  email: 'rehearsal@payrun.example',
  phone_number: '+441130000000',
  nationality: 'GB',
  birth_date: '1990-01-01',
  identification_type: 'PP',
  identification_number: 'REHEARSAL',
  source_of_funds: 'business_income',
  registration_number: 'SIMULATION',
  registration_date: '2012-01-25',
});

function senderOf(option: unknown): SenderProfile {
  const { external_id, ...given } = textsOf(option);
  const fields = { type: 'person', ip: '127.0.0.1', ...given };
  const { documents, metadata } = isObject(option) ? option : {};
  return {
    externalId: external_id ?? defaultExternalId(fields),
    fields,
    documents: Array.isArray(documents) ? documents : [],
    metadata: isObject(metadata) ? metadata : {},
  };
}

/**
 * The same for the same person or business, whatever account or address it has, so that BitPesa never gets a second sender for
 * it; every other field can change and is then patched.
 */
function defaultExternalId(fields: Readonly<Record<string, string>>): string {
  const who = ['type', 'name', 'first_name', 'middle_name', 'last_name'].map((name) => fields[name] ?? '');
  return `payrun-${hash('sha256', JSON.stringify(who).toLowerCase(), 'hex').slice(0, 20)}`;
}

function some(description: string): JsonSchema {
  return { description, type: 'string', minLength: 1 };
}

function country(description: string): JsonSchema {
  return { ...form('^[A-Z]{2}$', 'Write two capital letters, such as GB or KE.'), description };
}

function date(description: string): JsonSchema {
  return { ...form('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', 'Write YYYY-MM-DD.'), description };
}

function form(pattern: string, patternErrorMessage: string): JsonSchema {
  return { type: 'string', pattern, patternErrorMessage };
}

function byType(business: JsonSchema | true, person: JsonSchema): JsonSchema {
  return { if: { properties: { type: { const: 'business' } }, required: ['type'] }, then: business, else: person };
}
