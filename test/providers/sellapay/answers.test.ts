import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import type { HttpAnswer } from '../../../src/providers/kit/http.ts';
import { sellapayPayoutOutcome } from '../../../src/providers/sellapay/answers.ts';
import { Redactor } from '../../../src/providers/kit/redaction.ts';
import { BANK, payment, SWIFT, WALLET } from './payments.ts';

const NOW = 1_770_727_500_000;

interface Given {
  readonly of?: PaymentInstruction;
  readonly isRefusedAgain?: boolean;
  readonly headers?: Record<string, string>;
}

function read(answer: HttpAnswer, { of = payment(), isRefusedAgain = false }: Given = {}): Outcome {
  const redactor = new Redactor(['the-api-key', 'the-api-secret']);
  return sellapayPayoutOutcome(answer, { payment: of, account: 'salaries', redactor, now: NOW, isRefusedAgain });
}

function answered(status: number, body: unknown, given: Given = {}): Outcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return read({ kind: 'answer', status, headers: new Headers(given.headers), body: text }, given);
}

const completed = {
  message: 'Funds sent successfully',
  transaction_id: 'TXN-1770727500-54321',
  phone: '254712000111',
  amount: 1250.5,
  status: 'completed',
  timestamp: 1770727500,
};

describe('without a whole answer', () => {
  it('what never left was not sent', () => {
    const outcome = read({ kind: 'not-sent', code: 'connection-refused', reason: 'x refused the connection.' });
    expect(outcome).toMatchObject({ kind: 'not-sent', evidence: { code: 'connection-refused' } });
  });

  it('what may have left is unknown', () => {
    const outcome = read({ kind: 'lost', code: 'timeout', reason: 'No whole answer from x within 30 s.' });
    expect(outcome).toMatchObject({ kind: 'unknown', evidence: { code: 'timeout' } });
    expect(outcome.evidence.reason).toBe(
      'No whole answer from x within 30 s. It may have paid or not: look before paying again.',
    );
  });
});

describe('a 200', () => {
  it('that says completed has paid, and keeps both ids', () => {
    const outcome = answered(200, completed, { headers: { 'x-request-id': 'req_12345678' } });
    expect(outcome.kind).toBe('paid');
    expect(outcome.evidence).toMatchObject({ providerReference: 'TXN-1770727500-54321', requestId: 'req_12345678' });
  });

  it('that says pending is accepted, for a bank and for a mobile', () => {
    const bank = { ...completed, phone: undefined, account_number: '0110000777', status: 'pending' };
    expect(answered(200, bank, { of: payment({ destination: BANK }) }).kind).toBe('pending');
    expect(answered(200, { ...completed, status: 'pending' }).kind).toBe('pending');
  });

  it.each(['failed', 'Completed', 'success', 'queued', ''])('that says %j is unknown', (status) => {
    expect(answered(200, { ...completed, status })).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'unlisted-status' },
    });
  });

  it.each([
    '',
    'OK',
    '<html>completed</html>',
    '{"status":"comp',
    '[]',
    '"completed"',
    'null',
    '{}',
    '{"status":true}',
    '{"data":{"status":"completed"}}',
  ])('that reads %j is unknown', (body) =>
    expect(answered(200, body)).toMatchObject({ kind: 'unknown', evidence: { code: 'unreadable' } }),
  );

  it.each([
    ['another amount', { amount: 1250.51 }],
    ['an amount that is no decimal', { amount: '1,250.50' }],
    ['an amount of more than two decimals', { amount: '1250.501' }],
    ['another phone', { phone: '254712000112' }],
    ['a phone of another length', { phone: '712000111254' }],
    ['another reference', { reference: 'ANOTHER' }],
    ['an error beside its success', { error: 'Transfer failed' }],
  ])('about %s is unknown', (_what, more) => {
    expect(answered(200, { ...completed, ...more })).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'contradiction' },
    });
  });

  it.each([
    ['"1250.50"', '"254712000111"'],
    ['1250.50', '254712000111'],
    ['1.2505e3', '"+254712000111"'],
    ['1250.500', '"0712000111"'],
    ['12505E-1', '"712000111"'],
    ['null', 'null'],
  ])('may spell the amount %s and the phone %s', (amount, phone) => {
    expect(answered(200, `{"status":"completed","amount":${amount},"phone":${phone}}`).kind).toBe('paid');
  });

  it('is compared exactly where a JavaScript number would round', () => {
    const of = payment({ amountMinor: 9_007_199_254_740_993n });
    expect(answered(200, '{"status":"completed","amount":90071992547409.93}', { of }).kind).toBe('paid');
    expect(answered(200, '{"status":"completed","amount":90071992547409.92}', { of }).kind).toBe('unknown');
  });

  it.each([
    [WALLET, { recipient_account: 'acctSIM0003' }],
    [BANK, { account_number: '0110000778' }],
    [BANK, { account_number: '110000777' }],
    [SWIFT, { bank_account: '0110000778' }],
  ])('about another recipient than %j is unknown', (destination, echo) => {
    const of = payment({ destination });
    const body = { status: 'completed', amount: 1250.5 };
    expect(answered(200, { ...body, ...echo }, { of }).kind).toBe('unknown');
    expect(answered(200, body, { of }).kind).toBe('paid');
  });

  it('may repeat an account as a number, which has no leading zeros', () => {
    const of = payment({ destination: BANK });
    expect(answered(200, '{"status":"pending","account_number":110000777}', { of }).kind).toBe('pending');
  });
});

describe('a refusal', () => {
  const validationError = { error: 'Validation error', message: 'Invalid phone number format' };

  it('of the data is final, and says why', () => {
    const outcome = answered(400, {
      ...validationError,
      details: { field: 'phone', reason: 'Phone must start with 7 or 1' },
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      evidence: {
        code: '400',
        reason: 'Sellapay refused this payment: Invalid phone number format (Phone must start with 7 or 1).',
      },
    });
    expect(answered(400, { error: 'Amount, bank account, and bank swift code are required' }).kind).toBe('failed');
  });

  it.each([
    {
      error: 'Validation error',
      message: 'Invalid reference',
      details: { field: 'reference', reason: 'Reference already used' },
    },
    { error: 'Validation error', details: { field: 'reference' } },
    { error: 'Duplicate transaction' },
    { error: 'Validation error', message: 'not unique' },
    { error: 'Validation error', message: 'already processed' },
    { error: 'Validation error', message: 'Bad request', details: 'duplicate' },
    { error: 'Validation error', details: [{ field: 'reference' }] },
    { error: 'Validation error', details: { reference: 'taken' } },
    { message: 'The given data was invalid.', errors: { reference: ['taken'] } },
    '{"error":"Validation error","details":["\\u0052eference taken"]}',
    '<html>Duplicate</html>',
  ])('of the reference may hide an earlier payment: %j', (body) => {
    expect(answered(400, body)).toMatchObject({ kind: 'unknown', evidence: { code: 'reference-refused' } });
  });

  it.each(['', '<html>400 Bad Request</html>', '{}', '{"error":""}', '[]'])(
    'that does not say why is unknown: %j',
    (body) => {
      expect(answered(400, body).kind).toBe('unknown');
    },
  );

  it('of the token asks for a fresh one, unless a fresh one was refused', () => {
    const body = { error: 'Invalid or expired access token', message: 'Please re-authorize to get a new token' };
    expect(answered(401, body)).toMatchObject({ kind: 'throttled', waitMs: 0 });
    const hopeless = answered(401, body, { isRefusedAgain: true });
    expect(hopeless.kind).toBe('stop');
    expect(hopeless.evidence.reason).toContain('accounts.salaries.credentials');
  });

  it('for want of balance stops the account, with exact figures where there are any', () => {
    const body =
      '{"error":"Insufficient balance","message":"Your account balance is too low","required":90071992547409.93,"available":45.5}';
    const outcome = answered(402, body);
    expect(outcome.kind).toBe('stop');
    expect(outcome.evidence.reason).toContain('90071992547409.93 is needed and 45.50 is available');
    expect(answered(402, { error: 'Insufficient balance' }).kind).toBe('stop');
  });

  it('of an unknown wallet is final when it says why', () => {
    const of = payment({ destination: WALLET });
    expect(answered(404, { error: 'Not found' }, { of }).kind).toBe('failed');
    for (const body of ['<html>404 Not Found</html>', '', '{}', '{"error":""}', '["Not found"]']) {
      expect(answered(404, body, { of }).kind).toBe('unknown');
    }
  });

  it('with a 404 that is not documented is unknown, and names what makes a wrong address', () => {
    for (const of of [payment(), payment({ destination: BANK }), payment({ destination: SWIFT })]) {
      for (const body of ['<html>', '', { error: 'Not found', message: 'No such endpoint' }]) {
        const outcome = answered(404, body, { of });
        expect(outcome).toMatchObject({ kind: 'unknown', evidence: { code: '404' } });
        expect(outcome.evidence.reason).toContain('accounts.salaries.endpoint (it ends in /api/v1)');
        expect(outcome.evidence.reason).toContain('options.field_dialect. It may have paid or not');
      }
    }
  });

  it.each([
    [{ 'x-ratelimit-reset': '1770727512' }, 12_000],
    [{ 'x-ratelimit-reset': '1770727512000' }, 12_000],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    // The server's clock is an hour off, and so is its reset.
    [{ 'x-ratelimit-reset': '1770731112', date: new Date(NOW + 3_600_000).toUTCString() }, 12_000],
    [{ 'retry-after': '7', 'x-ratelimit-reset': '1770727512' }, 7_000],
    [{ 'retry-after': new Date(NOW + 9_000).toUTCString() }, 9_000],
    [{ 'x-ratelimit-reset': '1770727400' }, 1_000],
    [{ 'retry-after': '0' }, 1_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-ratelimit-reset': '1970727512' }, undefined],
    [{}, undefined],
  ])('for haste asks for patience: %j', (headers: Record<string, string>, waitMs) => {
    const outcome = answered(429, { error: 'Too many requests' }, { headers });
    expect(outcome.kind).toBe('throttled');
    expect(outcome.kind === 'throttled' ? outcome.waitMs : 'none').toBe(waitMs);
  });
});

describe('whatever is not clearly refused', () => {
  it.each([
    201, 202, 204, 301, 302, 307, 308, 304, 403, 405, 406, 408, 409, 413, 415, 418, 422, 425, 451, 499, 500, 501, 502,
    503, 504, 520, 599,
  ])('%i is unknown', (status) => {
    expect(answered(status, completed).kind).toBe('unknown');
    expect(answered(status, { error: 'Transfer failed', message: 'Please try again later' }).kind).toBe('unknown');
    expect(answered(status, '').evidence.code).toBe(String(status));
  });
});

describe('evidence', () => {
  it('repeats no secret, no token and no whole number of anybody', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJhY2NvdW50IjoiYWNjdCJ9.mo3qIWYtePP2ZUjc7plPqfSI2JTyU';
    const message = `the-api-key the-api-secret ${token} +254 712 000 111, 254712000111, 0712-000-111, 0110000777, 712000111`;
    for (const status of [400, 403, 500]) {
      const { reason } = answered(
        status,
        { error: 'Validation error', message },
        { headers: { 'x-request-id': 'the-api-key' } },
      ).evidence;
      expect(reason).not.toMatch(/the-api|eyJ|712|0110/);
      expect(reason).toContain('[hidden]');
    }
    const wallet = 'fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH';
    const of = payment({ destination: WALLET });
    expect(answered(404, { error: 'x', message: `No account ${wallet}` }, { of }).evidence.reason).not.toContain(
      wallet,
    );
    expect(answered(500, '', { headers: { 'x-request-id': token } }).evidence.requestId).toBeUndefined();
  });

  it('is one short line', () => {
    const { reason } = answered(400, { error: 'e', message: `a\n\u202eb\u0000${'long '.repeat(100)}` }).evidence;
    expect(reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(reason.length).toBeLessThan(260);
  });
});
