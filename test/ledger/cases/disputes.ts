import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, held, START, one } from '../sample.ts';
import { CALLBACK, said, settlingOf } from '../settling.ts';

export function disputeCases({ ledger }: Bench): void {
  const { settle, payed } = settlingOf(ledger);

  describe('words that cannot both be true', () => {
    it('keeps what is final against a contradiction, and shows it', async () => {
      const [first = ''] = await payed('paid');
      expect(await settle(first, said('failed'))).toMatchObject({ kind: 'contradicted', status: 'paid' });
      const shown = await one(ledger(), 'EMP-1');
      expect(shown).toMatchObject({ status: 'paid', code: 'contradiction' });
      expect(shown.reason).toMatch(/It is failed\..*Ask the provider.*Before: It is paid\./);
    });

    it('says a contradiction once, however often it is told, and keeps the ids of what is final', async () => {
      const [first = ''] = await payed('paid');
      const failed = said('failed', { providerReference: 'OTHER-1' });
      await settle(first, failed, { source: 'callback' });
      const shown = await one(ledger(), 'EMP-1');
      for (let times = 0; times < 3; times++) await settle(first, failed, { source: 'callback' });
      await settle(first, said('cancelled'));
      expect((await one(ledger(), 'EMP-1')).reason.match(/Before: /g)).toHaveLength(1);
      await settle(first, failed, { source: 'callback' });
      expect(await one(ledger(), 'EMP-1')).toEqual(shown);
      expect(shown.providerReference).toMatch(/^TX-/);
      const long = { kind: 'failed', evidence: { code: 'said', reason: 'long '.repeat(200) } } as const;
      await settle(first, long);
      expect((await one(ledger(), 'EMP-1')).reason.length).toBeLessThanOrEqual(600);
    });

    it('takes what failed and was paid all the same out of the reach of a retry', async () => {
      const [first = ''] = await payed('failed');
      expect(await settle(first, said('paid'), { source: 'callback' })).toMatchObject({
        kind: 'contradicted',
        status: 'unknown',
      });
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(0);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', settledAt: null });
    });

    it('knows the references of earlier generations, and stops a later one that nobody has sent yet', async () => {
      const [old = ''] = await payed('failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      expect(await ledger().byReference(old)).toBeNull();
      expect(await ledger().byAnyReference(old)).toMatchObject({ id: 'EMP-1', generation: 2, status: 'planned' });
      expect(await settle(old, said('failed'))).toMatchObject({ kind: 'kept', status: 'planned' });
      expect(await settle(old, said('paid'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
      expect(await claim(ledger(), await held(ledger()))).toEqual([]);
    });

    it('never sends a third time what an earlier presentation paid while a later one was under way', async () => {
      const [first = '', second = '', third = ''] = await payed('failed', 'failed', 'failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const lock = await held(ledger());
      const claims = await claim(ledger(), lock, 3);
      const paid = said('paid', { providerReference: 'OLD-1' });
      for (const old of [first, second, third]) {
        expect(await settle(old, paid, { source: 'callback' })).toMatchObject({
          kind: 'contradicted',
          status: 'submitting',
        });
      }
      const ends = ['failed', 'planned', 'unknown'] as const;
      for (const [at, claimed] of claims.entries()) {
        expect(await ledger().record(answer(claimed, ends[at] ?? 'paid', { evidence: { code: '9', reason: 'No.' } }))).toBe('unknown'); // prettier-ignore
      }
      const references = claims.map((claimed) => claimed.instruction.reference);
      for (const reference of references) {
        expect(await settle(reference, said('failed'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
        await settle(reference, said('not-found'));
      }
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(0);
      expect(await ledger().claimForResend({ lock, references, limit: 9, at: START, by: BY })).toEqual([]);
      expect(await claim(ledger(), lock, 9)).toEqual([]);
      // Its ids are none of the new reference's: asked about under them, that would be told to be paid.
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', providerReference: '' });
      // A person may end it.
      const decision = { reference: references[0] ?? '', status: 'failed', because: 'refunded', providerReference: null } as const; // prettier-ignore
      await ledger().resolve({ ...decision, by: 'mary', at: START });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed' });
    });

    it('presents nothing again that was reported as paid, whatever a query says', async () => {
      const [first = ''] = await payed('failed');
      await settle(first, said('paid'), { source: 'callback' });
      await settle(first, said('not-found'));
      await settle(first, said('not-found'));
      const lock = await held(ledger());
      expect(await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY })).toEqual([]);
    });

    it('takes a failure that a hint has doubted for what the provider says of it now', async () => {
      const [first = '', second = ''] = await payed('failed', 'failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence: null, at: START, by: BY });
      expect(await settle(first, said('pending'))).toMatchObject({ from: 'unknown', to: 'pending' });
      // This question was under way when the failure came.
      expect(await settle(second, said('pending'))).toEqual({ kind: 'kept', status: 'failed', batch: 'november' });
    });
  });
}
