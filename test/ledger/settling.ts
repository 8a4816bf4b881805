import type { StatusReport } from '../../src/domain/status-report.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { OpenPayment, ReceivedCallback, ReportResult, ReceivedReport } from '../../src/ledger/records.ts';
import { answer, BY, claim, lockedAccount, payments, registration, START } from './sample.ts';

export const CALLBACK: ReceivedCallback = {
  account: 'demo',
  deduplicationKey: 'k1',
  segment: 'r-01',
  body: '{"a":1}',
  reference: null,
  at: START,
};

/** What the cases about status reports do to a ledger. */
export function reportingOn(ledger: () => Ledger): {
  readonly settle: (reference: string, report: StatusReport, change?: Partial<ReceivedReport>) => Promise<ReportResult>;
  /** One payment of each of these statuses, EMP-1 … in this order; resolves to their references. */
  readonly paymentsIn: (...statuses: ('pending' | 'unknown' | 'paid' | 'failed')[]) => Promise<string[]>;
} {
  return {
    settle: (reference, report, change = {}) =>
      ledger().recordReport({ reference, report, source: 'query', at: START + 9000, by: BY, ...change }),
    paymentsIn: async (...statuses) => {
      await ledger().register(registration('november', payments(statuses.length)));
      const lock = await lockedAccount(ledger());
      const claims = await claim(ledger(), lock, statuses.length);
      for (const [at, claimed] of claims.entries()) await ledger().record(answer(claimed, statuses[at] ?? 'unknown'));
      await lock.release();
      return claims.map((claimed) => claimed.instruction.reference);
    },
  };
}

export function reportOf(
  kind: StatusReport['kind'],
  ids: { readonly providerReference?: string; readonly receipt?: string } = {},
): StatusReport {
  return { kind, evidence: { code: 'reported', reason: `It is ${kind}.`, ...ids } };
}

export async function open(ledger: Ledger, batch: string | null = null): Promise<OpenPayment[]> {
  const list: OpenPayment[] = [];
  for await (const page of ledger.openPayments({
    account: 'demo',
    place: null,
    batch,
    statuses: ['pending', 'unknown'],
  }))
    list.push(...page);
  return list;
}
