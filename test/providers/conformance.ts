import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { destinationText } from '../../src/domain/destination.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import type { Provider } from '../../src/providers/port.ts';
import type { ProviderHarness } from './harness.ts';
import { hiddenPart, Stage } from './stage.ts';

/** The promises of the provider port, tried over real HTTP. The same cases for every adapter. */
export function providerConformance(name: string, harness: ProviderHarness): void {
  describe(`${name} keeps the provider's promises`, () => {
    const stage = new Stage(harness);
    afterEach(() => stage.finish());

    it.each(harness.destinations.map((sample) => [sample.destination.kind, sample] as const))(
      'a %s payment that is accepted is booked once, as it was sent',
      async (_kind, { destination, accepted, ends, details = {} }) => {
        const { provider, simulation } = await stage.start();
        const amountMinor = ends === undefined ? 1_250_50n : stage.roundAmount(1_250_00n);
        const payment = stage.payment({ destination, amountMinor, details });
        const outcome = await payOne(provider, payment);
        expect([outcome.kind, outcome.evidence.reason]).toEqual([accepted, expect.any(String)]);
        if (ends !== undefined) {
          const end = await stage.settled(provider, payment);
          expect([end.kind, end.evidence.reason]).toEqual([ends, expect.any(String)]);
        }
        expect(stage.knownOf(payment).providerReference).toMatch(/\S/);
        expect(simulation.book()).toMatchObject([{ destination: destinationText(destination), amountMinor }]);
      },
    );

    it('moves exactly the amounts that were sent', async () => {
      const { provider, simulation } = await stage.start();
      const sample = harness.destinations[0];
      const step = harness.amountMinorStep ?? 1n;
      const [min, max] = [(harness.amountMinorMin ?? 1n) / step, harness.amountMinorMax / step];
      const examples = [1n, 10n, 29n, 1_00n, 1_10n, max].filter((units) => units >= min && units <= max);
      await fc.assert(
        fc.asyncProperty(fc.bigInt({ min, max }), async (units) => {
          const amountMinor = units * step;
          const before = simulation.book().length;
          const payment = stage.payment({ amountMinor });
          const outcome = await payOne(provider, payment);
          expect([outcome.kind, outcome.evidence.reason]).toEqual([sample?.accepted, expect.any(String)]);
          if (sample?.ends !== undefined) expect((await stage.settled(provider, payment)).kind).toBe(sample.ends);
          expect(simulation.book().slice(before)).toMatchObject([{ amountMinor }]);
        }),
        { numRuns: sample?.ends === undefined ? 200 : 40, examples: examples.map((units): [bigint] => [units]) },
      );
    });

    it('a payment that is refused for its data has failed, and no money moved', async () => {
      const { provider, simulation } = await stage.start();
      const payment = stage.payment(harness.refused);
      const outcome = await payOne(provider, payment);
      const end = outcome.kind === 'pending' ? await stage.settled(provider, payment) : outcome;
      expect([end.kind, end.evidence.reason]).toEqual(['failed', expect.any(String)]);
      expect(simulation.book()).toEqual([]);
    });

    it('a payment that is rate limited moves no money, waits as long as the answer asks for and is paid then', async () => {
      const { provider, simulation } = await stage.start();
      const payment = stage.payment(harness.throttled);
      if (harness.throttled === undefined) {
        await provider.prepare();
        simulation.injectFault('throttled');
      }
      const first = await payOne(provider, payment);
      if (first.kind !== 'throttled') throw new Error(`was ${first.kind}: ${first.evidence.reason}`);
      // Where the provider does not say how long, the run backs off by itself.
      if (first.waitMs !== undefined) expect(first.waitMs).toBeGreaterThan(0);
      expect(first.waitMs ?? 0).toBeLessThanOrEqual(120_000);
      expect(simulation.book()).toEqual([]);
      expect(await payOne(provider, payment)).toMatchObject({ kind: harness.destinations[0]?.accepted });
      await simulation.idle?.();
      expect(simulation.book()).toHaveLength(1);
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

    it.each(lost)('an answer that is %s leaves the payment unknown, after one request', async (fault, usual) => {
      const { provider, simulation, requests } = await stage.start();
      const payment = stage.payment();
      await provider.prepare();
      const before = requests();
      simulation.injectFault(fault);
      const outcome = await provider.submit(payment);
      stage.check(outcome, payment);
      const { kind = 'unknown', booked = usual } = harness.faults?.[fault] ?? {};
      expect([outcome.kind, outcome.evidence.reason]).toEqual([kind, expect.any(String)]);
      expect(requests() - before).toBeLessThanOrEqual(harness.requestsPerPayout ?? 1);
      await simulation.idle?.();
      expect(simulation.book()).toHaveLength(booked);
      const step = harness.definition.manualCheck?.(payment, 'unknown', harness.options);
      if (step !== undefined) {
        expect(step).toContain(payment.reference);
        expect(step).not.toContain(hiddenPart(payment.destination));
      }
    });

    if (harness.definition.polling !== undefined) {
      it.each(lost)(
        'a query says what became of a payment whose answer was %s, whatever callbacks say',
        async (fault, usual) => {
          const { provider, simulation } = await stage.start();
          const payment = stage.payment();
          await provider.prepare();
          simulation.injectFault(fault);
          stage.check(await provider.submit(payment), payment);
          await simulation.idle?.();
          const { booked = usual } = harness.faults?.[fault] ?? {};
          const answer = await stage.query(provider, payment);
          expect([answer.kind, answer.evidence.reason]).toEqual([
            booked === 1 ? 'paid' : 'not-found',
            expect.any(String),
          ]);
          if (provider.resend(payment).kind === 'never') return;
          // Sent again with the same reference: paid now if it had not been paid, and never twice.
          const resent = await provider.submit(payment, true);
          stage.check(resent, payment);
          if (booked === 1) expect(['unknown', 'pending', 'paid']).toContain(resent.kind);
          if (resent.kind !== 'paid') expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'paid' });
          expect(simulation.book()).toHaveLength(1);
        },
      );
    }

    if (harness.definition.callbacks !== undefined) {
      it.each(['callback-lost', 'callback-twice', 'callback-early', 'callback-forged'] as const)(
        'a payout is found to be paid, once, with a %s',
        async (fault) => {
          const { provider, simulation } = await stage.start();
          const payment = stage.payment();
          await provider.prepare();
          simulation.injectFault(fault);
          stage.check(await provider.submit(payment), payment);
          if (fault === 'callback-lost') {
            // Before any query: answers to queries may come by callback too.
            await simulation.idle?.();
            expect((await stage.parsedCallbacks()).filter((one) => one.kind === 'report')).toEqual([]);
          }
          expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'paid' });
          await simulation.idle?.();
          const read = await stage.parsedCallbacks();
          if (fault !== 'callback-lost')
            expect(read.length).toBeGreaterThan(fault === 'callback-twice' || fault === 'callback-forged' ? 1 : 0);
          // No callback may prove that a paid payment failed.
          for (const one of read) if (one.kind === 'report') expect(one.report.kind).not.toBe('failed');
          expect(simulation.book()).toHaveLength(1);
        },
      );

      it('a callback that the provider did not send proves nothing', async () => {
        const { provider, simulation } = await stage.start();
        const payment = stage.payment();
        await payOne(provider, payment);
        await stage.settled(provider, payment);
        await simulation.idle?.();
        for (const received of stage.receivedCallbacks()) {
          const twisted = Buffer.from(
            Buffer.from(received.body).toString().replaceAll(payment.reference, 'X'.repeat(20)),
          );
          const headers = { ...received.headers, signature: 'AAAA', 'authorization-signature': 'ab'.repeat(64) };
          const parsed = await stage.read({ segment: 'r-00-00', headers, body: twisted });
          expect(parsed.kind).not.toBe('report');
        }
      });
    }

    it('tells payers apart by what identifies them, and by no secret that may be renewed', () => {
      const { definition, options, currency, credentials } = harness;
      const payerOf = (changed: Readonly<Record<string, string>>): readonly string[] =>
        definition.payer({ currency, options, credentials: { ...credentials, ...changed } });
      const keys = definition.credentials.filter((name) => /(^|_)key$/.test(name) && !name.includes('public'));
      expect(keys.length).toBeGreaterThan(0);
      for (const name of keys) expect(payerOf({ [name]: 'another' })).not.toEqual(payerOf({}));
      const secrets = Object.keys(credentials).filter((name) => /secret|password|certificate|public/.test(name));
      for (const name of secrets) expect(payerOf({ [name]: 'another' })).toEqual(payerOf({}));
    });

    it('has a schedule of queries where it has a query, and only there', async () => {
      const { provider } = await stage.start();
      expect(provider.query !== undefined).toBe(harness.definition.polling !== undefined);
    });

    if (harness.hasToken !== false) {
      it('a token that ends during a run costs one answer and no money: parallel payments are paid once each', async () => {
        const { provider, simulation } = await stage.start();
        await payOne(provider, stage.payment());
        simulation.injectFault('token-expired');
        const payments = Array.from({ length: 4 }, () => stage.payment());
        const outcomes = await Promise.all(payments.map((payment) => provider.submit(payment)));
        const throttled = payments.filter((_payment, at) => outcomes[at]?.kind === 'throttled');
        expect(throttled.length).toBeGreaterThan(0);
        for (const outcome of outcomes) if (outcome.kind === 'throttled') expect(outcome.waitMs).toBe(0);
        for (const payment of throttled)
          expect((await payOne(provider, payment)).kind).toBe(harness.destinations[0]?.accepted);
        await simulation.idle?.();
        expect(simulation.book()).toHaveLength(5);
      });
    }

    it('credentials that are refused stop the account before a payout is sent, and name the setting', async () => {
      const { provider, simulation } = await stage.start({ credentials: 'unknown' });
      const readiness = await provider.prepare();
      if (readiness.kind !== 'stop') throw new Error(`was ${readiness.kind}`);
      stage.check(readiness);
      expect(readiness.evidence.reason).toContain('accounts.conformance.credentials');
      expect(simulation.book()).toEqual([]);
    });

    it('a balance that does not suffice stops the account, and no money moves', async () => {
      const { provider, simulation } = await stage.start({ balance: 'none' });
      const payment = stage.payment();
      const outcome = await payOne(provider, payment);
      if (outcome.kind === 'pending') {
        expect(await stage.settled(provider, payment)).toMatchObject({ kind: 'failed', stopsAccount: true });
      } else {
        expect([outcome.kind, outcome.evidence.reason]).toEqual(['stop', expect.any(String)]);
      }
      expect(simulation.book()).toEqual([]);
    });

    it('a payout to a provider that cannot be reached was not sent', async () => {
      const { provider } = await stage.start();
      // The host stops after the token was fetched, so that the payout finds no server.
      await provider.prepare();
      await stage.stopProvider();
      const payment = stage.payment();
      const outcome = await provider.submit(payment);
      stage.check(outcome, payment);
      expect(outcome.kind).toBe('not-sent');
    });

    it('a provider that cannot be reached at the start makes the account wait', async () => {
      const readiness = await (await stage.openUnreachable()).prepare();
      expect(readiness.kind).toBe('unreachable');
    });

    it('reads the balance in its own currency, where it has a balance', async () => {
      const { provider } = await stage.start();
      const balance = await provider.balance?.();
      if (balance !== undefined) expect(balance).toMatchObject({ kind: 'balance', currency: harness.currency });
    });

    async function payOne(provider: Provider, payment: PaymentInstruction): Promise<Outcome> {
      const readiness = await provider.prepare();
      expect(readiness).toEqual({ kind: 'ready' });
      const outcome = await provider.submit(payment);
      stage.check(outcome, payment);
      return outcome;
    }
  });
}
