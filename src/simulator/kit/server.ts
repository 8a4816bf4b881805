import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, withHeaders, type Answer } from './answer.ts';
import { control, CONTROL_PATH } from './control.ts';
import { Exchange, type Stage } from './exchange.ts';
import type { FaultScript, FaultSource } from './faults.ts';
import type { SimulatorOptions } from './options.ts';
import { Recorder } from './recorder.ts';
import type { Head, Service } from './service.ts';

/** Larger than any request of a payout. */
const BODY_MAX = 65_536;

export interface Listening {
  readonly url: string;
  readonly recorder: Recorder;
  close(): Promise<void>;
}

/** Puts a service on the wire, on 127.0.0.1 and nowhere else. */
export async function listen(
  options: SimulatorOptions,
  service: Service,
  faults: FaultSource,
  script: FaultScript,
): Promise<Listening> {
  const recorder = new Recorder(options.provider, service, options.observe);
  const timers = new Set<NodeJS.Timeout>();
  const stage: Stage = { options, service, faults, recorder, timers };
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (request.url?.startsWith(CONTROL_PATH) === true) control(request, response, { service, recorder, script });
    else receive(request, response, stage);
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

/** The limits count a request the moment its head is in; it is looked at once its body is. */
function receive(request: IncomingMessage, response: ServerResponse, stage: Stage): void {
  const { service, options } = stage;
  const head = headOf(request, service.basePath, options.now());
  const arrival = head === null ? null : service.arrive(head);
  const exchange = new Exchange(request, response, stage, head);
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  });
  request.on('end', () => {
    const refusal = refusalOf(size, arrival?.refusal ?? null);
    if (head === null || arrival === null)
      exchange.refuse(json(404, { error: 'Not found', message: 'No such endpoint' }));
    else if (refusal !== null) exchange.refuse(withHeaders(refusal, { ...arrival.headers, ...refusal.headers }));
    else exchange.serve(head, Buffer.concat(chunks).toString(), arrival.headers);
  });
}

function refusalOf(size: number, refusal: Answer | null): Answer | null {
  return size > BODY_MAX ? json(413, { error: 'Payload too large' }) : refusal;
}

function headOf(request: IncomingMessage, basePath: string, at: number): Head | null {
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
