import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, withHeaders, type Answer } from './answer.ts';
import { control, CONTROL_PATH } from './control.ts';
import { SimulatedExchange, type ExchangeContext } from './exchange.ts';
import type { FaultScript, FaultSource } from './faults.ts';
import type { AnySimulatorOptions } from './options.ts';
import { Recorder } from './recorder.ts';
import type { Head, Service } from './service.ts';

/** Bytes; larger than any request of a payout. */
const BODY_MAX = 65_536;

export interface RunningServer {
  readonly url: string;
  readonly recorder: Recorder;
  close(): Promise<void>;
}

/** Serves a simulated provider on 127.0.0.1, and on no other address. */
export async function serveSimulator(
  options: AnySimulatorOptions,
  service: Service,
  faults: FaultSource,
  script: FaultScript,
): Promise<RunningServer> {
  const recorder = new Recorder(options.provider, service, options.observe);
  const timers = new Set<NodeJS.Timeout>();
  const context: ExchangeContext = { options, service, faults, recorder, timers };
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (request.url?.startsWith(CONTROL_PATH) === true) control(request, response, { service, recorder, script });
    else receive(request, response, context);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const timer of timers) clearTimeout(timer);
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, recorder, close };
}

/** Rate limits count a request when its head has arrived; the request is served when its body has arrived. */
function receive(request: IncomingMessage, response: ServerResponse, context: ExchangeContext): void {
  const { service, options } = context;
  const head = requestHead(request, service.basePath, options.now());
  const arrival = head === null ? null : service.arrive(head);
  const exchange = new SimulatedExchange(request, response, context, head);
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  });
  request.on('end', () => {
    const refusal = bodyRefusal(size, arrival?.refusal ?? null);
    if (head === null || arrival === null)
      exchange.refuse(json(404, { error: 'Not found', message: 'No such endpoint' }));
    else if (refusal !== null) exchange.refuse(withHeaders(refusal, { ...arrival.headers, ...refusal.headers }));
    else exchange.serve(head, Buffer.concat(chunks).toString(), arrival.headers);
  });
}

function bodyRefusal(size: number, refusal: Answer | null): Answer | null {
  return size > BODY_MAX ? json(413, { error: 'Payload too large' }) : refusal;
}

function requestHead(request: IncomingMessage, basePath: string, at: number): Head | null {
  const target = request.url ?? '';
  const path = target.split('?')[0] ?? '';
  if (!path.startsWith(`${basePath}/`)) return null;
  return {
    method: request.method ?? '',
    route: path.slice(basePath.length + 1).replace(/\/+$/, ''),
    target,
    headers: request.headers,
    ip: request.socket.remoteAddress ?? '',
    at,
  };
}
