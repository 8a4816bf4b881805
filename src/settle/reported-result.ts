import type { StatusReport } from '../domain/status-report.ts';
import type { ReportedResult } from '../providers/port.ts';

/**
 * What to record when a query found a failure and the provider had reported the payment by itself as well.
 *
 * - Reported as paid: `unknown`. Never record a payment as failed that a callback reported as paid: a retry could pay twice.
 * - Reported as failed: the callback's own report, because a query says only that the payment was declined, and not whether the
 *   next payment of the account would be declined too.
 *
 * Every other answer of a query stands as it is.
 */
export function withReportedResult(found: StatusReport, reported: ReportedResult | null): StatusReport {
  if (found.kind !== 'failed' || reported === null) return found;
  switch (reported.kind) {
    case 'paid':
      return { kind: 'unknown', evidence: reported.contradiction };
    case 'failed':
      return reported.report;
  }
}
