import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type CallbackApp } from './http.ts';

export interface CallbackServer {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Stops taking new requests and waits for those that are being answered. */
  close(): Promise<void>;
}

export type ServerStart =
  | { readonly kind: 'listening'; readonly server: CallbackServer }
  /** Another process listens there: a payrun that receives callbacks itself, or a program with the same port. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'impossible'; readonly code: string };

export interface ServerAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** A sender that is slower than this loses its connection. */
const REQUEST_WITHIN_MS = 15_000;

/** Starts an HTTP server that answers as {@link createApp} says. */
export async function startServer(app: CallbackApp, { host, port }: ServerAddress): Promise<ServerStart> {
  const server = createAdaptorServer({
    fetch: createApp(app).fetch,
    serverOptions: { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS },
  }) as Server;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'EADDRINUSE' ? { kind: 'taken' } : { kind: 'impossible', code };
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    kind: 'listening',
    server: {
      url: `http://${name}:${address.port}`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    },
  };
}
