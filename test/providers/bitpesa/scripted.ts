import { bitpesa } from '../../../src/providers/index.ts';
import { signatureOf } from '../../../src/providers/bitpesa/signature.ts';
import { scriptedAccount, type ReceivedRequest, type Reply, type ScriptedAccount } from '../scripted.ts';
import { NOW, SENDER, transaction, type Json } from './payments.ts';

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
export function scripted(
  answers: Readonly<Record<string, Reply | null | readonly (Reply | null)[]>> = {},
  setting: Setting = {},
): Promise<ScriptedAccount> {
  let seed = 0;
  return scriptedAccount(
    {
      definition: bitpesa,
      setup: {
        account: 'relief',
        currency: 'NGN',
        credentials: { api_key: KEY, api_secret: SECRET },
        options: { sender: SENDER, ...setting.options },
        random: () => ((seed += 0.618_033_988_7), seed % 1),
        callbackAddress: setting.callbackAddress ?? null,
      },
      routeOf: ({ method, path }) => `${method} ${path}`,
      answer: (route, times) => replyOf(answers[route] === undefined ? USUAL[route] : answers[route], times),
    },
    NOW,
  );
}

/** {@link scripted}, with its sender found and the requests for it left out. */
export async function ready(...script: Parameters<typeof scripted>): Promise<ScriptedAccount> {
  const account = await scripted(...script);
  const readiness = await account.provider.prepare();
  if (readiness.kind !== 'ready') throw new Error(readiness.evidence.reason);
  account.received.length = 0;
  account.spent.length = 0;
  return account;
}

/** The JSON of one of the requests, counted from the end where `at` is negative; an empty object where there is no body. */
export function bodyAt(received: readonly ReceivedRequest[], at: number): Json {
  const { body } = received.at(at) ?? { body: '' };
  return body === '' ? {} : (JSON.parse(body) as Json);
}

export function nonceOf({ headers }: ReceivedRequest): string {
  return String(headers['authorization-nonce']);
}

/** Whether a request to the server at `url` carries our key, the signature of its very bytes, and JSON's headers. */
export function isSigned(request: ReceivedRequest, url: string): boolean {
  const { method, path, headers, body } = request;
  const parts = { nonce: nonceOf(request), method: method as 'GET', url: url + path, body };
  return (
    headers['authorization-signature'] === signatureOf(SECRET, parts) &&
    headers['authorization-key'] === KEY &&
    headers['content-type'] === 'application/json' &&
    headers.accept === 'application/json'
  );
}

function replyOf(script: Reply | null | readonly (Reply | null)[] | undefined, times: number): Reply | null {
  const replies = isList(script) ? script : [script ?? null];
  return replies[Math.min(times, replies.length - 1)] ?? null;
}

function isList(script: unknown): script is readonly (Reply | null)[] {
  return Array.isArray(script);
}
