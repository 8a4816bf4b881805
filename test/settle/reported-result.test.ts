import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../src/domain/status-report.ts';
import type { LedgerPayment, OpenPayment } from '../../src/ledger/records.ts';
import type { Provider, QueryResult, ReportedResult } from '../../src/providers/port.ts';
import { queryOpenPayments } from '../../src/settle/query.ts';
import type { QueryRound } from '../../src/settle/round-queries.ts';
import { withReportedResult } from '../../src/settle/reported-result.ts';

const evidence = (code: string) => ({ code, reason: `The reason ${code}.` });

const DECLINED: StatusReport = { kind: 'failed', evidence: evidence('Declined') };
const REPORTED_PAID: ReportedResult = { kind: 'paid', contradiction: evidence('contradiction') };
const REPORTED_FAILED: ReportedResult = {
  kind: 'failed',
  report: { kind: 'failed', evidence: evidence('2001'), stopsAccount: true },
};

describe('a query that found a failure', () => {
  it('leaves the payment unknown when its own callback reported it as paid', () => {
    expect(withReportedResult(DECLINED, REPORTED_PAID)).toEqual({
      kind: 'unknown',
      evidence: evidence('contradiction'),
    });
  });

  it('takes the reason of the callback that reported the failure, and whether the account stops', () => {
    expect(withReportedResult(DECLINED, REPORTED_FAILED)).toEqual({
      kind: 'failed',
      evidence: evidence('2001'),
      stopsAccount: true,
    });
  });

  it('stands alone when no callback has come', () => {
    expect(withReportedResult(DECLINED, null)).toBe(DECLINED);
  });
});

it.each<StatusReport>([
  { kind: 'paid', evidence: evidence('Completed') },
  { kind: 'pending', evidence: evidence('Authorized') },
  { kind: 'unknown', evidence: evidence('no-answer') },
  { kind: 'not-found', evidence: evidence('2033') },
  { kind: 'returned', evidence: evidence('Reversed') },
  { kind: 'cancelled', evidence: evidence('Cancelled') },
])('a query that found $kind stands whatever a callback reported', (found) => {
  expect(withReportedResult(found, REPORTED_PAID)).toBe(found);
  expect(withReportedResult(found, REPORTED_FAILED)).toBe(found);
});

describe('settling', () => {
  it.each([
    ['as contradicted', REPORTED_PAID, { kind: 'unknown', evidence: evidence('contradiction') }, null],
    ['with the reason of the callback', REPORTED_FAILED, REPORTED_FAILED.report, evidence('2001')],
    ['as the query says', null, DECLINED, null],
  ])('records a failure %s', async (_how, reported, report, accountStop) => {
    const { recorded, result } = await settled(DECLINED, () => Promise.resolve(reported));
    expect(recorded).toEqual([report]);
    expect(result.accountStop).toEqual(accountStop);
  });

  it('records a failure as the query says where a provider reports nothing by itself', async () => {
    expect((await settled(DECLINED)).recorded).toEqual([DECLINED]);
  });

  it('reads no callback for another answer', async () => {
    const unread = (): Promise<never> => Promise.reject(new Error('was read'));
    const found: StatusReport = { kind: 'pending', evidence: evidence('Authorized') };
    expect((await settled(found, unread)).recorded).toEqual([found]);
  });
});

async function settled(answer: QueryResult, reportedResult?: NonNullable<Provider['reportedResult']>) {
  const recorded: StatusReport[] = [];
  const round: QueryRound = {
    ledger: {
      openPayments: async function* () {
        yield await Promise.resolve([OPEN]);
      },
      earlierReferences: () => Promise.resolve([]),
      recordReport: ({ report }) => {
        recorded.push(report);
        return Promise.resolve({ kind: 'kept', status: 'pending', batch: 'november' });
      },
    },
    account: 'salaries',
    place: 'place-1',
    batch: 'november',
    provider: {
      prepare: () => Promise.resolve({ kind: 'ready' }),
      query: () => Promise.resolve(answer),
      resend: () => ({ kind: 'never' }),
      ...(reportedResult === undefined ? {} : { reportedResult }),
    },
    schedule: { agesMs: [], everyMs: 1_000, untilMs: 60_000 },
    which: 'all',
    endAt: Number.POSITIVE_INFINITY,
    clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    by: 'test',
  };
  return { recorded, result: await queryOpenPayments(round) };
}

const PAYMENT: LedgerPayment = {
  batch: 'november',
  id: 'E1',
  idKey: 'e1',
  line: 2,
  cells: [],
  name: 'Amina Wekesa',
  account: 'salaries',
  place: 'place-1',
  destination: { kind: 'mobile', phone: '+254711222333' },
  amountMinor: 1500_00n,
  currency: 'KES',
  narrative: '',
  details: {},
  provider: 'daraja',
  digest: '',
  status: 'pending',
  reference: '0123456789ABCDEFGHJK',
  generation: 1,
  attempts: 1,
  code: '',
  reason: '',
  providerReference: '',
  receipt: '',
  requestId: '',
  feeMinor: null,
  sentAt: 0,
  settledAt: null,
};

const OPEN: OpenPayment = {
  payment: PAYMENT,
  history: {
    queries: 0,
    queriedAt: null,
    notFoundSince: null,
    notFoundCount: 0,
    notFoundUntil: null,
    firstSentAt: 0,
    needsQuery: false,
    unverifiedCallbacks: 0,
    restsOnPerson: false,
  },
};
