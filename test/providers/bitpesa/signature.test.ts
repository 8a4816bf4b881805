import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSameText, nonceFrom, signatureOf } from '../../../src/providers/bitpesa/signature.ts';
import { payment } from './payments.ts';
import { isSigned, nonceOf, ready } from './scripted.ts';

const secret = 's3cr3t-for-tests-0123456789abcdef';
const nonce = (last: string) => `5f0c2a34-8d1e-4b77-9a10-3c2f6f1d0a${last}`;
const sandbox = 'https://api-sandbox.bitpesa.co';

describe('a signature', () => {
  it.each([
    [
      'A, a body',
      {
        nonce: nonce('01'),
        method: 'POST',
        url: `${sandbox}/v1/accounts/debits`,
        body: '{"debit":{"to_id":"0d9a6c1e-52f4-4f7e-8a53-6f2f5f0b7c11","to_type":"Transaction","currency":"NGN","amount":"15000"}}',
      },
      'cb0256ee0c8fa87743a362b00986fd6a30d5b39e385d7b859db8a3b1e52479b4ea886f225a2370921bb773907d4420068ea363a2b3e2f5a876855b0af38dc0fd',
    ],
    [
      'B, a query and no body',
      {
        nonce: nonce('02'),
        method: 'GET',
        url: `${sandbox}/v1/transactions?external_id=payroll-2026-03%3A0007`,
        body: '',
      },
      'c457d81a94faa67fa7b78fd19d722d0c31d3e128d1eb70fe6830ecb25983b727d7024f2810adb2a775a3acb1c5259e055bbed00edd256036df7bee01baaff71f',
    ],
    [
      'C, a deletion',
      {
        nonce: nonce('03'),
        method: 'DELETE',
        url: `${sandbox}/v1/recipients/7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44`,
        body: '',
      },
      'b09fe84fc56708a53d5538ebb723a04ef15e6c1ab402b523c19c4e176014758fac2647a3a125dfd4505ba5763969d7c2b6d9e83048444ee47b2644319ddf9a6f',
    ],
    [
      'D, a webhook',
      {
        nonce: nonce('04'),
        method: 'POST',
        url: 'https://payouts.example.test/hooks/bitpesa',
        body: '{"webhook":"2f6d1f2e-7c34-4c0b-9b5e-0c2a1f9e8d77","event":"recipient.error","object":{"id":"7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44","state":"error"}}',
      },
      '6bcec3ca77c321d890e1b3e7aa3b30fb1f7fffe5541132f525be892fc8723fa65af9cbd7769b95e7a18563cca2630b4cef596dd646c4b1b0705a0f18ad256a91',
    ],
    [
      'E, a letter that is no ASCII',
      {
        nonce: nonce('05'),
        method: 'POST',
        url: `${sandbox}/v1/transactions`,
        body: '{"transaction":{"external_id":"r-é-1"}}',
      },
      '7565725dec89e5cc6a585866e86254c33a48e037b0751fdcf804a0eb4a11c2eadcbb73e16ce03b5dccc3906275fcb97d6ebc2a42c84b08767ff89e7b06280cd7',
    ],
  ] as const)('is that of the vector %s, whether the body is text or bytes', (_name, parts, wanted) => {
    expect(signatureOf(secret, parts)).toBe(wanted);
    expect(signatureOf(secret, { ...parts, body: Buffer.from(parts.body) })).toBe(wanted);
  });

  it('covers hashes as the vectors have them', () => {
    expect(hash('sha512', '', 'hex')).toMatch(/^cf83e1357eefb8bd.*f927da3e$/);
    expect(hash('sha512', '{"transaction":{"external_id":"r-é-1"}}', 'hex')).toMatch(/^20cc4f82d641989b.*6e3c016e$/);
  });

  it('is compared whole', () => {
    expect([isSameText('abc', 'abc'), isSameText('abc', 'abd'), isSameText('ab', 'abc')]).toEqual([true, false, false]);
  });
});

describe('a nonce', () => {
  it('is a UUID v4, made of nothing but the randomness that is passed in', () => {
    expect(nonceFrom(() => 0)).toBe('00000000-0000-4000-8000-000000000000');
    expect(nonceFrom(() => 0.999_999)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });

  it('is another for every request, and every request is signed as it is sent', async () => {
    const { provider, received, url } = await ready();
    await provider.submit(payment());
    await provider.submit(payment({ name: 'Zoë Ådé' }));
    expect(received).toHaveLength(4);
    expect(received.every((request) => isSigned(request, url))).toBe(true);
    expect(new Set(received.map(nonceOf)).size).toBe(4);
  });
});
