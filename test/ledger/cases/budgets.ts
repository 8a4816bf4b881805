import { describe, expect, it } from 'vitest';
import type { Rate } from '../../../src/domain/limits.ts';
import type { SpendResult } from '../../../src/ledger/call-records.ts';
import type { Bench } from '../conformance.ts';
import { placeKey } from '../../../src/domain/place.ts';
import { answer, claim, lockedAccount, START, payments, registration, placed } from '../sample.ts';

const PER_SECOND: readonly Rate[] = [{ count: 2, windowMs: 1000 }];

export function budgetCases({ ledger }: Bench): void {
  const spend = (at: number, rates = PER_SECOND): Promise<SpendResult> =>
    ledger().spend({ key: 'token', lock: null, rates, at });

  async function granted(at: number, rates = PER_SECOND): Promise<number> {
    const result = await spend(at, rates);
    if (!result.granted) throw new Error(`no room for ${result.waitMs} ms`);
    return result.call;
  }

  describe('spending from a budget', () => {
    it('frees a slot one window after its answer, and a millisecond for the rounding', async () => {
      const [first, second] = [await granted(START), await granted(START)];
      await ledger().callAnswered(first, START + 200);
      await ledger().callAnswered(second, START + 300);
      expect(await spend(START + 400)).toEqual({ granted: false, waitMs: 801 });
      expect(await spend(START + 1200)).toEqual({ granted: false, waitMs: 1 });
      expect(await spend(START + 1201)).toMatchObject({ granted: true });
      expect(await spend(START + 1201)).toMatchObject({ granted: false });
    });

    it('counts a call without an answer as one of this moment, for a minute', async () => {
      await granted(START);
      await granted(START);
      expect(await spend(START + 30_000)).toEqual({ granted: false, waitMs: 1001 });
      expect(await spend(START + 60_500)).toEqual({ granted: false, waitMs: 501 });
      expect(await spend(START + 61_001)).toMatchObject({ granted: true });
    });

    it('keeps every window at once, and each key for itself', async () => {
      const rates = [...PER_SECOND, { count: 3, windowMs: 60_000 }];
      for (const at of [START, START, START + 5000]) await ledger().callAnswered(await granted(at, rates), at);
      expect(await spend(START + 10_000, rates)).toEqual({ granted: false, waitMs: 50_001 });
      const other = ledger().spend({ key: 'query', lock: null, rates, at: START });
      expect(await other).toMatchObject({ granted: true });
    });

    it('takes what a wrong clock put into the future for now', async () => {
      for (let calls = 0; calls < 2; calls++) await ledger().callAnswered(await granted(START), START + 86_400_000);
      expect(await spend(START)).toEqual({ granted: false, waitMs: 1001 });
    });

    it('is free again a window after the clock was set back, whether those calls were answered or not', async () => {
      await ledger().callAnswered(await granted(START + 86_400_000), START + 86_400_100);
      await granted(START + 86_400_000);
      expect(await spend(START)).toEqual({ granted: false, waitMs: 1001 });
      expect(await spend(START + 1001)).toMatchObject({ granted: true });
      expect(await spend(START + 60_500)).toMatchObject({ granted: false });
      expect(await spend(START + 61_001)).toMatchObject({ granted: true });
    });

    it('shares what is asked for in one turn exactly', async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => spend(START)));
      expect(results.filter((result) => result.granted)).toHaveLength(2);
    });
  });

  describe('recent calls', () => {
    const recent = (since: number, limit = 100, account = 'demo') =>
      ledger().recentCalls({ account, place: placeKey(placed(account).place), key: 'token', since, limit });

    it('are the attempts of the account and the calls of the key, open ones first', async () => {
      await ledger().register(registration('november', payments(4)));
      const hold = await lockedAccount(ledger());
      const [first, second, third] = await claim(ledger(), hold, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid', { at: START + 100 }));
      await ledger().record(answer(second, 'planned', { left: false, at: START + 200 }));
      await ledger().callAnswered(await granted(START + 10), START + 300);
      await granted(START + 20);
      const calls = await recent(START);
      expect(calls.map((call) => [call.budget === 'token', call.startedAt, call.answeredAt])).toEqual([
        [true, START + 20, null],
        [false, START, null],
        [true, START + 10, START + 300],
        [false, START, START + 100],
      ]);
      expect(await recent(START + 101)).toHaveLength(3);
      expect(await recent(START + 301)).toHaveLength(2);
      expect(await recent(START, 3)).toEqual(calls.slice(0, 3));
      expect(await recent(START, 9, 'other')).toHaveLength(2);
    });

    it('count an attempt once, however often its outcome is corrected', async () => {
      await ledger().register(registration('november', payments(1)));
      const [claimed] = await claim(ledger(), await lockedAccount(ledger()));
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'unknown'));
      await ledger().record(answer(claimed, 'paid', { at: START + 9000 }));
      expect(await recent(START)).toEqual([{ budget: '', startedAt: START, answeredAt: START + 1000 }]);
    });
  });
}
