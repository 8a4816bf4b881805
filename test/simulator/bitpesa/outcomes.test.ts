import { describe, expect, it } from 'vitest';
import {
  bankDetails,
  business,
  debit,
  created,
  funded,
  person,
  read,
  startAtFixedTime,
  states,
  transaction,
  type Client,
  type Resource,
  type Wish,
} from './client.ts';

const names = { first_name: 'Jane', last_name: 'Doe' };
const known = { identification_type: 'ID', identification_number: '12345678', nationality: 'GB' };
const phone = (currency: string, number: string, more: object = {}): Wish => ({
  currency,
  type: `${currency}::Mobile`,
  details: { ...names, phone_number: number, ...more },
  sender: person(known),
});
const bank = (account: string): Wish => ({ account });
const ghanaBank = (account: string): Wish => ({
  currency: 'GHS',
  type: 'GHS::Bank',
  details: { ...names, bank_code: '030100', bank_account: account },
});

const PAID = ['paid', 'success', '0'] as const;
const PENDING = ['received', 'pending', '14'] as const;
const temporary = (code: string) => ['received', 'error', code] as const;
const manual = (code: string) => ['manual', 'error', code] as const;

const cancel = ({ call }: Client, opened: Resource) => call('DELETE', `recipients/${opened.recipients[0].id}`);

describe('the magic endings', () => {
  const airtel = { mobile_provider: 'airtel' };
  const mtn = { mobile_provider: 'mtn' };
  it.each([
    [bank('1234567800'), PAID],
    [bank('1234567801'), PENDING],
    [bank('1234567808'), temporary('3')],
    [bank('1234567819'), manual('416')],
    [bank('1234567871'), manual('511')],
    [bank('1234567823'), PAID],
    [ghanaBank('1234567818'), temporary('3')],
    [ghanaBank('1234567839'), manual('421')],
    [ghanaBank('1234567819'), manual('5')],
    [phone('GHS', '+233241234501'), PENDING],
    [phone('GHS', '+233241234539'), manual('421')],
    [phone('UGX', '+256701234511', airtel), PENDING],
    [phone('UGX', '+256701234518', airtel), temporary('331')],
    [phone('UGX', '+256701234519', airtel), manual('42')],
    [phone('UGX', '+256701234549', airtel), manual('5')],
    [phone('UGX', '+256701234501', airtel), PAID],
    [phone('UGX', '+256771234501', mtn), PENDING],
    [phone('UGX', '+256771234518', mtn), temporary('331')],
    [phone('UGX', '+256771234509', mtn), manual('414')],
    [phone('UGX', '+256771234520', mtn), PAID],
    [phone('UGX', '+256701234549'), manual('5')],
    [phone('XAF', '+237671234538', { country: 'CM', mobile_provider: 'mtn' }), temporary('3')],
    [phone('XAF', '+237671234509', { country: 'CM', mobile_provider: 'mtn' }), manual('531')],
    [phone('XAF', '+24161234509', { country: 'GA', mobile_provider: 'moov' }), manual('423')],
    [phone('XAF', '+24161234508', { country: 'GA', mobile_provider: 'moov' }), temporary('3')],
    [phone('XOF', '+221771234569', { mobile_provider: 'orange' }), manual('42')],
    [phone('XOF', '+221771234501', { mobile_provider: 'wave' }), PENDING],
    [phone('TZS', '+255711234501'), PAID],
  ] as const)('of %o are %o', async (wish, [state, recipientState, code]) => {
    const client = await startAtFixedTime();
    const opened = await funded(client, wish);
    await client.simulator.idle();
    expect(await read(client, opened)).toMatchObject({
      state,
      recipients: [{ state: recipientState, state_reason_details: { code } }],
    });
    expect(client.simulator.book()).toHaveLength(state === 'paid' ? 1 : 0);
  });

  it('have no effect when they are switched off', async () => {
    const client = await startAtFixedTime({ magicValues: 'none' });
    const opened = await funded(client, bank('1234567819'));
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(['paid', 'success']);
  });

  it.each([
    ['stuckEnding', { stuckEnding: '77' }, ['received', 'stuck'], 0],
    ['stuckEnding with the money there', { stuckEnding: '77', stuckPaid: true }, ['received', 'stuck'], 1],
    ['exceptionEnding', { exceptionEnding: '77' }, ['exception', 'exception'], 0],
    ['overpaidEnding', { overpaidEnding: '77' }, ['paid', 'overpaid'], 1],
  ] as const)('can be added to by %s, and none of those can be cancelled', async (_name, settings, end, bookings) => {
    const client = await startAtFixedTime({ settings });
    const opened = await funded(client, bank('1234567877'));
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(end);
    expect((await cancel(client, opened)).status).toBe(422);
    expect(client.simulator.book()).toHaveLength(bookings);
  });
});

describe('an error', () => {
  it('is not the end: the vendor may pay later, once', async () => {
    const client = await startAtFixedTime({ settings: { lateSuccessMs: 20 } });
    const opened = await funded(client, bank('1234567819'));
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(['paid', 'success']);
    expect(client.simulator.book()).toHaveLength(1);
  });

  it('that is cancelled comes back as money, and is never paid later', async () => {
    const client = await startAtFixedTime({ settings: { payoutDelayMs: 1, lateSuccessMs: 100 } });
    const opened = await funded(client, bank('1234567808'));
    await expect.poll(() => states(client, opened)).toEqual(['received', 'error']);
    const reply = await cancel(client, opened);
    expect([reply.status, reply.body.object]).toMatchObject([
      200,
      { state: 'canceled', transaction_state: 'canceled' },
    ]);
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(['refunded', 'refunded']);
    expect((await client.call('GET', 'accounts/NGN')).text).toContain('"amount":10000000,');
    expect(client.simulator.book()).toEqual([]);
    expect((await cancel(client, opened)).status).toBe(422);
  });

  it('keeps the money until the refund has come', async () => {
    const client = await startAtFixedTime({ settings: { refundDelayMs: 60_000 } });
    const opened = await funded(client, bank('1234567808'));
    await client.simulator.idle();
    await cancel(client, opened);
    expect(await states(client, opened)).toEqual(['canceled', 'canceled']);
    expect((await client.call('GET', 'accounts/NGN')).text).toContain('"amount":9985000,');
  });

  it('is cancelled by itself a day after the funding, unless automatic refunds are off', async () => {
    for (const [auto_refund, end] of [
      [true, 'refunded'],
      [false, 'manual'],
    ] as const) {
      const client = await startAtFixedTime();
      const opened = await funded(client, { ...bank('1234567819'), traits: { auto_refund } });
      await client.simulator.idle();
      client.clock.now += 86_399_999;
      expect((await read(client, opened)).state).toBe('manual');
      client.clock.now += 1;
      await read(client, opened);
      await client.simulator.idle();
      expect((await read(client, opened)).state).toBe(end);
    }
  });

  it('is tried again with corrected details while they can be edited', async () => {
    const client = await startAtFixedTime();
    const opened = await funded(client, bank('1234567819'));
    await client.simulator.idle();
    const edit = (account: string) =>
      client.call('PATCH', `recipients/${opened.recipients[0].id}`, {
        recipient: { payout_method: { details: { bank_account: account } } },
      });
    expect((await edit('no account')).body.object.errors).toEqual({
      'payout_method.bank_account': [{ error: 'invalid' }],
    });
    expect((await edit('1234567800')).status).toBe(200);
    await client.simulator.idle();
    expect(client.simulator.book()).toMatchObject([{ destination: '058/1234567800' }]);
    expect((await edit('1234567802')).status).toBe(422);
  });
});

describe('a cancellation', () => {
  it('before the funding is the end', async () => {
    const client = await startAtFixedTime();
    const opened = await created(client);
    expect((await cancel(client, opened)).status).toBe(200);
    expect(await states(client, opened)).toEqual(['canceled', 'canceled']);
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(422);
  });

  it.each([
    ['1234567800', ['paid', 'success'], 1],
    ['1234567808', ['refunded', 'refunded'], 0],
  ] as const)('of a payout to %s that is under way waits for the network: %o', async (account, end, bookings) => {
    const client = await startAtFixedTime({ settings: { payoutDelayMs: 30 } });
    const opened = await funded(client, bank(account));
    const noted = await cancel(client, opened);
    expect([noted.status, noted.body.object]).toMatchObject([200, { state: 'pending', may_cancel: false }]);
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(end);
    expect(client.simulator.book()).toHaveLength(bookings);
  });
});

describe('the sandbox', () => {
  it('forces a funded transaction to be paid, once, and no unfunded one', async () => {
    const client = await startAtFixedTime({ settings: { stuckEnding: '77', stuckPaid: true } });
    const pending = await funded(client, bank('1234567801'));
    const stuck = await funded(client, { ...bank('1234567877'), reference: 'A2' });
    const unfunded = await created(client, { reference: 'A3' });
    await client.simulator.idle();
    const force = async (opened: Resource) => (await client.call('POST', `transactions/${opened.id}/payout`)).status;
    expect([await force(pending), await force(pending), await force(stuck), await force(unfunded)]).toEqual([
      200, 422, 200, 422,
    ]);
    expect(
      client.simulator
        .book()
        .map((entry) => entry.reference)
        .sort(),
    ).toEqual(['A1', 'A2']);
  });

  it('forces one that is still under way, and what the network says afterwards changes nothing', async () => {
    const client = await startAtFixedTime({ settings: { payoutDelayMs: 30 } });
    const opened = await funded(client, bank('1234567819'));
    expect((await client.call('POST', `transactions/${opened.id}/payout`)).status).toBe(200);
    await client.simulator.idle();
    expect(await states(client, opened)).toEqual(['paid', 'success']);
    expect(client.simulator.book()).toHaveLength(1);
  });

  it('fakes a payin, which is not taken from the balance', async () => {
    const client = await startAtFixedTime({ balance: '0' });
    const opened = await created(client);
    expect((await client.call('POST', `transactions/${opened.id}/payin`)).body.object.state).toBe('received');
    await client.simulator.idle();
    expect(client.simulator.book()).toHaveLength(1);
    expect((await client.call('GET', 'accounts/NGN')).text).toContain('"amount":0,');
  });
});

describe('the account validation', () => {
  it('finds no holder of the magic numbers, and stops a payout with account validation', async () => {
    const client = await startAtFixedTime();
    const validationStatus = async (bank_account: string) =>
      (
        await client.call('POST', 'account_validations', {
          bank_account,
          bank_code: '058',
          country: 'NG',
          currency: 'NGN',
          method: 'bank',
        })
      ).status;
    expect([await validationStatus('1234567800'), await validationStatus('1234567839')]).toEqual([200, 422]);
    const opened = await funded(client, { ...bank('1234567839'), traits: { account_validation: true } });
    await client.simulator.idle();
    expect(await read(client, opened)).toMatchObject({
      state: 'manual',
      recipients: [{ state: 'error', metadata: { provider_name_validation: expect.any(String) as string } }],
    });
    const unasked = await funded(client, { ...bank('1234567839'), reference: 'A2', sender: business() });
    await client.simulator.idle();
    expect((await read(client, unasked)).state).toBe('paid');
    expect(
      (await client.call('POST', 'transactions/validate', transaction({ details: bankDetails('1'), reference: 'A3' })))
        .status,
    ).toBe(422);
  });
});
