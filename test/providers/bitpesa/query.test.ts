import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../../src/domain/call-budgets.ts';
import type { KnownPayment } from '../../../src/providers/port.ts';
import { funded, NOW, payment, REFERENCE, transaction, type Json } from './payments.ts';
import type { Reply } from '../scripted.ts';
import { ok, ready, refusedFor } from './scripted.ts';

const LIST = `GET /v1/transactions?external_id=${REFERENCE}`;
const DELETE = 'DELETE /v1/recipients/7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44';
const HOUR = 3_600_000;

const known = (more: Partial<KnownPayment> = {}): KnownPayment => ({
  ...{ status: 'pending', providerReference: '', requestId: '', sentAt: NOW - 300_000, queries: 1 },
  ...more,
});

async function queried(reply: Reply | null, options: Json = {}, more: Partial<KnownPayment> = {}) {
  const stage = await ready({ [LIST]: reply }, { options });
  return { ...stage, result: await stage.provider.query?.(payment(), known(more)) };
}

const trouble = (code: string, state = 'error') =>
  funded('received', state, { state_reason_details: { code, category: 'x', messages: ['No such wallet'] } });

describe('a query of a payment', () => {
  it.each<[string, Json, string, string]>([
    ['approved and unfunded', transaction(), 'not-found', 'approved'],
    ['waiting for its sender', transaction({ state: 'initial' }), 'not-found', 'initial'],
    ['unfunded and past its end', transaction({ expires_at: new Date(NOW - 1).toISOString() }), 'unknown', 'expired'],
    ['funded and still called approved', transaction({ paid_amount: 15000, due_amount: 0 }), 'pending', 'funded'],
    ['funded in part', transaction({ paid_amount: 5000, due_amount: 10000 }), 'unknown', 'part-funded'],
    ['silent about what it needs', transaction({ due_amount: null }), 'unknown', 'unreadable'],
    ['pending', funded('pending', 'initial'), 'pending', 'initial'],
    ['processing', funded('processing', 'pending'), 'pending', 'pending'],
    ['received', funded('received', 'pending'), 'pending', 'pending'],
    ['received and its recipient has it', funded('received', 'success'), 'paid', 'success'],
    ['received and its recipient has too much', funded('received', 'overpaid'), 'paid', 'overpaid'],
    ['mispaid', funded('mispaid', 'pending'), 'pending', 'mispaid'],
    ['in error', funded('received', 'error'), 'pending', 'error'],
    ['manual', funded('manual', 'manual'), 'pending', 'manual'],
    ['manual with a recipient in error', funded('manual', 'error'), 'pending', 'error'],
    ['stuck', funded('received', 'stuck'), 'unknown', 'stuck'],
    ['an exception', funded('exception', 'pending'), 'unknown', 'exception'],
    ['an exception of its recipient', funded('received', 'exception'), 'unknown', 'exception'],
    ['paid', funded('paid', 'success'), 'paid', 'paid'],
    ['paid and cancelled at once', funded('paid', 'canceled'), 'unknown', 'contradiction'],
    ['cancelled before it was funded', transaction({ state: 'canceled' }, { state: 'canceled' }), 'failed', 'canceled'],
    ['cancelled after it was funded', funded('canceled', 'canceled'), 'pending', 'canceled'],
    [
      'cancelled and silent about its funds',
      transaction({ state: 'canceled', paid_amount: null }),
      'pending',
      'canceled',
    ],
    [
      'cancelled and paid at once',
      transaction({ state: 'canceled' }, { state: 'success' }),
      'unknown',
      'contradiction',
    ],
    ['refunded', funded('refunded', 'refunded'), 'failed', 'refunded'],
    ['refunded and paid at once', funded('refunded', 'success'), 'unknown', 'contradiction'],
    ['refunded for its recipient', funded('received', 'refunded'), 'failed', 'refunded'],
    ['in an undocumented state', funded('dreaming', 'pending'), 'unknown', 'unlisted-state'],
    ['with a recipient in such a state', funded('received', 'dreaming'), 'unknown', 'unlisted-state'],
    ['of another amount', transaction({}, { requested_amount: 1 }), 'unknown', 'contradiction'],
  ])('of a payment that is %s (%#)', async (_what, reported, kind, code) => {
    const { result } = await queried(ok([reported]));
    expect(result).toMatchObject({ kind, evidence: { code } });
    if (code !== 'contradiction') expect(result?.evidence.providerReference).toBe(transaction()['id']);
    expect(result).not.toHaveProperty('cancelDue');
  });

  it('counts only an equal reference, whatever the filter lets through', async () => {
    const others = [transaction({ external_id: `${REFERENCE}A` }), transaction({ external_id: REFERENCE.slice(0, 8) })];
    expect((await queried(ok(others))).result?.kind).toBe('not-found');
    expect((await queried(ok([...others, funded('paid', 'success')]))).result?.kind).toBe('paid');
  });

  it.each<[string, Reply | null, Partial<KnownPayment>, string]>([
    ['nothing', ok([]), {}, 'not-found'],
    ['nothing, although an earlier answer had it', ok([]), { providerReference: 'T-1' }, 'unknown'],
    ['other pages', ok([transaction({ external_id: 'other' })], { pagination: { next_page: 2 } }), {}, 'unknown'],
    ['two of them', ok([transaction(), transaction()]), {}, 'unknown'],
    ['something else', ok('?'), {}, 'unknown'],
    ['one without a state', ok([{ external_id: REFERENCE }]), {}, 'unknown'],
    ['401', { status: 401 }, {}, 'stop'],
    ['404', { status: 404 }, {}, 'stop'],
    ['429', { status: 429 }, {}, 'throttled'],
    ['500', { status: 500 }, {}, 'unreachable'],
    ['no answer', null, {}, 'unreachable'],
  ])('that is answered by %s is %#', async (_what, reply, more, kind) => {
    expect((await queried(reply, {}, more)).result?.kind).toBe(kind);
  });

  it('spends from the budget, and waits for its turn only as long as the run lasts', async () => {
    const { provider, spent, drain } = await queried(ok([]));
    expect(spent).toEqual(['requests']);
    drain();
    await expect(provider.query?.(payment(), known())).rejects.toBeInstanceOf(DrainedError);
  });

  it('shows the words of BitPesa and no number of the recipient', async () => {
    const reported = funded('received', 'error', {
      state_reason_details: { code: '416', messages: ['Account 1234567800 is closed'] },
    });
    expect((await queried(ok([reported]))).result?.evidence.reason).toContain('(416 Account [hidden] is closed)');
  });
});

describe('a payment in trouble', () => {
  it.each<[string, Json, Json, number, boolean]>([
    ['of a recipient is waited for', trouble('416'), {}, HOUR, false],
    ['of a recipient is cancelled at once, where it is wanted', trouble('416'), { fail_fast: true }, HOUR, true],
    [
      'of a sender is cancelled at once, where it is wanted',
      trouble('511', 'manual'),
      { fail_fast: 'true' },
      HOUR,
      true,
    ],
    ['of a passing kind is waited for even then', trouble('331'), { fail_fast: true }, HOUR, false],
    ['is cancelled after a day', trouble('331'), {}, 24 * HOUR, true],
    ['and only pending is cancelled after a day', funded('received', 'pending'), {}, 24 * HOUR, true],
    ['is cancelled when the payer says', trouble('331'), { cancel_after: '1h' }, HOUR, true],
    ['and stuck is for a person', funded('received', 'stuck'), { fail_fast: true }, 24 * HOUR, false],
  ])('%s', async (_what, reported, options, ageMs, isDue) => {
    const { result } = await queried(ok([reported]), options, { sentAt: NOW - ageMs });
    expect(result !== undefined && 'cancelDue' in result).toBe(isDue);
  });
});

describe('cancelling', () => {
  const recipient = (state: string, more: Json = {}): Reply =>
    ok({ id: '7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44', state, may_cancel: false, ...more });

  it.each<[string, Reply | null, string, string]>([
    ['cancelled at once', recipient('canceled'), 'pending', 'canceled'],
    ['noted', recipient('pending'), 'pending', 'cancel-asked'],
    ['noted without words', ok(null), 'pending', 'cancel-asked'],
    ['too late', recipient('success'), 'paid', 'success'],
    ['refunded in the same moment', recipient('refunded'), 'failed', 'refunded'],
    ['refused', refusedFor({ state: [{ error: 'invalid' }] }), 'pending', '422'],
    ['about somebody unknown', { status: 404 }, 'pending', '404'],
    ['lost', null, 'unreachable', ''],
    ['turned away', { status: 429 }, 'throttled', '429'],
  ])('that is %s is %#', async (_what, reply, kind, code) => {
    const { provider, routes } = await ready({ [LIST]: ok([trouble('416', 'manual')]), [DELETE]: reply });
    const result = await provider.cancel?.(payment(), known({ sentAt: NOW - 24 * HOUR }));
    expect(result).toMatchObject({ kind, ...(code === '' ? {} : { evidence: { code } }) });
    expect(routes()).toEqual([LIST, DELETE]);
    expect(result).not.toHaveProperty('cancelDue', true);
  });

  it.each<[string, Reply | null, string]>([
    ['paid', ok([funded('paid', 'success')]), 'paid'],
    ['refunded', ok([funded('refunded', 'refunded')]), 'failed'],
    ['stuck', ok([funded('received', 'stuck')]), 'unknown'],
    ['not there', ok([]), 'not-found'],
  ])('asks first, and deletes nothing of what is %s', async (_what, reply, kind) => {
    const { provider, routes } = await ready({ [LIST]: reply });
    expect((await provider.cancel?.(payment(), known()))?.kind).toBe(kind);
    expect(new Set(routes())).toEqual(new Set([LIST]));
  });
});

describe('the balance', () => {
  const ROUTE = 'GET /v1/accounts/NGN';

  it.each<[string, unknown, bigint]>([
    ['one account', { amount: 125000.5, currency: 'NGN' }, 125_000_50n],
    ['a list of one', [{ amount: 125000.509, currency: 'NGN' }], 125_000_50n],
    [
      'a list of several',
      [
        { amount: 1, currency: 'GHS' },
        { amount: '7.25', currency: 'NGN' },
      ],
      7_25n,
    ],
  ])('is read from %s', async (_what, object, availableMinor) => {
    const { provider, spent } = await ready({ [ROUTE]: ok(object) });
    expect(await provider.balance?.()).toEqual({ kind: 'balance', availableMinor, currency: 'NGN' });
    expect(spent).toEqual(['accounts', 'requests']);
  });

  it.each<[string, Reply | null, string]>([
    ['another currency', ok({ amount: 1, currency: 'GHS' }), 'unreachable'],
    ['404', { status: 404 }, 'unreachable'],
    ['401', { status: 401 }, 'stop'],
    ['429', { status: 429 }, 'throttled'],
  ])('is not known after %s', async (_what, reply, kind) => {
    const { provider } = await ready({ [ROUTE]: reply });
    expect((await provider.balance?.())?.kind).toBe(kind);
  });

  it('is left out rather than waited for', async () => {
    const { provider, fullBudgets, routes } = await ready();
    fullBudgets.add('accounts');
    expect((await provider.balance?.())?.kind).toBe('throttled');
    expect(routes()).toEqual([]);
  });
});
