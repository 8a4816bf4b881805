import { describe, expect, it } from 'vitest';
import { BANK, fields, MOBILE, openPesawayClient, outcomeOf } from './client.ts';

describe('the statement of PesaWay', () => {
  // The clock of the tests stands at 2026-02-10 12:45:00 UTC, which is 15:45 in Nairobi.
  const window = {
    StartDate: '2026-02-10 15:45:00',
    EndDate: '2026-02-10 15:45:00',
    TransType: 'Payment',
    OffsetValue: 0,
  };
  const rows = (reply: { text: string }): Record<string, string>[] =>
    JSON.parse(reply.text) as Record<string, string>[];

  it('finds a payment by the merchant’s reference, with a receipt when it was paid', async () => {
    const { call, mobile, simulator } = await openPesawayClient();
    await call(MOBILE, mobile());
    await call(MOBILE, mobile({ PhoneNumber: '254712345002', ExternalReference: 'R2' }));
    await simulator.idle();
    const paid = {
      Reference: expect.stringMatching(/^[A-Za-z0-9]{11}$/) as string,
      Receipt: expect.stringMatching(/^T/) as string,
      TransactionDate: '2026-02-10T12:45:00Z',
      Recipient: '254712345678 - JANE WANJIKU',
      ExternalReference: 'B7R0012A1',
      TransactionType: 'Payment',
      Amount: '1500.00',
    };
    const open = { ExternalReference: 'R2', Receipt: '' };
    for (const path of ['pull-transactions', 'mobile-money/pull-transactions']) {
      expect(rows(await call(path, window))).toMatchObject([paid, open]);
    }
    expect(
      rows(await call('pull-transactions', { ...window, StartDate: '2026-02-10', EndDate: '2026-02-10' })),
    ).toHaveLength(2);
    expect(rows(await call('pull-transactions', { ...window, TransType: 'Collection' }))).toEqual([]);
    const later = { StartDate: '2026-02-10 15:45:01', EndDate: '2026-02-10 18:00:00' };
    expect(rows(await call('pull-transactions', { ...window, ...later }))).toEqual([]);
  });

  it('has a hundred rows a page', async () => {
    const { call, mobile } = await openPesawayClient();
    for (let at = 0; at < 103; at++) await call(MOBILE, mobile({ ExternalReference: `R${at}` }));
    const pages = [];
    for (const OffsetValue of [0, 100, 200])
      pages.push(rows(await call('pull-transactions', { ...window, OffsetValue })));
    expect(pages.map((page) => page.length)).toEqual([100, 3, 0]);
    expect(new Set(pages.flat().map((row) => row['ExternalReference'])).size).toBe(103);
  });

  it('may stand on one path only and leave out what has no receipt', async () => {
    const settings = { statementPath: 'mobile-money', statementShowsOpen: false };
    const { call, mobile } = await openPesawayClient({ settings });
    await call(MOBILE, mobile({ PhoneNumber: '254712345002' }));
    expect((await call('pull-transactions', window)).status).toBe(404);
    expect(rows(await call('mobile-money/pull-transactions', window))).toEqual([]);
  });

  it.each([{ StartDate: '10/02/2026' }, { EndDate: '2026-02-09' }, { TransType: 'All' }, { OffsetValue: -1 }])(
    'is refused with %o',
    async (wrong) => {
      const { call } = await openPesawayClient();
      expect(outcomeOf(await call('pull-transactions', { ...window, ...wrong }))).toEqual([400, '400.001']);
    },
  );
});

describe('generation 3 of PesaWay', () => {
  const third = { MerchantCode: 'ACME-KE', Currency: 'KES' };

  it('wants merchant code, currency and the name of a bank', async () => {
    const { call, mobile, bank, simulator } = await openPesawayClient(
      { settings: { merchantCode: 'ACME-KE' } },
      { 'X-Region': 'ke' },
    );
    for (const wrong of [{}, { ...third, MerchantCode: 'OTHER' }, { ...third, Currency: undefined }]) {
      expect(outcomeOf(await call(MOBILE, mobile(wrong)))).toEqual([400, '400.001']);
    }
    expect(outcomeOf(await call(BANK, bank(third)))).toEqual([400, '400.001']);
    expect(outcomeOf(await call('account-balance', {}))).toEqual([400, '400.001']);
    expect((await call(MOBILE, mobile(third))).status).toBe(200);
    expect((await call(BANK, bank({ ...third, BankName: 'KCB', AccountNumber: 'A-1 2' }))).status).toBe(200);
    expect((await call('account-balance', third)).status).toBe(200);
    await simulator.idle();
    expect(simulator.book().map((entry) => entry.destination)).toEqual(['+254712345678', 'KCB/A-1 2']);
  });

  it('pays whole shillings in Uganda, from a wallet of its own', async () => {
    const { call, mobile, simulator } = await openPesawayClient({ balance: '1512' }, { 'X-Region': 'ug' });
    const ugandan = { ...third, PhoneNumber: '256712345678', Currency: 'UGX' };
    expect(outcomeOf(await call(MOBILE, mobile({ ...ugandan, Amount: 1500.5 })))).toEqual([400, '400.001']);
    expect((await call(MOBILE, mobile(ugandan))).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toMatchObject([
      { payer: 'PW0001-ug', currency: 'UGX', amountMinor: 1500n, feeMinor: 12n },
    ]);
    expect(fields(await call('account-balance', third))).toMatchObject({ current: '0.0', available: '0.0' });
  });

  it('lists the channels that are on', async () => {
    const { call, mobile } = await openPesawayClient({ settings: { channelsOff: 'Airtel' } });
    const payins = fields(await call('active-channels', {}));
    const payouts = fields(await call('active-channels', { transaction_type: 'Payouts' }));
    expect(payins['data']).toEqual({ region: 'Kenya', transaction_type: 'Payins', channels: ['MPESA'] });
    expect(payouts['data']).toMatchObject({ channels: ['MPESA', 'MPESA Paybill', 'MPESA Till', 'Bank'] });
    expect(outcomeOf(await call(MOBILE, mobile({ Channel: 'Airtel' })))).toEqual([400, '400.001']);
  });
});

describe('the limit of PesaWay', () => {
  it('counts tokens, queries and payouts of a merchant together: five in any second', async () => {
    const { call, query, mobile, clock, simulator } = await openPesawayClient({ limits: undefined as never });
    await call(MOBILE, mobile());
    for (const time of [1, 2, 3]) expect(await query('B7R0012A1'), `${time}`).toMatchObject({ code: '200.001' });
    expect(outcomeOf(await call(MOBILE, mobile({ ExternalReference: 'R2' })))).toEqual([429, '429.001']);
    clock.now += 999;
    expect((await call('account-balance', {})).status).toBe(429);
    clock.now += 1;
    expect((await call('account-balance', {})).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
    expect(simulator.stats().windows).toMatchObject([{ name: 'requests', count: 5, windowMs: 1000, refused: 2 }]);
  });

  it('can be replaced', async () => {
    const { call } = await openPesawayClient({ limits: { requests: [{ count: 2, windowMs: 60_000 }] } });
    const statuses = [];
    for (let count = 0; count < 2; count++) statuses.push((await call('account-balance', {})).status);
    expect(statuses).toEqual([200, 429]);
  });
});

describe('a setting of PesaWay', () => {
  it.each([{ tokenshape: 'token' }, { tokenShape: 'jwt' }, { alwaysHttp200: 'yes' }, { pendingResultCode: 'two' }])(
    '%o is none',
    async (settings) => {
      await expect(openPesawayClient({ settings })).rejects.toThrow('setting');
    },
  );
});
