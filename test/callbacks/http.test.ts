import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallbackResponse } from '../../src/callbacks/apply.ts';
import { callerOf, Sources } from '../../src/callbacks/caller.ts';
import { callbackServer, type CallbackApp } from '../../src/callbacks/http.ts';
import type { CallbackDelivery } from '../../src/callbacks/receiver.ts';
import { startServer, type HttpServer } from '../../src/callbacks/server.ts';

let server: HttpServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function serve(
  respond: (delivery: CallbackDelivery) => CallbackResponse | Promise<CallbackResponse>,
  more: { readonly healthy?: boolean; readonly proxies?: readonly string[] } = {},
): Promise<{ url: string; deliveries: CallbackDelivery[]; failures: unknown[] }> {
  const deliveries: CallbackDelivery[] = [];
  const failures: unknown[] = [];
  const app: CallbackApp = {
    receiver: {
      receive: async (delivery) => {
        deliveries.push(delivery);
        return respond(delivery);
      },
      isHealthy: () => Promise.resolve(more.healthy ?? true),
      fail: (error) => void failures.push(error),
    },
    trustedProxies: more.proxies ?? [],
  };
  const start = await startServer(callbackServer(app), { host: '127.0.0.1', port: 0 });
  if (start.kind !== 'listening') throw new Error(start.kind);
  server = start.server;
  return { url: server.url, deliveries, failures };
}

const TOKEN = 'a'.repeat(40);
const accepted: CallbackResponse = { status: 200, reply: { ResultCode: 0 } };

describe('the HTTP server for callbacks', () => {
  it('passes the exact bytes of a delivery on and sends the response of the receiver', async () => {
    const { url, deliveries } = await serve(() => accepted);
    const body = '{"a": 1.50, "name": "Wanjikũ"}\r\n';
    const answer = await fetch(`${url}/callbacks/${TOKEN}/r-ab12`, {
      method: 'POST',
      body,
      headers: { Signature: 'x=' },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { ResultCode: 0 }]);
    expect(deliveries).toHaveLength(1);
    expect(Buffer.from(deliveries[0]?.body ?? []).toString()).toBe(body);
    expect(deliveries[0]).toMatchObject({ token: TOKEN, segment: 'r-ab12', caller: '127.0.0.1' });
    expect(deliveries[0]?.headers['signature']).toBe('x=');
  });

  it.each([
    ['GET', `/callbacks/${TOKEN}`],
    ['POST', '/callbacks'],
    ['POST', `/callbacks/${TOKEN}/a/b`],
    ['POST', `/callbacks/${TOKEN}/a%2Fb`],
    ['POST', '/callbacks/..%2f..%2fetc'],
    ['POST', '/somewhere'],
  ])('answers 404 to %s %s', async (method, path) => {
    const { url, deliveries } = await serve(() => accepted);
    const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect(answer.status).toBe(404);
    expect(deliveries).toEqual([]);
  });

  it('refuses a body that is larger than any callback', async () => {
    const { url, deliveries } = await serve(() => accepted);
    const answer = await fetch(`${url}/callbacks/${TOKEN}`, { method: 'POST', body: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
    expect(deliveries).toEqual([]);
  });

  it('answers 503 without details to a delivery that could not be stored, and reports the failure', async () => {
    const { url, failures } = await serve(() => Promise.reject(new Error('disk full at /secret/path')));
    const answer = await fetch(`${url}/callbacks/${TOKEN}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('secret');
    expect(failures).toHaveLength(1);
  });

  it('answers ok to /health while callbacks can be stored, and shows no metrics', async () => {
    const { url } = await serve(() => accepted);
    const healthy = await fetch(`${url}/health`);
    expect([healthy.status, await healthy.text()]).toEqual([200, 'ok']);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    await server?.close();
    const sick = await serve(() => accepted, { healthy: false });
    const unhealthy = await fetch(`${sick.url}/health`);
    expect([unhealthy.status, await unhealthy.text()]).toEqual([503, 'unavailable']);
  });

  it('tells an address that another process has from an address that cannot work', async () => {
    const { url } = await serve(() => accepted);
    const { receiver } = {} as CallbackApp;
    const setup = callbackServer({ receiver, trustedProxies: [] });
    const place = { host: '127.0.0.1', port: Number(new URL(url).port) };
    expect(await startServer(setup, place)).toEqual({ kind: 'taken' });
    expect(await startServer(setup, { ...place, host: '203.0.113.7' })).toMatchObject({
      kind: 'impossible',
    });
  });

  it('reads X-Forwarded-For only behind a trusted proxy', async () => {
    const post = (url: string, forwarded: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const headers = { 'X-Forwarded-For': forwarded };
        request(`${url}/callbacks/${TOKEN}`, { method: 'POST', headers }, (response) => {
          response.resume();
          response.on('end', resolve);
        })
          .on('error', reject)
          .end('{}');
      });
    const open = await serve(() => accepted);
    await post(open.url, '196.201.214.200');
    expect(open.deliveries[0]?.caller).toBe('127.0.0.1');
    await server?.close();
    const behind = await serve(() => accepted, { proxies: ['127.0.0.0/8'] });
    await post(behind.url, '196.201.214.200, 10.9.9.9');
    expect(behind.deliveries[0]?.caller).toBe('10.9.9.9');
  });
});

describe('addresses of callers', () => {
  it('match networks of IPv4 and IPv6, and IPv4 addresses inside IPv6', () => {
    const sources = new Sources(['196.201.214.200', '10.0.0.0/8', '2001:db8::/32']);
    expect(['196.201.214.200', '::ffff:10.1.2.3', '2001:db8::1'].map((one) => sources.has(one))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['196.201.214.201', '11.0.0.1', '2001:db9::1', 'nonsense', ''].map((one) => sources.has(one))).not.toContain(
      true,
    );
  });

  it('are the last in X-Forwarded-For that no trusted proxy has written', () => {
    const proxies = new Sources(['10.0.0.0/8']);
    expect(callerOf('10.0.0.1', '1.1.1.1, 2.2.2.2, 10.0.0.7', proxies)).toBe('2.2.2.2');
    expect(callerOf('9.9.9.9', '1.1.1.1', proxies)).toBe('9.9.9.9');
    expect(callerOf('10.0.0.1', undefined, proxies)).toBe('10.0.0.1');
  });

  it.each([
    ['196.201.214.200:51234', '196.201.214.200'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:196.201.214.200', '196.201.214.200'],
    ['[::FFFF:196.201.214.200]:51234', '196.201.214.200'],
    ['1.1.1.1, 196.201.214.200:51234, 10.0.0.7:80', '196.201.214.200'],
    ['unknown', 'unknown'],
    ['196.201.214.200:', '196.201.214.200:'],
  ])('are read from %s without port and brackets', (forwarded, caller) => {
    expect(callerOf('10.0.0.1', forwarded, new Sources(['10.0.0.0/8']))).toBe(caller);
  });
});
