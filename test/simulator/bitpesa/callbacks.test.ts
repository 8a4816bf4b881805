import { describe, expect, it } from 'vitest';
import type { CallbackFault } from '../../../src/simulator/index.ts';
import { created, debit, funded, listener, startAtFixedTime, type Client, type ReceivedWebhook } from './client.ts';

const stateOf = ({ event, object }: ReceivedWebhook): string => `${event} ${String(object.state)}`;

async function paidWith(client: Client, callbackFault: CallbackFault, account = '1234567800'): Promise<void> {
  client.simulator.addFaults([{ fault: { kind: 'callback', callbackFault } }]);
  await funded(client, { account });
  await client.simulator.idle();
}

describe('webhooks', () => {
  it("report every state of a transaction to registered addresses, signed with the client's own secret", async () => {
    const client = await startAtFixedTime();
    const events = ['transaction.created', 'transaction.paid_in', 'transaction.paid_out', 'recipient.paid_out'];
    const { webhooks } = await listener(client, { events });
    const opened = await funded(client);
    await client.simulator.idle();
    expect(webhooks.map(stateOf).sort()).toEqual([
      'recipient.paid_out success',
      'transaction.created approved',
      'transaction.paid_in received',
      'transaction.paid_out paid',
    ]);
    expect(webhooks.every((one) => one.isAuthentic)).toBe(true);
    expect(new Set(webhooks.map((one) => one.nonce)).size).toBe(4);
    const ofRecipient = webhooks.find((one) => one.event === 'recipient.paid_out');
    expect(ofRecipient?.object).toMatchObject({ transaction_id: opened.id, transaction_external_id: 'A1' });
  });

  it('report an error, its cancellation and the refund', async () => {
    const client = await startAtFixedTime();
    const { webhooks } = await listener(client, {
      events: ['recipient.error', 'transaction.canceled', 'recipient.refunded', 'transaction.refunded'],
    });
    const opened = await funded(client, { account: '1234567819' });
    await client.simulator.idle();
    expect(webhooks.map(stateOf)).toEqual(['recipient.error error']);
    await client.call('DELETE', `recipients/${opened.recipients[0].id}`);
    await client.simulator.idle();
    expect(webhooks.slice(1).map(stateOf).sort()).toEqual([
      'recipient.refunded refunded',
      'transaction.canceled canceled',
      'transaction.refunded refunded',
    ]);
  });

  it('report an expiry with the next request', async () => {
    const client = await startAtFixedTime();
    const { webhooks } = await listener(client, { events: ['transaction.canceled'] });
    await created(client);
    client.clock.now += 3_600_000;
    await client.call('GET', 'transactions');
    await client.simulator.idle();
    expect(webhooks).toMatchObject([{ event: 'transaction.canceled', object: { paid_amount: 0 } }]);
  });

  it('are repeated up to five times until the answer is 2xx, each time with a new nonce', async () => {
    for (const [isDeaf, tries] of [
      [false, 3],
      [true, 6],
    ] as const) {
      const client = await startAtFixedTime();
      const { webhooks } = await listener(client, {
        events: ['transaction.paid_out'],
        status: (count) => (!isDeaf && count > 2 ? 204 : 500),
      });
      await funded(client);
      await client.simulator.idle();
      expect(webhooks).toHaveLength(tries);
      expect(new Set(webhooks.map((one) => one.nonce)).size).toBe(tries);
      expect(webhooks.every((one) => one.isAuthentic)).toBe(true);
    }
  });

  it('are removed when the address never answers', async () => {
    const client = await startAtFixedTime();
    const url = 'http://127.0.0.1:9/hooks';
    await client.call('POST', 'webhooks', { webhook: { url, events: ['transaction.paid_out'], metadata: {} } });
    await funded(client);
    await client.simulator.idle();
    expect((await client.call('GET', 'webhooks')).body.object).toEqual([]);
  });

  it('are registered for events that exist, listed, and taken away', async () => {
    const client = await startAtFixedTime();
    const register = (webhook: object) => client.call('POST', 'webhooks', { webhook });
    const events = ['transaction.paid_out'];
    expect((await register({ url: 'nowhere', events })).body.object.errors).toEqual({ url: [{ error: 'invalid' }] });
    expect((await register({ url: 'https://a.example/x', events: ['transaction.error'] })).body.object.errors).toEqual({
      events: [{ error: 'inclusion' }],
    });
    expect((await client.call('GET', 'webhooks/events')).text).toContain('"recipient.error"');
    const { webhooks, registered } = await listener(client, { events });
    expect((await client.call('GET', 'webhooks')).body.object).toMatchObject([{ id: registered.id, events }]);
    expect((await client.call('GET', `webhooks/${registered.id}`)).status).toBe(200);
    expect((await client.call('DELETE', `webhooks/${registered.id}`)).status).toBe(200);
    expect((await client.call('GET', `webhooks/${registered.id}`)).status).toBe(404);
    await funded(client);
    await client.simulator.idle();
    expect(webhooks).toEqual([]);
  });
});

describe('a webhook that is', () => {
  it('lost is never sent', async () => {
    const client = await startAtFixedTime();
    const { webhooks } = await listener(client);
    await paidWith(client, 'lost');
    expect(client.simulator.book()).toHaveLength(1);
    expect(webhooks).toEqual([]);
  });

  it('sent twice reports the same, with two nonces', async () => {
    const client = await startAtFixedTime();
    const { webhooks } = await listener(client);
    await paidWith(client, 'twice');
    expect(webhooks.map(stateOf)).toEqual(['transaction.paid_out paid', 'transaction.paid_out paid']);
    expect(webhooks[0]?.nonce).not.toBe(webhooks[1]?.nonce);
  });

  it('early is there before the answer to the debit', async () => {
    const client = await startAtFixedTime({ settings: { payoutDelayMs: 60_000 } });
    const { webhooks } = await listener(client);
    client.simulator.addFaults([{ fault: { kind: 'callback', callbackFault: 'early' } }]);
    const opened = await created(client);
    expect((await client.call('POST', 'accounts/debits', debit(opened))).status).toBe(201);
    expect(webhooks.map(stateOf)).toEqual(['transaction.paid_out paid']);
    expect(client.simulator.book()).toHaveLength(1);
  });

  it.each([
    ['1234567800', ['transaction.refunded refunded', 'transaction.paid_out paid']],
    ['1234567819', ['transaction.paid_out paid', 'recipient.error error']],
  ])('forged says the opposite of what became of %s first, with a wrong signature', async (account, expectedStates) => {
    const client = await startAtFixedTime();
    const { webhooks } = await listener(client);
    await paidWith(client, 'forged', account);
    expect(webhooks.map(stateOf)).toEqual(expectedStates);
    expect(webhooks.map((one) => one.isAuthentic)).toEqual([false, true]);
  });

  it.each([
    ['1234567800', ['transaction.paid_out paid', 'transaction.refunded refunded']],
    ['1234567819', ['recipient.error error', 'transaction.paid_out paid']],
  ])(
    'contradictory is followed by the opposite of what became of %s, rightly signed',
    async (account, expectedStates) => {
      const client = await startAtFixedTime();
      const { webhooks } = await listener(client);
      await paidWith(client, 'contradictory', account);
      expect(webhooks.map(stateOf)).toEqual(expectedStates);
      expect(webhooks.every((one) => one.isAuthentic)).toBe(true);
    },
  );
});
