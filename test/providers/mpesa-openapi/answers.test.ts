import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { Redactor } from '../../../src/providers/kit/redaction.ts';
import type { HttpAnswer } from '../../../src/providers/kit/http.ts';
import { mpesaOpenapiPayoutOutcome, type PayoutContext } from '../../../src/providers/mpesa-openapi/answers.ts';
import { payment, REFERENCE, TILL } from './payments.ts';

const NOW = 1_780_000_000_000;

function read(answer: HttpAnswer, given: Partial<PayoutContext> = {}): Outcome {
  return mpesaOpenapiPayoutOutcome(answer, {
    payment: payment(),
    account: 'wages',
    redactor: new Redactor(['the-api-key']),
    now: NOW,
    isRefusedAgain: false,
    isResend: false,
    ...given,
  });
}

function answered(status: number, body: unknown, given: Partial<PayoutContext> = {}, headers = {}): Outcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const outcome = read({ kind: 'answer', status, headers: new Headers(headers), body: text }, given);
  expect(outcome.evidence.code).toMatch(/^\S{1,40}$/);
  expect(outcome.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  return outcome;
}

const paid = {
  output_ResponseCode: 'INS-0',
  output_ResponseDesc: 'Request processed successfully',
  output_TransactionID: '9QK4T7ZP2M1A',
  output_ConversationID: '0f6a2be41c0d4f1c8a7745cc19e2d3b0',
  output_ThirdPartyConversationID: REFERENCE,
};

const { output_TransactionID: receipt, ...accepted } = paid;

const refusal = (code: string): object => ({
  ...accepted,
  output_ResponseCode: code,
  output_ResponseDesc: 'Said by M-Pesa',
  output_TransactionID: 'N/A',
});

describe('success', () => {
  it('with a transaction id has paid, and keeps receipt and conversation', () => {
    expect(answered(201, paid)).toMatchObject({
      kind: 'paid',
      evidence: { code: 'INS-0', providerReference: receipt, receipt, requestId: '0f6a2be41c0d4f1c8a7745cc19e2d3b0' },
    });
  });

  it.each([undefined, '', ' ', 'N/A', 'n/a', null])('with the transaction id %j is an acceptance only', (id) => {
    const outcome = answered(200, { ...paid, output_TransactionID: id });
    expect(outcome).toMatchObject({ kind: 'pending', evidence: { requestId: '0f6a2be41c0d4f1c8a7745cc19e2d3b0' } });
    expect(outcome.evidence.providerReference).toBeUndefined();
  });

  it('by the older name of an acceptance is one too', () => {
    const body = { ...accepted, output_ResponseDesc: 'Successfully Accepted Request' };
    expect(answered(201, body).kind).toBe('pending');
  });

  it.each([400, 401, 409, 500, 302])('beside the status %i is unknown', (status) => {
    expect(answered(status, paid)).toMatchObject({ kind: 'unknown', evidence: { code: 'contradiction' } });
  });

  it('about another conversation is unknown', () => {
    const outcome = answered(201, { ...paid, output_ThirdPartyConversationID: 'ZZZZ0000000000000000' });
    expect(outcome).toMatchObject({ kind: 'unknown', evidence: { code: 'contradiction' } });
  });

  it('that leaves our conversation out is believed: the connection says whose it is', () => {
    expect(answered(201, { ...paid, output_ThirdPartyConversationID: undefined }).kind).toBe('paid');
  });
});

describe('each code of the table', () => {
  it.each([
    ['INS-1', 400, 'unknown'],
    ['INS-6', 401, 'failed'],
    ['INS-9', 408, 'unknown'],
    ['INS-10', 409, 'unknown'],
    ['INS-13', 400, 'stop'],
    ['INS-15', 400, 'failed'],
    ['INS-17', 400, 'failed'],
    ['INS-20', 400, 'failed'],
    ['INS-21', 400, 'failed'],
    ['INS-26', 400, 'stop'],
    ['INS-28', 400, 'failed'],
    ['INS-30', 400, 'failed'],
    ['INS-31', 400, 'failed'],
    ['INS-990', 400, 'failed'],
    ['INS-991', 400, 'failed'],
    ['INS-992', 400, 'stop'],
    ['INS-993', 400, 'stop'],
    ['INS-994', 400, 'stop'],
    ['INS-995', 400, 'failed'],
    ['INS-996', 400, 'stop'],
    ['INS-997', 400, 'stop'],
    ['INS-998', 400, 'stop'],
    ['INS-2006', 422, 'stop'],
    ['INS-2051', 400, 'failed'],
    ['INS-989', 400, 'stop'],
    ['INS-999', 400, 'failed'],
    ['INS-16', 503, 'unknown'],
    ['INS-2001', 401, 'stop'],
    ['INS-2002', 400, 'failed'],
    ['INS-2057', 400, 'failed'],
    ['INS-2', 401, 'stop'],
    ['INS-4', 401, 'stop'],
    ['INS-5', 401, 'failed'],
    ['INS-14', 400, 'failed'],
    ['INS-19', 400, 'failed'],
    ['INS-22', 400, 'failed'],
    ['INS-24', 400, 'failed'],
    ['INS-25', 400, 'failed'],
    ['INS-3', 400, 'unknown'],
    ['INS-23', 400, 'unknown'],
    ['INS-6140', 400, 'unknown'],
    ['toString', 400, 'unknown'],
  ] as const)('%s (%i) is %s', (code, status, kind) => {
    expect(answered(status, refusal(code))).toMatchObject({ kind, evidence: { code: code.toUpperCase() } });
  });

  it.each(['INS-15', 'INS-2006', 'INS-6'])('%s means the same with any status', (code) => {
    const kinds = [200, 400, 401, 422, 500].map((status) => answered(status, refusal(code)).kind);
    expect(new Set(kinds)).toEqual(new Set([code === 'INS-2006' ? 'stop' : 'failed']));
  });

  it('of the older version is believed with the status of a refusal only', () => {
    expect(answered(500, refusal('INS-5')).kind).toBe('unknown');
    expect(answered(200, refusal('INS-2')).kind).toBe('unknown');
  });

  it('that refuses and names a transaction id all the same is unknown', () => {
    const outcome = answered(401, { ...paid, output_ResponseCode: 'INS-6' });
    expect(outcome).toMatchObject({ kind: 'unknown', evidence: { providerReference: receipt } });
  });

  it('that refuses another conversation is unknown', () => {
    const body = { ...refusal('INS-15'), output_ThirdPartyConversationID: 'ZZZZ0000000000000000' };
    expect(answered(400, body).kind).toBe('unknown');
  });

  it('is read in small letters and with blanks, and hidden where it is none', () => {
    expect(answered(401, refusal(' ins-6 ')).kind).toBe('failed');
    expect(answered(400, refusal('something went wrong'))).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'unlisted-code' },
    });
  });

  it('names the setting to mend where the account cannot go on', () => {
    expect(answered(400, refusal('INS-13')).evidence.reason).toContain('accounts.wages.options.service_provider_code');
  });

  it('of a business payment is read alike', () => {
    expect(answered(400, refusal('INS-30'), { payment: payment({ destination: TILL }) }).kind).toBe('failed');
  });
});

describe('a payment that is re-sent', () => {
  it.each(['INS-6', 'INS-15', 'INS-2051'])('is not failed by %s: the earlier request may have paid', (code) => {
    expect(answered(400, refusal(code), { isResend: true }).kind).toBe('unknown');
  });

  it('is unknown when it is a duplicate, and paid when it is paid', () => {
    expect(answered(409, refusal('INS-10'), { isResend: true }).kind).toBe('unknown');
    expect(answered(201, paid, { isResend: true }).kind).toBe('paid');
  });
});

describe('without a code', () => {
  it.each(['{"output_error":"session not valid"}', '', '<html>', '{"output_ResponseCode":""}'])(
    'a 401 or 403 (%s) is the session: nothing moved, and a new one is fetched',
    (body) => {
      for (const status of [401, 403]) {
        expect(answered(status, body)).toMatchObject({ kind: 'throttled', waitMs: 0 });
        const stopped = answered(status, body, { isRefusedAgain: true });
        expect(stopped.kind).toBe('stop');
        expect(stopped.evidence.reason).toContain('accounts.wages.options.origin');
      }
    },
  );

  it('a 429 waits as long as the answer asks', () => {
    expect(answered(429, '', {}, { 'Retry-After': '7' })).toMatchObject({ kind: 'throttled', waitMs: 7_000 });
    expect(answered(429, '')).not.toHaveProperty('waitMs');
  });

  it('a 404 stops the account: the address is wrong', () => {
    expect(answered(404, '<html>').kind).toBe('stop');
  });

  it.each([
    [200, ''],
    [201, '<html>ok</html>'],
    [201, '[]'],
    [201, '{"output_TransactionID":"9QK4T7ZP2M1A"}'],
    [302, ''],
    [400, '{}'],
    [408, ''],
    [409, ''],
    [500, ''],
    [502, '<html>Bad Gateway</html>'],
    [503, '{"output_ResponseCode":null}'],
  ])('%i %s is unknown', (status, body) => {
    expect(answered(status, body).kind).toBe('unknown');
  });

  it('what never left was not sent, and what may have left is unknown', () => {
    expect(read({ kind: 'not-sent', code: 'dns', reason: 'x is not known.' }).kind).toBe('not-sent');
    expect(read({ kind: 'lost', code: 'timeout', reason: 'No whole answer from x within 60 s.' })).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'timeout' },
    });
  });
});

it('what M-Pesa says comes into the reason without the number and without the key', () => {
  const body = { ...refusal('INS-2051'), output_ResponseDesc: 'MSISDN 255744000111 invalid for the-api-key' };
  const { reason } = answered(400, body).evidence;
  expect(reason).toContain('invalid for');
  expect(reason).not.toMatch(/744000111|the-api-key/);
});
