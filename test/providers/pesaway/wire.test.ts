import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import { parseObject, scalarText, decimalMinor } from '../../../src/providers/kit/json.ts';
import { amountText } from '../../../src/providers/kit/request-text.ts';
import { readPesawaySettings } from '../../../src/providers/pesaway/settings.ts';
import {
  pesawayBalanceRequest,
  pesawayPayoutRequest,
  pesawayQueryRequest,
  statementRequest,
  tokenRequest,
} from '../../../src/providers/pesaway/wire.ts';
import { BANK, NEWEST, payment, PAYBILL, REFERENCE, TILL } from './payments.ts';

const URL = 'https://payouts.example.test/hooks/pesaway';

function wire(
  more: Partial<PaymentInstruction> = {},
  options: Record<string, unknown> = {},
): { path: string; body: unknown } {
  const { path, body, method } = pesawayPayoutRequest(payment(more), readPesawaySettings(options), URL);
  expect(method).toBe('POST');
  return { path, body: JSON.parse(body ?? '') };
}

describe('a payout request', () => {
  it('to a mobile is that of the guide, byte for byte', () => {
    const { path, body } = pesawayPayoutRequest(payment({ reference: 'B7R0012A1' }), readPesawaySettings({}), URL);
    expect(path).toBe('/api/v1/mobile-money/send-payment/');
    expect(body).toBe(
      '{"ExternalReference":"B7R0012A1","Amount":1500,"PhoneNumber":"254712345678","Channel":"MPESA","Reason":"March stipend","ResultsUrl":"https://payouts.example.test/hooks/pesaway"}',
    );
  });

  it('to a bank is that of the guide, byte for byte', () => {
    const { path, body } = pesawayPayoutRequest(
      payment({ reference: 'B7R0013A1', destination: BANK, amountMinor: 42000_00n, narrative: 'Supplier payment' }),
      readPesawaySettings({}),
      URL,
    );
    expect(path).toBe('/api/v1/bank/send-payment/');
    expect(body).toBe(
      '{"ExternalReference":"B7R0013A1","Amount":42000,"AccountNumber":"0110000777","Channel":"Bank","BankCode":"68","Currency":"KES","Reason":"Supplier payment","ResultsUrl":"https://payouts.example.test/hooks/pesaway"}',
    );
  });

  it('to a paybill and to a till differs in its channel only', () => {
    const path = '/api/v1/mobile-money/send-payment/';
    expect(wire({ destination: PAYBILL })).toMatchObject({
      path,
      body: { AccountNumber: '888880', Channel: 'MPESA Paybill' },
    });
    expect(wire({ destination: TILL })).toMatchObject({
      path,
      body: { AccountNumber: '522533', Channel: 'MPESA Till' },
    });
    expect(wire({ destination: TILL }).body).not.toHaveProperty('PhoneNumber');
    const named = { paybill_channel: 'PAYBILL', till_channel: 'TILL', bank_channel: 'BANK' };
    expect(wire({ destination: PAYBILL }, named).body).toMatchObject({ Channel: 'PAYBILL' });
    expect(wire({ destination: TILL }, named).body).toMatchObject({ Channel: 'TILL' });
    expect(wire({ destination: BANK }, named).body).toMatchObject({ Channel: 'BANK' });
  });

  it('of generation 3 names merchant and currency, and a bank by its name', () => {
    expect(wire({}, NEWEST).body).toMatchObject({ MerchantCode: 'ACME.01', Currency: 'KES' });
    const { body } = wire({ destination: { kind: 'bank', code: 'KCB', account: '0110000777' } }, NEWEST);
    expect(body).toMatchObject({ MerchantCode: 'ACME.01', BankName: 'KCB', Currency: 'KES' });
    expect(body).not.toHaveProperty('BankCode');
    expect(wire({}, { ...NEWEST, api_generation: '2' }).body).not.toHaveProperty('MerchantCode');
  });

  it("takes its channel from the row, in PesaWay's own case", () => {
    expect(wire({ details: { channel: 'airtel' } }).body).toMatchObject({ Channel: 'Airtel' });
    expect(wire({}, { mobile_channel: 'Airtel' }).body).toMatchObject({ Channel: 'Airtel' });
    expect(wire({ details: { channel: 'MPESA' } }, { mobile_channel: 'Airtel' }).body).toMatchObject({
      Channel: 'MPESA',
    });
  });

  it('always has a reason of two characters or more, and at most what fits', () => {
    expect(wire({ narrative: '' }).body).toMatchObject({ Reason: 'Payment' });
    expect(wire({ narrative: 'X' }).body).toMatchObject({ Reason: 'Payment X' });
    expect(wire({ narrative: '😀' }).body).toMatchObject({ Reason: 'Payment 😀' });
    expect(wire({ narrative: 'ab' }).body).toMatchObject({ Reason: 'ab' });
    expect(wire({ narrative: '😀'.repeat(300) }).body).toMatchObject({ Reason: '😀'.repeat(250) });
    expect(wire({ narrative: 'abcdef' }, { reason_max: '3' }).body).toMatchObject({ Reason: 'abc' });
  });

  it.each([
    [1n, 2, '0.01'],
    [1_250_50n, 2, '1250.5'],
    [1_250_05n, 2, '1250.05'],
    [9_000_00n, 2, '9000'],
    [9_000n, 0, '9000'],
    [9_999_999_999_999_99n, 2, '9999999999999.99'],
  ])('writes %s minor units with %i decimals as %s', (minor, decimals, text) => {
    expect(amountText(minor, decimals)).toBe(text);
  });

  it('carries every amount exactly, as a number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (amountMinor) => {
        const { body } = pesawayPayoutRequest(payment({ amountMinor }), readPesawaySettings({}), URL);
        const amount = parseObject(body ?? '')?.['Amount'];
        expect(typeof amount).toBe('object');
        expect(decimalMinor(scalarText(amount) ?? '', 2)).toBe(amountMinor);
      }),
    );
  });

  it('refuses to lose what its rules should have refused', () => {
    expect(() => wire({ destination: { kind: 'paybill', paybill: '888880', account: '1' } })).toThrow();
    expect(() => wire({ destination: { kind: 'wallet', wallet: 'w' } })).toThrow();
    expect(() => wire({}, { ...NEWEST, region: 'ug' })).toThrow();
  });
});

describe('other requests', () => {
  it('ask for a token with key, secret and grant', () => {
    expect(tokenRequest({ consumer_key: 'ck_sim_01', consumer_secret: 'cs_sim_01' })).toEqual({
      method: 'POST',
      path: '/api/v1/token/',
      body: '{"consumer_key":"ck_sim_01","consumer_secret":"cs_sim_01","grant_type":"client_credentials"}',
    });
  });

  it('ask about a payment under the path of its kind, in generation 3 by GET with a body', () => {
    const body = `{"TransactionReference":"${REFERENCE}"}`;
    const mobile = { path: '/api/v1/mobile-money/transaction-query/', body };
    const bank = { path: '/api/v1/bank/transaction-query/', body };
    expect(pesawayQueryRequest(payment(), REFERENCE, readPesawaySettings({}))).toEqual({ ...mobile, method: 'POST' });
    expect(pesawayQueryRequest(payment({ destination: TILL }), REFERENCE, readPesawaySettings(NEWEST))).toEqual({
      ...mobile,
      method: 'GET',
    });
    expect(pesawayQueryRequest(payment({ destination: BANK }), REFERENCE, readPesawaySettings(NEWEST))).toEqual({
      ...bank,
      method: 'GET',
    });
    const post = readPesawaySettings({ ...NEWEST, query_method: 'POST' });
    expect(pesawayQueryRequest(payment(), REFERENCE, post)).toEqual({ ...mobile, method: 'POST' });
  });

  it('ask for a page of the statement with its offset as a number', () => {
    const window = { start: '2026-03-02 08:00:00', end: '2026-03-02 09:00:00' };
    expect(statementRequest('/api/v1/pull-transactions/', window, 0).body).toBe(
      '{"StartDate":"2026-03-02 08:00:00","EndDate":"2026-03-02 09:00:00","TransType":"Payment","OffsetValue":0}',
    );
  });

  it('ask for the balance by GET, in generation 3 by POST with merchant and currency', () => {
    const path = '/api/v1/account-balance/';
    expect(pesawayBalanceRequest(readPesawaySettings({}))).toEqual({ method: 'GET', path, body: null });
    expect(pesawayBalanceRequest(readPesawaySettings({ balance_method: 'POST' }))).toEqual({
      method: 'POST',
      path,
      body: '{}',
    });
    const body = '{"MerchantCode":"ACME.01","Currency":"KES"}';
    expect(pesawayBalanceRequest(readPesawaySettings(NEWEST))).toEqual({ method: 'POST', path, body });
    expect(pesawayBalanceRequest(readPesawaySettings({ ...NEWEST, balance_method: 'GET' }))).toEqual({
      method: 'GET',
      path,
      body,
    });
  });
});
