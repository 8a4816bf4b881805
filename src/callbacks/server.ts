import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Arrivals } from './arrivals.ts';
import { Sources } from './caller.ts';
import { connectionLimits, Connections, type ConnectionLimits } from './connections.ts';

/** One whole request. */
export interface ServerRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes; empty for none. */
  readonly body: Buffer;
  /** Address of the connection's other end, perhaps a proxy's. */
  readonly remote: string;
}

export interface ServerReply {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** '' for none. */
  readonly body: string;
}

export interface ServerSetup {
  /** Must not reject: an answer for every case is the handler's. */
  readonly handle: (request: ServerRequest) => Promise<ServerReply>;
  /** Longest body in bytes; a longer one is answered with 413. */
  readonly bodyBytesMax: number;
  readonly trustedProxies: readonly string[];
  /** Default: by the number of files that this process may open. */
  readonly limits?: ConnectionLimits;
}

export interface HttpServer {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Stops taking new requests, waits {@link CLOSE_WITHIN_MS} for those under way, and ends every connection. */
  close(): Promise<void>;
}

export type ServerStart =
  | { readonly kind: 'listening'; readonly server: HttpServer }
  /** Another process listens there: a payrun that receives callbacks itself, or a program with the same port. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'impossible'; readonly code: string };

export interface ServerAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** A sender that is slower than this with the head of its request loses its connection. */
const HEAD_WITHIN_MS = 5_000;
/** The same for the whole request. */
const REQUEST_WITHIN_MS = 10_000;
/** How often the two are checked. */
const CHECK_EVERY_MS = 1_000;
/** A connection on which nothing moves during a request, such as one that never reads its answer, is ended. */
const STALLED_MS = 15_000;
/** Longer than proxies keep their idle connections (nginx: 60 s), so that no callback is written while we close. */
const KEPT_IDLE_MS = 75_000;
/** How long a closing server waits for the requests under way. */
const CLOSE_WITHIN_MS = 1_500;
/** A body that is too large is read on, so that its sender sees the answer; not beyond this. */
const DISCARDED_BYTES_MAX = 1024 * 1024;

/**
 * Starts an HTTP server with plain `node:http`: between a callback and its acknowledgement stands nothing but the ledger, and every
 * connection is known, so that their number and their time can be bounded.
 */
export async function startServer(setup: ServerSetup, { host, port }: ServerAddress): Promise<ServerStart> {
  const { trustedProxies, limits = connectionLimits() } = setup;
  const connections = new Connections(limits, new Sources(trustedProxies));
  const arrivals = new Arrivals();
  const server = createServer(
    {
      headersTimeout: HEAD_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      keepAliveTimeout: KEPT_IDLE_MS,
    },
    (request, response) => receiveRequest({ setup, connections, arrivals }, request, response),
  );
  server.timeout = STALLED_MS;
  server.on('connection', (socket) => {
    arrivals.add();
    connections.add(socket);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'EADDRINUSE' ? { kind: 'taken' } : { kind: 'impossible', code };
  }
  // Without file descriptors a connection cannot be accepted; the server goes on with those that it has.
  server.on('error', () => undefined);
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    kind: 'listening',
    server: { url: `http://${name}:${address.port}`, close: () => closeServer(server, connections) },
  };
}

async function closeServer(server: Server, connections: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.dropSilent();
  const late = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
  await closed;
  clearTimeout(late);
}

/** What every request of a server shares. */
interface Listening {
  readonly setup: ServerSetup;
  readonly connections: Connections;
  readonly arrivals: Arrivals;
}

function receiveRequest(
  { setup, connections, arrivals }: Listening,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { socket } = request;
  const chunks: Buffer[] = [];
  let size = 0;
  connections.enter(socket, 'receiving');
  response.once('close', () => connections.enter(socket, 'idle'));
  // The sender went away in the middle of a request: nothing was received.
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= setup.bodyBytesMax) chunks.push(chunk);
    else if (size > DISCARDED_BYTES_MAX) socket.destroy();
  });
  request.on('end', () => {
    if (size > setup.bodyBytesMax) {
      writeReply(response, { status: 413, contentType: 'application/json', body: '{"error":"too large"}' });
      return;
    }
    connections.enter(socket, 'answering');
    const [only] = chunks;
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    const answer = (): void => {
      void setup.handle(requestOf(request, body)).then((replied) => writeReply(response, replied));
    };
    // A question costs nothing; whatever is posted is stored.
    const settled = request.method === 'POST' ? arrivals.settled() : null;
    if (settled === null) answer();
    else void settled.then(answer);
  });
}

function requestOf(request: IncomingMessage, body: Buffer): ServerRequest {
  const { method = '', url = '', socket } = request;
  const query = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers[name] = value;
  return { method, path: query === -1 ? url : url.slice(0, query), headers, body, remote: socket.remoteAddress ?? '' };
}

function writeReply(response: ServerResponse, { status, contentType, headers = {}, body }: ServerReply): void {
  const type = contentType === undefined ? {} : { 'Content-Type': contentType };
  response.writeHead(status, { ...headers, ...type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
