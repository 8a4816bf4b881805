import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fields, openMpesaClient, outcomeOf } from './client.ts';
import { START } from '../start.ts';

const HEX32 = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
const RECEIPT = expect.stringMatching(/^[0-9A-Z]{12}$/) as string;
const DONE = { output_ResponseCode: 'INS-0', output_ResponseDesc: 'Request processed successfully' };

describe('a payout of M-Pesa OpenAPI', () => {
  it('to a person is final at once, and booked', async () => {
    const { b2c, simulator } = await openMpesaClient();
    const reply = await b2c({ input_Amount: '2500.50' });
    const answer = fields(reply);
    expect([reply.status, answer]).toEqual([
      201,
      {
        ...DONE,
        output_TransactionID: RECEIPT,
        output_ConversationID: HEX32,
        output_ThirdPartyConversationID: 'CONV1',
      },
    ]);
    expect(simulator.book()).toEqual([
      {
        seq: 1,
        at: START + 50,
        payer: 'openapi/vodacomTZN/900123',
        kind: 'mobile',
        destination: '+255744000111',
        amountMinor: 2500_50n,
        feeMinor: 0n,
        currency: 'TZS',
        reference: 'CONV1',
        providerReference: answer['output_TransactionID'],
        name: '',
        narrative: 'June wages',
      },
    ]);
  });

  it('to a business names both parties', async () => {
    const { b2b, simulator } = await openMpesaClient();
    expect((await b2b({ input_Amount: '.5' })).status).toBe(201);
    expect(simulator.book()).toMatchObject([{ kind: 'till', destination: '700456', amountMinor: 50n }]);
  });

  it.each([
    ['vodafoneGHA', 'GHA', 'GHS', '233244000111', '23324400011'],
    ['vodacomLES', 'LES', 'LSL', '26658000111', '266580001112'],
    ['vodacomDRC', 'DRC', 'USD', '243814000111', '255744000111'],
    ['vodacomDRC', 'DRC', 'CDF', '243814000111', '24381400011'],
    ['vodacomMOZ', 'MOZ', 'MZN', '258844000111', '258824000111'],
  ])('in %s is of %s and %s, to numbers such as %s and not %s', async (market, country, currency, good, bad) => {
    const { b2c } = await openMpesaClient({}, `openapi/ipg/v2/${market}`);
    const local = { input_Country: country, input_Currency: currency };
    expect(outcomeOf(await b2c({ ...local, input_CustomerMSISDN: bad }))).toEqual([400, 'INS-2051']);
    expect(outcomeOf(await b2c({ ...local, input_CustomerMSISDN: good, input_Country: 'TZN' }))).toEqual([
      400,
      'INS-998',
    ]);
    expect(outcomeOf(await b2c({ ...local, input_CustomerMSISDN: good, input_Currency: 'TZS' }))).toEqual([
      400,
      'INS-26',
    ]);
    expect((await b2c({ ...local, input_CustomerMSISDN: good })).status).toBe(201);
  });

  it.each([
    ['INS-20', { input_Amount: undefined }],
    ['INS-20', { input_PaymentItemsDesc: undefined }],
    ['INS-21', { input_PurchasedItemsDesc: 'June wages' }],
    ['INS-17', { input_TransactionReference: 'PAY-JUN' }],
    ['INS-17', { input_TransactionReference: 'P'.repeat(21) }],
    ['INS-28', { input_ThirdPartyConversationID: 'b3c19f0e-7a5d' }],
    ['INS-28', { input_ThirdPartyConversationID: 'c'.repeat(41) }],
    ['INS-31', { input_PaymentItemsDesc: 'June, wages' }],
    ['INS-31', { input_PaymentItemsDesc: 'd'.repeat(257) }],
    ['INS-31', { input_PaymentItemsDesc: '' }],
    ['INS-15', { input_Amount: '0' }],
    ['INS-15', { input_Amount: '0.00' }],
    ['INS-15', { input_Amount: '10.' }],
    ['INS-15', { input_Amount: '1,000' }],
    ['INS-15', { input_Amount: '1e3' }],
    ['INS-15', { input_Amount: '-5' }],
    ['INS-15', { input_Amount: '10.001' }],
    ['INS-15', { input_Amount: 2500 }],
    ['INS-26', { input_Currency: 'KES' }],
    ['INS-998', { input_Country: 'GHA' }],
    ['INS-13', { input_ServiceProviderCode: '123' }],
    ['INS-13', { input_ServiceProviderCode: '900-123' }],
    ['INS-2051', { input_CustomerMSISDN: '0744000111' }],
    ['INS-2051', { input_CustomerMSISDN: '+255744000111' }],
    ['INS-2051', { input_CustomerMSISDN: '254744000111' }],
    ['INS-2051', { input_CustomerMSISDN: '000000000001' }],
  ])('is refused with %s for %o, and its id stays free', async (code, wrong) => {
    const { b2c, simulator } = await openMpesaClient();
    expect(outcomeOf(await b2c(wrong))).toEqual([400, code]);
    expect(simulator.book()).toEqual([]);
    expect((await b2c()).status).toBe(201);
  });

  it('to a business has a description code of its own, and two short codes', async () => {
    const { b2b } = await openMpesaClient();
    expect(outcomeOf(await b2b({ input_PurchasedItemsDesc: 'a-b' }))).toEqual([400, 'INS-30']);
    expect(outcomeOf(await b2b({ input_ReceiverPartyCode: '70' }))).toEqual([400, 'INS-13']);
    expect(outcomeOf(await b2b({ input_PrimaryPartyCode: undefined }))).toEqual([400, 'INS-20']);
    expect(outcomeOf(await b2b({ input_CustomerMSISDN: '255744000111' }))).toEqual([400, 'INS-21']);
  });

  it('is of its own short code and in whole units where the application is set up so', async () => {
    const { b2c } = await openMpesaClient({ settings: { shortCode: '900123', wholeAmounts: true } });
    expect(outcomeOf(await b2c({ input_ServiceProviderCode: '900124' }))).toEqual([400, 'INS-13']);
    expect(outcomeOf(await b2c({ input_Amount: '2500.50' }))).toEqual([400, 'INS-15']);
    expect((await b2c({ input_Amount: '2500.00' })).status).toBe(201);
  });

  it('beyond the balance moves nothing, to the cent, and each short code has its own', async () => {
    const { b2c, simulator } = await openMpesaClient({ balance: '100' });
    const pay = (id: string, input_Amount: string, input_ServiceProviderCode: string) =>
      b2c({ input_ThirdPartyConversationID: id, input_Amount, input_ServiceProviderCode });
    expect(outcomeOf(await pay('A', '100.01', '900123'))).toEqual([422, 'INS-2006']);
    expect(outcomeOf(await pay('B', '100', '900123'))).toEqual([201, 'INS-0']);
    expect(outcomeOf(await pay('C', '0.01', '900123'))).toEqual([422, 'INS-2006']);
    expect(outcomeOf(await pay('D', '100', '900124'))).toEqual([201, 'INS-0']);
    expect(simulator.book()).toHaveLength(2);
  });
});

describe('a conversation id at M-Pesa OpenAPI', () => {
  it('is used up by a payment, whatever the other fields say', async () => {
    const { b2c, b2b, simulator } = await openMpesaClient();
    await b2c();
    for (const again of [
      await b2c(),
      await b2c({ input_Amount: '1', input_TransactionReference: 'OTHER' }),
      await b2b(),
    ]) {
      expect(outcomeOf(again)).toEqual([409, 'INS-10']);
    }
    expect(simulator.book()).toHaveLength(1);
  });

  it('of requests that come at the same time pays once', async () => {
    const { b2c, query, simulator } = await openMpesaClient();
    await query('CONV1');
    const replies = await Promise.all(Array.from({ length: 8 }, () => b2c()));
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(simulator.book()).toHaveLength(1);
  });

  it('pays twice where duplicates are ignored', async () => {
    const { b2c, simulator } = await openMpesaClient({ dedupe: 'ignore' });
    for (let time = 0; time < 2; time++) expect((await b2c()).status).toBe(201);
    expect(new Set(simulator.book().map((entry) => entry.providerReference)).size).toBe(2);
  });

  it('is remembered, paid, after a restart on the same book', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mpesa-'));
    try {
      const bookFile = join(folder, 'book.jsonl');
      const first = await openMpesaClient({ bookFile });
      const { output_TransactionID } = fields(await first.b2c());
      await first.simulator.close();
      const second = await openMpesaClient({ bookFile });
      expect(outcomeOf(await second.b2c())).toEqual([409, 'INS-10']);
      expect(fields(await second.query('CONV1'))).toMatchObject({ output_OriginalTransactionID: output_TransactionID });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a setting of M-Pesa OpenAPI', () => {
  it.each([
    { activationdelayms: 1 },
    { answerAs: 'INS-0' },
    { actualOutcome: 'maybe' },
    { sessionValue: 'much' },
    { async: 1 },
  ])('%o is none', async (settings) => {
    await expect(openMpesaClient({ settings })).rejects.toThrow('setting');
  });
});
