import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../../src/domain/call-budgets.ts';
import { payment } from './payments.ts';
import { SCRIPT_START } from '../scripted.ts';
import { completed, granted, refusedToken, scripted } from './scripted.ts';

const MINUTE = 60_000;

describe('a token', () => {
  it('is fetched once, however many payments wait for it, with the credentials of the account', async () => {
    const seen: unknown[] = [];
    const { provider, routes, spent } = await scripted((_route, _times, { headers }) => {
      seen.push(headers['x-api-key'], headers['x-api-secret']);
      return granted();
    });
    const results = await Promise.all(Array.from({ length: 10 }, () => provider.prepare()));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['ready']));
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect([routes(), spent]).toEqual([['authorize'], ['authorize']]);
    expect(seen).toEqual(['the-api-key', 'the-api-secret']);
  });

  it('is replaced five minutes before its end, by our own steady clock', async () => {
    const { provider, clock, routes } = await scripted(() => granted());
    await provider.prepare();
    clock.now -= 86_400_000;
    clock.monotonic += 55 * MINUTE - 1;
    await provider.prepare();
    expect(routes()).toHaveLength(1);
    clock.monotonic += 1;
    await provider.prepare();
    expect(routes()).toHaveLength(2);
  });

  it.each([
    ['for 10 seconds', 10, 5_000],
    ['for a text of seconds', '7200', 115 * MINUTE],
    ['without saying for how long', undefined, 55 * MINUTE],
    ['for no time', 0, 55 * MINUTE],
    ['for less than no time', -5, 55 * MINUTE],
    ['for words', 'an hour', 55 * MINUTE],
    ['for ever', 9e15, 1_435 * MINUTE],
  ])('given %s is kept as long as is sensible', async (_what, expires_in, keptMs) => {
    const { provider, clock, routes } = await scripted(() => granted('t', { expires_in }));
    await provider.prepare();
    clock.monotonic += keptMs - 1;
    await provider.prepare();
    expect(routes()).toHaveLength(1);
    clock.monotonic += 1;
    await provider.prepare();
    expect(routes()).toHaveLength(2);
  });

  it('that cannot be renewed yet is used on to its end', async () => {
    const { provider, clock, routes } = await scripted((route, times) =>
      route !== 'authorize' ? completed : times === 0 ? granted() : { status: 429 },
    );
    await provider.prepare();
    clock.monotonic += 56 * MINUTE;
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(routes()).toEqual(['authorize', 'authorize']);
    expect((await provider.submit(payment())).kind).toBe('paid');
    clock.monotonic += 4 * MINUTE;
    expect((await provider.prepare()).kind).toBe('throttled');
  });

  it('that is not there sends nothing', async () => {
    const { provider, routes } = await scripted(() => completed);
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    expect(routes()).toEqual([]);
  });

  it('waits for its turn only as long as the run lasts', async () => {
    const { provider, drain, routes } = await scripted(() => granted());
    drain();
    await expect(provider.prepare()).rejects.toBeInstanceOf(DrainedError);
    expect(routes()).toEqual([]);
  });
});

describe('no token', () => {
  it.each([
    [400, { error: 'Missing API key or secret code' }],
    [401, { error: 'Unauthorized', message: 'Invalid API key or secret code: the-api-key' }],
  ])(
    'for credentials that are not accepted (%i) stops the account, naming the setting and never the value',
    async (status, body) => {
      const { provider, routes } = await scripted(() => ({ status, body }));
      const readiness = await provider.prepare();
      expect(readiness).toMatchObject({ kind: 'stop', evidence: { code: String(status) } });
      const text = JSON.stringify(readiness);
      expect(text).toContain('accounts.salaries.credentials');
      expect(text).not.toMatch(/the-api/);
      expect(routes()).toHaveLength(1);
    },
  );

  it('for credentials that no request can carry stops the account, without showing them', async () => {
    const { provider, routes } = await scripted(
      () => granted(),
      {},
      { api_key: 'the-api-key', api_secret: 'half\nhalf' },
    );
    const readiness = await provider.prepare();
    expect(readiness.kind).toBe('stop');
    expect(JSON.stringify(readiness)).not.toContain('half');
    expect(routes()).toEqual([]);
  });

  it('after too many requests is throttled for as long as the answer says', async () => {
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1770727542',
      date: new Date(SCRIPT_START).toUTCString(),
    };
    const { provider, noticed } = await scripted(() => ({ status: 429, headers }));
    expect(await provider.prepare()).toMatchObject({ kind: 'throttled', waitMs: 42_000 });
    expect(noticed).toEqual([{ budget: 'authorize', remaining: 0, resetMs: 42_000 }]);
  });

  it('that passes is followed by another request, three at most', async () => {
    const passing = await scripted((_route, times) => (times < 2 ? { status: 503 } : granted()));
    expect((await passing.provider.prepare()).kind).toBe('ready');
    expect(passing.spent).toEqual(['authorize', 'authorize', 'authorize']);
    const lasting = await scripted(() => ({ status: 500, body: { error: 'down' } }));
    expect(await lasting.provider.prepare()).toMatchObject({ kind: 'unreachable', evidence: { code: '500' } });
    expect(lasting.routes()).toHaveLength(3);
  });

  it.each(['', 'OK', {}, { access_token: '' }, { access_token: 'two words' }, { access_token: 7 }])(
    'in the answer %j is no use',
    async (body) => {
      const { provider } = await scripted(() => ({ status: 200, body }));
      expect((await provider.prepare()).kind).toBe('unreachable');
    },
  );

  it.each([301, 403, 404, 405])(
    'at an address that answers %i stops the account, naming the setting',
    async (status) => {
      const { provider } = await scripted(() => ({ status }));
      const readiness = await provider.prepare();
      expect(readiness.kind).toBe('stop');
      expect(JSON.stringify(readiness)).toContain('accounts.salaries.endpoint');
    },
  );
});

describe('a token that is refused', () => {
  it('by several answers at once is replaced once, and the new one is not blamed for the old one', async () => {
    const { provider, routes, received } = await scripted((route, times, { headers }) => {
      if (route === 'authorize') return granted(times === 0 ? 'old' : 'new');
      return headers.authorization === 'Bearer old' ? refusedToken : completed;
    });
    await provider.prepare();
    const first = Array.from({ length: 4 }, () => provider.submit(payment()));
    for (const outcome of await Promise.all(first)) expect(outcome).toMatchObject({ kind: 'throttled', waitMs: 0 });
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('paid');
    expect(routes().filter((route) => route === 'authorize')).toHaveLength(2);
    expect(received.at(-1)?.headers.authorization).toBe('Bearer new');
  });

  it('late, after its replacement, leaves the replacement alone', async () => {
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const { provider, routes } = await scripted(async (route, times, { headers }) => {
      if (route === 'authorize') return granted(times === 0 ? 'old' : 'new');
      if (headers.authorization === 'Bearer new') return completed;
      if (times === 0) await blocked;
      return refusedToken;
    });
    await provider.prepare();
    const late = provider.submit(payment());
    await expect.poll(() => routes().length).toBe(2);
    await provider.submit(payment());
    await provider.prepare();
    release();
    expect((await late).kind).toBe('throttled');
    expect((await provider.submit(payment())).kind).toBe('paid');
    expect(routes().filter((route) => route === 'authorize')).toHaveLength(2);
  });

  it('twice in a row, the second time fresh, stops the account', async () => {
    const { provider } = await scripted((route) => (route === 'authorize' ? granted() : refusedToken));
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('throttled');
    await provider.prepare();
    expect((await provider.submit(payment())).kind).toBe('stop');
  });

  it('again after it was accepted is an ordinary end of the token', async () => {
    const { provider } = await scripted((route, times) =>
      route === 'authorize' ? granted(`token-${times}`) : times % 2 === 0 ? refusedToken : completed,
    );
    const kinds: string[] = [];
    for (let call = 0; call < 6; call++) {
      await provider.prepare();
      kinds.push((await provider.submit(payment())).kind);
    }
    expect(kinds).toEqual(['throttled', 'paid', 'throttled', 'paid', 'throttled', 'paid']);
  });
});

describe('a token that an answer repeats', () => {
  it('does not reach the evidence', async () => {
    const { provider } = await scripted((route) =>
      route === 'authorize' ? granted('opaque') : { status: 500, body: { error: 'e', message: 'bad: opaque' } },
    );
    await provider.prepare();
    const { reason } = (await provider.submit(payment())).evidence;
    expect(reason).toContain('bad: [hidden]');
  });
});

describe('what answers say about the limits', () => {
  it('is passed on, of payouts too', async () => {
    const headers = {
      'x-ratelimit-remaining': '3',
      'x-ratelimit-reset': '1770727520',
      date: new Date(SCRIPT_START).toUTCString(),
    };
    const { provider, noticed } = await scripted((route) =>
      route === 'authorize' ? granted() : { ...completed, headers },
    );
    await provider.prepare();
    await provider.submit(payment());
    expect(noticed).toEqual([{ budget: 'business', remaining: 3, resetMs: 20_000 }]);
  });
});
