import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../src/domain/payment.ts';
import { paymentReference } from '../../../src/domain/reference.ts';
import type { AmendResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { all, answer, BY, claimOne, lockedAccount, one, payment, payments, registration, START } from '../sample.ts';

export function amendmentCases({ ledger }: Bench): void {
  const amend = (list: readonly Payment[]): Promise<AmendResult> => ledger().amend(registration('november', list));

  describe('amending', () => {
    it('adds payments, changes those that were never sent, and lets lines and cells follow the new file', async () => {
      await ledger().register(registration('november', payments(3)));
      const list = [
        payment(4),
        payment(1, { line: 9, cells: ['new'] }),
        payment(2, { amountMinor: 5n, account: 'other', destination: { kind: 'till', till: '8' } }),
        payment(3),
      ];
      expect(await amend(list)).toEqual({ kind: 'amended', added: 1, changed: 1 });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ line: 9, cells: ['new'], status: 'planned' });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({
        amountMinor: 5n,
        account: 'other',
        provider: 'pesaway',
        destination: { kind: 'till', till: '8' },
        reference: paymentReference('acme-ke', 'november', 'emp-2', 1),
      });
      expect(await one(ledger(), 'EMP-4')).toMatchObject({ status: 'planned', generation: 1 });
      expect(await ledger().batch('november')).toMatchObject({
        count: 4,
        digest: registration('x', list).summary.digest,
      });
    });

    it('refuses the whole of it where a payment that was sent differs, or one is missing', async () => {
      await ledger().register(registration('november', payments(4)));
      const hold = await lockedAccount(ledger());
      await ledger().record(answer(await claimOne(ledger(), hold), 'planned'));
      const before = await ledger().batch('november');
      const list = [payment(1, { amountMinor: 7n }), payment(2, { amountMinor: 7n }), payment(9)];
      expect(await amend(list)).toEqual({ kind: 'refused', sent: ['EMP-1'], missing: ['EMP-3', 'EMP-4'] });
      expect(await ledger().batch('november')).toEqual(before);
      expect((await all(ledger())).map((found) => found.amountMinor)).toEqual(payments(4).map((p) => p.amountMinor));
    });

    it('refuses changes of what is under way, and takes changes of what never left', async () => {
      await ledger().register(registration('november', payments(2)));
      const hold = await lockedAccount(ledger());
      const first = await claimOne(ledger(), hold);
      const changed = payment(1, { amountMinor: 7n });
      expect(await amend([changed, payment(2)])).toEqual({ kind: 'refused', sent: ['EMP-1'], missing: [] });
      await ledger().record(answer(first, 'planned', { left: false }));
      expect(await amend([changed, payment(2)])).toEqual({ kind: 'amended', added: 0, changed: 1 });
      expect((await claimOne(ledger(), hold)).instruction.amountMinor).toBe(7n);
    });

    it('is found by its new content when copies are looked for', async () => {
      await ledger().register(registration('november', payments(1)));
      await amend([payment(1, { amountMinor: 7n })]);
      expect(await ledger().register(registration('december', payments(1)))).toEqual({ kind: 'registered' });
      const copy = registration('january', [payment(1, { amountMinor: 7n })]);
      expect(await ledger().register(copy)).toMatchObject({ kind: 'copy', of: ['november'] });
    });

    it('refuses what is half or more a copy of one other batch, unless a person allowed it', async () => {
      await ledger().register(registration('october', [payment(8), payment(9)]));
      await ledger().register(registration('november', [payment(1), payment(8, { amountMinor: 7n })]));
      const before = await ledger().batch('november');
      // One changed, two added; what stays as it was counts on neither side.
      const list = [payment(1), payment(8), payment(9), payment(10)];
      expect(await amend(list)).toEqual({ kind: 'copy', of: ['october'], matches: 2 });
      expect(await ledger().batch('november')).toEqual(before);
      expect(await all(ledger())).toHaveLength(2);
      expect(await amend([payment(1), payment(8), payment(10), payment(11)])).toMatchObject({ kind: 'amended' });
      const allowed = registration('november', [...list, payment(11)], { refuseCopiesSince: null });
      expect(await ledger().amend(allowed)).toEqual({ kind: 'amended', added: 1, changed: 0 });
    });

    it('needs the batch', async () => {
      await expect(amend(payments(1))).rejects.toMatchObject({ name: 'LedgerError', fault: 'missing' });
    });
  });

  describe('other times', () => {
    it('are those of the batch from then on, with what a person says about them; its payments stay', async () => {
      const batch = registration('november', payments(2));
      await ledger().register(batch);
      const before = await ledger().batch('november');
      const change = { batch: 'november', notBefore: 5, notAfter: 9, at: START + 1, by: BY };
      await ledger().changeTimes(change);
      const header = { ...batch.summary.header, notBefore: 5, notAfter: 9 };
      expect(await ledger().batch('november')).toEqual({ ...before, header, revision: 1 });
      expect((await all(ledger())).map(({ status }) => status)).toEqual(['planned', 'planned']);
      const override = { flag: 'allow-late', ids: [], by: 'wanjiku', because: 'the bank was closed', at: 7 } as const;
      await ledger().changeTimes({ ...change, notAfter: null, override });
      expect((await ledger().batch('november'))?.header).toEqual({
        ...header,
        notAfter: null,
        overrides: [override],
      });
      await expect(ledger().changeTimes({ ...change, batch: 'december' })).rejects.toMatchObject({ fault: 'missing' });
    });
  });
}
