import { describe, expect, it } from 'vitest';
import type { ComparedPayment } from '../../../src/ledger/compared-payments.ts';
import type { Bench } from '../conformance.ts';
import { all, answer, BY, claim, lockedAccount, payment, payments, registration, START } from '../sample.ts';

export function readingCases({ ledger }: Bench): void {
  describe('reading', () => {
    it('gives payments in the order of their lines, those of one line in their own, over all pages', async () => {
      const list = payments(1300);
      const shuffled = [...list].reverse();
      await ledger().register(registration('november', shuffled));
      expect((await all(ledger())).map((found) => found.line)).toEqual(list.map((one) => one.line));
      const inline = [payment(1, { line: 1 }), payment(3, { line: 1 }), payment(2, { line: 1 })];
      await ledger().register(registration('inline', inline, { refuseCopiesSince: null }));
      expect((await all(ledger(), 'inline')).map((found) => found.id)).toEqual(['EMP-1', 'EMP-3', 'EMP-2']);
      expect(await all(ledger(), 'absent')).toEqual([]);
    });

    it('gives what of the payments of one account is compared with a statement, over all pages', async () => {
      const other = payment(1201, { account: 'other', destination: { kind: 'bank', code: '68', account: '001' } });
      await ledger().register(registration('november', [...payments(1200), other]));
      const hold = await lockedAccount(ledger());
      const [first, second] = await claim(ledger(), hold, 2);
      if (first === undefined || second === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid'));
      const compared: ComparedPayment[] = [];
      for await (const page of ledger().comparedPayments({ batch: 'november', account: 'demo' }))
        compared.push(...page);
      const whole = (await all(ledger())).filter(({ account }) => account === 'demo');
      expect(whole.slice(0, 3).map(({ status }) => status)).toEqual(['paid', 'submitting', 'planned']);
      expect(compared).toHaveLength(1200);
      compared.forEach((one, at) => {
        expect(whole[at]).toMatchObject(one);
      });
      const [bank] = await Array.fromAsync(ledger().comparedPayments({ batch: 'november', account: 'other' }));
      expect(bank).toMatchObject([{ id: 'EMP-1201', destination: { kind: 'bank', code: '68', account: '001' } }]);
      expect(await Array.fromAsync(ledger().comparedPayments({ batch: 'absent', account: 'demo' }))).toEqual([]);
    });

    it('tells how many payments of each account are open, and since when', async () => {
      expect(await ledger().openAges(START + 1e9)).toEqual([]);
      await ledger().register(registration('november', payments(6)));
      const hold = await lockedAccount(ledger());
      for (const [at, status] of [
        [0, 'paid'],
        [10, 'pending'],
        [20, 'unknown'],
        [30, 'failed'],
      ] as const) {
        const [claimed] = await ledger().claim({ lock: hold, batch: 'november', limit: 1, at: START + at, by: BY });
        if (claimed === undefined) throw new Error('nothing claimed');
        await ledger().record({ ...answer(claimed, status), at: START + at });
      }
      const both = { account: 'demo', count: 2, oldestSentAt: START + 10 };
      expect(await ledger().openAges(START + 1e9)).toEqual([both]);
      expect(await ledger().openAges(START + 20)).toEqual([{ ...both, count: 1 }]);
      expect(await ledger().openAges(START + 10)).toEqual([]);
    });

    it('finds payments of all batches by id and by any reference, else by what a provider called them', async () => {
      const seen = { refuseCopiesSince: null };
      await ledger().register(registration('october', payments(3)));
      await ledger().register(registration('november', payments(3), seen));
      const hold = await lockedAccount(ledger());
      const [first, second] = await claim(ledger(), hold, 2);
      if (first === undefined || second === undefined) throw new Error('nothing claimed');
      const evidence = { code: '200', reason: 'Answered.', requestId: '' };
      await ledger().record(answer(first, 'failed', { evidence: { ...evidence, providerReference: 'PROV-1' } }));
      await ledger().record(
        answer(second, 'paid', { evidence: { ...evidence, receipt: 'RCPT-2', providerReference: 'PROV-2' } }),
      );
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START + 2000, by: BY });
      const { reference } = first.instruction;
      const names = async (...name: [string, string, string]): Promise<string[]> =>
        (await ledger().named(...name)).map((found) => `${found.batch}/${found.id}`);
      expect(await names('emp-1', '', '')).toEqual(['october/EMP-1', 'november/EMP-1']);
      expect(await names('', reference, '')).toEqual(['november/EMP-1']);
      expect((await ledger().named('', reference, ''))[0]?.reference).not.toBe(reference);
      expect(await names('', '', 'PROV-1')).toEqual(['november/EMP-1']);
      expect(await names('', '', 'RCPT-2')).toEqual(['november/EMP-2']);
      expect(await names('', '', 'PROV-2')).toEqual(['november/EMP-2']);
      expect(await names('absent', 'ABSENT', 'ABSENT')).toEqual([]);
      expect(await names('', '', '')).toEqual([]);
    });

    it('gives only payments of the statuses asked for', async () => {
      await ledger().register(registration('november', payments(600)));
      const hold = await lockedAccount(ledger());
      const [first, second, third] = await claim(ledger(), hold, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid'));
      await ledger().record(answer(second, 'failed'));
      const lines = async (statuses: ('paid' | 'failed' | 'submitting' | 'planned')[]): Promise<number[]> => {
        const found: number[] = [];
        for await (const page of ledger().payments({ batch: 'november', statuses }))
          found.push(...page.map((p) => p.line));
        return found;
      };
      expect(await lines(['paid'])).toEqual([2]);
      expect(await lines(['submitting', 'failed'])).toEqual([3, 4]);
      expect(await lines(['planned', 'paid'])).toHaveLength(598);
      expect(await lines(['planned'])).toHaveLength(597);
    });

    it('goes on while payments are claimed between its pages', async () => {
      await ledger().register(registration('november', payments(1100)));
      const hold = await lockedAccount(ledger());
      let seen = 0;
      for await (const page of ledger().payments({ batch: 'november', statuses: ['planned'] })) {
        seen += page.length;
        await claim(ledger(), hold, 700);
      }
      // The payments that were claimed before their page was read are planned no more.
      expect(seen).toBeLessThan(1100);
      expect(seen).toBeGreaterThan(0);
    });

    it('sums exactly what no double and no 64 bits could hold', async () => {
      const largest = 9_999_999_999_999_999n;
      const list = payments(1000).map((one) => ({ ...one, amountMinor: largest, currency: 'TND' }));
      await ledger().register(registration('november', list));
      expect(await ledger().tallies('november')).toEqual([
        { status: 'planned', currency: 'TND', account: 'demo', kind: 'mobile', count: 1000, sumMinor: largest * 1000n },
      ]);
      expect((await all(ledger()))[0]?.amountMinor).toBe(largest);
    });

    it('counts apart what differs in status, currency, account or kind', async () => {
      const list = [
        payment(1),
        payment(2, { account: 'other' }),
        payment(3, { currency: 'UGX' }),
        payment(4, { destination: { kind: 'till', till: '4' } }),
        payment(5),
      ];
      await ledger().register(registration('november', list));
      await claim(ledger(), await lockedAccount(ledger()), 1);
      const tallies = await ledger().tallies('november');
      expect(tallies).toHaveLength(5);
      expect(tallies).toContainEqual({
        status: 'submitting',
        currency: 'KES',
        account: 'demo',
        kind: 'mobile',
        count: 1,
        sumMinor: 100_001n,
      });
      expect((await all(ledger()))[1]?.provider).toBe('pesaway');
    });

    it('names the batches that are not all paid, and how they are not', async () => {
      for (const [index, batch] of ['one', 'two', 'three'].entries()) {
        await ledger().register(registration(batch, [payment(index * 10 + 1), payment(index * 10 + 2)]));
      }
      const hold = await lockedAccount(ledger());
      for (const claimed of await claim(ledger(), hold, 2, 'one')) await ledger().record(answer(claimed, 'paid'));
      const [first] = await claim(ledger(), hold, 1, 'three');
      if (first === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'failed'));
      expect(await ledger().unpaidBatches()).toEqual(
        new Map([
          ['two', new Set(['planned'])],
          ['three', new Set(['planned', 'failed'])],
        ]),
      );
    });

    it('says when the last payment of a batch came to its end', async () => {
      await ledger().register(registration('november', payments(3)));
      await ledger().register(registration('december', [payment(9)]));
      const hold = await lockedAccount(ledger());
      expect(await ledger().lastSettledAt('november')).toBeNull();
      const [first, second, third] = await claim(ledger(), hold, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record({ ...answer(first, 'paid'), at: 2_000 });
      await ledger().record({ ...answer(second, 'failed'), at: 3_000 });
      await ledger().record({ ...answer(third, 'pending'), at: 4_000 });
      expect(await ledger().lastSettledAt('november')).toBe(3_000);
      expect(await ledger().lastSettledAt('december')).toBeNull();
      expect(await ledger().lastSettledAt('january')).toBeNull();
    });

    it('keeps the newest memo of each file', async () => {
      await ledger().register(registration('a', payments(1)));
      const memo = { ...FILE, size: 3, mtimeNs: 2n ** 62n, inode: 2n ** 64n - 1n };
      await ledger().rememberFile({ ...memo, size: 2 });
      await ledger().rememberFile(memo);
      expect(await ledger().rememberedFiles()).toEqual(new Map([[memo.path, memo]]));
    });

    it('drops the memos of a batch that has changed since it was reported, and of no other', async () => {
      for (const batch of ['a', 'b'])
        await ledger().register(registration(batch, payments(1), { refuseCopiesSince: null }));
      const other = { ...FILE, path: '/drop/b.csv', batch: 'b' };
      for (const memo of [FILE, { ...FILE, path: '/drop/a-rows.csv' }, other]) await ledger().rememberFile(memo);
      expect((await ledger().rememberedFiles()).size).toBe(3);
      await ledger().claim({ lock: await lockedAccount(ledger()), batch: 'a', limit: 1, at: START, by: BY });
      expect(await ledger().rememberedFiles()).toEqual(new Map([[other.path, other]]));
      const { revision = 0 } = (await ledger().batch('a')) ?? {};
      expect(revision).toBeGreaterThan(0);
      await ledger().rememberFile({ ...FILE, revision });
      expect((await ledger().rememberedFiles()).get(FILE.path)).toEqual({ ...FILE, revision });
    });

    it('has the memos of a batch and of a path, also of an earlier revision', async () => {
      for (const batch of ['a', 'b'])
        await ledger().register(registration(batch, payments(1), { refuseCopiesSince: null }));
      const rows = { ...FILE, path: '/drop/a-rows.csv' };
      const other = { ...FILE, path: '/drop/b.csv', batch: 'b' };
      for (const memo of [FILE, rows, other]) await ledger().rememberFile(memo);
      await ledger().claim({ lock: await lockedAccount(ledger()), batch: 'a', limit: 1, at: START, by: BY });
      expect(await ledger().fileMemos({ batch: 'a' })).toEqual([rows, FILE]);
      expect(await ledger().fileMemos({ path: '/drop/b.csv' })).toEqual([other]);
      expect(await ledger().fileMemos({ path: '/drop/c.csv' })).toEqual([]);
    });

    it('names the batches whose reports are behind: never written, or of an earlier revision', async () => {
      for (const batch of ['a', 'b'])
        await ledger().register(registration(batch, payments(1), { refuseCopiesSince: null }));
      expect(await ledger().batchesBehind()).toEqual(['a', 'b']);
      await ledger().noteReport({ batch: 'b', revision: 0 });
      await ledger().noteReport({ batch: 'a', revision: 0 });
      expect(await ledger().batchesBehind()).toEqual([]);
      await ledger().claim({ lock: await lockedAccount(ledger()), batch: 'a', limit: 1, at: START, by: BY });
      expect(await ledger().batchesBehind()).toEqual(['a']);
      const { revision = 0 } = (await ledger().batch('a')) ?? {};
      await ledger().noteReport({ batch: 'a', revision });
      // A slow writer of an earlier state comes late.
      await ledger().noteReport({ batch: 'a', revision: 0 });
      expect(await ledger().batchesBehind()).toEqual([]);
    });

    it('takes a memo of a report that was read before a change for outdated, however late it comes', async () => {
      await ledger().register(registration('a', payments(1)));
      const { revision = 0 } = (await ledger().batch('a')) ?? {};
      await ledger().claim({ lock: await lockedAccount(ledger()), batch: 'a', limit: 1, at: START, by: BY });
      await ledger().rememberFile({ ...FILE, revision });
      expect((await ledger().rememberedFiles()).size).toBe(0);
    });
  });
}

const FILE = { path: '/drop/a.csv', size: 3, mtimeNs: 1n, inode: 1n, config: 'c', batch: 'a', revision: 0 };
