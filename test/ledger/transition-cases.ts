import type { Evidence } from '../../src/domain/outcome.ts';
import type { StatusReport } from '../../src/domain/status-report.ts';
import type { Status } from '../../src/domain/status.ts';
import { transition } from '../../src/ledger/transitions.ts';
import {
  NO_HISTORY,
  type AnswerEvent,
  type LedgerEvent,
  type PaymentState,
  type RetryEvent,
  type StatusReportEvent,
} from '../../src/ledger/payment-state.ts';

export const AT = 1_000;
export const ORIGIN = { at: AT, by: 'mary' } as const;

/** A payment of generation 1 whose first attempt was claimed, unless it is planned. */
export function stateIn(status: Status, change: Partial<PaymentState> = {}): PaymentState {
  const wasSent = status !== 'planned';
  const isOpenAttempt = status === 'submitting';
  return {
    status,
    reference: 'REF-1',
    generation: 1,
    tries: wasSent ? 1 : 0,
    attempts: wasSent && !isOpenAttempt ? 1 : 0,
    claimedAt: wasSent ? 500 : null,
    sentAt: wasSent && !isOpenAttempt ? 500 : null,
    account: 'demo',
    batch: 'november',
    latest: { code: 'old', reason: 'Before.', providerReference: null, receipt: null, requestId: null, feeMinor: null },
    history: NO_HISTORY,
    restored: 'no',
    place: null,
    unpaidEnd: 'failed',
    ...change,
  };
}

export function evidenceOf(kind: string, change: Partial<Evidence> = {}): Evidence {
  return { code: `code-${kind}`, reason: `It is ${kind}.`, ...change };
}

export function answerOf(
  state: PaymentState,
  status: AnswerEvent['status'],
  change: Partial<AnswerEvent> & { readonly isResend?: boolean } = {},
): AnswerEvent {
  const { isResend = false, ...rest } = change;
  const instruction = {
    reference: state.reference,
    batch: state.batch,
    id: 'EMP-1',
    name: 'Jane Wanjiku',
    destination: { kind: 'mobile', phone: '+254712345678' },
    amountMinor: 100n,
    currency: 'KES',
    narrative: '',
    details: {},
  } as const;
  const claim = { key: 1, attempt: state.tries, generation: state.generation, epoch: 1, isResend, instruction };
  return {
    kind: 'answer',
    isLockCurrent: true,
    claim,
    status,
    left: true,
    evidence: evidenceOf(status),
    feeMinor: null,
    ...ORIGIN,
    ...rest,
  };
}

export function reportOf(
  kind: StatusReport['kind'],
  source: StatusReportEvent['source'],
  change: Partial<StatusReportEvent> = {},
): StatusReportEvent {
  return {
    kind: 'status-report',
    reference: 'REF-1',
    report: { kind, evidence: evidenceOf(kind) },
    source,
    ...ORIGIN,
    ...change,
  };
}

/** A retry of a payment whose references the caller has queried since {@link AT}. */
export const RETRY: RetryEvent = {
  kind: 'retry',
  ...{ newReference: 'REF-2', hasUnprocessedCallback: false, isNamed: false, ...ORIGIN },
  queriedSince: AT,
  earlierConfirmedAt: null,
};

/** What an event about the reference before the current one says. */
export const EARLIER = { reference: 'REF-0' } as const;
export const CALLBACK = { kind: 'unverified-callback', evidence: evidenceOf('callback'), ...ORIGIN } as const;

/** What an event does: refused, `-` nothing, `n` a note, `!` a contradiction is displayed, else the new status; `?` needs a query. */
export type Effect = string;

export function effectOf(state: PaymentState, event: LedgerEvent): Effect {
  const change = transition(state, event);
  if (change.kind === 'refused') return 'refused';
  const isContradiction = change.entry?.latest?.code === 'contradiction';
  const isNote = change.entry !== null && change.fields === null && change.outcome === 'kept';
  const moved = change.status === state.status ? '' : change.status;
  const text = `${moved}${isNote ? 'n' : ''}${isContradiction ? '!' : ''}`;
  return (text === '' ? '-' : text) + ((change.history ?? state.history).needsQuery ? '?' : '');
}
