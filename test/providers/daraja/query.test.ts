import { describe, expect, it } from 'vitest';
import { DrainedError } from '../../../src/domain/call-budgets.ts';
import type { QueryResult, KnownPayment } from '../../../src/providers/port.ts';
import type { Reply } from '../scripted.ts';
import { known, payment, PAYBILL } from './payments.ts';
import { accepted, refused, scripted, type DarajaAccount, lastOf } from './scripted.ts';
import { withReportedResult } from '../../../src/settle/reported-result.ts';
import { entries, paidBody, resultBody, statusBody } from './results.ts';

const question = accepted({ OriginatorConversationID: '9999-11111111-1' });

async function queried(
  callback: unknown,
  more: {
    readonly payment?: Parameters<typeof payment>[0];
    readonly known?: Partial<KnownPayment>;
    readonly reply?: Reply;
    /** What has come to the payment's own address before. */
    readonly result?: unknown;
  } = {},
): Promise<DarajaAccount & { readonly answer: QueryResult; readonly settled: QueryResult }> {
  const script = await scripted({
    answer: (path) => (path.startsWith('/oauth') ? null : (more.reply ?? question)),
    callback: (segment) => (segment.startsWith('r-') ? (more.result ?? null) : callback),
  });
  await script.provider.prepare();
  const answer = await script.provider.query?.(payment(more.payment), known(more.known));
  if (answer === undefined) throw new Error('this provider cannot be queried');
  expect(answer.evidence.code).toMatch(/^\S{1,40}$/);
  expect(answer.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  const waited = [...script.waited];
  // What settlement records: the answer of the query beside the payment's own callback.
  const isReport = answer.kind !== 'throttled' && answer.kind !== 'unreachable' && answer.kind !== 'stop';
  const reported = await script.provider.reportedResult?.(payment(more.payment), known(more.known));
  const settled = isReport ? withReportedResult(answer, reported ?? null) : answer;
  return { ...script, waited, answer, settled };
}

describe('a status query', () => {
  it('carries our own id in the documented fields, and waits at the address that it named for the answer', async () => {
    const { received, spent, waited } = await queried(statusBody(), { known: { queries: 2 } });
    expect(spent).toEqual(['requests', 'requests']);
    const { path, body } = lastOf(received);
    expect(path).toBe('/mpesa/transactionstatus/v1/query');
    const { SecurityCredential, ResultURL = '', QueueTimeOutURL = '', ...rest } = body;
    expect(SecurityCredential).toHaveLength(344);
    expect(rest).toEqual({
      Initiator: 'the-initiator',
      CommandID: 'TransactionStatusQuery',
      TransactionID: '',
      OriginalConversationID: '0123456789ABCDEFGHJK',
      PartyA: '600981',
      IdentifierType: '4',
      Remarks: 'status',
      Occasion: 'status',
    });
    expect(waited).toEqual([ResultURL.split('/').at(-1)]);
    expect(waited[0]).toMatch(/^q-[0-9a-f]{40}-3-[0-9a-f]{16}$/);
    expect(QueueTimeOutURL.split('/').at(-1)).toMatch(/^u-[0-9a-f]{40}-3-[0-9a-f]{16}$/);
  });

  it('asks about a business by the id that Daraja made, else by the receipt, else not at all', async () => {
    const by = async (more: Partial<KnownPayment>): Promise<unknown> => {
      const { received } = await queried(statusBody(), { payment: PAYBILL, known: more });
      const { OriginalConversationID, TransactionID } = lastOf(received).body;
      return { OriginalConversationID, TransactionID };
    };
    expect(await by({ requestId: '7204-88103345-2', providerReference: 'TFC7K2M9QX' })).toEqual({
      OriginalConversationID: '7204-88103345-2',
      TransactionID: '',
    });
    expect(await by({ providerReference: 'TFC7K2M9QX' })).toEqual({
      OriginalConversationID: '',
      TransactionID: 'TFC7K2M9QX',
    });
    const { answer, received } = await queried(statusBody(), { payment: PAYBILL });
    expect(answer).toMatchObject({ kind: 'unknown', evidence: { code: 'no-id' } });
    expect(received.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([
    ['Completed', 'paid'],
    ['Declined', 'failed'],
    ['Cancelled', 'failed'],
    ['Expired', 'failed'],
    ['Initiated', 'unknown'],
    ['Authorized', 'unknown'],
    ['Pending Authorized', 'unknown'],
    ['completed', 'unknown'],
    ['Reversed', 'unknown'],
    ['', 'unknown'],
  ])('that finds it %s leaves it %s', async (TransactionStatus, kind) => {
    expect((await queried(statusBody({ TransactionStatus }))).answer.kind).toBe(kind);
  });

  it('that finds it declined reports that, and is settled with the reason of its own result where that has come as well', async () => {
    const declined = statusBody({ TransactionStatus: 'Declined' });
    const { answer, settled } = await queried(declined, { result: resultBody({ code: '1' }) });
    expect(answer).toMatchObject({ kind: 'failed', evidence: { code: 'Declined' } });
    expect(settled).toMatchObject({
      kind: 'failed',
      stopsAccount: true,
      evidence: { code: '1' },
    });
    const others = [null, 'no JSON', resultBody({ code: '1', type: 1 }), resultBody({ code: '1', conversation: 'X' })];
    for (const result of others) {
      const { settled: alone } = await queried(declined, { result });
      expect(alone).toMatchObject({ kind: 'failed', evidence: { code: 'Declined' } });
      expect(alone).not.toHaveProperty('stopsAccount');
    }
  });

  it('that finds it declined, where its own result was a success, is settled by a person', async () => {
    const declined = statusBody({ TransactionStatus: 'Declined' });
    const { settled } = await queried(declined, { result: paidBody() });
    expect(settled).toMatchObject({ kind: 'unknown', evidence: { code: 'contradiction' } });
  });

  it('takes the receipt from the answer, not the id of the question', async () => {
    const { answer } = await queried(statusBody({ ReceiptNo: 'TFC0REALID' }));
    expect(answer).toMatchObject({
      kind: 'paid',
      evidence: { providerReference: 'TFC0REALID', receipt: 'TFC0REALID' },
    });
  });

  it.each([
    ['another amount', statusBody({ Amount: '1500.50' })],
    ['another payment', statusBody({ OriginatorConversationID: 'X'.repeat(20) })],
  ])('that is answered about %s settles nothing', async (_what, body) => {
    expect((await queried(body)).answer).toMatchObject({ kind: 'unknown', evidence: { code: 'contradiction' } });
  });

  it.each(['2032', '2033', 2033])(
    'that finds nothing (%s) is a report that the payment was not found',
    async (code) => {
      expect((await queried(resultBody({ code }))).answer.kind).toBe('not-found');
    },
  );

  it.each([
    ['nothing came', null],
    ['another code', resultBody({ code: '17' })],
    ['an interim message', statusBody({}, { type: 1 })],
    ['no envelope', { OriginatorConversationID: '0123456789ABCDEFGHJK' }],
    ['no JSON', 'nothing'],
    ['no status', resultBody({ parameters: entries({ Amount: 1500 }) })],
  ])('that was answered with %s has learnt nothing', async (_what, body) => {
    expect((await queried(body)).answer.kind).toBe('unknown');
  });

  it.each(['2001', '8006', '18', '21'])(
    'that was refused for its initiator (%s) is not repeated, or the initiator would be locked',
    async (code) => {
      expect((await queried(resultBody({ code }))).answer).toMatchObject({ kind: 'stop', evidence: { code } });
    },
  );

  it.each<[string, Reply, QueryResult['kind']]>([
    ['haste', refused(500, '500.003.02'), 'throttled'],
    ['a dead token', refused(404, '404.001.03'), 'throttled'],
    ['the product', refused(404, '404.001.01'), 'stop'],
    ['trouble inside', refused(500, '500.001.1001'), 'unreachable'],
    ['its own fields', refused(400, '400.002.02'), 'unknown'],
    ['a busy core', accepted({ ResponseCode: '26' }), 'throttled'],
  ])('that is turned away for %s says nothing of the payment', async (_what, reply, kind) => {
    const { answer, waited } = await queried(statusBody(), { reply });
    expect(answer.kind).toBe(kind);
    expect(waited).toEqual([]);
  });

  it('lets a run that drains pass through', async () => {
    const { provider, drain } = await scripted({ answer: () => null });
    await provider.prepare();
    drain();
    await expect(provider.query?.(payment(), known())).rejects.toBeInstanceOf(DrainedError);
  });
});

describe('the balance', () => {
  const text =
    'Working Account|KES|81250.00|81250.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&Utility Account|KES|310400.50|310300.25|100.25|0.00&Charges Paid Account|KES|-95.00|-95.00|0.00|0.00';

  async function balanceOf(
    callback: unknown,
    options: Readonly<Record<string, unknown>> = {},
    answer: (times: number) => Reply = () => question,
  ): Promise<unknown> {
    const { provider } = await scripted({
      options,
      answer: (path, times) => (path.startsWith('/oauth') ? null : answer(times)),
      callback: () => callback,
    });
    return provider.balance?.();
  }
  const balanceBody = (value: unknown): object => resultBody({ parameters: entries({ AccountBalance: value }) });

  it('is what is available of the Utility account, or of the Working account where the account says so', async () => {
    const subBalances = [
      { kinds: ['mobile'], availableMinor: 310_300_25n },
      { kinds: ['paybill', 'till'], availableMinor: 81_250_00n },
    ];
    const utility = { kind: 'balance', availableMinor: 310_300_25n, currency: 'KES', subBalances };
    expect(await balanceOf(balanceBody(text))).toEqual(utility);
    const working = { kind: 'balance', availableMinor: 81_250_00n, currency: 'KES', subBalances };
    expect(await balanceOf(balanceBody(text), { balance_account: 'working' })).toEqual(working);
  });

  it('survives a token that dies meanwhile', async () => {
    const answer = (times: number): Reply => (times === 0 ? refused(404, '404.001.03') : question);
    expect(await balanceOf(balanceBody(text), {}, answer)).toMatchObject({ kind: 'balance' });
  });

  it.each([
    ['nothing', null, 'unreachable'],
    ['another text', balanceBody('plenty'), 'unreachable'],
    ['no such account', balanceBody('Working Account|KES|1.00|1.00|0.00|0.00'), 'unreachable'],
    ['a failure', resultBody({ code: '17' }), 'unreachable'],
    ['a locked initiator', resultBody({ code: '8006' }), 'stop'],
  ])('is not made up from %s', async (_what, body, kind) => {
    expect(await balanceOf(body)).toMatchObject({ kind });
  });
});
