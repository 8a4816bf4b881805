import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import type { HttpRequest } from '../../../src/providers/kit/http.ts';
import { readMpesaOpenapiSettings } from '../../../src/providers/mpesa-openapi/settings.ts';
import {
  mpesaOpenapiAmountText,
  descriptionText,
  mpesaOpenapiPayoutRequest,
  mpesaOpenapiQueryRequest,
} from '../../../src/providers/mpesa-openapi/wire.ts';
import { payment, REFERENCE, TILL } from './payments.ts';

const settings = readMpesaOpenapiSettings({ market: 'tanzania', service_provider_code: '900123' });
const live = { endpoint: 'https://openapi.m-pesa.com', environment: 'live' } as const;

const request = (of: PaymentInstruction): HttpRequest => mpesaOpenapiPayoutRequest(live, settings, of, 'bearer');

describe('a payment to a mobile', () => {
  it('is the request of the specification, every value a text', () => {
    const { method, url, headers, body } = request(payment());
    expect([method, url]).toEqual(['POST', 'https://openapi.m-pesa.com/openapi/ipg/v2/vodacomTZN/b2cPayment/']);
    expect(headers).toMatchObject({ Authorization: 'Bearer bearer', 'Content-Type': 'application/json', Origin: '*' });
    expect(JSON.parse(body ?? '')).toEqual({
      input_Amount: '2500',
      input_Country: 'TZN',
      input_Currency: 'TZS',
      input_CustomerMSISDN: '255744000111',
      input_ServiceProviderCode: '900123',
      input_TransactionReference: REFERENCE,
      input_ThirdPartyConversationID: REFERENCE,
      input_PaymentItemsDesc: 'June wages',
    });
  });

  it('is the same bytes each time', () => {
    expect(request(payment()).body).toBe(request(payment()).body);
  });

  it('of the sandbox keeps its number and has the path of the sandbox', () => {
    const destination = { kind: 'mobile', phone: '000000000001' } as const;
    const { url, body } = mpesaOpenapiPayoutRequest(
      { ...live, environment: 'sandbox' },
      settings,
      payment({ destination }),
      'bearer',
    );
    expect(url).toBe('https://openapi.m-pesa.com/sandbox/ipg/v2/vodacomTZN/b2cPayment/');
    expect(body).toContain('"000000000001"');
  });
});

describe('a payment to a business', () => {
  it.each([TILL, { kind: 'paybill', paybill: '400200', account: '' } as const])(
    '($kind) names both short codes',
    (to) => {
      const { url, body } = request(payment({ destination: to }));
      expect(url).toBe('https://openapi.m-pesa.com/openapi/ipg/v2/vodacomTZN/b2bPayment/');
      expect(JSON.parse(body ?? '')).toEqual({
        input_Amount: '2500',
        input_Country: 'TZN',
        input_Currency: 'TZS',
        input_PrimaryPartyCode: '900123',
        input_ReceiverPartyCode: '400200',
        input_TransactionReference: REFERENCE,
        input_ThirdPartyConversationID: REFERENCE,
        input_PurchasedItemsDesc: 'June wages',
      });
    },
  );
});

it('a fraction of a currency that is paid whole is a bug of ours and never leaves', () => {
  expect(() => request(payment({ amountMinor: 2500_50n }))).toThrow('fraction');
});

it.each([
  [1n, '0.01'],
  [10n, '0.10'],
  [1250_50n, '1250.50'],
  [2500_00n, '2500'],
  [100_00n, '100'],
  [9_007_199_254_740_993_07n, '9007199254740993.07'],
])('%s minor units are written %s', (minor, text) => {
  expect(mpesaOpenapiAmountText(minor)).toBe(text);
});

describe('a description', () => {
  it.each([
    ['June wages', 'June wages'],
    ['Salary: June-2026, 50%.', 'Salary June 2026 50'],
    ['  Março  –  salário ', 'Marco salario'],
    ['мзда', 'Payment'],
    ['', 'Payment'],
    ['a_b+c', 'a b c'],
  ])('%j becomes %j', (narrative, text) => {
    expect(descriptionText(narrative)).toBe(text);
  });

  it('always fits the pattern of the portal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (narrative) => {
        expect(descriptionText(narrative)).toMatch(/^[0-9a-zA-Z]+( [0-9a-zA-Z]+)*$/);
        expect(descriptionText(narrative).length).toBeLessThanOrEqual(256);
      }),
    );
  });
});

it('a query is the request of the specification', () => {
  const { method, url, body } = mpesaOpenapiQueryRequest(live, settings, {
    reference: REFERENCE,
    conversation: 'Q1',
    bearer: 'bearer',
  });
  expect([method, body]).toEqual(['GET', undefined]);
  expect(url).toBe(
    `https://openapi.m-pesa.com/openapi/ipg/v2/vodacomTZN/queryTransactionStatus/?input_QueryReference=${REFERENCE}&input_ServiceProviderCode=900123&input_ThirdPartyConversationID=Q1&input_Country=TZN`,
  );
});
