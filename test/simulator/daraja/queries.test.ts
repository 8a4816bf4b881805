import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BALANCE,
  body,
  credentialOf,
  openDarajaClient,
  parametersOf,
  resultIn,
  STATUS,
  type DarajaClient,
} from './client.ts';

const invalid = (field: string) => ({ errorMessage: `Bad Request - Invalid ${field}` });
/** A whole query; `undefined` leaves a field out. */
const asking = ({ receiver, simulator }: DarajaClient, more: object): object => ({
  Initiator: simulator.credentials['initiator_name'],
  SecurityCredential: 'any',
  CommandID: 'TransactionStatusQuery',
  OriginalConversationID: 'OCID1',
  PartyA: '600981',
  IdentifierType: '4',
  Remarks: 'status',
  ResultURL: `${receiver.url}/q`,
  QueueTimeOutURL: `${receiver.url}/qt`,
  ...more,
});

describe('a query after a payment', () => {
  it('is answered with the payment’s own ids, not with the query’s', async () => {
    const client = await openDarajaClient();
    const paid = body(await client.b2c());
    await client.simulator.idle();
    const [booked] = client.simulator.book();
    const result = await client.query(STATUS, { OriginalConversationID: 'OCID1', TransactionID: '' });
    expect(result['ResultCode']).toBe(0);
    expect(result['OriginatorConversationID']).toMatch(/^\d{4}-\d{7}-\d$/);
    expect(result['TransactionID']).not.toBe(booked?.providerReference);
    expect(result['ConversationID']).not.toBe(paid['ConversationID']);
    const parameters = parametersOf(result);
    expect(parameters).toMatchObject({
      TransactionStatus: 'Completed',
      OriginatorConversationID: 'OCID1',
      ConversationID: paid['ConversationID'],
      InitiatedTime: 20260210154500,
      FinalisedTime: 20260210154500,
      Amount: 1500,
      ReceiptNo: booked?.providerReference,
      DebitPartyName: '600981 - SIMULATED EMPLOYER',
      CreditPartyName: '254711222333 - AMINA WEKESA',
    });
    expect(parameters['TransactionReason']).toBeUndefined();
  });

  it('finds a payment by receipt, and by both ids only where both are of one payment', async () => {
    const client = await openDarajaClient();
    await client.b2c();
    await client.b2c({ OriginatorConversationID: 'OCID2' });
    await client.simulator.idle();
    const [first, second] = client.simulator.book().map((entry) => entry.providerReference);
    expect(await client.status({ TransactionID: first })).toEqual([0, 'Completed']);
    expect(await client.status({ TransactionID: first, OriginalConversationID: 'OCID1' })).toEqual([0, 'Completed']);
    expect(await client.status({ TransactionID: second, OriginalConversationID: 'OCID1' })).toEqual([2033]);
  });

  it('finds what B2B was given an id for, by that id only', async () => {
    const client = await openDarajaClient();
    const { OriginatorConversationID } = body(await client.b2b({ OriginatorConversationID: 'OCID1' }));
    await client.simulator.idle();
    expect(await client.status({ OriginalConversationID: OriginatorConversationID })).toEqual([0, 'Completed']);
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([2033]);
  });

  it('finds nothing of strangers, and nothing that never was', async () => {
    const client = await openDarajaClient();
    await client.b2c();
    await client.simulator.idle();
    const receipt = client.simulator.book()[0]?.providerReference;
    expect(await client.status({ OriginalConversationID: 'OCID1', PartyA: '600982' })).toEqual([2033]);
    expect(await client.status({ TransactionID: receipt, PartyA: '600982' })).toEqual([2032]);
    expect(await client.status({ OriginalConversationID: 'OCID2' })).toEqual([2033]);
    expect(await client.status({ TransactionID: 'TFC7K2M9QX' })).toEqual([2032]);
  });

  it('does not see a payment before its time', async () => {
    const client = await openDarajaClient({ settings: { visibilityLagMs: 60_000 } });
    await client.b2c();
    await client.simulator.idle();
    client.clock.now += 59_999;
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([2033]);
    client.clock.now += 1;
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([0, 'Completed']);
  });

  it('sees a payment under way, without an end and a receipt', async () => {
    const client = await openDarajaClient({ settings: { callbackDelayMs: 600_000, queryDelayMs: 2 } });
    await client.b2c();
    const SecurityCredential = credentialOf(client.simulator);
    await client.call(STATUS, asking(client, { SecurityCredential }));
    while (client.receiver.callbacks.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const parameters = parametersOf(resultIn(client.receiver.callbacks[0]?.body ?? ''));
    expect(parameters).toMatchObject({ TransactionStatus: 'Authorized', Amount: 1500 });
    expect([parameters['ReceiptNo'], parameters['FinalisedTime']]).toEqual([undefined, undefined]);
    expect(client.simulator.book()).toEqual([]);
  });

  it('may be answered before it is acknowledged', async () => {
    const client = await openDarajaClient({
      faults: [{ fault: { kind: 'callback', callbackFault: 'early' }, route: STATUS }],
    });
    await client.call(STATUS, asking(client, { SecurityCredential: credentialOf(client.simulator) }));
    expect(
      client.receiver.callbacks.map((callback) => [callback.after, resultIn(callback.body)['ResultCode']]),
    ).toEqual([[0, 2033]]);
  });

  it.each([
    [{ oddKeys: true }, '"Key":"Conversation ID"'],
    [{ oddKeys: true }, '"Key":"FinalizedTime"'],
    [{ singleObjectParameters: true }, '"ResultParameter":{"Key":"TransactionStatus","Value":"Completed"}'],
    [{ stringCodes: true }, '"ResultCode":"0"'],
  ])('may be worded as %o: %s', async (settings, words) => {
    const client = await openDarajaClient({ settings });
    await client.b2c();
    await client.simulator.idle();
    await client.query(STATUS, { OriginalConversationID: 'OCID1' });
    expect(client.receiver.callbacks.at(-1)?.body).toContain(words);
  });

  it.each(['Cancelled', 'Expired'])('may call a failure %s', async (failedStatus) => {
    const client = await openDarajaClient({ settings: { failedStatus } });
    await client.b2c({ PartyB: '254700000040' });
    await client.simulator.idle();
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([0, failedStatus]);
  });

  it('counts its wrong credentials with all others', async () => {
    const client = await openDarajaClient({ settings: { wrongCredentialLimit: 1 } });
    expect(await client.status({ OriginalConversationID: 'OCID1', SecurityCredential: 'x' })).toEqual([2001]);
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([8006]);
  });

  it('can fail for reasons of its own, as often as the setting says', async () => {
    const client = await openDarajaClient({ settings: { queryAs: '26', queryTimes: 1 } });
    await client.b2c();
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([26]);
    expect(await client.status({ OriginalConversationID: 'OCID1' })).toEqual([0, 'Completed']);
  });

  it.each([
    ['lost', []],
    ['timeout', ['/qt']],
  ])('can end without a result: %s', async (queryAs, ends) => {
    const client = await openDarajaClient({ settings: { queryAs } });
    expect((await client.call(STATUS, asking(client, {}))).status).toBe(200);
    await client.simulator.idle();
    expect(client.receiver.callbacks.map(({ path }) => path.slice(path.lastIndexOf('/')))).toEqual(ends);
  });

  it('meets the faults of callbacks where they are scripted for its route', async () => {
    const client = await openDarajaClient({
      faults: [{ fault: { kind: 'callback', callbackFault: 'forged' }, route: STATUS }],
    });
    await client.b2c();
    await client.simulator.idle();
    await client.status({ OriginalConversationID: 'OCID1' });
    const [forged, right] = client.receiver.callbacks.slice(-2).map((callback) => resultIn(callback.body));
    expect(parametersOf(forged)['TransactionStatus']).toBe('Declined');
    expect(parametersOf(right)['TransactionStatus']).toBe('Completed');
    expect(forged?.['ConversationID']).not.toBe(right?.['ConversationID']);
  });

  it.each([
    ['Initiator', undefined],
    ['SecurityCredential', ''],
    ['CommandID', 'AccountBalance'],
    ['PartyA', '1'],
    ['IdentifierType', '1'],
    ['Remarks', undefined],
    ['ResultURL', 'https://pay.example.org/query'],
    ['Occasion', ''],
  ])('is refused for a wrong %s', async (field, value) => {
    const client = await openDarajaClient();
    const reply = await client.call(STATUS, asking(client, { [field]: value }));
    expect([reply.status, body(reply)]).toMatchObject([400, invalid(field)]);
  });

  it('needs one of the two ids', async () => {
    const client = await openDarajaClient();
    const bare = asking(client, { OriginalConversationID: '', TransactionID: '' });
    expect(body(await client.call(STATUS, bare))).toMatchObject(invalid('TransactionID'));
  });
});

describe('a query after a balance', () => {
  it('is answered with all accounts in one text', async () => {
    const client = await openDarajaClient({ settings: { utilityBalance: '310400.50', workingBalance: '81250' } });
    await client.b2c();
    await client.b2b({ Amount: '250' });
    await client.simulator.idle();
    const result = await client.query(BALANCE, {});
    expect(parametersOf(result)).toEqual({
      AccountBalance:
        'Working Account|KES|81000.00|81000.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&' +
        'Utility Account|KES|308900.50|308900.50|0.00|0.00&Charges Paid Account|KES|-10.00|-10.00|0.00|0.00&' +
        'Organization Settlement Account|KES|0.00|0.00|0.00|0.00',
      BOCompletedTime: 20260210154500,
    });
  });

  it('is refused with the command of another', async () => {
    const client = await openDarajaClient();
    expect(body(await client.call(BALANCE, asking(client, {})))).toMatchObject(invalid('CommandID'));
  });
});

describe('the book of a Daraja that is started again', () => {
  it('keeps its ids, receipts and money', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daraja-'));
    const bookFile = join(folder, 'book.jsonl');
    try {
      const before = await openDarajaClient({ bookFile, balance: '20000' });
      await before.b2c();
      await before.b2b();
      await before.simulator.idle();
      const receipts = before.simulator.book().map((entry) => entry.providerReference);
      await before.simulator.close();
      const after = await openDarajaClient({ bookFile, balance: '20000' });
      expect((await after.b2c()).status).toBe(500);
      expect(await after.status({ OriginalConversationID: 'OCID1' })).toEqual([0, 'Completed']);
      for (const TransactionID of receipts) expect(await after.status({ TransactionID })).toEqual([0, 'Completed']);
      await after.b2b();
      await after.simulator.idle();
      // 7,500 of Working were left.
      expect(after.results().at(-1)).toMatchObject({ ResultCode: 1 });
      expect(after.simulator.book()).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
