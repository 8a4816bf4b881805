import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { callerOf, Sources } from './caller.ts';

/** What a listener hands on; the rooms behind it are the runner's to join. */
export interface Desk {
  /** Takes one delivery to `/callbacks/<token>[/<segment>]`. Resolves once it is durable, or refused. */
  take(delivery: Delivery): Promise<Reception>;
  /** Whether what is needed to take callbacks works: the ledger can be read. */
  isHealthy(): Promise<boolean>;
  /** Told of what kept a delivery from being taken: it was answered 503, and whoever sends again may try later. */
  trouble(error: unknown): void;
  /** Metrics in the text format of Prometheus. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Delivery {
  readonly token: string;
  /** '' for none. */
  readonly segment: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes. */
  readonly body: Uint8Array;
  /** Address of whoever called, behind proxies of ours. */
  readonly caller: string;
}

export interface Reception {
  readonly status: number;
  /** Null: an empty answer. */
  readonly reply: object | null;
}

/** A callback is a few hundred bytes; BitPesa's are some thousand. */
const BODY_BYTES_MAX = 64 * 1024;

/** Letters, digits, hyphens and underscores, as the addresses that providers are given have them. */
const PART = /^[A-Za-z0-9_-]{1,256}$/;

/** Callbacks, health and metrics. What is not exactly an address that we gave away is 404, so that nobody learns which exist. */
export function createApp(desk: Desk, trustedProxies: readonly string[]): Hono<{ Bindings: HttpBindings }> {
  const proxies = new Sources(trustedProxies);
  const app = new Hono<{ Bindings: HttpBindings }>();
  const tooLarge = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => c.json({ error: 'too large' }, 413) });
  app.get('/health', async (c) => {
    const isHealthy = await desk.isHealthy();
    return c.json({ service: 'payrun', status: isHealthy ? 'ok' : 'ledger unavailable' }, isHealthy ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { contentType, text } = await desk.metrics();
    return c.text(text, 200, { 'Content-Type': contentType });
  });
  for (const path of ['/callbacks/:token', '/callbacks/:token/:segment'] as const) {
    app.post(path, tooLarge, async (c) => {
      const { token, segment = '' } = c.req.param() as { token: string; segment?: string };
      if (!PART.test(token) || (segment !== '' && !PART.test(segment))) return c.json({ error: 'not found' }, 404);
      const remote = c.env.incoming.socket.remoteAddress ?? '';
      const headers = c.req.header();
      const { status, reply } = await desk.take({
        token,
        segment,
        headers,
        body: new Uint8Array(await c.req.arrayBuffer()),
        caller: callerOf(remote, headers['x-forwarded-for'], proxies),
      });
      return new Response(reply === null ? null : JSON.stringify(reply), {
        status,
        headers: reply === null ? {} : { 'Content-Type': 'application/json' },
      });
    });
  }
  app.notFound((c) => c.json({ error: 'not found' }, 404));
  // What could not be stored is not acknowledged, and a stranger learns no more than that.
  app.onError((error, c) => {
    desk.trouble(error);
    return c.json({ error: 'unavailable' }, 503);
  });
  return app;
}
