import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../src/callbacks/arrivals.ts';

/** Time that passes with each look at it, so that no other work of this machine decides. */
const withOwnTime = (): Arrivals => {
  let ms = 0;
  return new Arrivals(() => (ms += 0.05));
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('arriving connections', () => {
  it('hold nothing up when there are none', async () => {
    const arrivals = new Arrivals();
    expect(arrivals.settled()).toBeNull();
    arrivals.add();
    await arrivals.settled();
    expect(arrivals.settled()).toBeNull();
  });

  it('are waited for until no more come', async () => {
    const arrivals = withOwnTime();
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

  it('are all accepted before work begins that the first of them brought', async () => {
    const arrivals = withOwnTime();
    let accepted = 0;
    let atWork = 0;
    const server = createServer((socket) => {
      accepted += 1;
      arrivals.add();
      if (accepted === 1) void arrivals.settled()?.then(() => (atWork = accepted));
      socket.resume();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await expect.poll(() => atWork).toBe(64);
    for (const socket of sockets) socket.destroy();
    server.close();
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
