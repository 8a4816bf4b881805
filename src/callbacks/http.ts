import { callerOf, Sources } from './caller.ts';
import type { CallbackReceiver } from './receiver.ts';
import type { ServerReply, ServerRequest, ServerSetup } from './server.ts';

/** What answers the requests of a listener. */
export interface CallbackApp {
  readonly receiver: Pick<CallbackReceiver, 'receive' | 'isHealthy' | 'fail'>;
  readonly trustedProxies: readonly string[];
}

/** A callback is a few hundred bytes; BitPesa's are some thousand. */
const BODY_BYTES_MAX = 64 * 1024;

/** Letters, digits, hyphens and underscores: the parts of an address that a provider is given. */
const CALLBACK_PATH = /^\/callbacks\/([A-Za-z0-9_-]{1,256})(?:\/([A-Za-z0-9_-]{1,256}))?$/;

/**
 * Callbacks, and whether they can be received (`/health`: `ok`). Every other path is 404, as is an unknown token, so that a stranger
 * learns no address, no number and no sum.
 */
export function callbackServer({ receiver, trustedProxies }: CallbackApp): ServerSetup {
  const proxies = new Sources(trustedProxies);
  return {
    trustedProxies,
    bodyBytesMax: BODY_BYTES_MAX,
    handle: async (request) => {
      const { method, path } = request;
      if (path === '/health' && (method === 'GET' || method === 'HEAD')) return healthReply(receiver);
      const [, token, segment = ''] = (method === 'POST' && CALLBACK_PATH.exec(path)) || [];
      if (token === undefined) return jsonReply(404, { error: 'not found' });
      return deliver({ receiver, proxies }, request, { token, segment });
    },
  };
}

async function deliver(
  { receiver, proxies }: { readonly receiver: CallbackApp['receiver']; readonly proxies: Sources },
  { headers, body, remote }: ServerRequest,
  target: { readonly token: string; readonly segment: string },
): Promise<ServerReply> {
  try {
    const caller = callerOf(remote, headers['x-forwarded-for'], proxies);
    const { status, reply } = await receiver.receive({ ...target, headers, body, caller });
    return reply === null ? { status, body: '' } : jsonReply(status, reply);
  } catch (error) {
    // A callback that could not be stored is not acknowledged; the answer tells a stranger nothing about the cause.
    receiver.fail(error);
    return jsonReply(503, { error: 'unavailable' });
  }
}

async function healthReply(receiver: CallbackApp['receiver']): Promise<ServerReply> {
  const isHealthy = await receiver.isHealthy();
  return isHealthy
    ? { status: 200, contentType: 'text/plain', body: 'ok' }
    : { status: 503, contentType: 'text/plain', body: 'unavailable' };
}

function jsonReply(status: number, value: unknown): ServerReply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
