import { unlessDrained } from '../domain/call-budgets.ts';
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { ProviderClock } from '../domain/provider-clock.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import type { StatusReport } from '../domain/status-report.ts';
import type { StatusStore } from '../ledger/ledger.ts';
import type { LedgerPayment, OpenPayment } from '../ledger/records.ts';
import { Backoff, type BackoffStep } from '../limits/backoff.ts';
import type { KnownPayment, Provider, QueryResult, Readiness } from '../providers/port.ts';
import { withReportedResult } from './reported-result.ts';

/** One round of queries about the open payments of one batch and account. */
export interface QueryRound extends QueryScope {
  readonly ledger: Pick<StatusStore, 'openPayments' | 'recordReport' | 'earlierReferences'>;
  readonly provider: Pick<Provider, 'prepare' | 'query' | 'reportedResult' | 'cancel' | 'resend'>;
  readonly schedule: PollSchedule;
  /** `all`: every open payment is queried, once; `due`: only those that are due by {@link schedule} or by a callback. */
  readonly which: 'all' | 'due';
  /** Where all are queried: a payment that was queried since this moment, Unix milliseconds, is not queried again. */
  readonly since?: number;
  /** How many payments are queried at most; absent: all that are to be. */
  readonly most?: number;
}

/** What queries need, whatever is queried. */
export interface QueryScope {
  readonly ledger: Pick<StatusStore, 'recordReport'>;
  /** Whose payments are queried. */
  readonly account: string;
  /** Key of the place that {@link provider} is: nothing that was sent to another place is queried. */
  readonly place: string;
  readonly batch: string;
  readonly provider: Pick<Provider, 'prepare' | 'query' | 'reportedResult' | 'cancel'>;
  readonly clock: Clock;
  /** The provider's own clock, by which a re-send's grace is measured; absent: the same as {@link clock}. */
  readonly providerClock?: Pick<ProviderClock, 'now'>;
  /** The round waits for no pause of the provider that ends after this moment of the monotonic clock. */
  readonly endAt: number;
  /** Called for each pause that the round waits for. */
  readonly onPause?: (why: Evidence, waitMs: number) => void;
  /** Whether a process that pays waits for the account: then no new query starts. */
  readonly isWanted?: () => boolean;
  /** Aborted to drain: no new query starts. */
  readonly signal: AbortSignal;
  /** Who is named in the ledger's entries. */
  readonly by: string;
}

/** Queries under way at once. The budgets bound their rate; an answer that comes by callback keeps a query open for a while. */
const CONCURRENCY = 16;
/** How often one payment is queried in a round when the provider gives no answer about it. */
const TRIES_MAX = 3;
/** A longer pause than this is left to a later round. */
const PAUSE_MS_MAX = 600_000;

type NoAnswer = Exclude<Readiness, { readonly kind: 'ready' }>;

interface DueQuery {
  readonly open: OpenPayment;
  tries: number;
}

/**
 * The queries of one round, and what their answers led to. A query that was throttled, or got no answer, is made again after the
 * pause that the provider asks for; the others go on meanwhile. Only a stop of the account, too many pauses in a row without an
 * answer between them, or the end of the round's time leaves queries out.
 */
export class RoundQueries {
  isChanged = false;
  /** How many answers contradicted what is known. */
  contradicted = 0;
  /** The answers, by reference. */
  readonly reports = new Map<string, StatusReport>();
  stopped: Evidence | null = null;
  accountStop: Evidence | null = null;
  /** The provider may not be queried again before this moment of the monotonic clock. */
  pausedUntil = Number.NEGATIVE_INFINITY;
  /** Payments that were queried, and those of them about which an answer came. */
  queried = 0;
  answered = 0;
  private readonly round: QueryScope;
  private readonly backoff = new Backoff();
  private queue: DueQuery[] = [];
  /** A query threw: a bug of ours, which ends the round. */
  private isBroken = false;

  constructor(round: QueryScope) {
    this.round = round;
  }

  async run(due: readonly OpenPayment[]): Promise<void> {
    // Another place does not know the payment: its "not found" would be taken for evidence.
    const here = due.filter(({ payment: { place } }) => place === null || place === this.round.place);
    this.queue = here.map((open) => ({ open, tries: 0 }));
    if (!(await this.prepare())) return;
    const workers = Array.from({ length: Math.min(CONCURRENCY, due.length) }, () => this.work());
    for (const worker of workers) worker.catch(() => (this.isBroken = true));
    const ended = await Promise.allSettled(workers);
    // Every query ends before anything is thrown: its answer must be recorded.
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  /** Whether the provider can be queried: waits and repeats as the queries themselves do. */
  private async prepare(): Promise<boolean> {
    while (!this.isOver()) {
      const { failures } = this.backoff;
      const readiness = await unlessDrained(this.round.provider.prepare());
      if (readiness === null) return false;
      if (readiness.kind === 'ready') return true;
      this.learn(readiness, failures);
      await this.pauseIsOver();
    }
    return false;
  }

  private async work(): Promise<void> {
    for (;;) {
      await this.pauseIsOver();
      const next = this.isOver() ? undefined : this.queue.shift();
      if (next === undefined) return;
      if (next.tries === 0) this.queried += 1;
      const { failures } = this.backoff;
      const answer = await this.query(next.open);
      if (answer === 'drained') return;
      if (answer === 'answered') {
        this.answered += 1;
        this.backoff.answered();
        continue;
      }
      if (answer.kind === 'unreachable') next.tries += 1;
      if (next.tries < TRIES_MAX) this.queue.push(next);
      this.learn(answer, failures);
    }
  }

  private isOver(): boolean {
    const { signal, isWanted } = this.round;
    return signal.aborted || this.isBroken || this.stopped !== null || isWanted?.() === true;
  }

  /** @param failures {@link Backoff.failures} when the request began. */
  private learn({ kind, evidence, ...answer }: NoAnswer, failures: number): void {
    switch (kind) {
      case 'throttled': {
        const waitMs = 'waitMs' in answer ? answer.waitMs : undefined;
        // A wait of nothing means that a fresh token was refused too: something else takes tokens, and time may end that.
        this.pause(evidence, this.backoff.throttled(failures, waitMs === 0 ? undefined : waitMs));
        return;
      }
      case 'unreachable':
        this.pause(evidence, this.backoff.unreachable(failures));
        return;
      case 'stop':
        this.accountStop ??= evidence;
        this.stopped ??= evidence;
    }
  }

  private pause(evidence: Evidence, step: BackoffStep): void {
    const { clock, endAt, onPause } = this.round;
    if (step.kind === 'give-up') {
      this.stopped ??= evidence;
      return;
    }
    const until = clock.monotonic() + step.waitMs;
    if (until <= this.pausedUntil) return;
    this.pausedUntil = until;
    if (step.waitMs > PAUSE_MS_MAX || until > endAt) this.stopped ??= evidence;
    else onPause?.(evidence, step.waitMs);
  }

  private async pauseIsOver(): Promise<void> {
    const { clock, signal, isWanted } = this.round;
    for (;;) {
      const leftMs = this.pausedUntil - clock.monotonic();
      if (leftMs <= 0 || this.queue.length === 0 || this.isOver()) return;
      await clock.sleep(isWanted === undefined ? leftMs : Math.min(leftMs, WANTED_CHECK_MS), signal);
    }
  }

  private async query({ payment, history }: OpenPayment): Promise<'answered' | 'drained' | NoAnswer> {
    const { provider } = this.round;
    const known: KnownPayment = {
      status: payment.status,
      providerReference: payment.providerReference,
      requestId: payment.requestId,
      sentAt: payment.sentAt ?? 0,
      queries: history.queries,
    };
    const instruction = instructionOf(payment);
    const answer = await unlessDrained(this.queryWithToken(instruction, known));
    if (answer === null) return 'drained';
    if (isNoAnswer(answer)) return answer;
    // A callback that is stored while the query is under way is not answered by it, so the count of before the query is kept.
    const { unverifiedCallbacks } = history;
    const report =
      answer.kind === 'failed'
        ? withReportedResult(answer, (await provider.reportedResult?.(instruction, known)) ?? null)
        : answer;
    await this.record(payment, { report, source: 'query', unverifiedCallbacks });
    if (answer.kind !== 'pending' || answer.cancelDue !== true || provider.cancel === undefined) return 'answered';
    const cancelled = await unlessDrained(provider.cancel(instruction, known));
    if (cancelled === null || isNoAnswer(cancelled)) return 'answered';
    await this.record(payment, { report: cancelled, source: 'cancel', unverifiedCallbacks });
    return 'answered';
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
    const { ledger, clock, providerClock, by } = this.round;
    const { report } = received;
    const providerAt = providerClock === undefined ? {} : { providerAt: providerClock.now() };
    const result = await ledger.recordReport({ ...received, ...providerAt, reference, at: clock.now(), by });
    this.reports.set(reference, report);
    if (result.kind === 'contradicted') this.contradicted += 1;
    if (result.kind === 'moved' || result.kind === 'contradicted') this.isChanged = true;
    if (report.kind === 'failed' && report.stopsAccount === true) this.accountStop ??= report.evidence;
  }
}

/** How soon a round that waits notices that a process which pays wants the account. */
const WANTED_CHECK_MS = 250;

function isNoAnswer(result: QueryResult): result is NoAnswer {
  return result.kind === 'throttled' || result.kind === 'unreachable' || result.kind === 'stop';
}

export function instructionOf(payment: LedgerPayment): PaymentInstruction {
  const { reference, batch, id, name, destination, amountMinor, currency, narrative, details } = payment;
  return { reference, batch, id, name, destination, amountMinor, currency, narrative, details };
}
