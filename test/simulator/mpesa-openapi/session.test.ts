import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { API_KEY, fields, openMpesaClient, outcomeOf } from './client.ts';

const HEX32 = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
const DONE = { output_ResponseCode: 'INS-0', output_ResponseDesc: 'Request processed successfully' };

describe('a session of M-Pesa OpenAPI', () => {
  it('is bought with an encrypted API key, of which two encryptions differ', async () => {
    const { bearer, getSession, simulator } = await openMpesaClient();
    const headers = [bearer(API_KEY), bearer(API_KEY)];
    expect(new Set(headers).size).toBe(2);
    for (const header of headers) {
      expect(header).toHaveLength('Bearer '.length + 684);
      const reply = await getSession(header);
      expect([reply.status, fields(reply)]).toEqual([200, { ...DONE, output_SessionID: HEX32 }]);
    }
    expect(Buffer.from(simulator.credentials['public_key'] ?? '', 'base64')).toHaveLength(550);
  });

  it('is refused, without a code, to OAEP, to bare text and to another key', async () => {
    const { bearer, getSession } = await openMpesaClient({ credentials: [{ key: API_KEY, secret: '' }] });
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const short = publicEncrypt({ key: foreign, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(API_KEY));
    const wrong = [
      bearer(API_KEY, constants.RSA_PKCS1_OAEP_PADDING),
      `Bearer ${API_KEY}`,
      `Bearer ${Buffer.alloc(512, 255).toString('base64')}`,
      `Bearer ${short.toString('base64')}`,
      bearer('x'.repeat(32)),
      bearer(`${API_KEY}\n`),
    ];
    for (const header of wrong) {
      const reply = await getSession(header);
      expect([reply.status, fields(reply)]).toEqual([401, { output_error: 'api key not valid' }]);
    }
    expect((await getSession(bearer(API_KEY))).status).toBe(200);
  });

  it('is accepted only after its activation and only for its life', async () => {
    const { b2c, clock, getSession, bearer, simulator } = await openMpesaClient({ tokenSeconds: 60 });
    const { output_SessionID } = fields(await getSession(bearer(API_KEY)));
    const Authorization = bearer(String(output_SessionID));
    const refusal = { output_error: 'session not valid' };
    clock.now += 49;
    const early = await b2c({}, { Authorization });
    expect([early.status, fields(early)]).toEqual([401, refusal]);
    clock.now += 1;
    expect((await b2c({}, { Authorization })).status).toBe(201);
    clock.now += 60_000;
    expect((await b2c({ input_ThirdPartyConversationID: 'CONV2' }, { Authorization })).status).toBe(401);
    expect(simulator.book()).toHaveLength(1);
  });

  it('becomes active after half a minute unless the settings say otherwise', async () => {
    const { clock, getSession, bearer, b2c } = await openMpesaClient({ settings: { activationDelayMs: 30_000 } });
    const { output_SessionID } = fields(await getSession(bearer(API_KEY)));
    const Authorization = bearer(String(output_SessionID));
    clock.now += 29_000;
    expect((await b2c({}, { Authorization })).status).toBe(401);
    clock.now += 1_000;
    expect((await b2c({}, { Authorization })).status).toBe(201);
  });

  it('is of one environment and one market', async () => {
    const { getSession, bearer, b2c, clock } = await openMpesaClient();
    for (const place of ['sandbox/ipg/v2/vodacomTZN', 'openapi/ipg/v2/vodafoneGHA']) {
      const { output_SessionID } = fields(await getSession(bearer(API_KEY), place));
      clock.now += 50;
      expect((await b2c({}, { Authorization: bearer(String(output_SessionID)) })).status).toBe(401);
    }
    expect(outcomeOf(await getSession(bearer(API_KEY), 'openapi/ipg/v2/vodafoneMOZ'))).toEqual([400, 'INS-998']);
    expect((await getSession(bearer(API_KEY), 'live/ipg/v2/vodacomTZN')).status).toBe(404);
  });

  it.each([
    [false, 201],
    [true, 401],
  ])('ends when a new one is made: %s', async (newSessionEndsOld, status) => {
    const { session, bearer, b2c } = await openMpesaClient({ settings: { newSessionEndsOld } });
    const Authorization = bearer(await session());
    await session();
    expect((await b2c({}, { Authorization })).status).toBe(status);
  });

  it('may fail to be made, and may die with all others', async () => {
    const { getSession, bearer, b2c, simulator } = await openMpesaClient({
      settings: { sessionFailures: 1 },
      faults: [{ fault: { kind: 'expire-tokens' } }],
    });
    expect(outcomeOf(await getSession(bearer(API_KEY)))).toEqual([400, 'INS-989']);
    expect((await b2c()).status).toBe(401);
    expect(simulator.book()).toEqual([]);
  });
});

describe('a call to M-Pesa OpenAPI', () => {
  it('comes from a trusted origin where one is configured', async () => {
    const { b2c } = await openMpesaClient({ settings: { requireOrigin: '' } });
    expect((await b2c()).status).toBe(201);
    const { getSession, bearer, call } = await openMpesaClient({ settings: { requireOrigin: 'pay.example.org' } });
    const reply = await getSession(bearer(API_KEY));
    expect([reply.status, fields(reply)]).toEqual([403, { output_error: 'origin not trusted' }]);
    const known = await call('GET', 'getSession/', undefined, {
      Authorization: bearer(API_KEY),
      Origin: 'pay.example.org',
    });
    expect(known.status).toBe(200);
  });

  it('ends in a slash, has its verb and says that it is JSON', async () => {
    const { call, simulator } = await openMpesaClient();
    expect((await call('POST', 'b2cPayment', '{}')).status).toBe(404);
    expect((await call('PUT', 'b2cPayment/', '{}')).status).toBe(404);
    expect((await call('POST', 'b2cPayment/singleStage/', '{}')).status).toBe(404);
    expect((await call('POST', 'b2cPayment/', '{}', { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect(outcomeOf(await call('POST', 'b2cPayment/', '{"input_Amount":'))).toEqual([400, 'INS-21']);
    expect(simulator.book()).toEqual([]);
  });

  it('is one of five in any second of an application; more are refused without a code', async () => {
    const { b2c, query, clock, simulator } = await openMpesaClient({ limits: undefined as never });
    await b2c();
    for (let queries = 0; queries < 3; queries++) await query('CONV1');
    // The session was asked for fifty milliseconds before.
    const late = await b2c({ input_ThirdPartyConversationID: 'CONV2' });
    expect([late.status, late.headers.get('retry-after'), fields(late)]).toEqual([
      429,
      '1',
      { output_error: 'too many requests' },
    ]);
    clock.now += 949;
    expect((await query('CONV1')).status).toBe(429);
    clock.now += 1;
    expect((await query('CONV1')).status).toBe(200);
    expect(simulator.stats().windows).toMatchObject([{ name: 'requests', count: 5, windowMs: 1000, refused: 2 }]);
    expect(simulator.book()).toHaveLength(1);
  });
});

describe('the limits of a session', () => {
  const pay = (id: string, input_Amount = '100') => ({ input_ThirdPartyConversationID: id, input_Amount });

  it.each([
    [{ sessionCount: 2 }, 'INS-993'],
    [{ sessionValue: '299.99' }, 'INS-994'],
  ])('%o end its payments until a new one is made, and burn no id', async (settings, code) => {
    const { b2c, bearer, session } = await openMpesaClient({ settings });
    for (const id of ['A', 'B']) expect((await b2c(pay(id))).status).toBe(201);
    expect(outcomeOf(await b2c(pay('C')))).toEqual([400, code]);
    const Authorization = bearer(await session());
    expect((await b2c(pay('C'), { Authorization })).status).toBe(201);
  });

  it('are hours of the day and a single amount, too', async () => {
    // The clock of the tests stands at 12:45 UTC.
    const closed = await openMpesaClient({ settings: { sessionHours: '6-12' } });
    expect(outcomeOf(await closed.b2c())).toEqual([400, 'INS-996']);
    const { b2c } = await openMpesaClient({ settings: { sessionHours: '12-13', singleMax: '500' } });
    expect(outcomeOf(await b2c(pay('A', '500.01')))).toEqual([400, 'INS-995']);
    expect(outcomeOf(await b2c(pay('A', '500')))).toEqual([201, 'INS-0']);
  });
});
