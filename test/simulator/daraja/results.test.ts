import { describe, expect, it } from 'vitest';
import type { CallbackFault, FaultRule } from '../../../src/simulator/index.ts';
import { body, openDarajaClient, outcomeOf, parametersOf, resultIn, type DarajaClient } from './client.ts';

const callback = (callbackFault: CallbackFault): FaultRule[] => [{ fault: { kind: 'callback', callbackFault } }];
const codes = ({ results }: DarajaClient): unknown[] => results().map((result) => result['ResultCode']);
const bookedCount = async ({ simulator }: DarajaClient): Promise<number> => {
  await simulator.idle();
  return simulator.book().length;
};

describe('the result of a B2C payment', () => {
  it('reports the amount, and the balance of the debited account', async () => {
    const client = await openDarajaClient({ balance: '884210.50' });
    const acknowledged = body(await client.b2c());
    await bookedCount(client);
    const [booked] = client.simulator.book();
    const [result] = client.results();
    expect(result).toMatchObject({
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: 'OCID1',
      ConversationID: acknowledged['ConversationID'],
      TransactionID: booked?.providerReference,
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
    });
    expect(parametersOf(result)).toEqual({
      TransactionReceipt: booked?.providerReference,
      TransactionAmount: 1500,
      ReceiverPartyPublicName: '254711222333 - AMINA WEKESA',
      // In Kenya; 12:45 UTC.
      TransactionCompletedDateTime: '10.02.2026 15:45:00',
      B2CUtilityAccountAvailableFunds: 882710.5,
      B2CWorkingAccountAvailableFunds: 884210.5,
      B2CRecipientIsRegisteredCustomer: 'Y',
      B2CChargesPaidAccountAvailableFunds: -5,
    });
    const [callback] = client.receiver.callbacks;
    expect(callback?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-forwarded-for': '196.201.214.200',
    });
  });

  it('of a failure has a number too, and no parameters', async () => {
    const client = await openDarajaClient({ balance: '1499.99' });
    await client.b2c();
    expect(await bookedCount(client)).toBe(0);
    const [result] = client.results();
    expect(result).toMatchObject({
      ResultCode: 1,
      ResultType: 0,
      TransactionID: expect.stringMatching(/^T\w{9}$/) as string,
    });
    expect(result).not.toHaveProperty('ResultParameters');
  });

  it.each([
    [{ stringCodes: true }, '"ResultType":"0","ResultCode":"0"'],
    [{ textAmounts: true }, '{"Key":"TransactionAmount","Value":"1500.00"}'],
    [{ singleObjectParameters: true }, '"ResultParameter":{"Key":"TransactionReceipt"'],
  ])('may be worded as %o', async (settings, words) => {
    const client = await openDarajaClient({ settings });
    await client.b2c();
    await bookedCount(client);
    expect(client.receiver.callbacks[0]?.body).toContain(words);
  });

  it('may be preceded by one that is not final and says zero all the same', async () => {
    const client = await openDarajaClient({ settings: { resultTypeFirst: true }, balance: '10' });
    await client.b2c();
    await bookedCount(client);
    expect(client.results().map(({ ResultType, ResultCode }) => [ResultType, ResultCode])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('is sent once: a callback that is not acknowledged is not repeated', async () => {
    const client = await openDarajaClient();
    client.receiver.answerWith(503);
    await client.b2c();
    expect(await bookedCount(client)).toBe(1);
    expect(codes(client)).toEqual([0]);
    expect(client.simulator.callbacks()).toEqual({ sent: 1, acknowledged: 0 });
  });
});

describe('the result of a B2B payment', () => {
  it('carries the bill, and the id that was made for it', async () => {
    const client = await openDarajaClient({ balance: '20000' });
    const { OriginatorConversationID } = body(await client.b2b());
    await bookedCount(client);
    const [result] = client.results();
    expect(result).toMatchObject({ ResultCode: 0, OriginatorConversationID });
    expect(result?.['ReferenceData']).toMatchObject({
      ReferenceItem: [{ Key: 'BillReferenceNumber', Value: 'INV-2211' }, { Key: 'QueueTimeoutURL' }],
    });
    expect(parametersOf(result)).toMatchObject({
      Amount: 12500,
      Currency: 'KES',
      TransCompletedTime: 20260210154500,
      ReceiverPartyPublicName: '888880 - CITY WATER',
      DebitPartyAffectedAccountBalance: 'Working Account|KES|7500.00|7500.00|0.00|0.00',
    });
    // One that has no value.
    expect(client.receiver.callbacks[0]?.body).toContain('{"Key":"DebitPartyCharges"}');
  });

  it('of a failure has one parameter, which is no list', async () => {
    const client = await openDarajaClient({ settings: { workingBalance: '12499.99' } });
    await client.b2b();
    expect(await bookedCount(client)).toBe(0);
    expect(client.results()).toMatchObject([
      { ResultCode: 1, ResultParameters: { ResultParameter: { Key: 'BOCompletedTime' } } },
    ]);
  });
});

describe('the money rules of Daraja', () => {
  it('know a least and a largest amount', async () => {
    const client = await openDarajaClient();
    for (const [at, Amount] of ['9', '10', '250000', '250001'].entries()) {
      await client.b2c({ OriginatorConversationID: `OCID${at}`, Amount });
      await bookedCount(client);
    }
    expect(codes(client)).toEqual([2, 0, 0, 3]);
    expect(client.simulator.book().map((entry) => entry.amountMinor)).toEqual([10_00n, 250_000_00n]);
  });

  it('limit a recipient to 500,000 a day in Kenya, and to a balance of 500,000', async () => {
    const client = await openDarajaClient({ tokenSeconds: 100_000 });
    let serial = 0;
    const pay = async (Amount: string, PartyB: string): Promise<unknown> => {
      await client.b2c({ OriginatorConversationID: `OCID${++serial}`, Amount, PartyB });
      await bookedCount(client);
      return codes(client).at(-1);
    };
    expect(await pay('250000', '254711222333')).toBe(0);
    expect(await pay('240000', '254711222333')).toBe(0);
    expect(await pay('10001', '254711222333')).toBe(4);
    expect(await pay('10001', '254711222334')).toBe(0);
    // Until midnight in Nairobi; the wallet is as full as before then.
    client.clock.now = Date.parse('2026-02-10T20:59:59.999Z');
    expect(await pay('10001', '254711222333')).toBe(4);
    client.clock.now += 1;
    expect(await pay('10001', '254711222333')).toBe(8);
    expect(await pay('10000', '254711222333')).toBe(0);
    expect(client.simulator.book()).toHaveLength(4);
  });

  it('keep the two pockets of a short code apart', async () => {
    const client = await openDarajaClient({ settings: { utilityBalance: '1499', workingBalance: '12500' } });
    await client.b2c();
    await client.b2b();
    expect(await bookedCount(client)).toBe(1);
    expect(codes(client)).toEqual([1, 0]);
    const again = await openDarajaClient({ settings: { utilityBalance: '1500', workingBalance: '12499' } });
    await again.b2c();
    await again.b2b();
    expect(await bookedCount(again)).toBe(1);
    expect(codes(again)).toEqual([0, 1]);
  });

  it('let two payments at once have the last money once', async () => {
    const client = await openDarajaClient({ balance: '2999' });
    await client.b2c();
    await client.b2c({ OriginatorConversationID: 'OCID2' });
    expect(await bookedCount(client)).toBe(1);
    expect([...codes(client)].sort()).toEqual([0, 1]);
  });
});

describe('the magic phones', () => {
  it.each([
    ['00', [0], 'Completed'],
    ['01', [1], 'Declined'],
    ['04', [4], 'Declined'],
    ['08', [8], 'Declined'],
    ['17', [17], 'Completed'],
    ['18', [17], 'Declined'],
    ['40', [2040], 'Declined'],
    ['50', [], 'Completed'],
    ['51', [], 'Declined'],
    ['60', [], 'Completed'],
    ['61', [], 'Expired'],
    ['99', ['SFC_IC0003'], 'Declined'],
  ])('ending %s report %o, and a query says %s', async (digits, reported, word) => {
    const client = await openDarajaClient();
    expect(outcomeOf(await client.b2c({ PartyB: `2547000000${digits}` }))).toEqual([200, '0']);
    expect(await bookedCount(client)).toBe(word === 'Completed' ? 1 : 0);
    expect(codes(client)).toEqual(reported);
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([0, word]);
  });

  it.each([
    ['70', 1, [0, 'Completed']],
    ['71', 0, [2033]],
  ])('ending %s hang up', async (digits, booked, word) => {
    const client = await openDarajaClient();
    await expect(client.b2c({ PartyB: `2547000000${digits}` })).rejects.toThrow('fetch failed');
    expect(await bookedCount(client)).toBe(booked);
    expect(codes(client)).toEqual(booked === 1 ? [0] : []);
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual(word);
  });

  it('are ordinary phones when they are turned off', async () => {
    const client = await openDarajaClient({ magicValues: 'none' });
    for (const digits of ['01', '17', '40', '51', '61', '71', '99']) {
      await client.b2c({ OriginatorConversationID: `OCID${digits}`, PartyB: `2547000000${digits}` });
    }
    expect(await bookedCount(client)).toBe(7);
    expect(codes(client)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('a notice of time-out in the queue', () => {
  it('repeats the request, flat', async () => {
    const client = await openDarajaClient();
    await client.b2c({ PartyB: '254700000060', Amount: 1500 });
    await bookedCount(client);
    const [callback] = client.receiver.callbacks;
    expect(callback?.path).toMatch(/\/t-1$/);
    expect(JSON.parse(callback?.body ?? '')).toMatchObject({
      OriginatorConversationID: 'OCID1',
      PartyB: '254700000060',
      Amount: 1500,
    });
  });

  it('or has an envelope whose code means nothing', async () => {
    const client = await openDarajaClient({ settings: { timeoutShape: 'result' } });
    await client.b2c({ PartyB: '254700000060' });
    expect(await bookedCount(client)).toBe(1);
    const [callback] = client.receiver.callbacks;
    expect(callback?.path).toMatch(/\/t-1$/);
    expect(resultIn(callback?.body ?? '')).toMatchObject({
      ResultType: 1,
      ResultCode: 1,
      OriginatorConversationID: 'OCID1',
    });
  });
});

describe('callbacks of Daraja', () => {
  it.each([
    ['lost', []],
    ['twice', [0, 0]],
    ['early', [0]],
    ['forged', ['SFC_IC0003', 0]],
    ['contradictory', [0, 'SFC_IC0003']],
  ] as const)('may be %s: %o', async (callbackFault, reported) => {
    const client = await openDarajaClient({ faults: callback(callbackFault) });
    const { ConversationID } = body(await client.b2c());
    if (callbackFault === 'early') expect(client.receiver.callbacks.map((callback) => callback.after)).toEqual([0]);
    expect(await bookedCount(client)).toBe(1);
    expect(codes(client)).toEqual(reported);
    const isOurs = client
      .results()
      .map((result) => [result['OriginatorConversationID'] === 'OCID1', result['ConversationID'] === ConversationID]);
    expect(isOurs).toEqual(
      reported.map((_code, at) => (callbackFault === 'forged' && at === 0 ? [false, false] : [true, true])),
    );
    const sources = client.receiver.callbacks.map(
      (callback) => callback.headers['x-forwarded-for'] === '196.201.214.200',
    );
    expect(sources).toEqual(reported.map((_code, at) => callbackFault !== 'forged' || at > 0));
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([0, 'Completed']);
  });

  it.each(['forged', 'contradictory'] as const)(
    'that are %s say of a failure that it was paid',
    async (callbackFault) => {
      const client = await openDarajaClient({ faults: callback(callbackFault), balance: '10' });
      await client.b2c();
      expect(await bookedCount(client)).toBe(0);
      expect([...codes(client)].sort()).toEqual([0, 1]);
    },
  );

  it('can have any code, whether the payment was paid or declined', async () => {
    for (const actualOutcome of ['paid', 'declined']) {
      const client = await openDarajaClient({ settings: { resultAs: '100000000', actualOutcome } });
      await client.b2c();
      expect(await bookedCount(client)).toBe(actualOutcome === 'paid' ? 1 : 0);
      expect(codes(client)).toEqual([100000000]);
    }
    await expect(openDarajaClient({ settings: { resultAs: '2040', actualOutcome: 'paid' } })).rejects.toThrow(
      'proves otherwise',
    );
  });
});

describe('an uncertain answer', () => {
  const answers = [
    ['504', 504],
    ['html', 200],
    ['empty', 200],
    ['soap', 500],
    ['500.001.1001', 500],
    ['500.002.1001', 500],
    ['maintenance', 500],
    ['ResponseCode:17', 200],
  ] as const;

  it.each(
    answers.flatMap(([answerAs, status]) =>
      (['paid', 'declined', 'absent'] as const).map((actualOutcome) => [answerAs, actualOutcome, status] as const),
    ),
  )('as %s may have a payment behind it that is %s', async (answerAs, actualOutcome, status) => {
    const client = await openDarajaClient({ settings: { answerAs, actualOutcome, answerTimes: 1 } });
    const reply = await client.b2c();
    expect([reply.status, reply.text]).not.toEqual([200, expect.stringContaining('"ResponseCode":"0"')]);
    expect(reply.status).toBe(status);
    expect(await bookedCount(client)).toBe(actualOutcome === 'paid' ? 1 : 0);
    // The first answer never names a duplicate. The same request sent again is a duplicate, unless the first one never arrived.
    expect(reply.text).not.toContain('Duplicate');
    const isUsed = actualOutcome !== 'absent';
    expect(outcomeOf(await client.b2c())).toEqual(isUsed ? [500, '500.002.1001'] : [200, '0']);
    expect(await bookedCount(client)).toBe(isUsed && actualOutcome !== 'paid' ? 0 : 1);
  });

  it('may be none at all', async () => {
    for (const actualOutcome of ['paid', 'absent']) {
      const client = await openDarajaClient({ settings: { answerAs: 'drop', actualOutcome } });
      await expect(client.b2c()).rejects.toThrow('fetch failed');
      expect(await bookedCount(client)).toBe(actualOutcome === 'paid' ? 1 : 0);
    }
  });

  it.each(['403', '429', 'no-product', 'ResponseCode:26'])('is not %s: nothing is ever behind it', async (answerAs) => {
    const client = await openDarajaClient({ settings: { answerAs, answerTimes: 1 } });
    await client.b2c();
    expect(await bookedCount(client)).toBe(0);
    expect(outcomeOf(await client.b2c())).toEqual([200, '0']);
    await expect(openDarajaClient({ settings: { answerAs, actualOutcome: 'paid' } })).rejects.toThrow(
      'proves otherwise',
    );
  });

  it('is no refusal at intake either, which uses up its id', async () => {
    const client = await openDarajaClient({ settings: { answerAs: 'ResponseCode:2', answerTimes: 1 } });
    expect(outcomeOf(await client.b2c())).toEqual([200, '2']);
    expect(outcomeOf(await client.b2c())).toEqual([500, '500.002.1001']);
    expect([await bookedCount(client), codes(client)]).toEqual([0, []]);
  });

  it('comes in the framework’s ways too', async () => {
    const faults: FaultRule[] = [{ fault: { kind: 'drop-before-booking' } }, { fault: { kind: 'drop-after-booking' } }];
    const client = await openDarajaClient({ faults });
    await expect(client.b2c()).rejects.toThrow('fetch failed');
    expect(await bookedCount(client)).toBe(0);
    await expect(client.b2c()).rejects.toThrow('fetch failed');
    expect(await bookedCount(client)).toBe(1);
    expect(outcomeOf(await client.b2c())).toEqual([500, '500.002.1001']);
  });
});
