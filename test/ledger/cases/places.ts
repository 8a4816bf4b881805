import { describe, expect, it } from 'vitest';
import { placeKey, type Place } from '../../../src/domain/place.ts';
import type { AccountLock, LockResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, claimOne, one, payments, placed, registration, START } from '../sample.ts';

const OLD = placed('demo').place;
const NEW: Place = { ...OLD, payer: 'f'.repeat(16) };

export function placeCases({ store, place: where, ledger }: Bench): void {
  const lockResult = (account: string, place: Place, by = ledger()): Promise<LockResult> =>
    by.lockAccount({ account, place }, { command: 'run', pid: process.pid, host: 'desk', at: START });

  async function lockOf(account: string, place: Place): Promise<AccountLock> {
    const result = await lockResult(account, place);
    if (result.kind === 'busy') throw new Error('busy');
    return result.lock;
  }

  describe('the place of a payment', () => {
    it('is where it was claimed for, and none again when nothing of it was sent', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockOf('demo', OLD);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ place: null });
      const claimed = await claimOne(ledger(), lock);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ place: placeKey(OLD) });
      await ledger().record(answer(claimed, 'planned', { left: false }));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ place: null });
      const again = await claimOne(ledger(), await lockOf('demo', NEW));
      await ledger().record(answer(again, 'failed'));
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ status: 'failed', place: placeKey(NEW) });
      expect(await ledger().places()).toEqual(
        new Map([
          [placeKey(OLD), OLD],
          [placeKey(NEW), NEW],
        ]),
      );
      const sent = [{ account: 'demo', place: placeKey(NEW), count: 1 }];
      expect(await ledger().sentPlaces('november')).toEqual(sent);
      expect(await ledger().sentPlaces('december')).toEqual([]);
      // A new reference was sent nowhere yet.
      const retry = { batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY };
      expect(await ledger().retry(retry)).toBe(1);
      expect(await one(ledger(), 'EMP-1')).toMatchObject({ place: null });
      expect(await ledger().sentPlaces('november')).toEqual(sent);
      const third = await claimOne(ledger(), lock);
      await ledger().record(answer(third, 'paid'));
      expect(await ledger().sentPlaces('november')).toHaveLength(2);
    });

    it('is the only one at which it is listed and sent again', async () => {
      await ledger().register(registration('november', payments(3)));
      const old = await lockOf('demo', OLD);
      for (const claimed of await claim(ledger(), old, 2)) await ledger().record(answer(claimed, 'unknown'));
      const lock = await lockOf('demo', NEW);
      const { reference } = await one(ledger(), 'EMP-1');
      const resend = { references: [reference], limit: 1, at: START, by: BY };
      expect(await ledger().claimForResend({ lock, ...resend })).toEqual([]);
      const listed = async (place: string | null): Promise<string[]> => {
        const ids: string[] = [];
        const filter = { account: 'demo', place, batch: null, statuses: ['pending', 'unknown'] } as const;
        for await (const page of ledger().openPayments(filter)) ids.push(...page.map(({ payment }) => payment.id));
        return ids;
      };
      expect(await listed(placeKey(NEW))).toEqual([]);
      expect(await listed(placeKey(OLD))).toEqual(['EMP-1', 'EMP-2']);
      expect(await listed(null)).toEqual(['EMP-1', 'EMP-2']);
      const open = [{ batch: 'november', account: 'demo', place: placeKey(OLD), count: 2 }];
      expect([await ledger().openPlaces('november'), await ledger().openPlaces(null)]).toEqual([open, open]);
      expect(await ledger().openPlaces('december')).toEqual([]);
      // What was never sent goes to the new place.
      expect((await claim(ledger(), lock, 5)).map(({ instruction }) => instruction.id)).toEqual(['EMP-3']);
      expect(await ledger().claimForResend({ lock: old, ...resend })).toHaveLength(1);
    });

    it('decides which dead run is settled by a lock', async () => {
      await ledger().register(registration('november', payments(2)));
      const dead = await store.open(where());
      const lock = await lockResult('demo', OLD, dead);
      if (lock.kind === 'busy') throw new Error('busy');
      await claim(dead, lock.lock, 1);
      await dead.close();
      expect(await lockOf('demo', NEW)).toMatchObject({ recovered: 0 });
      expect((await one(ledger(), 'EMP-1')).status).toBe('submitting');
      // Whoever locks the place, under whatever name of an account.
      expect(await lockOf('renamed', OLD)).toMatchObject({ recovered: 1 });
      expect((await one(ledger(), 'EMP-1')).status).toBe('unknown');
    });
  });

  describe('the lock of a place', () => {
    it('is shared by the accounts of one ledger that send there, and busy for every other', async () => {
      await ledger().register(
        registration('november', [...payments(1), ...payments(2, { account: 'other' }).slice(1)]),
      );
      const [demo, other] = [await lockOf('demo', OLD), await lockOf('other', OLD)];
      expect(other).toMatchObject({ account: 'other', key: demo.key, epoch: demo.epoch });
      const second = await store.open(where());
      expect(await lockResult('other', OLD, second)).toMatchObject({ kind: 'busy' });
      expect((await claim(ledger(), other, 2)).map(({ instruction }) => instruction.id)).toEqual(['EMP-2']);
      await demo.release();
      await expect(claim(ledger(), demo)).rejects.toMatchObject({ fault: 'locked' });
      expect(await lockResult('demo', OLD, second)).toMatchObject({ kind: 'busy' });
      await other.release();
      expect(await lockResult('demo', OLD, second)).toMatchObject({ kind: 'locked' });
      expect(await lockResult('demo', NEW)).toMatchObject({ kind: 'locked' });
      await second.close();
    });

    it('has one memory of the payouts of all accounts that send there', async () => {
      await ledger().register(
        registration('november', [...payments(1), ...payments(2, { account: 'other' }).slice(1)]),
      );
      const [demo, other] = [await lockOf('demo', OLD), await lockOf('other', OLD)];
      for (const lock of [demo, other]) await ledger().record(answer(await claimOne(ledger(), lock), 'paid'));
      const recent = { account: 'demo', key: 'token', since: START, limit: 9 };
      expect(await ledger().recentCalls({ ...recent, place: placeKey(OLD) })).toHaveLength(2);
      expect(await ledger().recentCalls({ ...recent, place: placeKey(NEW) })).toEqual([]);
    });
  });
}
