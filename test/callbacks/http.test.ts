import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Delivery, Desk, Reception } from '../../src/callbacks/http.ts';
import { listen, type Listening } from '../../src/callbacks/listener.ts';
import { callerOf, Sources } from '../../src/callbacks/caller.ts';

let listening: Listening | null = null;
afterEach(async () => {
  await listening?.close();
  listening = null;
});

async function serve(
  answer: (delivery: Delivery) => Reception | Promise<Reception>,
  more: { readonly healthy?: boolean; readonly proxies?: readonly string[] } = {},
): Promise<{ url: string; taken: Delivery[]; troubles: unknown[] }> {
  const taken: Delivery[] = [];
  const troubles: unknown[] = [];
  const desk: Desk = {
    take: async (delivery) => {
      taken.push(delivery);
      return answer(delivery);
    },
    isHealthy: () => Promise.resolve(more.healthy ?? true),
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'payrun_up 1\n' }),
    trouble: (error) => void troubles.push(error),
  };
  const result = await listen(desk, { host: '127.0.0.1', port: 0, trustedProxies: more.proxies ?? [] });
  if (result.kind !== 'listening') throw new Error(result.kind);
  listening = result.listening;
  return { url: listening.url, taken, troubles };
}

const TOKEN = 'a'.repeat(40);
const accepted: Reception = { status: 200, reply: { ResultCode: 0 } };

describe('the listener', () => {
  it('hands on exactly the bytes that came, and answers what it is told', async () => {
    const { url, taken } = await serve(() => accepted);
    const body = '{"a": 1.50, "name": "Wanjikũ"}\r\n';
    const answer = await fetch(`${url}/callbacks/${TOKEN}/r-ab12`, {
      method: 'POST',
      body,
      headers: { Signature: 'x=' },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { ResultCode: 0 }]);
    expect(taken).toHaveLength(1);
    expect(Buffer.from(taken[0]?.body ?? []).toString()).toBe(body);
    expect(taken[0]).toMatchObject({ token: TOKEN, segment: 'r-ab12', caller: '127.0.0.1' });
    expect(taken[0]?.headers['signature']).toBe('x=');
  });

  it.each([
    ['GET', `/callbacks/${TOKEN}`],
    ['POST', '/callbacks'],
    ['POST', `/callbacks/${TOKEN}/a/b`],
    ['POST', `/callbacks/${TOKEN}/a%2Fb`],
    ['POST', '/callbacks/..%2f..%2fetc'],
    ['POST', '/somewhere'],
  ])('knows no %s %s', async (method, path) => {
    const { url, taken } = await serve(() => accepted);
    const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect(answer.status).toBe(404);
    expect(taken).toEqual([]);
  });

  it('takes no body that is larger than any callback', async () => {
    const { url, taken } = await serve(() => accepted);
    const answer = await fetch(`${url}/callbacks/${TOKEN}`, { method: 'POST', body: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
    expect(taken).toEqual([]);
  });

  it('does not acknowledge what could not be stored, says no more about it, and tells whoever runs it', async () => {
    const { url, troubles } = await serve(() => Promise.reject(new Error('disk full at /secret/path')));
    const answer = await fetch(`${url}/callbacks/${TOKEN}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('secret');
    expect(troubles).toHaveLength(1);
  });

  it('tells its health and its metrics', async () => {
    const { url } = await serve(() => accepted);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ service: 'payrun', status: 'ok' });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('payrun_up 1');
    await listening?.close();
    const sick = await serve(() => accepted, { healthy: false });
    expect((await fetch(`${sick.url}/health`)).status).toBe(503);
  });

  it('says when somebody else has its address', async () => {
    const { url } = await serve(() => accepted);
    const desk = {} as Desk;
    const place = { host: '127.0.0.1', port: Number(new URL(url).port), trustedProxies: [] };
    expect(await listen(desk, place)).toEqual({ kind: 'taken' });
    expect(await listen(desk, { ...place, host: '203.0.113.7' })).toMatchObject({ kind: 'impossible' });
  });

  it('believes X-Forwarded-For from a proxy of ours and from nobody else', async () => {
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
    expect(open.taken[0]?.caller).toBe('127.0.0.1');
    await listening?.close();
    const behind = await serve(() => accepted, { proxies: ['127.0.0.0/8'] });
    await post(behind.url, '196.201.214.200, 10.9.9.9');
    expect(behind.taken[0]?.caller).toBe('10.9.9.9');
  });
});

describe('addresses', () => {
  it('are found in networks of both families, wrapped ones too', () => {
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

  it('of a caller are the last ones that no proxy of ours has written', () => {
    const proxies = new Sources(['10.0.0.0/8']);
    expect(callerOf('10.0.0.1', '1.1.1.1, 2.2.2.2, 10.0.0.7', proxies)).toBe('2.2.2.2');
    expect(callerOf('9.9.9.9', '1.1.1.1', proxies)).toBe('9.9.9.9');
    expect(callerOf('10.0.0.1', undefined, proxies)).toBe('10.0.0.1');
  });
});
