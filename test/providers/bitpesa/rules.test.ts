import { describe, expect, it } from 'vitest';
import { currencyDecimals } from '../../../src/domain/money.ts';
import { CURRENCIES, PAYOUT_TYPES } from '../../../src/providers/bitpesa/payout-types.ts';
import { bitpesaRules } from '../../../src/providers/bitpesa/rules.ts';
import { BANK, payment, SENDER } from './payments.ts';

function rules(currency = 'NGN') {
  return bitpesaRules({
    ...{ account: 'relief', currency, environment: null, maxAmountMinor: null },
    options: { sender: SENDER },
  });
}

const bank = (code: string, account: string) => ({ kind: 'bank', code, account }) as const;
const phone = (text: string) => ({ kind: 'mobile', phone: text }) as const;

describe('a phone', () => {
  const mobile = (text: string, currency: string) => rules(currency).destinations.mobile?.normalise({ mobile: text });

  it.each([
    ['+234 803 123 4567', 'NGN', '+2348031234567'],
    ['08031234567', 'NGN', '+2348031234567'],
    ['024 123 4567', 'GHS', '+233241234567'],
    ['+221 77 123 45 67', 'XOF', '+221771234567'],
    ['+233241234567', 'NGN', '+233241234567'],
  ])('%s in %s is %s', (text, currency, wanted) => {
    expect(mobile(text, currency)).toEqual({ ok: true, destination: { kind: 'mobile', phone: wanted } });
  });

  it.each([
    ['', 'NGN'],
    ['771234567', 'XOF'],
    ['0803123', 'NGN'],
    ['pay 08031234567', 'NGN'],
    ['+999123', 'NGN'],
  ])('%s in %s is none', (text, currency) => {
    expect(mobile(text, currency)).toMatchObject({ ok: false, fault: { field: 'mobile', code: 'mobile-syntax' } });
  });

  it.each([
    ['+254202345678', 'KES', 'mobile-not-mobile'],
    ['+233302123456', 'GHS', 'mobile-not-mobile'],
    ['080312345678901', 'NGN', 'mobile-syntax'],
    ['0803123456', 'NGN', 'mobile-syntax'],
    ['08031234567 8', 'NGN', 'mobile-syntax'],
    ['233241234567', 'NGN', 'mobile-syntax'],
    ['+22997123456', 'XOF', 'mobile-syntax'],
    ['+2217712345678', 'XOF', 'mobile-syntax'],
  ])('%s in %s, where no mobile can be, is refused', (text, currency, code) => {
    const reading = mobile(text, currency);
    expect(reading).toMatchObject({ ok: false, fault: { field: 'mobile', code } });
    expect(JSON.stringify(reading)).not.toContain(text.slice(-6));
  });

  it('of the length that Benin had before 2024 is refused with the new form', () => {
    expect(JSON.stringify(mobile('+22997123456', 'XOF'))).toContain('begin with 01');
  });

  it.each([
    ['+254190345678', 'KES'],
    ['0899 123 4567', 'NGN'],
  ])('%s in %s, which no network is known for, is a warning', (text, currency) => {
    expect(mobile(text, currency)).toMatchObject({ ok: true, warning: { code: 'mobile-unlikely' } });
  });
});

describe('a bank', () => {
  const read = (bank_code: string, bank_account: string) =>
    rules().destinations.bank?.normalise({ bank_code, bank_account });

  it('may be written in groups', () => {
    expect(read('', 'de89 3704 0044 0532 0130 00')).toEqual({
      ok: true,
      destination: bank('', 'DE89370400440532013000'),
    });
    expect(read('b54', '1234567800')).toEqual({ ok: true, destination: bank('B54', '1234567800') });
  });

  it.each([
    ['058', ''],
    ['058', '12/34'],
    ['0/8', '1234567800'],
  ])('%s with account %s is none', (code, account) => {
    expect(read(code, account)).toMatchObject({ ok: false });
  });
});

describe('the table of payout types', () => {
  it('has every documented type, in currencies whose decimals are known', () => {
    expect(new Set(PAYOUT_TYPES.map(({ type }) => type)).size).toBe(24);
    for (const currency of CURRENCIES) expect(currencyDecimals(currency)).toBeDefined();
    for (const { type } of PAYOUT_TYPES) expect(type).toMatch(/^[A-Z]{3}::(Bank|Mobile|Cash)$/);
  });

  it('names values only of fields that a type takes', () => {
    for (const type of PAYOUT_TYPES)
      for (const field of Object.keys(type.values)) expect(type.person.all).toContain(field);
  });
});

it('an account without a sender, which the schema allows in a simulation only, pays every type', () => {
  const check = bitpesaRules({
    account: 'demo',
    currency: 'UGX',
    environment: null,
    maxAmountMinor: null,
    options: {},
  }).review;
  const paid = { ...payment(), currency: 'UGX', amountMinor: 5000n, destination: phone('+256752345678') };
  expect(check?.(paid).faults).toEqual([]);
  expect(check?.({ ...payment(), destination: BANK }).faults).toEqual([]);
});
