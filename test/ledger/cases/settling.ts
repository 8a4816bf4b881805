import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import type { Ledger, OpenPayment, Settlement } from '../../../src/ledger/port.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, claimOne, held, START, one, payment, payments, registration } from '../sample.ts';

export function settlingCases({ store, place, ledger }: Bench): void {
  const settle = (reference: string, finding: Finding, change: Partial<Settlement> = {}) =>
    ledger().settle({ reference, finding, source: 'query', at: START + 9000, by: BY, ...change });

  /** One payment of each of these statuses, EMP-1 … in this order, with their references. */
  async function payed(...statuses: ('pending' | 'unknown' | 'paid' | 'failed')[]): Promise<string[]> {
    await ledger().register(registration('november', payments(statuses.length)));
    const hold = await held(ledger());
    const claims = await claim(ledger(), hold, statuses.length);
    for (const [at, claimed] of claims.entries()) await ledger().record(answer(claimed, statuses[at] ?? 'unknown'));
    await hold.release();
    return claims.map((claimed) => claimed.presentation.reference);
  }

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
      const { reference } = claimed.presentation;
      expect(await settle(reference, said('paid'), { source: 'callback' })).toMatchObject({ from: 'submitting' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('paid');
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'paid',
        attempts: 1,
        sentAt: START + 10,
        code: 'said',
      });
    });

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

    it('takes up a fee that is told later, and lets a lesser word replace no receipt', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await held(ledger()));
      const { reference } = claimed.presentation;
      await settle(reference, said('paid', { providerReference: 'RCPT-1' }), { source: 'callback' });
      await ledger().record(answer(claimed, 'pending'));
      await settle(reference, said('pending', { providerReference: 'CONV-9' }), { source: 'callback' });
      const paid = said('paid');
      expect(await settle(reference, { ...paid, feeMinor: 35n } as Finding)).toMatchObject({ kind: 'kept' });
      const known = { providerReference: 'RCPT-1', requestId: 'req-1', feeMinor: 35n, reason: 'It is paid.' };
      expect(await one(ledger(), 'EMP-1')).toMatchObject(known);
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
      expect(await ledger().everReference(old)).toMatchObject({ id: 'EMP-1', generation: 2, status: 'planned' });
      expect(await settle(old, said('failed'))).toMatchObject({ kind: 'kept', status: 'planned' });
      expect(await settle(old, said('paid'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
      expect(await claim(ledger(), await held(ledger()))).toEqual([]);
    });

    it('never sends a third time what an earlier presentation paid while a later one was under way', async () => {
      const [first = '', second = '', third = ''] = await payed('failed', 'failed', 'failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const hold = await held(ledger());
      const claims = await claim(ledger(), hold, 3);
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
      const references = claims.map((claimed) => claimed.presentation.reference);
      for (const reference of references) {
        expect(await settle(reference, said('failed'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
        await settle(reference, said('absent'));
      }
      expect(await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY })).toBe(0);
      expect(await ledger().reclaim({ hold, references, limit: 9, at: START, by: BY })).toEqual([]);
      expect(await claim(ledger(), hold, 9)).toEqual([]);
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
      await settle(first, said('absent'));
      await settle(first, said('absent'));
      const hold = await held(ledger());
      expect(await ledger().reclaim({ hold, references: [first], limit: 1, at: START, by: BY })).toEqual([]);
    });

    it('believes that a failure is still under way only when it was asked because of a hint', async () => {
      const [first = '', second = ''] = await payed('failed', 'failed');
      const { key } = await ledger().receive(CALLBACK);
      await ledger().judge({ key, verdict: 'hint', reference: first, said: null, at: START, by: BY });
      expect(await settle(first, said('pending'))).toMatchObject({ kind: 'contradicted', status: 'unknown' });
      // This question was under way when the failure came.
      expect(await settle(second, said('pending'))).toEqual({ kind: 'kept', status: 'failed', batch: 'november' });
    });

    it('writes down a repeated word once, and new ids always', async () => {
      const [first = ''] = await payed('pending');
      const waiting = said('pending');
      expect(await settle(first, waiting)).toMatchObject({ kind: 'kept' });
      const before = store.commits(place());
      for (let times = 0; times < 5; times++) await settle(first, waiting);
      expect(store.commits(place())).toBeGreaterThan(before);
      expect((await open(ledger()))[0]?.inquiry).toMatchObject({ asks: 6 });
      await settle(first, said('pending', { providerReference: 'LATER-7' }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ providerReference: 'LATER-7', reason: 'It is pending.' });
    });

    it('shows the newest word about what is open, and keeps its ids', async () => {
      const [first = ''] = await payed('unknown');
      await settle(first, { kind: 'absent', evidence: { code: '2033', reason: 'No such payment.' } });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'unknown', code: '2033', requestId: 'req-1' });
    });

    it('remembers what stops an account, for every process, from a moment on', async () => {
      const [first = ''] = await payed('pending');
      const evidence = { code: '2001', reason: 'The initiator is not accepted.' };
      await settle(first, { kind: 'failed', evidence, stopsAccount: true });
      const other = await store.open(place());
      expect(await other.stopOf('demo', START + 9000)).toEqual(evidence);
      expect(await other.stopOf('demo', START + 9001)).toBeNull();
      expect(await other.stopOf('other', START)).toBeNull();
      // The same news again, after somebody has put the account in order.
      await settle(first, { kind: 'failed', evidence, stopsAccount: true }, { source: 'callback', at: START + 99_000 });
      expect(await other.stopOf('demo', START + 9001)).toBeNull();
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
      expect((await open(ledger())).map(({ payment: { id }, inquiry: { asks } }) => [id, asks])).toEqual([
        ['EMP-1', 0],
        ['EMP-3', 0],
      ]);
      expect(await open(ledger(), 'december')).toEqual([]);
      await settle(first.presentation.reference, said('unknown'));
      expect((await open(ledger()))[0]?.inquiry).toEqual({
        ...{ asks: 1, askedAt: START + 9000, absentSince: null, absents: 0, isUrgent: false, firstSentAt: START },
      });
    });

    it('counts answers in a row that say that there is no such payment', async () => {
      const [first = ''] = await payed('unknown');
      const absent = said('absent');
      await settle(first, absent, { at: START + 1 });
      await settle(first, absent, { at: START + 2 });
      expect((await open(ledger()))[0]?.inquiry).toMatchObject({
        absents: 2,
        absentSince: START + 1,
        askedAt: START + 2,
      });
      await settle(first, said('unknown'), { at: START + 3 });
      expect((await open(ledger()))[0]?.inquiry).toMatchObject({ absents: 0, absentSince: null, asks: 3 });
      // Only an answer to a question counts.
      await settle(first, absent, { at: START + 4, source: 'callback' });
      expect((await open(ledger()))[0]?.inquiry).toMatchObject({ absents: 0, asks: 3 });
    });
  });

  describe('presenting again', () => {
    it('takes what is still unknown under its old reference, and wants new evidence after it', async () => {
      const [first = '', second = '', third = ''] = await payed('unknown', 'unknown', 'pending');
      await settle(first, said('absent'), { at: START + 1 });
      await settle(second, said('paid'));
      const hold = await held(ledger());
      const request = {
        hold,
        references: [second, first, third, 'NOSUCHREFERENCE00000'],
        limit: 5,
        at: START + 50,
        by: BY,
      };
      const claims = await ledger().reclaim(request);
      expect(claims).toMatchObject([
        { attempt: 2, generation: 1, isAgain: true, presentation: { reference: first, id: 'EMP-1' } },
      ]);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'submitting', attempts: 2 });
      expect(await ledger().reclaim(request)).toEqual([]);
      const [claimed] = claims;
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'unknown', { at: START + 60 }));
      const again = (await open(ledger())).find(({ payment: { id } }) => id === 'EMP-1');
      expect(again?.inquiry).toMatchObject({ absents: 0, absentSince: null, firstSentAt: START });
      expect(again?.payment).toMatchObject({ sentAt: START + 50, attempts: 2, generation: 1 });
    });

    it('takes no more than it is asked for, and nothing without the hold', async () => {
      const references = await payed('unknown', 'unknown');
      const hold = await held(ledger());
      expect(await ledger().reclaim({ hold, references, limit: 1, at: START, by: BY })).toHaveLength(1);
      await hold.release();
      await expect(ledger().reclaim({ hold, references, limit: 1, at: START, by: BY })).rejects.toMatchObject({
        fault: 'locked',
      });
    });

    it('leaves an acceptance that comes after a failure unknown: it was another request', async () => {
      const [first = ''] = await payed('unknown');
      const hold = await held(ledger());
      const [claimed] = await ledger().reclaim({ hold, references: [first], limit: 1, at: START, by: BY });
      if (claimed === undefined) throw new Error('nothing claimed');
      await settle(first, said('failed'), { source: 'callback' });
      expect(await ledger().record(answer(claimed, 'pending'))).toBe('unknown');
    });
  });

  describe('callbacks', () => {
    const callback = CALLBACK;

    it('are stored once, and wait until they are judged', async () => {
      const stored = await ledger().receive(callback);
      expect(stored.isRepeat).toBe(false);
      expect(await ledger().receive({ ...callback, at: START + 5 })).toEqual({ key: stored.key, isRepeat: true });
      expect((await ledger().receive({ ...callback, account: 'other' })).isRepeat).toBe(false);
      const unjudged = [{ key: stored.key, segment: 'r-01', body: '{"a":1}', receivedAt: START }];
      expect(await ledger().unjudged('demo')).toEqual(unjudged);
      await ledger().judge({ key: stored.key, verdict: 'noted', reference: null, said: null, at: START, by: BY });
      expect(await ledger().unjudged('demo')).toEqual([]);
    });

    it('are found by where they came to, from any process', async () => {
      await ledger().receive(callback);
      await ledger().receive({ ...callback, replayKey: 'k2', segment: '', body: '2' });
      const other = await store.open(place());
      expect(await other.callbackTo('demo', 'r-01')).toEqual({ body: '{"a":1}', receivedAt: START });
      expect(await other.callbackTo('demo', 'r-02')).toBeNull();
      expect(await other.callbackTo('demo', '')).toBeNull();
      expect(await other.callbackTo('other', 'r-01')).toBeNull();
      await other.close();
    });

    it('as a hint, move nothing and are asked about first, whatever the payment is', async () => {
      const [first = '', second = ''] = await payed('pending', 'failed');
      const { key } = await ledger().receive(callback);
      const hint = { key, verdict: 'hint', said: { code: '0', reason: 'It says paid.', providerReference: 'RCPT' }, at: START + 5, by: BY } as const; // prettier-ignore
      await ledger().judge({ ...hint, reference: first });
      await ledger().judge({ ...hint, reference: second });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'pending',
        reason: 'It says paid.',
        providerReference: 'RCPT',
      });
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'failed', reason: 'It is failed.' });
      const urgent = async () =>
        (await open(ledger())).filter(({ inquiry }) => inquiry.isUrgent).map(({ payment: { id } }) => id);
      expect(await urgent()).toEqual(['EMP-1', 'EMP-2']);
      await settle(first, said('paid'));
      await settle(second, said('failed'));
      expect(await urgent()).toEqual([]);
    });

    it('leave no urgency behind once the payment has come to its end', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await held(ledger()));
      const { key } = await ledger().receive(callback);
      const { reference } = claimed.presentation;
      await ledger().judge({ key, verdict: 'hint', reference, said: null, at: START, by: BY });
      expect(await open(ledger())).toMatchObject([{ payment: { status: 'submitting' }, inquiry: { isUrgent: true } }]);
      await ledger().record(answer(claimed, 'paid'));
      expect(await open(ledger())).toEqual([]);
    });

    it('that hint at an earlier presentation are shown as a contradiction', async () => {
      const [old = ''] = await payed('failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
      const { key } = await ledger().receive(callback);
      const said = { code: '0', reason: 'It says paid.' };
      await ledger().judge({ key, verdict: 'hint', reference: old, said, at: START, by: BY });
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'planned', code: 'contradiction' });
    });
  });
}

const CALLBACK = { account: 'demo', replayKey: 'k1', segment: 'r-01', body: '{"a":1}', reference: null, at: START };

function said(kind: Finding['kind'], ids: { readonly providerReference?: string } = {}): Finding {
  return { kind, evidence: { code: 'said', reason: `It is ${kind}.`, ...ids } };
}

async function open(ledger: Ledger, batch: string | null = null): Promise<OpenPayment[]> {
  const list: OpenPayment[] = [];
  for await (const page of ledger.open({ account: 'demo', batch, statuses: ['pending', 'unknown'] }))
    list.push(...page);
  return list;
}
