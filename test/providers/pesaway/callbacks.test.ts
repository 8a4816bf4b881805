import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pesaway } from '../../../src/providers/index.ts';
import { isSignedBy } from '../../../src/providers/pesaway/callbacks.ts';
import type { ParsedCallback, CallbackRequest, CallbackPayment } from '../../../src/providers/port.ts';
import { callbackPayment, REFERENCE, TRANSACTION } from './payments.ts';

const SECRET = 'pesaway-callback-secret';

const DOCUMENTED_BODY =
  '{"ResultCode":0,"ResultDesc":"The service request is processed successfully.","TransactionID":"PHY7C1A20B44D","OriginatorReference":"B7R0012A1","TransactionReceipt":"TCA81XK2P9","TransactionAmount":"1500.00","ReceiverPartyPublicName":"254712345678 - JANE WANJIKU"}';
const DOCUMENTED_SIGNATURE = 'my9tgJmcZHUtMgxE/pwIG9rRTb7JdzxH1fcb1C1zBWg=';

const success = {
  ResultCode: 0,
  ResultDesc: 'The service request is processed successfully.',
  TransactionID: TRANSACTION,
  OriginatorReference: REFERENCE,
  TransactionReceipt: 'TCA81XK2P9',
  TransactionAmount: '1500.00',
  ReceiverPartyPublicName: '254712345678 - JANE WANJIKU',
};
const failure = { ...success, ResultCode: 1, ResultDesc: 'Refused for 254712345678', TransactionReceipt: '' };

function request(body: unknown, more: Partial<CallbackRequest> = {}): CallbackRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha256', SECRET).update(text).digest('base64');
  return { segment: '', headers: { signature }, body: Buffer.from(text), ...more };
}

async function reading(
  callback: CallbackRequest,
  given: {
    readonly secret?: string | null;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly storedPayment?: CallbackPayment | null;
  } = {},
): Promise<ParsedCallback> {
  const { secret = SECRET, options = {}, storedPayment = callbackPayment() } = given;
  const reader = pesaway.callbacks?.({
    account: 'wages',
    currency: 'KES',
    credentials: { consumer_key: 'ck', consumer_secret: 'cs', ...(secret === null ? {} : { callback_secret: secret }) },
    options,
    callbackAddress: 'https://pay.example.test/callbacks/token',
    hasKnownSources: false,
  });
  if (reader === undefined) throw new Error('reads no callbacks');
  return reader.read(callback, (reference) =>
    Promise.resolve(reference === storedPayment?.reference ? storedPayment : null),
  );
}

describe('the signature', () => {
  it('of the documented sample is right, and of nothing else', () => {
    const body = Buffer.from(DOCUMENTED_BODY);
    expect(isSignedBy(SECRET, body, DOCUMENTED_SIGNATURE)).toBe(true);
    expect(isSignedBy(SECRET, body, ` ${DOCUMENTED_SIGNATURE}\n`)).toBe(true);
    expect(isSignedBy('another', body, DOCUMENTED_SIGNATURE)).toBe(false);
    expect(isSignedBy(SECRET, Buffer.from(`${DOCUMENTED_BODY} `), DOCUMENTED_SIGNATURE)).toBe(false);
    for (const wrong of [undefined, '', 'AAAA', DOCUMENTED_SIGNATURE.toLowerCase(), `${DOCUMENTED_SIGNATURE}=`]) {
      expect(isSignedBy(SECRET, body, wrong)).toBe(false);
    }
  });
});

describe('a signed callback', () => {
  it('that is the documented sample counts', async () => {
    const callback = request(DOCUMENTED_BODY, { headers: { signature: DOCUMENTED_SIGNATURE } });
    expect(await reading(callback, { storedPayment: callbackPayment({ reference: 'B7R0012A1' }) })).toMatchObject({
      kind: 'report',
      reference: 'B7R0012A1',
      report: { kind: 'paid', evidence: { code: '0', providerReference: TRANSACTION, receipt: 'TCA81XK2P9' } },
      reply: null,
    });
  });

  it('of success is paid, and tells the receipt', async () => {
    const read = await reading(request(success));
    if (read.kind !== 'report') throw new Error(`was ${read.kind}`);
    expect(read.report.kind).toBe('paid');
    expect(read.report.evidence.reason).toContain('TCA81XK2P9');
  });

  it.each(['TE1234567F', '1234567890', 'FT26061.1234567'])(
    'shows the receipt %s whole, digits and all',
    async (receipt) => {
      const read = await reading(request({ ...success, TransactionReceipt: receipt }));
      expect(read).toMatchObject({
        report: { kind: 'paid', evidence: { receipt, reason: `PesaWay paid, receipt ${receipt}.` } },
      });
    },
  );

  it("of any other code but 2 has failed at once, in PesaWay's words without the phone", async () => {
    const read = await reading(request(failure));
    expect(read).toMatchObject({ kind: 'report', report: { kind: 'failed', evidence: { code: '1' } } });
    expect(JSON.stringify(read)).toContain('Refused for');
    expect(JSON.stringify(read)).not.toContain('712345678');
    expect(read).not.toHaveProperty('report.stopsAccount');
    const stopping = await reading(request({ ...failure, ResultCode: '2001' }), {
      options: { stop_result_codes: ['1', '2001'] },
    });
    expect(stopping).toMatchObject({ report: { kind: 'failed', stopsAccount: true } });
  });

  it('comes before the answer to its payout as well', async () => {
    const storedPayment = callbackPayment({ status: 'submitting', providerReference: '' });
    expect(await reading(request(success), { storedPayment })).toMatchObject({
      kind: 'report',
      report: { kind: 'paid' },
    });
  });

  it.each([
    ['no result', { ...success, ResultCode: undefined }],
    ['an empty result', { ...success, ResultCode: '' }],
    ['the word for pending', { ...success, ResultCode: 2 }],
    ['a result that is no number', { ...success, ResultCode: 'SUCCESS' }],
    ['another amount', { ...success, TransactionAmount: '1500.01' }],
    ['an amount that cannot be read', { ...success, TransactionAmount: 'much' }],
    ['another transaction', { ...success, TransactionID: 'PHY0000000000' }],
    ['an error beside its success', { ...success, code: '400.001' }],
  ])('with %s has to be confirmed', async (_what, body) => {
    const read = await reading(request(body));
    expect(read).toMatchObject({ kind: 'unverified', reference: REFERENCE });
  });

  it.each(['1500.00', '1500', '1500.0', 1500])('may write the amount as %j', async (TransactionAmount) => {
    expect((await reading(request({ ...success, TransactionAmount }))).kind).toBe('report');
  });

  it.each([{}, { signature: '' }, { signature: 'AAAA' }, { signature: DOCUMENTED_SIGNATURE }])(
    'without its right signature (%j) is refused and not stored',
    async (headers) => {
      expect(await reading(request(success, { headers }))).toMatchObject({ kind: 'refused', status: 401 });
    },
  );

  it('that was verified before it was stored is read without its headers', async () => {
    const stored = request(success, { headers: {}, isStored: true });
    expect(await reading(stored)).toMatchObject({ kind: 'report', report: { kind: 'paid' } });
  });
});

describe('a callback without signatures', () => {
  it.each([success, failure])('is confirmed by query, whatever it says', async (body) => {
    const read = await reading(request(body, { headers: {} }), { secret: null });
    if (read.kind !== 'unverified') throw new Error(`was ${read.kind}`);
    expect(read.reference).toBe(REFERENCE);
    // Anybody may have made up the id in it.
    expect(read.evidence.providerReference).toBeUndefined();
    expect(read.evidence.reason).toContain('a query has to confirm it');
  });
});

describe('any callback', () => {
  it('about no payment of the ledger is noted', async () => {
    expect((await reading(request(success), { storedPayment: null })).kind).toBe('unrelated');
  });

  it.each(['', '<html>', '[]', '{}', '{"ResultCode":0}', 'null'])('that is none (%s) is refused', async (body) => {
    expect(await reading(request(body))).toMatchObject({ kind: 'refused', status: 400 });
  });

  it('repeated byte for byte has the same key, and one that says something else another', async () => {
    const keys = await Promise.all(
      [success, success, failure, { ...success, TransactionID: 'PHY0000000000' }, { ...success, extra: 1 }].map(
        async (body) => {
          const read = await reading(request(body));
          return read.kind === 'refused' ? '' : read.deduplicationKey;
        },
      ),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(4);
    expect(keys[0]).toMatch(/^PHY7C1A20B44D:0:[0-9a-f]{32}$/);
  });
});
