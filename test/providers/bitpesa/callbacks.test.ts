import { describe, expect, it } from 'vitest';
import { bitpesa } from '../../../src/providers/index.ts';
import type { CallbackPayment, ParsedCallback, CallbackRequest } from '../../../src/providers/port.ts';
import { signatureOf } from '../../../src/providers/bitpesa/signature.ts';
import { funded, payment, REFERENCE, SENDER, transaction, type Json } from './payments.ts';

const key = 'key-of-the-payer';
const secret = 's3cr3t-for-tests-0123456789abcdef';
const address = 'https://payouts.example.test/hooks/bitpesa';
const nonce = '5f0c2a34-8d1e-4b77-9a10-3c2f6f1d0a04';

function signed(body: string, more: Partial<CallbackRequest['headers']> = {}, url = address): CallbackRequest {
  const signature = signatureOf(secret, { nonce, method: 'POST', url, body });
  const headers = {
    'authorization-key': key,
    'authorization-nonce': nonce,
    'authorization-signature': signature,
    ...more,
  };
  return { segment: '', headers, body: Buffer.from(body) };
}

const event = (name: string, object: unknown): string => JSON.stringify({ webhook: 'hook-1', event: name, object });

const ours: CallbackPayment = { ...payment(), status: 'pending', providerReference: '', requestId: '' };

function read(
  request: CallbackRequest,
  options: Json = {},
  known: CallbackPayment | null = ours,
): Promise<ParsedCallback> {
  const reader = bitpesa.callbacks?.({
    ...{ account: 'relief', currency: 'NGN', callbackAddress: address, hasKnownSources: false },
    credentials: { api_key: key, api_secret: secret },
    options: { sender: SENDER, ...options },
  });
  if (reader === undefined) throw new Error('there is no reader');
  return reader.read(request, (reference) => Promise.resolve(reference === REFERENCE ? known : null));
}

describe('a webhook', () => {
  it('of the vector is authentic, and about no payment', async () => {
    const body =
      '{"webhook":"2f6d1f2e-7c34-4c0b-9b5e-0c2a1f9e8d77","event":"recipient.error","object":{"id":"7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44","state":"error"}}';
    const vector =
      '6bcec3ca77c321d890e1b3e7aa3b30fb1f7fffe5541132f525be892fc8723fa65af9cbd7769b95e7a18563cca2630b4cef596dd646c4b1b0705a0f18ad256a91';
    expect(await read(signed(body, { 'authorization-signature': vector }))).toMatchObject({
      kind: 'unrelated',
      deduplicationKey: nonce,
    });
  });

  it.each<[string, CallbackRequest]>([
    ['another signature', signed(event('transaction.paid_out', {}), { 'authorization-signature': 'ab'.repeat(64) })],
    ['no signature', signed(event('transaction.paid_out', {}), { 'authorization-signature': undefined })],
    ['another key', signed(event('transaction.paid_out', {}), { 'authorization-key': 'key-of-another' })],
    ['another nonce', signed(event('transaction.paid_out', {}), { 'authorization-nonce': `${nonce}0` })],
    ['no nonce', signed(event('transaction.paid_out', {}), { 'authorization-nonce': '' })],
    ['a signature for another address', signed(event('transaction.paid_out', {}), {}, `${address}/`)],
    ['a segment that was never registered', { ...signed(event('transaction.paid_out', {})), segment: 'x' }],
    ['another byte in its body', { ...signed('{"a":1}'), body: Buffer.from('{"a":2}') }],
  ])('with %s is refused', async (_what, request) => {
    expect(await read(request)).toMatchObject({ kind: 'refused', status: 401 });
  });

  it.each(['[]', 'paid', '{"event":"transaction.paid_out"}', '{"event":"transaction.paid_out","object":[]}'])(
    'that reads %s is refused as unreadable',
    async (body) => {
      expect(await read(signed(body))).toMatchObject({ kind: 'refused', status: 400 });
    },
  );

  it.each<[string, Json, string]>([
    ['transaction.paid_out', funded('paid', 'success'), 'paid'],
    ['transaction.refunded', funded('refunded', 'refunded'), 'failed'],
    ['transaction.canceled', transaction({ state: 'canceled' }), 'failed'],
    ['transaction.canceled', funded('canceled', 'canceled'), 'pending'],
    ['transaction.paid_in', funded('received', 'pending'), 'pending'],
    ['transaction.mispaid', funded('mispaid', 'pending'), 'pending'],
    ['recipient.error', recipient('error'), 'pending'],
    ['recipient.paid_out', recipient('success'), 'paid'],
    ['recipient.refunded', recipient('refunded'), 'failed'],
    ['recipient.error', recipient('success'), 'paid'],
    ['transaction.error', funded('paid', 'success'), 'paid'],
    ['transaction.refunded', funded('received', 'pending'), 'pending'],
  ])('%s is believed by the state of its object: %#', async (name, object, kind) => {
    const reading = await read(signed(event(name, object)));
    expect(reading).toMatchObject({ kind: 'report', deduplicationKey: nonce, reference: REFERENCE, report: { kind } });
    if (reading.kind === 'report') expect(reading.report.evidence.providerReference).toBe(transaction()['id']);
  });

  it.each<[string, Json, Json]>([
    ['transaction.exception', funded('exception', 'pending'), {}],
    ['recipient.error', recipient('stuck'), {}],
    ['transaction.paid_out', funded('paid', 'success', { requested_amount: 1 }), {}],
    [
      'recipient.paid_out',
      recipient('success', { payout_method: { type: 'NGN::Bank', details: { bank_account: '666' } } }),
      {},
    ],
    ['recipient.error', recipient('error', { state_reason_details: { code: '416' } }), { fail_fast: true }],
  ])('%s that decides nothing by itself has the payment asked about at once: %#', async (name, object, options) => {
    expect(await read(signed(event(name, object)), options)).toMatchObject({
      kind: 'unverified',
      reference: REFERENCE,
    });
  });

  it.each<[string, unknown]>([
    ['transaction.created', transaction()],
    ['transaction.approved', transaction()],
    ['sender.approved', { id: 'sender-1', external_id: 'snd-acme-1', state: 'approved' }],
    ['sender.rejected', { id: 'sender-1', external_id: REFERENCE, state: 'rejected' }],
    ['document.approved', { id: 'd-1', state: 'approved' }],
    ['transaction.paid_out', { ...funded('paid', 'success'), external_id: 'somebody-else-1' }],
    ['transaction.paid_out', { external_id: REFERENCE }],
  ])('%s that is about no payment of ours, or says nothing yet, is noted', async (name, object) => {
    expect(await read(signed(event(name, object)))).toMatchObject({ kind: 'unrelated', deduplicationKey: nonce });
  });

  it('about a reference that the ledger does not have is left to the ledger', async () => {
    expect(await read(signed(event('transaction.paid_out', funded('paid', 'success'))), {}, null)).toMatchObject({
      kind: 'report',
      reference: REFERENCE,
    });
  });

  it('that was verified before it was stored is read without its headers', async () => {
    const body = Buffer.from(event('transaction.paid_out', funded('paid', 'success')));
    expect(await read({ segment: '', headers: {}, body, isStored: true })).toMatchObject({
      kind: 'report',
      report: { kind: 'paid' },
    });
  });
});

function recipient(state: string, more: Json = {}): Json {
  const [one] = transaction({}, { state, ...more })['recipients'] as readonly [Json];
  return one;
}
