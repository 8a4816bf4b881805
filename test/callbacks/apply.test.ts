import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStoredCallbacks, receiveCallback } from '../../src/callbacks/apply.ts';
import type { StatusReport } from '../../src/domain/status-report.ts';
import { LedgerError } from '../../src/ledger/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { ReceivedCallback } from '../../src/ledger/records.ts';
import type { CallbackPayment, ParsedCallback } from '../../src/providers/port.ts';
import { answer, BY, claim, lockedAccount, one, payments, registration, START } from '../ledger/sample.ts';
import { open, reportingOn, reportOf } from '../ledger/settling.ts';
import { store } from '../ledger/sqlite/store.ts';
import { AT, contextOf, REPLY, requestOf, tracedLedger, type Script } from './account.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await store.open(store.place());
});
afterEach(async () => {
  await ledger.close();
  store.discard();
});
const { paymentsIn } = reportingOn(() => ledger);

const UNKNOWN_REFERENCE = '00000000000000000000';

function parsed(reference: string, report: StatusReport, deduplicationKey = 'k1'): ParsedCallback {
  return { kind: 'report', deduplicationKey, reference, report, reply: REPLY };
}

function unverified(reference: string): ParsedCallback {
  const evidence = { code: '0', reason: 'The callback says paid.' };
  return { kind: 'unverified', deduplicationKey: 'k1', reference, evidence, reply: REPLY };
}

const unrelated: ParsedCallback = { kind: 'unrelated', deduplicationKey: 'k1', reason: 'A balance.', reply: REPLY };

const receive = async (script: Script, body = '{"a":1}') => {
  const { response, process } = await receiveCallback(contextOf(ledger, script), requestOf(body));
  return { response, processed: await process() };
};

/** One payment of account `other`, pending; resolves to its reference. */
async function paymentOfOtherAccount(): Promise<string> {
  await ledger.register(registration('november', payments(1, { account: 'other' })));
  const lock = await lockedAccount(ledger, 'other');
  const [claimed] = await claim(ledger, lock);
  if (claimed === undefined) throw new Error('nothing to claim');
  await ledger.record(answer(claimed, 'pending'));
  await lock.release();
  return claimed.instruction.reference;
}

describe('receiving a callback', () => {
  it('neither stores nor acknowledges a callback that the reader refuses', async () => {
    const { processed, response } = await receive(() => ({ kind: 'refused', status: 401, reason: 'no signature' }));
    expect(response).toEqual({ status: 401, reply: { error: 'no signature' } });
    expect(processed).toEqual({ result: 'refused', batch: null, accountStop: null });
    expect(await ledger.callbackTo('demo', 'r-01')).toBeNull();
  });

  it('stores and acknowledges a callback about no payment', async () => {
    const { processed, response } = await receive(() => unrelated);
    expect(response).toEqual({ status: 200, reply: REPLY });
    expect(processed).toEqual({ result: 'unrelated', batch: null, accountStop: null });
    expect(await ledger.callbackTo('demo', 'r-01')).toEqual({ body: '{"a":1}', receivedAt: AT });
    expect(await ledger.unprocessedCallbacks('demo')).toEqual([]);
  });

  it('moves a payment by a report', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const { processed, response } = await receive(() => parsed(reference, reportOf('paid')));
    expect(processed).toEqual({ result: 'settled', batch: 'november', accountStop: null });
    expect(response.status).toBe(200);
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'paid', settledAt: AT });
    expect(await ledger.unprocessedCallbacks('demo')).toEqual([]);
  });

  it('keeps a payment whose report says nothing new', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const { processed } = await receive(() => parsed(reference, reportOf('pending')));
    expect(processed).toEqual({ result: 'kept', batch: 'november', accountStop: null });
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'pending' });
  });

  it('stops the account by a failure that would meet every next payment too', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const report = { ...reportOf('failed'), stopsAccount: true } as StatusReport;
    const { processed } = await receive(() => parsed(reference, report));
    expect(processed).toEqual({ result: 'settled', batch: 'november', accountStop: report.evidence });
    expect(await ledger.accountStop('demo', START)).toMatchObject({ code: report.evidence.code });
  });

  it('keeps a final status that a report contradicts, and does not stop the account by that report', async () => {
    const [reference = ''] = await paymentsIn('paid');
    const report = { ...reportOf('failed'), stopsAccount: true } as StatusReport;
    const { processed } = await receive(() => parsed(reference, report));
    expect(processed).toEqual({ result: 'contradicted', batch: 'november', accountStop: null });
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'paid', code: 'contradiction' });
  });

  it('makes a payment due for a query by an unverified callback, and moves nothing', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const { processed } = await receive(() => unverified(reference));
    expect(processed).toEqual({ result: 'unverified', batch: 'november', accountStop: null });
    const [waiting] = await open(ledger);
    expect(waiting?.payment.status).toBe('pending');
    expect(waiting?.history).toMatchObject({ needsQuery: true, unverifiedCallbacks: 1 });
  });

  it.each([
    ['a report', (reference: string) => parsed(reference, reportOf('paid'))],
    ['an unverified callback', unverified],
  ])('changes nothing by %s about an unknown reference', async (_what, callback) => {
    await paymentsIn('pending');
    const { processed, response } = await receive(() => callback(UNKNOWN_REFERENCE));
    expect(processed).toEqual({ result: 'not-ours', batch: null, accountStop: null });
    expect(response.status).toBe(200);
    expect(await open(ledger)).toMatchObject([{ payment: { status: 'pending' }, history: { needsQuery: false } }]);
    expect(await ledger.unprocessedCallbacks('demo')).toEqual([]);
  });

  it.each([
    ['a report', (reference: string) => parsed(reference, reportOf('paid'))],
    ['an unverified callback', unverified],
  ])("changes no other account's payment by %s", async (_what, callback) => {
    const reference = await paymentOfOtherAccount();
    const { processed } = await receive(() => callback(reference));
    expect(processed).toEqual({ result: 'not-ours', batch: null, accountStop: null });
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'pending' });
  });

  it('reports a repeat of a processed callback as repeated, and applies nothing twice', async () => {
    const [reference = ''] = await paymentsIn('pending');
    await receive(() => unverified(reference));
    const { processed, response } = await receive(() => unverified(reference));
    expect(processed).toEqual({ result: 'repeated', batch: null, accountStop: null });
    expect(response).toEqual({ status: 200, reply: REPLY });
    expect((await open(ledger))[0]?.history.unverifiedCallbacks).toBe(1);
  });

  it('applies a repeat of a callback that was stored but not processed', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const broken = contextOf(tracedLedger(ledger, 'applyCallback').ledger, () => parsed(reference, reportOf('paid')));
    const { response, process } = await receiveCallback(broken, requestOf('{"a":1}'));
    expect(response.status).toBe(200);
    await expect(process()).rejects.toThrow('applyCallback failed');
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'pending' });
    const { processed } = await receive(() => parsed(reference, reportOf('paid')));
    expect(processed.result).toBe('settled');
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'paid' });
  });

  it('does not acknowledge and does not apply a callback that could not be stored', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const traced = tracedLedger(ledger, 'storeCallback');
    const context = contextOf(traced.ledger, () => parsed(reference, reportOf('paid')));
    await expect(receiveCallback(context, requestOf('{"a":1}'))).rejects.toThrow('storeCallback failed');
    expect(traced.calls).toEqual(['storeCallback']);
    expect(await one(ledger, 'EMP-1')).toMatchObject({ status: 'pending' });
  });

  it('verifies a callback without its payment while the ledger cannot be read', async () => {
    const away: Ledger = {
      ...ledger,
      byAnyReference: () => Promise.reject(new LedgerError('unusable', 'It is gone.')),
    };
    const kept: ReceivedCallback[] = [];
    const storage = {
      store: (one: ReceivedCallback) => Promise.resolve({ kind: 'spool', at: kept.push(one) } as const),
    };
    const context = contextOf(away, async (_, payment) => {
      return (await payment(UNKNOWN_REFERENCE)) === null ? unrelated : parsed(UNKNOWN_REFERENCE, reportOf('paid'));
    });
    const { response, process } = await receiveCallback({ ...context, storage }, requestOf('{"a":1}'));
    expect(response).toEqual({ status: 200, reply: REPLY });
    expect(await process()).toEqual({ result: 'spooled', batch: null, accountStop: null });
    expect(kept).toEqual([
      { account: 'demo', deduplicationKey: 'k1', segment: 'r-01', body: '{"a":1}', reference: null, at: AT },
    ]);
  });

  it('stores durably before it applies, and applies before it marks the callback as processed', async () => {
    const [reference = ''] = await paymentsIn('pending');
    const traced = tracedLedger(ledger);
    const { process } = await receiveCallback(
      contextOf(traced.ledger, () => parsed(reference, reportOf('paid'))),
      requestOf('{"a":1}'),
    );
    expect(traced.calls).toEqual(['storeCallback', 'storeCallback resolved']);
    await process();
    expect(traced.calls).toEqual([
      'storeCallback',
      'storeCallback resolved',
      'applyCallback',
      'applyCallback resolved',
    ]);
  });
});

describe('the payment that a reader looks up', () => {
  const lookups = async (reference: string): Promise<CallbackPayment | null> => {
    let found: CallbackPayment | null = null;
    await receive(async (_request, payment) => {
      found = await payment(reference);
      return unrelated;
    });
    return found;
  };

  it("has the provider's own ids under its present reference", async () => {
    const [reference = ''] = await paymentsIn('pending');
    const { providerReference } = await one(ledger, 'EMP-1');
    expect(providerReference).not.toBe('');
    expect(await lookups(reference)).toMatchObject({ reference, providerReference, requestId: 'req-1' });
  });

  it("has none of a later generation's ids under an earlier reference", async () => {
    const [earlier = ''] = await paymentsIn('failed');
    expect(await ledger.retry({ batch: 'november', accounts: ['demo'], idKeys: null, at: AT, by: BY })).toBe(1);
    const lock = await lockedAccount(ledger);
    const [claimed] = await claim(ledger, lock);
    if (claimed === undefined) throw new Error('nothing to claim');
    await ledger.record(answer(claimed, 'pending'));
    expect((await one(ledger, 'EMP-1')).reference).not.toBe(earlier);
    expect(await lookups(earlier)).toMatchObject({ reference: earlier, providerReference: '', requestId: '' });
  });

  it('is none for an unknown reference, nor for a payment of another account', async () => {
    const reference = await paymentOfOtherAccount();
    expect(await lookups(reference)).toBeNull();
    expect(await lookups(UNKNOWN_REFERENCE)).toBeNull();
  });
});

describe('stored callbacks of a process that died', () => {
  const storeOnly = (deduplicationKey: string, body: string): Promise<unknown> =>
    ledger.storeCallback({ account: 'demo', deduplicationKey, segment: 'r-01', body, reference: null, at: START });

  it('are read again without verification and applied in the order in which they came', async () => {
    const references = await paymentsIn('pending', 'pending');
    await storeOnly('k1', '0');
    await storeOnly('k2', '1');
    const script: Script = (request) => {
      expect(request).toMatchObject({ segment: 'r-01', headers: {}, isStored: true });
      const body = Buffer.from(request.body).toString();
      return parsed(references[Number(body)] ?? '', reportOf(body === '0' ? 'paid' : 'failed'), `k${body}`);
    };
    const processed = await processStoredCallbacks(contextOf(ledger, script));
    expect(processed.map(({ result, batch }) => [result, batch])).toEqual([
      ['settled', 'november'],
      ['settled', 'november'],
    ]);
    expect((await one(ledger, 'EMP-1')).status).toBe('paid');
    expect((await one(ledger, 'EMP-2')).status).toBe('failed');
    expect(await processStoredCallbacks(contextOf(ledger, script))).toEqual([]);
  });

  it('change nothing and are processed when the reader cannot read them any more', async () => {
    await paymentsIn('pending');
    await storeOnly('k1', 'gibberish');
    const refuse: Script = () => ({ kind: 'refused', status: 400, reason: 'not JSON' });
    expect(await processStoredCallbacks(contextOf(ledger, refuse))).toEqual([
      { result: 'unrelated', batch: null, accountStop: null },
    ]);
    expect(await ledger.unprocessedCallbacks('demo')).toEqual([]);
    expect((await one(ledger, 'EMP-1')).status).toBe('pending');
  });

  it('of another account stay unprocessed', async () => {
    await ledger.storeCallback({
      account: 'other',
      deduplicationKey: 'k1',
      segment: '',
      body: '{}',
      reference: null,
      at: START,
    });
    expect(await processStoredCallbacks(contextOf(ledger, () => unrelated))).toEqual([]);
    expect(await ledger.unprocessedCallbacks('other')).toHaveLength(1);
  });
});
