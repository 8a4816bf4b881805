import pLimit from 'p-limit';
import type { Clock } from '../domain/clock.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import type { StatusReport } from '../domain/status-report.ts';
import { DrainedError } from '../domain/call-budgets.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { StatusStore } from '../ledger/ledger.ts';
import type { LedgerPayment, OpenPayment } from '../ledger/records.ts';
import type { QueryResult, KnownPayment, Provider, Readiness } from '../providers/port.ts';
import { withReportedResult } from './reported-result.ts';
import { FAILED_AGAIN_MS, mayResend, nextAskAt } from './schedule.ts';

export interface InquireRequest {
  readonly ledger: Pick<StatusStore, 'openPayments' | 'recordReport'>;
  readonly account: string;
  /** Null: of all batches. */
  readonly batch: string | null;
  readonly provider: Pick<Provider, 'prepare' | 'query' | 'reportedResult' | 'cancel' | 'resend'>;
  readonly schedule: PollSchedule;
  /** `all`: whatever is open is asked about, once; `due`: what its schedule wants now, and what is urgent; `urgent`: only that. */
  readonly which: 'all' | 'due' | 'urgent';
  readonly clock: Clock;
  /** Aborted to drain: nothing new is asked. */
  readonly signal: AbortSignal;
  readonly by: string;
}

export interface InquireResult {
  readonly asked: number;
  /** Batches in which a payment moved or was contradicted. */
  readonly batches: ReadonlySet<string>;
  /** References of `unknown` payments that may be presented again, by batch. */
  readonly resendable: ReadonlyMap<string, readonly string[]>;
  /** The next moment at which something is due, Unix milliseconds; null when nothing will be. */
  readonly nextDueAt: number | null;
  /** How many were open when the last look was taken. */
  readonly left: number;
  /** Why asking was given up; null when it was not. */
  readonly stopped: Evidence | null;
  /** A finding stops the account: nothing more is to be sent from it. */
  readonly accountStop: Evidence | null;
}

/** Questions under way at once. The budgets bound their pace; answers that come by callback keep a question open for a while. */
const CONCURRENCY = 16;
/** Questions in a row that could not be asked, after which the rest is left for later. */
const TROUBLES_MAX = 3;

/** Asks an account's provider about open payments and records what was learnt. Needs the account's hold, for its budgets. */
export async function inquire(request: InquireRequest): Promise<InquireResult> {
  return new Inquiries(request).run();
}

class Inquiries {
  private readonly request: InquireRequest;
  private readonly limit = pLimit(CONCURRENCY);
  private readonly batches = new Set<string>();
  private readonly resendable = new Map<string, string[]>();
  private asked = 0;
  private left = 0;
  private troubles = 0;
  private nextDueAt: number | null = null;
  private stopped: Evidence | null = null;
  private accountStop: Evidence | null = null;

  constructor(request: InquireRequest) {
    this.request = request;
  }

  async run(): Promise<InquireResult> {
    const { ledger, account, batch, clock } = this.request;
    const due: OpenPayment[] = [];
    for await (const page of ledger.openPayments({ account, batch, statuses: ['pending', 'unknown'] })) {
      for (const open of page) {
        const at = this.dueAt(open);
        if (at !== null && at <= clock.now()) due.push(open);
        else this.wait(at);
      }
    }
    // What a callback has spoken of comes first: its answer is known already and only has to be confirmed.
    due.sort((a, b) => Number(b.history.needsQuery) - Number(a.history.needsQuery));
    if (due.length > 0 && (await this.prepare())) {
      await Promise.all(due.map((open) => this.limit(() => this.ask(open))));
    }
    await this.lookAgain();
    const { asked, batches, resendable, nextDueAt, left, stopped, accountStop } = this;
    return { asked, batches, resendable, nextDueAt, left, stopped, accountStop };
  }

  private dueAt(open: OpenPayment): number | null {
    const isOpen = open.payment.status === 'pending' || open.payment.status === 'unknown';
    if (open.history.needsQuery) return urgentAt(open, isOpen);
    switch (this.request.which) {
      case 'all':
        return isOpen ? Number.NEGATIVE_INFINITY : null;
      case 'due':
        return isOpen ? nextAskAt(this.request.schedule, open) : null;
      case 'urgent':
        return null;
    }
  }

  private wait(at: number | null): void {
    if (at !== null) this.nextDueAt = Math.min(this.nextDueAt ?? at, at);
  }

  private async prepare(): Promise<boolean> {
    const readiness = await this.whileRunning(() => this.request.provider.prepare());
    if (readiness === null) return false;
    if (readiness.kind !== 'ready') this.stopped = readiness.evidence;
    return readiness.kind === 'ready';
  }

  private async ask({ payment, history }: OpenPayment): Promise<void> {
    const { provider, signal } = this.request;
    if (signal.aborted || this.stopped !== null || provider.query === undefined) return;
    const known: KnownPayment = {
      status: payment.status,
      providerReference: payment.providerReference,
      requestId: payment.requestId,
      sentAt: payment.sentAt ?? 0,
      queries: history.queries,
    };
    const presentation = presentationOf(payment);
    let answer = await this.whileRunning(() => this.query(presentation, known));
    if (answer === null) return;
    this.asked += 1;
    if (isTrouble(answer)) {
      this.trouble(answer);
      return;
    }
    this.troubles = 0;
    if (answer.kind === 'failed') {
      answer = withReportedResult(answer, (await provider.reportedResult?.(presentation, known)) ?? null);
    }
    await this.record(payment, answer, 'query', history.unverifiedCallbacks);
    if (answer.kind === 'pending' && answer.cancelDue === true && provider.cancel !== undefined) {
      answer = await this.whileRunning(async () => (await provider.cancel?.(presentation, known)) ?? null);
      if (answer !== null && !isTrouble(answer))
        await this.record(payment, answer, 'cancel', history.unverifiedCallbacks);
    }
  }

  /** A token that died costs one more question and no more. */
  private async query(presentation: PaymentInstruction, known: KnownPayment): Promise<QueryResult | null> {
    const { provider } = this.request;
    const answer = (await provider.query?.(presentation, known)) ?? null;
    if (answer?.kind !== 'throttled' || answer.waitMs !== 0) return answer;
    const readiness = await provider.prepare();
    return readiness.kind === 'ready' ? ((await provider.query?.(presentation, known)) ?? null) : readiness;
  }

  private trouble(answer: Trouble): void {
    this.troubles += 1;
    if (answer.kind === 'stop' || this.troubles >= TROUBLES_MAX) this.stopped ??= answer.evidence;
  }

  private async record(
    payment: LedgerPayment,
    report: StatusReport,
    source: 'query' | 'cancel',
    unverifiedCallbacks: number,
  ): Promise<void> {
    const { ledger, clock, by } = this.request;
    const result = await ledger.recordReport({
      reference: payment.reference,
      report,
      source,
      unverifiedCallbacks,
      at: clock.now(),
      by,
    });
    if (result.kind === 'moved' || result.kind === 'contradicted') this.batches.add(result.batch);
    if (report.kind === 'failed' && report.stopsAccount === true) this.accountStop ??= report.evidence;
  }

  /** What is left open, when it is due next, and what of it may be presented again: from the ledger, as it is now. */
  private async lookAgain(): Promise<void> {
    const { ledger, account, batch, provider, clock, schedule } = this.request;
    this.nextDueAt = null;
    this.left = 0;
    for await (const page of ledger.openPayments({ account, batch, statuses: ['pending', 'unknown'] })) {
      for (const open of page) {
        const { payment, history } = open;
        if (payment.status !== 'pending' && payment.status !== 'unknown') continue;
        this.left += 1;
        this.wait(history.needsQuery ? clock.now() + URGENT_AGAIN_MS : nextAskAt(schedule, open));
        if (!mayResend(provider.resend(presentationOf(payment)), open, clock.now())) continue;
        this.resendable.set(payment.batch, [...(this.resendable.get(payment.batch) ?? []), payment.reference]);
      }
    }
  }

  private async whileRunning<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof DrainedError) return null;
      throw error;
    }
  }
}

/** What has failed stays urgent until an answer decides it, and must not be asked about all the time. */
function urgentAt({ history }: OpenPayment, isOpen: boolean): number {
  return isOpen || history.queriedAt === null ? Number.NEGATIVE_INFINITY : history.queriedAt + FAILED_AGAIN_MS;
}

/** How soon after a question that led to nothing an urgent payment is asked about again. */
const URGENT_AGAIN_MS = 1_000;

type Trouble = Exclude<Readiness, { readonly kind: 'ready' }>;

function isTrouble(answer: QueryResult): answer is Trouble {
  return answer.kind === 'throttled' || answer.kind === 'unreachable' || answer.kind === 'stop';
}

export function presentationOf(payment: LedgerPayment): PaymentInstruction {
  const { reference, batch, id, name, destination, amountMinor, currency, narrative, details } = payment;
  return { reference, batch, id, name, destination, amountMinor, currency, narrative, details };
}
