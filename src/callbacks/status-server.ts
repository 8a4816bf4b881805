import { timingSafeEqual } from 'node:crypto';
import { tokenDigest } from './caller.ts';
import type { MetricsText } from './metrics.ts';
import type { ServerReply, ServerRequest, ServerSetup } from './server.ts';

export interface StatusApp {
  /** Null: whoever reaches the address may look; the configuration allows that on this machine only. */
  readonly token: string | null;
  readonly metrics: () => Promise<MetricsText>;
}

/** Nothing here is ever posted. */
const STATUS_BODY_BYTES_MAX = 1024;

/** Metrics for whoever has the token. On an address of its own, so that no sender of callbacks can read numbers and sums. */
export function statusServer({ token, metrics }: StatusApp): ServerSetup {
  const digest = token === null ? null : tokenDigest(token);
  return {
    trustedProxies: [],
    bodyBytesMax: STATUS_BODY_BYTES_MAX,
    handle: async (request) => {
      if (!mayLook(digest, request)) {
        return {
          status: 401,
          headers: { 'WWW-Authenticate': 'Bearer' },
          contentType: 'text/plain',
          body: 'token wanted',
        };
      }
      const isReading = request.method === 'GET' || request.method === 'HEAD';
      if (!isReading || request.path !== '/metrics')
        return { status: 404, contentType: 'text/plain', body: 'not found' };
      return metricsReply(metrics);
    },
  };
}

async function metricsReply(metrics: StatusApp['metrics']): Promise<ServerReply> {
  try {
    const { contentType, text } = await metrics();
    return { status: 200, contentType, body: text };
  } catch {
    // The ledger cannot be read at the moment, which `serve` logs by itself.
    return { status: 503, contentType: 'text/plain', body: 'unavailable' };
  }
}

/** Compares in constant time, so that the time of an answer tells nothing about the token. */
function mayLook(digest: Buffer | null, { headers }: ServerRequest): boolean {
  // Without a token, a page in a browser of this machine must not read the numbers under another name for 127.0.0.1.
  if (digest === null) return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(headers['host'] ?? '');
  const given = /^Bearer +([A-Za-z0-9_-]{1,256})$/i.exec(headers['authorization'] ?? '')?.[1];
  return given !== undefined && timingSafeEqual(tokenDigest(given), digest);
}
