import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import { pesaway } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/port.ts';
import { listenHttp, openHttp } from '../listeners.ts';
import { SENT_AT } from './payments.ts';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Scripted {
  readonly provider: Provider;
  /** A clock that only the test moves; sleeping moves it too. */
  readonly clock: { now: number; monotonic: number };
  readonly received: readonly Received[];
  /** `token`, `send-payment`, … in the order in which they came. */
  readonly routes: () => string[];
  readonly spent: readonly string[];
  readonly drain: () => void;
}

/** An account in front of a server that answers what the test says, by route and how often it was asked before. */
export async function scripted(
  answer: (route: string, times: number, request: Received) => Reply,
  given: { readonly options?: Record<string, unknown>; readonly callbackAddress?: string | null } = {},
): Promise<Scripted> {
  const clock = { now: SENT_AT, monotonic: 1_000 };
  const received: Received[] = [];
  const spent: string[] = [];
  let drained = false;
  const routes = (): string[] => received.map(({ path }) => routeOf(path));
  const url = await listenHttp((request, response) => {
    void (async () => {
      const body = await text(request);
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      const times = routes().filter((route) => route === routeOf(seen.path)).length;
      received.push(seen);
      const reply = answer(routeOf(seen.path), times, seen);
      response.writeHead(reply.status ?? 200, reply.headers);
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
  const provider = pesaway.open({
    account: 'wages',
    currency: 'KES',
    endpoint: url,
    environment: 'live',
    credentials: { consumer_key: 'ck_sim_01', consumer_secret: 'cs_sim_01' },
    options: given.options ?? {},
    http: openHttp(),
    random: Math.random,
    callbackAddress:
      given.callbackAddress === undefined ? 'https://pay.example.test/callbacks/token' : given.callbackAddress,
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

export const granted = (token = 'token-1'): Reply => ({ body: { access_token: token, expires_in: 3600 } });

export const refused: Reply = {
  status: 401,
  body: { code: '401.001', description: 'Missing authentication credentials' },
};

function routeOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}
