import { describe, expect, it } from 'vitest';
import type { QueryResult, KnownPayment } from '../../../src/providers/port.ts';
import { statementWindow } from '../../../src/providers/pesaway/statement.ts';
import { readPesawaySettings } from '../../../src/providers/pesaway/settings.ts';
import { BANK, known, NEWEST, payment, REFERENCE, SENT_AT, TRANSACTION } from './payments.ts';
import type { Reply, ScriptedAccount } from '../scripted.ts';
import { granted, refused, scripted } from './scripted.ts';

const unfound: Reply = { status: 404, body: { code: '404.000', description: 'Not found' } };
const ours = { code: '200.001', OriginatorReference: REFERENCE, TransactionID: TRANSACTION };
const row = {
  Reference: 'nZ84WxLx8p7',
  Receipt: 'TCA81XK2P9',
  TransactionDate: '2026-03-02T08:14:09Z',
  Recipient: '254712345678 - JANE WANJIKU',
  ExternalReference: REFERENCE,
  TransactionType: 'Payment',
  Amount: '1500.00',
};
const foreign = { ...row, ExternalReference: 'SOMEBODY-ELSES' };

type Answers = Readonly<Record<string, (times: number) => Reply>>;

async function queried(
  answers: Answers,
  given: {
    readonly ageMs?: number;
    readonly known?: Partial<KnownPayment>;
    readonly options?: Record<string, unknown>;
  } = {},
): Promise<{ answer: QueryResult; script: ScriptedAccount }> {
  const script = await scripted(
    (route, times) => (route === 'token' ? granted() : (answers[route]?.(times) ?? unfound)),
    { options: given.options ?? {} },
  );
  script.clock.now = SENT_AT + (given.ageMs ?? 600_000);
  const answer = await script.provider.query?.(payment(), known(given.known));
  if (answer === undefined) throw new Error('this provider cannot be queried');
  expect(answer.evidence.code).toMatch(/^\S{1,40}$/);
  expect(answer.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  return { answer, script };
}

const resultOf = async (body: unknown, ageMs?: number, status = 200): Promise<QueryResult> =>
  (await queried({ 'transaction-query': () => ({ status, body }) }, ageMs === undefined ? {} : { ageMs })).answer;

describe('a query', () => {
  it("asks by PesaWay's id where it is known, else by our reference", async () => {
    const answers = { 'transaction-query': () => ({ body: { ...ours, ResultCode: 0 } }) };
    const byTheirs = await queried(answers, { known: { providerReference: TRANSACTION } });
    expect(byTheirs.script.received.at(-1)?.body).toBe(`{"TransactionReference":"${TRANSACTION}"}`);
    const byOurs = await queried(answers);
    expect(byOurs.script.received.at(-1)?.body).toBe(`{"TransactionReference":"${REFERENCE}"}`);
    expect(byOurs.answer).toMatchObject({ kind: 'paid', evidence: { providerReference: TRANSACTION } });
  });

  it('asks by our reference too where their own id is not found', async () => {
    const { answer, script } = await queried(
      { 'transaction-query': (times) => (times === 0 ? unfound : { body: { ...ours, ResultCode: 0 } }) },
      { known: { providerReference: TRANSACTION } },
    );
    expect(answer.kind).toBe('paid');
    expect(script.routes()).toEqual(['token', 'transaction-query', 'transaction-query']);
  });

  it("goes by GET with its body in generation 3, with the region, and under the bank's path for banks", async () => {
    const script = await scripted((route) => (route === 'token' ? granted() : { body: { ...ours, ResultCode: 0 } }), {
      options: NEWEST,
    });
    const answer = await script.provider.query?.(payment({ destination: BANK }), known());
    expect(answer?.kind).toBe('paid');
    expect(script.received.at(-1)).toMatchObject({
      method: 'GET',
      path: '/api/v1/bank/transaction-query/',
      body: `{"TransactionReference":"${REFERENCE}"}`,
    });
    for (const { headers } of script.received) expect(headers['x-region']).toBe('ke');
  });

  it.each([0, '0', '00'])('ResultCode %j is paid', async (ResultCode) => {
    expect((await resultOf({ ...ours, ResultCode })).kind).toBe('paid');
    expect((await resultOf({ code: '200.001', data: { OriginatorReference: REFERENCE, ResultCode } })).kind).toBe(
      'paid',
    );
  });

  it.each([undefined, null, '', 2, '2'])('ResultCode %j is still under way, however old it is', async (ResultCode) => {
    expect((await resultOf({ ...ours, ResultCode }, 86_400_000)).kind).toBe('pending');
  });

  it.each([1, '1', 2001, -1])(
    'ResultCode %j has failed once the payment is older than three minutes',
    async (ResultCode) => {
      expect((await resultOf({ ...ours, ResultCode }, 180_001)).kind).toBe('failed');
      expect((await resultOf({ ...ours, ResultCode }, 180_000)).kind).toBe('pending');
      expect((await resultOf({ ...ours, ResultCode }, -60_000)).kind).toBe('pending');
    },
  );

  it('takes the age from which a failure is final from its option', async () => {
    const answers = { 'transaction-query': () => ({ body: { ...ours, ResultCode: 1 } }) };
    const options = { failed_after: '10m', stop_result_codes: ['1'] };
    expect((await queried(answers, { options, ageMs: 599_000 })).answer.kind).toBe('pending');
    const { answer } = await queried(answers, { options, ageMs: 601_000 });
    expect(answer).toMatchObject({ kind: 'failed', stopsAccount: true });
  });

  it.each([
    [200, { ...ours, ResultCode: 0, OriginatorReference: 'OTHER' }],
    [200, { ...ours, ResultCode: 0, TransactionAmount: '1.00' }],
    [200, { ...ours, ResultCode: 'DONE' }],
    [200, { ...ours, code: '999.999.999', ResultCode: 0 }],
    [200, { ...ours, code: '400.001', ResultCode: 1 }],
    [500, { ...ours, ResultCode: 0 }],
    [200, { ResultCode: null }],
    [200, {}],
    [200, ''],
    [404, {}],
    [404, '<html>'],
    [500, ''],
  ])('HTTP %i %j decides nothing', async (status, body) => {
    const answer = await resultOf(body, 600_000, status);
    expect(answer.kind).toBe('unknown');
  });

  it('about another transaction than PesaWay named decides nothing', async () => {
    const { answer } = await queried(
      { 'transaction-query': () => ({ body: { ...ours, TransactionID: 'PHY0000000000', ResultCode: 0 } }) },
      { known: { providerReference: TRANSACTION } },
    );
    expect(answer.kind).toBe('unknown');
  });

  it('with a token that ended is sent again with another', async () => {
    const { answer } = await queried({ 'transaction-query': () => refused });
    expect(answer).toMatchObject({ kind: 'throttled', waitMs: 0 });
  });

  it('that is rate limited waits as long as the answer says', async () => {
    const { answer } = await queried({ 'transaction-query': () => ({ status: 429, headers: { 'Retry-After': '3' } }) });
    expect(answer).toMatchObject({ kind: 'throttled', waitMs: 3_000 });
  });
});

describe('the statement', () => {
  it('is left alone while the payment is too young to be listed, and nothing is concluded', async () => {
    const { answer, script } = await queried({}, { ageMs: 59_000 });
    expect(answer.kind).toBe('unknown');
    expect(script.routes()).not.toContain('pull-transactions');
    expect((await queried({ 'pull-transactions': () => ({ body: [] }) }, { ageMs: 60_000 })).answer.kind).toBe(
      'not-found',
    );
  });

  it('that has the payment with a receipt says that it is paid', async () => {
    const { answer, script } = await queried({ 'pull-transactions': () => ({ body: [foreign, row] }) });
    expect(answer).toMatchObject({
      kind: 'paid',
      evidence: { providerReference: 'nZ84WxLx8p7', receipt: 'TCA81XK2P9' },
    });
    expect(answer.evidence.reason).toContain('TCA81XK2P9');
    expect(script.received.at(-1)?.body).toBe(
      '{"StartDate":"2026-03-02 06:14:00","EndDate":"2026-03-02 10:24:00","TransType":"Payment","OffsetValue":0}',
    );
  });

  it.each(['', null, undefined, 'N/A', 'None', '-'])(
    'that has it with the receipt %j leaves it under way',
    async (Receipt) => {
      const { answer } = await queried({ 'pull-transactions': () => ({ body: [{ ...row, Receipt }] }) });
      expect(answer.kind).toBe('pending');
    },
  );

  it('that has it with another amount decides nothing', async () => {
    const { answer } = await queried({ 'pull-transactions': () => ({ body: [{ ...row, Amount: '15.00' }] }) });
    expect(answer.kind).toBe('unknown');
  });

  it('that does not have it is evidence that the request never arrived', async () => {
    const { answer } = await queried({ 'pull-transactions': () => ({ body: { code: '200.001', data: [foreign] } }) });
    expect(answer).toMatchObject({ kind: 'not-found', evidence: { code: 'not-in-statement' } });
    const near = { ...row, ExternalReference: `${REFERENCE}1` };
    expect((await queried({ 'pull-transactions': () => ({ body: [near] }) })).answer.kind).toBe('not-found');
  });

  it('is read page by page to its end', async () => {
    const page = Array.from({ length: 100 }, () => foreign);
    const { answer, script } = await queried({
      'pull-transactions': (times) => ({ body: times < 2 ? page : [foreign, row] }),
    });
    expect(answer.kind).toBe('paid');
    const offsets = script.received
      .slice(2)
      .map(({ body }) => (JSON.parse(body) as { OffsetValue: number }).OffsetValue);
    expect(offsets).toEqual([0, 100, 200]);
    expect(script.spent).toHaveLength(script.received.length);
  });

  it('that is longer than the option allows proves nothing', async () => {
    const page = Array.from({ length: 100 }, () => foreign);
    const { answer } = await queried(
      { 'pull-transactions': () => ({ body: page }) },
      { options: { statement_pages: '3' } },
    );
    expect(answer).toMatchObject({ kind: 'unknown', evidence: { code: 'statement-too-long' } });
  });

  it('is read under its second path where the first is not found', async () => {
    const { answer, script } = await queried({
      'pull-transactions': (times) => (times === 0 ? { status: 404 } : { body: [row] }),
    });
    expect(answer.kind).toBe('paid');
    expect(script.received.slice(-2).map(({ path }) => path)).toEqual([
      '/api/v1/pull-transactions/',
      '/api/v1/mobile-money/pull-transactions/',
    ]);
  });

  it.each<[string, Reply]>([
    ['found under neither path', unfound],
    ['an error', { body: { code: '400.001', description: 'Invalid StartDate' } }],
    ['an error with a list', { body: { code: '400.001', data: [] } }],
    ["a server's accident", { status: 500, body: [] }],
    ['something else', { body: { data: {} } }],
    ['a list of something else', { body: ['row'] }],
    ['no JSON', { body: '[{"ExternalReference":' }],
    ['more than JSON', { body: '[],"data":[]' }],
  ])('that is %s proves nothing', async (_what, reply) => {
    expect((await queried({ 'pull-transactions': () => reply })).answer.kind).toBe('unknown');
  });

  it('is requested by day in generation 3, one day longer', () => {
    const now = SENT_AT + 600_000;
    expect(statementWindow(SENT_AT, now, readPesawaySettings(NEWEST))).toEqual({
      start: '2026-03-02',
      end: '2026-03-03',
    });
    const settings = readPesawaySettings({
      ...NEWEST,
      statement_dates: 'time',
      statement_time_zone: 'UTC',
      statement_margin: '1h',
    });
    expect(statementWindow(SENT_AT, now, settings)).toEqual({
      start: '2026-03-02 04:14:00',
      end: '2026-03-02 06:24:00',
    });
  });

  it('of long ago ends a day after the payment', () => {
    const end = '2026-03-03 10:14:00';
    expect(statementWindow(SENT_AT, SENT_AT + 90 * 86_400_000, readPesawaySettings({}))).toMatchObject({ end });
  });
});
