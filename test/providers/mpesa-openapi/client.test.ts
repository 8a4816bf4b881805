import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../../src/domain/call-budgets.ts';
import type { KnownPayment } from '../../../src/providers/port.ts';
import { payment, REFERENCE } from './payments.ts';
import type { Reply } from '../scripted.ts';
import { bearerIn, granted, paid, refusedSession, scripted } from './scripted.ts';

const known: KnownPayment = { status: 'unknown', providerReference: '', requestId: '', sentAt: 0, queries: 0 };

/** A server whose sessions are numbered, and which pays. */
const paying = (route: string, times: number): Reply =>
  route === 'getSession' ? granted(`session-${times + 1}`) : paid;

describe('a session', () => {
  it('is bought with the encrypted API key, waits until it is active, and is what the payment carries', async () => {
    const { provider, received, clock, spent } = await scripted(paying);
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(clock.monotonic).toBeGreaterThanOrEqual(1_000 + 30_000);
    expect((await provider.submit(payment())).kind).toBe('paid');
    expect(received.map(bearerIn)).toEqual(['the-api-key', 'session-1']);
    expect(spent).toEqual(['requests']);
  });

  it('is requested as the specification has it, without stray blanks of the secret', async () => {
    const { provider, received } = await scripted(paying, {
      options: { origin: 'batch.example.org' },
      credentials: { api_key: ' the-api-key\n' },
    });
    await provider.prepare();
    expect(received).toMatchObject([
      {
        method: 'GET',
        path: '/openapi/ipg/v2/vodacomTZN/getSession/',
        headers: { origin: 'batch.example.org', 'content-type': 'application/json' },
        body: '',
      },
    ]);
    expect(received.map(bearerIn)).toEqual(['the-api-key']);
  });

  it('is shared by all who need one at once', async () => {
    const { provider, routes } = await scripted(paying);
    await Promise.all([provider.prepare(), provider.prepare(), provider.prepare()]);
    expect(routes()).toEqual(['getSession']);
  });

  it('is renewed at four fifths of its life, and used on until the next is active', async () => {
    const { provider, clock, received } = await scripted(paying, { options: { session_lifetime: '10m' } });
    await provider.prepare();
    clock.monotonic = 1_000 + 8 * 60_000 + 1;
    await provider.prepare();
    await provider.submit(payment());
    clock.monotonic += 30_000;
    await provider.submit(payment());
    expect(received.map(bearerIn)).toEqual(['the-api-key', 'the-api-key', 'session-1', 'session-2']);
  });

  it('that is refused moved nothing, and the next one is waited for', async () => {
    const { provider, received, clock } = await scripted((route, times) =>
      route === 'b2cPayment' && times === 0 ? refusedSession : paying(route, times),
    );
    await provider.prepare();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    // Nothing to send with until then.
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    const before = clock.monotonic;
    await provider.prepare();
    expect(clock.monotonic - before).toBe(30_000);
    expect((await provider.submit(payment())).kind).toBe('paid');
    expect(received.map(bearerIn)).toEqual(['the-api-key', 'session-1', 'the-api-key', 'session-2']);
  });

  it('that is refused fresh from a refusal stops the account', async () => {
    const { provider } = await scripted((route, times) =>
      route === 'getSession' ? paying(route, times) : refusedSession,
    );
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('throttled');
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('stop');
  });

  it('survives a failed transaction, which comes as 401 too', async () => {
    const failed = { status: 401, body: { output_ResponseCode: 'INS-6' } };
    const { provider, routes } = await scripted((route, times) =>
      route === 'b2cPayment' ? failed : paying(route, times),
    );
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('failed');
    await provider.prepare();
    expect(routes()).toEqual(['getSession', 'b2cPayment']);
  });

  it('is not renewed to get round a limit of the application', async () => {
    const limited = { status: 400, body: { output_ResponseCode: 'INS-993' } };
    const { provider, routes } = await scripted((route, times) =>
      route === 'b2cPayment' ? limited : paying(route, times),
    );
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('stop');
    await provider.prepare();
    expect(routes()).toEqual(['getSession', 'b2cPayment']);
  });

  it('whose refusal meets a query is renewed for the next', async () => {
    const { provider, routes } = await scripted((route, times) =>
      route === 'queryTransactionStatus' && times === 0
        ? refusedSession
        : route === 'queryTransactionStatus'
          ? { status: 400, body: { output_ResponseCode: 'INS-23' } }
          : paying(route, times),
    );
    expect(await provider.query?.(payment(), known)).toMatchObject({ kind: 'throttled', waitMs: 0 });
    expect(await provider.query?.(payment(), known)).toMatchObject({ kind: 'not-found' });
    expect(routes()).toEqual(['getSession', 'queryTransactionStatus', 'getSession', 'queryTransactionStatus']);
  });

  it('is not fetched when the run is over', async () => {
    const { provider, drain, routes } = await scripted(paying);
    drain();
    await expect(provider.prepare()).rejects.toThrow(DrainedError);
    expect(routes()).toEqual([]);
  });
});

describe('without a session', () => {
  const coded = (status: number, output_ResponseCode: string): Reply => ({ status, body: { output_ResponseCode } });

  it.each<[string, Reply, string, number]>([
    ['credentials are refused without a code', { status: 401 }, 'stop', 1],
    ['the origin is refused', { status: 403, body: '<html>' }, 'stop', 1],
    ['session creation fails and fails again', coded(400, 'INS-989'), 'stop', 3],
    ['the market is refused', coded(400, 'INS-998'), 'stop', 1],
    ['the address is wrong', { status: 404 }, 'stop', 1],
    ['M-Pesa fails', coded(400, 'INS-1'), 'unreachable', 3],
    ['the gateway fails', { status: 502, body: '<html>' }, 'unreachable', 3],
    ['the answer holds none', coded(200, 'INS-0'), 'unreachable', 1],
    ['there are too many requests', { status: 429 }, 'throttled', 1],
  ])('when %s', async (_when, reply, kind, requests) => {
    const { provider, routes } = await scripted(() => reply);
    expect(await provider.prepare()).toMatchObject({
      kind,
      evidence: { reason: expect.stringMatching(/^.{5,600}$/) as string },
    });
    expect(routes()).toHaveLength(requests);
  });

  it('names the credentials and the origin when they are refused', async () => {
    const { provider } = await scripted(() => ({ status: 401 }));
    const readiness = await provider.prepare();
    expect(readiness).toMatchObject({
      evidence: { reason: expect.stringMatching(/accounts\.wages\.credentials\.api_key.*options\.origin/) as string },
    });
  });

  it('a creation that fails in passing is tried again', async () => {
    const { provider, routes } = await scripted((_route, times) => (times === 0 ? coded(400, 'INS-989') : granted()));
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(routes()).toHaveLength(2);
  });

  it('a public key that is none stops the account before anything is sent', async () => {
    const { provider, routes } = await scripted(paying, { credentials: { public_key: 'none' } });
    const readiness = await provider.prepare();
    expect(readiness).toMatchObject({
      kind: 'stop',
      evidence: { reason: expect.stringContaining('accounts.wages.credentials.public_key') as string },
    });
    expect(routes()).toEqual([]);
  });

  it('an API key that cannot be encrypted stops the account', async () => {
    const { provider } = await scripted(paying, { credentials: { api_key: 'x'.repeat(300) } });
    expect((await provider.prepare()).kind).toBe('stop');
  });

  it('a payment is not sent', async () => {
    const { provider, routes } = await scripted(paying);
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    expect(routes()).toEqual([]);
  });
});

it('a query asks for our own id, by a conversation of its own each time', async () => {
  const { provider, received } = await scripted((route, times) =>
    route === 'getSession' ? granted() : { status: 400, body: { output_ResponseCode: 'INS-23', times } },
  );
  await provider.query?.(payment(), known);
  await provider.query?.(payment(), { ...known, queries: 1 });
  const [first, second] = received.slice(1).map(({ path }) => new URL(path, 'http://x').searchParams);
  expect(first?.get('input_QueryReference')).toBe(REFERENCE);
  expect(first?.get('input_ThirdPartyConversationID')).not.toBe(second?.get('input_ThirdPartyConversationID'));
});
