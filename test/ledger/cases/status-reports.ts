import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../src/domain/status-report.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, claimOne, lockedAccount, START, one, payment, payments, registration } from '../sample.ts';
import { open, reportOf, reportingOn } from '../settling.ts';

export function statusReportCases({ store, place, ledger }: Bench): void {
  const { settle, paymentsIn } = reportingOn(ledger);

  describe('a status report', () => {
    it('ends an open payment once, and stores where it comes from', async () => {
      const [first = '', second = ''] = await paymentsIn('pending', 'unknown');
      const paid = reportOf('paid', { providerReference: 'RCPT-1' });
      expect(await settle(first, paid)).toEqual({ kind: 'moved', from: 'pending', to: 'paid', batch: 'november' });
      expect(await settle(first, paid)).toEqual({ kind: 'kept', status: 'paid', batch: 'november' });
      expect(await settle(second, reportOf('failed'), { source: 'callback' })).toMatchObject({
        kind: 'moved',
        to: 'failed',
      });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        ...{ status: 'paid', code: 'reported', reason: 'It is paid.', providerReference: 'RCPT-1', requestId: 'req-1' },
        ...{ attempts: 1, settledAt: START + 9000 },
      });
      expect(await settle('NOSUCHREFERENCE00000', paid)).toEqual({ kind: 'not-ours' });
    });

    it('keeps the receipt that the recipient sees beside the provider reference, and adds one that comes later', async () => {
      const [first = '', second = ''] = await paymentsIn('pending', 'pending');
      await settle(first, reportOf('paid', { providerReference: 'TX-9', receipt: 'TCA81XK2P9' }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ providerReference: 'TX-9', receipt: 'TCA81XK2P9' });
      await settle(second, reportOf('paid', { providerReference: 'TX-10' }), { source: 'callback' });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ providerReference: 'TX-10', receipt: '' });
      await settle(second, reportOf('paid', { receipt: 'TCB7' }));
      expect(await one(ledger(), 'EMP-2')).toMatchObject({
        providerReference: 'TX-10',
        receipt: 'TCB7',
        status: 'paid',
      });
    });

    it('counts an attempt that a callback ends before its own answer, once', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      const claimed = await claimOne(ledger(), lock, START + 10);
      const { reference } = claimed.instruction;
      expect(await settle(reference, reportOf('paid'), { source: 'callback' })).toMatchObject({ from: 'submitting' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('paid');
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'paid',
        attempts: 1,
        sentAt: START + 10,
        code: 'reported',
      });
    });

    it('adds a fee that is reported later, and replaces no receipt by a lesser report', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await lockedAccount(ledger()));
      const { reference } = claimed.instruction;
      await settle(reference, reportOf('paid', { providerReference: 'RCPT-1' }), { source: 'callback' });
      await ledger().record(answer(claimed, 'pending'));
      await settle(reference, reportOf('pending', { providerReference: 'CONV-9' }), { source: 'callback' });
      const paid = reportOf('paid');
      expect(await settle(reference, { ...paid, feeMinor: 35n } as StatusReport)).toMatchObject({ kind: 'kept' });
      const known = { providerReference: 'RCPT-1', requestId: 'req-1', feeMinor: 35n, reason: 'It is paid.' };
      expect(await one(ledger(), 'EMP-1')).toMatchObject(known);
    });

    it('is written once however often it is repeated, and always where it brings new ids', async () => {
      const [first = ''] = await paymentsIn('pending');
      const waiting = reportOf('pending');
      expect(await settle(first, waiting)).toMatchObject({ kind: 'kept' });
      const before = store.commits(place());
      for (let times = 0; times < 5; times++) await settle(first, waiting);
      expect(store.commits(place())).toBeGreaterThan(before);
      expect((await open(ledger()))[0]?.history).toMatchObject({ queries: 6 });
      await settle(first, reportOf('pending', { providerReference: 'LATER-7' }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ providerReference: 'LATER-7', reason: 'It is pending.' });
    });

    it('is displayed when it is the newest about an open payment, which keeps its ids', async () => {
      const [first = ''] = await paymentsIn('unknown');
      await settle(first, { kind: 'not-found', evidence: { code: '2033', reason: 'No such payment.' } });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: '2033', requestId: 'req-1' });
    });

    it('stops its account in every process, from its moment on', async () => {
      const [first = ''] = await paymentsIn('pending');
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

    it('makes the files of a batch be read again when it moves a payment', async () => {
      const [first = ''] = await paymentsIn('pending');
      await settle(first, reportOf('pending'));
      const { revision = 0 } = (await ledger().batch('november')) ?? {};
      const file = { path: '/drop/november.csv', size: 1, mtimeNs: 1n, inode: 1n, config: 'c' };
      const memo = { ...file, batch: 'november', revision };
      await ledger().rememberFile(memo);
      await settle(first, reportOf('pending'));
      expect((await ledger().rememberedFiles()).size).toBe(1);
      await settle(first, {
        kind: 'pending',
        evidence: { code: 'reported', reason: 'It is pending with another text.' },
      });
      expect((await ledger().rememberedFiles()).size).toBe(1);
      await settle(first, reportOf('paid'));
      expect((await ledger().rememberedFiles()).size).toBe(0);
    });
  });

  describe('open payments', () => {
    it('come with how often they were queried, the oldest first, and no other payments do', async () => {
      await ledger().register(registration('november', [...payments(3), payment(4, { account: 'other' })]));
      const lock = await lockedAccount(ledger());
      const [first, second, third] = await claim(ledger(), lock, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(third, 'unknown'));
      await ledger().record(answer(first, 'pending'));
      await ledger().record(answer(second, 'paid'));
      expect((await open(ledger())).map(({ payment: { id }, history: { queries } }) => [id, queries])).toEqual([
        ['EMP-1', 0],
        ['EMP-3', 0],
      ]);
      expect(await open(ledger(), 'december')).toEqual([]);
      await settle(first.instruction.reference, reportOf('unknown'));
      expect((await open(ledger()))[0]?.history).toEqual({
        ...{
          queries: 1,
          queriedAt: START + 9000,
          notFoundSince: null,
          notFoundCount: 0,
          notFoundUntil: null,
          needsQuery: false,
          unverifiedCallbacks: 0,
          restsOnPerson: false,
          firstSentAt: START,
        },
      });
    });

    it('come with how many answers in a row said "not found"', async () => {
      const [first = ''] = await paymentsIn('unknown');
      const notFound = reportOf('not-found');
      await settle(first, notFound, { at: START + 1 });
      // The provider's clock measures the row, and an answer without its time counts and proves no grace.
      await settle(first, notFound, { at: START + 2, providerAt: START + 700 });
      await settle(first, notFound, { at: START + 2, providerAt: null });
      expect((await open(ledger()))[0]?.history).toMatchObject({
        notFoundCount: 3,
        notFoundSince: START + 1,
        notFoundUntil: START + 700,
        queriedAt: START + 2,
      });
      await settle(first, reportOf('unknown'), { at: START + 3 });
      expect((await open(ledger()))[0]?.history).toMatchObject({
        notFoundCount: 0,
        notFoundUntil: null,
        notFoundSince: null,
        queries: 4,
      });
      // Only the answer to a query counts.
      await settle(first, notFound, { at: START + 4, source: 'callback' });
      expect((await open(ledger()))[0]?.history).toMatchObject({ notFoundCount: 0, queries: 4 });
    });
  });

  describe('re-sending', () => {
    it('claims an unknown payment under its old reference, and needs new evidence after that', async () => {
      const [first = '', second = '', third = ''] = await paymentsIn('unknown', 'unknown', 'pending');
      await settle(first, reportOf('not-found'), { at: START + 1 });
      await settle(second, reportOf('paid'));
      const lock = await lockedAccount(ledger());
      const request = {
        lock: lock,
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

    it('claims no more than the limit, and nothing without the account lock', async () => {
      const references = await paymentsIn('unknown', 'unknown');
      const lock = await lockedAccount(ledger());
      expect(await ledger().claimForResend({ lock, references, limit: 1, at: START, by: BY })).toHaveLength(1);
      await lock.release();
      await expect(ledger().claimForResend({ lock, references, limit: 1, at: START, by: BY })).rejects.toMatchObject({
        fault: 'locked',
      });
    });

    it('makes a payment unknown that is accepted after a failure: it was another request', async () => {
      const [first = ''] = await paymentsIn('unknown');
      const lock = await lockedAccount(ledger());
      const [claimed] = await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY });
      if (claimed === undefined) throw new Error('nothing claimed');
      await settle(first, reportOf('failed'), { source: 'callback' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('unknown');
    });
  });
}
