import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type Desk } from './http.ts';

export interface Listening {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Stops taking new requests and waits for those that are being answered. */
  close(): Promise<void>;
}

export type ListenResult =
  | { readonly kind: 'listening'; readonly listening: Listening }
  /** Somebody else listens there: on this machine that is another payrun, or a mistake. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'impossible'; readonly code: string };

export interface ListenPlace {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly trustedProxies: readonly string[];
}

/** Slow senders hold a connection no longer than this. */
const REQUEST_WITHIN_MS = 15_000;

/** Puts a desk on the wire. */
export async function listen(desk: Desk, { host, port, trustedProxies }: ListenPlace): Promise<ListenResult> {
  const app = createApp(desk, trustedProxies);
  const server = createAdaptorServer({
    fetch: app.fetch,
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
    listening: {
      url: `http://${name}:${address.port}`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    },
  };
}
