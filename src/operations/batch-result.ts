import type { ApprovalState } from '../approvals/count.ts';
import type { Approval } from '../domain/approval.ts';
import type { ContradictionCounts } from '../ledger/contradiction.ts';
import type { BatchSummary } from '../domain/batch.ts';
import { destinationMasked } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import type { Payment, StatusTally } from '../domain/payment.ts';
import type { PayrunError, Problem } from '../domain/problem.ts';
import type { Pause } from '../ledger/stops.ts';
import type { Plan } from '../plan/plan.ts';
import type { PayDuration } from './session/run-progress.ts';
import type { CanaryState } from './canary-state.ts';
import type { DisplayedPayment } from './displayed-payment.ts';
import type { ChangedPayment } from './changed-payments.ts';

export type { DisplayedPayment } from './displayed-payment.ts';

/** What became of one batch in one command. Every command that works on batches answers with these. */
export interface BatchResult {
  readonly batch: string | null;
  readonly file: string | null;
  readonly refused: boolean;
  readonly digest: string | null;
  readonly count: number;
  /** From the ledger; where a command only checks a file, everything `planned`. */
  readonly tallies: readonly StatusTally[];
  /** How many of the payments were sent to the built-in simulator, so that no money moved for them. */
  readonly simulated: number;
  /** Payments whose reports contradict each other, or once did; null where the ledger was not read. */
  readonly contradictions: ContradictionCounts | null;
  /** Path of report.csv, or null when none was written. */
  readonly report: string | null;
  /** Path of the file with the rows that failed, for a person to correct; absent where no row of the result needs that. */
  readonly failedRows?: string;
  /** Path of errors.csv, which has every problem: those of a refused batch, or the warnings of one that is paid; or null. */
  readonly errors: string | null;
  readonly problems: readonly Problem[];
  /** Why payments that could be sent were not, one sentence each. */
  readonly notes: readonly string[];
  /** Of the notes, those about an account that cannot go on: somebody has to look into it. */
  readonly stops?: readonly string[];
  readonly plan: Plan | null;
  /** Path of the file that `plan` wrote; absent where it wrote none. */
  readonly planFile?: string;
  /** Of `plan`: about how long sending would take; null or absent where that is not known. */
  readonly duration?: PayDuration | null;
  readonly rows: readonly DisplayedPayment[];
  /** Whether {@link rows} are all payments of the batch, because a person wants to see them. */
  readonly hasAllRows?: boolean;
  /** The result is of single payments that a person named, which are its rows: counts and sums are theirs. */
  readonly isOfPayments?: boolean;
  /** When the batch was registered, as reports write times; absent where the ledger was not read. */
  readonly registeredAt?: string;
  /** How many payments this command has sent, in this generation or the next. */
  readonly sent: number;
  /** Whether payments came to another status while this command asked about them. */
  readonly isMoved?: boolean;
  /** When the last payment of the batch came to its end, as reports write times; '' where none has, or the ledger was not read. */
  readonly settledAt: string;
  /** What kept this batch from being worked on at all, where the others of a sweep went on. */
  readonly error: PayrunError | null;
  /** A payment that a person named was left as it is, although its status needs nobody. */
  readonly isLeftUndone?: boolean;
  /** The repair file that `validate` wrote. */
  readonly proposals?: { readonly file: string; readonly count: number };
  /** What a command changed of single payments, or would change. */
  readonly changes?: readonly ChangedPayment[];
  /** What keeps the batch, or an account that it is paid from, from being sent. */
  readonly paused?: Pause | null;
  /** What waits behind the first payments of the batch. */
  readonly canary?: CanaryState | null;
  /** Who has signed what is to be paid, and who is missing; absent where nobody has to. */
  readonly approvals?: ApprovalState;
  /** What `approve` wrote; the file is null where the person had signed already. */
  readonly signature?: { readonly principal: string; readonly file: string | null };
  /** The signatures under which the batch was registered, and what was decided about it since. */
  readonly signed?: readonly Approval[];
}

/** The result of a file of which this command sent nothing; other results are made from it. */
export function unsent(checked: {
  readonly file: string;
  readonly batchId?: string | null;
  readonly count?: number;
  readonly summary?: BatchSummary | null;
  readonly problems?: readonly Problem[];
}): BatchResult {
  return {
    batch: checked.batchId ?? null,
    file: checked.file,
    refused: false,
    digest: checked.summary?.digest ?? null,
    count: checked.count ?? 0,
    tallies: [],
    simulated: 0,
    contradictions: null,
    report: null,
    errors: null,
    problems: checked.problems ?? [],
    notes: [],
    plan: null,
    rows: [],
    sent: 0,
    settledAt: '',
    error: null,
  };
}

/** Whether a run could still send payments of this tally. */
export function isSendable({ status, count }: StatusTally): boolean {
  return count > 0 && (status === 'planned' || status === 'submitting');
}

type KnownOnlyLater = 'status' | 'reference' | 'receipt' | 'providerReference' | 'reason';

/** The one place where a payment is made ready for the screen, with its destination masked. */
export function displayedPayment(
  payment: Payment & Pick<DisplayedPayment, KnownOnlyLater>,
  { nextAction, sentAt, settledAt }: Pick<DisplayedPayment, 'nextAction' | 'sentAt' | 'settledAt'>,
): DisplayedPayment {
  const { line, id, name, currency, account, status, reference, receipt, reason } = payment;
  const { providerReference } = payment;
  const amount = formatAmount(payment.amountMinor, currency);
  return {
    line,
    id,
    name,
    amount,
    currency,
    destination: destinationMasked(payment.destination),
    account,
    status,
    reference,
    receipt,
    providerReference,
    sentAt,
    settledAt,
    reason,
    nextAction,
    isNeeding: false,
  };
}
