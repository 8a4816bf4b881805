import { Agent, type Dispatcher } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact text of the body; left out for none. */
  readonly body?: string;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: string }
  /** DNS, connect refused, TLS: nothing left. */
  | { readonly kind: 'not-sent'; readonly code: string; readonly reason: string }
  /** Time-out, reset, an answer cut short or too large: the request may have been processed. */
  | { readonly kind: 'lost'; readonly code: string; readonly reason: string };

/** Payout answers are a few hundred bytes; more than this is not one, and a run must not be drowned by it. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * How long an unused connection is kept. Servers close idle ones after 5 s (Node) to 75 s (nginx); a request written in the
 * moment of that close is `lost`, so ours are gone well before.
 */
const IDLE_MS = 2_000;

/** Connections to any number of hosts; as many to each as there are requests under way. */
export function openAgent(connectTimeoutMs: number): Agent {
  return new Agent({
    connections: null,
    // One request per connection at a time: a dying connection takes one payment's answer with it, never two.
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxResponseSize: ANSWER_BYTES_MAX,
    // One owner of time-outs: the exchange below.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Stated explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing here.
    connect: { timeout: connectTimeoutMs, rejectUnauthorized: true },
  });
}

/**
 * Sends exactly one request: undici's `dispatch` follows no redirect and repeats nothing, and calls its handler before the first
 * byte is written. That moment, not the name of an error, distinguishes `not-sent` from `lost`: EHOSTUNREACH and ETIMEDOUT, for
 * example, also end connections that have carried a request.
 */
export function exchange(
  agent: Agent,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const url = new URL(request.url);
    const run = new Exchange(resolve, request.timeoutMs, url.host);
    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers,
        body: request.body ?? null,
      },
      run,
    );
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  private readonly resolve: (answer: HttpAnswer) => void;
  private readonly host: string;
  private readonly timer: NodeJS.Timeout;
  private readonly chunks: Buffer[] = [];
  private controller: Dispatcher.DispatchController | null = null;
  private settled = false;
  private status = 0;

  constructor(resolve: (answer: HttpAnswer) => void, timeoutMs: number, host: string) {
    this.resolve = resolve;
    this.host = host;
    this.timer = setTimeout(() => this.expire(timeoutMs), timeoutMs);
  }

  /** Called before anything is written; aborting here means that nothing will be. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The time-out came while connecting, or the same request would be written a second time: neither may be sent.
    if (this.settled || this.controller !== null) controller.abort(new Error('given up'));
    else this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    // 1xx answers announce the real one, which overwrites this.
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = new TextDecoder().decode(this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks));
    this.settle({ kind: 'answer', status: this.status, headers: this.headers(), body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle(this.controller === null ? notSent(error, this.host) : lost(error, this.host));
  }

  private headers(): Headers {
    const headers = new Headers();
    const raw = this.controller?.rawHeaders;
    if (!Array.isArray(raw)) return headers;
    for (let at = 0; at + 1 < raw.length; at += 2) appendHeader(headers, String(raw[at]), String(raw[at + 1]));
    return headers;
  }

  private expire(timeoutMs: number): void {
    const seconds = `${timeoutMs / 1000} s`;
    this.settle(
      this.controller === null
        ? { kind: 'not-sent', code: 'connect-timeout', reason: `No connection to ${this.host} within ${seconds}.` }
        : { kind: 'lost', code: 'timeout', reason: `No whole answer from ${this.host} within ${seconds}.` },
    );
    this.controller?.abort(new Error('timeout'));
  }

  private settle(answer: HttpAnswer): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.resolve(answer);
  }
}

function appendHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    // A header that the standard forbids is no reason to lose an answer about money.
  }
}

function notSent(error: Error, host: string): HttpAnswer {
  const [code, what] = NOT_SENT[codeOf(error)] ?? tlsFault(error) ?? ['connect-failed', 'could not be connected to'];
  return { kind: 'not-sent', code, reason: `${host} ${what}; nothing was sent.` };
}

function lost(error: Error, host: string): HttpAnswer {
  const [code, what] = LOST[codeOf(error)] ?? ['connection-lost', 'ended the connection before a whole answer'];
  return { kind: 'lost', code, reason: `${host} ${what}.` };
}

const NOT_SENT: Readonly<Record<string, readonly [string, string]>> = {
  ENOTFOUND: ['dns', 'is not known to the name service'],
  EAI_AGAIN: ['dns', 'could not be looked up: the name service did not answer'],
  ECONNREFUSED: ['connection-refused', 'refused the connection'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached from this network'],
  ENETUNREACH: ['unreachable', 'cannot be reached from this network'],
  ETIMEDOUT: ['connect-timeout', 'did not answer the connection attempt'],
  UND_ERR_CONNECT_TIMEOUT: ['connect-timeout', 'did not answer the connection attempt'],
  ECONNRESET: ['connect-reset', 'ended the connection while it was being made'],
  UND_ERR_INVALID_ARG: ['invalid-request', 'was not asked: the request holds characters that HTTP forbids'],
};

const LOST: Readonly<Record<string, readonly [string, string]>> = {
  ECONNRESET: ['connection-reset', 'reset the connection before a whole answer'],
  EPIPE: ['connection-reset', 'closed the connection while the request was being written'],
  UND_ERR_SOCKET: ['connection-closed', 'closed the connection before a whole answer'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['answer-cut-short', 'sent less of its answer than it had announced'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['answer-too-large', 'answered with more than 1 MiB'],
  UND_ERR_HEADERS_OVERFLOW: ['answer-too-large', 'answered with more headers than can be read'],
};

function tlsFault(error: Error): readonly [string, string] | undefined {
  const code = codeOf(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|INVALID_PURPOSE/.test(code)) {
    return ['certificate', `has a certificate that cannot be trusted (${code})`];
  }
  if (/SSL|TLS|EPROTO/.test(code)) return ['tls', 'does not speak the TLS that was expected'];
  return undefined;
}

function codeOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return '';
  return code.startsWith('HPE_') ? 'HPE' : code;
}
