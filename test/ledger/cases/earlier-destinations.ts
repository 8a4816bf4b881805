import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/domain/destination.ts';
import { SIMULATOR_HOST } from '../../../src/domain/place.ts';
import type { AttemptResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, lockedAccount, payment, placed, registration, START } from '../sample.ts';

const till = (digits: string): Destination => ({ kind: 'till', till: digits });

export function earlierDestinationCases({ ledger }: Bench): void {
  /** Registers one payment of EMP-1 in a batch of its own, and records this answer where one is given. */
  const pay = async (
    batch: string,
    destination: Destination,
    status: AttemptResult['status'] | null,
  ): Promise<void> => {
    await ledger().register(registration(batch, [payment(1, { destination })], { refuseCopiesSince: null }));
    if (status === null) return;
    const lock = await lockedAccount(ledger());
    for (const claimed of await claim(ledger(), lock, 1, batch)) await ledger().record(answer(claimed, status));
    await lock.release();
  };
  const found = async (destination: Destination, isSimulation = false): Promise<string[]> => {
    const searched = [payment(7), payment(1, { destination })];
    const earlier = await ledger().earlierDestinations(searched, isSimulation);
    return earlier.map((one) => `${one.index} ${one.batch} ${JSON.stringify(one.destination)}`);
  };
  const at = (batch: string, digits: string): string => `1 ${batch} ${JSON.stringify(till(digits))}`;

  describe('the destinations that an id was paid to before', () => {
    it('are all that may have arrived, the newest first, unless one of them is the same', async () => {
      await pay('august', till('0333'), 'paid');
      await pay('september', till('0111'), 'paid');
      await pay('october', till('0222'), 'pending');
      await pay('november', till('0333'), 'unknown');
      expect(await found(till('111'))).toEqual([
        at('november', '0333'),
        at('october', '0222'),
        at('september', '0111'),
      ]);
      expect(await found(till('0222'))).toEqual([]);
      const wallet: Destination = { kind: 'wallet', wallet: '0222' };
      expect(await found(wallet)).toHaveLength(3);
    });

    it('are none where nothing arrived: planned, failed, cancelled', async () => {
      await pay('august', till('0333'), null);
      await pay('september', till('0111'), 'failed');
      await pay('october', till('0222'), null);
      await ledger().cancel({ batch: 'october', idKeys: null, because: 'left', by: BY, at: START });
      expect(await found(till('333'))).toEqual([]);
    });

    it('leave out what the simulator paid, unless it pays the file too', async () => {
      await ledger().register(registration('rehearsed', [payment(1, { destination: till('0333') })]));
      const owner = { command: 'run', pid: process.pid, host: 'desk', at: START };
      const locked = await ledger().lockAccount(placed('demo', { host: SIMULATOR_HOST }), owner);
      if (locked.kind === 'busy') throw new Error('busy');
      for (const claimed of await claim(ledger(), locked.lock, 1, 'rehearsed')) {
        await ledger().record(answer(claimed, 'paid'));
      }
      expect(await found(till('333'))).toEqual([]);
      expect(await found(till('333'), true)).toEqual([at('rehearsed', '0333')]);
    });

    it('are found for more payments than are searched at once', async () => {
      await pay('october', till('0333'), 'paid');
      const searched = Array.from({ length: 1203 }, (_, number) => payment(number + 2));
      searched.splice(1101, 1, payment(1, { destination: till('333') }));
      const earlier = await ledger().earlierDestinations(searched, false);
      expect(earlier).toEqual([{ index: 1101, batch: 'october', destination: till('0333') }]);
    });
  });
}
