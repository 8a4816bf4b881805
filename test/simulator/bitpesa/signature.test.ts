import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bitpesaSignatureOf } from '../../../src/simulator/bitpesa/signature.ts';
import { startAtFixedTime, transaction, type Signing } from './client.ts';

describe('the signature', () => {
  const nonce = (last: string): string => `5f0c2a34-8d1e-4b77-9a10-3c2f6f1d0a${last}`;
  it.each([
    [
      '01',
      'POST',
      'https://api-sandbox.bitpesa.co/v1/accounts/debits',
      '{"debit":{"to_id":"0d9a6c1e-52f4-4f7e-8a53-6f2f5f0b7c11","to_type":"Transaction","currency":"NGN","amount":"15000"}}',
      'cb0256ee0c8fa87743a362b00986fd6a30d5b39e385d7b859db8a3b1e52479b4ea886f225a2370921bb773907d4420068ea363a2b3e2f5a876855b0af38dc0fd',
    ],
    [
      '02',
      'get',
      'https://api-sandbox.bitpesa.co/v1/transactions?external_id=payroll-2026-03%3A0007',
      '',
      'c457d81a94faa67fa7b78fd19d722d0c31d3e128d1eb70fe6830ecb25983b727d7024f2810adb2a775a3acb1c5259e055bbed00edd256036df7bee01baaff71f',
    ],
    [
      '03',
      'DELETE',
      'https://api-sandbox.bitpesa.co/v1/recipients/7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44',
      '',
      'b09fe84fc56708a53d5538ebb723a04ef15e6c1ab402b523c19c4e176014758fac2647a3a125dfd4505ba5763969d7c2b6d9e83048444ee47b2644319ddf9a6f',
    ],
    [
      '04',
      'POST',
      'https://payouts.example.test/hooks/bitpesa',
      '{"webhook":"2f6d1f2e-7c34-4c0b-9b5e-0c2a1f9e8d77","event":"recipient.error","object":{"id":"7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44","state":"error"}}',
      '6bcec3ca77c321d890e1b3e7aa3b30fb1f7fffe5541132f525be892fc8723fa65af9cbd7769b95e7a18563cca2630b4cef596dd646c4b1b0705a0f18ad256a91',
    ],
    [
      '05',
      'POST',
      'https://api-sandbox.bitpesa.co/v1/transactions',
      '{"transaction":{"external_id":"r-é-1"}}',
      '7565725dec89e5cc6a585866e86254c33a48e037b0751fdcf804a0eb4a11c2eadcbb73e16ce03b5dccc3906275fcb97d6ebc2a42c84b08767ff89e7b06280cd7',
    ],
  ])('is the one of vector %s', (last, method, url, body, signature) => {
    expect(bitpesaSignatureOf({ nonce: nonce(last), method, url, body }, 's3cr3t-for-tests-0123456789abcdef')).toBe(
      signature,
    );
  });
});

describe('a request', () => {
  it('comes in with a right signature over its exact target, and over a body beyond ASCII', async () => {
    const { call } = await startAtFixedTime();
    expect((await call('GET', 'transactions?external_id=r%3A1&page=1')).status).toBe(200);
    expect((await call('POST', 'transactions', transaction({ reference: 'r-é-1' }))).status).toBe(201);
  });

  const wrongs: readonly (readonly [string, Signing])[] = [
    ['of an unknown key', { key: 'nobody' }],
    ['signed with another secret', { secret: 'wrong' }],
    ['with its signature in capitals', { signature: (right) => right.toUpperCase() }],
    ['signed for another host', { signedUrl: () => 'https://api-sandbox.bitpesa.co/v1/accounts' }],
    ['signed without its query', { signedUrl: (url) => url.split('?')[0] ?? '' }],
    ['signed with a query that was decoded', { signedUrl: (url) => decodeURIComponent(url) }],
    ['without a nonce', { nonce: '' }],
    ['that carries the secret itself', { headers: { 'Authorization-Secret': 'simulator-api-secret' } }],
  ];

  it.each(wrongs)('%s is refused without a reason', async (_what, signing) => {
    const { call } = await startAtFixedTime();
    const reply = await call('GET', 'transactions?external_id=r%3A1', undefined, signing);
    expect([reply.status, reply.text]).toEqual([401, '']);
  });

  it('with a used nonce is refused', async () => {
    const { call, simulator } = await startAtFixedTime();
    const nonce = randomUUID();
    expect((await call('GET', 'accounts', undefined, { nonce })).status).toBe(200);
    expect((await call('GET', 'accounts', undefined, { nonce })).status).toBe(401);
    expect((await call('POST', 'transactions/create_and_fund', transaction(), { nonce })).status).toBe(401);
    expect(simulator.book()).toEqual([]);
  });

  it('does not use up a nonce that it did not sign', async () => {
    const { call } = await startAtFixedTime();
    const nonce = randomUUID();
    expect((await call('GET', 'accounts', undefined, { nonce, secret: 'wrong' })).status).toBe(401);
    expect((await call('GET', 'accounts', undefined, { nonce })).status).toBe(200);
  });

  it('is JSON and asks for JSON, or is a bad one', async () => {
    const { call } = await startAtFixedTime();
    for (const headers of [{ Accept: '*/*' }, { 'Content-Type': 'text/plain' }]) {
      const reply = await call('POST', 'transactions', transaction(), { headers });
      expect([reply.status, reply.text]).toEqual([400, '{"status":400,"error":"Bad Request"}']);
    }
    for (const body of ['[]', '{"transaction":', '{}'])
      expect((await call('POST', 'transactions', body)).status).toBe(400);
  });

  it('to an unknown path is answered 404', async () => {
    const { call } = await startAtFixedTime();
    for (const path of [
      'accounts/ZZZ',
      'accounts/debits',
      'transactions/none',
      'recipients/none',
      'senders/none',
      'nowhere',
    ]) {
      const reply = await call('GET', path);
      expect([path, reply.status, reply.text]).toEqual([path, 404, '']);
    }
  });
});
