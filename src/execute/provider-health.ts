import { DrainedError } from '../domain/call-budgets.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';
import type { Claim } from '../ledger/records.ts';
import { Backoff, RETURNS_MAX, UNKNOWNS_MAX, type BackoffStep } from '../limits/backoff.ts';
import type { Readiness } from '../providers/port.ts';
import { DRAINED } from './attempt.ts';
import type { ExecuteRequest } from './contract.ts';
import type { RunEnd } from './run-end.ts';

/** What the answers of a run say about the provider: whether to go on, to wait, or to end the run. */
export class ProviderHealth {
  private readonly request: Pick<ExecuteRequest, 'provider' | 'limiter'>;
  private readonly end: RunEnd;
  private readonly submits = new Backoff();
  private readonly prepares = new Backoff();
  /** How often each payment came back unmoved, by reference. */
  private readonly returns = new Map<string, number>();

  constructor(request: Pick<ExecuteRequest, 'provider' | 'limiter'>, end: RunEnd) {
    this.request = request;
    this.end = end;
  }

  /** {@link Backoff.failures} of submits: an attempt notes them when it begins. */
  get failures(): number {
    return this.submits.failures;
  }

  /** @param failures {@link failures} when the attempt began. */
  learn(claim: Claim, outcome: Outcome, failures: number): void {
    const { submits, end } = this;
    switch (outcome.kind) {
      case 'paid':
      case 'pending':
      case 'failed':
        submits.answered();
        return;
      case 'unknown':
        if (submits.lost()) end.stop('unreachable', ANSWERS_LOST);
        return;
      case 'throttled':
        this.cameBack(claim, 'throttled', outcome.evidence, submits.throttled(failures, outcome.waitMs));
        return;
      case 'not-sent':
        if (outcome !== DRAINED) {
          this.cameBack(claim, 'unreachable', outcome.evidence, submits.unreachable(failures));
        }
        return;
      case 'stop':
        end.stop('stop', outcome.evidence);
        return;
    }
  }

  /**
   * Whether the next submit needs no other call first. Where it does, there is no room for payouts for as long as the back-off says;
   * ends the run when the back-off gives up.
   */
  async prepare(): Promise<boolean> {
    const readiness = await this.readiness();
    const { failures } = this.prepares;
    switch (readiness.kind) {
      case 'ready':
        this.prepares.answered();
        return true;
      case 'throttled':
        return this.waitFor('throttled', readiness.evidence, this.prepares.throttled(failures, readiness.waitMs));
      case 'unreachable':
        return this.waitFor('unreachable', readiness.evidence, this.prepares.unreachable(failures));
      case 'stop':
        this.end.stop('stop', readiness.evidence);
        return false;
    }
  }

  /** A payment is planned again: to be sent later, or never in this run where one payment, or all of them, came back too often. */
  private cameBack(claim: Claim, kind: 'throttled' | 'unreachable', evidence: Evidence, step: BackoffStep): void {
    const { reference } = claim.instruction;
    const times = (this.returns.get(reference) ?? 0) + 1;
    this.returns.set(reference, times);
    if (step.kind === 'give-up' || times >= RETURNS_MAX) this.end.stop(kind, evidence);
    else this.request.limiter.pause(step.waitMs);
  }

  /** The provider's readiness, unless the run ends first: a token request may be slow, and an ended run needs no token. */
  private async readiness(): Promise<Readiness> {
    const preparing = this.request.provider.prepare();
    const answered = new AbortController();
    try {
      return await Promise.race([preparing, this.drained(answered.signal)]);
    } finally {
      answered.abort();
      preparing.catch(() => undefined);
    }
  }

  /** Rejects when the run ends; `answered` takes its listener away. */
  private async drained(answered: AbortSignal): Promise<never> {
    const { signal } = this.end;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true, signal: answered });
    });
    throw new DrainedError();
  }

  /** No payout is sent without what its preparation brings, so that payouts have to wait as long. */
  private waitFor(kind: 'throttled' | 'unreachable', evidence: Evidence, step: BackoffStep): false {
    if (step.kind === 'give-up') this.end.stop(kind, evidence);
    else this.request.limiter.pause(step.waitMs);
    return false;
  }
}

const ANSWERS_LOST: Evidence = {
  code: 'answers-lost',
  reason: `${UNKNOWNS_MAX} payments in a row got no answer that can be relied on, so no more are sent.`,
};
