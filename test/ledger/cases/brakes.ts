import { describe, expect, it } from 'vitest';
import type { CanaryResult, StopAt } from '../../../src/ledger/brakes.ts';
import type { AccountLock, AttemptResult, Claim } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { all, answer, BY, claim, lockedAccount, payment, payments, registration, START } from '../sample.ts';

const PERSON = { by: 'mary on desk', at: START } as const;
const NO_LIMIT = { failed: null, unknown: null, returned: null } as const;

export function brakeCases({ ledger }: Bench): void {
  const canaryOf = (size: number, account = 'demo'): Promise<CanaryResult> =>
    ledger().setCanary({ batch: 'november', account, size, ...PERSON });
  const register = (count: number, size: number): Promise<unknown> =>
    ledger().register(registration('november', payments(count), { canaries: [{ account: 'demo', size }] }));
  const ids = (claims: readonly Claim[]): string[] => claims.map(({ instruction }) => instruction.id);

  async function sendAll(lock: AccountLock, status: AttemptResult['status'], left = true): Promise<string[]> {
    const sent: string[] = [];
    for (;;) {
      const claims = await claim(ledger(), lock, 2);
      if (claims.length === 0) return sent;
      sent.push(...ids(claims));
      for (const one of claims) await ledger().record(answer(one, status, { left }));
      if (status === 'planned') return sent;
    }
  }

  describe('a canary', () => {
    it('lets so many payments go, and the others after its release', async () => {
      await register(7, 3);
      const lock = await lockedAccount(ledger());
      expect(await sendAll(lock, 'failed')).toEqual(['EMP-1', 'EMP-2', 'EMP-3']);
      expect(await ledger().canaries('november')).toEqual([
        { batch: 'november', account: 'demo', size: 3, used: 3, waiting: 4, by: BY, at: START },
      ]);
      expect(await claim(ledger(), lock, 9)).toEqual([]);
      expect(await ledger().releaseCanaries({ batch: 'november', ...PERSON })).toHaveLength(1);
      expect(await ledger().canaries('november')).toEqual([]);
      expect(await ledger().releaseCanaries({ batch: 'november', ...PERSON })).toEqual([]);
      expect(ids(await claim(ledger(), lock, 9))).toEqual(['EMP-4', 'EMP-5', 'EMP-6', 'EMP-7']);
    });

    it('chooses its payments for good: one that came back unsent goes again, and no other in its place', async () => {
      await register(5, 2);
      const lock = await lockedAccount(ledger());
      expect(await sendAll(lock, 'planned', false)).toEqual(['EMP-1', 'EMP-2']);
      expect(await sendAll(lock, 'paid')).toEqual(['EMP-1', 'EMP-2']);
      expect(await claim(ledger(), lock, 9)).toEqual([]);
    });

    it('lets a chosen payment go that stands behind payments which wait', async () => {
      await register(3, 1);
      const lock = await lockedAccount(ledger());
      await sendAll(lock, 'planned', false);
      const list = [payment(8, { line: 1 }), payment(9, { line: 1 }), ...payments(3)];
      expect(await ledger().amend(registration('november', list))).toMatchObject({ kind: 'amended', added: 2 });
      expect(ids(await claim(ledger(), lock, 2))).toEqual(['EMP-1']);
    });

    it('does not count a retry a second time, and keeps a retry of one of its payments possible', async () => {
      await register(5, 2);
      const lock = await lockedAccount(ledger());
      await sendAll(lock, 'failed');
      await ledger().retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START + 9_000, by: BY });
      expect(ids(await claim(ledger(), lock, 9))).toEqual(['EMP-1', 'EMP-2']);
      expect((await ledger().canaries('november'))[0]).toMatchObject({ used: 2, waiting: 3 });
    });

    it('gives two claims of one moment no more than one would get', async () => {
      await register(9, 3);
      const lock = await lockedAccount(ledger());
      const groups = await Promise.all([claim(ledger(), lock, 2), claim(ledger(), lock, 2), claim(ledger(), lock, 2)]);
      expect(groups.flatMap(ids)).toEqual(['EMP-1', 'EMP-2', 'EMP-3']);
    });

    it('holds one account of a batch and not the other', async () => {
      const list = [...payments(3), payment(4, { account: 'other' }), payment(5, { account: 'other' })];
      const canaries = [{ account: 'demo', size: 1 }];
      await ledger().register(registration('november', list, { canaries }));
      expect(await claim(ledger(), await lockedAccount(ledger()), 9)).toHaveLength(1);
      expect(await claim(ledger(), await lockedAccount(ledger(), 'other'), 9)).toHaveLength(2);
    });

    it('counts what left before it was set, and says where it comes too late, or has nothing to hold', async () => {
      await ledger().register(registration('november', payments(6)));
      const lock = await lockedAccount(ledger());
      await claim(ledger(), lock, 2);
      expect(await canaryOf(6)).toEqual({ kind: 'small' });
      expect(await canaryOf(2)).toEqual({ kind: 'too-late', left: 2 });
      expect(await canaryOf(4)).toEqual({ kind: 'in-force', size: 4 });
      expect(await canaryOf(5)).toEqual({ kind: 'in-force', size: 4 });
      expect(await claim(ledger(), lock, 9)).toHaveLength(2);
      expect(await canaryOf(1)).toEqual({ kind: 'in-force', size: 1 });
      await ledger().releaseCanaries({ batch: 'november', ...PERSON });
      expect(await canaryOf(5)).toEqual({ kind: 'released', by: 'mary on desk', at: START });
      expect(await claim(ledger(), lock, 9)).toHaveLength(2);
    });

    it('holds what an amendment adds to a small batch, from the amendment on', async () => {
      await register(2, 3);
      const lock = await lockedAccount(ledger());
      expect(await sendAll(lock, 'paid')).toEqual(['EMP-1', 'EMP-2']);
      const canaries = [{ account: 'demo', size: 3 }];
      await ledger().amend(registration('november', payments(6), { canaries }));
      expect(ids(await claim(ledger(), lock, 9))).toEqual(['EMP-3']);
    });

    it('holds what an amendment gives to another account of the batch while it waits', async () => {
      const fromOther = (...numbers: number[]) => numbers.map((n) => payment(n, { account: 'other' }));
      const first = [...fromOther(1, 2), ...[3, 4, 5, 6, 7, 8].map((n) => payment(n))];
      await ledger().register(registration('november', first, { canaries: [{ account: 'demo', size: 2 }] }));
      const [demo, other] = [await lockedAccount(ledger()), await lockedAccount(ledger(), 'other')];
      expect(await sendAll(demo, 'paid')).toEqual(['EMP-3', 'EMP-4']);
      expect(await sendAll(other, 'paid')).toEqual(['EMP-1', 'EMP-2']);
      const fromThird = [7, 8].map((n) => payment(n, { account: 'third' }));
      const amended = [...first.slice(0, 4), ...fromOther(5, 6), ...fromThird];
      expect(await ledger().amend(registration('november', amended))).toMatchObject({ kind: 'amended', changed: 4 });
      expect(await claim(ledger(), other, 9)).toEqual([]);
      // An account that is new in the batch has first payments of its own.
      expect(ids(await claim(ledger(), await lockedAccount(ledger(), 'third'), 9))).toEqual(['EMP-7', 'EMP-8']);
      await ledger().releaseCanaries({ batch: 'november', ...PERSON });
      expect(ids(await claim(ledger(), other, 9))).toEqual(['EMP-5', 'EMP-6']);
    });

    it('is not set for a batch without more payments than it lets go', async () => {
      await register(3, 3);
      expect(await ledger().canaries('november')).toEqual([]);
    });

    it('counts what a recovery took for sent', async () => {
      await register(5, 3);
      await ledger().beginRecovery({ because: 'the disk died', by: BY, at: START, counter: 7, missing: 'all' });
      await ledger().endRecovery(START);
      await canaryOf(3);
      expect((await ledger().canaries('november'))[0]).toMatchObject({ used: 5 });
    });
  });

  describe('numbers at which nothing more is claimed', () => {
    const claimBelow = (lock: AccountLock, stopAt: Partial<StopAt>, limit = 1): Promise<readonly Claim[]> => {
      const numbers = { batch: 'november', since: 0, ...NO_LIMIT, ...stopAt };
      return ledger().claim({ lock, batch: 'november', limit, stopAt: numbers, at: START, by: BY });
    };

    it('are those of each status by itself', async () => {
      await ledger().register(registration('november', payments(9)));
      const lock = await lockedAccount(ledger());
      for (const status of ['failed', 'unknown', 'paid'] as const) {
        for (const one of await claim(ledger(), lock, 2)) await ledger().record(answer(one, status));
      }
      const [, , , , paid] = await all(ledger());
      const report = { kind: 'returned', evidence: { code: 'R', reason: 'Came back.' } } as const;
      const at = START + 5_000;
      await ledger().recordReport({ reference: paid?.reference ?? '', report, source: 'callback', at, by: BY });
      for (const [status, count] of [
        ['failed', 2],
        ['unknown', 2],
        ['returned', 1],
      ] as const) {
        await expect(claimBelow(lock, { [status]: count })).rejects.toMatchObject({ fault: 'stop-at' });
        expect(await claimBelow(lock, { [status]: count + 1 })).toHaveLength(1);
      }
      expect(await claimBelow(lock, {}, 9)).toHaveLength(0);
      expect(await ledger().sentCounts({ batch: 'november', account: 'demo', since: 0 })).toEqual({
        ...{ failed: 2, unknown: 2, returned: 1, ended: 6 },
      });
    });

    it('see an outcome that was recorded in the same moment', async () => {
      await ledger().register(registration('november', payments(3)));
      const lock = await lockedAccount(ledger());
      const [first] = await claim(ledger(), lock);
      if (first === undefined) throw new Error('nothing claimed');
      const [, refused] = await Promise.allSettled([
        ledger().record(answer(first, 'failed')),
        claimBelow(lock, { failed: 1 }),
      ]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { fault: 'stop-at' } });
    });

    it('count only what was sent since, of the batch and account', async () => {
      const list = [...payments(4), payment(5, { account: 'other' })];
      await ledger().register(registration('november', list));
      const lock = await lockedAccount(ledger());
      const other = await lockedAccount(ledger(), 'other');
      for (const one of [...(await claim(ledger(), lock, 1)), ...(await claim(ledger(), other, 1))]) {
        await ledger().record(answer(one, 'failed'));
      }
      expect(await claimBelow(lock, { failed: 2 })).toHaveLength(1);
      expect(await claimBelow(lock, { failed: 1, since: START })).toHaveLength(1);
      const of = { batch: 'november', account: 'demo', since: START } as const;
      expect(await ledger().sentCounts(of)).toEqual({ failed: 0, unknown: 0, returned: 0, ended: 0 });
      await expect(claimBelow(lock, { failed: 1 })).rejects.toMatchObject({ fault: 'stop-at' });
    });

    it('refuse a re-send too', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      const [one] = await claim(ledger(), lock);
      if (one === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(one, 'unknown'));
      const { reference } = one.instruction;
      const request = { lock, references: [reference], limit: 1, at: START, by: BY };
      const stopAt = { batch: 'november', since: 0, ...NO_LIMIT, unknown: 1 };
      await expect(ledger().claimForResend({ ...request, stopAt })).rejects.toMatchObject({ fault: 'stop-at' });
      expect(await ledger().claimForResend({ ...request, stopAt: { ...stopAt, unknown: 2 } })).toHaveLength(1);
    });
  });

  it('remembers when a pause that payrun had made was ended last, and no pause of a person', async () => {
    const pause = (by: string): Promise<unknown> =>
      ledger().pause({ scope: 'account', name: 'demo', by, at: START, because: 'why' });
    const resume = (at: number): Promise<unknown> =>
      ledger().resume({ scope: 'account', name: 'demo', by: 'mary', at });
    await pause('mary');
    await resume(START + 1);
    expect(await ledger().resumedAt('demo', 'payrun')).toBeNull();
    for (const at of [START + 2, START + 3]) {
      await pause('payrun');
      await resume(at);
    }
    expect(await ledger().resumedAt('demo', 'payrun')).toBe(START + 3);
    expect(await ledger().resumedAt('other', 'payrun')).toBeNull();
  });
}
