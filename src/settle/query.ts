import pLimit from 'p-limit';
import { unlessDrained } from '../domain/call-budgets.ts';
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import type { StatusReport } from '../domain/status-report.ts';
import type { StatusStore } from '../ledger/ledger.ts';
import type { LedgerPayment, OpenPayment } from '../ledger/records.ts';
import type { KnownPayment, Provider, QueryResult, Readiness } from '../providers/port.ts';
import { withReportedResult } from './reported-result.ts';
import { mayResend } from './resend.ts';
import { nextQueryAt, queryDueAt } from './schedule.ts';

/** One round of queries about the open payments of one batch and account. */
export interface QueryRound {
  readonly ledger: Pick<StatusStore, 'openPayments' | 'recordReport'>;
  readonly account: string;
  readonly batch: string;
  readonly provider: Pick<Provider, 'prepare' | 'query' | 'reportedResult' | 'cancel' | 'resend'>;
  readonly schedule: PollSchedule;
  /** `all`: every open payment is queried, once; `due`: only those that are due by {@link schedule} or by a callback. */
  readonly which: 'all' | 'due';
  readonly clock: Clock;
  /** Aborted to drain: no new query starts. */
  readonly signal: AbortSignal;
  /** Who is named in the ledger's entries. */
  readonly by: string;
}

export interface QueryRoundResult {
  /** Whether a payment changed its status, or a report contradicted one: the reports of the batch are out of date then. */
  readonly isChanged: boolean;
  /** References of `unknown` payments that the provider's rule allows to be sent again. */
  readonly resendable: readonly string[];
  /** When the next query is due, Unix milliseconds; null when none will be. */
  readonly nextDueAt: number | null;
  /** How many payments are open at the end of the round. */
  readonly left: number;
  /** Why the round gave up querying; null when it did not. */
  readonly stopped: Evidence | null;
  /** Set when a reported failure would meet every next payment of the account too: nothing more may be sent from it. */
  readonly accountStop: Evidence | null;
}

/** Queries under way at once. The budgets bound their rate; an answer that comes by callback keeps a query open for a while. */
const CONCURRENCY = 16;
/** After this many queries in a row without an answer, the rest of the round is left for later. */
const FAILURES_MAX = 3;
/** How soon a payment that needs a query is queried again after a query that led to nothing. */
const REQUERY_MS = 1_000;

/**
 * Queries an account's provider about open payments and records every answer. The caller must hold the account's lock: its
 * budgets are spent.
 */
export async function queryOpenPayments(round: QueryRound): Promise<QueryRoundResult> {
  const queries = new RoundQueries(round);
  const due = await duePayments(round);
  if (due.length > 0) await queries.run(due);
  const { isChanged, stopped, accountStop } = queries;
  return { isChanged, stopped, accountStop, ...(await remaining(round)) };
}

/** The payments to query now: first those that a callback has reported on, because a query only has to confirm the callback. */
async function duePayments(round: QueryRound): Promise<OpenPayment[]> {
  const { clock, schedule, which } = round;
  const due: OpenPayment[] = [];
  for await (const page of openPages(round)) {
    for (const open of page) {
      const at = queryDueAt(which === 'all' ? 'now' : schedule, open, clock.now());
      if (at !== null && at <= clock.now()) due.push(open);
    }
  }
  return due.sort((a, b) => Number(b.history.needsQuery) - Number(a.history.needsQuery));
}

/** What is open after the round, when a query is due next and what may be sent again: read from the ledger as it is now. */
async function remaining(round: QueryRound): Promise<Pick<QueryRoundResult, 'left' | 'nextDueAt' | 'resendable'>> {
  const { provider, clock, schedule } = round;
  let left = 0;
  let nextDueAt: number | null = null;
  const resendable: string[] = [];
  for await (const page of openPages(round)) {
    for (const open of page) {
      const { payment, history } = open;
      if (payment.status !== 'pending' && payment.status !== 'unknown') continue;
      left += 1;
      const at = history.needsQuery ? clock.now() + REQUERY_MS : nextQueryAt(schedule, open, clock.now());
      if (at !== null) nextDueAt = Math.min(nextDueAt ?? at, at);
      if (mayResend(provider.resend(instructionOf(payment)), open, clock.now())) resendable.push(payment.reference);
    }
  }
  return { left, nextDueAt, resendable };
}

function openPages({ ledger, account, batch }: QueryRound): AsyncIterable<readonly OpenPayment[]> {
  return ledger.openPayments({ account, batch, statuses: ['pending', 'unknown'] });
}

/** The queries of one round, and what their answers led to. */
class RoundQueries {
  isChanged = false;
  stopped: Evidence | null = null;
  accountStop: Evidence | null = null;
  private readonly round: QueryRound;
  private failures = 0;

  constructor(round: QueryRound) {
    this.round = round;
  }

  async run(due: readonly OpenPayment[]): Promise<void> {
    const readiness = await unlessDrained(this.round.provider.prepare());
    if (readiness === null) return;
    if (readiness.kind !== 'ready') {
      this.stopped = readiness.evidence;
      return;
    }
    const limit = pLimit(CONCURRENCY);
    await Promise.all(due.map((open) => limit(() => this.query(open))));
  }

  private async query({ payment, history }: OpenPayment): Promise<void> {
    const { provider, signal } = this.round;
    if (signal.aborted || this.stopped !== null || provider.query === undefined) return;
    const known: KnownPayment = {
      status: payment.status,
      providerReference: payment.providerReference,
      requestId: payment.requestId,
      sentAt: payment.sentAt ?? 0,
      queries: history.queries,
    };
    const instruction = instructionOf(payment);
    const answer = await unlessDrained(this.queryWithToken(instruction, known));
    if (answer === null) return;
    if (isNoAnswer(answer)) {
      this.failures += 1;
      if (answer.kind === 'stop' || this.failures >= FAILURES_MAX) this.stopped ??= answer.evidence;
      return;
    }
    this.failures = 0;
    // A callback that is stored while the query is under way is not answered by it, so the count of before the query is kept.
    const { unverifiedCallbacks } = history;
    const report =
      answer.kind === 'failed'
        ? withReportedResult(answer, (await provider.reportedResult?.(instruction, known)) ?? null)
        : answer;
    await this.record(payment, { report, source: 'query', unverifiedCallbacks });
    if (answer.kind !== 'pending' || answer.cancelDue !== true || provider.cancel === undefined) return;
    const cancelled = await unlessDrained(provider.cancel(instruction, known));
    if (cancelled === null || isNoAnswer(cancelled)) return;
    await this.record(payment, { report: cancelled, source: 'cancel', unverifiedCallbacks });
  }

  /** `throttled` without a wait means that the token died: renew it and query once more, and no more. */
  private async queryWithToken(instruction: PaymentInstruction, known: KnownPayment): Promise<QueryResult | null> {
    const { provider } = this.round;
    const answer = (await provider.query?.(instruction, known)) ?? null;
    if (answer?.kind !== 'throttled' || answer.waitMs !== 0) return answer;
    const readiness = await provider.prepare();
    return readiness.kind === 'ready' ? ((await provider.query?.(instruction, known)) ?? null) : readiness;
  }

  private async record(
    { reference }: LedgerPayment,
    received: {
      readonly report: StatusReport;
      readonly source: 'query' | 'cancel';
      readonly unverifiedCallbacks: number;
    },
  ): Promise<void> {
    const { ledger, clock, by } = this.round;
    const { report } = received;
    const result = await ledger.recordReport({ ...received, reference, at: clock.now(), by });
    if (result.kind === 'moved' || result.kind === 'contradicted') this.isChanged = true;
    if (report.kind === 'failed' && report.stopsAccount === true) this.accountStop ??= report.evidence;
  }
}

type NoAnswer = Exclude<Readiness, { readonly kind: 'ready' }>;

function isNoAnswer(result: QueryResult): result is NoAnswer {
  return result.kind === 'throttled' || result.kind === 'unreachable' || result.kind === 'stop';
}

function instructionOf(payment: LedgerPayment): PaymentInstruction {
  const { reference, batch, id, name, destination, amountMinor, currency, narrative, details } = payment;
  return { reference, batch, id, name, destination, amountMinor, currency, narrative, details };
}
