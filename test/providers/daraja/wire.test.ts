import { constants, privateDecrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { securityCredential } from '../../../src/providers/daraja/client.ts';
import { payment, PAYBILL, TILL } from './payments.ts';
import { accepted, scripted, lastOf, type RequestFields } from './scripted.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

/** Undoes PKCS#1 v1.5 by hand: Node gives random bytes for a wrong padding, which would prove nothing. */
function opened(credential: string): string {
  const raw = privateDecrypt({ key: KEY, padding: constants.RSA_NO_PADDING }, Buffer.from(credential, 'base64'));
  expect([...raw.subarray(0, 2)]).toEqual([0, 2]);
  const end = raw.indexOf(0, 2);
  expect(end).toBeGreaterThanOrEqual(10);
  return raw.subarray(end + 1).toString();
}

async function sent(
  more: Parameters<typeof payment>[0],
  options: Readonly<Record<string, unknown>> = {},
): Promise<RequestFields> {
  const { provider, received } = await scripted({
    options,
    answer: (path) => (path.startsWith('/oauth') ? null : accepted()),
  });
  await provider.prepare();
  await provider.submit(payment(more));
  return lastOf(received);
}

const SEGMENT =
  /^https:\/\/pay\.example\.org\/callbacks\/c0ffee00c0ffee00c0ffee00c0ffee00\/[rt]-[0-9a-f]{40}-[0-9a-f]{16}$/;

describe('the security credential', () => {
  it('is the bare password under the certificate, PKCS#1 v1.5, 344 characters, though the certificate ended long ago', () => {
    const credential = securityCredential(CERTIFICATE, 'pässword#%$') ?? '';
    expect(credential).toMatch(/^[A-Za-z0-9+/]{342}==$/);
    expect(opened(credential)).toBe('pässword#%$');
  });

  it('comes from a certificate in one line too, as environment variables have them', () => {
    expect(opened(securityCredential(CERTIFICATE.replaceAll('\n', '\\n'), 'secret') ?? '')).toBe('secret');
  });

  it.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'is none where the certificate is %j',
    (certificate) => {
      expect(securityCredential(certificate, 'secret')).toBeNull();
    },
  );
});

describe('a payment to a phone', () => {
  it('is a B2C request, version 3, with the reference as its conversation id', async () => {
    const { method, path, headers, body } = await sent({});
    expect([method, path]).toEqual(['POST', '/mpesa/b2c/v3/paymentrequest']);
    expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer token-number-1' });
    const { SecurityCredential = '', QueueTimeOutURL, ResultURL, ...rest } = body;
    expect(rest).toEqual({
      OriginatorConversationID: '0123456789ABCDEFGHJK',
      InitiatorName: 'the-initiator',
      CommandID: 'BusinessPayment',
      Amount: '1500',
      PartyA: '600981',
      PartyB: '254711222333',
      Remarks: 'June stipend',
      Occassion: '0123456789ABCDEFGHJK',
    });
    expect(opened(SecurityCredential)).toBe('the-Pa55word#');
    expect(ResultURL).toMatch(SEGMENT);
    expect(QueueTimeOutURL).toMatch(SEGMENT);
    expect(ResultURL).not.toBe(QueueTimeOutURL);
  });

  it.each(['SalaryPayment', 'PromotionPayment'])('is a %s where the account says so', async (command) => {
    const { path, body } = await sent({}, { command });
    expect([path, body['CommandID']]).toEqual(['/mpesa/b2c/v3/paymentrequest', command]);
  });

  it('goes to the business wallet where the account says BusinessPayToPochi', async () => {
    const { path, body } = await sent({}, { command: 'BusinessPayToPochi' });
    expect([path, body['CommandID']]).toEqual(['/mpesa/b2pochi/v1/paymentrequest', 'BusinessPayToPochi']);
    expect(body['OriginatorConversationID']).toBe('0123456789ABCDEFGHJK');
  });

  it('carries whole shillings, exactly', async () => {
    const { provider, received } = await scripted({
      answer: (path) => (path.startsWith('/oauth') ? null : accepted()),
    });
    await provider.prepare();
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1n, max: 10n ** 15n }), async (shillings) => {
        await provider.submit(payment({ amountMinor: shillings * 100n }));
        expect(lastOf(received).body['Amount']).toBe(shillings.toString());
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['Salary – 50% (Nov) & bonus!', 'Salary 50 Nov bonus'],
    ['Café "São" <b>', 'Cafe Sao b'],
    ['', 'Payment'],
    ['ц', 'Payment'],
    ['x', 'Payment'],
    ['ab.c-d 1', 'ab.c-d 1'],
    ['y'.repeat(140), 'y'.repeat(100)],
  ])('says %j as %j', async (narrative, remarks) => {
    expect((await sent({ narrative })).body['Remarks']).toBe(remarks);
  });
});

describe('a payment to a business', () => {
  it('to a paybill is a B2B request without an id of ours but in its occasion', async () => {
    const { path, body } = await sent(PAYBILL);
    expect(path).toBe('/mpesa/b2b/v1/paymentrequest');
    const { SecurityCredential = '', QueueTimeOutURL, ResultURL, ...rest } = body;
    expect(rest).toEqual({
      Initiator: 'the-initiator',
      CommandID: 'BusinessPayBill',
      SenderIdentifierType: '4',
      RecieverIdentifierType: '4',
      Amount: '1500',
      PartyA: '600981',
      PartyB: '888880',
      AccountReference: 'INV-2211',
      Remarks: 'June stipend',
      Occassion: '0123456789ABCDEFGHJK',
    });
    expect(opened(SecurityCredential)).toBe('the-Pa55word#');
    expect([ResultURL, QueueTimeOutURL]).toEqual([expect.stringMatching(SEGMENT), expect.stringMatching(SEGMENT)]);
  });

  it('to a till buys goods, and has no account', async () => {
    const { body } = await sent(TILL);
    expect(body).toMatchObject({ CommandID: 'BusinessBuyGoods', PartyB: '765432', RecieverIdentifierType: '4' });
    expect(body).not.toHaveProperty('AccountReference');
  });

  it('names tills by 2 where the account says so, and paybills by 4 as ever', async () => {
    const options = { till_identifier_type: '2' };
    expect((await sent(TILL, options)).body['RecieverIdentifierType']).toBe('2');
    expect((await sent(PAYBILL, options)).body['RecieverIdentifierType']).toBe('4');
  });
});
