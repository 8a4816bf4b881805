import type { IncomingMessage } from 'node:http';
import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import { daraja } from '../../../src/providers/index.ts';
import type { CallbackPayment, KnownPayment, Provider, StoredCallback } from '../../../src/providers/port.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { CERTIFICATE } from './certificate.ts';

export const ADDRESS = 'https://pay.example.org/callbacks/c0ffee00c0ffee00c0ffee00c0ffee00';
export const REFERENCE = '0123456789ABCDEFGHJK';
export const NOW = 1_770_727_500_000;

export const CREDENTIALS = {
  consumer_key: 'the-consumer-key',
  consumer_secret: 'the-consumer-secret',
  initiator_name: 'the-initiator',
  initiator_password: 'the-Pa55word#',
  certificate: CERTIFICATE,
} as const;

/** 1500 shillings to a phone. */
export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-11',
    id: 'EMP-001',
    name: 'Amina Wekesa',
    destination: { kind: 'mobile', phone: '+254711222333' },
    amountMinor: 1500_00n,
    currency: 'KES',
    narrative: 'June stipend',
    details: {},
    ...more,
  };
}

export const PAYBILL: Partial<PaymentInstruction> = {
  destination: { kind: 'paybill', paybill: '888880', account: 'INV-2211' },
};
export const TILL: Partial<PaymentInstruction> = { destination: { kind: 'till', till: '765432' } };

export function called(more: Partial<CallbackPayment> = {}): CallbackPayment {
  return { ...payment(), status: 'pending', providerReference: '', requestId: '', ...more };
}

export function known(more: Partial<KnownPayment> = {}): KnownPayment {
  return { status: 'unknown', providerReference: '', requestId: '', sentAt: NOW - 600_000, queries: 0, ...more };
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, string>>;
}

export interface Scripted {
  readonly provider: Provider;
  readonly seen: Seen[];
  /** Budgets that were spent from. */
  readonly spent: string[];
  /** Segments that a callback was waited for at. */
  readonly waited: string[];
  /** A clock that only the test moves; sleeping moves it too. */
  readonly clock: { now: number; monotonic: number };
  readonly drain: () => void;
}

export interface Script {
  /** By path; a token comes by itself where this has none. */
  readonly answer: (path: string, times: number, request: Seen) => Reply | null | Promise<Reply>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly callbackAddress?: string | null;
  /** What comes to a segment that is waited for; null for nothing. */
  readonly callback?: (segment: string) => unknown;
}

/** A Daraja account in front of a server that answers what the test says. */
export async function scripted(script: Script): Promise<Scripted> {
  const clock = { now: NOW, monotonic: 1_000 };
  const seen: Seen[] = [];
  const spent: string[] = [];
  const waited: string[] = [];
  let drained = false;
  const url = await listenHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      const text = Buffer.concat(chunks).toString();
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      const times = seen.filter((other) => other.path.replace(/\?.*/, '') === path).length;
      seen.push(one);
      void (async () => {
        const reply = (await script.answer(path, times, one)) ?? granted(`token-number-${times + 1}`);
        response.writeHead(reply.status, reply.headers);
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
      })();
    });
  });
  const callBudgets: CallBudgets = {
    spend: (budget, call) => {
      if (drained) return Promise.reject(new DrainedError());
      spent.push(budget);
      return call();
    },
    isFree: () => true,
    notice: () => undefined,
  };
  const wait = (segment: string): Promise<StoredCallback | null> => {
    waited.push(segment);
    const body = script.callback?.(segment) ?? null;
    if (body === null) return Promise.resolve(null);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ segment, body: text, receivedAt: clock.now });
  };
  const provider = daraja.open({
    account: 'salaries',
    currency: 'KES',
    endpoint: url,
    environment: null,
    credentials: script.credentials ?? CREDENTIALS,
    options: { shortcode: '600981', ...script.options },
    http: openHttp(),
    random: Math.random,
    callbackAddress: script.callbackAddress === undefined ? ADDRESS : script.callbackAddress,
    callbackWaiter: { wait },
    clock: {
      now: () => clock.now,
      monotonic: () => clock.monotonic,
      sleep: (ms) => {
        clock.now += ms;
        clock.monotonic += ms;
        return Promise.resolve();
      },
    },
    callBudgets,
  });
  return { provider, seen, spent, waited, clock, drain: () => (drained = true) };
}

export function lastOf(seen: readonly Seen[]): Seen {
  const last = seen.at(-1);
  if (last === undefined) throw new Error('nothing was sent');
  return last;
}

export const granted = (token = 'token-number-1', more: object = {}): Reply => ({
  status: 200,
  body: { access_token: token, expires_in: '3599', ...more },
});

export const accepted = (more: object = {}): Reply => ({
  status: 200,
  body: {
    ConversationID: 'AG_20250612_2010455ad0b1c7e94f21',
    OriginatorConversationID: REFERENCE,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
    ...more,
  },
});

export const refused = (status: number, errorCode: string, errorMessage = 'said by Daraja'): Reply => ({
  status,
  body: { requestId: '7d20-4c1e', errorCode, errorMessage },
});
