import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import { mpesaOpenapi } from '../../../src/providers/index.ts';
import type { Environment, Provider } from '../../../src/providers/port.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { opened, platformPair } from './keys.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

export interface Received {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  /** What the platform reads out of the bearer. */
  readonly bearer: string | null;
  readonly body: string;
}

export interface Scripted {
  readonly provider: Provider;
  /** A clock that only the test moves; sleeping moves it too. */
  readonly clock: { now: number; monotonic: number };
  readonly received: Received[];
  /** `getSession`, `b2cPayment`, … in the order in which they came. */
  readonly routes: () => string[];
  readonly spent: string[];
  readonly drain: () => void;
}

const PAIR = platformPair(2048);

/** An account of the market in front of a server that answers what the test says, by route and how often it was asked before. */
export async function scripted(
  answer: (route: string, times: number, request: Received) => Reply,
  given: {
    readonly options?: Record<string, unknown>;
    readonly credentials?: Record<string, string>;
    readonly environment?: Environment;
  } = {},
): Promise<Scripted> {
  const clock = { now: 1_780_000_000_000, monotonic: 1_000 };
  const received: Received[] = [];
  const spent: string[] = [];
  let drained = false;
  const routes = (): string[] => received.map(({ target }) => target.split('?')[0]?.split('/').at(-2) ?? '');
  const url = await listenHttp((request, response) => {
    void (async () => {
      const body = await text(request);
      const bearer = opened(request.headers.authorization?.replace('Bearer ', '') ?? '', PAIR.privateKey);
      const { method = '', url: target = '', headers } = request;
      const route = target.split('?')[0]?.split('/').at(-2) ?? '';
      const times = routes().filter((seen) => seen === route).length;
      const seen = { method, target, headers, bearer, body };
      received.push(seen);
      const reply = answer(route, times, seen);
      response.writeHead(reply.status);
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
    })();
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
  const provider = mpesaOpenapi.open({
    account: 'wages',
    currency: 'TZS',
    endpoint: url,
    environment: given.environment ?? 'live',
    credentials: { api_key: 'the-api-key', public_key: PAIR.published, ...given.credentials },
    options: { market: 'tanzania', service_provider_code: '900123', ...given.options },
    http: openHttp(),
    random: Math.random,
    callbackAddress: null,
    callbackWaiter: null,
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
  return { provider, clock, received, routes, spent, drain: () => (drained = true) };
}

export const granted = (session = 'session-1'): Reply => ({
  status: 200,
  body: { output_ResponseCode: 'INS-0', output_ResponseDesc: 'Processed', output_SessionID: session },
});

export const refusedSession: Reply = { status: 401, body: { output_error: 'session not valid' } };

export const paid: Reply = {
  status: 201,
  body: { output_ResponseCode: 'INS-0', output_TransactionID: '9QK4T7ZP2M1A', output_ConversationID: 'c-1' },
};
