import { describe, expect, it } from 'vitest';
import { funded, NOW, payment, REFERENCE, transaction, type Json } from './payments.ts';
import type { Reply } from '../scripted.ts';
import { KEY, SECRET, created, debited, nonceOf, ok, ready, refusedFor, scripted } from './scripted.ts';

const CREATE = 'POST /v1/transactions';
const DEBIT = 'POST /v1/accounts/debits';
const LIST = `GET /v1/transactions?external_id=${REFERENCE}`;
const READ = `GET /v1/transactions/${String(transaction()['id'])}`;
const existing = (earlier: Json): Reply =>
  refusedFor({ external_id: [{ error: 'taken' }] }, { existing: { transaction: earlier } });

describe('creating', () => {
  it('and funding is two requests, and the payment is pending with the id of BitPesa', async () => {
    const { provider, routes, spent } = await ready();
    const outcome = await provider.submit(payment());
    expect(outcome).toMatchObject({
      kind: 'pending',
      evidence: { code: 'funded', providerReference: transaction()['id'] },
    });
    expect(routes()).toEqual([CREATE, DEBIT]);
    // The first request has its slot of the payout budget; the second spends its own.
    expect(spent).toEqual(['requests']);
  });

  it.each<[string, Reply | null, string]>([
    ['no answer', null, 'unknown'],
    ['500', { status: 500, body: '' }, 'unknown'],
    ['502', { status: 502, body: '<html>' }, 'unknown'],
    ['400', { status: 400, body: { status: 400, error: 'Bad Request' } }, 'unknown'],
    ['418', { status: 418 }, 'unknown'],
    ['a redirection', { status: 302 }, 'unknown'],
    ['201 that cannot be read', { status: 201, body: '<html>' }, 'unknown'],
    ['201 without an id', created({ id: null }), 'unknown'],
    ['404', { status: 404 }, 'stop'],
    ['429', { status: 429, headers: { 'Retry-After': '7' } }, 'throttled'],
    ['422 for its data', refusedFor({ bank_account: [{ error: 'invalid' }] }), 'failed'],
    ['422 for the sender', refusedFor({ 'sender.documents': [{ error: 'blank' }] }), 'stop'],
    ['422 for the input currency', refusedFor({ input_currency: [{ error: 'invalid' }] }), 'stop'],
  ])('that is answered by %s funds nothing', async (_what, reply, kind) => {
    const { provider, routes } = await ready({ [CREATE]: reply });
    expect((await provider.submit(payment())).kind).toBe(kind);
    expect(routes()).toEqual([CREATE]);
  });

  it('says what is wrong by field, without any number of the recipient', async () => {
    const errors = {
      'payout_method.bank_account': [{ error: '1234567800 is invalid' }],
      documents: [{ error: 'blank' }],
    };
    const { provider } = await ready({ [CREATE]: refusedFor(errors) });
    const { reason } = (await provider.submit(payment())).evidence;
    expect(reason).toContain('payout_method.bank_account: [hidden] is invalid; documents: blank');
  });

  it('that is refused with 401 is signed again once, with another nonce, and then stops the account', async () => {
    const once = await ready({ [CREATE]: [{ status: 401 }, created()] });
    expect((await once.provider.submit(payment())).kind).toBe('pending');
    expect(new Set(once.received.map(nonceOf)).size).toBe(3);
    const always = await ready({ [CREATE]: { status: 401 } });
    const outcome = await always.provider.submit(payment());
    expect(outcome).toMatchObject({ kind: 'stop', evidence: { code: '401' } });
    expect(outcome.evidence.reason).toContain('accounts.relief.credentials');
    expect(JSON.stringify(outcome)).not.toMatch(new RegExp(`${KEY}|${SECRET}`));
    expect(always.routes()).toEqual([CREATE, CREATE]);
  });

  it.each<[string, Json, Json]>([
    ['another amount', {}, { requested_amount: 15001 }],
    ['another currency', {}, { requested_currency: 'GHS' }],
    ['another account', {}, { payout_method: { type: 'NGN::Bank', details: { bank_account: '1234567801' } } }],
    ['another reference', { external_id: 'XXXXXXXXXXXXXXXXXXXX' }, {}],
    ['two recipients', { recipients: [{ state: 'initial' }, { state: 'initial' }] }, {}],
  ])('that is answered with %s is not funded', async (_what, more, recipient) => {
    const { provider, routes } = await ready({ [CREATE]: created(more, recipient) });
    expect(await provider.submit(payment())).toMatchObject({ kind: 'unknown', evidence: { code: 'contradiction' } });
    expect(routes()).toEqual([CREATE]);
  });

  it('without the sender being known sends nothing', async () => {
    const { provider, routes } = await scripted();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', waitMs: 0 });
    expect(routes()).toEqual([]);
  });
});

describe('a reference that BitPesa has already', () => {
  it('is adopted and funded while it waits for funds, also at the first attempt', async () => {
    for (const isAgain of [false, true]) {
      const { provider, routes } = await ready({ [CREATE]: existing(transaction()) });
      expect((await provider.submit(payment(), isAgain)).kind).toBe('pending');
      expect(routes()).toEqual([CREATE, DEBIT]);
    }
  });

  it.each<[string, Json, string]>([
    ['received', funded('received', 'pending'), 'pending'],
    ['processing', funded('processing', 'initial'), 'pending'],
    ['paid', funded('paid', 'success'), 'paid'],
    ['stuck', funded('received', 'stuck'), 'unknown'],
    ['refunded', funded('refunded', 'refunded'), 'failed'],
    ['canceled and never funded', transaction({ state: 'canceled', due_amount: 0 }, { state: 'canceled' }), 'failed'],
    ['canceled after it was funded', funded('canceled', 'canceled'), 'pending'],
    ['approved and needing nothing more', transaction({ due_amount: 0, paid_amount: 15000 }), 'pending'],
    ['of a sender that is not approved', transaction({ state: 'initial' }), 'stop'],
    ['past its end', transaction({ expires_at: new Date(NOW - 1).toISOString() }), 'unknown'],
    ['about to end', transaction({ expires_at: new Date(NOW + 20_000).toISOString() }), 'unknown'],
    ['of another amount', transaction({}, { requested_amount: 14000 }), 'unknown'],
    [
      'of another bank account',
      transaction({}, { payout_method: { type: 'NGN::Bank', details: { bank_code: '058', bank_account: '9' } } }),
      'unknown',
    ],
    [
      'of another bank',
      transaction(
        {},
        { payout_method: { type: 'NGN::Bank', details: { bank_code: '044', bank_account: '1234567800' } } },
      ),
      'unknown',
    ],
  ])('and is %s is not funded: %#', async (_what, earlier, kind) => {
    const { provider, routes } = await ready({ [CREATE]: existing(earlier), [READ]: ok(earlier) });
    expect((await provider.submit(payment(), true)).kind).toBe(kind);
    expect(routes()).not.toContain(DEBIT);
  });

  it('and is shown in part is read whole before it is funded', async () => {
    const part = { id: transaction()['id'], external_id: REFERENCE, state: 'approved' };
    const whole = await ready({ [CREATE]: existing(part), [READ]: ok(transaction()) });
    expect((await whole.provider.submit(payment())).kind).toBe('pending');
    expect(whole.routes()).toEqual([CREATE, READ, DEBIT]);
    const hidden = await ready({ [CREATE]: existing(part), [READ]: ok(transaction({}, { payout_method: null })) });
    expect(await hidden.provider.submit(payment())).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'contradiction' },
    });
    expect(hidden.routes()).toEqual([CREATE, READ]);
  });

  it('and is not named by the refusal is queried, and a refused query is no failure', async () => {
    const taken = refusedFor({ external_id: [{ error: 'taken' }] });
    const found = await ready({ [CREATE]: taken, [LIST]: ok([transaction()]) });
    expect((await found.provider.submit(payment())).kind).toBe('pending');
    const none = await ready({ [CREATE]: taken, [LIST]: ok([]) });
    expect(await none.provider.submit(payment())).toMatchObject({
      kind: 'unknown',
      evidence: { code: 'reference-refused' },
    });
  });

  it('may hide behind a refusal for data when it is re-sent', async () => {
    const refused = refusedFor({ bank_account: [{ error: 'invalid' }] });
    const paid = await ready({ [CREATE]: refused, [LIST]: ok([funded('paid', 'success')]) });
    expect((await paid.provider.submit(payment(), true)).kind).toBe('paid');
    const none = await ready({ [CREATE]: refused, [LIST]: ok([]) });
    expect((await none.provider.submit(payment(), true)).kind).toBe('failed');
    const silent = await ready({ [CREATE]: refused, [LIST]: { status: 503 } });
    expect((await silent.provider.submit(payment(), true)).kind).toBe('unknown');
  });
});

describe('what a transaction would cost', () => {
  it.each<[string, Json, Json, string]>([
    ['more than the amount', { input_amount: 15100, due_amount: 15100 }, {}, 'surcharge'],
    ['less than the amount', { input_amount: 14000, due_amount: 14000 }, {}, 'underpriced'],
    ['more than it says', { due_amount: 15100 }, {}, 'other-amount'],
    ['another currency', { input_currency: 'GBP' }, {}, 'other-currency'],
    ['nobody knows what', { input_amount: null }, {}, 'unpriced'],
    [
      'a bad rate',
      { input_currency: 'GBP', input_amount: 8.02, due_amount: 8.02 },
      { input_currency: 'GBP', max_rate: { NGN: '0.000534' } },
      'rate',
    ],
  ])('when it is %s stops the account before anything is funded', async (_what, more, options, code) => {
    const { provider, routes } = await ready({ [CREATE]: created(more) }, { options });
    expect(await provider.submit(payment())).toMatchObject({ kind: 'stop', evidence: { code } });
    expect(routes()).toEqual([CREATE]);
  });

  it('is funded to the last digit, as the transaction says it', async () => {
    const costs = { input_currency: 'GBP', input_amount: 8.0101, due_amount: 8.0101 };
    const { provider, received } = await ready(
      { [CREATE]: created(costs), [DEBIT]: { status: 200, body: { object: [{}] } } },
      { options: { input_currency: 'GBP', max_rate: { NGN: '0.000535' } } },
    );
    expect((await provider.submit(payment())).kind).toBe('pending');
    expect(received.at(-1)?.body).toBe(
      '{"debit":{"to_id":"0d9a6c1e-52f4-4f7e-8a53-6f2f5f0b7c11","to_type":"Transaction","currency":"GBP","amount":"8.0101"}}',
    );
  });

  it('may be more by what the payer allows', async () => {
    const { provider } = await ready(
      { [CREATE]: created({ input_amount: 15100, due_amount: 15100 }), [DEBIT]: { status: 200, body: { object: [] } } },
      { options: { max_surcharge: '100' } },
    );
    expect((await provider.submit(payment())).kind).toBe('unknown');
  });
});

describe('funding', () => {
  it.each<[string, Reply | null, string]>([
    ['no answer', null, 'unknown'],
    ['500', { status: 500 }, 'unknown'],
    ['404', { status: 404 }, 'unknown'],
    ['400', { status: 400 }, 'unknown'],
    ['200 that cannot be read', { status: 200, body: 'OK' }, 'unknown'],
    ['200 about another transaction', ok([{ to_id: 'other', amount: 15000 }]), 'unknown'],
    ['200 about another amount', ok([{ to_id: transaction()['id'], amount: 15 }]), 'unknown'],
    ['200 with the booking as a debit', ok([{ to_id: transaction()['id'], amount: -15000 }]), 'pending'],
    ['200 with one object', ok({ to_id: transaction()['id'], amount: 15000 }), 'pending'],
    ['401', { status: 401 }, 'stop'],
    ['429', { status: 429 }, 'throttled'],
  ])('that is answered by %s is %#', async (_what, reply, kind) => {
    const { provider } = await ready({ [DEBIT]: reply });
    expect(await provider.submit(payment())).toMatchObject({
      kind,
      evidence: { providerReference: transaction()['id'] },
    });
  });

  const noFunds: Reply = { status: 422, body: { object: [{ errors: { amount: [{ error: 'insufficient_funds' }] } }] } };
  const mismatch: Reply = { status: 422, body: { object: [{ errors: { amount: [{ error: 'invalid' }] } }] } };

  it.each<[string, Reply | null, Reply, string]>([
    ['for want of funds, and it still waits for them', noFunds, ok(transaction()), 'stop'],
    ['for want of funds, after an earlier one has funded it', noFunds, ok(funded('received', 'pending')), 'pending'],
    ['because it is paid already', mismatch, ok(funded('paid', 'success')), 'paid'],
    ['for its amount, and it still waits for funds', mismatch, ok(transaction()), 'failed'],
    ['because it was cancelled meanwhile', mismatch, ok(transaction({ state: 'canceled' })), 'failed'],
    ['for want of funds, and then nothing can be read', noFunds, { status: 500 }, 'unknown'],
    ['without words, and it is gone', { status: 422 }, { status: 404 }, 'unknown'],
  ])('that is refused %s is decided by the transaction', async (_what, reply, now, kind) => {
    const { provider, routes } = await ready({ [DEBIT]: reply, [READ]: now });
    expect((await provider.submit(payment())).kind).toBe(kind);
    expect(routes().slice(0, 3)).toEqual([CREATE, DEBIT, READ]);
    expect(routes().filter((route) => route === DEBIT)).toHaveLength(1);
  });

  it('that is not sent because the run ends leaves the payment to be re-sent', async () => {
    const { provider, drain, routes } = await ready();
    drain();
    expect(await provider.submit(payment())).toMatchObject({ kind: 'throttled', evidence: { code: 'drained' } });
    expect(routes()).toEqual([CREATE]);
  });

  it('is one request however it ends', async () => {
    const { provider, routes } = await ready({ [DEBIT]: [null, debited] });
    expect((await provider.submit(payment())).kind).toBe('unknown');
    expect(routes()).toEqual([CREATE, DEBIT]);
  });
});
