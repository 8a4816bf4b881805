import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bearerOf,
  platformKey,
  queriedReference,
  queryConversation,
} from '../../../src/providers/mpesa-openapi/signature.ts';
import { opened, platformPair, rawBlock } from './keys.ts';
import { REFERENCE } from './payments.ts';

const SESSION = '7c0e4d9a51b24f6f8d3b1e2a90c4f7d6';

describe('the bearer value', () => {
  const { published, privateKey } = platformPair(4096);
  const platform = platformKey(published);
  if (!platform.ok) throw new Error(platform.fault);
  const bearer = bearerOf(SESSION, platform.key) ?? '';

  it('is 684 characters of standard Base64 with one sign at the end, under the published key of 550 bytes', () => {
    expect(Buffer.from(published, 'base64')).toHaveLength(550);
    expect(bearer).toMatch(/^[A-Za-z0-9+/]{683}=$/);
  });

  it('is padded as PKCS#1 v1.5 has it: 00 02, 477 bytes that are not zero, 00, the key', () => {
    const block = rawBlock(bearer, privateKey);
    expect([...block.subarray(0, 2)]).toEqual([0, 2]);
    expect(block.indexOf(0, 2)).toBe(2 + 477);
    expect(block.subarray(480).toString()).toBe(SESSION);
    expect(opened(bearer, privateKey)).toBe(SESSION);
  });

  it('differs each time, and is no OAEP', () => {
    expect(bearerOf(SESSION, platform.key)).not.toBe(bearer);
    const oaep = publicEncrypt({ key: platform.key, padding: constants.RSA_PKCS1_OAEP_PADDING }, Buffer.from(SESSION));
    expect(opened(oaep.toString('base64'), privateKey)).not.toBe(SESSION);
  });

  it('cannot be made of a value that the key has no room for', () => {
    expect(bearerOf('x'.repeat(502), platform.key)).toBeNull();
  });
});

describe('the published key', () => {
  const { published } = platformPair(2048);
  const lines = published.replace(/(.{64})/g, '$1\n');

  it.each([
    ['one line of Base64', published],
    ['with blanks around it', ` ${published}\n`],
    ['broken into lines', lines],
    ['in the armour of PEM', `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`],
    [
      'in PEM whose line breaks are written out',
      `-----BEGIN PUBLIC KEY-----\\n${published}\\n-----END PUBLIC KEY-----`,
    ],
  ])('may come as %s', (_how, text) => {
    expect(platformKey(text)).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing', ''],
    ['another text', 'the public key'],
    ['half of it', published.slice(0, 100)],
    ['a key of another kind', spki(generateKeyPairSync('ed25519').publicKey)],
    ['one that is too small', platformPair(1024).published],
  ])('is refused when it is %s', (_what, text) => {
    expect(platformKey(text)).toMatchObject({ ok: false });
  });

  function spki(key: ReturnType<typeof generateKeyPairSync>['publicKey']): string {
    return key.export({ format: 'der', type: 'spki' }).toString('base64');
  }
});

describe('the conversation id of a query', () => {
  it('is fresh each time, fits the pattern, and leads back to the payment', () => {
    const ids = [0, 1, 35, 1295, 1296].map((queries) =>
      queryConversation(REFERENCE, queries, Math.random, 'the-api-key'),
    );
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9A-Z]{38}$/);
      expect(queriedReference(id, 'the-api-key')).toBe(REFERENCE);
      expect(queriedReference(id, ' the-api-key\n')).toBe(REFERENCE);
    }
  });

  it('cannot be made without the API key', () => {
    const forged = queryConversation(REFERENCE, 1, Math.random, 'a-guess');
    expect(queriedReference(forged, 'the-api-key')).toBeNull();
    const ours = queryConversation(REFERENCE, 1, Math.random, 'the-api-key');
    expect(queriedReference(`1${ours.slice(1)}`, 'the-api-key')).toBeNull();
    expect(queriedReference(REFERENCE, 'the-api-key')).toBeNull();
    expect(queriedReference('é'.repeat(38), 'the-api-key')).toBeNull();
  });
});
