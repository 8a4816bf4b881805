import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { answer, BY, claimOne, lockedAccount, START, one, payments, registration } from '../sample.ts';
import { CALLBACK, open, reportOf, reportingOn } from '../settling.ts';

export function callbackCases({ store, place, ledger }: Bench): void {
  const { settle, paymentsIn } = reportingOn(ledger);

  describe('callbacks', () => {
    it('are stored once, and wait until they are processed', async () => {
      const stored = await ledger().storeCallback(CALLBACK);
      expect(stored.isProcessed).toBe(false);
      expect(await ledger().storeCallback({ ...CALLBACK, at: START + 5 })).toEqual({
        key: stored.key,
        isProcessed: false,
      });
      expect((await ledger().storeCallback({ ...CALLBACK, account: 'other' })).isProcessed).toBe(false);
      const unprocessed = [{ key: stored.key, segment: 'r-01', body: '{"a":1}', receivedAt: START }];
      expect(await ledger().unprocessedCallbacks('demo')).toEqual(unprocessed);
      await ledger().finishCallback({
        key: stored.key,
        result: 'unrelated',
        reference: null,
        evidence: null,
        at: START,
        by: BY,
      });
      expect(await ledger().unprocessedCallbacks('demo')).toEqual([]);
    });

    it('stop their account for every process, where they say so', async () => {
      const { key } = await ledger().storeCallback(CALLBACK);
      const stop = { code: '2001', reason: 'The initiator is not accepted.' };
      const end = { key, result: 'unrelated', reference: null, evidence: null, at: START + 7, by: BY } as const;
      await ledger().finishCallback({ ...end, accountStop: stop });
      const other = await store.open(place());
      expect(await other.accountStop('demo', START)).toEqual(stop);
      expect(await other.accountStop('demo', START + 8)).toBeNull();
      expect(await other.accountStop('other', START)).toBeNull();
      await other.close();
    });

    it('are found by the segment of their address, from any process', async () => {
      await ledger().storeCallback(CALLBACK);
      await ledger().storeCallback({ ...CALLBACK, deduplicationKey: 'k2', segment: '', body: '2' });
      const other = await store.open(place());
      expect(await other.callbackTo('demo', 'r-01')).toEqual({ body: '{"a":1}', receivedAt: START });
      expect(await other.callbackTo('demo', 'r-02')).toBeNull();
      expect(await other.callbackTo('demo', '')).toBeNull();
      expect(await other.callbackTo('other', 'r-01')).toBeNull();
      await other.close();
    });

    it('are applied once, however many processes find them unprocessed at the same time', async () => {
      const [failed = '', planned = ''] = await paymentsIn('failed', 'pending');
      const { key } = await ledger().storeCallback({ ...CALLBACK, reference: failed });
      const paid = { key, reference: failed, report: reportOf('paid'), at: START + 5, by: BY } as const;
      const applied = await Promise.all([ledger().applyCallback(paid), ledger().applyCallback(paid)]);
      expect(applied).toEqual([{ kind: 'contradicted', status: 'unknown', batch: 'november' }, null]);
      // A second report would be evidence that the payment was made.
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown' });
      expect(await ledger().unprocessedCallbacks('demo')).toEqual([]);
      const { key: other } = await ledger().storeCallback({ ...CALLBACK, deduplicationKey: 'k2', reference: planned });
      await ledger().finishCallback({
        key: other,
        result: 'kept',
        reference: planned,
        evidence: null,
        at: START,
        by: BY,
      });
      expect(await ledger().applyCallback({ ...paid, key: other, reference: planned })).toBeNull();
    });

    it('without a signature, are queried first, and make an unpaid payment unknown', async () => {
      const [first = '', second = ''] = await paymentsIn('pending', 'failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      const unverified = { key, result: 'unverified', evidence: { code: '0', reason: 'It says paid.', providerReference: 'RCPT' }, at: START + 5, by: BY } as const; // prettier-ignore
      await ledger().finishCallback({ ...unverified, reference: first });
      const { key: other } = await ledger().storeCallback({ ...CALLBACK, deduplicationKey: 'k2' });
      await ledger().finishCallback({ ...unverified, key: other, reference: second });
      // Another process that found them unprocessed at the same time.
      await ledger().finishCallback({ ...unverified, reference: first });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'pending',
        reason: 'It says paid.',
        providerReference: 'RCPT',
      });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      const needingQuery = async () =>
        (await open(ledger())).filter(({ history }) => history.needsQuery).map(({ payment: { id } }) => id);
      expect(await needingQuery()).toEqual(['EMP-1', 'EMP-2']);
      expect((await open(ledger())).map(({ history }) => history.unverifiedCallbacks)).toEqual([1, 1]);
      await settle(first, reportOf('paid'));
      await settle(second, reportOf('failed'));
      expect(await needingQuery()).toEqual([]);
    });

    it('without a signature, keep a failed payment from every retry until a query has decided', async () => {
      const [first = ''] = await paymentsIn('failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      const evidence = { code: '0', reason: 'It says paid.' };
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence, at: START, by: BY });
      const retry = () => ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const named = { batch: 'november', idKeys: ['emp-1'], accounts: ['demo'], at: START, by: BY };
      expect([await retry(), await ledger().retry(named)]).toEqual([0, 0]);
      // A query without an answer decides nothing.
      await settle(first, { kind: 'unknown', evidence: evidence });
      expect(await retry()).toBe(0);
      await settle(first, { kind: 'failed', evidence: evidence });
      expect(await retry()).toBe(1);
    });

    it('need no query once the payment has ended', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await lockedAccount(ledger()));
      const { key } = await ledger().storeCallback(CALLBACK);
      const { reference } = claimed.instruction;
      await ledger().finishCallback({ key, result: 'unverified', reference, evidence: null, at: START, by: BY });
      expect(await open(ledger())).toMatchObject([
        { payment: { status: 'submitting' }, history: { needsQuery: true } },
      ]);
      await ledger().record(answer(claimed, 'paid'));
      expect(await open(ledger())).toEqual([]);
    });

    it('without a signature, keep a payment from being sent again when they name its earlier reference', async () => {
      const [old = ''] = await paymentsIn('failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const { key } = await ledger().storeCallback(CALLBACK);
      const evidence = { code: '0', reason: 'It says paid.' };
      await ledger().finishCallback({ key, result: 'unverified', reference: old, evidence, at: START, by: BY });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      // The failure of the later presentation says nothing of the earlier one.
      const { reference } = await one(ledger(), 'EMP-1');
      await settle(reference, { kind: 'failed', evidence: evidence });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown' });
    });

    it('without a signature, are not undone by a failure that comes after them', async () => {
      const [first = ''] = await paymentsIn('pending');
      const { key } = await ledger().storeCallback(CALLBACK);
      const evidence = { code: '0', reason: 'It says paid.' };
      const unverified = () =>
        ledger().finishCallback({ key, result: 'unverified', reference: first, evidence, at: START, by: BY });
      await unverified();
      // A query without an answer decides nothing.
      await settle(first, { kind: 'unknown', evidence: evidence }, { source: 'query', unverifiedCallbacks: 1 });
      const failed = { kind: 'failed', evidence: { code: '1', reason: 'It failed.' } } as const;
      await settle(first, failed, { source: 'callback' });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      // This query was sent before the callback came.
      await settle(first, failed, { source: 'query', unverifiedCallbacks: 0 });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown' });
      expect(await open(ledger())).toMatchObject([{ history: { needsQuery: true, unverifiedCallbacks: 1 } }]);
      await settle(first, failed, { source: 'query', unverifiedCallbacks: 1 });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed' });
    });

    it('without a signature, keep an answer that nothing moved from being believed', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      for (const status of ['planned', 'failed'] as const) {
        const claimed = await claimOne(ledger(), lock);
        const { key } = await ledger().storeCallback({ ...CALLBACK, deduplicationKey: status });
        const { reference } = claimed.instruction;
        await ledger().finishCallback({ key, result: 'unverified', reference, evidence: null, at: START, by: BY });
        expect(await ledger().record(answer(claimed, status))).toBe('unknown');
      }
    });

    it('without a signature, let no "not found" allow a re-send', async () => {
      const [first = ''] = await paymentsIn('unknown');
      await settle(first, reportOf('not-found'));
      const { key } = await ledger().storeCallback(CALLBACK);
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence: null, at: START, by: BY });
      await settle(first, reportOf('not-found'));
      await settle(first, reportOf('not-found'));
      const lock = await lockedAccount(ledger());
      expect(await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY })).toEqual([]);
    });

    it('that were not processed yet keep the payment from every retry, and a repeat is processed in their place', async () => {
      const [first = ''] = await paymentsIn('failed');
      const { key } = await ledger().storeCallback({ ...CALLBACK, reference: first });
      const retry = () => ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      expect(await retry()).toBe(0);
      expect(await ledger().storeCallback({ ...CALLBACK, reference: first })).toEqual({ key, isProcessed: false });
      await ledger().finishCallback({ key, result: 'kept', reference: first, evidence: null, at: START, by: BY });
      expect(await ledger().storeCallback({ ...CALLBACK, reference: first })).toEqual({ key, isProcessed: true });
      expect(await retry()).toBe(1);
    });
  });
}
