import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/domain/destination.ts';
import { PAYOUT_TYPES } from '../../../src/providers/bitpesa/payout-types.ts';
import { NATURES_OF_BUSINESS, TRANSFER_REASONS } from '../../../src/providers/bitpesa/closed-lists.ts';
import { bitpesaRules } from '../../../src/providers/bitpesa/rules.ts';
import { readBitpesaSettings } from '../../../src/providers/bitpesa/settings.ts';
import { transactionBody } from '../../../src/providers/bitpesa/wire.ts';
import { naturesOfBusiness, transferReasons } from '../../../src/simulator/bitpesa/keys.ts';
import { startAtFixedTime, type Client } from '../../simulator/bitpesa/client.ts';
import { payment, REFERENCE, type Json } from './payments.ts';

/** A right value of every detail that BitPesa documents anywhere. */
const VALUES: Readonly<Record<string, string>> = {
  bank_account_type: '20',
  bank_country: 'SN',
  bank_name: 'A Bank',
  birth_date: '1990-01-31',
  cash_provider: 'wizall',
  city: 'Kampala',
  contact_first_name: 'Jane',
  contact_last_name: 'Doe',
  email: 'jane@example.org',
  gender: 'F',
  identity_card_id: '12345678',
  identity_card_type: 'ID',
  legal_entity_type: 'partnership',
  middle_name: 'Wambui',
  mobile_provider: 'mtn',
  narration: 'Wages',
  nature_of_business: 'retail_trade',
  postal_code: '10102',
  reason: 'Remittance',
  reference: 'R12345',
  registration_number: '3081900101123411',
  relationship_to_sender: 'Aunt',
  sender_city_of_birth: 'Nairobi',
  sender_country_of_birth: 'KE',
  sender_gender: 'M',
  sender_identity_card_id: 'AB123456',
  sender_identity_card_type: 'PP',
  street: 'Main Street 1',
  swift_code: 'USBKUS44IMT',
  transfer_reason: 'non_customised_software_for_downloading_electronically_made_periodic_licence_sale',
  transfer_reason_code: '101',
};

const bank = (code: string, account: string): Destination => ({ kind: 'bank', code, account });
const mobile = (phone: string): Destination => ({ kind: 'mobile', phone });

/** Where each payout type is paid, and the details that depend on it. */
const PLACES: readonly (readonly [type: string, destination: Destination, own?: Readonly<Record<string, string>>])[] = [
  ['NGN::Bank', bank('058', '0123456789')],
  ['NGN::Mobile', mobile('+2348031234567')],
  ['GHS::Bank', bank('040100', '1234567890123')],
  ['GHS::Mobile', mobile('+233244123456')],
  ['UGX::Mobile', mobile('+256772123456')],
  ['UGX::Bank', bank('130547', '1234567890')],
  ['KES::Mobile', mobile('+254712345678'), { mobile_provider: 'mpesa' }],
  ['KES::Bank', bank('68', '0110000777')],
  ['TZS::Mobile', mobile('+255754123456')],
  ['XOF::Mobile', mobile('+2250712345678'), { country: 'CI' }],
  ['XOF::Bank', bank('', 'BJ0610100100144390000769'), { bank_code: 'BJ061' }],
  ['XOF::Cash', mobile('+221771234567'), { country: 'SN' }],
  ['XAF::Mobile', mobile('+237677123456'), { country: 'CM' }],
  [
    'XAF::Bank',
    bank('', 'CM2110033052090901100045910'),
    { bank_code: '10033', bank_account: '09011000459', sort_code: '100330' },
  ],
  ['GNF::Mobile', mobile('+224621123456')],
  ['ZAR::Bank', bank('051001', '1234567890'), { phone_number: '+27821234567', branch_code: '051001' }],
  ['ZMW::Bank', bank('ZM210003', '1234567890')],
  ['BWP::Bank', bank('065167', '1234567890')],
  ['EGP::Bank', bank('0030', '1234567890'), { phone_number: '+201023456789' }],
  ['EGP::Cash', mobile('+201023456789')],
  ['MAD::Cash', mobile('+212612345678')],
  ['EUR::Bank', bank('DEUTDEFF', 'DE89370400440532013000')],
  ['GBP::Bank', bank('040004', '12345678'), { bic: 'LOYDGB2L' }],
  ['GBP::Bank', bank('LOYDGB2L', 'GB29NWBK60161331926819')],
  ['USD::Bank', bank('091000022', '1234567890'), { country: 'US', phone_number: '+12025550123' }],
  [
    'USD::Bank',
    bank('', 'EG380019000500000000263180002'),
    { country: 'EG', phone_number: '+201023456789', bank_code: '0030' },
  ],
];

const rules = bitpesaRules({
  ...{ account: 'relief', currency: 'NGN', environment: null, maxAmountMinor: null },
  options: {},
});

/** Every detail of the type for this kind of recipient, the column's own left to the column. */
function everyDetail(index: number, recipient: 'person' | 'business'): Readonly<Record<string, string>> {
  const [type, , own = {}] = PLACES[index] ?? fail();
  const row = PAYOUT_TYPES.filter((known) => known.type === type)[type === PLACES[index - 1]?.[0] ? 1 : 0] ?? fail();
  const taken = [...row[recipient].all].filter((field) => field !== row.account && field !== row.code);
  const details = Object.fromEntries(taken.map((field) => [field, own[field] ?? VALUES[field] ?? fail(field)]));
  return { ...details, type, recipient_type: recipient };
}

function fail(what = 'a row'): never {
  throw new Error(`the table has no ${what}`);
}

let serial = 0;

async function create(client: Client, index: number, recipient: 'person' | 'business'): Promise<readonly [Json, Json]> {
  const [type, destination] = PLACES[index] ?? fail();
  const details = everyDetail(index, recipient);
  const currency = type.slice(0, 3);
  serial += 1;
  const reference = `${REFERENCE.slice(0, 12)}${String(serial).padStart(8, '0')}`;
  const one = payment({ reference, currency, destination, details, amountMinor: 500_000n, name: 'Jane Doe' });
  expect(rules.review?.(one).faults).toEqual([]);
  const sender = (await client.call('GET', 'senders')).body.object as unknown as readonly { id: string }[];
  const body = transactionBody(one, sender[0]?.id ?? '', 'USD', readBitpesaSettings({}));
  const reply = await client.call('POST', 'transactions', body);
  expect([type, reply.status, reply.body.object.errors]).toEqual([type, 201, undefined]);
  const sent = JSON.parse(body) as { transaction: { recipients: [{ payout_method: { details: Json } }] } };
  return [details, sent.transaction.recipients[0].payout_method.details];
}

async function withSender(): Promise<Client> {
  const client = await startAtFixedTime({ balance: '1000000000.00' });
  const { fields, externalId } = readBitpesaSettings({}).sender;
  const sender = { ...fields, external_id: externalId, documents: [], metadata: {} };
  expect((await client.call('POST', 'senders', { sender })).status).toBe(201);
  return client;
}

describe('every documented detail', () => {
  it('is in the tables above', () => {
    expect(new Set(PLACES.map(([type]) => type))).toEqual(new Set(PAYOUT_TYPES.map(({ type }) => type)));
  });

  it.each(['person', 'business'] as const)('of a %s is sent, under its name, and taken', async (recipient) => {
    const client = await withSender();
    for (const index of PLACES.keys()) {
      const [given, sent] = await create(client, index, recipient);
      const { type, recipient_type, ...wanted } = given as Record<string, string>;
      expect(sent).toMatchObject(wanted);
      expect([type, recipient_type, sent['type']]).toEqual([type, recipient, undefined]);
      expect(Object.keys(sent)).toEqual(expect.arrayContaining(recipient === 'person' ? ['first_name'] : ['name']));
    }
  });

  it('has the same keys in the adapter and in the simulator', () => {
    expect([...TRANSFER_REASONS].sort()).toEqual([...transferReasons].sort());
    expect([...NATURES_OF_BUSINESS].sort()).toEqual([...naturesOfBusiness].sort());
    expect(TRANSFER_REASONS.size).toBe(123);
  });

  it('that is documented as optional may be left out', async () => {
    const client = await withSender();
    for (const [index, [type, destination, own = {}]] of PLACES.entries()) {
      const row =
        PAYOUT_TYPES.filter((known) => known.type === type)[type === PLACES[index - 1]?.[0] ? 1 : 0] ?? fail();
      const { required, spec } = row.person;
      const needed = [...required, ...spec].filter((field) => field !== row.account && field !== row.code);
      const details = Object.fromEntries(needed.map((field) => [field, own[field] ?? VALUES[field] ?? fail(field)]));
      const one = payment({
        ...{ currency: type.slice(0, 3), destination, details: { ...details, type }, amountMinor: 500_000n },
        reference: `${REFERENCE.slice(0, 14)}${String(100_000 + index)}`,
      });
      expect([type, rules.review?.(one).faults]).toEqual([type, []]);
      const sender = (await client.call('GET', 'senders')).body.object as unknown as readonly { id: string }[];
      const body = transactionBody(one, sender[0]?.id ?? '', 'USD', readBitpesaSettings({}));
      const reply = await client.call('POST', 'transactions', body);
      expect([type, reply.status, reply.body.object.errors]).toEqual([type, 201, undefined]);
    }
  });
});
