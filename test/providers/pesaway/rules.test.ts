import { describe, expect, it } from 'vitest';
import type { DestinationKind } from '../../../src/domain/destination.ts';
import type { AccountRules, DestinationReading } from '../../../src/domain/rules.ts';
import { pesaway } from '../../../src/providers/index.ts';
import { BANK, MOBILE, NEWEST, payment, TILL } from './payments.ts';

function rules(options: Record<string, unknown> = {}): AccountRules {
  return pesaway.rules({ account: 'wages', currency: 'KES', environment: 'live', options, maxAmountMinor: null });
}

function read(
  kind: DestinationKind,
  fields: Readonly<Record<string, string>>,
  options: Record<string, unknown> = {},
): DestinationReading {
  const rule = rules(options).destinations[kind];
  if (rule === undefined) throw new Error(`pays no ${kind}`);
  return rule.normalise(fields);
}

function codeOf(reading: DestinationReading): string {
  return reading.ok ? (reading.warning?.code ?? 'ok') : reading.fault.code;
}

describe('a mobile', () => {
  it.each(['+254712345678', '254712345678', '0712345678', '712345678', '0112 345 678'])('%s is Kenyan', (mobile) => {
    expect(read('mobile', { mobile }).ok).toBe(true);
  });

  it.each(['+256712345678', '0812345678', '07123', ''])('%s is refused', (mobile) => {
    expect(read('mobile', { mobile }).ok).toBe(false);
  });

  it('of another region is read as people of that country write it', () => {
    const uganda = { region: 'ug', merchant_code: 'ACME.01' };
    const destination = { kind: 'mobile', phone: '+256772123456' };
    for (const mobile of ['0772123456', '+256 772 123456', '256772123456']) {
      expect(read('mobile', { mobile }, uganda)).toEqual({ ok: true, destination });
    }
    expect(codeOf(read('mobile', { mobile: '+254712345678' }, uganda))).toBe('mobile-foreign');
    expect(codeOf(read('mobile', { mobile: 'Jane' }, uganda))).toBe('mobile-syntax');
  });

  it.each([
    ['ug', '+256414123456', 'mobile-not-mobile'],
    ['ug', '0312123456', 'mobile-not-mobile'],
    ['ug', '+256735123456', 'mobile-unlikely'],
    ['ug', '+256772123456', 'ok'],
    ['tz', '+255222123456', 'mobile-not-mobile'],
    ['tz', '+255642123456', 'mobile-unlikely'],
    ['zm', '+260211234567', 'mobile-not-mobile'],
    ['zm', '+260941234567', 'mobile-unlikely'],
    ['gh', '+233302123456', 'mobile-not-mobile'],
    ['gh', '+23324412345', 'mobile-syntax'],
    ['gh', '024412345', 'mobile-syntax'],
    ['gh', '+2332441234567', 'mobile-syntax'],
    ['gh', '0244123456', 'ok'],
    ['cm', '+237222123456', 'mobile-not-mobile'],
    ['cm', '677123456', 'ok'],
    ['ke', '0202345678', 'mobile-not-mobile'],
    ['ke', '0190345678', 'mobile-unlikely'],
    ['ke', '0110345678', 'ok'],
  ])('in %s: %s is %s', (region, mobile, code) => {
    const options = region === 'ke' ? {} : { region, merchant_code: 'ACME.01' };
    expect(codeOf(read('mobile', { mobile }, options))).toBe(code);
  });

  it('may name its channel in its row, and only a mobile may', () => {
    const faults = (details: Record<string, string>, destination = MOBILE, options = {}): unknown[] =>
      rules(options)
        .review?.(payment({ details, destination }))
        .faults.map(({ field, code }) => [field, code]) ?? [];
    expect(faults({})).toEqual([]);
    expect(faults({ channel: 'airtel' })).toEqual([]);
    expect(faults({ channel: 'TIGO' })).toEqual([['details.channel', 'channel-unknown']]);
    expect(faults({ channel: 'TIGO' }, MOBILE, { mobile_channels: ['TIGO'] })).toEqual([]);
    expect(faults({ channel: 'MPESA' }, BANK)).toEqual([['details.channel', 'channel-unsupported']]);
    expect(faults({}, TILL)).toEqual([]);
    const uganda = { region: 'ug', merchant_code: 'ACME.01' };
    expect(faults({}, MOBILE, uganda)).toEqual([['details.channel', 'channel-missing']]);
    expect(faults({}, MOBILE, { ...uganda, mobile_channel: 'MTN' })).toEqual([]);
  });
});

describe('a paybill', () => {
  it('is paid without an account inside it, and with one refused for its reason', () => {
    expect(rules().destinations.paybill?.optional).toEqual(['paybill_account']);
    expect(read('paybill', { paybill: '888880', paybill_account: '' })).toEqual({
      ok: true,
      destination: { kind: 'paybill', paybill: '888880', account: '' },
    });
    const inside = read('paybill', { paybill: '888880', paybill_account: 'INV-9' });
    expect(inside).toMatchObject({
      ok: false,
      fault: { field: 'paybill_account', code: 'paybill-account-unsupported' },
    });
    expect(codeOf(read('paybill', { paybill: '88-88' }))).toBe('paybill-syntax');
  });
});

describe('a till', () => {
  it.each([
    ['522533', 'ok'],
    ['5225', 'till-syntax'],
    ['52253x', 'till-syntax'],
  ])('%s: %s', (till, code) => {
    expect(codeOf(read('till', { till }))).toBe(code);
  });
});

describe('a bank', () => {
  it.each([
    ['68', '0110000777', 'ok'],
    ['01', '0110000777', 'ok'],
    ['99', '0110000777', 'bank-code-unknown'],
    ['1', '0110000777', 'bank-code-leading-zero'],
    ['Equity', '0110000777', 'bank-code-syntax'],
    ['068', '0110000777', 'bank-code-syntax'],
    ['68', '01-100', 'bank-account-syntax'],
    ['68', '', 'bank-account-syntax'],
  ])('%s/%s of generation 2: %s', (bank_code, bank_account, code) => {
    expect(codeOf(read('bank', { bank_code, bank_account }))).toBe(code);
  });

  it.each([
    ['KCB', '0110000777', 'ok'],
    ['I&M Bank', '0110000777', 'ok'],
    ['68', '0110000777', 'bank-name-syntax'],
    ['KCB/Main', '0110000777', 'bank-name-syntax'],
    ['K', '0110000777', 'bank-name-syntax'],
  ])('%s/%s of generation 3: %s', (bank_code, bank_account, code) => {
    expect(codeOf(read('bank', { bank_code, bank_account }, NEWEST))).toBe(code);
  });

  it('never repeats an account number in what it says', () => {
    expect(JSON.stringify(read('bank', { bank_code: '68', bank_account: '0110000777x' }))).not.toContain('0110000777');
  });
});

describe('amounts and currencies', () => {
  it("are the documented ones in Kenya, and the options' where given", () => {
    const { mobile, bank, till, wallet } = rules().destinations;
    expect([mobile?.minAmountMinor, mobile?.maxAmountMinor]).toEqual([10_00n, 250_000_00n]);
    expect([till?.minAmountMinor, till?.maxAmountMinor]).toEqual([10_00n, 250_000_00n]);
    expect([bank?.minAmountMinor, bank?.maxAmountMinor]).toEqual([100_00n, 999_999_00n]);
    expect(wallet).toBeUndefined();
    expect(rules({ max_bank_amount: '5000' }).destinations.bank?.maxAmountMinor).toBe(5_000_00n);
    expect(pesaway.feeMaxMinor?.('mobile', {})).toBe(39_00n);
  });

  it('of other regions are their own, in units of their currency', () => {
    const uganda = { region: 'ug', merchant_code: 'ACME.01', max_mobile_amount: '5000000', fee: '1500' };
    expect(rules(uganda).currencies).toEqual(['UGX']);
    expect(rules(uganda).destinations.mobile?.maxAmountMinor).toBe(5_000_000n);
    expect(rules(uganda).destinations.bank?.maxAmountMinor).toBeNull();
    expect(pesaway.feeMaxMinor?.('mobile', uganda)).toBe(1_500n);
    expect(pesaway.feeMaxMinor?.('bank', { region: 'zm', merchant_code: 'ACME.01' })).toBe(0n);
  });
});
