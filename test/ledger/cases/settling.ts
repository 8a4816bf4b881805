import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../src/domain/status-report.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, claimOne, held, START, one, payment, payments, registration } from '../sample.ts';
import { open, said, settlingOf } from '../settling.ts';

export function settlingCases({ store, place, ledger }: Bench): void {
  const { settle, payed } = settlingOf(ledger);

  describe('settling', () => {
    it('ends what is open, once, and says by what', async () => {
      const [first = '', second = ''] = await payed('pending', 'unknown');
      const paid = said('paid', { providerReference: 'RCPT-1' });
      expect(await settle(first, paid)).toEqual({ kind: 'moved', from: 'pending', to: 'paid', batch: 'november' });
      expect(await settle(first, paid)).toEqual({ kind: 'kept', status: 'paid', batch: 'november' });
      expect(await settle(second, said('failed'), { source: 'callback' })).toMatchObject({
        kind: 'moved',
        to: 'failed',
      });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        ...{ status: 'paid', code: 'said', reason: 'It is paid.', providerReference: 'RCPT-1', requestId: 'req-1' },
        ...{ attempts: 1, settledAt: START + 9000 },
      });
      expect(await settle('NOSUCHREFERENCE00000', paid)).toEqual({ kind: 'not-ours' });
    });

    it('counts an attempt that a callback ends before its own answer, once', async () => {
      await ledger().register(registration('november', payments(1)));
      const hold = await held(ledger());
      const claimed = await claimOne(ledger(), hold, START + 10);
      const { reference } = claimed.instruction;
      expect(await settle(reference, said('paid'), { source: 'callback' })).toMatchObject({ from: 'submitting' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('paid');
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'paid',
        attempts: 1,
        sentAt: START + 10,
        code: 'said',
      });
    });

    it('takes up a fee that is told later, and lets a lesser word replace no receipt', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await held(ledger()));
      const { reference } = claimed.instruction;
      await settle(reference, said('paid', { providerReference: 'RCPT-1' }), { source: 'callback' });
      await ledger().record(answer(claimed, 'pending'));
      await settle(reference, said('pending', { providerReference: 'CONV-9' }), { source: 'callback' });
      const paid = said('paid');
      expect(await settle(reference, { ...paid, feeMinor: 35n } as StatusReport)).toMatchObject({ kind: 'kept' });
      const known = { providerReference: 'RCPT-1', requestId: 'req-1', feeMinor: 35n, reason: 'It is paid.' };
      expect(await one(ledger(), 'EMP-1')).toMatchObject(known);
    });

    it('writes down a repeated word once, and new ids always', async () => {
      const [first = ''] = await payed('pending');
      const waiting = said('pending');
      expect(await settle(first, waiting)).toMatchObject({ kind: 'kept' });
      const before = store.commits(place());
      for (let times = 0; times < 5; times++) await settle(first, waiting);
      expect(store.commits(place())).toBeGreaterThan(before);
      expect((await open(ledger()))[0]?.history).toMatchObject({ queries: 6 });
      await settle(first, said('pending', { providerReference: 'LATER-7' }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ providerReference: 'LATER-7', reason: 'It is pending.' });
    });

    it('shows the newest word about what is open, and keeps its ids', async () => {
      const [first = ''] = await payed('unknown');
      await settle(first, { kind: 'not-found', evidence: { code: '2033', reason: 'No such payment.' } });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: '2033', requestId: 'req-1' });
    });

    it('remembers what stops an account, for every process, from a moment on', async () => {
      const [first = ''] = await payed('pending');
      const evidence = { code: '2001', reason: 'The initiator is not accepted.' };
      await settle(first, { kind: 'failed', evidence, stopsAccount: true });
      const other = await store.open(place());
      expect(await other.accountStop('demo', START + 9000)).toEqual(evidence);
      expect(await other.accountStop('demo', START + 9001)).toBeNull();
      expect(await other.accountStop('other', START)).toBeNull();
      // The same news again, after somebody has put the account in order.
      await settle(first, { kind: 'failed', evidence, stopsAccount: true }, { source: 'callback', at: START + 99_000 });
      expect(await other.accountStop('demo', START + 9001)).toBeNull();
      await other.close();
    });

    it('lets the files of a batch be looked at again when something moves', async () => {
      const [first = ''] = await payed('pending');
      const memo = { path: '/drop/november.csv', size: 1, mtimeNs: 1n, inode: 1n, config: 'c', batch: 'november' };
      await ledger().rememberFile(memo);
      await settle(first, said('pending'));
      expect((await ledger().rememberedFiles()).size).toBe(1);
      await settle(first, said('paid'));
      expect((await ledger().rememberedFiles()).size).toBe(0);
    });
  });

  describe('what is open', () => {
    it('comes with how often it was asked about, the oldest first, and nothing else does', async () => {
      await ledger().register(registration('november', [...payments(3), payment(4, { account: 'other' })]));
      const hold = await held(ledger());
      const [first, second, third] = await claim(ledger(), hold, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(third, 'unknown'));
      await ledger().record(answer(first, 'pending'));
      await ledger().record(answer(second, 'paid'));
      expect((await open(ledger())).map(({ payment: { id }, history: { queries } }) => [id, queries])).toEqual([
        ['EMP-1', 0],
        ['EMP-3', 0],
      ]);
      expect(await open(ledger(), 'december')).toEqual([]);
      await settle(first.instruction.reference, said('unknown'));
      expect((await open(ledger()))[0]?.history).toEqual({
        ...{
          queries: 1,
          queriedAt: START + 9000,
          notFoundSince: null,
          notFoundCount: 0,
          needsQuery: false,
          unverifiedCallbacks: 0,
          firstSentAt: START,
        },
      });
    });

    it('counts answers in a row that say that there is no such payment', async () => {
      const [first = ''] = await payed('unknown');
      const absent = said('not-found');
      await settle(first, absent, { at: START + 1 });
      await settle(first, absent, { at: START + 2 });
      expect((await open(ledger()))[0]?.history).toMatchObject({
        notFoundCount: 2,
        notFoundSince: START + 1,
        queriedAt: START + 2,
      });
      await settle(first, said('unknown'), { at: START + 3 });
      expect((await open(ledger()))[0]?.history).toMatchObject({ notFoundCount: 0, notFoundSince: null, queries: 3 });
      // Only an answer to a question counts.
      await settle(first, absent, { at: START + 4, source: 'callback' });
      expect((await open(ledger()))[0]?.history).toMatchObject({ notFoundCount: 0, queries: 3 });
    });
  });

  describe('presenting again', () => {
    it('takes what is still unknown under its old reference, and wants new evidence after it', async () => {
      const [first = '', second = '', third = ''] = await payed('unknown', 'unknown', 'pending');
      await settle(first, said('not-found'), { at: START + 1 });
      await settle(second, said('paid'));
      const hold = await held(ledger());
      const request = {
        lock: hold,
        references: [second, first, third, 'NOSUCHREFERENCE00000'],
        limit: 5,
        at: START + 50,
        by: BY,
      };
      const claims = await ledger().claimForResend(request);
      expect(claims).toMatchObject([
        { attempt: 2, generation: 1, isResend: true, instruction: { reference: first, id: 'EMP-1' } },
      ]);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'submitting', attempts: 2 });
      expect(await ledger().claimForResend(request)).toEqual([]);
      const [claimed] = claims;
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'unknown', { at: START + 60 }));
      const again = (await open(ledger())).find(({ payment: { id } }) => id === 'EMP-1');
      expect(again?.history).toMatchObject({ notFoundCount: 0, notFoundSince: null, firstSentAt: START });
      expect(again?.payment).toMatchObject({ sentAt: START + 50, attempts: 2, generation: 1 });
    });

    it('takes no more than it is asked for, and nothing without the hold', async () => {
      const references = await payed('unknown', 'unknown');
      const lock = await held(ledger());
      expect(await ledger().claimForResend({ lock, references, limit: 1, at: START, by: BY })).toHaveLength(1);
      await lock.release();
      await expect(ledger().claimForResend({ lock, references, limit: 1, at: START, by: BY })).rejects.toMatchObject({
        fault: 'locked',
      });
    });

    it('leaves an acceptance that comes after a failure unknown: it was another request', async () => {
      const [first = ''] = await payed('unknown');
      const lock = await held(ledger());
      const [claimed] = await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY });
      if (claimed === undefined) throw new Error('nothing claimed');
      await settle(first, said('failed'), { source: 'callback' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('unknown');
    });
  });
}
