import { setTimeout as sleep } from 'node:timers/promises';
import ky from 'ky';
import type { Agent } from 'undici';
import { exchange, openAgent, type HttpAnswer, type HttpRequest } from './http-exchange.ts';

export type { HttpAnswer, HttpRequest };

/** A whole answer of the server, of any status. */
export type WholeAnswer = Extract<HttpAnswer, { readonly kind: 'answer' }>;
export type MissingAnswer = Exclude<HttpAnswer, { readonly kind: 'answer' }>;

/**
 * One HTTP request to a provider and what is known of its answer. Whether money may have moved depends on this distinction:
 * `not-sent` only where no byte of the request can have reached a server; every other request without a whole answer is `lost`.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

const AGENT_CLOSES_WITHIN_MS = 1_000;

interface HttpSettings {
  /** Sent with every request: `payrun/1.0.0`. */
  readonly userAgent: string;
  /** How long making a connection may take; longer is `not-sent`. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** Called with the time that the `Date` header of an answer shows, Unix milliseconds. */
  readonly onDate?: (providerAt: number) => void;
}

/**
 * Opens connections on demand, as many as there are requests under way, and keeps them for moments only. Certificates are
 * always checked. A redirect is an answer like any other: following one would be a second request.
 */
export function createHttp(settings: HttpSettings): Http {
  const agent = openAgent(settings.connectTimeoutMs ?? 10_000);
  return {
    send: async (request) => {
      const answer = await send(agent, settings.userAgent, request);
      if (answer.kind === 'answer') noteDate(answer, settings.onDate);
      return answer;
    },
    close: () => closeAgent(agent),
  };
}

/** Every answer is known or given up by now: a server that is still sending something must not keep an account from being released. */
async function closeAgent(agent: Agent): Promise<void> {
  const late = new AbortController();
  const ended = agent.close().catch(() => undefined);
  await Promise.race([ended, sleep(AGENT_CLOSES_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  void agent.destroy().catch(() => undefined);
}

/** An answer that a cache kept for a while says so, and shows the time of when it was made. */
function noteDate({ headers }: WholeAnswer, onDate: HttpSettings['onDate']): void {
  const providerAt = Date.parse(headers.get('date') ?? '');
  if (!Number.isNaN(providerAt) && !headers.has('age')) onDate?.(providerAt);
}

async function send(agent: Agent, userAgent: string, request: HttpRequest): Promise<HttpAnswer> {
  // The result of the exchange does not pass through ky, whose errors do not say whether a byte was sent.
  let result: HttpAnswer = INVALID;
  try {
    await ky(request.url, {
      method: request.method,
      headers: request.headers,
      retry: 0,
      throwHttpErrors: false,
      timeout: false,
      fetch: async () => {
        if (result !== INVALID) throw new Error('one request may not leave twice');
        result = UNFINISHED;
        // The headers with the case of their names: some servers depend on the case, and `Headers` lowers it.
        result = await exchange(agent, request, { ...request.headers, 'User-Agent': userAgent });
        return new Response();
      },
    });
  } catch {
    // The error's message may hold a header's value, and with it a secret; `result` says everything that is needed.
  }
  return result;
}

const INVALID: HttpAnswer = {
  kind: 'not-sent',
  code: 'invalid-request',
  reason: 'The request holds what HTTP forbids; nothing was sent.',
};

/** Stands while the exchange runs; left behind only by a bug, and then the request counts as sent. */
const UNFINISHED: HttpAnswer = { kind: 'lost', code: 'internal', reason: 'The exchange ended without a result.' };

/** A status as messages show it. */
export function statusText(status: number): string {
  return status >= 300 && status < 400 ? `${status} (a redirection, which is not followed)` : String(status);
}
