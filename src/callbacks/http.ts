import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { callerOf, Sources } from './caller.ts';
import type { CallbackReceiver } from './receiver.ts';

/** What answers the requests of a listener. */
export interface CallbackApp {
  readonly receiver: Pick<CallbackReceiver, 'receive' | 'isHealthy' | 'fail'>;
  /** Metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly trustedProxies: readonly string[];
}

/** A callback is a few hundred bytes; BitPesa's are some thousand. */
const BODY_BYTES_MAX = 64 * 1024;

/** Letters, digits, hyphens and underscores: the parts of an address that a provider is given. */
const HTTP_PART = /^[A-Za-z0-9_-]{1,256}$/;

/** Callbacks, health and metrics. Every other path is 404, as is an unknown token, so that a stranger learns no address. */
export function createApp({ receiver, metrics, trustedProxies }: CallbackApp): Hono<{ Bindings: HttpBindings }> {
  const proxies = new Sources(trustedProxies);
  const app = new Hono<{ Bindings: HttpBindings }>();
  const tooLarge = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => c.json({ error: 'too large' }, 413) });
  app.get('/health', async (c) => {
    const isHealthy = await receiver.isHealthy();
    return c.json({ service: 'payrun', status: isHealthy ? 'ok' : 'ledger unavailable' }, isHealthy ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { contentType, text } = await metrics();
    return c.text(text, 200, { 'Content-Type': contentType });
  });
  for (const path of ['/callbacks/:token', '/callbacks/:token/:segment'] as const) {
    app.post(path, tooLarge, async (c) => {
      const { token, segment = '' } = c.req.param() as { token: string; segment?: string };
      if (!HTTP_PART.test(token) || (segment !== '' && !HTTP_PART.test(segment)))
        return c.json({ error: 'not found' }, 404);
      const remote = c.env.incoming.socket.remoteAddress ?? '';
      const headers = c.req.header();
      const { status, reply } = await receiver.receive({
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
  // A callback that could not be stored is not acknowledged; the answer tells a stranger nothing about the cause.
  app.onError((error, c) => {
    receiver.fail(error);
    return c.json({ error: 'unavailable' }, 503);
  });
  return app;
}
