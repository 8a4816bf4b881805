import { describe, expect, it } from 'vitest';
import type { ReviewedPayment } from '../../../src/domain/rules.ts';
import { bitpesaBanks } from '../../../src/providers/bitpesa/banks.ts';
import { payoutOf } from '../../../src/providers/bitpesa/details.ts';
import { bitpesaRules } from '../../../src/providers/bitpesa/rules.ts';
import { readBitpesaSettings } from '../../../src/providers/bitpesa/settings.ts';
import { transactionBody } from '../../../src/providers/bitpesa/wire.ts';
import { bitpesaContradiction } from '../../../src/providers/bitpesa/comparison.ts';
import { readTransaction } from '../../../src/providers/bitpesa/wire.ts';
import { payment, SENDER, type Json } from './payments.ts';

const bank = (code: string, account: string) => ({ kind: 'bank', code, account }) as const;
const phone = (text: string) => ({ kind: 'mobile', phone: text }) as const;

/** Codes of what refuses the payment and, behind `?`, of what warns of it; recommended details are left out. */
function found(more: Partial<ReviewedPayment>, options: Json = {}): readonly string[] {
  const check = bitpesaRules({
    ...{ account: 'relief', currency: 'NGN', environment: null, maxAmountMinor: null },
    options,
  }).review;
  const review = check?.({ ...payment(), amountMinor: 500_000n, ...more });
  const warnings = review?.warnings.filter(({ code }) => code !== 'detail-recommended') ?? [];
  return [
    ...(review?.faults ?? []).map(({ field, code }) => `${field} ${code}`),
    ...warnings.map(({ field, code }) => `? ${field} ${code}`),
  ];
}

const US = { country: 'US', bank_account_type: '20', bank_name: 'US Bank', swift_code: 'USBKUS44IMT' };
const EGYPT = { country: 'EG', street: 'Nile St 1' };
const SOUTH_AFRICA = { phone_number: '+27821234567' };
const UGANDA = { street: 'Old Taxi Park 1', city: 'Kampala', postal_code: '10102', identity_card_id: '12345678' };
const ZERO_LOST = ['bank_code bank-code-leading-zero'];

describe('a bank code', () => {
  it.each<[string, string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['EGP', '0030', '1234567890', { street: 'Nile St 1' }, []],
    ['EGP', '30', '1234567890', { street: 'Nile St 1' }, ZERO_LOST],
    ['EGP', '3', '1234567890', { street: 'Nile St 1' }, ZERO_LOST],
    ['EGP', '00030', '1234567890', { street: 'Nile St 1' }, ['bank_code bank-code-syntax']],
    ['EGP', '0099', '1234567890', { street: 'Nile St 1' }, ['? bank_code bank-code-unknown']],
    ['ZAR', '051001', '1234567890', SOUTH_AFRICA, []],
    ['ZAR', '51001', '1234567890', SOUTH_AFRICA, ZERO_LOST],
    ['ZAR', '147105', '1234567890', SOUTH_AFRICA, ['? bank_code bank-code-unknown']],
    [
      'ZAR',
      '',
      '1234567890',
      { ...SOUTH_AFRICA, branch_code: '51001' },
      ['details.branch_code bank-code-leading-zero'],
    ],
    ['BWP', '065167', '1234567890', { bank_name: 'Stanbic Bank' }, []],
    ['BWP', '65167', '1234567890', { bank_name: 'Stanbic Bank' }, ZERO_LOST],
    ['UGX', '031085', '1234567890', UGANDA, []],
    ['UGX', '40047', '1234567890', UGANDA, []],
    ['UGX', '31085', '1234567890', UGANDA, ZERO_LOST],
    ['UGX', '1308', '1234567890', UGANDA, ['? bank_code bank-code-unknown']],
    ['UGX', 'STANBIC', '1234567890', UGANDA, ['? bank_code bank-code-unknown']],
    ['ZMW', 'ZM210003', '1234567890', {}, []],
    ['ZMW', '210003', '1234567890', {}, ['? bank_code bank-code-unknown']],
    ['GHS', '040100', '1234567890123', {}, []],
    ['GHS', '40100', '1234567890123', {}, ZERO_LOST],
    ['KES', '1', '0110000777', { street: 'x', identity_card_type: 'ID', identity_card_id: '1' }, ZERO_LOST],
    ['NGN', '58', '0123456789', {}, ZERO_LOST],
    ['NGN', '063', '0123456789', {}, ['bank_code bank-code-replaced']],
    ['NGN', '030', '0123456789', {}, ['? bank_code bank-code-unknown']],
    ['NGN', '999', '0123456789', {}, ['? bank_code bank-code-unknown']],
    ['GBP', '040004', '12345678', {}, []],
    ['GBP', '04-00-04', '12345678', {}, []],
    ['GBP', '40004', '12345678', {}, ZERO_LOST],
    ['GBP', '4-00-04', '12345678', {}, ZERO_LOST],
    ['USD', '091000022', '1234567890', US, []],
    ['USD', '91000022', '1234567890', US, ZERO_LOST],
    ['USD', '091000023', '1234567890', US, ['bank_code routing-number-check-digit']],
    [
      'USD',
      '',
      'EG380019000500000000263180002',
      { ...EGYPT, bank_code: '30' },
      ['details.bank_code bank-code-leading-zero'],
    ],
    ['EUR', 'DEUTDEFF', 'DE89370400440532013000', {}, []],
    ['EUR', '37040044', 'DE89370400440532013000', {}, ['bank_code detail-syntax']],
  ])('of %s: %s to %s', (currency, code, account, details, wanted) => {
    expect(found({ currency, destination: bank(code, account), details })).toEqual(wanted);
  });

  it('of every bank that the guide prints for Nigeria, Ghana, Kenya, Egypt and South Africa is known', () => {
    const counts = bitpesaBanks().map(({ currency }) => currency);
    for (const [currency, count] of Object.entries({ NGN: 47, GHS: 26, KES: 34, EGP: 38, ZAR: 39 })) {
      expect([currency, counts.filter((one) => one === currency).length]).toEqual([currency, count]);
    }
    for (const { code, name, currency } of bitpesaBanks().filter((one) => one.currency === 'NGN')) {
      expect(name.length).toBeGreaterThan(3);
      expect([code, found({ currency, destination: bank(code, '0123456789') })]).toEqual([code, []]);
    }
  });

  it('that is gone names the bank which has succeeded it', () => {
    const check = bitpesaRules({
      ...{ account: 'relief', currency: 'NGN', environment: null, maxAmountMinor: null, options: {} },
    }).review;
    expect(check?.({ ...payment(), destination: bank('063', '0123456789') }).faults[0]?.message).toContain('Write 044');
  });

  it('of a British bank is sent as six digits, however it is grouped', () => {
    const grouped = payment({ currency: 'GBP', destination: bank('04-00-04', '12345678') });
    expect(payoutOf(grouped, readBitpesaSettings({}))?.details).toMatchObject({ sort_code: '040004' });
  });
});

describe('an account number', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['NGN', '058', '123456789', ['bank_account bank-account-leading-zero']],
    ['NGN', '058', '12345678901', ['bank_account detail-syntax']],
    ['GBP', '040004', '1234567', ['bank_account bank-account-leading-zero']],
    ['GBP', '040004', '123456789', ['bank_account detail-syntax']],
    ['GHS', '040100', '12', ['bank_account detail-syntax']],
  ])('of %s: %s %s', (currency, code, account, wanted) => {
    expect(found({ currency, destination: bank(code, account) })).toEqual(wanted);
  });

  it('of Nigeria is compared with its bank only where the option says so', () => {
    const wrong = { destination: bank('058', '0123456789') };
    expect(found(wrong)).toEqual([]);
    expect(found(wrong, { nuban_check: true })).toEqual(['? bank_account bank-account-check-digit']);
    expect(found({ destination: bank('058', '0123456785') }, { nuban_check: true })).toEqual([]);
    expect(found({ destination: bank('B54', '8031234567') }, { nuban_check: true })).toEqual([]);
  });
});

describe('an IBAN', () => {
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['EUR', 'DE89370400440532013000', {}, []],
    ['EUR', 'DE89370400440532013001', {}, ['bank_account iban-check-digits']],
    ['EUR', 'DE89370400440532031000', {}, ['bank_account iban-check-digits']],
    ['EUR', 'DE8937040044053201300', {}, ['bank_account iban-length']],
    ['GBP', 'GB29NWBK60161331926819', {}, []],
    ['GBP', 'GB29NWBK60161331926891', {}, ['bank_account iban-check-digits']],
    ['USD', 'EG380019000500000000263180002', EGYPT, []],
    ['USD', 'EG380019000500000000263180003', EGYPT, ['bank_account iban-check-digits']],
    ['USD', 'DE89370400440532013000', EGYPT, ['bank_account iban-country']],
    ['XAF', 'CM2110033052090901100045910', {}, []],
    ['XAF', 'GA2140021010032001890020126', {}, []],
    ['XAF', 'CM2110033052090901100045901', {}, ['bank_account iban-check-digits']],
    ['XAF', 'SN08SN0100152000048500003035', {}, ['bank_account iban-country']],
    ['XAF', '10033052090901100045910', {}, ['bank_account detail-syntax']],
    ['XOF', 'BJ0610100100144390000769', {}, []],
    ['XOF', 'BJ66BJ0610100100144390000769', {}, ['? bank_account iban-shortened']],
    ['XOF', 'SN08SN0100152000048500003035', {}, ['? bank_account iban-shortened']],
    ['XOF', 'CI93CI0080111301134291200589', {}, ['? bank_account iban-shortened']],
    ['XOF', 'BJ66BJ0610100100144390000768', {}, ['bank_account iban-check-digits']],
    ['XOF', 'BJ061010010014439000076', {}, ['bank_account detail-syntax']],
    ['XOF', 'BJ66BJ061010010014439000076', {}, ['bank_account detail-syntax']],
    ['XOF', 'DE89370400440532013000', {}, ['bank_account detail-syntax']],
  ])('of %s: %s', (currency, account, details, wanted) => {
    expect(found({ currency, destination: bank('', account), details })).toEqual(wanted);
  });

  it('of West Africa is sent as the BBAN, and is the same account when the transaction is read back', () => {
    const settings = readBitpesaSettings({});
    const one = payment({ currency: 'XOF', destination: bank('', 'BJ66BJ0610100100144390000769'), amountMinor: 5000n });
    const { transaction } = JSON.parse(transactionBody(one, 'sender-1', 'XOF', settings)) as { transaction: Json };
    expect(JSON.stringify(transaction)).toContain('"iban":"BJ0610100100144390000769"');
    const readBack = readTransaction({ ...transaction, state: 'approved', recipients: [recipientOf(transaction)] });
    if (readBack === null) throw new Error('no transaction');
    expect(bitpesaContradiction(readBack, one, settings, true)).toBeNull();
    // As a version that sent the IBAN has left it at BitPesa.
    const older = {
      ...recipientOf(transaction),
      payout_method: { type: 'XOF::Bank', details: { iban: 'BJ66BJ0610100100144390000769' } },
    };
    const earlier = readTransaction({ ...transaction, state: 'approved', recipients: [older] });
    if (earlier === null) throw new Error('no transaction');
    expect(bitpesaContradiction(earlier, one, settings, true)).toBeNull();
  });
});

function recipientOf(transaction: Json): Json {
  const [recipient] = transaction['recipients'] as readonly [Json];
  return { ...recipient, state: 'initial' };
}

describe('what a business and a person are asked for', () => {
  const uganda = { street: 'Old Taxi Park 1', city: 'Kampala', postal_code: '10102' };
  it.each<[string, Partial<ReviewedPayment>, readonly string[]]>([
    [
      'a Ugandan business its registration',
      { details: { ...uganda, recipient_type: 'business' } },
      ['details.registration_number detail-missing'],
    ],
    [
      'a Ugandan business',
      { details: { ...uganda, recipient_type: 'business', registration_number: '3081900101123411' } },
      [],
    ],
    ['a Ugandan person a card', { details: uganda }, ['details.identity_card_id detail-missing']],
    ['a Ugandan person', { details: { ...uganda, identity_card_id: '3081900101123411' } }, []],
    [
      'a Ugandan person no registration',
      { details: { ...uganda, identity_card_id: '308190', registration_number: '3081900101123411' } },
      ['details.registration_number detail-unknown'],
    ],
    [
      'a business no middle name',
      { details: { ...uganda, recipient_type: 'business', registration_number: '3081', middle_name: 'W' } },
      ['details.middle_name detail-unknown'],
    ],
  ])('%s', (_what, more, wanted) => {
    const row = { currency: 'UGX', name: 'Jane Doe', destination: bank('130547', '1234567890'), ...more };
    expect(found(row)).toEqual(wanted);
  });

  it('is no card of a Kenyan business', () => {
    const row = { currency: 'KES', name: 'Acme Ltd', destination: bank('68', '0110000777') };
    expect(found({ ...row, details: { street: 'Moi Avenue 1', recipient_type: 'business' } })).toEqual([]);
  });

  it("is a company's registration where a company sends to Egypt, and a passport where a person does", () => {
    const cash = {
      currency: 'EGP',
      destination: phone('+201023456789'),
      details: { middle_name: 'W', street: 'Nile St 1' },
    };
    const account = { currency: 'EGP', destination: bank('0030', '1234567890'), details: { street: 'Nile St 1' } };
    const dollars = { currency: 'USD', destination: bank('', 'EG380019000500000000263180002'), details: EGYPT };
    const registered = { ...SENDER, registration_number: 'C12345', registration_date: '2012-01-25' };
    const person = { type: 'person', first_name: 'Jo', last_name: 'Roe', country: 'KE', street: 'x', email: 'j@x.ke' };
    const identified = {
      ...person,
      identification_type: 'PP',
      identification_number: 'AB123456',
      birth_date: '1990-01-01',
    };
    for (const row of [cash, account, dollars]) {
      expect(found(row, { sender: registered })).toEqual([]);
      expect(found(row, { sender: SENDER })).toEqual(Array(2).fill('currency sender-incomplete'));
      expect(found(row, { sender: identified })).toEqual([]);
      expect(found(row, { sender: person })).toEqual(Array(3).fill('currency sender-incomplete'));
    }
    expect(
      found({ ...account, name: 'Acme', details: { street: 'x', recipient_type: 'business' } }, { sender: registered }),
    ).toEqual(['? details.recipient_type sender-business']);
  });
});

describe('a value from a closed list', () => {
  const kenyan = { street: 'Moi Avenue 1', identity_card_type: 'ID', identity_card_id: '12345678' };
  const kes = { currency: 'KES', destination: bank('68', '0110000777') };
  const zar = { currency: 'ZAR', destination: bank('632005', '1234567890') };
  it.each<[string, Partial<ReviewedPayment>, readonly string[]]>([
    ['a card', { ...kes, details: { ...kenyan, identity_card_type: 'PP' } }, []],
    [
      'another card',
      { ...kes, details: { ...kenyan, identity_card_type: 'passport' } },
      ['details.identity_card_type detail-value'],
    ],
    [
      'a card in small letters',
      { ...kes, details: { ...kenyan, identity_card_type: 'id' } },
      ['details.identity_card_type detail-value'],
    ],
    [
      'no reason of the list',
      { ...kes, details: { ...kenyan, transfer_reason: 'salary' } },
      ['details.transfer_reason detail-value'],
    ],
    [
      'no key at all',
      { ...kes, details: { ...kenyan, transfer_reason: 'Salary of May' } },
      ['details.transfer_reason detail-syntax'],
    ],
    [
      'the longest reason',
      {
        ...kes,
        details: {
          ...kenyan,
          transfer_reason: 'non_customised_software_for_downloading_electronically_made_periodic_licence_sale',
        },
      },
      [],
    ],
    ['a reason of South Africa', { ...zar, details: { ...SOUTH_AFRICA, transfer_reason: 'family_support' } }, []],
    [
      'a business',
      { ...zar, details: { ...SOUTH_AFRICA, nature_of_business: 'retail_trade', legal_entity_type: 'go' } },
      [],
    ],
    [
      'no such business',
      { ...zar, details: { ...SOUTH_AFRICA, nature_of_business: 'shop' } },
      ['details.nature_of_business detail-value'],
    ],
    [
      'no such company',
      { ...zar, details: { ...SOUTH_AFRICA, legal_entity_type: 'ltd' } },
      ['details.legal_entity_type detail-value'],
    ],
    ['a day', { ...kes, details: { ...kenyan, birth_date: '1990-02-29' } }, ['details.birth_date detail-syntax']],
    [
      'a day otherwise',
      { ...kes, details: { ...kenyan, birth_date: '31/01/1990' } },
      ['details.birth_date detail-syntax'],
    ],
    [
      'a phone that lacks a digit',
      { ...zar, details: { phone_number: '+2782123456' } },
      ['details.phone_number detail-syntax'],
    ],
    ['a phone without its plus', { ...zar, details: { phone_number: '27821234567' } }, []],
    ['a phone of no country', { ...zar, details: { phone_number: '0821234567' } }, []],
    ['a landline of South Africa', { ...zar, details: { phone_number: '+27119785313' } }, []],
    [
      'a phone of another country',
      {
        currency: 'EGP',
        destination: bank('0030', '1234567890'),
        details: { street: 'x', phone_number: '+27821234567' },
      },
      ['details.phone_number detail-syntax'],
    ],
    [
      'an Egyptian mobile that lacks a digit',
      {
        currency: 'EGP',
        destination: bank('0030', '1234567890'),
        details: { street: 'x', phone_number: '+20102345678' },
      },
      ['details.phone_number detail-syntax'],
    ],
  ])('%s', (_what, more, wanted) => {
    expect(found(more)).toEqual(wanted);
  });

  it('that the configuration gives is told once, with its setting', () => {
    const check = bitpesaRules({
      ...{ account: 'relief', currency: 'KES', environment: null, maxAmountMinor: null },
      options: { transfer_reason: 'salary' },
    }).review;
    const faults = check?.({ ...payment(), amountMinor: 500_000n, ...kes, details: kenyan }).faults;
    expect(faults).toMatchObject([{ code: 'detail-value', setting: 'accounts.relief.options.transfer_reason' }]);
    expect(faults?.[0]?.message).toContain('salary_resident_out_country');
  });

  it('is sent with the phone as the API writes it', () => {
    const settings = readBitpesaSettings({});
    for (const written of ['+27821234567', '27821234567', '0821234567', '+27 82 123 4567']) {
      const row = payment({ ...zar, details: { phone_number: written } });
      expect(payoutOf(row, settings)?.details['phone_number']).toBe('+27821234567');
      const national = readBitpesaSettings({ phone_format: 'national' });
      expect(payoutOf(row, national)?.details['phone_number']).toBe('821234567');
    }
  });
});

describe('a middle name', () => {
  const details = (name: string, middle: string) =>
    payoutOf(payment({ name, details: { middle_name: middle } }), readBitpesaSettings({}))?.details;
  it.each([
    ['Jane Doe', 'Wambui', 'Jane'],
    ['Jane Wambui Doe', 'Wambui', 'Jane'],
    ['Jane wambui Doe', 'Wambui', 'Jane'],
    ['Wambui Doe', 'Wambui', 'Wambui'],
    ['Mary Jane Doe', 'Ann', 'Mary Jane'],
  ])('of %s, %s, is sent once', (name, middle, first) => {
    expect(details(name, middle)).toMatchObject({ first_name: first, middle_name: middle, last_name: 'Doe' });
  });
});
