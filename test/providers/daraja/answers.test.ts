import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Reply } from '../scripted.ts';
import { payment, PAYBILL, TILL } from './payments.ts';
import { accepted, refused, scripted } from './scripted.ts';

async function outcome(
  reply: Reply,
  more: { readonly payment?: Parameters<typeof payment>[0]; readonly isAgain?: boolean } = {},
): Promise<Outcome> {
  const { provider } = await scripted({ answer: (path) => (path.startsWith('/oauth') ? null : reply) });
  expect(await provider.prepare()).toEqual({ kind: 'ready' });
  const result = await provider.submit(payment(more.payment), more.isAgain);
  expect(result.evidence.code).toMatch(/^\S{1,40}$/);
  expect(result.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  return result;
}

const fault = (status: number, faultstring: string, errorcode: string): Reply => ({
  status,
  body: { fault: { faultstring, detail: { errorcode } } },
});
const html = (status: number): Reply => ({ status, body: '<html><body>Blocked</body></html>' });

describe('an acknowledgement', () => {
  it.each(['0', 0, '00000000', '000'])('with the response code %j is pending, never paid', async (ResponseCode) => {
    const result = await outcome(accepted({ ResponseCode }));
    expect(result.kind).toBe('pending');
    expect(result.evidence.requestId).toBe('AG_20250612_2010455ad0b1c7e94f21');
    expect(result.evidence.providerReference).toBeUndefined();
  });

  it('of a payment to a business carries the id that Daraja made, the only id for a query', async () => {
    const result = await outcome(accepted({ OriginatorConversationID: '7204-88103345-2' }), { payment: PAYBILL });
    expect([result.kind, result.evidence.requestId]).toEqual(['pending', '7204-88103345-2']);
  });

  it('of another request than ours is unknown', async () => {
    const result = await outcome(accepted({ OriginatorConversationID: 'X'.repeat(20) }));
    expect([result.kind, result.evidence.code]).toEqual(['unknown', 'contradiction']);
  });

  it('that says success and an error at once is unknown', async () => {
    expect(await outcome(accepted({ errorCode: '500.001.1001' }))).toMatchObject({ kind: 'unknown' });
  });

  it.each<[string, Reply]>([
    ['empty', { status: 200, body: '' }],
    ['HTML', html(200)],
    ['an object without a response code', { status: 200, body: {} }],
    ['a list', { status: 200, body: '[{"ResponseCode":"0"}]' }],
    ['an error under 200', refused(200, '400.002.02')],
    ['an acceptance under 201', { ...accepted(), status: 201 }],
  ])('that is %s is unknown', async (_what, reply) => {
    expect((await outcome(reply)).kind).toBe('unknown');
  });

  it.each([
    ['2', 'failed'],
    ['2040', 'failed'],
    ['SFC_IC0003', 'failed'],
    ['1', 'stop'],
    ['2001', 'stop'],
    ['8006', 'stop'],
    ['26', 'throttled'],
    ['100000001', 'throttled'],
    ['100000011', 'throttled'],
    ['15', 'unknown'],
    ['17', 'unknown'],
    ['100000000', 'unknown'],
    ['4711', 'unknown'],
  ])('with the response code %s is %s', async (ResponseCode, kind) => {
    expect((await outcome(accepted({ ResponseCode }))).kind).toBe(kind);
  });
});

describe('a refusal at the door', () => {
  const rows: readonly [Reply, Outcome['kind']][] = [
    [refused(400, '400.002.02', 'Bad Request - Invalid PartyB'), 'failed'],
    [refused(400, '400.002.05'), 'failed'],
    [refused(400, '400.003.02'), 'failed'],
    [refused(400, '400.003.01'), 'throttled'],
    [refused(401, '401.002.01'), 'throttled'],
    [refused(404, '404.001.03'), 'throttled'],
    [fault(401, 'Invalid Access Token', 'keymanagement.service.invalid_access_token'), 'throttled'],
    [refused(400, '400.008.01'), 'stop'],
    [refused(400, '400.008.02'), 'stop'],
    [refused(404, '404.001.01'), 'stop'],
    [refused(404, '404.002.01'), 'stop'],
    [refused(404, '404.003.01'), 'stop'],
    [refused(404, '404.001.04'), 'stop'],
    [refused(405, '405.001'), 'stop'],
    [fault(401, 'Invalid API call as no apiproduct match found', 'keymanagement.service.InvalidAPICall'), 'stop'],
    [html(403), 'stop'],
    [refused(500, '500.003.02', 'System is busy'), 'throttled'],
    [refused(500, '500.003.03'), 'throttled'],
    [fault(500, 'Spike arrest violation', 'policies.ratelimit.SpikeArrestViolation'), 'throttled'],
    [{ status: 429 }, 'throttled'],
    [refused(500, '500.002.1001', 'Duplicate OriginatorConversationID.'), 'unknown'],
    [refused(500, '500.002.1001', 'System internal error.'), 'unknown'],
    [refused(500, '500.002.1001', 'The service is under maintenance'), 'unknown'],
    [refused(500, '500.001.1001'), 'unknown'],
    [refused(500, '500.003.1001'), 'unknown'],
    [html(502), 'unknown'],
    [{ status: 503, body: '' }, 'unknown'],
    [html(504), 'unknown'],
    // A proxy's status with a refusal in it: not Daraja's word.
    [refused(502, '400.002.02'), 'unknown'],
    [refused(503, '500.003.02'), 'unknown'],
    [refused(500, '400.002.02'), 'unknown'],
    [refused(400, '400.999.99'), 'unknown'],
    [{ status: 400, body: '' }, 'unknown'],
    [{ status: 403, body: '' }, 'unknown'],
    [{ status: 404, body: '' }, 'unknown'],
    [{ status: 302, headers: { Location: 'https://elsewhere.example/' } }, 'unknown'],
    [{ status: 500, body: { Envelope: { Body: { Fault: { faultstring: 'Rejected' } } } } }, 'unknown'],
  ];

  it.each(rows.map(([reply, kind]) => [reply.status, JSON.stringify(reply.body ?? ''), kind, reply] as const))(
    '%d %s is %s',
    async (_status, _body, kind, reply) => {
      expect((await outcome(reply)).kind).toBe(kind);
    },
  );

  it('for a token that died is to be repeated at once, with the same reference', async () => {
    expect(await outcome(refused(404, '404.001.03'))).toMatchObject({ kind: 'throttled', waitMs: 0 });
  });

  it('for the rate waits as long as the answer says, and for the quota a minute where the answer does not say', async () => {
    const spike = refused(500, '500.003.02');
    expect(await outcome({ ...spike, headers: { 'Retry-After': '7' } })).toMatchObject({ waitMs: 7_000 });
    expect(await outcome(spike)).not.toHaveProperty('waitMs');
    expect(await outcome(refused(500, '500.003.03'))).toMatchObject({ waitMs: 60_000 });
  });

  it('of a payment that was sent before and never answered says nothing of the earlier request', async () => {
    expect((await outcome(refused(400, '400.002.02'), { isAgain: true })).kind).toBe('unknown');
    expect((await outcome(accepted({ ResponseCode: '2040' }), { isAgain: true })).kind).toBe('unknown');
  });

  it('gives a business its own meaning where the code has two', async () => {
    expect((await outcome(accepted({ ResponseCode: '2028' }))).kind).toBe('stop');
    expect((await outcome(accepted({ ResponseCode: '2028' }), { payment: TILL })).kind).toBe('failed');
  });

  it('never repeats a secret or a whole number', async () => {
    const words = 'Invalid PartyB 254711222333 for the-initiator, the-Pa55word#, token-number-1';
    const { evidence } = await outcome(refused(400, '400.002.02', words));
    expect(evidence.reason).toContain('Invalid PartyB');
    for (const secret of ['711222333', 'the-initiator', 'the-Pa55word', 'token-number-1']) {
      expect(evidence.reason).not.toContain(secret);
    }
  });
});

describe('without what every request needs', () => {
  it.each([
    [
      'a certificate',
      { credentials: { consumer_key: 'key', consumer_secret: 'secret', certificate: 'none' } },
      'accounts.salaries.credentials.certificate',
    ],
  ])('%s, nothing is sent and the setting is named', async (_what, more, setting) => {
    const { provider, received } = await scripted({ answer: () => null, ...more });
    for (const result of [await provider.prepare(), await provider.submit(payment())]) {
      if (result.kind !== 'stop') throw new Error(`was ${result.kind}`);
      expect(result.evidence.reason).toContain(setting);
    }
    expect(received).toEqual([]);
  });
});

it('is not opened without an address for callbacks, which the command refuses first', async () => {
  await expect(scripted({ answer: () => null, callbackAddress: null })).rejects.toThrow('address for callbacks');
});

describe('sending again', () => {
  it('is harmless for phones after two answers over five minutes, within a day, and never done for businesses', async () => {
    const { provider } = await scripted({ answer: () => null });
    expect(provider.resend(payment())).toEqual({
      kind: 'after-evidence',
      graceMs: 300_000,
      answers: 2,
      withinMs: 86_400_000,
    });
    expect(provider.resend(payment(PAYBILL))).toEqual({ kind: 'never' });
    expect(provider.resend(payment(TILL))).toEqual({ kind: 'never' });
  });
});
