import { describe, expect, it } from 'vitest';
import { canMove, STATUSES } from '../../../src/domain/status.ts';
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

/** The status after a second answer to one attempt, by the status before it and by what it says. */
const LATE: Readonly<Record<Answered, Readonly<Record<Answered, Answered>>>> = {
  planned: { planned: 'planned', pending: 'unknown', paid: 'unknown', failed: 'planned', unknown: 'planned' },
  pending: { planned: 'pending', pending: 'pending', paid: 'paid', failed: 'failed', unknown: 'pending' },
  unknown: { planned: 'unknown', pending: 'pending', paid: 'paid', failed: 'failed', unknown: 'unknown' },
  paid: { planned: 'paid', pending: 'paid', paid: 'paid', failed: 'paid', unknown: 'paid' },
  failed: { planned: 'failed', pending: 'failed', paid: 'unknown', failed: 'failed', unknown: 'failed' },
};

type Answered = 'planned' | 'pending' | 'paid' | 'failed' | 'unknown';

const CONTRADICTED: readonly string[] = ['planned pending', 'planned paid', 'failed paid', 'paid failed'];

export function attemptCases({ store, place, ledger }: Bench): void {
  describe('claiming', () => {
    it('takes planned payments of the batch and account in the order of their lines, each once', async () => {
      const list = [payment(3), payment(1), payment(2, { account: 'other' }), payment(4)];
      await ledger().register(registration('november', list));
      await ledger().register(registration('december', [payment(9)]));
      const lock = await lockedAccount(ledger());
      const [first, second] = [await claim(ledger(), lock, 2), await claim(ledger(), lock, 5)];
      expect([...first, ...second].map((found) => found.instruction.id)).toEqual(['EMP-1', 'EMP-3', 'EMP-4']);
      expect(await claim(ledger(), lock, 5)).toEqual([]);
      const { name, destination, amountMinor, currency, narrative, details } = payment(1);
      expect(first[0]).toMatchObject({ attempt: 1, generation: 1 });
      expect(first[0]?.instruction).toEqual({
        reference: (await one(ledger(), 'EMP-1')).reference,
        batch: 'november',
        id: 'EMP-1',
        ...{ name, destination, amountMinor, currency, narrative, details },
      });
    });

    it('takes only the payments that are named, in the order in which they are, as long as they are planned', async () => {
      await ledger().register(registration('november', [...payments(4), payment(5, { account: 'other' })]));
      await ledger().register(registration('december', [payment(9)]));
      const lock = await lockedAccount(ledger());
      const referenceOf = async (id: string, batch = 'november'): Promise<string> =>
        (await one(ledger(), id, batch)).reference;
      const ids = ['EMP-4', 'EMP-2', 'EMP-5', 'EMP-1'];
      const references = [
        ...(await Promise.all(ids.map((id) => referenceOf(id)))),
        await referenceOf('EMP-9', 'december'),
      ];
      const take = async (limit: number): Promise<string[]> => {
        const claims = await ledger().claim({ lock, batch: 'november', limit, references, at: START, by: BY });
        return claims.map(({ instruction, isResend }) => `${instruction.id} ${isResend}`);
      };
      expect(await take(2)).toEqual(['EMP-4 false', 'EMP-2 false']);
      expect(await take(9)).toEqual(['EMP-1 false']);
      expect(await take(9)).toEqual([]);
      expect((await one(ledger(), 'EMP-3')).status).toBe('planned');
    });

    it('gives calls of one turn of the event loop different payments, in one transaction', async () => {
      await ledger().register(registration('november', payments(64)));
      const lock = await lockedAccount(ledger());
      const before = store.commits(place());
      const claims = (await Promise.all(Array.from({ length: 8 }, () => claim(ledger(), lock, 4)))).flat();
      expect(new Set(claims.map((found) => found.key)).size).toBe(32);
      expect(store.commits(place())).toBe(before + 1);
      const more = await Promise.all([
        claim(ledger(), lock, 4),
        ledger().spend({ key: 'k', lock, rates: [], at: START }),
        ...claims.map((found) => ledger().record(answer(found, 'paid'))),
      ]);
      expect(more).toHaveLength(34);
      expect(store.commits(place())).toBe(before + 2);
    });

    it('claims nothing under a lock that was released', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      const early = claim(ledger(), lock);
      await lock.release();
      await expect(early).rejects.toMatchObject({ name: 'LedgerError', fault: 'locked' });
      const forged = { ...lock, release: () => Promise.resolve() };
      await expect(claim(ledger(), forged)).rejects.toMatchObject({ fault: 'locked' });
      expect((await one(ledger(), 'EMP-1')).status).toBe('planned');
    });
  });

  describe('a lock that another owner has followed', () => {
    it('claims nothing, re-sends nothing and spends nothing', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      await ledger().record(answer(await claimOne(ledger(), lock), 'unknown'));
      const { reference } = await one(ledger(), 'EMP-1');
      store.takeOver(place(), 'demo');
      const refused = { name: 'LedgerError', fault: 'locked' };
      await expect(claim(ledger(), lock)).rejects.toMatchObject(refused);
      const resend = { lock, references: [reference], limit: 1, at: START, by: BY };
      await expect(ledger().claimForResend(resend)).rejects.toMatchObject(refused);
      await expect(ledger().spend({ key: 'k', lock, rates: [], at: START })).rejects.toMatchObject(refused);
      expect((await all(ledger())).map(({ status }) => status)).toEqual(['unknown', 'planned']);
    });

    it('does not make a payment fit to be sent again by its answer', async () => {
      await ledger().register(registration('november', payments(1)));
      const claimed = await claimOne(ledger(), await lockedAccount(ledger()));
      store.takeOver(place(), 'demo');
      expect(await ledger().record(answer(claimed, 'planned'))).toBe('submitting');
      // Evidence of a payment counts whoever brings it.
      expect(await ledger().record(answer(claimed, 'paid'))).toBe('paid');
    });

    it('is of an earlier epoch than the next one', async () => {
      const first = await lockedAccount(ledger());
      expect(first.lost.aborted).toBe(false);
      await first.release();
      expect((await lockedAccount(ledger())).epoch).toBe(first.epoch + 1);
    });
  });

  describe('recording', () => {
    it('stores the evidence, and counts an attempt that may have left', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      const claimed = await claimOne(ledger(), lock, START + 10);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'submitting', attempts: 1, sentAt: START + 10 });
      await ledger().record(answer(claimed, 'pending', { feeMinor: 35n }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'pending',
        attempts: 1,
        code: '200',
        reason: 'It is pending.',
        providerReference: `TX-${claimed.key}`,
        requestId: 'req-1',
        feeMinor: 35n,
        sentAt: START + 10,
        settledAt: null,
      });
      await ledger().record(answer(claimed, 'paid', { evidence: { code: '0', reason: 'Paid.' }, at: START + 99 }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({
        status: 'paid',
        attempts: 1,
        code: '0',
        reason: 'Paid.',
        providerReference: `TX-${claimed.key}`,
        requestId: 'req-1',
        feeMinor: 35n,
        settledAt: START + 99,
      });
    });

    it('does not count an attempt that never left, and lets its payment be claimed again', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      const first = await claimOne(ledger(), lock);
      const evidence = { code: 'connection-refused', reason: 'Nobody answered.' };
      await ledger().record(answer(first, 'planned', { left: false, evidence }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'planned', attempts: 0, sentAt: null, ...evidence });
      const second = await claimOne(ledger(), lock, START + 50);
      expect(second).toMatchObject({ key: first.key, attempt: 2, generation: 1 });
      expect(second.instruction).toEqual(first.instruction);
      // While the second is under way, an answer to the first must not end it.
      await expect(ledger().record(answer(first, 'paid'))).rejects.toMatchObject({ fault: 'move' });
      await ledger().record(answer(second, 'planned', { evidence: { code: '429', reason: 'Wait.' } }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'planned', attempts: 1, sentAt: START + 50 });
    });

    it('moves a payment by a late answer where its evidence allows, and notes the answer otherwise', async () => {
      await ledger().register(registration('november', payments(40)));
      const lock = await lockedAccount(ledger());
      const targets = ['planned', 'pending', 'paid', 'failed', 'unknown'] as const;
      for (const from of ['planned', 'pending', 'unknown', 'paid', 'failed'] as const) {
        for (const to of targets) {
          const claimed = await claimOne(ledger(), lock);
          await ledger().record(answer(claimed, from));
          const before = await ledger().byReference(claimed.instruction.reference);
          const evidence = { code: 'late', reason: 'It came late.', requestId: `late-${from}-${to}` };
          const status = await ledger().record(answer(claimed, to, { evidence }));
          const found = await ledger().byReference(claimed.instruction.reference);
          expect([from, to, status]).toEqual([from, to, LATE[from][to]]);
          expect(found?.status).toBe(status);
          if (status !== from) expect(canMove(from, status)).toBe(true);
          // Whatever it moved, it was an answer: the ids that it brings are there, and no second attempt is.
          expect(found).toMatchObject({ requestId: `late-${from}-${to}`, attempts: before?.attempts });
          if (status === from && !CONTRADICTED.includes(`${from} ${to}`)) expect(found?.code).toBe(before?.code);
          if (CONTRADICTED.includes(`${from} ${to}`)) {
            expect(found?.code).toBe('contradiction');
            expect(found?.reason).toMatch(/It came late\..*Before: /);
          }
          // What went back to planned would be claimed again before the next case's own payment.
          if (found?.status === 'planned') await ledger().record(answer(await claimOne(ledger(), lock), 'failed'));
        }
      }
      expect(STATUSES).toHaveLength(9);
    });

    it('lets one bad record fail alone, in the transaction of the good ones', async () => {
      await ledger().register(registration('november', payments(3)));
      const lock = await lockedAccount(ledger());
      const [first, second, third] = await claim(ledger(), lock, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(second, 'paid'));
      const impossible = { ...answer(third, 'paid'), by: null as unknown as string };
      const results = await Promise.allSettled([
        ledger().record(answer(first, 'paid')),
        ledger().record(answer({ ...second, attempt: 9 }, 'failed')),
        ledger().record(impossible),
        ledger().record(answer(third, 'unknown', { by: BY })),
      ]);
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      expect((await all(ledger())).map((found) => found.status)).toEqual(['paid', 'paid', 'unknown']);
    });
  });
}
