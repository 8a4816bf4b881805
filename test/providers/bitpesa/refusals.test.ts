import { describe, expect, it } from 'vitest';
import type { PaymentReview, ReviewedPayment } from '../../../src/domain/rules.ts';
import { bitpesaRules } from '../../../src/providers/bitpesa/rules.ts';
import { MOBILE, payment, SENDER, type Json } from './payments.ts';

const COMPLETE = {
  ...SENDER,
  identification_type: 'PP',
  identification_number: 'AB123456',
  source_of_funds: 'business_income',
  birth_date: '1990-01-01',
  nationality: 'GB',
};

function rules(options: Json) {
  return bitpesaRules({
    ...{ account: 'relief', currency: 'NGN', environment: null, maxAmountMinor: null },
    options: { sender: COMPLETE, ...options },
  });
}

function review(more: Partial<ReviewedPayment>, options: Json = {}): PaymentReview {
  const check = rules(options).review;
  if (check === undefined) throw new Error('there is no review');
  return check({ ...payment(), ...more });
}

const faults = (more: Partial<ReviewedPayment>, options: Json = {}) =>
  review(more, options).faults.map(({ field, code }) => [field, code]);

const bank = (code: string, account: string) => ({ kind: 'bank', code, account }) as const;
const phone = (text: string) => ({ kind: 'mobile', phone: text }) as const;

const KENYAN = { street: 'Moi Avenue 1', identity_card_type: 'ID', identity_card_id: '12345678' };

describe('a whole payment', () => {
  it.each<[string, Partial<ReviewedPayment>]>([
    ['to a Nigerian bank', {}],
    ['to a Nigerian phone', { destination: phone('+2348031234567') }],
    ['to a Ghanaian bank', { currency: 'GHS', destination: bank('030100', '1234567890') }],
    ['to a Ghanaian phone', { currency: 'GHS', destination: MOBILE }],
    ['to a Ugandan phone', { currency: 'UGX', amountMinor: 5000n, destination: phone('+256752345678') }],
    [
      'to a Kenyan phone',
      { currency: 'KES', amountMinor: 100_00n, destination: phone('+254712345678'), details: KENYAN },
    ],
    [
      'to a Kenyan bank',
      { currency: 'KES', amountMinor: 100_00n, destination: bank('68', '0110000777'), details: KENYAN },
    ],
    ['to a Tanzanian phone', { currency: 'TZS', destination: phone('+255652345678') }],
    [
      'to a phone of Senegal',
      {
        currency: 'XOF',
        amountMinor: 5000n,
        destination: phone('+221771234567'),
        details: { mobile_provider: 'orange' },
      },
    ],
    [
      'to an account of Senegal',
      { currency: 'XOF', amountMinor: 5000n, destination: bank('', 'SN0120100100012345678901') },
    ],
    [
      'in cash',
      { currency: 'XOF', amountMinor: 5000n, destination: phone('+221771234567'), details: { type: 'XOF::Cash' } },
    ],
    [
      'to a phone of Cameroon',
      { currency: 'XAF', amountMinor: 5000n, destination: phone('+237671234567'), details: { mobile_provider: 'mtn' } },
    ],
    [
      'to a phone of Guinea',
      {
        currency: 'GNF',
        amountMinor: 5000n,
        destination: phone('+224601123456'),
        details: { mobile_provider: 'orange' },
      },
    ],
    [
      'to a South African bank',
      { currency: 'ZAR', destination: bank('632005', '4051234567'), details: { phone_number: '+27821234567' } },
    ],
    ['to a Zambian bank', { currency: 'ZMW', destination: bank('010203', '1234567890') }],
    [
      'to a bank of Botswana',
      { currency: 'BWP', destination: bank('285467', '1234567890'), details: { bank_name: 'FNB' } },
    ],
    ['in cash in Morocco', { currency: 'MAD', destination: phone('+212612345678') }],
    ['to a European account', { currency: 'EUR', destination: bank('', 'DE89370400440532013000') }],
    ['to a British account', { currency: 'GBP', destination: bank('200000', '55779911') }],
    ['to a British IBAN', { currency: 'GBP', destination: bank('', 'GB29NWBK60161331926819') }],
    ['to a business', { name: 'Acme', details: { recipient_type: 'business' } }],
  ])('%s passes', (_what, more) => {
    expect(review(more).faults).toEqual([]);
  });

  it.each<[string, Partial<ReviewedPayment>, readonly (readonly [string, string])[]]>([
    ['a fraction of a currency without any', { amountMinor: 15_000_50n }, [['amount', 'amount-step']]],
    ['one name', { name: 'Ngozi' }, [['name', 'name-one-word']]],
    ['no name', { name: '' }, [['name', 'name-missing']]],
    ['a business without a name', { name: '', details: { recipient_type: 'business' } }, [['name', 'name-missing']]],
    [
      'a recipient that is neither person nor business',
      { details: { recipient_type: 'robot' } },
      [['details.recipient_type', 'detail-value']],
    ],
    ['no bank code', { destination: bank('', '1234567800') }, [['bank_code', 'detail-missing']]],
    [
      'a bank code that lost its zero',
      { destination: bank('58', '1234567800') },
      [['bank_code', 'bank-code-leading-zero']],
    ],
    ['a bank code of another length', { destination: bank('0580', '1234567800') }, [['bank_code', 'bank-code-syntax']]],
    ['a detail that nobody knows', { details: { shoe_size: '43' } }, [['details.shoe_size', 'detail-unknown']]],
    [
      'a detail of another type',
      { details: { mobile_provider: 'mtn' } },
      [['details.mobile_provider', 'detail-unknown']],
    ],
    [
      'a value that is not listed',
      { details: { bank_account_type: '30' } },
      [['details.bank_account_type', 'detail-value']],
    ],
    ['a column that is repeated', { details: { bank_account: '1' } }, [['details.bank_account', 'detail-twice']]],
    ['a bank code that is contradicted', { details: { bank_code: '044' } }, [['details.bank_code', 'detail-twice']]],
    ['a type of another currency', { details: { type: 'GHS::Bank' } }, [['details.type', 'detail-value']]],
    ['a currency without phones', { currency: 'EUR', destination: MOBILE }, [['mobile', 'destination-currency']]],
    ['a currency without banks', { currency: 'GNF', amountMinor: 1n }, [['bank_account', 'destination-currency']]],
    ['a phone of another country', { destination: MOBILE }, [['mobile', 'mobile-country']]],
    [
      'no network',
      { currency: 'XOF', amountMinor: 5n, destination: phone('+221771234567') },
      [['details.mobile_provider', 'detail-missing']],
    ],
    [
      'a network of another country',
      { currency: 'XOF', amountMinor: 5n, destination: phone('+221771234567'), details: { mobile_provider: 'mtn' } },
      [['details.mobile_provider', 'detail-value']],
    ],
    [
      'a country that is not that of the phone',
      {
        currency: 'XOF',
        amountMinor: 5n,
        destination: phone('+221771234567'),
        details: { mobile_provider: 'orange', country: 'CI' },
      },
      [['details.country', 'detail-value']],
    ],
    [
      'neither bank nor branch',
      { currency: 'ZAR', destination: bank('', '4051234567'), details: { phone_number: '+27821234567' } },
      [['details.bank_code', 'detail-missing']],
    ],
    [
      'dollars to nobody knows where',
      { currency: 'USD', destination: bank('1', '123') },
      [['details.country', 'detail-missing']],
    ],
    ['an IBAN that is none', { currency: 'EUR', destination: bank('', '12345') }, [['bank_account', 'detail-syntax']]],
    [
      'a bank code where there is none',
      { currency: 'XOF', amountMinor: 5n, destination: bank('1', 'SN0120100100012345678901') },
      [['bank_code', 'bank-code-unused']],
    ],
    [
      'a Kenyan phone and no card',
      { currency: 'KES', destination: phone('+254712345678') },
      [
        ['details.street', 'detail-missing'],
        ['details.identity_card_type', 'detail-missing'],
        ['details.identity_card_id', 'detail-missing'],
      ],
    ],
  ])('with %s is refused', (_what, more, wanted) => {
    expect(faults(more)).toEqual(wanted);
  });

  it('is refused for what the configured sender lacks, with the setting to fill in', () => {
    const more = { currency: 'UGX', amountMinor: 5000n, destination: phone('+256752345678') };
    const found = review(more, { sender: SENDER }).faults;
    expect(found.map(({ code }) => code)).toEqual(Array(3).fill('sender-incomplete'));
    expect(found.map(({ message }) => message).join()).toMatch(
      /identification_type.*identification_number.*nationality/,
    );
    expect(found[0]?.message).toContain('accounts.relief.options.sender');
    expect(found.map(({ setting }) => setting)).toEqual(Array(3).fill('accounts.relief.options.sender'));
  });

  it('is refused for a document of the sender that cash is not paid for', () => {
    const more = {
      currency: 'XOF',
      amountMinor: 5000n,
      destination: phone('+221771234567'),
      details: { type: 'XOF::Cash' },
    };
    expect(faults(more, { sender: { ...COMPLETE, identification_type: 'DL' } })).toEqual([
      ['currency', 'sender-incomplete'],
    ]);
  });

  it('is warned about what only the guide asks for, or refused for it where the guide rules', () => {
    const more = { currency: 'GHS', destination: MOBILE };
    expect(review(more).warnings.map(({ field }) => field)).toEqual(['details.mobile_provider', 'details.gender']);
    expect(faults(more, { detail_rules: 'guide' })).toEqual([
      ['details.mobile_provider', 'detail-missing'],
      ['details.gender', 'detail-missing'],
    ]);
    const kenyan = { currency: 'KES', amountMinor: 100_00n, destination: phone('+254712345678') };
    expect(review(kenyan, { detail_rules: 'guide' })).toMatchObject({ faults: [], warnings: [{}, {}, {}] });
  });

  it('is warned about a bank that is not printed, a narrative that is cut, and an amount that may be rounded', () => {
    const codes = (more: Partial<ReviewedPayment>) => review(more).warnings.map(({ code }) => code);
    expect(codes({ destination: bank('999', '1234567800'), details: { street: 'x' } })).toEqual(['bank-code-unknown']);
    const long = {
      currency: 'XOF',
      amountMinor: 5000n,
      destination: bank('', 'SN0120100100012345678901'),
      narrative: 'x'.repeat(16),
    };
    expect(codes(long)).toEqual(['narrative-too-long']);
    const odd = {
      currency: 'XAF',
      amountMinor: 5001n,
      destination: phone('+237671234567'),
      details: { mobile_provider: 'mtn' },
    };
    expect(codes(odd)).toEqual(['amount-fives']);
  });

  it('has no whole number in its messages', () => {
    const secret = { destination: bank('0', '9'.repeat(40)), details: { bank_account: '8888888888', x: '7777777777' } };
    expect(JSON.stringify(review(secret))).not.toMatch(/9{5}|8{5}|7{5}/);
  });
});
