import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BANK, fields, isSigned, MOBILE, openPesawayClient, outcomeOf, PAIR } from './client.ts';
import { START } from '../start.ts';

describe('a token of PesaWay', () => {
  it.each([
    ['access_token', { access_token: expect.any(String) as string, expires_in: 60 }],
    ['data.token', { code: '200.001', data: { token: expect.any(String) as string, expires_in: 60 } }],
    ['data.access_token', { code: '200.001', data: { access_token: expect.any(String) as string, expires_in: 60 } }],
    ['token', { token: expect.any(String) as string }],
    [
      'expires_at',
      { access_token: expect.any(String) as string, token_type: 'Bearer', expires_at: '2026-02-10T12:46:00.000Z' },
    ],
  ])('comes in the shape %s and authorizes calls until it expires', async (tokenShape, shape) => {
    const { bare, call, clock, mobile } = await openPesawayClient({ settings: { tokenShape }, tokenSeconds: 60 });
    expect(fields(await bare('token', PAIR))).toEqual(shape);
    expect((await call(MOBILE, mobile())).status).toBe(200);
    clock.now += 60_000;
    expect(outcomeOf(await call(MOBILE, mobile({ ExternalReference: 'R2' })))).toEqual([401, '401.001']);
  });

  it('is refused for unknown credentials, for half of the credentials and for another grant type', async () => {
    const credentials = [{ key: 'ck', secret: 'cs' }];
    const { bare, simulator } = await openPesawayClient({ credentials });
    expect(simulator.credentials).toMatchObject({ consumer_key: 'ck', consumer_secret: 'cs' });
    for (const wrong of [{ consumer_secret: 'other' }, { consumer_key: undefined }]) {
      expect(outcomeOf(await bare('token', { ...PAIR, ...wrong }))).toEqual([401, '401.001']);
    }
    expect(outcomeOf(await bare('token', { ...PAIR, grant_type: 'password' }))).toEqual([400, '400.001']);
    expect((await bare('token', PAIR)).status).toBe(200);
  });

  it('is needed by every call, and is of one region', async () => {
    const { bare, call, mobile, simulator } = await openPesawayClient();
    expect(outcomeOf(await bare(MOBILE, mobile()))).toEqual([401, '401.001']);
    expect(outcomeOf(await bare(MOBILE, mobile(), { Authorization: 'Bearer nonsense' }))).toEqual([401, '401.001']);
    expect(outcomeOf(await call('account-balance', {}, { 'X-Region': 'ke' }))).toEqual([401, '401.001']);
    expect(outcomeOf(await call('account-balance', {}, { 'X-Region': 'fr' }))).toEqual([400, '400.001']);
    expect(simulator.book()).toEqual([]);
  });
});

describe('a payout of PesaWay', () => {
  it('is accepted at once and paid later, as the callback and the query both report', async () => {
    const merchant = await openPesawayClient();
    const { call, mobile, simulator, receiver, query } = merchant;
    const accepted = fields(await call(MOBILE, mobile({ Amount: 1500 })));
    expect(accepted).toEqual({
      code: '200.001',
      TransactionID: expect.stringMatching(/^PHY[0-9A-F]{10}$/) as string,
      OriginatorReference: 'B7R0012A1',
    });
    await simulator.idle();
    const result = {
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      TransactionID: accepted['TransactionID'],
      OriginatorReference: 'B7R0012A1',
      TransactionReceipt: expect.stringMatching(/^T[0-9A-Z]{9}$/) as string,
      TransactionAmount: '1500.00',
      ReceiverPartyPublicName: '254712345678 - JANE WANJIKU',
    };
    expect(receiver.callbacks).toHaveLength(1);
    expect(receiver.callbacks.map((callback) => [fields({ text: callback.body }), isSigned(callback)])).toEqual([
      [result, true],
    ]);
    expect(await query('B7R0012A1')).toEqual({ code: '200.001', ...result });
    expect(await query(String(accepted['TransactionID']))).toEqual({ code: '200.001', ...result });
    expect(simulator.book()).toEqual([
      {
        seq: 1,
        at: START,
        payer: 'PW0001',
        kind: 'mobile',
        destination: '+254712345678',
        amountMinor: 1500_00n,
        feeMinor: 12_00n,
        currency: 'KES',
        reference: 'B7R0012A1',
        providerReference: accepted['TransactionID'],
        name: '',
        narrative: 'March stipend',
      },
    ]);
  });

  it('has the documented signature', () => {
    const body =
      '{"ResultCode":0,"ResultDesc":"The service request is processed successfully.","TransactionID":"PHY7C1A20B44D","OriginatorReference":"B7R0012A1","TransactionReceipt":"TCA81XK2P9","TransactionAmount":"1500.00","ReceiverPartyPublicName":"254712345678 - JANE WANJIKU"}';
    const headers = { signature: 'my9tgJmcZHUtMgxE/pwIG9rRTb7JdzxH1fcb1C1zBWg=' };
    expect(isSigned({ headers, body })).toBe(true);
  });

  it('goes to banks, paybills and tills, in numbers or texts, exactly', async () => {
    const { call, bank, mobile, simulator } = await openPesawayClient({ balance: '90071992547409.93' });
    const business = (more: object): object => mobile({ PhoneNumber: undefined, AccountNumber: '600100', ...more });
    await call(BANK, bank({ Amount: '90071992500000.10' }));
    await call(MOBILE, business({ Channel: 'MPESA Paybill', Amount: 0.29, ExternalReference: 'R2' }));
    await call(MOBILE, business({ Channel: 'TILL', Amount: '1.10', ExternalReference: 'R3' }));
    await call(MOBILE, mobile({ Channel: 'Airtel', PhoneNumber: '254733345678', Amount: 1, ExternalReference: 'R4' }));
    await simulator.idle();
    expect(simulator.book().map((entry) => [entry.kind, entry.destination, entry.amountMinor])).toEqual([
      ['bank', '68/0110000777', 9007199250000010n],
      ['paybill', '600100', 29n],
      ['till', '600100', 110n],
      ['mobile', '+254733345678', 100n],
    ]);
  });

  it.each([
    [MOBILE, { ExternalReference: 'B7-R0012' }],
    [MOBILE, { ExternalReference: 'A'.repeat(29) }],
    [MOBILE, { ExternalReference: undefined }],
    [MOBILE, { Amount: 0 }],
    [MOBILE, { Amount: -1 }],
    [MOBILE, { Amount: 1.005 }],
    [MOBILE, { Amount: '1e3' }],
    [MOBILE, { Amount: true }],
    [MOBILE, { PhoneNumber: '+254712345678' }],
    [MOBILE, { PhoneNumber: '0712345678' }],
    [MOBILE, { PhoneNumber: 254712345678 }],
    [MOBILE, { PhoneNumber: '254812345678' }],
    [MOBILE, { AccountNumber: '600100' }],
    [MOBILE, { Channel: 'Mpesa' }],
    [MOBILE, { Channel: 'Bank', PhoneNumber: undefined, AccountNumber: '0110000777' }],
    [MOBILE, { Currency: 'USD' }],
    [MOBILE, { Reason: 'x' }],
    [MOBILE, { Reason: 'x'.repeat(251) }],
    [MOBILE, { ResultsUrl: 'http://pay.example.org/x' }],
    [MOBILE, { ResultsUrl: undefined }],
    [BANK, { Channel: 'MPESA' }],
    [BANK, { BankCode: '015' }],
    [BANK, { BankCode: '99' }],
    [BANK, { BankCode: undefined, BankName: 'Equity' }],
    [BANK, { AccountNumber: '0110-777' }],
    [BANK, { Currency: undefined }],
  ])('to %s with %o is refused, and its reference stays free', async (path, wrong) => {
    const { call, mobile, bank, simulator } = await openPesawayClient();
    const order = path === BANK ? bank : mobile;
    expect(outcomeOf(await call(path, order(wrong)))).toEqual([400, '400.001']);
    expect(outcomeOf(await call(path, order()))).toEqual([200, '200.001']);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
  });

  it('without JSON, without the slash or with another verb is refused', async () => {
    const { call, bare, getWithBody, mobile, simulator } = await openPesawayClient();
    expect(outcomeOf(await call(MOBILE, '{"Amount":'))).toEqual([400, '400.001']);
    expect(outcomeOf(await call(MOBILE, new URLSearchParams({ Amount: '5' })))).toEqual([400, '400.001']);
    expect(outcomeOf(await getWithBody(MOBILE, mobile()))).toEqual([404, '404.000']);
    expect(outcomeOf(await bare('mobile-money/nothing', {}))).toEqual([404, '404.000']);
    const slashless = await fetch(`${simulator.endpoint}/api/v1/${MOBILE}`, { method: 'POST', body: '{}' });
    expect(slashless.status).toBe(404);
    expect(simulator.book()).toEqual([]);
  });

  it('beyond the default limits is refused only where limits are turned on', async () => {
    const { call, mobile, bank } = await openPesawayClient({ settings: { amountLimits: true } });
    const codes = [];
    for (const Amount of [9.99, 10, 250_000, 250_000.01]) {
      codes.push(
        (await call(MOBILE, mobile({ Amount, ExternalReference: `M${String(Amount).replace('.', '')}` }))).status,
      );
    }
    for (const Amount of [99.99, 999_999.01]) codes.push((await call(BANK, bank({ Amount }))).status);
    expect(codes).toEqual([400, 200, 200, 400, 400, 400]);
  });
});

describe('a reference at PesaWay', () => {
  it('is used up for ever, on every channel, even when the payment failed', async () => {
    const { call, mobile, bank, simulator, balance } = await openPesawayClient({ fees: false });
    await call(MOBILE, mobile({ PhoneNumber: '254712345001' }));
    await simulator.idle();
    const before = await balance();
    expect(outcomeOf(await call(MOBILE, mobile()))).toEqual([403, '403.002']);
    expect(outcomeOf(await call(BANK, bank({ ExternalReference: 'B7R0012A1' })))).toEqual([403, '403.002']);
    await simulator.idle();
    expect([simulator.book(), await balance()]).toEqual([[], before]);
  });

  it('is one of many that come at the same time: one is accepted', async () => {
    const { call, mobile, simulator } = await openPesawayClient();
    await call('account-balance', {});
    const replies = await Promise.all(Array.from({ length: 8 }, () => call(MOBILE, mobile())));
    await simulator.idle();
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(simulator.book()).toHaveLength(1);
  });

  it('is unique per merchant, and queries find only a merchant’s own payments', async () => {
    const credentials = [
      { key: 'ck', secret: 'cs' },
      { key: 'other', secret: 'os' },
    ];
    const { call, bare, mobile, simulator, query } = await openPesawayClient({ credentials });
    const { access_token } = fields(await bare('token', { ...PAIR, consumer_key: 'other', consumer_secret: 'os' }));
    const other = { Authorization: `Bearer ${String(access_token)}` };
    const theirs = await bare(MOBILE, mobile(), other);
    expect(theirs.status).toBe(200);
    for (const id of ['B7R0012A1', String(fields(theirs)['TransactionID'])]) {
      expect(await query(id)).toMatchObject({ code: '404.000' });
    }
    expect((await call(MOBILE, mobile())).status).toBe(200);
    await simulator.idle();
    expect(
      simulator
        .book()
        .map((entry) => entry.payer)
        .sort(),
    ).toEqual(['PW0001', 'PW0002']);
  });

  it('is paid twice where duplicates are ignored', async () => {
    const { call, mobile, simulator } = await openPesawayClient({ dedupe: 'ignore' });
    for (const time of [1, 2]) expect((await call(MOBILE, mobile())).status, `${time}`).toBe(200);
    await simulator.idle();
    expect(new Set(simulator.book().map((entry) => entry.providerReference)).size).toBe(2);
  });

  it('stays used and paid after a restart on the same book', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pesaway-'));
    try {
      const bookFile = join(folder, 'book.jsonl');
      const first = await openPesawayClient({ bookFile });
      await first.call(MOBILE, first.mobile());
      await first.simulator.idle();
      const before = await first.query('B7R0012A1');
      await first.simulator.close();
      const second = await openPesawayClient({ bookFile });
      expect(outcomeOf(await second.call(MOBILE, second.mobile()))).toEqual([403, '403.002']);
      expect(await second.query('B7R0012A1')).toEqual(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the balance at PesaWay', () => {
  it('reserves amount and fee, debits them when paid and releases them when failed', async () => {
    const { call, mobile, simulator, balance, getWithBody } = await openPesawayClient({
      balance: '50000',
      settings: { callbackDelayMs: 1_000 },
    });
    await call(MOBILE, mobile({ Amount: 1488 }));
    await call(MOBILE, mobile({ Amount: 1500.01, PhoneNumber: '254712345001', ExternalReference: 'R2' }));
    expect(await balance()).toEqual({
      current: '50000.0',
      available: '46980.99',
      uncleared: '0.0',
      reserved: '3019.01',
    });
    await simulator.idle();
    expect(await balance()).toEqual({ current: '48500.0', available: '48500.0', uncleared: '0.0', reserved: '0.0' });
    expect(fields(await getWithBody('account-balance', {}))).toMatchObject({ available: '48500.0' });
  });

  it('must hold amount and fee, to the cent, also of what is set aside; a refused reference stays free', async () => {
    const { call, mobile, simulator } = await openPesawayClient({
      balance: '3024',
      settings: { callbackDelayMs: 1_000 },
    });
    const second = (Amount: number): object => mobile({ Amount, ExternalReference: 'R2' });
    await call(MOBILE, mobile());
    expect(outcomeOf(await call(MOBILE, second(1500.01)))).toEqual([400, '455.001']);
    expect(outcomeOf(await call(MOBILE, second(1500)))).toEqual([200, '200.001']);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(2);
  });
});
