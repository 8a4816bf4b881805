import { describe, expect, it } from 'vitest';
import type { Evidence, Outcome } from '../../src/domain/outcome.ts';
import { FirstPayment } from '../../src/execute/first-payment.ts';
import type { LedgerPayment } from '../../src/ledger/records.ts';
import { evidence, paid, Stage, throttled } from './run.ts';

const PENDING: Outcome = { kind: 'pending', evidence };

interface Setup {
  readonly count: number;
  readonly decidesByCallback?: boolean;
  /** When the callback about the first payment comes, and what it changes; absent: never. */
  readonly callback?: { readonly atMs: number; readonly change: Partial<LedgerPayment> };
  readonly stop?: Evidence;
}

function stageOf({ count, decidesByCallback = false, callback, stop }: Setup): Stage {
  const stage = new Stage(count);
  const open = { status: 'pending', reason: evidence.reason } as LedgerPayment;
  const hasCome = (): boolean => callback !== undefined && stage.clock.monotonic() >= callback.atMs;
  stage.first = new FirstPayment({
    ledger: {
      byReference: () => Promise.resolve({ ...open, ...(hasCome() ? callback?.change : {}) }),
      accountStop: () => Promise.resolve(hasCome() ? (stop ?? null) : null),
    },
    account: 'demo',
    decidesByCallback,
    clock: stage.clock,
    stop: (why) => stage.halt.abort(why),
  });
  return stage;
}

const times = (stage: Stage): number[] => stage.submitted.map(({ at }) => at);

describe('the first payment of a run', () => {
  it('goes alone until it is answered, and the others go side by side then', async () => {
    const stage = stageOf({ count: 6 });
    stage.answer = () => stage.clock.sleep(100).then(() => paid);
    expect((await stage.run()).counts.paid).toBe(6);
    expect(times(stage)).toEqual([0, 100, 100, 100, 100, 200]);
  });

  it('is sent again alone where its attempt moved nothing', async () => {
    const stage = stageOf({ count: 4 });
    stage.answer = (_, nth) => (nth === 1 ? throttled(2_000) : stage.clock.sleep(100).then(() => paid));
    await stage.run();
    expect(times(stage)).toEqual([0, 2_000, 2_100, 2_100, 2_100]);
  });

  it('goes alone for ten seconds at most', async () => {
    const stage = stageOf({ count: 3 });
    stage.answer = (_, nth) => stage.clock.sleep(nth === 1 ? 30_000 : 100).then(() => paid);
    expect((await stage.run()).counts.paid).toBe(3);
    expect(times(stage)).toEqual([0, 10_000, 10_000]);
  });

  it('keeps the rest planned when its answer stops the account', async () => {
    const stage = stageOf({ count: 6 });
    stage.answer = () => ({ kind: 'stop', evidence });
    expect(await stage.run()).toMatchObject({ claimed: 1, stopped: { kind: 'stop' } });
  });

  it.each([
    ['a final status', { status: 'paid' }],
    ['an unverified report', { reason: 'Reported as paid.' }],
  ] as const)('is waited for until its callback came, where the provider decides so: %s', async (_, change) => {
    const stage = stageOf({ count: 5, decidesByCallback: true, callback: { atMs: 3_000, change } });
    stage.answer = () => PENDING;
    expect((await stage.run()).counts.pending).toBe(5);
    expect(times(stage).filter((at) => at < 3_000)).toEqual([0]);
    expect(times(stage).at(-1)).toBeLessThan(3_100);
  });

  it('is not waited for longer than ten seconds when no callback comes', async () => {
    const stage = stageOf({ count: 3, decidesByCallback: true });
    stage.answer = () => PENDING;
    await stage.run();
    expect(times(stage)).toEqual([0, 10_000, 10_000]);
  });

  it('is not waited for where its callback cannot concern anything that is left', async () => {
    const stage = stageOf({ count: 1, decidesByCallback: true });
    stage.answer = () => PENDING;
    await stage.run();
    expect(stage.clock.monotonic()).toBe(0);
  });

  it('keeps the rest planned when its callback stops the account, whichever process received it', async () => {
    const stop = { code: '2001', reason: 'The initiator is not accepted.' };
    const callback = { atMs: 1_000, change: { status: 'failed' } } as const;
    const stage = stageOf({ count: 5, decidesByCallback: true, callback, stop });
    stage.answer = () => PENDING;
    expect(await stage.run()).toMatchObject({ claimed: 1, stopped: { kind: 'stop', evidence: stop } });
  });

  it('goes alone once, however many batches are paid', async () => {
    const stage = stageOf({ count: 2 });
    stage.answer = () => stage.clock.sleep(100).then(() => paid);
    await stage.run();
    stage.ledger.add(3);
    await stage.run();
    expect(times(stage)).toEqual([0, 100, 200, 200, 200]);
  });
});
