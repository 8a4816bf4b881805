import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { destinationText } from '../../src/domain/destination.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import type { Provider } from '../../src/providers/port.ts';
import type { ProviderHarness } from './harness.ts';
import { hiddenPart, Stage } from './stage.ts';

export type { Mishap, ProviderHarness, Rehearsed, RehearsalSetting } from './harness.ts';

/** The promises of the provider port, tried over real HTTP. The same cases for every adapter. */
export function providerConformance(name: string, harness: ProviderHarness): void {
  describe(`${name} keeps the provider's promises`, () => {
    const stage = new Stage(harness);
    afterEach(() => stage.strike());

    it.each(harness.destinations.map((sample) => [sample.destination.kind, sample] as const))(
      'a %s payment that is accepted is booked once, as it was asked for',
      async (_kind, { destination, accepted, ends, details = {} }) => {
        const { provider, rehearsed } = await stage.set();
        const amountMinor = ends === undefined ? 1_250_50n : stage.roundAmount(1_250_00n);
        const payment = stage.payment({ destination, amountMinor, details });
        const outcome = await payOne(provider, payment);
        expect([outcome.kind, outcome.evidence.reason]).toEqual([accepted, expect.any(String)]);
        if (ends !== undefined) {
          const end = await stage.settled(provider, payment);
          expect([end.kind, end.evidence.reason]).toEqual([ends, expect.any(String)]);
        }
        expect(stage.knownOf(payment).providerReference).toMatch(/\S/);
        expect(rehearsed.book()).toMatchObject([{ destination: destinationText(destination), amountMinor }]);
      },
    );

    it('moves exactly the amounts that were asked for', async () => {
      const { provider, rehearsed } = await stage.set();
      const sample = harness.destinations[0];
      const step = harness.amountMinorStep ?? 1n;
      const [min, max] = [(harness.amountMinorMin ?? 1n) / step, harness.amountMinorMax / step];
      const examples = [1n, 10n, 29n, 1_00n, 1_10n, max].filter((units) => units >= min && units <= max);
      await fc.assert(
        fc.asyncProperty(fc.bigInt({ min, max }), async (units) => {
          const amountMinor = units * step;
          const before = rehearsed.book().length;
          const payment = stage.payment({ amountMinor });
          const outcome = await payOne(provider, payment);
          expect([outcome.kind, outcome.evidence.reason]).toEqual([sample?.accepted, expect.any(String)]);
          if (sample?.ends !== undefined) expect((await stage.settled(provider, payment)).kind).toBe(sample.ends);
          expect(rehearsed.book().slice(before)).toMatchObject([{ amountMinor }]);
        }),
        { numRuns: sample?.ends === undefined ? 200 : 40, examples: examples.map((units): [bigint] => [units]) },
      );
    });

    it('a payment that is refused for its data has failed, and nothing moved', async () => {
      const { provider, rehearsed } = await stage.set();
      const payment = stage.payment(harness.refused);
      const outcome = await payOne(provider, payment);
      const end = outcome.kind === 'pending' ? await stage.settled(provider, payment) : outcome;
      expect([end.kind, end.evidence.reason]).toEqual(['failed', expect.any(String)]);
      expect(rehearsed.book()).toEqual([]);
    });

    it('a payment that is turned away for haste moved nothing, waits as long as it was told to and is paid then', async () => {
      const { provider, rehearsed } = await stage.set();
      const payment = stage.payment(harness.throttled);
      if (harness.throttled === undefined) {
        await provider.prepare();
        rehearsed.mishap('throttled');
      }
      const first = await payOne(provider, payment);
      if (first.kind !== 'throttled') throw new Error(`was ${first.kind}: ${first.evidence.reason}`);
      // Where the provider does not say how long, the run backs off by itself.
      if (first.waitMs !== undefined) expect(first.waitMs).toBeGreaterThan(0);
      expect(first.waitMs ?? 0).toBeLessThanOrEqual(120_000);
      expect(rehearsed.book()).toEqual([]);
      expect(await payOne(provider, payment)).toMatchObject({ kind: harness.destinations[0]?.accepted });
      await rehearsed.idle?.();
      expect(rehearsed.book()).toHaveLength(1);
    });

    const lost = [
      ['dropped-before-booking', 0],
      ['dropped-after-booking', 1],
      ['server-error', 0],
      ['server-error-after-booking', 1],
      ['unreadable', 1],
      ['cut-short', 1],
      ['unlisted-status', 1],
    ] as const;

    it.each(lost)('an answer that is %s leaves the payment unknown, after one request', async (mishap, usual) => {
      const { provider, rehearsed, requests } = await stage.set();
      const payment = stage.payment();
      await provider.prepare();
      const before = requests();
      rehearsed.mishap(mishap);
      const outcome = await provider.submit(payment);
      stage.heard(outcome, payment);
      const { kind = 'unknown', booked = usual } = harness.mishaps?.[mishap] ?? {};
      expect([outcome.kind, outcome.evidence.reason]).toEqual([kind, expect.any(String)]);
      expect(requests() - before).toBeLessThanOrEqual(harness.requestsPerPayout ?? 1);
      await rehearsed.idle?.();
      expect(rehearsed.book()).toHaveLength(booked);
      const step = harness.definition.manualCheck?.(payment, 'unknown', harness.options);
      if (step !== undefined) {
        expect(step).toContain(payment.reference);
        expect(step).not.toContain(hiddenPart(payment.destination));
      }
    });

    if (harness.definition.polling !== undefined) {
      it.each(lost)('an answer that was %s is found out by asking, whatever callbacks say', async (mishap, usual) => {
        const { provider, rehearsed } = await stage.set();
        const payment = stage.payment();
        await provider.prepare();
        rehearsed.mishap(mishap);
        stage.heard(await provider.submit(payment), payment);
        await rehearsed.idle?.();
        const { booked = usual } = harness.mishaps?.[mishap] ?? {};
        const inquiry = await stage.ask(provider, payment);
        expect([inquiry.kind, inquiry.evidence.reason]).toEqual([
          booked === 1 ? 'paid' : 'not-found',
          expect.any(String),
        ]);
        if (provider.resend(payment).kind === 'never') return;
        // Presented again with its reference: paid now if it had not been, and never twice.
        const again = await provider.submit(payment, true);
        stage.heard(again, payment);
        if (booked === 1) expect(['unknown', 'pending', 'paid']).toContain(again.kind);
        if (again.kind !== 'paid') expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'paid' });
        expect(rehearsed.book()).toHaveLength(1);
      });
    }

    if (harness.definition.callbacks !== undefined) {
      it.each(['callback-lost', 'callback-twice', 'callback-early', 'callback-forged'] as const)(
        'a payout is found to be paid, once, when what comes is: %s',
        async (mishap) => {
          const { provider, rehearsed } = await stage.set();
          const payment = stage.payment();
          await provider.prepare();
          rehearsed.mishap(mishap);
          stage.heard(await provider.submit(payment), payment);
          if (mishap === 'callback-lost') {
            // Before anything is asked: answers to questions may come by callback too.
            await rehearsed.idle?.();
            expect((await stage.readings()).filter((one) => one.kind === 'report')).toEqual([]);
          }
          expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'paid' });
          await rehearsed.idle?.();
          const read = await stage.readings();
          if (mishap !== 'callback-lost')
            expect(read.length).toBeGreaterThan(mishap === 'callback-twice' || mishap === 'callback-forged' ? 1 : 0);
          // Nothing that came may be believed to say that a paid payment was not paid.
          for (const one of read) if (one.kind === 'report') expect(one.report.kind).not.toBe('failed');
          expect(rehearsed.book()).toHaveLength(1);
        },
      );

      it('nothing that does not come from the provider is believed', async () => {
        const { provider, rehearsed } = await stage.set();
        const payment = stage.payment();
        await payOne(provider, payment);
        await stage.settled(provider, payment);
        await rehearsed.idle?.();
        for (const heard of stage.inbox()) {
          const twisted = Buffer.from(Buffer.from(heard.body).toString().replaceAll(payment.reference, 'X'.repeat(20)));
          const headers = { ...heard.headers, signature: 'AAAA', 'authorization-signature': 'ab'.repeat(64) };
          const reading = await stage.read({ segment: 'r-00-00', headers, body: twisted });
          expect(reading.kind).not.toBe('report');
        }
      });
    }

    it('says that it can be asked where it can, and only there', async () => {
      const { provider } = await stage.set();
      expect(provider.query !== undefined).toBe(harness.definition.polling !== undefined);
    });

    if (harness.hasToken !== false) {
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
        await rehearsed.idle?.();
        expect(rehearsed.book()).toHaveLength(5);
      });
    }

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
      const payment = stage.payment();
      const outcome = await payOne(provider, payment);
      if (outcome.kind === 'pending') {
        expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'failed', stopsAccount: true });
      } else {
        expect([outcome.kind, outcome.evidence.reason]).toEqual(['stop', expect.any(String)]);
      }
      expect(rehearsed.book()).toEqual([]);
    });

    it('a provider that cannot be reached was sent nothing', async () => {
      const { provider } = await stage.set();
      // The host goes away after the token was fetched, so that it is the payout that finds nobody.
      await provider.prepare();
      await stage.unplug();
      const payment = stage.payment();
      const outcome = await provider.submit(payment);
      stage.heard(outcome, payment);
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

    async function payOne(provider: Provider, payment: PaymentInstruction): Promise<Outcome> {
      const readiness = await provider.prepare();
      expect(readiness).toEqual({ kind: 'ready' });
      const outcome = await provider.submit(payment);
      stage.heard(outcome, payment);
      return outcome;
    }
  });
}
