import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** A received callback. */
export interface ReceivedCallback {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Exact text. */
  readonly body: string;
  /** How many answers were counted before the callback arrived. */
  readonly after: number;
}

export interface CallbackReceiver {
  readonly url: string;
  readonly callbacks: readonly ReceivedCallback[];
  /** Counts an answer, so that a test sees whether a callback arrived before it. */
  countAnswer(): void;
  /** How callbacks are answered from now on; 200 at first. */
  answerWith(status: number): void;
}

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Starts a server on loopback that receives callbacks. */
export async function openCallbackReceiver(): Promise<CallbackReceiver> {
  const callbacks: ReceivedCallback[] = [];
  let answers = 0;
  let status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      callbacks.push({ path: request.url ?? '', headers: request.headers, body, after: answers });
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks/token`;
  return { url, callbacks, countAnswer: () => void (answers += 1), answerWith: (next) => void (status = next) };
}
