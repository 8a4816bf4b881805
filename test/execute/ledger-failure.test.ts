import { describe, expect, it } from 'vitest';
import { LedgerError } from '../../src/ledger/errors.ts';
import { LOCK } from './staged-ledger.ts';
import { paid, Stage } from './run.ts';

const full = new LedgerError('full', 'The disk is full.');

describe('a ledger that fails', () => {
  it('on a claim: sends nothing, and the slots are free again', async () => {
    const stage = new Stage(10);
    stage.ledger.claimFault = full;
    stage.rates = [{ count: 4, windowMs: 60_000 }];
    const limiter = await stage.clock.until(stage.openLimiter());
    stage.openLimiter = () => Promise.resolve(limiter);
    expect((await stage.run()).stopped).toEqual({ kind: 'ledger', error: full, unrecorded: [] });
    expect(stage.submitted).toEqual([]);
    expect(stage.ledger.claims).toHaveLength(1);
    expect(await limiter.take(9)).toHaveLength(4);
  });

  it('on a later claim: payouts under way end and are recorded', async () => {
    const stage = new Stage(10);
    stage.answer = (_payment, nth) => {
      stage.ledger.claimFault = full;
      return stage.clock.sleep(100 * nth).then(() => paid);
    };
    expect((await stage.run()).stopped?.kind).toBe('ledger');
    expect(stage.submitted).toHaveLength(4);
    expect(stage.ledger.statuses()).toEqual({ paid: 4, planned: 6 });
  });

  it('on a record: sends nothing more, still records the others, and names the payment that could not be recorded', async () => {
    const stage = new Stage(100);
    stage.ledger.recordFault = (result) => (result.claim.key === 1 ? full : null);
    stage.answer = (_payment, nth) => stage.clock.sleep(100 * nth).then(() => paid);
    const result = await stage.run();
    // The first answer made room for one more before the second could not be recorded.
    expect(stage.submitted.length).toBeLessThanOrEqual(6);
    expect(stage.ledger.statuses()).toEqual({
      paid: stage.submitted.length - 1,
      submitting: 1,
      planned: 100 - stage.submitted.length,
    });
    expect(result.stopped).toMatchObject({ kind: 'ledger', error: full });
    const lost = result.stopped?.kind === 'ledger' ? result.stopped.unrecorded : [];
    expect(lost.map(({ claim, outcome }) => [claim.instruction.reference, outcome.kind])).toEqual([['REF1', 'paid']]);
    expect(stage.progress).toHaveLength(stage.submitted.length - 1);
  });

  it('on every record from some moment: names each payment that could not be recorded', async () => {
    const stage = new Stage(100);
    stage.ledger.recordFault = () => full;
    stage.answer = (_payment, nth) => stage.clock.sleep(100 * nth).then(() => paid);
    const result = await stage.run();
    const lost = result.stopped?.kind === 'ledger' ? result.stopped.unrecorded : [];
    expect(new Set(lost.map(({ claim }) => claim.instruction.reference)).size).toBe(result.claimed);
    expect(lost.filter(({ outcome }) => outcome.kind === 'paid')).toHaveLength(stage.submitted.length);
  });

  it('while a claim is under way: does not send what was claimed', async () => {
    const stage = new Stage(100);
    const disk = Promise.withResolvers<undefined>();
    stage.answer = (_payment, nth) => stage.clock.sleep(nth === 1 ? 100 : 200).then(() => paid);
    stage.ledger.recordFault = (result) => (result.claim.key === 1 ? full : null);
    const run = stage.start();
    await stage.clock.pass(50);
    stage.ledger.claimDelay = () => disk.promise;
    await stage.clock.pass(500);
    disk.resolve(undefined);
    const result = await stage.clock.until(run);
    expect(result.stopped?.kind).toBe('ledger');
    expect(result.claimed).toBe(5);
    expect(stage.submitted).toHaveLength(4);
    expect(stage.ledger.row(4)).toMatchObject({ status: 'planned', code: 'drained' });
  });

  it('by an error that the contract does not know: ends the run as a ledger failure', async () => {
    const stage = new Stage(10);
    stage.ledger.claimFault = new TypeError('odd');
    const { stopped } = await stage.run();
    expect(stopped).toMatchObject({ kind: 'ledger', error: { name: 'LedgerError', fault: 'unusable' } });
  });

  it('during a token call: ends the run too', async () => {
    const stage = new Stage(10);
    stage.ledger.spendFault = full;
    const limiter = await stage.clock.until(stage.openLimiter());
    stage.readiness.push(() => limiter.spend('payout', () => Promise.resolve({ kind: 'ready' })));
    expect((await stage.run()).stopped).toEqual({ kind: 'ledger', error: full, unrecorded: [] });
    expect(stage.submitted).toEqual([]);
  });
});

describe('a lock that the ledger lost', () => {
  it('ends the run: sends no payment that is claimed and not sent, and records payouts under way', async () => {
    const stage = new Stage(10);
    const lost = new AbortController();
    stage.lock = { ...LOCK, lost: lost.signal };
    stage.answer = (_payment, nth) => stage.clock.sleep(100 * nth).then(() => (lost.abort(), paid));
    const { stopped } = await stage.run();
    expect(stopped).toMatchObject({ kind: 'ledger', error: { fault: 'locked' }, unrecorded: [] });
    expect(stage.submitted).toHaveLength(4);
    expect(stage.ledger.statuses()).toEqual({ paid: 4, planned: 6 });
  });

  it('sends nothing when the lock was lost before the run', async () => {
    const stage = new Stage(10);
    stage.lock = { ...LOCK, lost: AbortSignal.abort() };
    expect((await stage.run()).stopped).toMatchObject({ kind: 'ledger', error: { fault: 'locked' } });
    expect([stage.submitted, stage.ledger.claims]).toEqual([[], []]);
  });
});

describe('a bug in an adapter', () => {
  it('makes that payment unknown, ends the run and is thrown after everything under way is recorded', async () => {
    const stage = new Stage(100);
    stage.answer = (_payment, nth) => {
      if (nth === 2) throw new TypeError('undefined is not a function');
      return stage.clock.sleep(1000).then(() => paid);
    };
    await expect(stage.run()).rejects.toThrow('undefined is not a function');
    expect(stage.submitted.length).toBeLessThanOrEqual(4);
    expect(stage.ledger.row(1)).toMatchObject({ status: 'unknown', code: 'bug' });
    expect(stage.ledger.statuses()['submitting']).toBeUndefined();
    expect(stage.ledger.statuses().paid).toBe(stage.submitted.length - 1);
  });

  it('in prepare: nothing is claimed', async () => {
    const stage = new Stage(3);
    stage.readiness.push(() => Promise.reject(new TypeError('odd')));
    await expect(stage.run()).rejects.toThrow('odd');
    expect(stage.ledger.claims).toEqual([]);
  });

  it('in a listener of the progress: everything is recorded first', async () => {
    const stage = new Stage(50);
    stage.progress.push = () => {
      throw new RangeError('watcher');
    };
    await expect(stage.run()).rejects.toThrow('watcher');
    expect(stage.ledger.statuses()['submitting']).toBeUndefined();
  });
});
