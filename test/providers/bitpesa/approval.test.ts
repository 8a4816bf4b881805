import { expect, it } from 'vitest';
import { bitpesa } from '../../../src/providers/index.ts';
import type { ParsedCallback, CallbackRequest, KnownPayment, Provider } from '../../../src/providers/port.ts';
import { seeded, startSimulator } from '../../../src/simulator/index.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { payment, SENDER, type Json } from './payments.ts';

const credentials = { api_key: 'key-of-the-review', api_secret: 'secret-of-the-review' };

it("passes BitPesa's review: authenticate, senders, transactions, status, and what fails", async () => {
  const simulator = await startSimulator({
    provider: 'bitpesa',
    now: Date.now,
    random: seeded(7),
    balance: '100000.00',
    limits: null,
    credentials: [{ key: credentials.api_key, secret: credentials.api_secret }],
    settings: { payoutDelayMs: 5, refundDelayMs: 5 },
  });
  const callbacks: CallbackRequest[] = [];
  const address = `${await listenHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      callbacks.push({ segment: '', headers, body: Buffer.concat(chunks) });
      response.writeHead(200).end();
    });
  })}/callbacks/c0ffee00c0ffee00c0ffee00c0ffee00`;

  const requests: string[] = [];
  const http = openHttp();
  const openAs = (pair: Readonly<Record<string, string>>, sender: Json = SENDER): Provider =>
    bitpesa.open({
      ...{ account: 'review', currency: 'NGN', endpoint: simulator.endpoint, environment: null, credentials: pair },
      options: { sender, fail_fast: true },
      http: {
        send: (request) => {
          requests.push(`${request.method} ${new URL(request.url).pathname}`);
          return http.send(request);
        },
        close: () => http.close(),
      },
      ...{ random: Math.random, callbackAddress: address, callbackWaiter: null, tokenStore: null },
      clock: { now: Date.now, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
      callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
    });
  const reader = bitpesa.callbacks?.({
    ...{ account: 'review', currency: 'NGN', credentials, callbackAddress: address, hasKnownSources: false },
    options: { sender: SENDER, fail_fast: true },
  });
  const webhooksAbout = async (reference: string): Promise<readonly ParsedCallback[]> => {
    await simulator.idle();
    const known = { ...paymentOf(reference), status: 'pending', providerReference: '', requestId: '' } as const;
    const about: ParsedCallback[] = [];
    for (const one of callbacks) {
      const reading = await reader?.read(one, () => Promise.resolve(known));
      if (reading !== undefined && 'reference' in reading && reading.reference === reference) about.push(reading);
    }
    return about;
  };
  const availableMinor = async (provider: Provider): Promise<unknown> => {
    const balance = await provider.balance?.();
    return balance?.kind === 'balance' ? balance.availableMinor : balance;
  };

  // Authenticate.
  expect((await openAs({ ...credentials, api_secret: 'a-guess-at-the-secret' }).prepare()).kind).toBe('stop');
  const provider = openAs(credentials);
  expect(await provider.prepare()).toEqual({ kind: 'ready' });

  // Create senders, and re-use them: another run, even with other data, makes no second one.
  const later = openAs(credentials, { ...SENDER, city: 'York' });
  expect(await later.prepare()).toEqual({ kind: 'ready' });
  expect(requests.filter((one) => one === 'POST /v1/senders')).toHaveLength(1);
  expect(requests.filter((one) => one.startsWith('PATCH /v1/senders/'))).toHaveLength(1);
  expect(requests.filter((one) => one === 'POST /v1/webhooks')).toHaveLength(1);

  // Create and fund transactions.
  const good = paymentOf(GOOD);
  expect((await provider.submit(good)).kind).toBe('pending');
  expect(requests.slice(-2)).toEqual(['POST /v1/transactions', 'POST /v1/accounts/debits']);

  // Check the status by webhook, and by query.
  expect(await webhooksAbout(GOOD)).toContainEqual(
    expect.objectContaining({ kind: 'report', report: expect.objectContaining({ kind: 'paid' }) as unknown }),
  );
  expect((await provider.query?.(good, known()))?.kind).toBe('paid');
  expect(simulator.book()).toMatchObject([{ destination: '058/1234567800', amountMinor: 15_000_00n }]);
  expect(await availableMinor(provider)).toBe(85_000_00n);

  // Handle failed transactions: an error is no end, and is cancelled by the payer's policy.
  const bad = paymentOf(BAD);
  expect((await provider.submit(bad)).kind).toBe('pending');
  expect((await webhooksAbout(BAD)).map(({ kind }) => kind)).toContain('unverified');
  const trouble = await provider.query?.(bad, known());
  expect(trouble).toMatchObject({ kind: 'pending', cancelDue: true });
  expect(trouble?.evidence.reason).toContain('416');
  expect(await availableMinor(provider)).toBe(70_000_00n);
  expect((await provider.cancel?.(bad, known()))?.kind).toBe('pending');

  // The refund returns the money, no recipient was paid, and webhook and query agree.
  expect(await webhooksAbout(BAD)).toContainEqual(
    expect.objectContaining({ kind: 'report', report: expect.objectContaining({ kind: 'failed' }) as unknown }),
  );
  expect(await provider.query?.(bad, known())).toMatchObject({ kind: 'failed', evidence: { code: 'refunded' } });
  expect(await availableMinor(provider)).toBe(85_000_00n);
  expect(simulator.book()).toHaveLength(1);
  await simulator.close();
});

const GOOD = 'G00D0000000000000001';
const BAD = 'BAD00000000000000001';

/** Account numbers that end in 19 are refused by their bank. */
function paymentOf(reference: string) {
  const account = reference === BAD ? '1234567819' : '1234567800';
  return payment({ reference, destination: { kind: 'bank', code: '058', account } });
}

function known(): KnownPayment {
  return { status: 'pending', providerReference: '', requestId: '', sentAt: Date.now(), queries: 0 };
}
