import { afterEach, describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/domain/destination.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { sellapay } from '../../../src/providers/index.ts';
import { seeded, startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator/index.ts';
import { openHttp } from '../listeners.ts';
import { suiteClock } from '../stage.ts';
import { payment } from './payments.ts';

let simulator: Simulator | undefined;

afterEach(() => simulator?.close());

/** Pays in turn at the simulator with its magic values; each in a run of its own would say the same. */
async function pay(
  payments: readonly Parameters<typeof payment>[0][],
  options: Record<string, unknown> = {},
  more: Partial<SimulatorOptions> = {},
): Promise<readonly Outcome[]> {
  simulator = await startSimulator({ provider: 'sellapay', now: () => suiteClock.now(), random: seeded(1), ...more });
  const provider = sellapay.open({
    account: 'simulated',
    currency: 'KES',
    endpoint: simulator.endpoint,
    credentials: { api_key: 'api-key', api_secret: 'api-secret' },
    options,
    http: openHttp(),
    environment: null,
    random: Math.random,
    callbackAddress: null,
    callbackWaiter: null,
    tokenStore: null,
    clock: suiteClock,
    callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
  });
  const outcomes: Outcome[] = [];
  for (const one of payments) {
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    outcomes.push(await provider.submit(payment(one)));
  }
  return outcomes;
}

const mobile = (local: string): { destination: Destination } => ({
  destination: { kind: 'mobile', phone: `+254${local}` },
});
const bank = (account: string): { destination: Destination } => ({
  destination: { kind: 'bank', code: '015', account },
});

describe('the magic values of the documentation', () => {
  it.each([
    ['a phone that ends in 0001', mobile('712000001'), {}, 'unknown', '500', 0],
    ['a phone that ends in 0002', mobile('712000002'), {}, 'unknown', 'connection-closed', 1],
    ['a phone that ends in 0003', mobile('712000003'), { payout_timeout: '500ms' }, 'unknown', 'timeout', 1],
    ['a phone that ends in 0004', mobile('712000004'), {}, 'unknown', '503', 0],
    ['a phone that ends in 0005', mobile('712000005'), {}, 'pending', 'pending', 1],
    ['an account that ends in 01', bank('0110000701'), {}, 'unknown', '500', 0],
    ['an account that ends in 02', bank('0110000702'), {}, 'unknown', 'connection-closed', 1],
    [
      'a wallet that does not exist',
      { destination: { kind: 'wallet', wallet: 'acctMISSING' } as const },
      {},
      'failed',
      '404',
      0,
    ],
    ['402 shillings', { amountMinor: 402_00n }, {}, 'stop', '402', 0],
    ['429 shillings', { amountMinor: 429_00n }, {}, 'throttled', '429', 0],
  ])('mean what they say: %s', async (_what, one, options, kind, code, booked) => {
    const [outcome] = await pay([one], options);
    expect(outcome).toMatchObject({ kind, evidence: { code } });
    expect(simulator?.book()).toHaveLength(booked);
  });
});

describe('a reference that comes twice', () => {
  it('is unknown and never failed: the first may have paid', async () => {
    const [first, second] = await pay([{}, {}]);
    expect([first?.kind, second?.kind, second?.evidence.code]).toEqual(['paid', 'unknown', 'reference-refused']);
    expect(simulator?.book()).toHaveLength(1);
  });
});

describe('the hundred-and-first request of a minute', () => {
  it('waits as long as the answer says, at most a minute and a second', async () => {
    const payments = Array.from({ length: 101 }, (_, at) => ({ reference: `R-${at}` }));
    const outcomes = await pay(payments);
    const last = outcomes.at(-1);
    expect(outcomes.slice(0, 100).every(({ kind }) => kind === 'paid')).toBe(true);
    if (last?.kind !== 'throttled') throw new Error('was not throttled');
    expect(last.waitMs).toBeGreaterThan(50_000);
    expect(last.waitMs).toBeLessThanOrEqual(62_000);
  });
});

describe('re-sending', () => {
  it('is never done by payrun itself, whatever the older option says', () => {
    const open = (options: Record<string, unknown>) =>
      sellapay
        .open({
          account: 'a',
          currency: 'KES',
          endpoint: 'http://127.0.0.1:9',
          credentials: {},
          options,
          http: openHttp(),
          environment: null,
          random: Math.random,
          callbackAddress: null,
          callbackWaiter: null,
          tokenStore: null,
          clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
          callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
        })
        .resend(payment()).kind;
    expect(open({})).toBe('never');
    for (const field_dialect of ['seed', 'examples', 'upstream-2026-02-10']) {
      expect(open({ retry_ambiguous_with_same_reference: true, field_dialect })).toBe('never');
      expect(open({ retry_ambiguous_with_same_reference: false, field_dialect })).toBe('never');
    }
  });
});

describe('the manual check', () => {
  it('names the mark that this dialect leaves in the statement, and no whole number', () => {
    const seed = sellapay.manualCheck?.(payment(), 'unknown', {});
    expect(seed).toContain('the reference 0123456789ABCDEFGHJK: KES 1250.50 to +2547*****111');
    const examples = sellapay.manualCheck?.(payment(), 'pending', { field_dialect: 'examples' });
    expect(examples).toContain('a note that begins with 0123456789ABCDEFGHJK');
  });
});
