import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DrainedError, type CallBudgets } from '../../src/domain/call-budgets.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { RateNotice } from '../../src/domain/limits.ts';
import type { Provider, ProviderDefinition, ProviderSetup } from '../../src/providers/port.ts';
import { listenHttp, openHttp } from './listeners.ts';

/** An answer of the scripted server: status 200 and an empty object where nothing else is named. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  /** What the script calls this request. */
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `null` closes the connection without an answer. `times`: how often the same route was asked for before. */
export type Answer = (route: string, times: number, request: ReceivedRequest) => Reply | null | Promise<Reply | null>;

export interface Script {
  readonly definition: ProviderDefinition;
  /** Overrides of a setup with the scripted server, clock and budgets, without options, credentials or callback address. */
  readonly setup: Pick<ProviderSetup, 'account' | 'currency'> & Partial<ProviderSetup>;
  /** Put behind the server's address. */
  readonly basePath?: string;
  readonly routeOf: (request: { readonly method: string; readonly path: string }) => string;
  readonly answer: Answer;
}

export interface ScriptedAccount {
  readonly provider: Provider;
  /** The address of the server. */
  readonly url: string;
  /** A clock that only the test moves; sleeping moves it too. */
  readonly clock: ScriptedClock;
  readonly received: ReceivedRequest[];
  /** Routes in the order in which they came. */
  readonly routes: () => string[];
  /** Budgets in the order in which they were spent from. */
  readonly spent: string[];
  /** Rate limit headers that the adapter has passed on. */
  readonly noticed: (RateNotice & { readonly budget: string })[];
  /** Budgets without room at this moment. */
  readonly fullBudgets: Set<string>;
  /** Ends the run: whatever waits for a budget is rejected. */
  readonly drain: () => void;
}

export interface ScriptedClock {
  now: number;
  monotonic: number;
}

/** Moment at which a scripted clock starts. */
export const SCRIPT_START = 1_770_727_500_000;

/** An account of a provider in front of a server that answers what the test says. */
export async function scriptedAccount(script: Script, startAt = SCRIPT_START): Promise<ScriptedAccount> {
  const clock: ScriptedClock = { now: startAt, monotonic: 1_000 };
  const received: ReceivedRequest[] = [];
  const url = await listenHttp((request, response) => {
    void (async () => {
      const seen = await receivedOf(request, script);
      const times = received.filter(({ route }) => route === seen.route).length;
      received.push(seen);
      const reply = await script.answer(seen.route, times, seen);
      if (reply === null) return void request.socket.destroy();
      response.writeHead(reply.status ?? 200, reply.headers);
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
    })();
  });
  const { callBudgets, ...budgets } = scriptedBudgets();
  const provider = script.definition.open({
    endpoint: url + (script.basePath ?? ''),
    environment: null,
    credentials: {},
    options: {},
    http: openHttp(),
    clock: clockOf(clock),
    callBudgets,
    random: Math.random,
    callbackAddress: null,
    callbackWaiter: null,
    tokenStore: null,
    ...script.setup,
  });
  return { provider, url, clock, received, routes: () => received.map(({ route }) => route), ...budgets };
}

async function receivedOf(request: IncomingMessage, { routeOf }: Script): Promise<ReceivedRequest> {
  const { method = '', url: path = '', headers } = request;
  return { method, path, route: routeOf({ method, path }), headers, body: await text(request) };
}

function clockOf(clock: ScriptedClock): Clock {
  return {
    now: () => clock.now,
    monotonic: () => clock.monotonic,
    sleep: (ms) => {
      clock.now += ms;
      clock.monotonic += ms;
      return Promise.resolve();
    },
  };
}

function scriptedBudgets(): Pick<ScriptedAccount, 'spent' | 'noticed' | 'fullBudgets' | 'drain'> & {
  readonly callBudgets: CallBudgets;
} {
  const spent: string[] = [];
  const noticed: (RateNotice & { readonly budget: string })[] = [];
  const fullBudgets = new Set<string>();
  let isDrained = false;
  const callBudgets: CallBudgets = {
    spend: (budget, call) => {
      if (isDrained) return Promise.reject(new DrainedError());
      spent.push(budget);
      return call();
    },
    isFree: (budget) => !fullBudgets.has(budget),
    notice: (budget, notice) => void noticed.push({ budget, ...notice }),
  };
  return { callBudgets, spent, noticed, fullBudgets, drain: () => (isDrained = true) };
}
