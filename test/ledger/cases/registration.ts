import { describe, expect, it } from 'vitest';
import { copyFingerprint, paymentDigest } from '../../../src/domain/payment.ts';
import { paymentReference } from '../../../src/domain/reference.ts';
import type { Bench } from '../conformance.ts';
import { all, BY, START, one, pages, payment, payments, registration } from '../sample.ts';

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

  describe('looking for copies', () => {
    it('refuses a batch of which half stands in one other batch', async () => {
      await ledger().register(registration('october', payments(4)));
      const list = [payment(1), payment(2), payment(8), payment(9)];
      const half = await ledger().register(registration('november', list));
      expect(half).toEqual({ kind: 'copy', of: 'october', matches: 2 });
      expect(await ledger().batch('november')).toBeNull();
    });

    it('takes a batch of which less than half stands in each other batch', async () => {
      await ledger().register(registration('september', [payment(1)]));
      await ledger().register(registration('october', [payment(2)]));
      const list = [payment(1), payment(2), payment(3)];
      expect(await ledger().register(registration('november', list))).toEqual({ kind: 'registered' });
    });

    it('looks no further back than it is told, and not at all where a person allowed it', async () => {
      await ledger().register(registration('october', payments(4), { at: START - 5000 }));
      const later = registration('november', payments(4), { refuseCopiesSince: START - 4999 });
      expect(await ledger().register(later)).toEqual({ kind: 'registered' });
      const allowed = registration('december', payments(4), { refuseCopiesSince: null });
      expect(await ledger().register(allowed)).toEqual({ kind: 'registered' });
    });

    it('takes another amount, currency, destination or id for another payment', async () => {
      await ledger().register(registration('october', [payment(1)]));
      const others = [
        payment(1, { amountMinor: 1n }),
        payment(1, { currency: 'UGX', id: 'EMP-1' }),
        payment(1, { destination: { kind: 'till', till: '+254700000001' } }),
        payment(1, { id: 'EMP-2' }),
      ];
      for (const [index, other] of others.entries()) {
        expect(await ledger().register(registration(`b${index}`, [other]))).toEqual({ kind: 'registered' });
      }
      const renamed = payment(1, { id: 'emp-1', name: 'Other', narrative: 'Other', line: 77 });
      expect(await ledger().register(registration('same', [renamed]))).toMatchObject({ kind: 'copy', of: 'october' });
    });

    it('finds copies of single payments, however many are asked about', async () => {
      await ledger().register(registration('october', payments(1200)));
      const fingerprints = [...payments(1200), payment(5000)].map(copyFingerprint);
      const matches = await ledger().copies(fingerprints, START, 'november');
      expect(matches).toHaveLength(1200);
      expect(matches).toContainEqual({ fingerprint: copyFingerprint(payment(7)), batch: 'october', id: 'EMP-7' });
      expect(await ledger().copies(fingerprints, START, 'october')).toEqual([]);
      expect(await ledger().copies(fingerprints, START + 1, 'november')).toEqual([]);
      expect(await ledger().hasBatchesSince(START, 'november')).toBe(true);
      expect(await ledger().hasBatchesSince(START, 'october')).toBe(false);
      expect(await ledger().hasBatchesSince(START + 1, 'november')).toBe(false);
      expect((await one(ledger(), 'EMP-7', 'october')).line).toBe(8);
    });
  });
}
