import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import { destinationText, type Destination } from '../../src/domain/destination.ts';
import type { Meter } from '../../src/domain/limits.ts';
import type { Evidence, Outcome, OutcomeKind } from '../../src/domain/outcome.ts';
import type { Presentation } from '../../src/domain/payment.ts';
import type { Http } from '../../src/providers/http.ts';
import type { Provider, ProviderDefinition } from '../../src/providers/port.ts';
import { deadPort, openHttp } from './listeners.ts';

/** What the suite needs to try an adapter; a new provider brings this and nothing else. */
export interface ProviderHarness {
  readonly definition: ProviderDefinition;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly currency: string;
  /** Ordinary destinations, one of each kind and dialect that matters, and what an accepted payout to each is at once. */
  readonly destinations: readonly { readonly destination: Destination; readonly accepted: 'paid' | 'pending' }[];
  /** A payment that the provider refuses for its own data. */
  readonly refused: Partial<Presentation>;
  /** A payment that the provider turns away once for too many requests, saying how long to wait. */
  readonly throttled: Partial<Presentation>;
  /** Largest amount of the first destination that the exactness of amounts is tried with. */
  readonly amountMinorMax: bigint;
  start(setting: RehearsalSetting): Promise<Rehearsed>;
}

export interface RehearsalSetting {
  /** Enough for every case, or for none. */
  readonly balance: 'plenty' | 'none';
  /** Whether the harness's credentials are known there. */
  readonly credentials: 'known' | 'unknown';
}

/** A simulated provider on loopback. */
export interface Rehearsed {
  readonly endpoint: string;
  /** The money that moved. */
  book(): readonly { readonly reference: string; readonly destination: string; readonly amountMinor: bigint }[];
  /** What the next payout request meets. */
  mishap(mishap: Mishap): void;
  close(): Promise<void>;
}

export type Mishap =
  | 'dropped-before-booking'
  | 'dropped-after-booking'
  | 'server-error'
  | 'server-error-after-booking'
  | 'unreadable'
  | 'cut-short'
  | 'unlisted-status'
  | 'token-expired';

/** The promises of the provider port, tried over real HTTP. The same cases for every adapter. */
export function providerConformance(name: string, harness: ProviderHarness): void {
  describe(`${name} keeps the provider's promises`, () => {
    const stage = new Stage(harness);
    afterEach(() => stage.strike());

    it.each(harness.destinations.map((sample) => [sample.destination.kind, sample] as const))(
      'a %s payment that is accepted is booked once, as it was asked for',
      async (_kind, { destination, accepted }) => {
        const { provider, rehearsed } = await stage.set();
        const payment = stage.payment({ destination, amountMinor: 1_250_50n });
        const outcome = await payOne(provider, payment);
        expect(outcome.kind).toBe(accepted);
        expect(outcome.evidence.providerReference).toMatch(/\S/);
        expect(rehearsed.book()).toMatchObject([{ destination: destinationText(destination), amountMinor: 1_250_50n }]);
      },
    );

    it('moves exactly the amounts that were asked for', async () => {
      const { provider, rehearsed } = await stage.set();
      await fc.assert(
        fc.asyncProperty(fc.bigInt({ min: 1n, max: harness.amountMinorMax }), async (amountMinor) => {
          const before = rehearsed.book().length;
          const outcome = await payOne(provider, stage.payment({ amountMinor }));
          expect([outcome.kind, outcome.evidence.reason]).toEqual([
            harness.destinations[0]?.accepted,
            expect.any(String),
          ]);
          expect(rehearsed.book().slice(before)).toMatchObject([{ amountMinor }]);
        }),
        { numRuns: 200, examples: [[1n], [10n], [29n], [1_00n], [1_10n], [harness.amountMinorMax]] },
      );
    });

    it('a payment that is refused for its data has failed, and nothing moved', async () => {
      const { provider, rehearsed } = await stage.set();
      expect((await payOne(provider, stage.payment(harness.refused))).kind).toBe('failed');
      expect(rehearsed.book()).toEqual([]);
    });

    it('a payment that is turned away for haste moved nothing, waits as long as it was told to and is paid then', async () => {
      const { provider, rehearsed } = await stage.set();
      const payment = stage.payment(harness.throttled);
      const first = await payOne(provider, payment);
      if (first.kind !== 'throttled') throw new Error(`was ${first.kind}`);
      expect(first.waitMs).toBeGreaterThan(0);
      expect(first.waitMs).toBeLessThanOrEqual(120_000);
      expect(rehearsed.book()).toEqual([]);
      expect(await payOne(provider, payment)).toMatchObject({ kind: harness.destinations[0]?.accepted });
      expect(rehearsed.book()).toHaveLength(1);
    });

    it.each([
      ['dropped-before-booking', 0],
      ['dropped-after-booking', 1],
      ['server-error', 0],
      ['server-error-after-booking', 1],
      ['unreadable', 1],
      ['cut-short', 1],
      ['unlisted-status', 1],
    ] as const)('an answer that is %s leaves the payment unknown, after one request', async (mishap, booked) => {
      const { provider, rehearsed, requests } = await stage.set();
      const payment = stage.payment();
      await provider.prepare();
      const before = requests();
      rehearsed.mishap(mishap);
      const outcome = await provider.submit(payment);
      stage.heard(outcome);
      expect(outcome.kind).toBe('unknown');
      expect([requests() - before, rehearsed.book().length]).toEqual([1, booked]);
      const step = harness.definition.lookFor?.(payment, 'unknown', harness.options);
      if (step !== undefined) {
        expect(step).toContain(payment.reference);
        expect(step).not.toContain(hiddenPart(payment.destination));
      }
    });

    it('a token that dies in mid-run costs one answer and no money: parallel payments are paid once each', async () => {
      const { provider, rehearsed } = await stage.set();
      await payOne(provider, stage.payment());
      rehearsed.mishap('token-expired');
      const payments = Array.from({ length: 4 }, () => stage.payment());
      const outcomes = await Promise.all(payments.map((payment) => provider.submit(payment)));
      const dead = payments.filter((_payment, at) => outcomes[at]?.kind === 'throttled');
      expect(dead.length).toBeGreaterThan(0);
      for (const outcome of outcomes) if (outcome.kind === 'throttled') expect(outcome.waitMs).toBe(0);
      for (const payment of dead)
        expect((await payOne(provider, payment)).kind).toBe(harness.destinations[0]?.accepted);
      expect(rehearsed.book()).toHaveLength(5);
    });

    it('credentials that are refused stop the account before anything is asked for, and name the setting', async () => {
      const { provider, rehearsed } = await stage.set({ credentials: 'unknown' });
      const readiness = await provider.prepare();
      if (readiness.kind !== 'stop') throw new Error(`was ${readiness.kind}`);
      stage.heard(readiness);
      expect(readiness.evidence.reason).toContain('accounts.conformance.credentials');
      expect(rehearsed.book()).toEqual([]);
    });

    it('a balance that does not suffice stops the account, and nothing moved', async () => {
      const { provider, rehearsed } = await stage.set({ balance: 'none' });
      expect((await payOne(provider, stage.payment())).kind).toBe('stop');
      expect(rehearsed.book()).toEqual([]);
    });

    it('a provider that cannot be reached was sent nothing', async () => {
      const { provider } = await stage.set();
      // The host goes away after the token was fetched, so that it is the payout that finds nobody.
      await provider.prepare();
      await stage.unplug();
      const outcome = await provider.submit(stage.payment());
      stage.heard(outcome);
      expect(outcome.kind).toBe('not-sent');
    });

    it('a provider that cannot be reached at the start makes the account wait', async () => {
      const readiness = await (await stage.nowhere()).prepare();
      expect(readiness.kind).toBe('unreachable');
    });

    it('tells the balance exactly, where it can', async () => {
      const { provider } = await stage.set();
      const balance = await provider.balance?.();
      if (balance !== undefined) expect(balance).toMatchObject({ kind: 'balance', currency: harness.currency });
    });

    async function payOne(provider: Provider, payment: Presentation): Promise<Outcome> {
      const readiness = await provider.prepare();
      expect(readiness).toEqual({ kind: 'ready' });
      const outcome = await provider.submit(payment);
      stage.heard(outcome);
      return outcome;
    }
  });
}

/** What happens around one case: the rehearsal, an HTTP that counts, and all that was said, which may hold no secret. */
class Stage {
  private readonly harness: ProviderHarness;
  private rehearsed: Rehearsed | null = null;
  private serial = 0;
  private requests = 0;
  private said: string[] = [];
  private secrets = new Set<string>();

  constructor(harness: ProviderHarness) {
    this.harness = harness;
  }

  async set(
    setting: Partial<RehearsalSetting> = {},
  ): Promise<{ provider: Provider; rehearsed: Rehearsed; requests: () => number }> {
    const rehearsed = await this.harness.start({ balance: 'plenty', credentials: 'known', ...setting });
    this.rehearsed = rehearsed;
    return { provider: this.open(rehearsed.endpoint), rehearsed, requests: () => this.requests };
  }

  async nowhere(): Promise<Provider> {
    return this.open(`http://127.0.0.1:${await deadPort()}`);
  }

  async unplug(): Promise<void> {
    await this.rehearsed?.close();
  }

  payment(more: Partial<Presentation> = {}): Presentation {
    const [sample] = this.harness.destinations;
    if (sample === undefined) throw new Error('a harness has at least one destination');
    const serial = String(++this.serial).padStart(4, '0');
    const payment = {
      reference: `C0NF0RMANCE00000${serial}`,
      batch: 'conformance',
      id: `EMP-${serial}`,
      name: 'Amina Otieno',
      destination: sample.destination,
      amountMinor: 100_00n,
      currency: this.harness.currency,
      narrative: 'March stipend',
      details: {},
      ...more,
    };
    this.secrets.add(hiddenPart(payment.destination));
    return payment;
  }

  heard(said: { readonly kind: OutcomeKind | 'unreachable'; readonly evidence: Evidence }): void {
    this.said.push(JSON.stringify(said.evidence));
    expect(said.evidence.code).toMatch(/^\S{1,40}$/);
    expect(said.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  }

  async strike(): Promise<void> {
    await this.rehearsed?.close();
    for (const text of this.said) for (const secret of this.secrets) expect(text).not.toContain(secret);
    this.rehearsed = null;
    this.requests = 0;
    this.said = [];
    this.secrets = new Set();
  }

  private open(endpoint: string): Provider {
    const { definition, credentials, options, currency } = this.harness;
    for (const secret of Object.values(credentials)) this.secrets.add(secret);
    return definition.open({
      account: 'conformance',
      currency,
      endpoint,
      credentials,
      options,
      http: this.counted(openHttp()),
      clock,
      meter,
    });
  }

  private counted(http: Http): Http {
    return {
      send: (request) => {
        this.requests++;
        const token = request.headers['Authorization']?.split(' ').at(-1);
        if (token !== undefined) this.secrets.add(token);
        return http.send(request);
      },
      close: () => http.close(),
    };
  }
}

/** Real time, except that nobody waits. */
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };

const meter: Meter = { spend: (_budget, call) => call(), notice: () => undefined };

function hiddenPart(destination: Destination): string {
  switch (destination.kind) {
    case 'mobile':
      return destination.phone.slice(-9);
    case 'bank':
    case 'paybill':
      return destination.account;
    case 'wallet':
      return destination.wallet;
    case 'till':
      return destination.till;
  }
}
