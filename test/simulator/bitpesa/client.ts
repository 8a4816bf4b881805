import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { seeded, startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator/index.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: Body;
}

/** Empty where there was no body. */
export interface Body {
  readonly object: Resource;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** The fields of answers that tests check. */
export interface Resource {
  readonly id: string;
  readonly state: string;
  readonly external_id: string;
  readonly input_amount: number;
  readonly input_currency: string;
  readonly expires_at: string;
  readonly recipients: readonly [Recipient];
  readonly errors: Readonly<Record<string, readonly { readonly error: string }[]>>;
}

export interface Recipient {
  readonly id: string;
  readonly state: string;
}

export interface Client {
  readonly simulator: Simulator;
  readonly clock: { now: number };
  readonly call: (method: string, path: string, body?: unknown, signing?: Signing) => Promise<Reply>;
}

/** Parts of a signature that a test makes wrong on purpose. */
export interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly nonce?: string;
  readonly signature?: (right: string) => string;
  readonly signedUrl?: (url: string) => string;
  readonly headers?: Record<string, string>;
}

export interface ReceivedWebhook {
  readonly event: string;
  readonly object: Readonly<Record<string, unknown>>;
  readonly isAuthentic: boolean;
  readonly nonce: string;
}

const closing: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

export const START = 1_772_440_441_000;

/** Starts a simulator with a clock that only the test moves, short delays and no limits, and a client that signs. */
export async function startAtFixedTime(options: Partial<SimulatorOptions> = {}): Promise<Client> {
  const clock = { now: START };
  const settings = { payoutDelayMs: 1, refundDelayMs: 1, webhookRetryMs: 1, repeatDelayMs: 1, ...options.settings };
  const simulator = await startSimulator({
    provider: 'bitpesa',
    now: () => clock.now,
    random: seeded(1),
    limits: null,
    ...options,
    settings,
  });
  closing.push(() => simulator.close());
  const call: Client['call'] = async (method, path, body, signing = {}) => {
    const url = `${simulator.endpoint}/v1/${path}`;
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const { key = 'simulator-api-key', secret = 'simulator-api-secret', nonce = randomUUID() } = signing;
    const right = sign(nonce, method, signing.signedUrl?.(url) ?? url, text, secret);
    const response = await fetch(url, {
      method,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'Authorization-Key': key,
        'Authorization-Nonce': nonce,
        'Authorization-Signature': signing.signature?.(right) ?? right,
        ...signing.headers,
      },
      ...(text === '' ? {} : { body: text }),
    });
    const answer = await response.text();
    return { status: response.status, text: answer, body: (answer === '' ? {} : JSON.parse(answer)) as Body };
  };
  return { simulator, clock, call };
}

/** Written down once more, from the sheet. */
export function sign(nonce: string, method: string, url: string, body: string, secret: string): string {
  const hash = createHash('sha512').update(body, 'utf8').digest('hex');
  return createHmac('sha512', secret).update([nonce, method, url, hash].join('&')).digest('hex');
}

/** An address for webhooks, and what came there. `status` is the HTTP status of its answers; the events named are registered. */
export async function listener(
  { call }: Client,
  {
    events = ['transaction.paid_out', 'transaction.refunded', 'recipient.error'],
    status = () => 200,
  }: { events?: readonly string[]; status?: (count: number) => number } = {},
): Promise<{ readonly webhooks: ReceivedWebhook[]; readonly registered: Resource }> {
  const webhooks: ReceivedWebhook[] = [];
  let url = '';
  const server: Server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const {
        'authorization-nonce': nonce,
        'authorization-signature': signature,
        'authorization-key': key,
      } = request.headers;
      const isAuthentic =
        key === 'simulator-api-key' && signature === sign(String(nonce), 'POST', url, text, 'simulator-api-secret');
      const { event, object } = JSON.parse(text) as Pick<ReceivedWebhook, 'event' | 'object'>;
      webhooks.push({ event, object, isAuthentic, nonce: String(nonce) });
      response.writeHead(status(webhooks.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/bitpesa`;
  const { body } = await call('POST', 'webhooks', { webhook: { url, events, metadata: {} } });
  return { webhooks, registered: body.object };
}

export const business = (more: object = {}): object => ({
  type: 'business',
  name: 'Acme Relief Ltd',
  country: 'GB',
  trading_country: 'GB',
  city: 'Leeds',
  street: '4 Canal Row',
  postal_code: 'LS1 4AA',
  email: 'ops@acme.example',
  phone_number: '+441130000000',
  external_id: 'snd-acme-1',
  ip: '127.0.0.1',
  documents: [],
  metadata: {},
  ...more,
});

export const person = (more: object = {}): object => ({
  first_name: 'Ann',
  last_name: 'Lee',
  country: 'GB',
  city: 'Leeds',
  street: '4 Canal Row',
  postal_code: 'LS1 4AA',
  phone_number: '+441130000000',
  email: 'ann@acme.example',
  birth_date: '1980-02-03',
  ip: '127.0.0.1',
  documents: [],
  ...more,
});

export const bankDetails = (account: string): object => ({
  first_name: 'Ngozi',
  last_name: 'Ade',
  bank_code: '058',
  bank_account: account,
  bank_account_type: '20',
});

export interface Wish {
  readonly reference?: string;
  readonly amount?: unknown;
  readonly currency?: string;
  readonly input?: string;
  readonly type?: string;
  readonly account?: string;
  readonly details?: object;
  readonly sender?: unknown;
  readonly traits?: object;
  readonly more?: object;
}

export function transaction(wish: Wish = {}): { readonly transaction: object } {
  const currency = wish.currency ?? 'NGN';
  return {
    transaction: {
      input_currency: wish.input ?? currency,
      sender: wish.sender ?? business(),
      recipients: [
        {
          requested_amount: wish.amount ?? '15000',
          requested_currency: currency,
          type: 'person',
          payout_method: {
            type: wish.type ?? 'NGN::Bank',
            details: wish.details ?? bankDetails(wish.account ?? '1234567800'),
          },
        },
      ],
      traits: wish.traits ?? { auto_refund: true },
      metadata: { sendRef: 'A1' },
      external_id: wish.reference ?? 'A1',
      ...wish.more,
    },
  };
}

/** The object of a created transaction. */
export async function created(client: Client, wish: Wish = {}): Promise<Resource> {
  const reply = await client.call('POST', 'transactions', transaction(wish));
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.text}`);
  return reply.body.object;
}

export const debit = (opened: Resource, more: object = {}): object => ({
  debit: {
    to_id: opened.id,
    to_type: 'Transaction',
    currency: opened.input_currency,
    amount: String(opened.input_amount),
    ...more,
  },
});

/** A transaction that was created and funded. */
export async function funded(client: Client, wish: Wish = {}): Promise<Resource> {
  const opened = await created(client, wish);
  const reply = await client.call('POST', 'accounts/debits', debit(opened));
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.text}`);
  return opened;
}

export async function read(client: Client, opened: Resource): Promise<Resource> {
  return (await client.call('GET', `transactions/${opened.id}`)).body.object;
}

/** States of a transaction and of its recipient. */
export async function states(client: Client, opened: Resource): Promise<readonly [unknown, unknown]> {
  const { state, recipients } = await read(client, opened);
  return [state, recipients[0].state];
}
