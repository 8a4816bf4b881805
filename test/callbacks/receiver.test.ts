import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallbackMetrics } from '../../src/callbacks/metrics.ts';
import { CallbackReceiver, type CallbackDelivery } from '../../src/callbacks/receiver.ts';
import type { Evidence } from '../../src/domain/outcome.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSpool } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/operations/session/system.ts';
import type { ParsedCallback } from '../../src/providers/port.ts';
import { BY, one } from '../ledger/sample.ts';
import { CALLBACK, reportingOn, reportOf } from '../ledger/settling.ts';
import { store } from '../ledger/sqlite/store.ts';
import { AT, REPLY } from './account.ts';

const clock = { ...systemClock, now: () => AT };

let ledger: Ledger;
let receiver: CallbackReceiver;
let counts: [account: string, label: string][];
let notes: string[];
let callbacks: ParsedCallback[];
beforeEach(async () => {
  ledger = await store.open(store.place());
  counts = [];
  notes = [];
  callbacks = [];
  receiver = new CallbackReceiver({
    ledger,
    spool: await openSpool('memory:'),
    clock,
    by: BY,
    note: (text) => notes.push(text),
  });
  receiver.onCount((account, label) => counts.push([account, label]));
  const reader = { read: () => Promise.resolve(callbacks.shift() ?? unrelated('none')) };
  receiver.add({ account: 'demo', token: TOKEN, sources: [], reader });
  receiver.add({ account: 'guarded', token: 'g'.repeat(40), sources: ['196.201.214.0/24'], reader });
});
afterEach(async () => {
  await ledger.close();
  store.discard();
});
const { paymentsIn } = reportingOn(() => ledger);

const TOKEN = 'd'.repeat(40);

function unrelated(deduplicationKey: string): ParsedCallback {
  return { kind: 'unrelated', deduplicationKey, reason: 'A balance.', reply: REPLY };
}

/** Resolves once the delivery is answered and applied. */
async function deliver(change: Partial<CallbackDelivery> = {}) {
  const delivery = { token: TOKEN, segment: 'r-01', headers: {}, body: Buffer.from('{}'), caller: '10.0.0.1' };
  const response = await receiver.receive({ ...delivery, ...change });
  await receiver.applied();
  return response;
}

describe('what waits for a pause between deliveries', () => {
  /** A receiver whose waits take no time, and bring one delivery each as long as there are some. */
  async function receiving(deliveries: number) {
    let elapsed = 0;
    let left = deliveries;
    const sleep = async (ms: number): Promise<void> => {
      elapsed += ms;
      if (left-- > 0)
        await busy.receive({ token: 'none', segment: '', headers: {}, body: Buffer.from(''), caller: '' });
    };
    const spool = await openSpool('memory:');
    const timed = { ...clock, monotonic: () => elapsed, sleep };
    const busy = new CallbackReceiver({ ledger, spool, clock: timed, by: BY, note: () => undefined });
    return { busy, elapsed: () => elapsed };
  }
  const never = new AbortController().signal;

  it('goes on at once when nothing has come', async () => {
    const { busy, elapsed } = await receiving(0);
    await busy.quiet(200, 10_000, never);
    expect(elapsed()).toBe(0);
  });

  it('goes on once nothing came for a while', async () => {
    const { busy, elapsed } = await receiving(5);
    await busy.receive({ token: 'none', segment: '', headers: {}, body: Buffer.from(''), caller: '' });
    await busy.quiet(200, 10_000, never);
    expect(elapsed()).toBe(1_200);
    await busy.quiet(200, 10_000, never);
    expect(elapsed()).toBe(1_200);
  });

  it('goes on in time when deliveries never end', async () => {
    const { busy, elapsed } = await receiving(1_000);
    await busy.receive({ token: 'none', segment: '', headers: {}, body: Buffer.from(''), caller: '' });
    await busy.quiet(200, 10_000, never);
    expect(elapsed()).toBe(10_000);
  });
});

describe('the receiver', () => {
  it('answers 404 to an unknown token and reads nothing', async () => {
    callbacks.push(unrelated('k1'));
    expect(await deliver({ token: 'x'.repeat(40) })).toEqual({ status: 404, reply: { error: 'not found' } });
    expect(counts).toEqual([['', 'unknown-address']]);
    expect(callbacks).toHaveLength(1);
  });

  it('answers 403 to a foreign source and reads nothing', async () => {
    callbacks.push(unrelated('k1'));
    const token = 'g'.repeat(40);
    expect(await deliver({ token, caller: '10.0.0.1' })).toEqual({ status: 403, reply: { error: 'forbidden' } });
    expect(callbacks).toHaveLength(1);
    expect((await deliver({ token, caller: '196.201.214.7' })).status).toBe(200);
    expect(counts).toEqual([
      ['guarded', 'foreign-source'],
      ['guarded', 'noted'],
    ]);
  });

  it('notes a batch that changed and wakes whoever waits, after the payment has changed', async () => {
    const [reference = ''] = await paymentsIn('pending');
    callbacks.push({ kind: 'report', deduplicationKey: 'k1', reference, report: reportOf('paid'), reply: REPLY });
    const woken = receiver.changed.next().then(async () => (await one(ledger, 'EMP-1')).status);
    expect(await deliver()).toEqual({ status: 200, reply: REPLY });
    expect(await woken).toBe('paid');
    expect(await ledger.batchesBehind()).toEqual(['november']);
  });

  it('stops the account whose callback reported a failure that stops it', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const report = {
      kind: 'failed',
      evidence: { code: '2001', reason: 'Bad initiator.' },
      stopsAccount: true,
    } as const;
    callbacks.push({ kind: 'report', deduplicationKey: 'k1', reference, report, reply: REPLY });
    const stops: Evidence[] = [];
    receiver.onStop('guarded', () => expect.unreachable('another account was stopped'));
    receiver.onStop('demo', (evidence) => stops.push(evidence));
    await deliver();
    expect(stops).toEqual([report.evidence]);
  });

  it('tells the user of a contradiction', async () => {
    const [reference = ''] = await paymentsIn('paid');
    callbacks.push({ kind: 'report', deduplicationKey: 'k1', reference, report: reportOf('failed'), reply: REPLY });
    await deliver();
    expect(notes).toEqual([
      'Account demo: a callback contradicts what is known of a payment of batch november; its report says which.',
    ]);
  });

  it('applies stored callbacks of an account, and of no account that it does not know', async () => {
    await ledger.storeCallback(CALLBACK);
    await ledger.storeCallback({ ...CALLBACK, account: 'stranger' });
    await receiver.processStored('demo');
    await receiver.processStored('stranger');
    expect(await ledger.unprocessedCallbacks('demo')).toEqual([]);
    expect(await ledger.unprocessedCallbacks('stranger')).toHaveLength(1);
    expect(counts).toEqual([['demo', 'noted']]);
  });

  it('counts and tells a delivery that could not be stored', () => {
    receiver.fail(new Error('disk full'));
    expect(counts).toEqual([['', 'failed']]);
    expect(notes).toEqual(['A callback could not be taken and was not acknowledged: disk full']);
  });

  it('is healthy while the ledger can be read', async () => {
    expect(await receiver.isHealthy()).toBe(true);
    const lost = { ...ledger, batch: () => Promise.reject(new Error('gone')) } as unknown as Ledger;
    const sick = new CallbackReceiver({
      ledger: lost,
      spool: await openSpool('memory:'),
      clock,
      by: BY,
      note: () => undefined,
    });
    expect(await sick.isHealthy()).toBe(false);
  });
});

describe('labels of received callbacks', () => {
  it('stay as users know them, whatever the results are called inside', async () => {
    const [pending = '', kept = '', paid = '', named = ''] = await paymentsIn('pending', 'pending', 'paid', 'pending');
    const evidence = { code: '0', reason: 'The callback says paid.' };
    const reportOn = (reference: string, kind: 'paid' | 'pending' | 'failed', deduplicationKey: string) =>
      ({ kind: 'report', deduplicationKey, reference, report: reportOf(kind), reply: REPLY }) as const;
    callbacks.push(
      reportOn(pending, 'paid', 'k1'),
      reportOn(kept, 'pending', 'k2'),
      reportOn(paid, 'failed', 'k3'),
      { kind: 'unverified', deduplicationKey: 'k4', reference: named, evidence, reply: REPLY },
      unrelated('k5'),
      reportOn('00000000000000000000', 'paid', 'k6'),
      unrelated('k5'),
      { kind: 'refused', status: 401, reason: 'no signature' },
    );
    while (callbacks.length > 0) await deliver();
    expect(counts.map(([, label]) => label)).toEqual([
      'settled',
      'kept',
      'contradicted',
      'hint',
      'noted',
      'not-ours',
      'repeated',
      'refused',
    ]);
  });
});

describe('metrics', () => {
  it('count callbacks by account and result, and open payments by account and status', async () => {
    const open = [
      { account: 'demo', status: 'pending', count: 1 },
      { account: 'demo', status: 'unknown', count: 2 },
    ] as const;
    const metrics = new CallbackMetrics(
      () => Promise.resolve({ counts: open, ages: [{ account: 'demo', count: 3, oldestSentAt: 10_000 }] }),
      () => 100_000,
    );
    metrics.count('demo', 'hint');
    metrics.count('demo', 'hint');
    const { contentType, text } = await metrics.text();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('payrun_callbacks_total{account="demo",result="hint"} 2');
    expect(text).toContain('payrun_open_payments{account="demo",status="pending"} 1');
    expect(text).toContain('payrun_open_payments{account="demo",status="unknown"} 2');
    expect(text).toContain('payrun_open_payments_oldest_seconds{account="demo"} 90');
  });
});
