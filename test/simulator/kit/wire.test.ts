import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFaults, readEntryLine, readFaultOdds, seeded, type FaultRequest } from '../../../src/simulator/index.ts';
import { mobile, startAtFixedTime } from '../start.ts';

const reference = (number: number): object => mobile({ reference: `R${number}` });

describe('a scripted fault', () => {
  it('that drops before the booking moves nothing', async () => {
    const { pay, simulator } = await startAtFixedTime({ faults: [{ fault: { kind: 'drop-before-booking' } }] });
    await expect(pay('sendFundsToMobile', mobile())).rejects.toThrow('fetch failed');
    expect(simulator.book()).toEqual([]);
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
  });

  it('that drops after the booking moves money without an answer', async () => {
    const { pay, simulator } = await startAtFixedTime({ faults: [{ fault: { kind: 'drop-after-booking' } }] });
    await expect(pay('sendFundsToMobile', mobile())).rejects.toThrow('fetch failed');
    expect(simulator.book()).toHaveLength(1);
  });

  it('answers a status before or after the booking', async () => {
    const { pay, simulator } = await startAtFixedTime({
      faults: [false, true].map((booked) => ({ fault: { kind: 'status', status: 502, booked } })),
    });
    expect((await pay('sendFundsToMobile', reference(1))).status).toBe(502);
    expect(simulator.book()).toHaveLength(0);
    expect((await pay('sendFundsToMobile', reference(2))).status).toBe(502);
    expect(simulator.book()).toHaveLength(1);
  });

  it('books the payout and answers with unreadable JSON', async () => {
    const { pay, simulator } = await startAtFixedTime({ faults: [{ fault: { kind: 'unreadable' } }] });
    const reply = await pay('sendFundsToMobile', mobile());
    expect(reply.status).toBe(200);
    expect(() => JSON.parse(reply.text) as unknown).toThrow(SyntaxError);
    expect(simulator.book()).toHaveLength(1);
  });

  it('books and stops in the middle of its answer', async () => {
    const { pay, simulator } = await startAtFixedTime({ faults: [{ fault: { kind: 'cut-short' } }] });
    await expect(pay('sendFundsToMobile', mobile())).rejects.toThrow('terminated');
    expect(simulator.book()).toHaveLength(1);
  });

  it('books and answers late', async () => {
    const { pay, simulator } = await startAtFixedTime({ faults: [{ fault: { kind: 'slow', delayMs: 50 } }] });
    const before = performance.now();
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(49);
    expect(simulator.stats().faults).toEqual({ slow: 1 });
  });

  it('expires every token, and a new one of the same second works', async () => {
    const { pay, authorize, get } = await startAtFixedTime({ faults: [{ fault: { kind: 'expire-tokens' } }] });
    const token = await authorize();
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(401);
    expect((await get('getBalance', { Authorization: `Bearer ${token}` })).status).toBe(401);
    await authorize();
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
  });

  it('applies to the request that it names, as often as it says', async () => {
    const { pay } = await startAtFixedTime({
      faults: [
        { fault: { kind: 'status', status: 503, booked: false }, reference: 'R3' },
        { fault: { kind: 'status', status: 504, booked: false }, skip: 1, times: 2 },
      ],
    });
    const statuses = [];
    for (const number of [1, 2, 3, 4, 5]) statuses.push((await pay('sendFundsToMobile', reference(number))).status);
    expect(statuses).toEqual([200, 504, 503, 504, 200]);
  });

  it('applies to no other route', async () => {
    const { pay, get, authorize } = await startAtFixedTime({
      faults: [{ fault: { kind: 'status', status: 500, booked: false }, route: 'getBalance' }],
    });
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(200);
    expect((await get('getBalance', { Authorization: `Bearer ${await authorize()}` })).status).toBe(500);
  });
});

describe('random faults', () => {
  const request: FaultRequest = { ordinal: 1, route: 'sendFundsToMobile', payout: true, reference: '', body: '' };

  it('repeat with their seed, about as often as their odds, and never apply to requests that move no money', () => {
    const odds = readFaultOdds('drop-after=0.2, 503=0.1');
    if ('problem' in odds) throw new Error(odds.problem);
    const draw = (seed: number) => {
      const decide = randomFaults(odds, seeded(seed));
      return Array.from({ length: 5000 }, () => decide(request)?.kind ?? 'none');
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const dropped = draw(7).filter((kind) => kind === 'drop-after-booking').length;
    expect(dropped).toBeGreaterThan(850);
    expect(dropped).toBeLessThan(1150);
    const decide = randomFaults({ 'drop-before': 1 }, seeded(1));
    expect(decide({ ...request, payout: false })).toBeNull();
    expect(decide(request)).toEqual({ kind: 'drop-before-booking' });
  });

  it.each(['drop=0.1', 'slow', 'slow=2', 'slow=x', 'slow=0.6,503=0.6'])('"%s" is not read', (text) => {
    expect(readFaultOdds(text)).toHaveProperty('problem');
  });
});

describe('the control endpoints', () => {
  it('serve the book line by line, and the statistics', async () => {
    const { pay, simulator } = await startAtFixedTime({ limits: null });
    for (let number = 0; number < 600; number++) await pay('sendFundsToMobile', reference(number));
    const text = await (await fetch(`${simulator.url}/_simulator/book`)).text();
    expect(text.trimEnd().split('\n').map(readEntryLine)).toEqual(simulator.book());
    const stats = await (await fetch(`${simulator.url}/_simulator/stats`)).json();
    expect(stats).toMatchObject({
      provider: 'sellapay',
      requests: 601,
      routes: { authorize: 1, sendFundsToMobile: 600 },
      statuses: { 200: 601 },
      bookings: 600,
      bookedMinor: '6000000',
      payoutsInFlight: 0,
    });
  });

  it('add and remove faults while the simulator runs', async () => {
    const { pay, simulator } = await startAtFixedTime();
    const faults = `${simulator.url}/_simulator/faults`;
    const rules = JSON.stringify([{ fault: { kind: 'status', status: 503, booked: true }, times: 2 }]);
    expect(await (await fetch(faults, { method: 'POST', body: rules })).json()).toHaveLength(1);
    expect((await pay('sendFundsToMobile', mobile())).status).toBe(503);
    expect(await (await fetch(faults)).json()).toMatchObject([{ times: 1 }]);
    await fetch(faults, { method: 'DELETE' });
    expect((await pay('sendFundsToMobile', reference(2))).status).toBe(200);
  });

  it('write the fault of a callback as `mishap`', async () => {
    const { simulator } = await startAtFixedTime();
    const faults = `${simulator.url}/_simulator/faults`;
    const rules = [{ fault: { kind: 'callback', mishap: 'twice' }, skip: 1, times: 2 }];
    expect(await (await fetch(faults, { method: 'POST', body: JSON.stringify(rules) })).json()).toEqual(rules);
    expect(await (await fetch(faults)).json()).toEqual(rules);
  });

  it.each([
    '{}',
    '[{"fault":{"kind":"callback","mishap":"late"}}]',
    'x',
    '[{}]',
    '[{"fault":{"kind":"fire"}}]',
    '[{"fault":{"kind":"status","status":700,"booked":true}}]',
  ])('do not take %s', async (rules) => {
    const { simulator } = await startAtFixedTime();
    const reply = await fetch(`${simulator.url}/_simulator/faults`, { method: 'POST', body: rules });
    expect(reply.status).toBe(400);
  });
});

describe('a book with a file', () => {
  it('keeps its balance and references after a restart, and drops an incomplete last line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const bookFile = join(folder, 'book.jsonl');
      const first = await startAtFixedTime({ bookFile, balance: '1000' });
      await first.pay('sendFundsToMobile', mobile());
      expect(await readFile(bookFile, 'utf8')).toContain('"reference":"R1"');
      await first.simulator.close();
      await appendFile(bookFile, '{"seq":2,"torn');

      const second = await startAtFixedTime({ bookFile, balance: '1000' });
      expect(second.simulator.book()).toEqual(first.simulator.book());
      expect((await second.pay('sendFundsToMobile', mobile())).status).toBe(400);
      expect((await second.pay('sendFundsToMobile', mobile({ reference: 'R2', amount: 880.01 }))).status).toBe(402);
      expect((await second.pay('sendFundsToMobile', mobile({ reference: 'R2', amount: 880 }))).status).toBe(200);
      const lines = (await readFile(bookFile, 'utf8')).trimEnd().split('\n').map(readEntryLine);
      expect(lines).toEqual(second.simulator.book());
      expect(lines.map((entry) => entry.seq)).toEqual([1, 2]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the server', () => {
  it('books a whole request although its sender closed the connection', async () => {
    const steps: string[] = [];
    let over = (): void => undefined;
    const isOver = new Promise<void>((resolve) => (over = resolve));
    const { simulator, authorize } = await startAtFixedTime({
      latencyMs: { min: 40, max: 60 },
      observe: (event) => {
        if (event.route !== 'sendFundsToMobile') return;
        steps.push(event.step);
        if (event.step === 'served') over();
        if (event.step === 'received') abort.abort();
      },
    });
    const abort = new AbortController();
    const headers = { Authorization: `Bearer ${await authorize()}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify(mobile());
    const reply = fetch(`${simulator.endpoint}/sendFundsToMobile`, {
      method: 'POST',
      headers,
      body,
      signal: abort.signal,
    });
    await expect(reply).rejects.toThrow('aborted');
    await isOver;
    expect(steps).toEqual(['received', 'gone', 'served']);
    expect(simulator.book()).toHaveLength(1);
    expect(simulator.stats().payoutsInFlight).toBe(0);
  });

  it('counts how many payouts are in flight at once', async () => {
    const { pay, simulator, authorize } = await startAtFixedTime({ latencyMs: { min: 60, max: 60 } });
    await authorize();
    await Promise.all([1, 2, 3, 4, 5].map((number) => pay('sendFundsToMobile', reference(number))));
    expect(simulator.stats()).toMatchObject({ payoutsInFlight: 0, mostPayoutsInFlight: 5 });
  });

  it('listens on loopback only, and says when the port is taken', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await expect(startAtFixedTime({ port })).rejects.toThrow('EADDRINUSE');
    await new Promise((resolve) => blocker.close(resolve));
    const { simulator } = await startAtFixedTime({ port });
    expect(simulator.url).toBe(`http://127.0.0.1:${port}`);
    expect(simulator.endpoint).toBe(`http://127.0.0.1:${port}/api/v1`);
    // Another address of this same machine: only what listens everywhere answers there.
    await expect(fetch(`http://127.0.0.2:${port}/_simulator/stats`)).rejects.toThrow('fetch failed');
  });

  it('refuses a body larger than any payout', async () => {
    const { pay } = await startAtFixedTime();
    expect((await pay('sendFundsToMobile', 'x'.repeat(100_000))).status).toBe(413);
  });
});
