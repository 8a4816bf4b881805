import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { bitpesa } from '../../../src/providers/index.ts';
import type { QueryResult, KnownPayment, Provider } from '../../../src/providers/port.ts';
import { seeded, startSimulator, type Fault, type Simulator } from '../../../src/simulator/index.ts';
import { openHttp } from '../listeners.ts';
import { payment, REFERENCE, SENDER, type Json } from './payments.ts';

let simulator: Simulator | null = null;
afterEach(async () => {
  await simulator?.close();
  simulator = null;
});

interface SimulatedAccount {
  readonly simulator: Simulator;
  readonly provider: Provider;
  /** How far the payer's clock, and the simulator's, are ahead. */
  readonly clock: { ahead: number };
}

async function openSimulated(
  settings: Readonly<Record<string, string | number | boolean>> = {},
  options: Json = {},
): Promise<SimulatedAccount> {
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const started = await startSimulator({
    ...{ provider: 'bitpesa', now, random: seeded(3), balance: '1000000.00', limits: null },
    settings: { payoutDelayMs: 1, refundDelayMs: 1, ...settings },
  });
  simulator = started;
  const provider = bitpesa.open({
    ...{ account: 'relief', currency: 'NGN', endpoint: started.endpoint, environment: null },
    credentials: started.credentials,
    options: { sender: SENDER, ...options },
    http: openHttp(),
    ...{ random: Math.random, callbackAddress: null, callbackWaiter: null, tokenStore: null },
    clock: { now, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
    callBudgets: { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined },
  });
  expect(await provider.prepare()).toEqual({ kind: 'ready' });
  return { simulator: started, provider, clock };
}

const CREATE = 'v1/transactions';
const DEBIT = 'v1/accounts/debits';

const known: KnownPayment = { status: 'unknown', providerReference: '', requestId: '', sentAt: 0, queries: 0 };
const queryNow = (provider: Provider): Promise<QueryResult> | undefined =>
  provider.query?.(payment(), { ...known, sentAt: Date.now() });

const LOST: readonly (readonly [string, Fault])[] = [
  ['dropped before it was created', { kind: 'drop-before-booking' }],
  ['dropped after it was created', { kind: 'drop-after-booking' }],
  ['500', { kind: 'status', status: 500, booked: false }],
  ['503 after it was created', { kind: 'status', status: 503, booked: true }],
  ['unreadable', { kind: 'unreadable' }],
  ['cut short', { kind: 'cut-short' }],
];

describe('a transaction', () => {
  it.each(LOST)('whose creation was answered by %s is re-sent and paid once', async (_what, fault) => {
    const { simulator: started, provider } = await openSimulated();
    started.addFaults([{ fault, route: CREATE, reference: REFERENCE }]);
    expect((await provider.submit(payment())).kind).toBe('unknown');
    expect((await queryNow(provider))?.kind).toBe('not-found');
    expect((await provider.submit(payment(), true)).kind).toBe('pending');
    await started.idle();
    expect((await queryNow(provider))?.kind).toBe('paid');
    expect((await provider.submit(payment(), true)).kind).toBe('paid');
    expect(started.book()).toHaveLength(1);
  });

  it('is paid once, whatever happens to its requests and however often it is sent', async () => {
    const fault = fc.constantFrom<(Fault | null)[]>(null, ...LOST.map(([, one]) => one), { kind: 'throttle' });
    const { simulator: started, provider } = await openSimulated();
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fault, fault), { maxLength: 4 }), async (rounds) => {
        const one = payment({ reference: `PR0PERTY${String(++serial).padStart(12, '0')}` });
        const before = started.book().length;
        for (const [create, debit] of [...rounds, [null, null]]) {
          if (create !== null) started.addFaults([{ fault: create, route: CREATE, reference: one.reference }]);
          if (debit !== null) started.addFaults([{ fault: debit, route: DEBIT, reference: one.reference }]);
          const outcome = await provider.submit(one, true);
          expect(['unknown', 'pending', 'paid', 'throttled']).toContain(outcome.kind);
        }
        // What the last, quiet rounds are for: scripted faults that had no turn yet have it now.
        for (let quiet = 0; quiet < 8; quiet++) await provider.submit(one, true);
        await started.idle();
        expect((await provider.query?.(one, known))?.kind).toBe('paid');
        expect(started.book().slice(before)).toMatchObject([{ amountMinor: one.amountMinor }]);
      }),
      { numRuns: 25 },
    );
    const { faults } = started.stats();
    expect(Object.values(faults).reduce((sum, times) => sum + times, 0)).toBeGreaterThan(20);
  });

  it('that is not funded within the hour has failed, and is not funded afterwards', async () => {
    const { simulator: started, provider, clock } = await openSimulated();
    started.addFaults([{ fault: { kind: 'drop-before-booking' }, route: DEBIT }]);
    expect((await provider.submit(payment())).kind).toBe('unknown');
    clock.ahead = 3_600_001;
    expect((await provider.submit(payment(), true)).kind).toBe('failed');
    expect(await queryNow(provider)).toMatchObject({ kind: 'failed', evidence: { code: 'canceled' } });
    expect(started.book()).toEqual([]);
  });

  it.each([
    ['is stuck and unknown', { stuckEnding: '00' }, 'unknown'],
    ['is stuck, has paid and is unknown', { stuckEnding: '00', stuckPaid: true }, 'unknown'],
    ['is an exception and unknown', { exceptionEnding: '00' }, 'unknown'],
    ['is overpaid, and paid', { overpaidEnding: '00' }, 'paid'],
  ])('that %s', async (_what, settings, kind) => {
    const { simulator: started, provider } = await openSimulated(settings);
    await provider.submit(payment());
    await started.idle();
    expect((await queryNow(provider))?.kind).toBe(kind);
  });
});

describe('a recipient', () => {
  const at = (account: string) => payment({ destination: { kind: 'bank', code: '058', account } });
  const queried = (provider: Provider, account: string, ageMs = 0) =>
    provider.query?.(at(account), { ...known, sentAt: Date.now() - ageMs });

  it.each([
    ['3', '1234567808', false],
    ['416', '1234567819', true],
    ['511', '1234567871', true],
  ])('in trouble %s is cancelled at once only where a retry will not help', async (code, account, isDue) => {
    const { simulator: started, provider } = await openSimulated({}, { fail_fast: true });
    await provider.submit(at(account));
    await started.idle();
    const result = await queried(provider, account);
    expect(result?.evidence.reason).toContain(`(${code} `);
    expect(result !== undefined && 'cancelDue' in result).toBe(isDue);
    expect(await queried(provider, account, 86_400_000)).toMatchObject({ kind: 'pending', cancelDue: true });
  });

  it('in trouble that is paid after all is paid, cancelled or not', async () => {
    const { simulator: started, provider } = await openSimulated({ lateSuccessMs: 5 });
    await provider.submit(at('1234567808'));
    await started.idle();
    expect((await queried(provider, '1234567808'))?.kind).toBe('paid');
    expect((await provider.cancel?.(at('1234567808'), known))?.kind).toBe('paid');
    expect(started.book()).toHaveLength(1);
  });
});
