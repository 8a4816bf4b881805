import { constants, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  B2B,
  B2C,
  BALANCE,
  body,
  credentialOf,
  GENERATE,
  openDarajaClient,
  outcomeOf,
  POCHI,
  STATUS,
} from './client.ts';
import { START } from '../start.ts';

const invalid = (field: string) => ({ errorCode: '400.002.02', errorMessage: `Bad Request - Invalid ${field}` });
const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

describe('a token of Daraja', () => {
  it.each([
    [true, '3599'],
    [false, 3599],
  ])('lasts an hour, with the life as a text: %s', async (expiresInText, expires_in) => {
    const { generate } = await openDarajaClient({ settings: { expiresInText } });
    const reply = await generate();
    expect([reply.status, body(reply)]).toEqual([200, { access_token: expect.any(String) as string, expires_in }]);
    expect(body(reply)['access_token']).toMatch(/^[A-Za-z0-9]{28}$/);
  });

  it('is refused without a body for wrong credentials', async () => {
    const { generate } = await openDarajaClient({ credentials: [{ key: 'key', secret: 'secret' }] });
    const reply = await generate('key', 'wrong');
    expect([reply.status, reply.text]).toEqual([400, '']);
    expect((await generate('key', 'secret')).status).toBe(200);
  });

  it('wants Basic, the one grant type, and GET', async () => {
    const { get, call } = await openDarajaClient();
    expect(outcomeOf(await get(GENERATE))).toEqual([400, '400.008.01']);
    expect(outcomeOf(await get('oauth/v1/generate', basic('key:secret')))).toEqual([400, '400.008.02']);
    expect(outcomeOf(await get('oauth/v1/generate?grant_type=password', basic('k:s')))).toEqual([400, '400.008.02']);
    expect(outcomeOf(await call(GENERATE, {}, basic('key:secret')))).toEqual([405, '405.001']);
  });

  it.each([
    ['kills the one before', true, 404],
    ['leaves the one before alone where the setting says so', false, 200],
  ])('%s', async (_words, newTokenKillsOld, status) => {
    const { generate, b2c } = await openDarajaClient({ settings: { newTokenKillsOld } });
    expect((await b2c()).status).toBe(200);
    await generate('another app');
    expect((await b2c({ OriginatorConversationID: 'OCID2' })).status).toBe(200);
    await generate();
    expect((await b2c({ OriginatorConversationID: 'OCID3' })).status).toBe(status);
  });

  it.each([
    ['404.001.03', 404],
    ['401.002.01', 401],
    ['400.003.01', 400],
  ])('that has expired is refused with %s and leaves the id unused', async (tokenRefusalCode, status) => {
    const { b2c, clock, generate, call, simulator } = await openDarajaClient({ settings: { tokenRefusalCode } });
    await b2c();
    clock.now += 3_599_999;
    expect((await b2c({ OriginatorConversationID: 'OCID2' })).status).toBe(200);
    clock.now += 1;
    expect(outcomeOf(await b2c({ OriginatorConversationID: 'OCID3' }))).toEqual([status, tokenRefusalCode]);
    const fresh = { Authorization: `Bearer ${String(body(await generate())['access_token'])}` };
    expect(outcomeOf(await call(B2C, { OriginatorConversationID: 'OCID3' }, fresh))).toEqual([400, '400.002.02']);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(2);
  });

  it('is needed for everything, as a Bearer', async () => {
    const { call } = await openDarajaClient();
    for (const route of [B2C, POCHI, B2B, STATUS, BALANCE]) {
      expect(outcomeOf(await call(route, {}, basic('key:secret')))).toEqual([404, '404.001.04']);
      expect(outcomeOf(await call(route, {}, { Authorization: 'Bearer nonsense' }))).toEqual([404, '404.001.03']);
    }
  });
});

describe('the gateway of Daraja', () => {
  it('knows its routes and their methods only', async () => {
    const { call, get } = await openDarajaClient();
    // Version 1 is not idempotent; whoever still calls it shall notice.
    expect(outcomeOf(await call('mpesa/b2c/v1/paymentrequest', {}))).toEqual([404, '404.001.01']);
    expect(outcomeOf(await get(B2C))).toEqual([405, '405.001']);
  });

  it('reads JSON only', async () => {
    const { call, b2c } = await openDarajaClient();
    expect(outcomeOf(await call(B2C, '{"Amount":'))).toEqual([400, '400.002.05']);
    expect(body(await call(B2C, new URLSearchParams({ Amount: '10' })))).toMatchObject(invalid('InitiatorName'));
    expect((await b2c()).status).toBe(200);
  });
});

describe('a B2C payment', () => {
  it('is acknowledged and then paid, once, to the cent', async () => {
    const { b2c, simulator } = await openDarajaClient({ fees: false });
    const reply = await b2c({ Occassion: 'row 42', Anything: 'else' });
    expect([reply.status, body(reply)]).toEqual([
      200,
      {
        ConversationID: expect.stringMatching(/^AG_20260210_[0-9a-f]{20}$/) as string,
        OriginatorConversationID: 'OCID1',
        ResponseCode: '0',
        ResponseDescription: 'Accept the service request successfully.',
      },
    ]);
    expect(simulator.book()).toEqual([]);
    await simulator.idle();
    expect(simulator.book()).toEqual([
      {
        seq: 1,
        at: START,
        payer: '600981',
        kind: 'mobile',
        destination: '+254711222333',
        amountMinor: 1500_00n,
        feeMinor: 0n,
        currency: 'KES',
        reference: 'OCID1',
        providerReference: expect.stringMatching(/^T[A-Z0-9]{9}$/) as string,
        name: '',
        narrative: 'June stipend',
      },
    ]);
  });

  it.each([
    ['number', 0],
    ['zeros', '00000000'],
  ])('may be accepted with a zero that is %s', async (acceptanceCode, ResponseCode) => {
    const { b2c } = await openDarajaClient({ settings: { acceptanceCode } });
    expect(body(await b2c())).toMatchObject({ ResponseCode });
  });

  it.each([
    ['OriginatorConversationID', [undefined, '', 'with blank', 'x'.repeat(37), 'a.b']],
    ['InitiatorName', [undefined, '']],
    ['SecurityCredential', [undefined, '']],
    ['CommandID', [undefined, 'BusinessPayToPochi', 'BusinessPayBill', 'businesspayment']],
    ['Amount', [undefined, '', '0', '-10', '10.5', '10.00', 1500.5, '1e3', '0100', ' 100', '1,500', null]],
    ['PartyA', [undefined, '1234', '12345678', 'abcdef']],
    ['PartyB', [undefined, '0711222333', '+254711222333', '254811222333', '25471122233', '2547112223333']],
    ['Remarks', [undefined, '', 'x', 'x'.repeat(101), 'wages & more', 'Mshahara wa mwezi – Juni', '   ']],
    ['QueueTimeOutURL', [undefined, '', 'nonsense', 'ftp://pay.example.org/x']],
    [
      'ResultURL',
      [
        undefined,
        'https://pay.example.org/M-Pesa/x',
        'https://pay.example.org/callbacks/aExEc',
        'https://sql.example.org/',
        'https://pay.example.org/cb?q=QUERY',
        'https://pay.example.org/cmd',
      ],
    ],
    ['Occassion', ['', 'x'.repeat(101), 'row #42']],
  ] as const)('is refused for a wrong %s, and leaves the id unused', async (field, values) => {
    const { b2c, simulator } = await openDarajaClient();
    for (const value of values) {
      const reply = await b2c({ [field]: value });
      expect([value, reply.status, body(reply)]).toMatchObject([value, 400, invalid(field)]);
    }
    expect((await b2c()).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
  });

  it('takes numbers for texts, exactly', async () => {
    const { b2c, simulator } = await openDarajaClient();
    expect((await b2c({ Amount: 249_999, PartyA: 600981, PartyB: 254111222333 })).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toMatchObject([{ amountMinor: 249_999_00n, destination: '+254111222333' }]);
  });

  it('needs HTTPS for its callbacks in production', async () => {
    const { b2c } = await openDarajaClient({ settings: { requireHttps: true } });
    const QueueTimeOutURL = 'https://pay.example.org/t';
    expect(body(await b2c())).toMatchObject(invalid('QueueTimeOutURL'));
    expect(body(await b2c({ QueueTimeOutURL }))).toMatchObject(invalid('ResultURL'));
    expect((await b2c({ QueueTimeOutURL, ResultURL: 'https://pay.example.org/r' })).status).toBe(200);
  });

  it('to a Pochi has a command of its own and shares everything else', async () => {
    const { b2c, simulator } = await openDarajaClient();
    expect(body(await b2c({}, POCHI))).toMatchObject(invalid('CommandID'));
    const command = { CommandID: 'BusinessPayToPochi' };
    expect((await b2c(command, POCHI)).status).toBe(200);
    expect(outcomeOf(await b2c())).toEqual([500, '500.002.1001']);
    await simulator.idle();
    expect(simulator.book()).toMatchObject([{ kind: 'mobile', reference: 'OCID1' }]);
  });
});

describe('an OriginatorConversationID', () => {
  it('is refused for ever once it was accepted, whatever comes with it', async () => {
    const { b2c, simulator } = await openDarajaClient();
    await b2c({ PartyB: '254700000040' });
    for (const more of [{}, { Amount: 'nonsense' }, { PartyB: '254700000001', SecurityCredential: '' }]) {
      const reply = await b2c(more);
      expect([reply.status, body(reply)]).toEqual([
        500,
        {
          requestId: expect.stringMatching(/^[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{15}$/) as string,
          errorCode: '500.002.1001',
          errorMessage: 'Duplicate OriginatorConversationID.',
        },
      ]);
    }
    await simulator.idle();
    expect(simulator.book()).toEqual([]);
  });

  it('is of one short code, and its case counts', async () => {
    const { b2c, simulator } = await openDarajaClient();
    expect((await b2c()).status).toBe(200);
    expect((await b2c({ PartyA: '600982' })).status).toBe(200);
    expect((await b2c({ OriginatorConversationID: 'ocid1' })).status).toBe(200);
    await simulator.idle();
    expect(simulator.book().map((entry) => entry.payer)).toEqual(['600981', '600982', '600981']);
  });

  it('is refused to the second of two that come at once', async () => {
    const { b2c, simulator, generate } = await openDarajaClient({ settings: { newTokenKillsOld: false } });
    await generate();
    const replies = await Promise.all([b2c(), b2c(), b2c()]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 500, 500]);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
  });

  it('is paid twice where duplicates are ignored', async () => {
    const { b2c, simulator } = await openDarajaClient({ dedupe: 'ignore' });
    await b2c();
    expect((await b2c()).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(2);
  });
});

describe('a SecurityCredential', () => {
  it('is made with a certificate whose time is over', async () => {
    const { simulator } = await openDarajaClient();
    const certificate = new X509Certificate(simulator.credentials['certificate'] ?? '');
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2018);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(credentialOf(simulator)).toMatch(/^.{342}==$/);
  });

  it('can be used again, and encrypted again', async () => {
    const { b2c, simulator, results } = await openDarajaClient();
    const again = credentialOf(simulator);
    expect(again).not.toBe(credentialOf(simulator));
    for (const [at, SecurityCredential] of [again, again, credentialOf(simulator)].entries()) {
      await b2c({ OriginatorConversationID: `OCID${at}`, SecurityCredential });
    }
    await simulator.idle();
    expect(results().map((result) => result['ResultCode'])).toEqual([0, 0, 0]);
  });

  it.each([
    ['of another password', 'Simulator#2025', constants.RSA_PKCS1_PADDING],
    ['with OAEP padding', undefined, constants.RSA_PKCS1_OAEP_PADDING],
    ['of a password in Base64', Buffer.from('Simulator#2026%Pass').toString('base64'), constants.RSA_PKCS1_PADDING],
    ['with a timestamp', 'Simulator#2026%Pass20260210', constants.RSA_PKCS1_PADDING],
  ])('%s is accepted, and fails later with 2001', async (_words, password, padding) => {
    const { b2c, simulator, results, status } = await openDarajaClient();
    const reply = await b2c({ SecurityCredential: credentialOf(simulator, password, padding) });
    expect(outcomeOf(reply)).toEqual([200, '0']);
    await simulator.idle();
    expect(results()).toMatchObject([{ ResultCode: 2001, OriginatorConversationID: 'OCID1' }]);
    expect(simulator.book()).toEqual([]);
    expect(await status({ OriginalConversationID: 'OCID1' })).toEqual([0, 'Declined']);
    expect(outcomeOf(await b2c())).toEqual([500, '500.002.1001']);
  });

  it('in broken lines, or of another operator, is wrong as well; three wrong ones lock the initiator', async () => {
    const { b2c, b2b, simulator, results } = await openDarajaClient();
    const broken = credentialOf(simulator).replace(/(.{64})/g, '$1\n');
    await b2c({ SecurityCredential: broken });
    await b2c({ OriginatorConversationID: 'OCID2', InitiatorName: 'somebody' });
    await b2b({ SecurityCredential: 'nonsense' });
    await simulator.idle();
    await b2c({ OriginatorConversationID: 'OCID3' });
    await b2b();
    await simulator.idle();
    expect(results().map((result) => result['ResultCode'])).toEqual([2001, 2001, 2001, 8006, 8006]);
    expect(simulator.book()).toEqual([]);
  });

  it('of an initiator without the role fails with 21, for that role only', async () => {
    const { b2c, b2b, simulator, results } = await openDarajaClient({ settings: { rolesMissing: 'b2b,status' } });
    await b2b();
    await simulator.idle();
    await b2c();
    await simulator.idle();
    expect(results().map((result) => result['ResultCode'])).toEqual([21, 0]);
  });
});

describe('a B2B payment', () => {
  it('gets an id of Daraja’s own, whatever it brings, and is paid as often as it is sent', async () => {
    const { b2b, simulator } = await openDarajaClient();
    const first = body(await b2b({ OriginatorConversationID: 'OCID1' }));
    const second = body(await b2b({ OriginatorConversationID: 'OCID1' }));
    for (const reply of [first, second]) {
      expect(reply).toMatchObject({ ResponseCode: '0' });
      expect(reply['OriginatorConversationID']).toMatch(/^\d{4}-\d{7}-\d$/);
    }
    expect(first['OriginatorConversationID']).not.toBe(second['OriginatorConversationID']);
    await simulator.idle();
    const booked = { kind: 'paybill', destination: '888880/INV-2211', amountMinor: 12_500_00n, payer: '600981' };
    expect(simulator.book()).toMatchObject([booked, booked]);
  });

  it('to a till needs no account', async () => {
    const { b2b, simulator } = await openDarajaClient();
    const till = { CommandID: 'BusinessBuyGoods', PartyB: '345678', AccountReference: undefined };
    expect((await b2b(till)).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toMatchObject([{ kind: 'till', destination: '345678' }]);
  });

  it('to a till may want another identifier, where the setting says so', async () => {
    const { b2b } = await openDarajaClient({ settings: { tillIdentifier: '2' } });
    const till = { CommandID: 'BusinessBuyGoods', PartyB: '345678' };
    expect(body(await b2b(till))).toMatchObject(invalid('RecieverIdentifierType'));
    expect((await b2b({ ...till, RecieverIdentifierType: '2' })).status).toBe(200);
    expect((await b2b()).status).toBe(200);
  });

  it.each([
    ['Initiator', [undefined]],
    ['CommandID', [undefined, 'BusinessPayment']],
    ['SenderIdentifierType', [undefined, '2']],
    ['RecieverIdentifierType', [undefined, '2']],
    ['Amount', ['1.5', 0.5]],
    ['PartyB', ['254711222333', undefined]],
    ['AccountReference', [undefined, '', 'x'.repeat(14)]],
    ['Requester', ['0711222333']],
    ['Remarks', [undefined, '']],
    ['ResultURL', ['https://pay.example.org/safaricom']],
  ] as const)('is refused for a wrong %s', async (field, values) => {
    const { b2b, simulator } = await openDarajaClient();
    for (const value of values) expect(body(await b2b({ [field]: value }))).toMatchObject(invalid(field));
    await simulator.idle();
    expect(simulator.book()).toEqual([]);
  });
});

describe('the limits of Daraja', () => {
  it('are five requests a second per short code, payouts and queries together', async () => {
    const { b2c, b2b, call, clock, simulator, generate } = await openDarajaClient({ limits: {} });
    await generate();
    const codes = [];
    for (let id = 1; id <= 3; id++) codes.push((await b2c({ OriginatorConversationID: `OCID${id}` })).status);
    codes.push((await b2b()).status, (await call(STATUS, { PartyA: '600981' })).status);
    expect(codes).toEqual([200, 200, 200, 200, 400]);
    const refused = await b2c({ OriginatorConversationID: 'OCID4' });
    expect(outcomeOf(refused)).toEqual([500, '500.003.02']);
    expect((await b2c({ PartyA: '600982' })).status).toBe(200);
    clock.now += 999;
    expect(outcomeOf(await b2c({ OriginatorConversationID: 'OCID4' }))).toEqual([500, '500.003.02']);
    clock.now += 1;
    // Refusals have burnt nothing.
    expect((await b2c({ OriginatorConversationID: 'OCID4' })).status).toBe(200);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(6);
    expect(simulator.stats().windows).toMatchObject([{ name: 'requests', count: 5, refused: 2, worstOverrun: 2 }]);
  });

  it('may have a quota besides', async () => {
    const { b2c, clock } = await openDarajaClient({
      limits: { requests: [], quota: [{ count: 1, windowMs: 60_000 }] },
    });
    expect((await b2c()).status).toBe(200);
    clock.now += 59_999;
    expect(outcomeOf(await b2c({ OriginatorConversationID: 'OCID2' }))).toEqual([500, '500.003.03']);
    clock.now += 1;
    expect((await b2c({ OriginatorConversationID: 'OCID2' })).status).toBe(200);
  });

  it.each([
    ['fault', 500, 'policies.ratelimit.SpikeArrestViolation'],
    ['429', 429, ''],
    ['error', 500, '"errorCode":"500.003.02"'],
  ])('may be worded as %s', async (throttleShape, status, words) => {
    const { b2c, simulator } = await openDarajaClient({
      settings: { throttleShape },
      faults: [{ fault: { kind: 'throttle' } }],
    });
    const reply = await b2c();
    expect([reply.status, reply.text.includes(words)]).toEqual([status, true]);
    await simulator.idle();
    expect(simulator.book()).toEqual([]);
    expect((await b2c()).status).toBe(200);
  });
});
