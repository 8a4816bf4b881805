import { afterEach, describe, expect, it } from 'vitest';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import { mpesaOpenapi } from '../../../src/providers/index.ts';
import type { ParsedCallback, Environment, QueryResult, Provider } from '../../../src/providers/port.ts';
import { seeded, startSimulator, type Simulator } from '../../../src/simulator/index.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { called, payment, REFERENCE } from './payments.ts';

interface SimulatedAccount {
  readonly provider: Provider;
  readonly simulator: Simulator;
  readonly bodies: Uint8Array[];
  readonly queryNow: (of?: PaymentInstruction) => Promise<QueryResult | undefined>;
  readonly read: (body: Uint8Array, requestId: string) => Promise<ParsedCallback>;
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A Tanzanian account in front of the simulator, whose sessions are active at once. */
async function simulated(
  settings: Record<string, string | number | boolean>,
  environment: Environment = 'live',
): Promise<SimulatedAccount> {
  const bodies: Uint8Array[] = [];
  const callbackUrl = await listenHttp((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk));
    request.on('end', () => response.end('{}'));
  });
  const simulator = await startSimulator({
    provider: 'mpesa-openapi',
    now: Date.now,
    random: seeded(7),
    limits: null,
    settings: { activationDelayMs: 0, callbackDelayMs: 1, callbackUrl, ...settings },
  });
  closers.push(() => simulator.close());
  const account = { account: 'wages', currency: 'TZS', credentials: simulator.credentials };
  const options = { market: 'tanzania', service_provider_code: '900123', activation_delay: '0s' };
  const provider = mpesaOpenapi.open({
    ...account,
    ...{ options, endpoint: simulator.endpoint, environment, http: openHttp(), random: Math.random },
    ...{ callbackAddress: null, callbackWaiter: null, tokenStore: null },
    clock: { now: Date.now, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
    callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
  });
  expect(await provider.prepare()).toEqual({ kind: 'ready' });
  const reader = mpesaOpenapi.callbacks?.({
    ...account,
    options,
    callbackAddress: callbackUrl,
    hasKnownSources: false,
  });
  let queries = 0;
  return {
    ...{ provider, simulator, bodies },
    queryNow: async (of = payment()) =>
      provider.query?.(of, { status: 'unknown', providerReference: '', requestId: '', sentAt: 0, queries: queries++ }),
    read: async (body, requestId) => {
      const known = called({ requestId });
      const lookUp = (reference: string): Promise<typeof known | null> =>
        Promise.resolve(reference === REFERENCE ? known : null);
      const reading = await reader?.read({ segment: '', headers: {}, body }, lookUp);
      if (reading === undefined) throw new Error('no reader');
      return reading;
    },
  };
}

describe('an answer that decides nothing', () => {
  it.each(
    ['INS-1', 'INS-9', 'INS-16', 'INS-4242', 'drop', 'html'].flatMap((answerAs) => [
      [answerAs, 'paid', 1, 'paid'] as const,
      [answerAs, 'not-paid', 0, 'not-found'] as const,
    ]),
  )('(%s, really %s) is unknown, and the query finds the truth', async (answerAs, actualOutcome, booked, found) => {
    const { provider, simulator, queryNow } = await simulated({ answerAs, actualOutcome });
    expect((await provider.submit(payment())).kind).toBe('unknown');
    expect(simulator.book()).toHaveLength(booked);
    expect((await queryNow())?.kind).toBe(found);
  });

  it('is not repeated in another payment: a duplicate leaves it to the query', async () => {
    const { provider, simulator, queryNow } = await simulated({ answerAs: 'INS-9', answerTimes: 1 });
    expect((await provider.submit(payment())).kind).toBe('unknown');
    expect(await provider.submit(payment(), true)).toMatchObject({ kind: 'unknown', evidence: { code: 'INS-10' } });
    expect((await queryNow())?.kind).toBe('paid');
    expect(simulator.book()).toHaveLength(1);
  });
});

it('a payment that cannot be found yet is not found, and has not failed', async () => {
  const { provider, queryNow } = await simulated({ visibilityLagMs: 60_000, notFoundCode: 'INS-6140' });
  await provider.submit(payment());
  expect((await queryNow())?.kind).toBe('not-found');
});

it('a payment that was reversed has come back', async () => {
  const { provider, queryNow } = await simulated({ reversedAfterMs: 0 });
  expect((await provider.submit(payment())).kind).toBe('paid');
  expect((await queryNow())?.kind).toBe('returned');
});

it.each(['absent', 'empty', 'N/A'])('an acceptance whose transaction id is %s is no payment', async (id) => {
  const { provider } = await simulated({ async: true, acceptedTransactionId: id });
  expect((await provider.submit(payment())).kind).toBe('pending');
});

it.each([
  ['INS-6', undefined],
  ['INS-2006', true],
])(
  'a payment that is accepted and fails with %s reports that by callback, and a query confirms it',
  async (asyncResult, stopsAccount) => {
    const { provider, simulator, bodies, read, queryNow } = await simulated({ async: true, asyncResult });
    const { evidence } = await provider.submit(payment());
    await simulator.idle();
    const [body] = bodies;
    if (body === undefined) throw new Error('no callback');
    const reading = await read(body, evidence.requestId ?? '');
    expect(reading).toMatchObject({ kind: 'unverified', reportsFailure: true, evidence: { code: asyncResult } });
    expect('accountStop' in reading).toBe(stopsAccount ?? false);
    expect((await queryNow())?.kind).toBe('failed');
    expect(simulator.book()).toEqual([]);
  },
);

it('a query that is answered by callback is known as ours, and decides nothing without a status', async () => {
  const { provider, simulator, bodies, read, queryNow } = await simulated({ asyncQuery: true });
  await provider.submit(payment());
  expect(await queryNow()).toMatchObject({ kind: 'unknown', evidence: { code: 'no-status' } });
  await simulator.idle();
  const [body] = bodies;
  if (body === undefined) throw new Error('no callback');
  expect(await read(body, '')).toMatchObject({
    kind: 'report',
    reference: REFERENCE,
    report: { kind: 'unknown', evidence: { providerReference: expect.stringMatching(/^[0-9A-Z]{12}$/) as string } },
  });
});

it.each([
  ['sessionCount', 1, 'INS-993'],
  ['sessionValue', '2600', 'INS-994'],
])('a limit of the session (%s) stops the account, session and all', async (setting, limit, code) => {
  const { provider, simulator } = await simulated({ [setting]: limit });
  expect((await provider.submit(payment())).kind).toBe('paid');
  const next = payment({ reference: `${REFERENCE.slice(0, -1)}Z` });
  expect(await provider.submit(next)).toMatchObject({ kind: 'stop', evidence: { code } });
  await provider.prepare();
  expect(await provider.submit(next)).toMatchObject({ kind: 'stop' });
  expect(simulator.book()).toHaveLength(1);
});

it('a new session that ends the old one costs an answer and no money', async () => {
  const { provider, simulator } = await simulated({ newSessionEndsOld: true, sessionRefusalStatus: 403 });
  // Another process uses the same application.
  const other = mpesaOpenapi.open({
    ...{ account: 'other', currency: 'TZS', credentials: simulator.credentials, endpoint: simulator.endpoint },
    ...{
      environment: 'live',
      http: openHttp(),
      random: Math.random,
      callbackAddress: null,
      callbackWaiter: null,
      tokenStore: null,
    },
    options: { market: 'tanzania', service_provider_code: '900123', activation_delay: '0s' },
    clock: { now: Date.now, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
    callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
  });
  await other.prepare();
  expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
  await provider.prepare();
  expect((await provider.submit(payment())).kind).toBe('paid');
  expect(simulator.book()).toHaveLength(1);
});

it.each([
  ['1', 'paid'],
  ['2', 'unknown'],
  ['3', 'failed'],
  ['4', 'unknown'],
  ['5', 'failed'],
  ['6', 'stop'],
  ['7', 'unknown'],
])('the number of the sandbox that ends in %s is %s, to a person and to a business', async (digit, kind) => {
  const { provider } = await simulated({}, 'sandbox');
  const person = payment({ destination: { kind: 'mobile', phone: `00000000000${digit}` } });
  expect((await provider.submit(person)).kind).toBe(kind);
  const business = payment({
    reference: `${REFERENCE.slice(0, -1)}Z`,
    destination: { kind: 'paybill', paybill: `00000${digit}`, account: '' },
  });
  expect((await provider.submit(business)).kind).toBe(kind);
});
