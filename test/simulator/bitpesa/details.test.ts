import { expect, it } from 'vitest';
import { business, person, startAtFixedTime, transaction, type Wish } from './client.ts';

const names = { first_name: 'Jane', last_name: 'Doe' };
const egypt = { ...names, street: 'x', bank_account: '1234567890', transfer_reason: 'rental' };
const us = { ...names, country: 'US', bank_account: '1234567890', bank_account_type: '20', bank_name: 'US Bank' };
const company = { registration_number: 'C12345', registration_date: '2012-01-25' };

/** What refuses a transaction, by the name of the detail or of the sender's field; null where it was made. */
async function refusalOf(wish: Wish): Promise<unknown> {
  const { call } = await startAtFixedTime();
  const { status, body } = await call('POST', 'transactions', transaction(wish));
  if (status === 201) return null;
  const entries = Object.entries(body.object.errors);
  return entries.map(([field, [first]]) => `${field.replace('recipients.payout_method.', '')} ${first?.error ?? ''}`);
}

it.each<[string, Wish, readonly string[] | null]>([
  ['EGP::Bank', { details: { ...egypt, bank_code: '0030' }, sender: business(company) }, null],
  ['EGP::Bank', { details: { ...egypt, bank_code: '30' }, sender: business(company) }, ['bank_code invalid']],
  [
    'EGP::Bank',
    { details: { ...egypt, bank_code: '0030' }, sender: business() },
    ['sender.registration_number blank', 'sender.registration_date blank'],
  ],
  [
    'EGP::Bank',
    { details: { ...egypt, bank_code: '0030' }, sender: person() },
    ['sender.identification_type blank', 'sender.identification_number blank'],
  ],
  [
    'ZAR::Bank',
    { details: { ...names, bank_code: '51001', bank_account: '12345678', phone_number: '+27821234567' } },
    ['bank_code invalid'],
  ],
  ['USD::Bank', { details: { ...us, routing_number: '091000022', swift_code: 'USBKUS44IMT' } }, null],
  [
    'USD::Bank',
    { details: { ...us, routing_number: '091000023', swift_code: 'USBKUS44IMT' } },
    ['routing_number invalid'],
  ],
  ['EUR::Bank', { details: { ...names, iban: 'DE89370400440532013000', birth_date: '1990-01-31' } }, null],
  ['EUR::Bank', { details: { ...names, iban: 'DE89370400440532013001' } }, ['iban invalid']],
  ['XOF::Bank', { details: { ...names, iban: 'BJ0610100100144390000769', bank_code: 'BJ061' } }, null],
  ['XOF::Bank', { details: { ...names, iban: 'BJ66BJ0610100100144390000769' } }, ['iban invalid']],
  ['NGN::Bank', { details: { ...names, bank_code: '058', bank_account: '123456789' } }, ['bank_account invalid']],
  ['NGN::Bank', { details: { ...names, middle_name: 'W', bank_code: '058', bank_account: '0123456789' } }, null],
  [
    'NGN::Bank',
    { details: { ...names, bank_code: '058', bank_account: '0123456789', city: 'Lagos' } },
    ['city unknown'],
  ],
  [
    'GHS::Mobile',
    { details: { ...names, phone_number: '+233244123456', birth_date: '1990-01-31' } },
    ['birth_date unknown'],
  ],
  [
    'GHS::Mobile',
    { details: { ...names, phone_number: '+233244123456', transfer_reason: 'salary' } },
    ['transfer_reason invalid'],
  ],
])('%s with %j', async (type, wish, wanted) => {
  expect(await refusalOf({ currency: type.slice(0, 3), type, ...wish })).toEqual(wanted);
});
