import { describe, expect, it } from 'vitest';
import { verifySellapayToken } from '../../../src/simulator/sellapay/tokens.ts';
import { bank, mobile, startAtFixedTime, START, type Reply } from '../start.ts';

const body = (reply: Reply): unknown => JSON.parse(reply.text);
const invalid = (field: string) => ({ error: 'Validation error', details: { field } });

describe('authorize', () => {
  it('issues a token for one hour, with or without a body', async () => {
    const { post } = await startAtFixedTime();
    const reply = await post('authorize', '', { 'X-API-KEY': 'any', 'X-API-SECRET': 'pair' });
    expect(reply.status).toBe(200);
    expect(body(reply)).toMatchObject({ message: 'User authorized', account: 'acctSIM0001', expires_in: 3600 });
    const iat = START / 1000;
    const { access_token } = body(reply) as { access_token: string };
    expect(verifySellapayToken(access_token, 'sim-jwt-secret')).toMatchObject({
      account: 'acctSIM0001',
      iat,
      exp: iat + 3600,
    });
  });

  it('needs both credentials', async () => {
    const { post } = await startAtFixedTime();
    const reply = await post('authorize', {}, { 'X-API-KEY': 'key' });
    expect([reply.status, body(reply)]).toEqual([400, { error: 'Missing API key or secret code' }]);
  });

  it('refuses unknown credentials, and keeps the money of two accounts apart', async () => {
    const credentials = [
      { key: 'a', secret: '1' },
      { key: 'b', secret: '2' },
    ];
    const { post, pay, authorize, simulator } = await startAtFixedTime({ credentials });
    const reply = await post('authorize', {}, { 'X-API-KEY': 'a', 'X-API-SECRET': '2' });
    expect([reply.status, body(reply)]).toEqual([
      401,
      { error: 'Unauthorized', message: 'Invalid API key or secret code' },
    ]);
    await authorize('a', '1');
    await pay('sendFundsToMobile', mobile());
    await authorize('b', '2');
    await pay('sendFundsToMobile', mobile());
    expect(simulator.book().map((entry) => entry.payer)).toEqual(['acctSIM0001', 'acctSIM0002']);
  });

  it('is allowed ten times a minute, as its rate headers show', async () => {
    const { post, clock, simulator } = await startAtFixedTime();
    const call = () => post('authorize', {}, { 'X-API-KEY': 'key', 'X-API-SECRET': 'wrong or not' });
    const replies = [];
    for (let count = 0; count < 11; count++) replies.push(await call());
    expect(replies.map((reply) => reply.status)).toEqual([...Array<number>(10).fill(200), 429]);
    expect(replies.map((reply) => reply.headers.get('x-ratelimit-remaining'))).toEqual([
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    const last = replies.at(-1);
    expect(last && body(last)).toEqual({ error: 'Too many requests', message: 'Rate limit exceeded' });
    expect(last?.headers.get('x-ratelimit-limit')).toBe('10');
    expect(last?.headers.get('x-ratelimit-reset')).toBe(String(START / 1000 + 60));
    clock.now += 59_999;
    expect((await call()).status).toBe(429);
    clock.now += 1;
    expect((await call()).status).toBe(200);
    expect(simulator.stats().windows[0]).toMatchObject({ name: 'authorize', refused: 2, worstOverrun: 2 });
  });
});

describe('a token', () => {
  it('is needed for everything else, and expires on time', async () => {
    const { post, get, authorize, clock } = await startAtFixedTime({ tokenSeconds: 60 });
    const refusal = { error: 'Invalid or expired access token', message: 'Please re-authorize to get a new token' };
    for (const token of [undefined, 'Bearer nonsense', 'Basic abc']) {
      const reply = await post('sendFundsToMobile', mobile(), token === undefined ? {} : { Authorization: token });
      expect([reply.status, body(reply)]).toEqual([401, refusal]);
    }
    const headers = { Authorization: `Bearer ${await authorize()}` };
    clock.now += 59_999;
    expect((await get('getBalance', headers)).status).toBe(200);
    clock.now += 1;
    expect((await get('getBalance', headers)).status).toBe(401);
  });

  it('stays valid beside newer tokens', async () => {
    const { get, authorize, clock } = await startAtFixedTime();
    const first = await authorize();
    clock.now += 5_000;
    const second = await authorize();
    expect(first).not.toBe(second);
    for (const token of [first, second]) {
      expect((await get('getBalance', { Authorization: `Bearer ${token}` })).status).toBe(200);
    }
  });

  it('allows a hundred calls a minute, counted per token', async () => {
    const { get, authorize, clock } = await startAtFixedTime();
    const token = await authorize();
    const call = (bearer: string) => get('getBalance', { Authorization: `Bearer ${bearer}` });
    const statuses = [];
    for (let count = 0; count < 101; count++) statuses.push((await call(token)).status);
    expect(statuses).toEqual([...Array<number>(100).fill(200), 429]);
    clock.now += 1000;
    expect((await call(await authorize())).status).toBe(200);
    clock.now += 58_999;
    expect((await call(token)).status).toBe(429);
    clock.now += 1;
    expect((await call(token)).status).toBe(200);
  });
});

describe('getBalance', () => {
  it('prints the money exactly, beside its conversions', async () => {
    const { get, authorize } = await startAtFixedTime({ balance: '50000' });
    const reply = await get('getBalance', { Authorization: `Bearer ${await authorize()}` });
    expect(reply.text).toBe(
      '{"message":"Balance retrieved","balance":{"KES":50000.0,"USD":425.53,"EUR":389.95,"GBP":338.45},' +
        '"primary_currency":"KES","timestamp":1770727500}',
    );
  });

  it('falls by amount and fee', async () => {
    const { get, pay, authorize } = await startAtFixedTime({ balance: '90071992547409.93' });
    const headers = { Authorization: `Bearer ${await authorize()}` };
    await pay('sendFundsToMobile', mobile({ amount: 0.1 }));
    expect((await get('getBalance', headers)).text).toContain('"KES":90071992547399.83,');
    await pay('sendFundsToLocalBank', bank({ amount: 100, reference: 'R2' }));
    expect((await get('getBalance', headers)).text).toContain('"KES":90071992547239.83,');
    await pay('sendFundsToSellapay', { account: 'acctSIM0002', amount: 0.83, reference: 'R3' });
    expect((await get('getBalance', headers)).text).toContain('"KES":90071992547239.0,');
  });
});

describe('a payout', () => {
  it('to a phone is completed at once', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay(
      'sendFundsToMobile',
      '{"phone":"712000111","amount":1250.50,"reference":"B7-R012-A1","narrative":"March stipend"}',
    );
    expect(reply.text).toBe(
      '{"message":"Funds sent successfully","transaction_id":"TXN-1770727500-00001","phone":"254712000111",' +
        '"amount":1250.5,"status":"completed","timestamp":1770727500}',
    );
    expect(simulator.book()).toEqual([
      {
        seq: 1,
        at: START,
        payer: 'acctSIM0001',
        kind: 'mobile',
        destination: '+254712000111',
        amountMinor: 125050n,
        feeMinor: 1000n,
        currency: 'KES',
        reference: 'B7-R012-A1',
        providerReference: 'TXN-1770727500-00001',
        name: '',
        narrative: 'March stipend',
      },
    ]);
  });

  it('to an account is completed at once, without a fee', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay('sendFundsToSellapay', { account: 'acctSIM0002', amount: 9000, reference: 'R1' });
    expect(body(reply)).toEqual({
      message: 'Funds sent successfully',
      transaction_id: 'TXN-1770727500-00001',
      recipient_account: 'acctSIM0002',
      amount: 9000,
      status: 'completed',
      timestamp: 1770727500,
    });
    expect(simulator.book()).toMatchObject([{ kind: 'wallet', destination: 'acctSIM0002', feeMinor: 0n }]);
  });

  it('to a bank stays pending for ever', async () => {
    const { pay, simulator } = await startAtFixedTime();
    expect(body(await pay('sendFundsToLocalBank', bank()))).toEqual({
      message: 'Funds sent successfully',
      transaction_id: 'TXN-1770727500-00001',
      bank: 'Equity Bank',
      account_number: '0110000777',
      amount: 42000,
      status: 'pending',
      timestamp: 1770727500,
      estimated_arrival: '2 hours',
    });
    expect(simulator.book()).toMatchObject([
      { kind: 'bank', destination: '015/0110000777', name: 'Amina Otieno', feeMinor: 6000n },
    ]);
  });

  it('to a bank in the newer dialect is a form, or JSON with its fields', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const fields = { swift_code: 'EQBLKENA', bank_account: '0110000777', amount: '12.50', note: 'R1 rent' };
    const first = await pay('sendFundsToLocalBank', new URLSearchParams(fields));
    const second = await pay('sendFundsToLocalBank', { ...fields, amount: 12.5 });
    expect(body(first)).toMatchObject({ bank: 'Equity Bank', bank_account: '0110000777', status: 'pending' });
    expect(body(first)).not.toHaveProperty('account_number');
    expect(second.status).toBe(200);
    expect(simulator.book()[0]).toMatchObject({ amountMinor: 1250n, reference: '', narrative: 'R1 rent' });
  });

  it("takes the example clients' names and forms", async () => {
    const { pay, simulator } = await startAtFixedTime();
    await pay('sendFundsToMobile', new URLSearchParams({ amount: '5', phone: '112345678', note: 'R1 tea' }));
    await pay('sendFundsToSellapay', new URLSearchParams({ amount: '5', to_account: 'acct9', note: 'R2 tea' }));
    expect(simulator.book().map((entry) => [entry.destination, entry.narrative])).toEqual([
      ['+254112345678', 'R1 tea'],
      ['acct9', 'R2 tea'],
    ]);
  });

  it.each([
    ['sendFundsToMobile', mobile({ phone: '0712000111' }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: '254712000111' }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: '+254712000111' }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: '712 000 111' }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: '71200011' }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: 712000111 }), 'phone'],
    ['sendFundsToMobile', mobile({ phone: undefined }), 'phone'],
    ['sendFundsToMobile', mobile({ amount: 0 }), 'amount'],
    ['sendFundsToMobile', mobile({ amount: -5 }), 'amount'],
    ['sendFundsToMobile', mobile({ amount: 1.005 }), 'amount'],
    ['sendFundsToMobile', mobile({ amount: '100' }), 'amount'],
    ['sendFundsToMobile', mobile({ amount: 1e21 }), 'amount'],
    ['sendFundsToMobile', mobile({ reference: 'x'.repeat(21) }), 'reference'],
    ['sendFundsToMobile', mobile({ reference: 'a b' }), 'reference'],
    ['sendFundsToMobile', mobile({ reference: '' }), 'reference'],
    ['sendFundsToSellapay', { account: 'acct-1', amount: 5 }, 'account'],
    ['sendFundsToSellapay', { account: 'a'.repeat(65), amount: 5 }, 'account'],
    ['sendFundsToLocalBank', bank({ bank_code: '15' }), 'bank_code'],
    ['sendFundsToLocalBank', bank({ account_number: '1234' }), 'account_number'],
    ['sendFundsToLocalBank', bank({ account_name: undefined }), 'account_name'],
    ['sendFundsToLocalBank', bank({ account_name: 'x'.repeat(101) }), 'account_name'],
  ])('%s of %o is refused for its %s', async (route, request, field) => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay(route, request);
    expect(reply.status).toBe(400);
    expect(body(reply)).toMatchObject(invalid(field));
    expect(simulator.book()).toEqual([]);
  });

  it('in the newer form for banks is refused with its own error text', async () => {
    const { pay } = await startAtFixedTime({ balance: '10' });
    const poor = await pay('sendFundsToLocalBank', { swift_code: 'EQBLKENA', bank_account: '0110000777', amount: 5 });
    const wrong = await pay('sendFundsToLocalBank', new URLSearchParams({ swift_code: 'EQBLKENA', amount: '5' }));
    expect([poor.status, body(poor)]).toEqual([
      402,
      { error: 'Insufficient balance', message: 'Your account balance is too low' },
    ]);
    expect([wrong.status, body(wrong)]).toEqual([
      400,
      { error: 'Amount, bank account, and bank swift code are required' },
    ]);
  });

  it('with a body that is not JSON is refused', async () => {
    const { pay } = await startAtFixedTime();
    expect((await pay('sendFundsToMobile', '{"phone":')).status).toBe(400);
  });

  it('beyond the balance moves nothing, to the last cent', async () => {
    const { pay, simulator } = await startAtFixedTime({ balance: '110' });
    const reply = await pay('sendFundsToMobile', mobile({ amount: 100.01 }));
    expect(reply.status).toBe(402);
    expect(reply.text).toBe(
      '{"error":"Insufficient balance","message":"Your account balance is too low","required":110.01,"available":110.0}',
    );
    expect(simulator.book()).toEqual([]);
    expect((await pay('sendFundsToMobile', mobile({ amount: 100 }))).status).toBe(200);
    expect((await pay('sendFundsToSellapay', { account: 'a', amount: 0.01 })).status).toBe(402);
  });
});

describe('a reference that was booked', () => {
  it('is refused when it comes again, whatever it pays', async () => {
    const { pay, simulator } = await startAtFixedTime();
    await pay('sendFundsToMobile', mobile());
    for (const again of [
      await pay('sendFundsToMobile', mobile()),
      await pay('sendFundsToSellapay', { account: 'a', amount: 1, reference: 'R1' }),
    ]) {
      expect([again.status, body(again)]).toEqual([
        400,
        {
          error: 'Validation error',
          message: 'Invalid reference',
          details: { field: 'reference', reason: 'Reference already used' },
        },
      ]);
    }
    expect(simulator.book()).toHaveLength(1);
  });

  it('is paid twice where duplicates are ignored', async () => {
    const { pay, simulator } = await startAtFixedTime({ dedupe: 'ignore' });
    await pay('sendFundsToMobile', mobile());
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
    expect(simulator.book()).toHaveLength(2);
  });

  it('may come again when it was refused before', async () => {
    const { pay } = await startAtFixedTime();
    expect((await pay('sendFundsToMobile', mobile({ phone: '712000001' }))).status).toBe(500);
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
  });
});

describe('the magic values', () => {
  it.each([
    ['sendFundsToMobile', mobile({ phone: '712000001' })],
    ['sendFundsToLocalBank', bank({ account_number: '0110000701' })],
  ])('%s fails without debiting anything', async (route, request) => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay(route, request);
    expect([reply.status, body(reply)]).toEqual([500, { error: 'Transfer failed', message: 'Please try again later' }]);
    expect(simulator.book()).toEqual([]);
  });

  it.each([
    ['sendFundsToMobile', mobile({ phone: '712000002' })],
    ['sendFundsToLocalBank', bank({ account_number: '0110000702' })],
  ])('%s debits and closes the connection', async (route, request) => {
    const { pay, simulator } = await startAtFixedTime();
    await expect(pay(route, request)).rejects.toThrow('fetch failed');
    expect(simulator.book()).toHaveLength(1);
    expect(simulator.stats().statuses).toMatchObject({ dropped: 1 });
  });

  it.each([
    ['sendFundsToMobile', mobile({ phone: '712000003' })],
    ['sendFundsToLocalBank', bank({ account_number: '0110000703' })],
  ])('%s debits and delays its answer by a minute', async (route, request) => {
    let served = (): void => undefined;
    const isServed = new Promise<void>((resolve) => (served = resolve));
    const { pay, simulator, authorize } = await startAtFixedTime({
      observe: (event) => {
        if (event.step === 'served' && event.reference === 'R1') served();
      },
    });
    await authorize();
    const reply = pay(route, request).catch((error: unknown) => error);
    await isServed;
    expect(simulator.book()).toHaveLength(1);
    expect(simulator.stats().payoutsInFlight).toBe(1);
    await simulator.close();
    expect(await reply).toBeInstanceOf(Error);
  });

  it('a phone ending 0004 gets a 503 without a body', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay('sendFundsToMobile', mobile({ phone: '712000004' }));
    expect([reply.status, reply.text, simulator.book().length]).toEqual([503, '', 0]);
  });

  it('a phone ending 0005 stays pending', async () => {
    const { pay, simulator } = await startAtFixedTime();
    expect(body(await pay('sendFundsToMobile', mobile({ phone: '712000005' })))).toMatchObject({ status: 'pending' });
    expect(simulator.book()).toHaveLength(1);
  });

  it('the account acctMISSING does not exist', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay('sendFundsToSellapay', { account: 'acctMISSING', amount: 5, reference: 'R1' });
    expect([reply.status, simulator.book().length]).toEqual([404, 0]);
  });

  it('an amount of 402 is always refused as beyond the balance', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const reply = await pay('sendFundsToMobile', mobile({ amount: 402 }));
    expect(body(reply)).toMatchObject({ error: 'Insufficient balance', required: 412, available: 10000000 });
    expect([reply.status, simulator.book().length]).toEqual([402, 0]);
  });

  it('an amount of 429 is rate limited once', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const first = await pay('sendFundsToMobile', mobile({ amount: 429 }));
    expect([first.status, first.headers.get('x-ratelimit-reset')]).toEqual([429, String(START / 1000 + 1)]);
    expect(simulator.book()).toEqual([]);
    expect((await pay('sendFundsToMobile', mobile({ amount: 429 }))).status).toBe(200);
    expect((await pay('sendFundsToMobile', mobile({ amount: 429, reference: 'R2' }))).status).toBe(429);
  });

  it('are ordinary values when they are turned off', async () => {
    const { pay, simulator } = await startAtFixedTime({ magicValues: 'none' });
    await pay('sendFundsToMobile', mobile({ phone: '712000001' }));
    await pay('sendFundsToMobile', mobile({ phone: '712000002', amount: 429, reference: 'R2' }));
    await pay('sendFundsToSellapay', { account: 'acctMISSING', amount: 402, reference: 'R3' });
    expect(simulator.book()).toHaveLength(3);
  });
});

describe('every answer', () => {
  it('names its request and its time, whatever it is', async () => {
    const { get, post, pay } = await startAtFixedTime();
    const replies = [
      await get('nowhere'),
      await get('constructor'),
      await get('sendFundsToMobile'),
      await post('getBalance', {}),
      await post('sendFundsToMobile', mobile()),
      await pay('sendFundsToMobile', mobile()),
    ];
    expect(replies.map((reply) => reply.status)).toEqual([404, 404, 404, 404, 401, 200]);
    const ids = replies.map((reply) => reply.headers.get('x-request-id') ?? '');
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{8}$/);
    expect(new Set(ids).size).toBe(ids.length);
    for (const reply of replies) expect(reply.headers.get('x-process-time')).toMatch(/^\d+ms$/);
  });
});
