import { describe, expect, it } from 'vitest';
import { callbackWaiter } from '../../src/callbacks/waiter.ts';
import { VirtualClock } from '../execute/virtual-clock.ts';

const STORED = { body: '{"a":1}', receivedAt: 7 };

describe('waiting for a callback', () => {
  const ending = new AbortController().signal;

  it('ends at once when the callback is stored already', async () => {
    const clock = new VirtualClock();
    const waiter = callbackWaiter({
      ledger: { callbackTo: () => Promise.resolve(STORED) },
      clock,
      account: 'demo',
      ending,
    });
    expect(await clock.until(waiter.wait('r-01', 5_000))).toEqual({ segment: 'r-01', ...STORED });
    expect(clock.monotonic()).toBe(0);
  });

  it('finds a callback that another process stores meanwhile, of this account and segment only', async () => {
    const clock = new VirtualClock();
    const lookups = new Set<string>();
    const callbackTo = (account: string, segment: string) => {
      lookups.add(`${account} ${segment}`);
      return Promise.resolve(clock.monotonic() < 1_000 ? null : STORED);
    };
    const waiter = callbackWaiter({ ledger: { callbackTo }, clock, account: 'demo', ending });
    expect(await clock.until(waiter.wait('r-01', 5_000))).toEqual({ segment: 'r-01', ...STORED });
    expect(clock.monotonic()).toBe(1_000);
    expect([...lookups]).toEqual(['demo r-01']);
  });

  it('ends without a callback when it is to end, and then reads the ledger once more and waits for nothing', async () => {
    const clock = new VirtualClock();
    const cut = new AbortController();
    const ledger = { callbackTo: () => Promise.resolve(null) };
    const waiter = callbackWaiter({ ledger, clock, account: 'demo', ending: cut.signal });
    void clock.sleep(1_000).then(() => cut.abort());
    expect(await clock.until(waiter.wait('r-01', 20_000))).toBeNull();
    expect([await waiter.wait('r-02', 20_000), clock.monotonic()]).toEqual([null, 1_000]);
  });

  it('ends without a callback when the time is over', async () => {
    const clock = new VirtualClock();
    const waiter = callbackWaiter({
      ledger: { callbackTo: () => Promise.resolve(null) },
      clock,
      account: 'demo',
      ending,
    });
    expect(await clock.until(waiter.wait('r-01', 250))).toBeNull();
    expect(clock.monotonic()).toBe(250);
  });
});
