import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../src/callbacks/arrivals.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('arriving connections', () => {
  it('hold nothing up when there are none', async () => {
    const arrivals = new Arrivals();
    expect(arrivals.settled()).toBeNull();
    arrivals.add();
    await arrivals.settled();
    expect(arrivals.settled()).toBeNull();
  });

  it('are waited for until a turn brings none', async () => {
    const arrivals = new Arrivals();
    let isSettled = false;
    arrivals.add();
    const settled = arrivals.settled()?.then(() => (isSettled = true));
    for (let n = 0; n < 5; n++) {
      arrivals.add();
      await turn();
      expect(isSettled).toBe(false);
    }
    await settled;
    expect(isSettled).toBe(true);
  });

  it('are waited for no longer than some milliseconds', async () => {
    const arrivals = new Arrivals();
    let next: NodeJS.Immediate | undefined;
    const again = (): void => {
      arrivals.add();
      next = setImmediate(again);
    };
    again();
    await arrivals.settled();
    clearImmediate(next);
  });
});
