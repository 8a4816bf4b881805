import type { StatusReport } from '../../src/domain/status-report.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { OpenPayment, ReceivedCallback, ReportResult, ReceivedReport } from '../../src/ledger/records.ts';
import { answer, BY, claim, held, payments, registration, START } from './sample.ts';

export const CALLBACK: ReceivedCallback = {
  account: 'demo',
  deduplicationKey: 'k1',
  segment: 'r-01',
  body: '{"a":1}',
  reference: null,
  at: START,
};

/** What the cases about settling do to a ledger. */
export function settlingOf(ledger: () => Ledger): {
  readonly settle: (
    reference: string,
    finding: StatusReport,
    change?: Partial<ReceivedReport>,
  ) => Promise<ReportResult>;
  /** One payment of each of these statuses, EMP-1 … in this order; answers their references. */
  readonly payed: (...statuses: ('pending' | 'unknown' | 'paid' | 'failed')[]) => Promise<string[]>;
} {
  return {
    settle: (reference, report, change = {}) =>
      ledger().recordReport({ reference, report, source: 'query', at: START + 9000, by: BY, ...change }),
    payed: async (...statuses) => {
      await ledger().register(registration('november', payments(statuses.length)));
      const hold = await held(ledger());
      const claims = await claim(ledger(), hold, statuses.length);
      for (const [at, claimed] of claims.entries()) await ledger().record(answer(claimed, statuses[at] ?? 'unknown'));
      await hold.release();
      return claims.map((claimed) => claimed.instruction.reference);
    },
  };
}

export function said(kind: StatusReport['kind'], ids: { readonly providerReference?: string } = {}): StatusReport {
  return { kind, evidence: { code: 'said', reason: `It is ${kind}.`, ...ids } };
}

export async function open(ledger: Ledger, batch: string | null = null): Promise<OpenPayment[]> {
  const list: OpenPayment[] = [];
  for await (const page of ledger.openPayments({ account: 'demo', batch, statuses: ['pending', 'unknown'] }))
    list.push(...page);
  return list;
}
