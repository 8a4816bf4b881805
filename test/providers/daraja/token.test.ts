import { describe, expect, it } from 'vitest';
import type { Reply } from '../scripted.ts';
import { payment } from './payments.ts';
import { accepted, granted, refused, scripted, type DarajaAccount } from './scripted.ts';

function withTokens(token: (times: number) => Reply, payout: (authorization: string) => Reply): Promise<DarajaAccount> {
  return scripted({
    answer: (path, times, { headers }) =>
      path.startsWith('/oauth') ? token(times) : payout(headers.authorization ?? ''),
  });
}

const tokenRequests = ({ received }: DarajaAccount): number =>
  received.filter(({ path }) => path.startsWith('/oauth')).length;

describe('a token', () => {
  it('is requested with key and secret, from the budget of all requests', async () => {
    const { provider, received, spent } = await scripted({ answer: () => null });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(received).toMatchObject([{ method: 'GET', path: '/oauth/v1/generate?grant_type=client_credentials' }]);
    const basic = Buffer.from('the-consumer-key:the-consumer-secret').toString('base64');
    expect(received[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect(spent).toEqual(['requests']);
  });

  it('is fetched once, however many payments wait for it', async () => {
    const script = await scripted({ answer: () => null });
    await Promise.all(Array.from({ length: 5 }, () => script.provider.prepare()));
    expect(tokenRequests(script)).toBe(1);
  });

  it.each(['3599', 3599])('lives as long as %j says, less a minute', async (expires_in) => {
    const script = await scripted({ answer: (_path, times) => granted(`token-${times}-of-the-day`, { expires_in }) });
    await script.provider.prepare();
    script.clock.monotonic += 3_530_000;
    await script.provider.prepare();
    expect(tokenRequests(script)).toBe(1);
    script.clock.monotonic += 15_000;
    await script.provider.prepare();
    expect(tokenRequests(script)).toBe(2);
  });

  it('that was refused is fetched once more, though four payments were turned away with it', async () => {
    const script = await withTokens(
      (times) => granted(`token-number-${times}`),
      (authorization) => (authorization === 'Bearer token-number-0' ? refused(404, '404.001.03') : accepted()),
    );
    const { provider } = script;
    await provider.prepare();
    const first = await Promise.all([1, 2, 3, 4].map(() => provider.submit(payment())));
    for (const outcome of first) expect(outcome).toMatchObject({ kind: 'throttled', waitMs: 0 });
    await provider.prepare();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'pending' });
    expect(tokenRequests(script)).toBe(2);
  });

  it('that is older than the current one ends nothing when it is refused', async () => {
    let release = (): void => undefined;
    const renewed = new Promise<void>((resolve) => (release = resolve));
    const script = await scripted({
      answer: async (path, times, { headers }) => {
        if (path.startsWith('/oauth')) return granted(`token-number-${times}`);
        if (headers.authorization !== 'Bearer token-number-0') return accepted();
        await renewed;
        return refused(401, '401.002.01');
      },
    });
    const { provider } = script;
    await provider.prepare();
    const early = provider.submit(payment());
    script.clock.monotonic += 3_580_000;
    await provider.prepare();
    release();
    expect(await early).toMatchObject({ kind: 'throttled', waitMs: 0 });
    await provider.prepare();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'pending' });
    expect(tokenRequests(script)).toBe(2);
  });

  it('that is refused fresh, twice, stops the account', async () => {
    const { provider } = await withTokens(
      (times) => granted(`token-number-${times}`),
      () => refused(400, '400.003.01'),
    );
    await provider.prepare();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    await provider.prepare();
    const outcome = await provider.submit(payment());
    expect(outcome.kind).toBe('stop');
    expect(outcome.evidence.reason).toContain('accounts.salaries.credentials');
  });

  it.each<[string, Reply, string]>([
    ['an empty 400, a wrong secret', { status: 400, body: '' }, 'stop'],
    ['a 401', { status: 401, body: '' }, 'stop'],
    ['a wrong type of authentication', refused(400, '400.008.01'), 'stop'],
    ['a wrong grant', refused(400, '400.008.02'), 'stop'],
    ['the firewall', { status: 403, body: '<html></html>' }, 'stop'],
    ['no such address', { status: 404, body: '' }, 'stop'],
    ['haste', refused(500, '500.003.02'), 'throttled'],
    ['429', { status: 429 }, 'throttled'],
    ['trouble', { status: 503, body: '' }, 'unreachable'],
    ['no token', { status: 200, body: {} }, 'unreachable'],
    ['a token that no header can carry', granted('two words'), 'unreachable'],
  ])('that is refused with %s makes the account wait or stop', async (_what, reply, kind) => {
    const { provider } = await scripted({ answer: () => reply });
    expect((await provider.prepare()).kind).toBe(kind);
  });

  it('is requested again where the refusal may pass', async () => {
    const script = await scripted({ answer: (_path, times) => (times < 2 ? { status: 503 } : granted()) });
    expect(await script.provider.prepare()).toEqual({ kind: 'ready' });
    expect(tokenRequests(script)).toBe(3);
  });
});
