import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { isLedgerError } from '../../../src/ledger/errors.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { AccountLock } from '../../../src/ledger/records.ts';
import type { ChildTasks } from '../child.ts';
import { answer, claim, claimOne, lockedAccount, payments, registration } from '../sample.ts';
import { store } from './store.ts';

/** For `child.ts`: the SQLite store, and what only a store in one file can meet: a disk without room, and its reserve. */
export { store };

export const tasks: ChildTasks = {
  'fill-disk': async ({ count, start }) => {
    const ledger = await start();
    await ledger.register(registration('november', payments(count)));
    const lock = await lockedAccount(ledger);
    const done = { recorded: 0, fault: '', after: '' };
    const evidence = { code: '200', reason: 'x'.repeat(2000) };
    try {
      for (let at = 0; at < count; at++) {
        await ledger.record(answer(await claimOne(ledger, lock), 'paid', { evidence }));
        done.recorded += 1;
      }
    } catch (error) {
      done.fault = faultOf(error);
    }
    done.after = await claim(ledger, lock, 1).then(() => 'claimed', faultOf);
    return done;
  },
  'lose-room': async ({ count, text: filler, place, start }) => {
    const ledger = await start();
    await ledger.register(registration('november', payments(100)));
    const lock = await lockedAccount(ledger);
    const sent = await claim(ledger, lock, count);
    fillUp(filler);
    const fault = await claimUntilFull(ledger, lock);
    await Promise.all(sent.map((one) => ledger.record(answer(one, 'paid'))));
    const after = await claim(ledger, lock, 1).then(() => 'claimed', faultOf);
    const registered = await ledger.register(registration('december', payments(1))).then(() => 'registered', faultOf);
    await ledger.close();
    rmSync(filler);
    const again = await store.open(place);
    const { recovered } = await lockedAccount(again);
    const tallies = await again.tallies('november');
    const paid = tallies.find((tally) => tally.status === 'paid')?.count;
    const next = await claim(again, await lockedAccount(again, 'other'), 1).then(() => 'claimed', faultOf);
    return { fault, after, registered, recovered, paid, next };
  },
};

/** Takes the last byte of the disk. */
function fillUp(path: string): void {
  const descriptor = openSync(path, 'w');
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(bytes, 'x'));
    } catch {
      // No room for a piece of this size.
    }
  }
  closeSync(descriptor);
}

/** The write-ahead log may still have some room of its own. */
async function claimUntilFull(ledger: Ledger, lock: AccountLock): Promise<string> {
  for (let at = 0; at < 50; at++) {
    const fault = await claim(ledger, lock, 1).then(() => null, faultOf);
    if (fault !== null) return fault;
  }
  return 'never';
}

function faultOf(error: unknown): string {
  return isLedgerError(error) ? error.fault : String(error);
}
