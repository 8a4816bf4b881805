import { describe, expect, it } from 'vitest';
import type { CallbackFault, FaultRule } from '../../../src/simulator/index.ts';
import { BANK, fields, isSigned, MOBILE, openPesawayClient, outcomeOf, PAIR, type PesawayClient } from './client.ts';

const callback = (callbackFault: CallbackFault): FaultRule[] => [{ fault: { kind: 'callback', callbackFault } }];
const results = ({ receiver }: PesawayClient): unknown[] =>
  receiver.callbacks.map((callback) => fields({ text: callback.body })['ResultCode']);

describe('the magic values of PesaWay', () => {
  it.each([
    ['254712345000', 0, [0], 1],
    ['254712345001', 1, [1], 0],
    ['254712345002', undefined, [], 0],
    ['254712345005', 0, [], 1],
    ['254712345006', 0, [0, 0], 1],
    ['254712345007', 0, [1, 0], 1],
  ])('%s ends as documented', async (PhoneNumber, ResultCode, reported, booked) => {
    const merchant = await openPesawayClient();
    const { call, mobile, simulator, query } = merchant;
    expect(outcomeOf(await call(MOBILE, mobile({ PhoneNumber })))).toEqual([200, '200.001']);
    await simulator.idle();
    expect((await query('B7R0012A1'))['ResultCode']).toBe(ResultCode);
    expect([results(merchant), simulator.book().length]).toEqual([reported, booked]);
  });

  it('…003 pays and closes the connection; …004 closes it without paying', async () => {
    const merchant = await openPesawayClient();
    const { call, mobile, simulator, query } = merchant;
    await expect(call(MOBILE, mobile({ PhoneNumber: '254712345003' }))).rejects.toThrow('fetch failed');
    await expect(call(MOBILE, mobile({ PhoneNumber: '254712345004', ExternalReference: 'R2' }))).rejects.toThrow(
      'fetch failed',
    );
    await simulator.idle();
    expect(await query('B7R0012A1')).toMatchObject({ ResultCode: 0 });
    expect(await query('R2')).toMatchObject({ code: '404.000' });
    expect([results(merchant), simulator.book().length]).toEqual([[0], 1]);
  });

  it('a payout to an account ending 008 is registered and answered with HTML', async () => {
    const { call, bank, simulator } = await openPesawayClient();
    const reply = await call(BANK, bank({ AccountNumber: '0110000008' }));
    expect(() => fields(reply)).toThrow(SyntaxError);
    await simulator.idle();
    expect([reply.status, simulator.book().length]).toEqual([200, 1]);
  });

  it('an amount of 455 is always refused as beyond the balance', async () => {
    const { call, mobile } = await openPesawayClient();
    expect(outcomeOf(await call(MOBILE, mobile({ Amount: 455 })))).toEqual([400, '455.001']);
  });

  it('are ordinary values when they are turned off', async () => {
    const { call, mobile, simulator } = await openPesawayClient({ magicValues: 'none' });
    await call(MOBILE, mobile({ PhoneNumber: '254712345004', Amount: 455 }));
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
  });
});

describe('a callback of PesaWay', () => {
  it.each([
    ['lost', []],
    ['twice', [0, 0]],
    ['early', [0]],
    ['contradictory', [0, 1]],
  ] as const)('that is %s comes as %o, signed', async (callbackFault, reported) => {
    const merchant = await openPesawayClient({ faults: callback(callbackFault) });
    await merchant.call(MOBILE, merchant.mobile());
    await merchant.simulator.idle();
    expect(results(merchant)).toEqual(reported);
    expect(merchant.receiver.callbacks.every(isSigned)).toBe(true);
    expect(merchant.simulator.book()).toHaveLength(1);
    expect(await merchant.query('B7R0012A1')).toMatchObject({ ResultCode: 0 });
  });

  it('that is early comes before the answer, and the money with it', async () => {
    const { call, mobile, receiver, simulator } = await openPesawayClient({ faults: callback('early') });
    await call(MOBILE, mobile());
    expect([receiver.callbacks.map((callback) => callback.after), simulator.book().length]).toEqual([[0], 1]);
  });

  it('that is forged has a wrong signature, and the right one follows', async () => {
    const merchant = await openPesawayClient({ faults: callback('forged') });
    await merchant.call(MOBILE, merchant.mobile());
    await merchant.simulator.idle();
    expect(results(merchant)).toEqual([1, 0]);
    expect(merchant.receiver.callbacks.map(isSigned)).toEqual([false, true]);
  });

  it('carries no signature where none was enabled; a forged one has a wrong id then', async () => {
    const merchant = await openPesawayClient({ settings: { callbackSecret: '' }, faults: callback('forged') });
    const { TransactionID } = fields(await merchant.call(MOBILE, merchant.mobile()));
    await merchant.simulator.idle();
    expect(merchant.simulator.credentials).not.toHaveProperty('callback_secret');
    expect(merchant.receiver.callbacks.map((callback) => callback.headers['signature'])).toEqual([
      undefined,
      undefined,
    ]);
    const ids = merchant.receiver.callbacks.map((callback) => fields({ text: callback.body })['TransactionID']);
    expect([ids[0] === TransactionID, ids[1] === TransactionID]).toEqual([false, true]);
  });
});

describe('a fault at PesaWay', () => {
  it.each([
    [{ kind: 'drop-before-booking' }, 0],
    [{ kind: 'drop-after-booking' }, 1],
    [{ kind: 'status', status: 502, booked: false }, 0],
    [{ kind: 'status', status: 502, booked: true }, 1],
    [{ kind: 'unreadable' }, 1],
    [{ kind: 'throttle' }, 0],
    [{ kind: 'expire-tokens' }, 0],
  ] as const)('%o books %i payments, and the identical request then shows which', async (fault, booked) => {
    const { call, bare, mobile, simulator, query } = await openPesawayClient({ faults: [{ fault }] });
    await call(MOBILE, mobile()).catch(() => null);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(booked);
    const { access_token } = fields(await bare('token', PAIR));
    const again = await bare(MOBILE, mobile(), { Authorization: `Bearer ${String(access_token)}` });
    expect(outcomeOf(again)).toEqual(booked === 1 ? [403, '403.002'] : [200, '200.001']);
    await simulator.idle();
    expect(simulator.book()).toHaveLength(1);
    if (fault.kind !== 'expire-tokens') expect(await query('B7R0012A1')).toMatchObject({ ResultCode: 0 });
  });

  it('of rate limiting is answered with the code that an integrator lists', async () => {
    const { call, mobile } = await openPesawayClient({ faults: [{ fault: { kind: 'throttle' } }] });
    expect(outcomeOf(await call(MOBILE, mobile()))).toEqual([429, '429.001']);
  });
});

describe('a query at PesaWay', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['2', 2],
  ])('reports an unfinished payment with a result code that is %s', async (pendingResultCode, code) => {
    const { call, mobile, query } = await openPesawayClient({ settings: { pendingResultCode } });
    await call(MOBILE, mobile({ PhoneNumber: '254712345002' }));
    const state = await query('B7R0012A1');
    expect(state['ResultCode']).toBe(code);
    expect(state).toMatchObject({ code: '200.001', OriginatorReference: 'B7R0012A1' });
  });

  it('takes only their own id where the setting says so', async () => {
    const { call, mobile, query } = await openPesawayClient({ settings: { queryByExternalReference: false } });
    const { TransactionID } = fields(await call(MOBILE, mobile()));
    expect(await query('B7R0012A1')).toMatchObject({ code: '404.000' });
    expect(await query(String(TransactionID))).toMatchObject({ code: '200.001' });
  });

  it('is of its own endpoint, comes by either verb and may be nested', async () => {
    const { call, bank, query, getWithBody, simulator } = await openPesawayClient({
      settings: { nestedAnswers: true },
    });
    await call(BANK, bank());
    await simulator.idle();
    expect(await query('B7R0013A1')).toMatchObject({ code: '404.000' });
    const reply = await getWithBody('bank/transaction-query', { TransactionReference: 'B7R0013A1' });
    expect(fields(reply)).toMatchObject({ code: '200.001', data: { ResultCode: 0, TransactionAmount: '42000.00' } });
    expect(outcomeOf(await call('bank/transaction-query', {}))).toEqual([400, '400.001']);
  });

  it('is refused with HTTP 200, as every other request, where the setting says so', async () => {
    const { call, bare, query, mobile } = await openPesawayClient({
      settings: { alwaysHttp200: true, errorText: 'message' },
    });
    expect(await query('nobody')).toEqual({ code: '404.000', message: 'Transaction not found' });
    expect(outcomeOf(await call(MOBILE, mobile({ Amount: 455 })))).toEqual([200, '455.001']);
    expect(outcomeOf(await bare(MOBILE, mobile()))).toEqual([200, '401.001']);
  });
});
