import { describe, expect, it } from 'vitest';
import type { CallbackFault, FaultRule } from '../../../src/simulator/index.ts';
import { fields, openMpesaClient, outcomeOf, type MpesaClient } from './client.ts';

const SANDBOX = 'sandbox/ipg/v2/vodacomTZN';
const callback = (callbackFault: CallbackFault): FaultRule[] => [{ fault: { kind: 'callback', callbackFault } }];
const callbackFields = ({ receiver }: MpesaClient): Record<string, unknown>[] =>
  receiver.callbacks.map((callback) => fields({ text: callback.body }));
const results = (payer: MpesaClient): unknown[] =>
  callbackFields(payer).map((callback) => callback['input_ResultCode']);
/** The answer to a query: its code, and the status where there is one. */
const queryResult = (text: string): unknown[] => {
  const answer = fields({ text });
  return [answer['output_ResponseCode'], answer['output_ResponseTransactionStatus']];
};

describe('an asynchronous organisation at M-Pesa OpenAPI', () => {
  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['N/A', 'N/A'],
  ])('receives an acceptance with a transaction id that is %s, and the result by callback', async (word, id) => {
    const payer = await openMpesaClient({ settings: { async: true, acceptedTransactionId: word } });
    const { b2c, query, simulator } = payer;
    const reply = await b2c();
    const accepted = fields(reply);
    expect([reply.status, accepted['output_ResponseCode'], accepted['output_TransactionID']]).toEqual([
      200,
      'INS-0',
      id,
    ]);
    await simulator.idle();
    const [booked] = simulator.book();
    expect(callbackFields(payer)).toEqual([
      {
        input_OriginalConversationID: accepted['output_ConversationID'],
        input_TransactionID: booked?.providerReference,
        input_ResultCode: 'INS-0',
        input_ResultDesc: 'Request processed successfully',
        input_ThirdPartyConversationID: 'CONV1',
      },
    ]);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Completed']);
    expect(outcomeOf(await b2c())).toEqual([409, 'INS-10']);
  });

  it('has its money set aside while a payment is under way, and back when it failed', async () => {
    // Longer than three requests take on a machine that is busy.
    const settings = { async: true, asyncResult: 'INS-4711', callbackDelayMs: 1_000 };
    const payer = await openMpesaClient({ balance: '2500', settings });
    const { b2c, query, simulator } = payer;
    await b2c();
    expect(outcomeOf(await b2c({ input_ThirdPartyConversationID: 'CONV2' }))).toEqual([422, 'INS-2006']);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Pending']);
    await simulator.idle();
    expect([results(payer), simulator.book()]).toEqual([['INS-4711'], []]);
    expect(queryResult((await query('CONV1')).text)).toEqual(['INS-0', 'Failed']);
    expect(outcomeOf(await b2c({ input_ThirdPartyConversationID: 'CONV3' }))).toEqual([200, 'INS-0']);
  });

  it('receives the sandbox’s failure by callback', async () => {
    const payer = await openMpesaClient({ settings: { async: true } }, SANDBOX);
    expect(outcomeOf(await payer.b2c({ input_CustomerMSISDN: '000000000003' }))).toEqual([200, 'INS-0']);
    await payer.simulator.idle();
    expect([results(payer), payer.simulator.book()]).toEqual([['INS-6'], []]);
  });

  it.each([
    ['lost', []],
    ['twice', ['INS-0', 'INS-0']],
    ['early', ['INS-0']],
    ['forged', ['INS-6', 'INS-0']],
    ['contradictory', ['INS-0', 'INS-6']],
  ] as const)('meets callbacks that are %s: %o', async (callbackFault, codes) => {
    const payer = await openMpesaClient({ settings: { async: true }, faults: callback(callbackFault) });
    const { output_ConversationID } = fields(await payer.b2c());
    if (callbackFault === 'early') expect(payer.receiver.callbacks.map((callback) => callback.after)).toEqual([0]);
    await payer.simulator.idle();
    expect(results(payer)).toEqual(codes);
    const isOurs = callbackFields(payer).map(
      (callback) => callback['input_OriginalConversationID'] === output_ConversationID,
    );
    expect(isOurs).toEqual(codes.map((_code, at) => callbackFault !== 'forged' || at > 0));
    expect(payer.simulator.book()).toHaveLength(1);
    expect(queryResult((await payer.query('CONV1')).text)).toEqual(['INS-0', 'Completed']);
  });

  it('receives a callback again that it did not acknowledge, where the setting says so', async () => {
    const payer = await openMpesaClient({ settings: { async: true, callbackRetries: 2 } });
    payer.receiver.answerWith(503);
    await payer.b2c();
    await payer.simulator.idle();
    expect(results(payer)).toEqual(['INS-0', 'INS-0', 'INS-0']);
    payer.receiver.answerWith(200);
    await payer.b2c({ input_ThirdPartyConversationID: 'CONV2' });
    await payer.simulator.idle();
    expect([payer.receiver.callbacks.length, payer.simulator.book().length]).toEqual([4, 2]);
  });

  it('may have been answered with a time-out, and is paid all the same', async () => {
    const payer = await openMpesaClient({ settings: { async: true, answerAs: 'INS-9' } });
    expect(outcomeOf(await payer.b2c())).toEqual([408, 'INS-9']);
    await payer.simulator.idle();
    expect([results(payer), payer.simulator.book().length]).toEqual([['INS-0'], 1]);
  });
});
