import { describe, expect, it } from 'vitest';
import { paymentDigest } from '../../../src/domain/payment.ts';
import { paymentReference } from '../../../src/domain/reference.ts';
import type { Bench } from '../conformance.ts';
import { all, BY, START, pages, payment, payments, registration } from '../sample.ts';

export function registrationCases({ ledger }: Bench): void {
  describe('registering', () => {
    it('keeps the batch and every payment as they were given', async () => {
      const bank = payment(2, {
        destination: { kind: 'bank', code: '015', account: '00/12' },
        details: { iban: 'x', 'odd "name"': 'é' },
        cells: ['=1+1', '', 'a\nb'],
      });
      const batch = registration('november', [payment(1), bank]);
      expect(await ledger().register(batch)).toEqual({ kind: 'registered' });
      expect(await ledger().batch('november')).toEqual({
        ...batch.summary,
        registeredAt: START,
        isTimeTrusted: true,
        revision: 0,
        organisation: 'acme-ke',
        providers: batch.providers,
      });
      expect((await all(ledger()))[1]).toEqual({
        ...bank,
        batch: 'november',
        isCancelledByPerson: false,
        provider: 'sellapay',
        digest: paymentDigest(bank),
        status: 'planned',
        reference: paymentReference('acme-ke', 'november', 'emp-2', 1),
        generation: 1,
        attempts: 0,
        code: '',
        reason: '',
        providerReference: '',
        receipt: '',
        requestId: '',
        feeMinor: null,
        sentAt: null,
        settledAt: null,
        place: null,
      });
    });

    it('says what stands under an id that is taken, and leaves it alone', async () => {
      await ledger().register(registration('november', payments(2)));
      const again = await ledger().register(registration('november', payments(5), { by: BY }));
      expect(again).toMatchObject({ kind: 'exists', record: { count: 2 } });
      expect(await all(ledger())).toHaveLength(2);
    });

    it('leaves nothing when the pages throw, and lets their error pass', async () => {
      const broken = new Error('line 102 cannot be read');
      const throwing = async function* () {
        yield* pages(payments(100));
        await Promise.reject(broken);
      };
      const batch = registration('november', payments(200), { payments: throwing() });
      await expect(ledger().register(batch)).rejects.toBe(broken);
      expect(await ledger().batch('november')).toBeNull();
      expect(await ledger().register(registration('november', payments(3)))).toEqual({ kind: 'registered' });
      expect(await all(ledger())).toHaveLength(3);
    });

    it('refuses pages that are not the batch that was summed up', async () => {
      const short = registration('november', payments(5), { payments: pages(payments(4)) });
      await expect(ledger().register(short)).rejects.toThrow('5 payments, but 4');
      expect(await ledger().batch('november')).toBeNull();
    });

    it('shows nothing of a registration that is under way, and lets other writers wait for its end', async () => {
      let finish = (): void => undefined;
      const waiting = new Promise<void>((resolve) => (finish = resolve));
      let reached = (): void => undefined;
      const half = new Promise<void>((resolve) => (reached = resolve));
      const slow = async function* () {
        yield payments(2).slice(0, 1);
        reached();
        await waiting;
        yield payments(2).slice(1);
      };
      const first = ledger().register(registration('november', payments(2), { payments: slow() }));
      await half;
      const order: string[] = [];
      const other = ledger()
        .spend({ key: 'k', lock: null, rates: [], at: START })
        .then(() => order.push('spend'));
      expect(await ledger().batch('november')).toBeNull();
      expect(await ledger().byReference(paymentReference('acme-ke', 'november', 'emp-1', 1))).toBeNull();
      void first.then(() => order.push('register'));
      finish();
      await Promise.all([first, other]);
      expect(order).toEqual(['register', 'spend']);
    });
  });
}
