import { describe, expect, it } from 'vitest';
import { mpesaCallbacks } from '../../../src/providers/mpesa-openapi/callbacks.ts';
import { queryConversation } from '../../../src/providers/mpesa-openapi/signature.ts';
import type { CallbackPayment, ParsedCallback } from '../../../src/providers/port.ts';
import { called, REFERENCE } from './payments.ts';

const reader = mpesaCallbacks({
  account: 'wages',
  currency: 'TZS',
  credentials: { api_key: 'the-api-key', public_key: 'the-public-key' },
  options: {},
  callbackAddress: 'https://pay.example.org/callbacks/0123456789abcdef0123456789abcdef',
  hasKnownSources: false,
});

function read(body: unknown, held: CallbackPayment | null = called()): Promise<ParsedCallback> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return reader.read({ segment: '', headers: {}, body: new TextEncoder().encode(text) }, (reference) =>
    Promise.resolve(held?.reference === reference ? held : null),
  );
}

const success = {
  input_OriginalConversationID: 'conversation-of-theirs',
  input_TransactionID: '9QK4T7ZP2M1A',
  input_ResultCode: 'INS-0',
  input_ResultDesc: 'Request processed successfully',
  input_ThirdPartyConversationID: REFERENCE,
};

const failure = (code: string): object => ({ ...success, input_ResultCode: code, input_TransactionID: 'N/A' });

describe('a callback about a payment', () => {
  it.each(['INS-0', '0', 0])('that says success (%j) is unverified: the callback is not signed', async (code) => {
    expect(await read({ ...success, input_ResultCode: code })).toMatchObject({
      kind: 'unverified',
      reference: REFERENCE,
      evidence: { code: 'INS-0', providerReference: '9QK4T7ZP2M1A', receipt: '9QK4T7ZP2M1A' },
    });
  });

  it('is acknowledged with both conversations', async () => {
    expect(await read(success)).toMatchObject({
      reply: {
        output_OriginalConversationID: 'conversation-of-theirs',
        output_ResponseCode: '0',
        output_ResponseDesc: 'Successfully Accepted Result',
        output_ThirdPartyConversationID: REFERENCE,
      },
    });
  });

  it('that says failure needs a query, also when both conversations are known', async () => {
    const reading = await read(failure('INS-6'));
    expect(reading).toMatchObject({ kind: 'unverified', reportsFailure: true, evidence: { code: 'INS-6' } });
    expect(reading).not.toHaveProperty('report.stopsAccount');
  });

  it('that says failure for want of balance stops the account besides', async () => {
    expect(await read(failure('INS-2006'))).toMatchObject({
      kind: 'unverified',
      reportsFailure: true,
      accountStop: expect.anything() as object,
    });
  });

  it.each([
    ['another conversation', { ...failure('INS-6'), input_OriginalConversationID: 'somebody-else' }, called()],
    ['no conversation', { ...failure('INS-6'), input_OriginalConversationID: '' }, called()],
    ['a conversation that came before the answer', failure('INS-6'), called({ requestId: '', status: 'submitting' })],
    [
      'no conversation where none is known',
      { ...failure('INS-6'), input_OriginalConversationID: '' },
      called({ requestId: '' }),
    ],
  ])('that says failure with %s is unverified', async (_what, body, held) => {
    const reading = await read(body, held);
    expect(reading).toMatchObject({ kind: 'unverified', reference: REFERENCE });
    expect(reading).not.toHaveProperty('evidence.requestId');
  });

  it.each(['INS-1', 'INS-9', 'INS-10', 'INS-16', 'INS-777', 'INS-5', '1'])(
    'that says %s, which decides nothing, is unverified',
    async (code) => {
      expect((await read(failure(code))).kind).toBe('unverified');
    },
  );

  it('of another conversation brings no receipt into the ledger', async () => {
    const reading = await read({ ...success, input_OriginalConversationID: 'somebody-else' });
    expect(reading).not.toHaveProperty('evidence.providerReference');
  });

  it('that is not in the ledger is noted and acknowledged', async () => {
    expect(await read(success, null)).toMatchObject({ kind: 'unrelated', reply: { output_ResponseCode: '0' } });
  });

  it('is the same callback when it comes again, and another when it says another thing', async () => {
    const keys = await Promise.all([success, { ...success }, failure('INS-6')].map((body) => read(body)));
    const [first, again, other] = keys.map((reading) => 'deduplicationKey' in reading && reading.deduplicationKey);
    expect(first).toMatch(/^[0-9a-f]{40}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each(['', 'null', '[]', '<html>', '{}', '{"input_ResultCode":"INS-0"}', `{"input_ThirdPartyConversationID":"X"}`])(
    'that cannot be read (%s) is refused',
    async (body) => {
      expect(await read(body)).toMatchObject({ kind: 'refused', status: 400 });
    },
  );
});

describe('a callback that answers a query of ours', () => {
  const queried = (apiKey = 'the-api-key'): object => ({
    input_OriginalConversationID: 'conversation-of-the-query',
    input_ResultCode: 'INS-0',
    input_ThirdPartyConversationID: queryConversation(REFERENCE, 3, Math.random, apiKey),
    input_OriginalTransactionID: '9QK4T7ZP2M1A',
    input_Reversed: 'False',
  });

  it('without a status decides nothing, and asks for no further query', async () => {
    expect(await read(queried())).toMatchObject({
      kind: 'report',
      reference: REFERENCE,
      report: { kind: 'unknown', evidence: { providerReference: '9QK4T7ZP2M1A' } },
    });
  });

  it('with a status is what the query found', async () => {
    const body = { ...queried(), input_ResponseTransactionStatus: 'Completed' };
    expect(await read(body)).toMatchObject({ kind: 'report', report: { kind: 'paid' } });
    expect(await read({ ...body, input_Reversed: 'True' })).toMatchObject({ report: { kind: 'returned' } });
  });

  it('that found nothing says not found', async () => {
    expect(await read({ ...queried(), input_ResultCode: 'INS-23' })).toMatchObject({ report: { kind: 'not-found' } });
  });

  it('made without the API key is about no payment of ours', async () => {
    const forged = { ...queried('a-guess'), input_ResponseTransactionStatus: 'Completed' };
    expect((await read(forged)).kind).toBe('unrelated');
  });
});
