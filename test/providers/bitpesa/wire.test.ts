import { describe, expect, it } from 'vitest';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import { bitpesaAmountText, picoText, pico } from '../../../src/providers/bitpesa/amounts.ts';
import { readBitpesaSettings } from '../../../src/providers/bitpesa/settings.ts';
import { transactionBody } from '../../../src/providers/bitpesa/wire.ts';
import { MOBILE, payment, SENDER, type Json } from './payments.ts';

function body(more: Partial<PaymentInstruction>, options: Json = {}): Json {
  const settings = readBitpesaSettings({ sender: SENDER, ...options });
  return (JSON.parse(transactionBody(payment(more), 'sender-1', 'NGN', settings)) as { transaction: Json }).transaction;
}

function method(more: Partial<PaymentInstruction>, options: Json = {}): unknown {
  const [recipient] = body(more, options)['recipients'] as readonly Json[];
  return recipient?.['payout_method'];
}

describe('a transaction', () => {
  it('says what the documentation says, in its order, the amount as text', () => {
    const settings = readBitpesaSettings({ sender: SENDER });
    const details = { bank_account_type: '20' };
    expect(transactionBody(payment({ details }), 'sender-1', 'NGN', settings)).toBe(
      '{"transaction":{"input_currency":"NGN","sender":{"id":"sender-1"},"recipients":[{"requested_amount":"15000",' +
        '"requested_currency":"NGN","type":"person","payout_method":{"type":"NGN::Bank","details":{"first_name":"Ngozi",' +
        '"last_name":"Ade","bank_account":"1234567800","bank_code":"058","bank_account_type":"20"}}}],' +
        '"traits":{"auto_refund":true},"metadata":{"sendRef":"0123456789ABCDEFGHJK"},"external_id":"0123456789ABCDEFGHJK"}}',
    );
  });

  it('says who decides on refunds and checks of names', () => {
    expect(body({}, { auto_refund: 'false', account_validation: true })['traits']).toEqual({
      auto_refund: false,
      account_validation: true,
    });
  });

  it.each([
    ['Ngozi Ade', {}, { first_name: 'Ngozi', last_name: 'Ade' }],
    ['Ngozi Mary  Ade', {}, { first_name: 'Ngozi Mary', last_name: 'Ade' }],
    ['Ngozi Ade', { first_name: 'N.', last_name: 'Ade-Bello' }, { first_name: 'N.', last_name: 'Ade-Bello' }],
    ['Acme Farms Ltd', { recipient_type: 'business' }, { name: 'Acme Farms Ltd' }],
    ['x', { recipient_type: 'business', name: 'Acme' }, { name: 'Acme' }],
  ])('names %s by %j', (name, details, names) => {
    const [recipient] = body({ name, details })['recipients'] as readonly Json[];
    expect(recipient?.['type']).toBe('recipient_type' in details ? 'business' : 'person');
    expect(method({ name, details })).toMatchObject({ details: { ...names, bank_code: '058' } });
  });
});

const bank = (code: string, account: string) => ({ kind: 'bank', code, account }) as const;
const phone = (text: string) => ({ kind: 'mobile', phone: text }) as const;

describe('a payout method', () => {
  it.each<[string, Partial<PaymentInstruction>, string, Json]>([
    [
      'a phone',
      { currency: 'GHS', destination: MOBILE, details: { mobile_provider: 'mtn' } },
      'GHS::Mobile',
      { phone_number: '+233241234500', mobile_provider: 'mtn', transfer_reason: 'third_party_person_account' },
    ],
    [
      'a Kenyan phone',
      { currency: 'KES', destination: phone('+254712345678') },
      'KES::Mobile',
      { phone_number: '+254712345678', mobile_provider: 'mpesa' },
    ],
    [
      'a phone of Ivory Coast',
      { currency: 'XOF', destination: phone('+2250712345678'), details: { mobile_provider: 'wave' } },
      'XOF::Mobile',
      { country: 'CI', mobile_provider: 'wave' },
    ],
    [
      'cash',
      { currency: 'XOF', destination: phone('+221771234567'), details: { type: 'XOF::Cash' } },
      'XOF::Cash',
      { phone_number: '+221771234567', cash_provider: 'wizall', country: 'SN' },
    ],
    [
      'the only type of a currency',
      { currency: 'MAD', destination: phone('+212612345678') },
      'MAD::Cash',
      { phone_number: '+212612345678' },
    ],
    [
      'a branch',
      { currency: 'ZMW', destination: bank('010203', '123456789') },
      'ZMW::Bank',
      { branch_code: '010203', bank_account: '123456789' },
    ],
    [
      'an IBAN',
      { currency: 'EUR', destination: bank('', 'DE89370400440532013000') },
      'EUR::Bank',
      { iban: 'DE89370400440532013000', narration: 'March stipend' },
    ],
    [
      'an IBAN with its bank',
      { currency: 'EUR', destination: bank('COBADEFF', 'DE89370400440532013000') },
      'EUR::Bank',
      { bic: 'COBADEFF' },
    ],
    [
      'a British account',
      { currency: 'GBP', destination: bank('200000', '55779911') },
      'GBP::Bank',
      { sort_code: '200000', bank_account: '55779911' },
    ],
    [
      'a British IBAN',
      { currency: 'GBP', destination: bank('', 'GB29NWBK60161331926819') },
      'GBP::Bank',
      { iban: 'GB29NWBK60161331926819' },
    ],
    [
      'an American account',
      { currency: 'USD', destination: bank('021000021', '123456789'), details: { country: 'US' } },
      'USD::Bank',
      { routing_number: '021000021', bank_account: '123456789', country: 'US' },
    ],
    [
      'an Egyptian IBAN in dollars',
      { currency: 'USD', destination: bank('', 'EG380019000500000000263180002'), details: { country: 'EG' } },
      'USD::Bank',
      { iban: 'EG380019000500000000263180002', country: 'EG' },
    ],
  ])('of %s carries what its type takes', (_what, more, type, details) => {
    expect(method(more)).toMatchObject({ type, details });
  });

  it('has phones without their country where the account is of that age', () => {
    const national = method({ currency: 'GHS', destination: MOBILE }, { phone_format: 'national' });
    expect(national).toMatchObject({ details: { phone_number: '241234500' } });
  });

  it('cuts a narration that is too long, between letters', () => {
    const narrative = `${'é'.repeat(14)}😀😀`;
    expect(method({ currency: 'XOF', destination: bank('', 'SN012012345678'), narrative })).toMatchObject({
      details: { narration: `${'é'.repeat(14)}😀` },
    });
  });
});

describe('an amount', () => {
  it.each([
    [15_000_00n, 'NGN', '15000'],
    [100_00n, 'KES', '100'],
    [1_500n, 'XOF', '1500'],
    [125_050n, 'EUR', '1250.5'],
    [100_00n, 'USD', '100'],
    [7n, 'USD', '0.07'],
    [9_007_199_254_740_993_00n, 'TZS', '9007199254740993'],
  ])('of %i minor units of %s is written %s', (minor, currency, text) => {
    expect(bitpesaAmountText(minor, currency)).toBe(text);
  });

  it.each([
    ['15000', '15000'],
    ['8.0101', '8.0101'],
    ['1.5e4', '15000'],
    ['9007199254740993.01', '9007199254740993.01'],
    ['0', '0'],
  ])('of an answer that reads %s goes back as %s', (text, back) => {
    expect(picoText(pico(text) ?? -1n)).toBe(back);
  });
});
