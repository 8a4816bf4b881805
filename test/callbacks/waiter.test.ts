import { describe, expect, it } from 'vitest';
import { callbackWaiter } from '../../src/callbacks/waiter.ts';
import { VirtualClock } from '../execute/virtual-clock.ts';

const STORED = { body: '{"a":1}', receivedAt: 7 };

describe('waiting for a callback', () => {
  it('ends at once when the callback is stored already', async () => {
    const clock = new VirtualClock();
    const waiter = callbackWaiter({ callbackTo: () => Promise.resolve(STORED) }, clock, 'demo');
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
    const waiter = callbackWaiter({ callbackTo }, clock, 'demo');
    expect(await clock.until(waiter.wait('r-01', 5_000))).toEqual({ segment: 'r-01', ...STORED });
    expect(clock.monotonic()).toBe(1_000);
    expect([...lookups]).toEqual(['demo r-01']);
  });

  it('ends without a callback when the time is over', async () => {
    const clock = new VirtualClock();
    const waiter = callbackWaiter({ callbackTo: () => Promise.resolve(null) }, clock, 'demo');
    expect(await clock.until(waiter.wait('r-01', 250))).toBeNull();
    expect(clock.monotonic()).toBe(250);
  });
});
