import type { IncomingMessage } from 'node:http';
import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import { sellapay } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/port.ts';
import { listenHttp, openHttp } from '../listeners.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Scripted {
  readonly provider: Provider;
  /** A clock that only the test moves; sleeping moves it too. */
  readonly clock: { now: number; monotonic: number };
  /** `authorize`, `getBalance`, … in the order in which they came. */
  readonly requests: string[];
  readonly tokens: (string | undefined)[];
  readonly spent: string[];
  readonly noticed: unknown[];
  readonly drain: () => void;
}

export const NOW = 1_770_727_500_000;

/** A Sellapay account in front of a server that answers what the test says, by route and how often it was asked before. */
export async function scripted(
  answer: (route: string, times: number, request: IncomingMessage) => Reply | Promise<Reply>,
  options: Record<string, unknown> = {},
  credentials: Record<string, string> = { api_key: 'the-api-key', api_secret: 'the-api-secret' },
): Promise<Scripted> {
  const clock = { now: NOW, monotonic: 1_000 };
  const requests: string[] = [];
  const tokens: (string | undefined)[] = [];
  const spent: string[] = [];
  const noticed: unknown[] = [];
  let drained = false;
  const url = await listenHttp((request, response) => {
    const route = request.url?.split('/').at(-1) ?? '';
    const times = requests.filter((seen) => seen === route).length;
    requests.push(route);
    tokens.push(request.headers.authorization);
    request.resume();
    void (async () => {
      const { status, body, headers } = await answer(route, times, request);
      response.writeHead(status, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
    })();
  });
  const callBudgets: CallBudgets = {
    spend: (budget, call) => {
      if (drained) return Promise.reject(new DrainedError());
      spent.push(budget);
      return call();
    },
    isFree: () => true,
    notice: (budget, said) => void noticed.push({ budget, ...said }),
  };
  const provider = sellapay.open({
    account: 'salaries',
    currency: 'KES',
    endpoint: `${url}/api/v1`,
    credentials,
    options,
    http: openHttp(),
    environment: null,
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
  return { provider, clock, requests, tokens, spent, noticed, drain: () => (drained = true) };
}

export const granted = (token = 'token-one', more: object = {}): Reply => ({
  status: 200,
  body: { message: 'User authorized', account: 'acctSIM0001', access_token: token, expires_in: 3600, ...more },
});

export const refusedToken: Reply = {
  status: 401,
  body: { error: 'Invalid or expired access token', message: 'Please re-authorize to get a new token' },
};

export const completed: Reply = { status: 200, body: { status: 'completed', transaction_id: 'TXN-1' } };
