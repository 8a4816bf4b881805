import { describe, expect, it } from 'vitest';
import { CallbackAddresses, type AddressEnd } from '../../../src/providers/daraja/callback-address.ts';
import { daraja } from '../../../src/providers/index.ts';
import type { ParsedCallback, CallbackPayment } from '../../../src/providers/port.ts';
import { ADDRESS, callbackPayment, CREDENTIALS, PAYBILL, REFERENCE } from './payments.ts';
import { entries, paidBody, resultBody, statusBody } from './results.ts';

const segments = new CallbackAddresses(CREDENTIALS.consumer_secret);
const reply = { ResultCode: 0, ResultDesc: 'Accepted' };

interface Delivered {
  readonly to?: AddressEnd | string;
  readonly payment?: CallbackPayment | null;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly hasKnownSources?: boolean;
}

function read(body: unknown, more: Delivered = {}): Promise<ParsedCallback> {
  const {
    to = { kind: 'r', reference: REFERENCE },
    payment = callbackPayment(),
    options = {},
    hasKnownSources = false,
  } = more;
  const reader = daraja.callbacks?.({
    account: 'salaries',
    currency: 'KES',
    credentials: CREDENTIALS,
    options,
    callbackAddress: ADDRESS,
    hasKnownSources,
  });
  if (reader === undefined) throw new Error('reads no callbacks');
  const segment = typeof to === 'string' ? to : segments.write(to);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return reader.read({ segment, headers: {}, body: Buffer.from(text) }, (reference) =>
    Promise.resolve(reference === payment?.reference ? payment : null),
  );
}

const trusting = { confirm_by_query: false } as const;

describe('a success', () => {
  it('is a reason to ask at once, with the receipt', async () => {
    expect(await read(paidBody())).toMatchObject({
      kind: 'unverified',
      reference: REFERENCE,
      evidence: {
        code: '0',
        providerReference: 'TFC7K2M9QX',
        receipt: 'TFC7K2M9QX',
        requestId: 'AG_20250612_2010455ad0b1c7e94f21',
      },
      reply,
    });
  });

  it('counts where the account trusts the address alone', async () => {
    expect(await read(paidBody(), { options: trusting })).toMatchObject({
      kind: 'report',
      reference: REFERENCE,
      report: { kind: 'paid', evidence: { code: '0', providerReference: 'TFC7K2M9QX', receipt: 'TFC7K2M9QX' } },
    });
  });

  it.each([
    ['amount', paidBody({ TransactionAmount: 1501 })],
    ['amount', paidBody({ TransactionAmount: '1500.01' })],
    ['amount', paidBody({ TransactionAmount: 'plenty' })],
    ['recipient', paidBody({ ReceiverPartyPublicName: '254711222334 - SOMEBODY ELSE' })],
    ['conversation id', paidBody({}, { conversation: 'X'.repeat(20) })],
  ])('about another %s is asked about, whatever the account trusts', async (what, body) => {
    const reading = await read(body, { options: trusting });
    if (reading.kind !== 'unverified') throw new Error(`was ${reading.kind}`);
    expect(reading.evidence.code).toBe('contradiction');
    // By the ids of another payment this one would be asked about in vain.
    expect([reading.evidence.requestId, reading.evidence.providerReference]).toEqual([undefined, undefined]);
    expect(reading.evidence.reason).toContain(what);
    expect(reading.evidence.reason).not.toContain('711222');
  });

  it.each([
    ['its code a text', paidBody({}, { code: '0', type: '0' })],
    ['its amount a text of two decimals', paidBody({ TransactionAmount: '1500.00' })],
    ['its recipient masked', paidBody({ ReceiverPartyPublicName: '2547*****333 - AMINA' })],
    [
      'one parameter in place of a list',
      resultBody({ parameters: { Key: 'TransactionReceipt', Value: 'TFC7K2M9QX' } }),
    ],
    [
      'an entry without a value',
      resultBody({ parameters: [{ Key: 'Bare' }, ...entries({ TransactionAmount: 1500 })] }),
    ],
    ['no parameters', resultBody()],
  ])('is read with %s', async (_what, body) => {
    expect(await read(body, { options: trusting })).toMatchObject({
      kind: 'report',
      report: { kind: 'paid', evidence: { providerReference: 'TFC7K2M9QX' } },
    });
  });

  it('that does not name its request leads to a query, whatever the account trusts', async () => {
    const body = paidBody({}, { conversation: null });
    expect(await read(body, { options: trusting })).toMatchObject({ kind: 'unverified' });
  });

  it('of a payment to a business names the id that Daraja made of it', async () => {
    const parameters = entries({ Amount: '1500.00', ReceiverPartyPublicName: '888880 - City Water' });
    const body = resultBody({ conversation: '7204-88103345-2', parameters });
    const payment = callbackPayment({ ...PAYBILL, requestId: '7204-88103345-2' });
    const report = { kind: 'paid', evidence: { requestId: '7204-88103345-2', providerReference: 'TFC7K2M9QX' } };
    expect(await read(body, { payment, options: trusting })).toMatchObject({ kind: 'report', report });
    // Without the acknowledgement, the payment's own address says whose result it is.
    const unacknowledged = callbackPayment(PAYBILL);
    expect(await read(body, { payment: unacknowledged, options: trusting })).toMatchObject({
      kind: 'report',
      report,
    });
    const other = callbackPayment({ ...PAYBILL, requestId: '7204-88103345-3' });
    expect(await read(body, { payment: other, options: trusting })).toMatchObject({ kind: 'unverified' });
  });
});

describe('a failure', () => {
  it.each([
    '2',
    '3',
    '4',
    '5',
    '7',
    '8',
    '12',
    '14',
    '24',
    '25',
    '26',
    '1005',
    '2007',
    '2020',
    '2040',
    '2043',
    '2051',
    '2202',
    '100000001',
    '100000002',
    '100000011',
    'SFC_IC0003',
  ])('with code %s is of the payment alone, and a query has to confirm it', async (code) => {
    const reading = await read(resultBody({ code }));
    if (reading.kind !== 'unverified') throw new Error(`was ${reading.kind}`);
    expect(reading).toMatchObject({ reportsFailure: true, evidence: { code } });
    expect(reading.accountStop).toBeUndefined();
    // The id of a failed transaction may be anything.
    expect(reading.evidence.providerReference).toBeUndefined();
  });

  it('is recorded where the payer trusts callbacks, and marked as unverified', async () => {
    const reading = await read(resultBody({ code: '2040' }), { options: trusting });
    expect(reading).toMatchObject({ kind: 'report', report: { kind: 'failed', isUnverified: true } });
  });

  it('is recorded, and marked as unverified, where only Safaricom addresses can have sent it', async () => {
    const failed = await read(resultBody({ code: '2040' }), { hasKnownSources: true });
    expect(failed).toMatchObject({ kind: 'report', report: { kind: 'failed', isUnverified: true } });
    // A list of addresses is never the only check of a success.
    expect(await read(resultBody(), { hasKnownSources: true })).toMatchObject({ kind: 'unverified' });
  });

  it.each(['1', '6', '11', '13', '18', '20', '21', '22', '29', '2001', '2006', '2028', '8006'])(
    'with code %s needs a query, and nothing more is paid from the account meanwhile',
    async (code) => {
      const reading = await read(resultBody({ code: Number(code) }));
      expect(reading).toMatchObject({ kind: 'unverified', reportsFailure: true, accountStop: { code } });
    },
  );

  it.each([
    '15',
    '17',
    '2029',
    '9999',
    '100000000',
    '100000004',
    '100000007',
    '100000009',
    '100000100',
    'R000002',
    '4711',
  ])('with code %s is only a reason to query: money may have moved', async (code) => {
    expect(await read(resultBody({ code }))).toMatchObject({ kind: 'unverified', evidence: { code } });
  });

  it('with code 2028 is about the recipient where a business is paid', async () => {
    const reading = await read(resultBody({ code: '2028', conversation: '1-2-3' }), {
      payment: callbackPayment(PAYBILL),
    });
    expect(reading).toMatchObject({ kind: 'unverified', reportsFailure: true });
    expect(reading).not.toHaveProperty('accountStop');
  });

  it.each([
    ['of another request', resultBody({ code: '2040', conversation: 'X'.repeat(20) })],
    ['that does not say of which request', resultBody({ code: '2040', conversation: null })],
    ['that would stop the account and does not say of which request', resultBody({ code: '2001', conversation: null })],
  ])('%s is believed of none', async (_what, body) => {
    expect(await read(body)).toMatchObject({ kind: 'unverified' });
  });
});

describe('what is neither', () => {
  it('an interim message is acknowledged and changes nothing: the final one follows', async () => {
    for (const type of [1, '1']) expect(await read(paidBody({}, { type }))).toMatchObject({ kind: 'unrelated', reply });
  });

  it.each([
    ['the request echoed flat', { InitiatorName: 'i', Amount: '1500', OriginatorConversationID: REFERENCE }],
    ['an envelope', resultBody({ code: '1037' })],
    ['an envelope of success', paidBody()],
    ['nothing', ''],
  ])('a time-out notice leads to a query, as %s', async (_what, body) => {
    const reading = await read(body, { to: { kind: 't', reference: REFERENCE }, options: trusting });
    expect(reading).toMatchObject({ kind: 'unverified', reference: REFERENCE, evidence: { code: 'queue-timeout' } });
  });

  it.each(['', 'no JSON', '[]', '{}', '{"Result":7}', '{"Result":{}}'])('%j leads to a query', async (body) => {
    expect(await read(body)).toMatchObject({ kind: 'unverified', reference: REFERENCE });
  });

  it('the answer to a balance query is acknowledged and changes nothing', async () => {
    expect(await read(resultBody(), { to: { kind: 'b', nonce: 'abc' } })).toMatchObject({ kind: 'unrelated', reply });
    expect(await read({}, { to: { kind: 'v', nonce: 'abc' } })).toMatchObject({ kind: 'unrelated', reply });
  });

  it('what comes about no payment of this ledger settles nothing', async () => {
    expect(await read(resultBody({ code: '2040' }), { payment: null })).toMatchObject({ kind: 'unverified' });
    const queryAddress = { kind: 'q', reference: REFERENCE, query: 1 } as const;
    expect(await read(statusBody(), { to: queryAddress, payment: null })).toMatchObject({ kind: 'unrelated' });
  });
});

describe('an answer to a status query that comes late', () => {
  const to = { kind: 'q', reference: REFERENCE, query: 3 } as const;

  it('is a status report like one that came in time', async () => {
    expect(await read(statusBody(), { to })).toMatchObject({
      kind: 'report',
      reference: REFERENCE,
      report: { kind: 'paid', evidence: { providerReference: 'TFC7K2M9QX' } },
    });
    expect(await read(resultBody({ code: '2033' }), { to })).toMatchObject({ report: { kind: 'not-found' } });
  });

  it('says nothing of the payment where it was the question that failed', async () => {
    const timeout = { kind: 'u', reference: REFERENCE, query: 3 } as const;
    expect(await read({}, { to: timeout })).toMatchObject({ kind: 'unrelated' });
    expect(await read(resultBody({ code: '17' }), { to })).toMatchObject({ report: { kind: 'unknown' } });
    const refused = await read(resultBody({ code: '2001' }), { to });
    expect(refused).toMatchObject({ kind: 'unrelated', accountStop: { code: '2001' } });
  });
});

describe('authenticity', () => {
  it.each([
    ['no end', ''],
    ['an end without a code', `r-${Buffer.from(REFERENCE).toString('hex')}`],
    ['an end with another code', `r-${Buffer.from(REFERENCE).toString('hex')}-0123456789abcdef`],
    ['the code of another kind', segments.write({ kind: 't', reference: REFERENCE }).replace(/^t/, 'r')],
    ['the code of another account', new CallbackAddresses('another').write({ kind: 'r', reference: REFERENCE })],
  ])('an address with %s is refused', async (_what, to) => {
    expect(await read(paidBody(), { to })).toMatchObject({ kind: 'refused', status: 403 });
  });

  it('the same delivery has the same replay key, another body another', async () => {
    const key = async (body: unknown): Promise<string> => {
      const reading = await read(body);
      return reading.kind === 'refused' ? 'refused' : reading.deduplicationKey;
    };
    expect(await key(paidBody())).toBe(await key(paidBody()));
    expect(await key(paidBody())).not.toBe(await key(resultBody({ code: '2' })));
  });

  it('a callback is answered with eight zeros where the account says so', async () => {
    const reading = await read(paidBody(), { options: { callback_reply: '00000000' } });
    expect(reading).toMatchObject({ reply: { ResultCode: '00000000' } });
  });
});
