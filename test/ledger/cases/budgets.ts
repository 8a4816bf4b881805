import { describe, expect, it } from 'vitest';
import type { Rate } from '../../../src/domain/limits.ts';
import type { SpendResult } from '../../../src/ledger/port.ts';
import type { Bench } from '../conformance.ts';
import { answer, claim, held, NOON, payments, registration } from '../sample.ts';

const PER_SECOND: readonly Rate[] = [{ count: 2, windowMs: 1000 }];

export function budgetCases({ ledger }: Bench): void {
  const spend = (at: number, rates = PER_SECOND): Promise<SpendResult> =>
    ledger().spend({ key: 'token', account: null, rates, at });

  async function granted(at: number, rates = PER_SECOND): Promise<number> {
    const result = await spend(at, rates);
    if (!result.granted) throw new Error(`no room for ${result.waitMs} ms`);
    return result.call;
  }

  describe('spending from a budget', () => {
    it('frees a slot one window after its answer, and a millisecond for the rounding', async () => {
      const [first, second] = [await granted(NOON), await granted(NOON)];
      await ledger().spent(first, NOON + 200);
      await ledger().spent(second, NOON + 300);
      expect(await spend(NOON + 400)).toEqual({ granted: false, waitMs: 801 });
      expect(await spend(NOON + 1200)).toEqual({ granted: false, waitMs: 1 });
      expect(await spend(NOON + 1201)).toMatchObject({ granted: true });
      expect(await spend(NOON + 1201)).toMatchObject({ granted: false });
    });

    it('counts a call without an answer as one of this moment, for a minute', async () => {
      await granted(NOON);
      await granted(NOON);
      expect(await spend(NOON + 30_000)).toEqual({ granted: false, waitMs: 1001 });
      expect(await spend(NOON + 60_500)).toEqual({ granted: false, waitMs: 501 });
      expect(await spend(NOON + 61_001)).toMatchObject({ granted: true });
    });

    it('keeps every window at once, and each key for itself', async () => {
      const rates = [...PER_SECOND, { count: 3, windowMs: 60_000 }];
      for (const at of [NOON, NOON, NOON + 5000]) await ledger().spent(await granted(at, rates), at);
      expect(await spend(NOON + 10_000, rates)).toEqual({ granted: false, waitMs: 50_001 });
      const other = ledger().spend({ key: 'query', account: null, rates, at: NOON });
      expect(await other).toMatchObject({ granted: true });
    });

    it('takes what a wrong clock put into the future for now', async () => {
      for (let calls = 0; calls < 2; calls++) await ledger().spent(await granted(NOON), NOON + 86_400_000);
      expect(await spend(NOON)).toEqual({ granted: false, waitMs: 1001 });
    });

    it('shares what is asked for in one turn exactly', async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => spend(NOON)));
      expect(results.filter((result) => result.granted)).toHaveLength(2);
    });
  });

  describe('recent calls', () => {
    const recent = (since: number, limit = 100, account = 'demo') =>
      ledger().recentCalls({ account, key: 'token', since, limit });

    it('are the attempts of the account and the calls of the key, open ones first', async () => {
      await ledger().register(registration('november', payments(4)));
      const hold = await held(ledger());
      const [first, second, third] = await claim(ledger(), hold, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid', { at: NOON + 100 }));
      await ledger().record(answer(second, 'planned', { left: false, at: NOON + 200 }));
      await ledger().spent(await granted(NOON + 10), NOON + 300);
      await granted(NOON + 20);
      const calls = await recent(NOON);
      expect(calls.map((call) => [call.budget === 'token', call.startedAt, call.answeredAt])).toEqual([
        [true, NOON + 20, null],
        [false, NOON, null],
        [true, NOON + 10, NOON + 300],
        [false, NOON, NOON + 100],
      ]);
      expect(await recent(NOON + 101)).toHaveLength(3);
      expect(await recent(NOON + 301)).toHaveLength(2);
      expect(await recent(NOON, 3)).toEqual(calls.slice(0, 3));
      expect(await recent(NOON, 9, 'other')).toHaveLength(2);
    });

    it('count an attempt once, however often its outcome is corrected', async () => {
      await ledger().register(registration('november', payments(1)));
      const [claimed] = await claim(ledger(), await held(ledger()));
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'unknown'));
      await ledger().record(answer(claimed, 'paid', { at: NOON + 9000 }));
      expect(await recent(NOON)).toEqual([{ budget: '', startedAt: NOON, answeredAt: NOON + 1000 }]);
    });
  });
}
