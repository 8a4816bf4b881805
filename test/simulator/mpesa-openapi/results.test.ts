import { describe, expect, it } from 'vitest';
import { fields, openMpesaClient, outcomeOf, type MpesaClient } from './client.ts';

const SANDBOX = 'sandbox/ipg/v2/vodacomTZN';
const callbackFields = ({ receiver }: MpesaClient): Record<string, unknown>[] =>
  receiver.callbacks.map((callback) => fields({ text: callback.body }));
/** The answer to a query: its code, and the status where there is one. */
const queryResult = (text: string): unknown[] => {
  const answer = fields({ text });
  return [answer['output_ResponseCode'], answer['output_ResponseTransactionStatus']];
};

describe('an uncertain answer of M-Pesa OpenAPI', () => {
  it.each([
    ['INS-1', 400, 'INS-1'],
    ['INS-9', 408, 'INS-9'],
    ['INS-16', 503, 'INS-16'],
    ['INS-4711', 400, 'INS-4711'],
  ])('%s may hide a payment, which a query finds', async (answerAs, status, code) => {
    const { b2c, query, simulator } = await openMpesaClient({ settings: { answerAs, actualOutcome: 'paid' } });
    expect(outcomeOf(await b2c())).toEqual([status, code]);
    expect(simulator.book()).toHaveLength(1);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Completed']);
    expect(outcomeOf(await b2c())).toEqual([409, 'INS-10']);
  });

  it.each([
    ['INS-1', true],
    ['INS-9', true],
    ['INS-4711', true],
    ['INS-16', false],
  ])('%s may hide nothing, which a query does not find; its id is used up: %s', async (answerAs, isUsedUp) => {
    const { b2c, query, simulator } = await openMpesaClient({
      settings: { answerAs, actualOutcome: 'not-paid', answerTimes: 1 },
    });
    await b2c();
    expect(simulator.book()).toEqual([]);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-23', undefined]);
    expect(outcomeOf(await b2c())).toEqual(isUsedUp ? [409, 'INS-10'] : [201, 'INS-0']);
  });

  it.each([
    ['paid', 1, [409, 'INS-10']],
    ['not-paid', 0, [201, 'INS-0']],
  ] as const)('may be a page of a proxy, or none: the payment was %s', async (actualOutcome, booked, again) => {
    const page = await openMpesaClient({ settings: { answerAs: 'html', answerTimes: 1, actualOutcome } });
    const reply = await page.b2c();
    expect([reply.status, reply.text.startsWith('<html>')]).toEqual([502, true]);
    const gone = await openMpesaClient({ settings: { answerAs: 'drop', answerTimes: 1, actualOutcome } });
    await expect(gone.b2c()).rejects.toThrow('fetch failed');
    for (const { simulator, b2c } of [page, gone]) {
      expect(simulator.book()).toHaveLength(booked);
      expect(outcomeOf(await b2c())).toEqual(again);
      expect(simulator.book()).toHaveLength(1);
    }
  });

  it('is not a refusal, which never hides a payment', async () => {
    const { b2c, simulator } = await openMpesaClient({
      settings: { answerAs: 'INS-990', actualOutcome: 'paid', answerTimes: 1 },
    });
    expect(outcomeOf(await b2c())).toEqual([400, 'INS-990']);
    expect(simulator.book()).toEqual([]);
    expect((await b2c()).status).toBe(201);
  });
});

describe('a fault at M-Pesa OpenAPI', () => {
  it.each([
    [{ kind: 'drop-before-booking' }, 0],
    [{ kind: 'drop-after-booking' }, 1],
    [{ kind: 'status', status: 500, booked: false }, 0],
    [{ kind: 'status', status: 500, booked: true }, 1],
    [{ kind: 'unreadable' }, 1],
    [{ kind: 'throttle' }, 0],
  ] as const)('%o books %i, and the identical request tells which', async (fault, booked) => {
    const { b2c, simulator } = await openMpesaClient({ faults: [{ fault }] });
    await b2c().catch(() => null);
    expect(simulator.book()).toHaveLength(booked);
    expect(outcomeOf(await b2c())).toEqual(booked === 1 ? [409, 'INS-10'] : [201, 'INS-0']);
    expect(simulator.book()).toHaveLength(1);
  });
});

describe('the sandbox of M-Pesa OpenAPI', () => {
  const outcomes = [
    [1, [201, 'INS-0'], 1, ['INS-0', 'Completed'], true],
    [2, [400, 'INS-1'], 0, ['INS-23', undefined], true],
    [3, [401, 'INS-6'], 0, ['INS-0', 'Failed'], true],
    [4, [408, 'INS-9'], 0, ['INS-23', undefined], true],
    [5, [400, 'INS-15'], 0, ['INS-23', undefined], false],
    [6, [422, 'INS-2006'], 0, ['INS-0', 'Failed'], true],
    [7, [503, 'INS-16'], 0, ['INS-23', undefined], false],
  ] as const;

  it.each(outcomes)('answers its number %i with %o', async (digit, answer, booked, found, isUsedUp) => {
    const { b2c, b2b, query, simulator } = await openMpesaClient({ settings: { actualOutcome: 'not-paid' } }, SANDBOX);
    expect(outcomeOf(await b2c({ input_CustomerMSISDN: `00000000000${digit}` }))).toEqual(answer);
    expect(simulator.book()).toHaveLength(booked);
    expect(queryResult((await query('CONV1')).text)).toEqual(found);
    const other = { input_ReceiverPartyCode: `00000${digit}`, input_ThirdPartyConversationID: 'CONV2' };
    expect(outcomeOf(await b2b(other))).toEqual(answer);
    expect(outcomeOf(await b2c())).toEqual(isUsedUp ? [409, 'INS-10'] : [201, 'INS-0']);
  });

  it.each([2, 4, 7])('may have paid its number %i all the same', async (digit) => {
    const { b2c, query, simulator } = await openMpesaClient({ settings: { actualOutcome: 'paid' } }, SANDBOX);
    await b2c({ input_CustomerMSISDN: `00000000000${digit}` });
    expect(simulator.book()).toHaveLength(1);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Completed']);
  });

  it.each([
    ['000000000001', [200, 'INS-0'], 'False'],
    ['000000000002', [400, 'INS-1'], undefined],
    ['000000000003', [401, 'INS-6'], undefined],
    ['000000000007', [503, 'INS-16'], undefined],
    ['000000000000000000001', [200, 'INS-0'], 'True'],
    ['000000000000000000002', [400, 'INS-23'], undefined],
    ['000000000000000000005', [503, 'INS-16'], undefined],
  ])('answers a query about %s with %o', async (reference, answer, reversed) => {
    const { query } = await openMpesaClient({}, SANDBOX);
    const reply = await query(reference, { input_ServiceProviderCode: '000000' });
    expect([outcomeOf(reply), fields(reply)['output_Reversed']]).toEqual([answer, reversed]);
  });

  it('has no magic where it is turned off, and the live side has none', async () => {
    const plain = await openMpesaClient({ magicValues: 'none' }, SANDBOX);
    expect((await plain.b2c({ input_CustomerMSISDN: '000000000003' })).status).toBe(201);
    const live = await openMpesaClient();
    expect(outcomeOf(await live.query('000000000001'))).toEqual([400, 'INS-23']);
    expect((await live.b2b({ input_ReceiverPartyCode: '000003' })).status).toBe(201);
  });
});

describe('a query at M-Pesa OpenAPI', () => {
  it('takes any of three ids', async () => {
    const { b2c, query } = await openMpesaClient();
    const { output_TransactionID, output_ConversationID } = fields(await b2c());
    for (const id of ['CONV1', String(output_TransactionID), String(output_ConversationID)]) {
      const reply = await query(id, { input_ThirdPartyConversationID: 'q7' });
      expect([reply.status, fields(reply)]).toEqual([
        200,
        {
          output_ResponseCode: 'INS-0',
          output_ResponseDesc: 'Request processed successfully',
          output_ResponseTransactionStatus: 'Completed',
          output_ConversationID: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          output_ThirdPartyConversationID: 'q7',
          output_OriginalTransactionID: output_TransactionID,
          output_Reversed: 'False',
        },
      ]);
    }
  });

  it('finds no payment of another organisation', async () => {
    const { b2c, query } = await openMpesaClient();
    await b2c();
    expect(outcomeOf(await query('CONV1', { input_ServiceProviderCode: '900124' }))).toEqual([400, 'INS-23']);
  });

  it.each([
    ['INS-20', 'CONV1', { input_Country: undefined }],
    ['INS-21', 'CONV 1', {}],
    ['INS-21', 'c'.repeat(33), {}],
    ['INS-21', 'CONV1', { input_Amount: '1' }],
    ['INS-28', 'CONV1', { input_ThirdPartyConversationID: 'q-1' }],
    ['INS-998', 'CONV1', { input_Country: 'GHA' }],
    ['INS-13', 'CONV1', { input_ServiceProviderCode: '1' }],
  ] as const)('is refused with %s about %s with %o', async (code, reference, more) => {
    const { query } = await openMpesaClient();
    expect(outcomeOf(await query(reference, more))).toEqual([400, code]);
  });

  it('does not find a payment before it is visible, with either of two codes', async () => {
    const { b2c, query, clock } = await openMpesaClient({
      settings: { visibilityLagMs: 240_000, notFoundCode: 'INS-6140' },
    });
    await b2c();
    clock.now += 239_999;
    expect(outcomeOf(await query('CONV1'))).toEqual([400, 'INS-6140']);
    clock.now += 1;
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Completed']);
  });

  it('reports that a payment was reversed', async () => {
    const { b2c, query, clock } = await openMpesaClient({ settings: { reversedAfterMs: 1_000 } });
    await b2c();
    expect(fields(await query('CONV1'))['output_Reversed']).toBe('False');
    clock.now += 1_000;
    expect(fields(await query('CONV1'))).toMatchObject({
      output_ResponseTransactionStatus: 'Completed',
      output_Reversed: 'True',
    });
  });

  it('may only be accepted, and answered by callback', async () => {
    const payer = await openMpesaClient({ settings: { asyncQuery: true } });
    const { b2c, query, simulator } = payer;
    const { output_TransactionID } = fields(await b2c());
    const accepted = fields(await query('CONV1', { input_ThirdPartyConversationID: 'q1' }));
    expect(accepted).not.toHaveProperty('output_ResponseTransactionStatus');
    await simulator.idle();
    await query('NOBODY', { input_ThirdPartyConversationID: 'q2' });
    await simulator.idle();
    expect(callbackFields(payer)).toEqual([
      {
        input_OriginalConversationID: accepted['output_ConversationID'],
        input_ResultCode: 'INS-0',
        input_ResultDesc: 'Request processed successfully',
        input_ThirdPartyConversationID: 'q1',
        input_OriginalTransactionID: output_TransactionID,
        input_Reversed: 'False',
      },
      expect.objectContaining({ input_ResultCode: 'INS-23', input_ThirdPartyConversationID: 'q2' }),
    ]);
  });
});
