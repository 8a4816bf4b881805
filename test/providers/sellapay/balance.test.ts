import { describe, expect, it } from 'vitest';
import { granted, refusedToken, scripted } from './scripted.ts';

const balanceReply = (balance: string, primary = '"KES"') => ({
  status: 200,
  body: `{"message":"Balance retrieved","balance":${balance},"primary_currency":${primary},"timestamp":1770727500}`,
});

async function balanceOf(reply: { status?: number; body?: unknown }): Promise<unknown> {
  const { provider } = await scripted((route) => (route === 'authorize' ? granted() : reply));
  return provider.balance?.();
}

describe('the balance', () => {
  it.each([
    ['{"KES":50000.0,"USD":425.53}', 50_000_00n],
    ['{"KES":90071992547409.93}', 9_007_199_254_740_993n],
    ['{"KES":"1250.50"}', 1250_50n],
    ['{"KES":45.509}', 45_50n],
    ['{"KES":0}', 0n],
    ['{"KES":-12.5}', -12_50n],
    ['{"KES":5e3}', 5_000_00n],
  ])('of %s is exactly %s cents', async (balance, availableMinor) => {
    expect(await balanceOf(balanceReply(balance))).toEqual({ kind: 'balance', availableMinor, currency: 'KES' });
  });

  it('counts in the primary currency only', async () => {
    expect(await balanceOf(balanceReply('{"KES":50000,"USD":425.53}', '"USD"'))).toEqual({
      kind: 'balance',
      availableMinor: 425_53n,
      currency: 'USD',
    });
  });

  it.each([
    balanceReply('{"USD":1}'),
    balanceReply('{"KES":null}'),
    balanceReply('50000'),
    balanceReply('{"KES":1}', 'null'),
    { status: 200, body: 'x' },
    { status: 403 },
  ])('is not made up: %j', async (reply) => expect(await balanceOf(reply)).toMatchObject({ kind: 'unreachable' }));

  it('spends from the budget of payouts, and is queried again with a fresh token or after a fault that passes', async () => {
    const { provider, spent } = await scripted((route, times) => {
      if (route === 'authorize') return granted();
      return times === 0 ? refusedToken : times === 1 ? { status: 503 } : balanceReply('{"KES":1}');
    });
    expect(await provider.balance?.()).toMatchObject({ kind: 'balance', availableMinor: 1_00n });
    expect(spent).toEqual(['authorize', 'business', 'authorize', 'business', 'business']);
  });

  it('of an account that is not let in says so', async () => {
    expect((await balanceOf(refusedToken)) as object).toMatchObject({ kind: 'stop' });
    const { provider } = await scripted(() => ({ status: 401 }));
    expect(await provider.balance?.()).toMatchObject({ kind: 'stop' });
  });
});
