import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bankDetails,
  business,
  created,
  debit,
  funded,
  person,
  read,
  startAtFixedTime,
  transaction,
  type Wish,
} from './client.ts';

const names = { first_name: 'Jane', last_name: 'Doe' };
const card = { identity_card_type: 'ID', identity_card_id: '123', street: 'Moi Avenue' };
const kenya = {
  ...names,
  phone_number: '+254712345678',
  mobile_provider: 'mpesa',
  transfer_reason: 'salary_non_resident_in_country',
  ...card,
};
const known = { identification_type: 'ID', identification_number: '12345678', source_of_funds: 'business' };

async function errorsOf(wish: Wish, settings = {}): Promise<unknown> {
  const { call } = await startAtFixedTime({ settings });
  const reply = await call('POST', 'transactions', transaction(wish));
  if (reply.status === 201) return null;
  expect(reply.status).toBe(422);
  return Object.fromEntries(Object.entries(reply.body.object.errors).map(([field, [first]]) => [field, first?.error]));
}

describe('a recipient', () => {
  const at = (field: string): string => `recipients.${field}`;
  it.each([
    [{ type: 'NGN::Wallet' }, { [at('payout_method.type')]: 'inclusion' }],
    [
      { details: {} },
      {
        [at('payout_method.first_name')]: 'blank',
        [at('payout_method.last_name')]: 'blank',
        [at('payout_method.bank_code')]: 'blank',
        [at('payout_method.bank_account')]: 'blank',
      },
    ],
    [
      { details: { ...bankDetails('1234567800'), bank_account: 1234567800 } },
      { [at('payout_method.bank_account')]: 'blank' },
    ],
    [{ details: { ...bankDetails('1234567800'), bank_code: '58' } }, { [at('payout_method.bank_code')]: 'invalid' }],
    [
      { currency: 'KES', type: 'KES::Mobile', sender: person(known), details: { ...kenya, mobile_provider: 'airtel' } },
      { [at('payout_method.mobile_provider')]: 'invalid' },
    ],
    [
      {
        currency: 'KES',
        type: 'KES::Mobile',
        sender: person(known),
        details: { ...kenya, phone_number: '0712345678' },
      },
      { [at('payout_method.phone_number')]: 'invalid' },
    ],
    [
      { currency: 'KES', type: 'KES::Mobile', sender: person(), details: kenya },
      {
        'sender.identification_type': 'blank',
        'sender.identification_number': 'blank',
        'sender.source_of_funds': 'blank',
      },
    ],
    [{ currency: 'KES', type: 'KES::Mobile', details: kenya }, null],
    [
      {
        currency: 'XOF',
        type: 'XOF::Mobile',
        details: { ...names, phone_number: '+225071234567', mobile_provider: 'orange' },
      },
      { [at('payout_method.phone_number')]: 'invalid' },
    ],
    [{ more: { recipients: [{}, {}] } }, { recipients: 'too_many' }],
    [{ more: { recipients: [] } }, { recipients: 'blank' }],
    [{ input: 'ZZZ' }, { input_currency: 'inclusion' }],
    [{ traits: { auto_refund: 'true' } }, { 'traits.auto_refund': 'invalid' }],
  ])('as %o is refused for %o', async (wish, errors) => {
    expect(await errorsOf(wish)).toEqual(errors);
  });

  it('needs less by the guide, and an account type in 2019', async () => {
    const short = {
      currency: 'KES',
      type: 'KES::Bank',
      details: { ...names, street: 'Moi Avenue', bank_code: '01', bank_account: '1234567' },
    };
    expect(await errorsOf(short)).not.toBeNull();
    expect(await errorsOf(short, { requires: 'guide' })).toBeNull();
    const sender = business({ phone_number: '01130000000', phone_country: 'GB' });
    const details = { ...bankDetails('1234567800'), bank_account_type: undefined };
    expect(await errorsOf({ sender, details }, { age: '2019' })).toEqual({
      'recipients.payout_method.bank_account_type': 'blank',
    });
  });

  it('of 2019 has a national phone, and the book has the international one', async () => {
    const client = await startAtFixedTime({ settings: { age: '2019' } });
    const sender = business({ phone_number: '01130000000', phone_country: 'GB' });
    await funded(client, {
      currency: 'GHS',
      type: 'GHS::Mobile',
      sender,
      details: { ...names, phone_number: '0241234500' },
    });
    await client.simulator.idle();
    expect(client.simulator.book()).toMatchObject([{ kind: 'mobile', destination: '+233241234500' }]);
  });
});

describe('an amount', () => {
  it.each([
    ['NGN', 'NGN::Bank', '99', 'too_small'],
    ['NGN', 'NGN::Bank', '50000001', 'too_large'],
    ['NGN', 'NGN::Bank', '0', 'invalid'],
    ['NGN', 'NGN::Bank', '-5', 'invalid'],
    ['NGN', 'NGN::Bank', '1.5e4', 'invalid'],
    ['NGN', 'NGN::Bank', '15,000', 'invalid'],
    ['NGN', 'NGN::Bank', '', 'blank'],
    ['GHS', 'GHS::Bank', '10.005', 'invalid'],
  ])('in %s for %s of %j is %s', async (currency, type, amount, error) => {
    const details =
      type === 'GHS::Bank' ? { ...names, bank_code: '030100', bank_account: '12345600' } : bankDetails('1234567800');
    expect(await errorsOf({ currency, type, amount, details })).toEqual({ 'recipients.requested_amount': error });
  });

  it('with a fraction that its currency does not have is rounded up, and really paid so', async () => {
    const client = await startAtFixedTime();
    const opened = await funded(client, { amount: '15000.01' });
    expect(opened).toMatchObject({
      input_amount: 15001,
      recipients: [{ requested_amount: 15000.01, output_amount: 15001 }],
    });
    await client.simulator.idle();
    expect(client.simulator.book()).toMatchObject([{ amountMinor: 1_500_100n }]);
  });

  it('is exact where floats are not, as a number or as a text', async () => {
    const client = await startAtFixedTime();
    const details = { ...names, bank_code: '030100', bank_account: '12345600' };
    const body = JSON.stringify(transaction({ currency: 'GHS', type: 'GHS::Bank', amount: '0.29', details }));
    const reply = await client.call('POST', 'transactions', body.replace('"0.29"', '45000000.29'));
    expect(reply.text).toContain('"input_amount":45000000.29,');
    await funded(client, { currency: 'GHS', type: 'GHS::Bank', amount: '1.10', details, reference: 'A2' });
    await client.simulator.idle();
    expect(client.simulator.book()).toMatchObject([{ amountMinor: 110n, currency: 'GHS' }]);
    expect((await client.call('GET', 'accounts/GHS')).text).toContain('"amount":9999998.9,');
  });

  it('in whole units of ISO is booked in whole units', async () => {
    const client = await startAtFixedTime();
    await funded(client, {
      currency: 'XAF',
      type: 'XAF::Bank',
      amount: '500',
      details: { ...names, iban: 'CM2110033052090901100045910' },
    });
    await client.simulator.idle();
    expect(client.simulator.book()).toMatchObject([
      { amountMinor: 500n, currency: 'XAF', destination: 'CM2110033052090901100045910' },
    ]);
  });

  it('from another currency is converted, and debited in that', async () => {
    const client = await startAtFixedTime();
    const opened = await created(client, { input: 'USD', amount: '15300' });
    expect(opened).toMatchObject({
      input_amount: 10,
      input_currency: 'USD',
      recipients: [{ output_amount: 15300, exchange_rate: 1530 }],
    });
    expect(
      (await client.call('POST', 'accounts/debits', debit(opened, { currency: 'NGN', amount: '15300' }))).status,
    ).toBe(422);
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(201);
    expect((await client.call('GET', 'accounts/USD')).text).toContain('"amount":9999990,');
  });

  it('can be calculated and validated without making anything', async () => {
    const client = await startAtFixedTime();
    for (const way of ['calculate', 'validate']) {
      const reply = await client.call('POST', `transactions/${way}`, transaction());
      expect([reply.status, reply.body.object]).toMatchObject([
        200,
        { input_amount: 15000, recipients: [{ output_amount: 15000 }] },
      ]);
    }
    expect((await client.call('GET', 'transactions')).body.object).toEqual([]);
    expect((await client.call('GET', 'senders')).body.object).toEqual([]);
    await created(client);
    const again = await client.call('POST', 'transactions/validate', transaction());
    expect([again.status, again.body.meta]).toMatchObject([422, { existing: { transaction: { external_id: 'A1' } } }]);
  });

  it('has limits that `currencies` answers as texts', async () => {
    const { call } = await startAtFixedTime();
    expect((await call('GET', 'info/currencies')).text).toContain(
      '{"code":"NGN","decimals":"0","min":"100","max":"50000000"}',
    );
  });
});

describe('a sender', () => {
  it('is made once: the second one is refused with the first', async () => {
    const { call } = await startAtFixedTime();
    const first = await call('POST', 'senders', { sender: business() });
    expect([first.status, first.body.object]).toMatchObject([201, { state: 'approved', external_id: 'snd-acme-1' }]);
    const second = await call('POST', 'senders', { sender: business() });
    expect(second.body.object.errors).toEqual({ external_id: [{ error: 'taken' }] });
    expect(second.body.meta).toMatchObject({ existing: { sender: { id: first.body.object.id } } });
    expect((await call('GET', 'senders?external_id=snd-acme-1')).body.object).toHaveLength(1);
    expect((await call('GET', 'senders?external_id=snd-acme')).body.object).toEqual([]);
  });

  it('is changed, and may not pay once it is disabled', async () => {
    const { call } = await startAtFixedTime();
    const { id } = (await call('POST', 'senders', { sender: business() })).body.object;
    expect((await call('PATCH', `senders/${id}`, { sender: { city: 'York' } })).body.object).toMatchObject({
      id,
      city: 'York',
    });
    expect((await call('PATCH', `senders/${id}`, { sender: { city: '' } })).status).toBe(422);
    expect((await call('POST', 'transactions', transaction({ sender: { id } }))).status).toBe(201);
    expect((await call('DELETE', `senders/${id}`)).body.object.state).toBe('disabled');
    const reply = await call('POST', 'transactions', transaction({ sender: { id }, reference: 'A2' }));
    expect([reply.status, reply.body.object.errors]).toEqual([422, { sender: [{ error: 'disabled' }] }]);
  });

  it('inside a transaction is named by one id, never by both, and updated by what stands beside it', async () => {
    const { call } = await startAtFixedTime();
    const pay = async (reference: string, sender: object) => {
      const { status, body } = await call('POST', 'transactions', transaction({ reference, sender }));
      return [status, status === 201 ? (body.object as unknown as { sender: object }).sender : body.object.errors];
    };
    const { id } = (await call('POST', 'senders', { sender: business() })).body.object;
    expect(await pay('S1', { id, city: 'York' })).toMatchObject([201, { id, city: 'York' }]);
    expect(await pay('S2', { external_id: 'snd-acme-1' })).toMatchObject([201, { id }]);
    expect(await pay('S3', business({ city: 'Hull' }))).toMatchObject([201, { id, city: 'Hull' }]);
    expect(await pay('S4', { id, external_id: 'snd-acme-1' })).toEqual([
      422,
      { 'sender.id': [{ error: 'exclusion' }] },
    ]);
    expect(await pay('S5', { id: 'nobody' })).toEqual([422, { 'sender.id': [{ error: 'not_found' }] }]);
    expect(await pay('S6', { external_id: 'nobody' })).toEqual([
      422,
      { 'sender.external_id': [{ error: 'not_found' }] },
    ]);
  });

  it('with fields inside a transaction was a duplicate in 2019', async () => {
    const { call } = await startAtFixedTime({ settings: { age: '2019' } });
    const sender = business({ phone_number: '01130000000', phone_country: 'GB' });
    expect((await call('POST', 'transactions', transaction({ sender }))).status).toBe(201);
    const reply = await call('POST', 'transactions', transaction({ sender, reference: 'A2' }));
    expect(reply.body.object.errors).toEqual({ 'sender.external_id': [{ error: 'taken' }] });
  });

  it('needs documents without the waiver, and holds up its transactions until it is approved', async () => {
    const client = await startAtFixedTime({ settings: { kycWaived: false, senderApprovalMs: 20 } });
    const bare = await client.call('POST', 'senders', { sender: business() });
    expect(bare.body.object.errors).toEqual({ documents: [{ error: 'blank' }] });
    const opened = await created(client, { sender: business({ documents: [{ upload: 'passport' }] }) });
    expect(opened.state).toBe('initial');
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(422);
    await client.simulator.idle();
    expect((await read(client, opened)).state).toBe('approved');
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(201);
  });

  it('under the waiver may keep showing initial, and pays all the same', async () => {
    const client = await startAtFixedTime({ settings: { senderState: 'initial' } });
    expect(await funded(client)).toMatchObject({ state: 'approved', sender: { state: 'initial' } });
  });
});

it('a simulator that starts again knows what it has paid, and does not pay it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bitpesa-'));
  try {
    const bookFile = join(folder, 'book.jsonl');
    const first = await startAtFixedTime({ bookFile });
    const opened = await funded(first);
    await first.simulator.idle();
    await first.simulator.close();
    const second = await startAtFixedTime({ bookFile });
    expect((await second.call('POST', 'transactions', transaction())).body.meta).toMatchObject({
      existing: { transaction: { id: opened.id, state: 'paid' } },
    });
    expect((await second.call('GET', 'accounts/NGN')).text).toContain('"amount":9985000,');
  } finally {
    await rm(folder, { recursive: true });
  }
});
