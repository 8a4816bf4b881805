import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, lockedAccount, START, one } from '../sample.ts';
import { CALLBACK, reportOf, reportingOn } from '../settling.ts';

export function contradictionCases({ ledger }: Bench): void {
  const { settle, paymentsIn } = reportingOn(ledger);

  describe('reports that contradict each other', () => {
    it('leave a final status, and the contradiction is displayed', async () => {
      const [first = ''] = await paymentsIn('paid');
      expect(await settle(first, reportOf('failed'))).toMatchObject({ kind: 'contradicted', status: 'paid' });
      const displayed = await one(ledger(), 'EMP-1');
      expect(displayed).toMatchObject({ status: 'paid', code: 'contradiction' });
      expect(displayed.reason).toMatch(/It is failed\..*Ask the provider.*Before: It is paid\./);
    });

    it('are displayed once, however often they are repeated, and leave the ids of a final payment', async () => {
      const [first = ''] = await paymentsIn('paid');
      const failed = reportOf('failed', { providerReference: 'OTHER-1' });
      await settle(first, failed, { source: 'callback' });
      const displayed = await one(ledger(), 'EMP-1');
      for (let times = 0; times < 3; times++) await settle(first, failed, { source: 'callback' });
      await settle(first, reportOf('cancelled'));
      expect((await one(ledger(), 'EMP-1')).reason.match(/Before: /g)).toHaveLength(1);
      const both = await one(ledger(), 'EMP-1');
      expect(both.reason).toMatch(/It is failed.*It is cancelled.*Before: It is paid/);
      await settle(first, failed, { source: 'callback' });
      expect(await one(ledger(), 'EMP-1')).toEqual(both);
      expect(displayed.providerReference).toMatch(/^TX-/);
      expect(both.providerReference).toBe(displayed.providerReference);
      const long = { kind: 'failed', evidence: { code: 'reported', reason: 'long '.repeat(200) } } as const;
      await settle(first, long);
      expect((await one(ledger(), 'EMP-1')).reason.length).toBeLessThanOrEqual(600);
    });

    it('keep a failed payment that was paid all the same from every retry', async () => {
      const [first = ''] = await paymentsIn('failed');
      expect(await settle(first, reportOf('paid'), { source: 'callback' })).toMatchObject({
        kind: 'contradicted',
        status: 'unknown',
      });
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(0);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', settledAt: null });
    });

    it('about an earlier reference stop a later one that was not sent yet', async () => {
      const [old = ''] = await paymentsIn('failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      expect(await ledger().byReference(old)).toBeNull();
      expect(await ledger().byAnyReference(old)).toMatchObject({ id: 'EMP-1', generation: 2, status: 'planned' });
      expect(await settle(old, reportOf('failed'))).toMatchObject({ kind: 'kept', status: 'planned' });
      expect(await settle(old, reportOf('paid'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
      expect(await claim(ledger(), await lockedAccount(ledger()))).toEqual([]);
    });

    it('keep a payment from a third sending when its earlier reference was paid while a later one was under way', async () => {
      const [first = '', second = '', third = ''] = await paymentsIn('failed', 'failed', 'failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const lock = await lockedAccount(ledger());
      const claims = await claim(ledger(), lock, 3);
      const paid = reportOf('paid', { providerReference: 'OLD-1' });
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
        expect(await settle(reference, reportOf('failed'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
        await settle(reference, reportOf('not-found'));
      }
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(0);
      expect(await ledger().claimForResend({ lock, references, limit: 9, at: START, by: BY })).toEqual([]);
      expect(await claim(ledger(), lock, 9)).toEqual([]);
      // The ids of the earlier reference are not taken over: a query by them would report the new one as paid.
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', providerReference: '' });
      // A person may end it.
      const decision = { reference: references[0] ?? '', status: 'failed', because: 'refunded', providerReference: null } as const; // prettier-ignore
      await ledger().resolve({ ...decision, by: 'mary', at: START });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed' });
    });

    it('keep a payment that was reported as paid from every re-send, whatever a query says', async () => {
      const [first = ''] = await paymentsIn('failed');
      await settle(first, reportOf('paid'), { source: 'callback' });
      await settle(first, reportOf('not-found'));
      await settle(first, reportOf('not-found'));
      const lock = await lockedAccount(ledger());
      expect(await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY })).toEqual([]);
    });

    it('stay in the report whatever is learnt, decided or sent later', async () => {
      const [first = '', second = ''] = await paymentsIn('failed', 'paid');
      await settle(first, reportOf('paid'), { source: 'callback' });
      await settle(second, reportOf('failed'), { source: 'callback' });
      const counts = async (): Promise<unknown> => (await ledger().contradictions()).get('november');
      expect(await counts()).toEqual({ count: 2, undecided: 0, replaced: 0 });
      const isDisplayed = async (): Promise<void> => {
        expect(await one(ledger(), 'EMP-1')).toMatchObject({
          code: 'contradiction',
          reason: expect.stringMatching(
            /^Contradiction: it was failed, and a callback says of it: It is paid\./,
          ) as string,
        });
      };
      await settle(first, reportOf('pending'));
      await isDisplayed();
      const decision = { reference: first, status: 'failed', because: 'asked them', providerReference: null } as const;
      await ledger().resolve({ ...decision, by: 'mary', at: START });
      await isDisplayed();
      expect((await one(ledger(), 'EMP-1')).reason).toContain('Since: Decided by mary: asked them');
      expect(await counts()).toEqual({ count: 2, undecided: 0, replaced: 0 });
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed' });
      const unaskable = { accounts: new Set(['demo']), references: new Set<string>() };
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], unaskable, at: START, by: BY });
      await isDisplayed();
      const [claimed] = await claim(ledger(), await lockedAccount(ledger()));
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'paid'));
      await isDisplayed();
      expect(await settle(first, reportOf('paid'), { source: 'callback' })).toMatchObject({ kind: 'contradicted' });
      expect(await counts()).toEqual({ count: 2, undecided: 1, replaced: 0 });
      await settle(second, reportOf('paid'));
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'paid', code: 'contradiction' });
    });

    it('make a failed payment pending when a query confirms the unverified callback about it', async () => {
      const [first = '', second = ''] = await paymentsIn('failed', 'failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence: null, at: START, by: BY });
      expect(await settle(first, reportOf('pending'))).toMatchObject({ from: 'unknown', to: 'pending' });
      // This query was under way when the failure came.
      expect(await settle(second, reportOf('pending'))).toEqual({ kind: 'kept', status: 'failed', batch: 'november' });
    });
  });
}
