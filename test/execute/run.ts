import type { Budget, Rate } from '../../src/domain/limits.ts';
import type { Evidence, Outcome } from '../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import type { ExecuteProgress, ExecuteResult } from '../../src/execute/contract.ts';
import { execute } from '../../src/execute/execute.ts';
import type { FirstPayment } from '../../src/execute/first-payment.ts';
import { openRateLimiter, type RateLimiter } from '../../src/limits/rate-limiter.ts';
import type { Readiness } from '../../src/providers/port.ts';
import { LOCK, StagedLedger } from './staged-ledger.ts';
import { VirtualClock } from './virtual-clock.ts';

export type Answer = (payment: PaymentInstruction, nth: number) => Outcome | Promise<Outcome>;

/** One execution with everything around it under the test's control. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly ledger: StagedLedger;
  readonly drain = new AbortController();
  /** References in the order in which they were submitted, with the moment. */
  readonly submitted: { readonly reference: string; readonly at: number }[] = [];
  readonly progress: ExecuteProgress[] = [];
  /** Answers of `prepare` that come before `ready`. */
  readonly readiness: (Readiness | (() => Promise<Readiness>))[] = [];
  underWay = 0;
  mostUnderWay = 0;
  prepared = 0;
  concurrency = 4;
  rates: readonly Rate[] = [];
  generationFrom: number | undefined;
  lock = LOCK;
  first: FirstPayment | undefined;
  readonly halt = new AbortController();
  heldAt: ((at: number) => Evidence | null) | undefined;
  only: readonly string[] | undefined;
  answer: Answer = () => paid;

  constructor(count: number, generation = 1) {
    this.ledger = new StagedLedger(count, generation);
  }

  openLimiter(budgets?: readonly Budget[], onWait?: (budget: string, waitMs: number) => void): Promise<RateLimiter> {
    return openRateLimiter({
      ledger: this.ledger,
      lock: LOCK,
      host: 'desk',
      provider: 'testpay',
      limits: {
        concurrency: this.concurrency,
        budgets: budgets ?? [{ name: 'payout', scope: 'account', rates: this.rates }],
        payoutBudget: 'payout',
        documentedRates: [],
      },
      overrides: { rates: null, concurrency: null },
      clock: this.clock,
      signal: this.drain.signal,
      ...(onWait === undefined ? {} : { onWait }),
    });
  }

  /** Starts the run; the caller lets time pass. */
  async start(budgets?: readonly Budget[]): Promise<ExecuteResult> {
    const limiter = await this.openLimiter(budgets);
    return execute({
      ledger: this.ledger,
      lock: this.lock,
      batch: 'payroll',
      provider: { prepare: () => this.prepare(), submit: (payment) => this.submit(payment) },
      concurrency: this.concurrency,
      limiter,
      clock: this.clock,
      signal: this.drain.signal,
      by: 'test',
      halt: this.halt.signal,
      ...(this.heldAt === undefined ? {} : { heldAt: this.heldAt }),
      ...(this.only === undefined ? {} : { only: this.only }),
      ...(this.first === undefined ? {} : { first: this.first }),
      onProgress: (event) => this.progress.push(event),
      ...(this.generationFrom === undefined ? {} : { generationFrom: this.generationFrom }),
    });
  }

  run(budgets?: readonly Budget[]): Promise<ExecuteResult> {
    return this.clock.until(this.start(budgets));
  }

  private async prepare(): Promise<Readiness> {
    this.prepared += 1;
    const next = this.readiness.shift() ?? ready;
    return typeof next === 'function' ? next() : next;
  }

  private async submit(payment: PaymentInstruction): Promise<Outcome> {
    this.submitted.push({ reference: payment.reference, at: this.clock.monotonic() });
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      return await this.answer(payment, this.submitted.length);
    } finally {
      this.underWay -= 1;
    }
  }
}

export const ready: Readiness = { kind: 'ready' };
export const evidence = { code: 'test', reason: 'As the test says.' };
export const paid: Outcome = { kind: 'paid', evidence };
export const throttled = (waitMs?: number): Outcome => ({
  kind: 'throttled',
  evidence,
  ...(waitMs === undefined ? {} : { waitMs }),
});
export const notSent: Outcome = { kind: 'not-sent', evidence };
export const stop: Outcome = { kind: 'stop', evidence };
