import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { race, Worker } from '../processes.ts';
import { placeKey } from '../../../src/domain/place.ts';
import { all, answer, claim, lockedAccount, START, payments, registration, placed } from '../sample.ts';

const holder = (at = START) => ({ command: 'settle', pid: 7, host: 'desk', at });

/** For stores that several processes can open. */
export function processCases({ place, ledger }: Bench, module: string): void {
  const worker = (task: string, count = 0, text = ''): Promise<Worker> =>
    Worker.start([module, place(), task, String(count), text]);

  describe('among processes', () => {
    it('gives no payment to two of them', async () => {
      await ledger().register(registration('november', payments(60)));
      const results = (await race([await worker('work'), await worker('work')])) as number[][];
      const keys = results.flat();
      expect(keys).toHaveLength(60);
      expect(new Set(keys).size).toBe(60);
      expect((await all(ledger())).every((found) => found.status === 'paid')).toBe(true);
    });

    it('registers one of a file and its copy, whoever is first', async () => {
      const [first, second] = await Promise.all([worker('register', 900, 'november'), worker('register', 900, 'copy')]);
      const results = (await race([first, second])) as { kind: string }[];
      expect(results.map((result) => result.kind).sort()).toEqual(['copy', 'registered']);
      expect(await ledger().batches()).toHaveLength(1);
    });

    it('registers an id once', async () => {
      const [first, second] = await Promise.all([
        worker('register', 500, 'november'),
        worker('register', 500, 'november'),
      ]);
      const results = (await race([first, second])) as { kind: string }[];
      expect(results.map((result) => result.kind).sort()).toEqual(['exists', 'registered']);
      expect(await all(ledger())).toHaveLength(500);
    });

    it('keeps nothing of a registration whose process was killed', async () => {
      const dying = await worker('register-half', 4000, 'november');
      dying.go();
      expect(await dying.says()).toEqual({ ready: true });
      await dying.kill();
      expect(await ledger().batch('november')).toBeNull();
      expect(await all(ledger())).toEqual([]);
      expect(await ledger().register(registration('november', payments(10)))).toEqual({ kind: 'registered' });
    });

    it('lets one of two that settle the same payments move each of them', async () => {
      await ledger().register(registration('november', payments(60)));
      const hold = await lockedAccount(ledger());
      const claims = await claim(ledger(), hold, 60);
      await Promise.all(claims.map((claimed) => ledger().record(answer(claimed, 'pending'))));
      const workers = await Promise.all([worker('settle-all', 0, 'paid'), worker('settle-all', 0, 'failed')]);
      const [paid = 0, failed = 0] = (await race(workers)) as number[];
      expect(paid + failed).toBe(60);
      const found = await all(ledger());
      // Whoever came second contradicts: what was paid stays so, and nothing that both spoke of is fit for a retry.
      for (const { status, code } of found) expect([status, code]).toEqual([status === 'paid' ? 'paid' : 'unknown', 'contradiction']); // prettier-ignore
    });

    it('shares a budget exactly', async () => {
      const workers = await Promise.all([worker('spend', 15), worker('spend', 15)]);
      const grants = (await race(workers)) as number[];
      expect((grants[0] ?? 0) + (grants[1] ?? 0)).toBe(10);
    });

    it('leaves what a live process holds alone, and makes unknown what a killed one left', async () => {
      const list = [
        ...payments(5),
        ...payments(9)
          .slice(5)
          .map((p) => ({ ...p, account: 'other' })),
      ];
      await ledger().register(registration('november', list));
      const [dying, living] = [await worker('claim-and-hang', 3, 'demo'), await worker('claim-and-hang', 2, 'other')];
      expect(await race([dying, living])).toEqual([{ ready: 3 }, { ready: 2 }]);
      expect(await ledger().lockAccount(placed('demo'), holder())).toMatchObject({
        kind: 'busy',
        by: { host: 'desk' },
      });
      await dying.kill();
      const result = await ledger().lockAccount(placed('demo'), holder(START + 500));
      expect(result).toMatchObject({ kind: 'locked', lock: { recovered: 3 } });
      const found = await all(ledger());
      expect(found.map((one) => one.status)).toEqual([
        ...['unknown', 'unknown', 'unknown', 'planned', 'planned'],
        ...['submitting', 'submitting', 'planned', 'planned'],
      ]);
      expect(found[0]).toMatchObject({ code: 'process-died', attempts: 1, sentAt: START, settledAt: null });
      expect(found[0]?.reason).toMatch(/may or may not have been paid/);
      // Its calls count from the moment its death was noticed.
      const recent = { account: 'demo', place: placeKey(placed('demo').place), key: 'demo/token' };
      const calls = await ledger().recentCalls({ ...recent, since: START + 500, limit: 10 });
      expect(calls.map((call) => call.answeredAt)).toEqual([START + 500, START + 500, START + 500, START + 500]);
      expect(await ledger().lockAccount(placed('other'), holder())).toMatchObject({ kind: 'busy' });
      await living.kill();
    });

    it('is refused to another process for as long as nobody lets go', async () => {
      await lockedAccount(ledger());
      const other = await worker('claim-and-hang', 1, 'demo');
      other.go();
      expect(await other.says()).toMatchObject({ fault: expect.stringContaining('busy') as unknown });
    });
  });
}

/** For every store. */
export function accountLockCases({ store, place, ledger }: Bench): void {
  describe('holding an account', () => {
    it('is announced by one that waits to send, to every process, until that one has it or gives up', async () => {
      const second = await store.open(place());
      expect(await second.isAccountAwaited('demo')).toBe(false);
      const waiting = await ledger().awaitAccount('demo');
      expect([await second.isAccountAwaited('demo'), await ledger().isAccountAwaited('demo')]).toEqual([true, true]);
      expect([await second.awaitAccount('demo'), await second.isAccountAwaited('other')]).toEqual([null, false]);
      waiting?.release();
      expect(await second.isAccountAwaited('demo')).toBe(false);
      const next = await second.awaitAccount('demo');
      waiting?.release();
      expect(await ledger().isAccountAwaited('demo')).toBe(true);
      next?.release();
      await second.close();
    });

    it('is for one holder at a time, in this process too, and says who has it', async () => {
      const hold = await lockedAccount(ledger());
      const second = await store.open(place());
      const busy = { kind: 'busy', by: { command: 'run', pid: process.pid, host: 'desk', at: START } };
      expect(await ledger().lockAccount(placed('demo'), holder())).toEqual(busy);
      expect(await second.lockAccount(placed('demo'), holder())).toEqual(busy);
      expect(await second.lockAccount(placed('other'), holder())).toMatchObject({ kind: 'locked' });
      await hold.release();
      expect(await second.lockAccount(placed('demo'), holder())).toMatchObject({
        kind: 'locked',
        lock: { recovered: 0 },
      });
      await second.close();
      expect(await ledger().lockAccount(placed('demo'), holder())).toMatchObject({ kind: 'locked' });
    });

    it('takes any name of an account, and keeps them apart', async () => {
      for (const account of ['Demo', 'demo', 'a/b', 'a.b', '../x', 'é'.repeat(200)]) {
        expect(await ledger().lockAccount(placed(account), holder())).toMatchObject({
          kind: 'locked',
          lock: { account },
        });
      }
    });

    it('lets a late answer correct what was thought dead', async () => {
      await ledger().register(registration('november', payments(1)));
      const first = await lockedAccount(ledger());
      const [claimed] = await claim(ledger(), first);
      if (claimed === undefined) throw new Error('nothing claimed');
      await first.release();
      expect((await lockedAccount(ledger())).recovered).toBe(1);
      await ledger().record(answer(claimed, 'paid'));
      expect((await all(ledger()))[0]).toMatchObject({ status: 'paid', attempts: 1 });
    });
  });
}
