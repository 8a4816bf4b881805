import { describe, expect, it } from 'vitest';
import { created, debit, funded, read, startAtFixedTime, START, states, transaction, type Client } from './client.ts';

const balanceOf = async ({ call }: Client, currency = 'NGN') => (await call('GET', `accounts/${currency}`)).text;

describe('a transaction', () => {
  it('waits for its money, gets it from the balance and is paid exactly once', async () => {
    const client = await startAtFixedTime({ balance: '20000' });
    const opened = await created(client);
    expect(opened).toMatchObject({
      state: 'approved',
      input_amount: 15000,
      paid_amount: 0,
      due_amount: 15000,
      external_id: 'A1',
    });
    expect(opened).toMatchObject({ expires_at: new Date(START + 3_600_000).toISOString() });
    expect(opened.recipients).toMatchObject([
      {
        state: 'initial',
        may_cancel: true,
        requested_amount: 15000,
        output_amount: 15000,
        exchange_rate: 1,
        input_usd_amount: 9.8,
      },
    ]);
    expect(client.simulator.book()).toEqual([]);
    const reply = await client.call('POST', 'accounts/debits', debit(opened));
    expect([reply.status, reply.body]).toMatchObject([
      201,
      { object: [{ to_id: opened.id, amount: 15000, running_balance: 5000 }] },
    ]);
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(['paid', 'success']);
    expect(client.simulator.book()).toMatchObject([
      {
        kind: 'bank',
        destination: '058/1234567800',
        amountMinor: 1_500_000n,
        feeMinor: 0n,
        currency: 'NGN',
        reference: 'A1',
        providerReference: opened.id,
        name: 'Ngozi Ade',
      },
    ]);
    expect(await balanceOf(client)).toContain('"object":{"amount":5000,');
  });

  it('is in progress, with its money debited, until the network has answered', async () => {
    const client = await startAtFixedTime({ settings: { payoutDelayMs: 60_000 } });
    const opened = await funded(client);
    expect(await states(client, opened)).toEqual(['received', 'pending']);
    expect(client.simulator.book()).toEqual([]);
    expect(await balanceOf(client)).toContain('"amount":9985000,');
  });

  it('is funded once: a second debit fails by its amount', async () => {
    const client = await startAtFixedTime();
    const opened = await funded(client);
    const again = await client.call('POST', 'accounts/debits', debit(opened));
    expect([again.status, again.body]).toMatchObject([
      422,
      { object: [{ errors: { amount: [{ error: 'mismatch' }] } }] },
    ]);
    const bare = await client.call('POST', 'accounts/debits', { debit: { to_id: opened.id, to_type: 'Transaction' } });
    expect(bare.status).toBe(422);
    await client.simulator.idle();
    expect(client.simulator.book()).toHaveLength(1);
  });

  it('can be funded as in 2019, and answered with 200', async () => {
    const client = await startAtFixedTime({ settings: { debitStatus: 200 } });
    const opened = await created(client);
    const reply = await client.call('POST', 'accounts/debits', { to_id: opened.id, to_type: 'Transaction' });
    expect(reply.status).toBe(200);
  });

  it.each([
    [{ amount: '15000.01' }, 'amount', 'mismatch'],
    [{ amount: '1.5e4' }, 'amount', 'mismatch'],
    [{ currency: 'KES' }, 'currency', 'mismatch'],
    [{ to_type: 'Recipient' }, 'to_type', 'inclusion'],
    [{ to_id: 'nobody' }, 'to_id', 'not_found'],
  ])('is not funded by a debit with %o', async (more, field, error) => {
    const client = await startAtFixedTime();
    const opened = await created(client);
    const reply = await client.call('POST', 'accounts/debits', debit(opened, more));
    expect([reply.status, reply.body]).toMatchObject([422, { object: [{ errors: { [field]: [{ error }] } }] }]);
    expect(await states(client, opened)).toEqual(['approved', 'initial']);
  });

  it('is not funded when the balance of its currency is short, and is when an overdraft is allowed', async () => {
    const poor = await startAtFixedTime({ balance: '14999.99' });
    const opened = await created(poor);
    const reply = await poor.call('POST', 'accounts/debits', debit(opened));
    expect([reply.status, reply.body]).toMatchObject([
      422,
      { object: [{ errors: { amount: [{ error: 'insufficient_funds' }] } }] },
    ]);
    expect(await states(poor, opened)).toEqual(['approved', 'initial']);
    const rich = await startAtFixedTime({ balance: '0', settings: { overdraft: true } });
    await funded(rich);
    expect(await balanceOf(rich)).toContain('"amount":-15000,"currency":"NGN"},"meta":{"negative_balance":true}');
  });

  it('expires an hour after its creation, and can never be funded then', async () => {
    const client = await startAtFixedTime();
    const opened = await created(client);
    client.clock.now += 3_599_999;
    expect(await states(client, opened)).toEqual(['approved', 'initial']);
    client.clock.now += 1;
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(422);
    expect(await read(client, opened)).toMatchObject({ state: 'canceled', paid_amount: 0, due_amount: 0 });
  });

  it('has an external id for ever: it is refused again with the earlier one, even when that was cancelled', async () => {
    const client = await startAtFixedTime();
    const opened = await created(client);
    await client.call('DELETE', `recipients/${opened.recipients[0].id}`);
    const again = await client.call('POST', 'transactions', transaction({ amount: '16000' }));
    expect(again.status).toBe(422);
    expect(again.body.object.errors).toEqual({ external_id: [{ error: 'taken' }] });
    expect(again.body.meta).toMatchObject({
      existing: { transaction: { id: opened.id, state: 'canceled', input_amount: 15000 } },
    });
  });

  it('is made and paid twice where duplicates are not looked for', async () => {
    const client = await startAtFixedTime({ dedupe: 'ignore' });
    await funded(client);
    await funded(client);
    await client.simulator.idle();
    expect(client.simulator.book().map((entry) => entry.reference)).toEqual(['A1', 'A1']);
  });

  it('belongs to one key: another one neither sees it nor has its id taken', async () => {
    const credentials = ['a', 'b'].map((key) => ({ key, secret: `${key}-secret` }));
    const client = await startAtFixedTime({ credentials });
    const [a, b] = credentials;
    const first = await client.call('POST', 'transactions', transaction(), a);
    expect((await client.call('GET', `transactions/${first.body.object.id}`, undefined, b)).status).toBe(404);
    expect((await client.call('POST', 'accounts/debits', debit(first.body.object), b)).status).toBe(422);
    expect((await client.call('POST', 'transactions', transaction(), b)).status).toBe(201);
  });
});

describe('create_and_fund', () => {
  it('creates and pays in one call, and wants an external id', async () => {
    const client = await startAtFixedTime();
    const reply = await client.call('POST', 'transactions/create_and_fund', transaction());
    expect([reply.status, reply.body.object.state]).toEqual([201, 'received']);
    await client.simulator.idle();
    expect(client.simulator.book()).toHaveLength(1);
    const nameless = await client.call('POST', 'transactions/create_and_fund', transaction({ reference: '' }));
    expect([nameless.status, nameless.body.object.errors]).toEqual([422, { external_id: [{ error: 'blank' }] }]);
  });

  it('creates nothing when the balance is short', async () => {
    const client = await startAtFixedTime({ balance: '1' });
    const reply = await client.call('POST', 'transactions/create_and_fund', transaction());
    expect([reply.status, reply.body.object.errors]).toEqual([422, { amount: [{ error: 'insufficient_funds' }] }]);
    expect((await client.call('GET', 'transactions?external_id=A1')).body.object).toEqual([]);
  });

  it('can be answered by a gateway after it has paid', async () => {
    const client = await startAtFixedTime({ faults: [{ fault: { kind: 'status', status: 502, booked: true } }] });
    expect((await client.call('POST', 'transactions/create_and_fund', transaction())).status).toBe(502);
    await client.simulator.idle();
    expect(client.simulator.book()).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  it.each([
    ['drop-before-booking', 0],
    ['drop-after-booking', 1],
  ] as const)('of a creation (%s) is found by the external id', async (kind, count) => {
    const client = await startAtFixedTime({ faults: [{ fault: { kind }, route: 'v1/transactions' }] });
    await expect(created(client)).rejects.toThrow('fetch failed');
    const { body } = await client.call('GET', 'transactions?external_id=A1');
    expect(body).toMatchObject({ meta: { pagination: { current_page: 1, total_count: count } } });
  });

  it.each([
    ['drop-before-booking', 'approved', 0],
    ['drop-after-booking', 'paid', 1],
  ] as const)('of a debit (%s) is found by the id, under the payment it was for', async (kind, state, count) => {
    const client = await startAtFixedTime({ faults: [{ fault: { kind }, reference: 'A2' }] });
    await funded(client, { reference: 'A1' });
    const opened = await created(client, { reference: 'A2', sender: { external_id: 'snd-acme-1' } });
    await expect(client.call('POST', 'accounts/debits', debit(opened))).rejects.toThrow('fetch failed');
    await client.simulator.idle();
    expect((await read(client, opened)).state).toBe(state);
    expect(client.simulator.book().filter((entry) => entry.reference === 'A2')).toHaveLength(count);
  });
});

describe('the list', () => {
  it('goes newest first, ten a page or as many as asked for', async () => {
    const client = await startAtFixedTime();
    for (let number = 10; number < 22; number++) await created(client, { reference: `R${number}` });
    const first = await client.call('GET', 'transactions');
    expect(first.body.object).toHaveLength(10);
    expect(first.body.object).toMatchObject({ 0: { external_id: 'R21' } });
    const last = await client.call('GET', 'transactions?page=3&per=5');
    expect(last.body).toMatchObject({
      object: [{ external_id: 'R11' }, { external_id: 'R10' }],
      meta: { pagination: { next_page: null, prev_page: 2, total_pages: 3, total_count: 12 } },
    });
  });

  it('filters by the whole external id, or by its beginning', async () => {
    for (const [prefixFilter, count] of [
      [false, 1],
      [true, 2],
    ] as const) {
      const client = await startAtFixedTime({ settings: { prefixFilter } });
      for (const reference of ['B1', 'B11']) await created(client, { reference });
      expect((await client.call('GET', 'transactions?external_id=B1')).body.object).toHaveLength(count);
    }
  });
});

describe('the limits', () => {
  it('let one transaction be read six times in its first hour and once an hour then', async () => {
    const client = await startAtFixedTime({ limits: {} });
    const opened = await created(client);
    const readStatus = async () => (await client.call('GET', `transactions/${opened.id}`)).status;
    const statuses = [];
    for (let reading = 0; reading < 7; reading++) statuses.push(await readStatus());
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
    client.clock.now += 3_600_001;
    expect([await readStatus(), await readStatus()]).toEqual([200, 429]);
    client.clock.now += 3_600_000;
    expect(await readStatus()).toBe(200);
  });

  it.each(['accounts', 'info/currencies'])(
    'let %s be read every five minutes, in all its forms together',
    async (path) => {
      const client = await startAtFixedTime({ limits: {} });
      expect((await client.call('GET', path)).status).toBe(200);
      const hasty = await client.call('GET', path === 'accounts' ? 'accounts/NGN' : `${path}/in`);
      expect([hasty.status, hasty.text]).toEqual([429, '']);
      client.clock.now += 300_000;
      expect((await client.call('GET', path)).status).toBe(200);
    },
  );

  it('have their own number of readings a day, and none for creating and listing', async () => {
    const client = await startAtFixedTime({ limits: { transactions: [{ count: 2, windowMs: 86_400_000 }] } });
    const statuses = [];
    for (const reference of ['C1', 'C2', 'C3']) {
      const opened = await created(client, { reference });
      statuses.push((await client.call('GET', `transactions/${opened.id}`)).status);
      expect((await client.call('GET', 'transactions')).status).toBe(200);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect(client.simulator.stats().windows).toContainEqual(
      expect.objectContaining({ name: 'transactions', refused: 1 }),
    );
  });
});
