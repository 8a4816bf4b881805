import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import { bitpesa } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/port.ts';
import { signatureOf } from '../../../src/providers/bitpesa/signature.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { NOW, SENDER, transaction, type Json } from './payments.ts';

/** `null` closes the connection without an answer. */
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
} | null;

export interface Heard {
  /** `POST /v1/transactions`, with the query. */
  readonly route: string;
  readonly text: string;
  readonly body: Json;
  readonly nonce: string;
  readonly isSigned: boolean;
}

export interface Scripted {
  readonly provider: Provider;
  readonly heard: Heard[];
  /** Routes in the order in which they came. */
  readonly routes: () => readonly string[];
  /** A clock that only the test moves. */
  readonly clock: { now: number };
  readonly spent: string[];
  readonly busy: Set<string>;
  readonly drain: () => void;
}

export const KEY = 'key-of-the-payer';
export const SECRET = 'secret-of-the-payer';

export const ok = (object: unknown, meta: Json = {}): Reply => ({ status: 200, body: { object, meta } });
export const created = (more: Json = {}, recipient: Json = {}): Reply => ({
  status: 201,
  body: { object: transaction(more, recipient) },
});
export const debited: Reply = {
  status: 201,
  body: { object: [{ id: 'd-1', to_id: transaction()['id'], to_type: 'Transaction', amount: 15000, currency: 'NGN' }] },
};
export const refusedFor = (errors: Json, meta: Json = {}): Reply => ({
  status: 422,
  body: { object: { errors }, meta },
});

/** What a well-behaved BitPesa answers, where a test says nothing else. */
const USUAL: Readonly<Record<string, Reply>> = {
  'GET /v1/senders?external_id=snd-acme-1': ok([{ ...SENDER, id: 'sender-1', state: 'approved' }]),
  'GET /v1/webhooks': ok([]),
  'GET /v1/webhooks/events': ok(['transaction.paid_out', 'transaction.refunded', 'recipient.error', 'other.event']),
  'POST /v1/webhooks': { status: 201, body: { object: { id: 'hook-1' } } },
  'POST /v1/transactions': created(),
  'POST /v1/accounts/debits': debited,
};

export interface Setting {
  readonly options?: Json;
  readonly callbackAddress?: string;
}

/** A BitPesa account in front of a server that answers what the test says, by route: a list is used up, its last one stays. */
export async function scripted(
  answers: Readonly<Record<string, Reply | readonly Reply[]>> = {},
  setting: Setting = {},
): Promise<Scripted> {
  const clock = { now: NOW };
  const heard: Heard[] = [];
  const spent: string[] = [];
  const busy = new Set<string>();
  let drained = false;
  const url = await listenHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const route = `${request.method ?? ''} ${request.url ?? ''}`;
      const times = heard.filter((one) => one.route === route).length;
      const nonce = String(request.headers['authorization-nonce']);
      const parts = { nonce, method: request.method as 'GET', url: url + (request.url ?? ''), body: text };
      const isSigned =
        request.headers['authorization-signature'] === signatureOf(SECRET, parts) &&
        request.headers['authorization-key'] === KEY &&
        request.headers['content-type'] === 'application/json' &&
        request.headers['accept'] === 'application/json';
      heard.push({ route, text, body: text === '' ? {} : (JSON.parse(text) as Json), nonce, isSigned });
      const reply = replyOf(answers[route] === undefined ? USUAL[route] : answers[route], times);
      if (reply === null) return void request.socket.destroy();
      response.writeHead(reply.status, reply.headers);
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? ''));
    });
  });
  const callBudgets: CallBudgets = {
    spend: (budget, call) => {
      if (drained) return Promise.reject(new DrainedError());
      spent.push(budget);
      return call();
    },
    isFree: (budget) => !busy.has(budget),
    notice: () => undefined,
  };
  let seed = 0;
  const provider = bitpesa.open({
    account: 'relief',
    currency: 'NGN',
    endpoint: url,
    credentials: { api_key: KEY, api_secret: SECRET },
    options: { sender: SENDER, ...setting.options },
    http: openHttp(),
    environment: null,
    random: () => ((seed += 0.618_033_988_7), seed % 1),
    callbackAddress: setting.callbackAddress ?? null,
    callbackWaiter: null,
    clock: { now: () => clock.now, monotonic: () => clock.now, sleep: () => Promise.resolve() },
    callBudgets,
  });
  return {
    ...{ provider, heard, clock, spent, busy },
    routes: () => heard.map(({ route }) => route),
    drain: () => (drained = true),
  };
}

/** {@link scripted}, with its sender found and that forgotten. */
export async function ready(
  answers: Readonly<Record<string, Reply | readonly Reply[]>> = {},
  setting: Setting = {},
): Promise<Scripted> {
  const stage = await scripted(answers, setting);
  const readiness = await stage.provider.prepare();
  if (readiness.kind !== 'ready') throw new Error(readiness.evidence.reason);
  stage.heard.length = 0;
  stage.spent.length = 0;
  return stage;
}

function replyOf(script: Reply | readonly Reply[] | undefined, times: number): Reply {
  const replies: readonly Reply[] = Array.isArray(script) ? script : [(script ?? null) as Reply];
  return replies[Math.min(times, replies.length - 1)] ?? null;
}
