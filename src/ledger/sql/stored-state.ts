import type { Status } from '../../domain/status.ts';
import { NO_HISTORY, type PaymentHistory, type PaymentState } from '../payment-state.ts';
import type { Dialect } from './dialect.ts';

/** What {@link storedState} reads, in its order. The fee is a text: an amount may be past what a double holds. */
export const STATE_COLUMNS = `
  p.key, p.batch, p.status, p.reference, p.generation, p.tries, p.attempts, p.claimed_at, p.sent_at, p.account, b.id,
  e.code, e.reason, e.provider_reference, e.receipt, e.request_id, CAST(e.fee_minor AS TEXT),
  q.queries, q.queried_at, q.not_found_since, q.not_found_count, q.first_sent_at, q.needs_query, q.unverified_callbacks,
  q.is_conflicting, q.earlier_reported_paid, q.rests_on_person, q.contradiction, q.unverified_failures,
  q.not_found_until, p.restored, p.place,
  CASE p.status WHEN 'replaced' THEN p.replaced_end WHEN 'cancelled' THEN 1 + p.cancelled_by_person ELSE 0 END`;

/** What {@link STATE_COLUMNS} needs joined to `payments p`. */
export function stateJoins(sql: Dialect): string {
  return `${sql.orderedJoin} batches b ON b.key = p.batch LEFT JOIN entries e ON e.id = p.evidence
    LEFT JOIN query_history q ON q.payment = p.key`;
}

/** Values of {@link STATE_COLUMNS}. */
export type StateValues = readonly [
  key: number,
  batchKey: number,
  status: Status,
  reference: string,
  generation: number,
  tries: number,
  attempts: number,
  claimedAt: number | null,
  sentAt: number | null,
  account: string,
  batch: string,
  code: string | null,
  reason: string | null,
  providerReference: string | null,
  receipt: string | null,
  requestId: string | null,
  feeMinor: string | null,
  ...history: HistoryValues,
  restored: number,
  place: string | null,
  unpaidEnd: number,
];

/** How many {@link STATE_COLUMNS} there are. */
export const STATE_VALUES = 33;

/** Of `query_history`; nulls where nothing is stored about queries and callbacks. */
type HistoryValues = readonly [
  queries: number | null,
  queriedAt: number | null,
  notFoundSince: number | null,
  notFoundCount: number,
  firstSentAt: number | null,
  needsQuery: number,
  unverifiedCallbacks: number,
  isConflicting: number,
  earlierReportedPaid: number,
  restsOnPerson: number,
  contradiction: string | null,
  unverifiedFailures: number,
  notFoundUntil: number | null,
];

/** A payment as a rule sees it, and where it is stored. */
export interface StoredState {
  readonly key: number;
  readonly batchKey: number;
  readonly state: PaymentState;
}

/** @param values of {@link STATE_COLUMNS}; values of further columns may follow. */
export function storedState(values: readonly [...StateValues, ...unknown[]]): StoredState {
  const fee = values[16];
  return {
    key: values[0],
    batchKey: values[1],
    state: {
      status: values[2],
      reference: values[3],
      generation: values[4],
      tries: values[5],
      attempts: values[6],
      claimedAt: values[7],
      sentAt: values[8],
      account: values[9],
      batch: values[10],
      latest: {
        code: values[11],
        reason: values[12],
        providerReference: values[13],
        receipt: values[14],
        requestId: values[15],
        feeMinor: fee === null ? null : BigInt(fee),
      },
      history: values[17] === null ? NO_HISTORY : storedHistory(values, values[17]),
      restored: RESTORED[values[30]] ?? 'no',
      place: values[31],
      unpaidEnd: UNPAID_ENDS[values[32]] ?? 'failed',
    },
  };
}

/** Values of `payments.replaced_end`. */
export const UNPAID_ENDS = ['failed', 'cancelled', 'cancelled-by-person'] as const;

/** Values of `payments.restored`. */
const RESTORED = ['no', 'older', 'assumed'] as const;

function storedHistory(values: readonly [...StateValues, ...unknown[]], queries: number): PaymentHistory {
  return {
    queries,
    queriedAt: values[18],
    notFoundSince: values[19],
    notFoundCount: values[20],
    firstSentAt: values[21],
    needsQuery: values[22] === 1,
    unverifiedCallbacks: values[23],
    isConflicting: values[24] === 1,
    ...{ earlierReportedPaid: values[25] === 1, restsOnPerson: values[26] === 1 },
    ...{ contradiction: values[27], unverifiedFailures: values[28] },
    notFoundUntil: values[29],
  };
}
