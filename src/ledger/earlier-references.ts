import type { EarlierReference } from '../domain/query-history.ts';
import { isVerifiedEnd } from './consequences.ts';
import type { PaymentState, StatusReportEvent } from './payment-state.ts';
import type { LedgerPayment, RetryRequest } from './records.ts';

export interface EarlierFilter {
  /** Null: of all accounts, of all batches. */
  readonly account: string | null;
  readonly batch: string | null;
  /** Only references whose next query is due by then, Unix milliseconds; null: all that may still be queried. */
  readonly dueBy: number | null;
}

/** A payment as it is now, and a reference that it had before. */
export interface EarlierPayment {
  readonly payment: LedgerPayment;
  readonly earlier: EarlierReference;
}

/** The first query after a retry: soon where only a person says that no money moved, else after a day. */
const FIRST_MS_OF_PERSON = 60_000;
const FIRST_MS = 86_400_000;
/** However old the reference is, it is queried this often. */
const RARELY_MS = 30 * 86_400_000;

/** What is kept of the current reference when a retry gives another one; null where nothing of it was sent, or its money came back. */
export function retiredReference(state: PaymentState, at: number): EarlierReference | null {
  if (state.tries === 0 || state.status === 'returned') return null;
  const { reference, generation, account, sentAt, history, latest } = state;
  const { queries, queriedAt, restsOnPerson } = history;
  return {
    ...{ reference, generation, account, sentAt, restsOnPerson, queries, queriedAt },
    providerReference: latest.providerReference,
    requestId: latest.requestId,
    retiredAt: at,
    place: state.place,
    report: restsOnPerson && history.notFoundCount > 0 ? 'not-found' : null,
    dueAt: at + firstMs(restsOnPerson),
  };
}

/** The earlier reference after a report about it. A query doubles the time to the next one. */
export function afterEarlierReport(
  earlier: EarlierReference,
  { report, source, at }: StatusReportEvent,
): EarlierReference {
  const isQuery = source === 'query';
  const restsOnPerson = earlier.restsOnPerson && !isVerifiedEnd(report);
  const ageMs = Math.max(0, at - earlier.retiredAt);
  const isKnown = report.kind === 'paid' || report.kind === 'returned';
  const nextAt = at + Math.min(Math.max(ageMs, firstMs(restsOnPerson)), RARELY_MS);
  return {
    ...earlier,
    restsOnPerson,
    queries: earlier.queries + (isQuery ? 1 : 0),
    queriedAt: isQuery ? at : earlier.queriedAt,
    report: report.kind,
    dueAt: isKnown || earlier.dueAt === null ? null : isQuery ? nextAt : earlier.dueAt,
  };
}

/** When the provider said last that it has no such payment; 0 where it never did, or says something else now. */
export function confirmedAt({ report, queriedAt }: EarlierReference): number {
  return report === 'not-found' ? (queriedAt ?? 0) : 0;
}

/**
 * Since when the caller has queried; null where the provider cannot be asked about this payment. The caller names what
 * cannot be asked: by mere omission no person's word stands.
 */
export function queriedSinceOf(
  { queriedSince = Number.POSITIVE_INFINITY, unaskable }: Pick<RetryRequest, 'queriedSince' | 'unaskable'>,
  payment: { readonly account: string; readonly reference: string },
): number | null {
  const isUnaskable =
    unaskable?.accounts.has(payment.account) === true || unaskable?.references.has(payment.reference) === true;
  return isUnaskable ? null : queriedSince;
}

function firstMs(restsOnPerson: boolean): number {
  return restsOnPerson ? FIRST_MS_OF_PERSON : FIRST_MS;
}
