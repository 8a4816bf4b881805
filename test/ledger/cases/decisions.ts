import { describe, expect, it } from 'vitest';
import { paymentReference } from '../../../src/domain/reference.ts';
import type { Decision } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import {
  all,
  answer,
  BY,
  claim,
  claimOne,
  lockedAccount,
  START,
  one,
  payment,
  payments,
  registration,
} from '../sample.ts';

export function decisionCases({ ledger }: Bench): void {
  describe('retrying', () => {
    it('plans failed payments again, with a new generation and reference, and no others', async () => {
      await ledger().register(registration('november', payments(4)));
      const lock = await lockedAccount(ledger());
      const claims = await claim(ledger(), lock, 3);
      const ends = ['failed', 'unknown', 'failed'] as const;
      for (const [index, claimed] of claims.entries()) await ledger().record(answer(claimed, ends[index] ?? 'paid'));
      expect(
        await ledger().retry({
          batch: 'november',
          idKeys: ['emp-1', 'emp-2', 'emp-9'],
          accounts: ['demo'],
          at: START,
          by: BY,
        }),
      ).toBe(1);
      expect((await all(ledger())).map((found) => found.status)).toEqual(['planned', 'unknown', 'failed', 'planned']);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        generation: 2,
        reference: paymentReference('acme-ke', 'november', 'emp-1', 2),
        attempts: 1,
        settledAt: null,
        // They belong to the old reference.
        providerReference: '',
        requestId: '',
      });
      expect(await ledger().byReference(paymentReference('acme-ke', 'november', 'emp-1', 1))).toBeNull();
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(1);
      const again = await ledger().claim({ lock, batch: 'november', limit: 9, generationFrom: 2, at: START, by: BY });
      expect(again.map((found) => [found.instruction.id, found.attempt, found.generation])).toEqual([
        ['EMP-1', 2, 2],
        ['EMP-3', 2, 2],
      ]);
      // An answer to the old reference says nothing about the new one.
      const [old] = claims;
      if (old === undefined) throw new Error('nothing claimed');
      await expect(ledger().record(answer(old, 'paid'))).rejects.toMatchObject({ fault: 'move' });
    });

    it('retries more than one page of them', async () => {
      await ledger().register(registration('november', payments(2500)));
      const lock = await lockedAccount(ledger());
      const claims = await claim(ledger(), lock, 2500);
      await Promise.all(claims.map((claimed) => ledger().record(answer(claimed, 'failed'))));
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(
        2500,
      );
    });

    it('leaves failed payments of accounts that the caller has not locked, named or not', async () => {
      await ledger().register(registration('november', [payment(1), payment(2, { account: 'other' })]));
      for (const account of ['demo', 'other']) {
        const claimed = await claimOne(ledger(), await lockedAccount(ledger(), account));
        await ledger().record(answer(claimed, 'failed'));
      }
      const request = { batch: 'november', at: START, by: BY };
      expect(await ledger().retry({ ...request, idKeys: ['emp-1', 'emp-2'], accounts: ['other'] })).toBe(1);
      expect((await all(ledger())).map((found) => found.status)).toEqual(['failed', 'planned']);
      expect(await ledger().retry({ ...request, idKeys: null, accounts: ['other'] })).toBe(0);
      expect(await ledger().retry({ ...request, idKeys: null, accounts: ['demo', 'other'] })).toBe(1);
    });

    it('needs the batch', async () => {
      const nothing = ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      await expect(nothing).rejects.toMatchObject({ fault: 'missing' });
    });
  });

  describe('resolving', () => {
    const decision = (reference: string, change: Partial<Decision> = {}): Decision => {
      const because = 'seen on the statement of 28 November';
      return { reference, status: 'paid', because, providerReference: null, by: 'mary', at: START + 5000, ...change };
    };

    it('ends an unknown payment by a person, and stores who and why', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      const [first, second] = await claim(ledger(), lock, 2);
      if (first === undefined || second === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'unknown'));
      await ledger().record(answer(second, 'pending', { evidence: { code: '1', reason: 'Taken.' } }));
      const resolved = await ledger().resolve(decision(first.instruction.reference));
      expect(resolved).toMatchObject({ status: 'paid', providerReference: `TX-${first.key}`, settledAt: START + 5000 });
      expect(resolved.reason).toContain('mary');
      expect(resolved.reason).toContain('seen on the statement of 28 November');
      const failed = decision(second.instruction.reference, { status: 'failed', providerReference: 'QX1' });
      expect(await ledger().resolve(failed)).toMatchObject({ status: 'failed', providerReference: 'QX1' });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'failed', attempts: 1 });
    });

    it('overrules no decided or sent payment, and finds no payment by an unknown reference', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      const planned = (await one(ledger(), 'EMP-2')).reference;
      await expect(ledger().resolve(decision(planned))).rejects.toMatchObject({ fault: 'move' });
      const claimed = await claimOne(ledger(), lock);
      const { reference } = claimed.instruction;
      await expect(ledger().resolve(decision(reference))).rejects.toMatchObject({ fault: 'move' });
      await ledger().record(answer(claimed, 'failed'));
      const unpaid = decision(reference, { status: 'failed' });
      await expect(ledger().resolve(unpaid)).rejects.toMatchObject({ fault: 'move' });
      expect(await ledger().byReference(reference)).toMatchObject({ status: 'failed' });
      // That it arrived after all, and when, may be recorded; that it did not, never again.
      const late = await ledger().resolve(decision(reference, { settledAt: START + 2000 }));
      expect(late).toMatchObject({ status: 'paid', settledAt: START + 2000 });
      await expect(ledger().resolve(unpaid)).rejects.toMatchObject({ fault: 'move' });
      await expect(ledger().resolve(decision('NOBODY'))).rejects.toMatchObject({ fault: 'missing' });
    });
  });
}
