import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../../src/domain/call-budgets.ts';
import { NEWEST, payment, REFERENCE, TRANSACTION } from './payments.ts';
import type { Reply } from '../scripted.ts';
import { granted, refused, scripted } from './scripted.ts';

const accepted: Reply = { body: { code: '200.001', TransactionID: TRANSACTION, OriginatorReference: REFERENCE } };

describe('a token', () => {
  it.each([
    { access_token: 't', expires_in: 3600 },
    { code: '200.001', data: { token: 't', expires_in: 3600 } },
    { code: '200.001', data: { access_token: 't' } },
    { access_token: 't', token_type: 'Bearer', expires_at: '2026-03-02T09:00:00Z' },
    { token: 't' },
    { token: 'not-this', access_token: 't', data: { token: 'nor-this' } },
    { token: 'not-this', data: { token: 't' } },
  ])('comes as %j', async (body) => {
    const { provider, received } = await scripted((route) => (route === 'token' ? { body } : accepted));
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect((await provider.submit(payment())).kind).toBe('pending');
    expect(received[1]?.headers.authorization).toBe('Bearer t');
  });

  it('is bought with key and secret as JSON, with no region in generation 2', async () => {
    const { provider, received, spent } = await scripted(() => granted());
    await provider.prepare();
    expect(received).toMatchObject([{ method: 'POST', path: '/api/v1/token/' }]);
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(received[0]?.headers).not.toHaveProperty('x-region');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      consumer_key: 'ck_sim_01',
      consumer_secret: 'cs_sim_01',
      grant_type: 'client_credentials',
    });
    expect(spent).toEqual(['requests']);
  });

  it('is bought with its region in generation 3', async () => {
    const { provider, received } = await scripted((route) => (route === 'token' ? granted() : accepted), {
      options: NEWEST,
    });
    await provider.prepare();
    await provider.submit(payment());
    expect(received.map(({ headers }) => headers['x-region'])).toEqual(['ke', 'ke']);
  });

  it('is bought once for however many wait, and used until five minutes before its end', async () => {
    const { provider, clock, received } = await scripted((_route, times) => granted(`t-${times}`));
    await Promise.all([provider.prepare(), provider.prepare(), provider.prepare()]);
    clock.monotonic += 3_299_000;
    await provider.prepare();
    expect(received).toHaveLength(1);
    clock.monotonic += 2_000;
    await provider.prepare();
    expect(received).toHaveLength(2);
  });

  it('that tells no lifetime lives for an hour', async () => {
    const { provider, clock, received } = await scripted(() => ({ body: { access_token: 't' } }));
    await provider.prepare();
    clock.monotonic += 3_299_000;
    await provider.prepare();
    expect(received).toHaveLength(1);
    clock.monotonic += 2_000;
    await provider.prepare();
    expect(received).toHaveLength(2);
  });

  it('that has ended moves no money: the payout is sent again with another', async () => {
    const { provider, routes, received } = await scripted((route, times) =>
      route === 'token' ? granted(`t-${times}`) : times === 0 ? refused : accepted,
    );
    await provider.prepare();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    // Nothing leaves without a token.
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('pending');
    expect(routes()).toEqual(['token', 'send-payment', 'token', 'send-payment']);
    expect(received[1]?.body).toBe(received[3]?.body);
  });

  it('that is refused fresh, twice in a row, stops the account', async () => {
    const { provider } = await scripted((route, times) => (route === 'token' ? granted(`t-${times}`) : refused));
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('throttled');
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('stop');
  });

  it.each<[string, Reply]>([
    ['401.001', { status: 401, body: { code: '401.001', message: 'Invalid cs_sim_01' } }],
    ['401.001', { status: 200, body: { code: '401.001' } }],
    ['400.001', { status: 400, body: { code: '400.001' } }],
    ['403', { status: 403 }],
  ])('that is not given for these credentials (%s) stops the account and names them', async (code, reply) => {
    const { provider, received } = await scripted(() => reply);
    const readiness = await provider.prepare();
    expect(readiness).toMatchObject({ kind: 'stop', evidence: { code } });
    expect(JSON.stringify(readiness)).toContain('accounts.wages.credentials.consumer_key');
    expect(JSON.stringify(readiness)).not.toContain('cs_sim_01');
    expect(received).toHaveLength(1);
  });

  it('that is not found says that the address may be wrong', async () => {
    const { provider } = await scripted(() => ({ status: 404, body: '<html>' }));
    const readiness = await provider.prepare();
    expect(readiness.kind).toBe('stop');
    expect(JSON.stringify(readiness)).toContain('accounts.wages.endpoint');
  });

  it('is requested again after a fault that passes, and the account waits where the fault stays', async () => {
    const passing = await scripted((_route, times) => (times < 2 ? { status: 502 } : granted()));
    expect(await passing.provider.prepare()).toEqual({ kind: 'ready' });
    const lasting = await scripted(() => ({ status: 502 }));
    expect((await lasting.provider.prepare()).kind).toBe('unreachable');
    expect(lasting.received).toHaveLength(3);
    const empty = await scripted(() => ({ body: { code: '200.001' } }));
    expect((await empty.provider.prepare()).kind).toBe('unreachable');
  });

  it('that is rate limited waits as long as the answer says', async () => {
    const { provider } = await scripted(() => ({ status: 429, headers: { 'Retry-After': '9' } }));
    expect(await provider.prepare()).toMatchObject({ kind: 'throttled', waitMs: 9_000 });
  });

  it('is not requested any more when the run is ending', async () => {
    const { provider, drain } = await scripted(() => granted());
    drain();
    await expect(provider.prepare()).rejects.toBeInstanceOf(DrainedError);
  });
});

describe('an account', () => {
  it('is not opened without an address for results, which the command refuses first', async () => {
    await expect(scripted(() => granted(), { callbackAddress: null })).rejects.toThrow('address for callbacks');
  });

  it('may send a payment again after one query that found nothing, unless its option says otherwise', async () => {
    const { provider } = await scripted(() => granted());
    const rule = { kind: 'after-evidence', graceMs: 0, answers: 1, withinMs: null };
    expect(provider.resend(payment())).toEqual(rule);
    const careful = await scripted(() => granted(), { options: { resend_after_not_found: 'false' } });
    expect(careful.provider.resend(payment())).toEqual({ kind: 'never' });
    const patient = await scripted(() => granted(), { options: { resend_grace: '10m', resend_answers: '3' } });
    expect(patient.provider.resend(payment())).toEqual({ ...rule, graceMs: 600_000, answers: 3 });
  });

  it.each<[Reply, unknown]>([
    [{ body: { current: '50000.0', available: '48500.0', uncleared: '0.0', reserved: '1500.0' } }, 48_500_00n],
    [{ body: { code: '200.001', data: { available: '48500.25' } } }, 48_500_25n],
    [{ body: { available: 48500.259 } }, 48_500_25n],
    [{ body: { available: '-12.00' } }, -12_00n],
  ])('tells the balance %j exactly', async (reply, availableMinor) => {
    const { provider, spent } = await scripted((route) => (route === 'token' ? granted() : reply));
    expect(await provider.balance?.()).toEqual({ kind: 'balance', availableMinor, currency: 'KES' });
    expect(spent).toEqual(['requests', 'requests']);
  });

  it.each<[Reply, string]>([
    [{ body: { available: 'much' } }, 'unreachable'],
    [{ body: {} }, 'unreachable'],
    [{ body: { code: '400.001', available: '1.00' } }, 'unreachable'],
    [{ status: 500 }, 'unreachable'],
    [{ status: 429 }, 'throttled'],
    [refused, 'stop'],
  ])('that does not tell its balance (%j) is %s', async (reply, kind) => {
    const { provider } = await scripted((route, times) => (route === 'token' ? granted(`t-${times}`) : reply));
    expect((await provider.balance?.())?.kind).toBe(kind);
  });
});
