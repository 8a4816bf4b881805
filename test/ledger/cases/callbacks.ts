import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { answer, BY, claimOne, held, START, one, payments, registration } from '../sample.ts';
import { CALLBACK, open, said, settlingOf } from '../settling.ts';

export function callbackCases({ store, place, ledger }: Bench): void {
  const { settle, payed } = settlingOf(ledger);

  describe('callbacks', () => {
    it('are stored once, and wait until they are judged', async () => {
      const stored = await ledger().storeCallback(CALLBACK);
      expect(stored.isProcessed).toBe(false);
      expect(await ledger().storeCallback({ ...CALLBACK, at: START + 5 })).toEqual({
        key: stored.key,
        isProcessed: false,
      });
      expect((await ledger().storeCallback({ ...CALLBACK, account: 'other' })).isProcessed).toBe(false);
      const unjudged = [{ key: stored.key, segment: 'r-01', body: '{"a":1}', receivedAt: START }];
      expect(await ledger().unprocessedCallbacks('demo')).toEqual(unjudged);
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

    it('are found by where they came to, from any process', async () => {
      await ledger().storeCallback(CALLBACK);
      await ledger().storeCallback({ ...CALLBACK, deduplicationKey: 'k2', segment: '', body: '2' });
      const other = await store.open(place());
      expect(await other.callbackTo('demo', 'r-01')).toEqual({ body: '{"a":1}', receivedAt: START });
      expect(await other.callbackTo('demo', 'r-02')).toBeNull();
      expect(await other.callbackTo('demo', '')).toBeNull();
      expect(await other.callbackTo('other', 'r-01')).toBeNull();
      await other.close();
    });

    it('as a hint, are asked about first, and take away what nobody should have paid', async () => {
      const [first = '', second = ''] = await payed('pending', 'failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      const hint = { key, result: 'unverified', evidence: { code: '0', reason: 'It says paid.', providerReference: 'RCPT' }, at: START + 5, by: BY } as const; // prettier-ignore
      await ledger().finishCallback({ ...hint, reference: first });
      await ledger().finishCallback({ ...hint, reference: second });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'pending',
        reason: 'It says paid.',
        providerReference: 'RCPT',
      });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      const urgent = async () =>
        (await open(ledger())).filter(({ history }) => history.needsQuery).map(({ payment: { id } }) => id);
      expect(await urgent()).toEqual(['EMP-1', 'EMP-2']);
      await settle(first, said('paid'));
      await settle(second, said('failed'));
      expect(await urgent()).toEqual([]);
    });

    it('as a hint at a failed payment, keep it from every retry until a question has told', async () => {
      const [first = ''] = await payed('failed');
      const { key } = await ledger().storeCallback(CALLBACK);
      const evidence = { code: '0', reason: 'It says paid.' };
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence, at: START, by: BY });
      const retry = () => ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const named = { batch: 'november', idKeys: ['emp-1'], accounts: ['demo'], at: START, by: BY };
      expect([await retry(), await ledger().retry(named)]).toEqual([0, 0]);
      // A question that could not be answered decides nothing.
      await settle(first, { kind: 'unknown', evidence: evidence });
      expect(await retry()).toBe(0);
      await settle(first, { kind: 'failed', evidence: evidence });
      expect(await retry()).toBe(1);
    });

    it('leave no urgency behind once the payment has come to its end', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await held(ledger()));
      const { key } = await ledger().storeCallback(CALLBACK);
      const { reference } = claimed.instruction;
      await ledger().finishCallback({ key, result: 'unverified', reference, evidence: null, at: START, by: BY });
      expect(await open(ledger())).toMatchObject([
        { payment: { status: 'submitting' }, history: { needsQuery: true } },
      ]);
      await ledger().record(answer(claimed, 'paid'));
      expect(await open(ledger())).toEqual([]);
    });

    it('that hint at an earlier presentation keep the payment from being sent once more', async () => {
      const [old = ''] = await payed('failed');
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

    it('as a hint, are not undone by a failure that comes after it', async () => {
      const [first = ''] = await payed('pending');
      const { key } = await ledger().storeCallback(CALLBACK);
      const evidence = { code: '0', reason: 'It says paid.' };
      const hint = () =>
        ledger().finishCallback({ key, result: 'unverified', reference: first, evidence, at: START, by: BY });
      await hint();
      // A question that could not be answered decides nothing.
      await settle(first, { kind: 'unknown', evidence: evidence }, { source: 'query', unverifiedCallbacks: 1 });
      const failed = { kind: 'failed', evidence: { code: '1', reason: 'It failed.' } } as const;
      await settle(first, failed, { source: 'callback' });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: 'contradiction' });
      // This question left before the hint came.
      await settle(first, failed, { source: 'query', unverifiedCallbacks: 0 });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown' });
      expect(await open(ledger())).toMatchObject([{ history: { needsQuery: true, unverifiedCallbacks: 1 } }]);
      await settle(first, failed, { source: 'query', unverifiedCallbacks: 1 });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed' });
    });

    it('as a hint at a payment that is being sent, keep an answer that nothing moved from being believed', async () => {
      await ledger().register(registration('november', payments(2)));
      const hold = await held(ledger());
      for (const status of ['planned', 'failed'] as const) {
        const claimed = await claimOne(ledger(), hold);
        const { key } = await ledger().storeCallback({ ...CALLBACK, deduplicationKey: status });
        const { reference } = claimed.instruction;
        await ledger().finishCallback({ key, result: 'unverified', reference, evidence: null, at: START, by: BY });
        expect(await ledger().record(answer(claimed, status))).toBe('unknown');
      }
    });

    it('as a hint, let no absence allow a re-send', async () => {
      const [first = ''] = await payed('unknown');
      await settle(first, said('not-found'));
      const { key } = await ledger().storeCallback(CALLBACK);
      await ledger().finishCallback({ key, result: 'unverified', reference: first, evidence: null, at: START, by: BY });
      await settle(first, said('not-found'));
      await settle(first, said('not-found'));
      const lock = await held(ledger());
      expect(await ledger().claimForResend({ lock, references: [first], limit: 1, at: START, by: BY })).toEqual([]);
    });

    it('that nobody has judged yet keep the payment from every retry, and a repeat is their chance', async () => {
      const [first = ''] = await payed('failed');
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
