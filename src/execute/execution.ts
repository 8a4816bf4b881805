import pLimit, { type LimitFunction } from 'p-limit';
import { DrainedError } from '../domain/call-budgets.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';
import type { Status } from '../domain/status.ts';
import { isLedgerError, LedgerError } from '../ledger/errors.ts';
import type { AttemptResult, Claim } from '../ledger/records.ts';
import type { Readiness } from '../providers/port.ts';
import { attemptResult, BUG, DRAINED } from './attempt.ts';
import { Wakeup } from '../domain/wakeup.ts';
import type { ExecuteRequest, ExecuteResult, ExecuteStop, Unrecorded } from './contract.ts';
import type { Slot } from '../limits/rate-limiter.ts';
import { Backoff, RETURNS_MAX, UNKNOWNS_MAX, type BackoffStep } from '../limits/backoff.ts';

/** One run of `execute`: the loop that claims, and the life of each attempt beside it. */
export class Execution {
  private readonly request: ExecuteRequest;
  private readonly limit: LimitFunction;
  /** Ends every wait of the loop: the caller drains, or something here stopped the run. */
  private readonly ending: AbortSignal;
  private readonly halted = new AbortController();
  private readonly changed = new Wakeup();
  private isRinging = false;

  /** References that are still to be presented again; null where planned payments are sent. */
  private readonly again: string[] | null;
  private claimed = 0;
  private readonly counts = { planned: 0, pending: 0, paid: 0, failed: 0, unknown: 0 };
  /** Claimed and without an outcome; what the concurrency bounds. */
  private underWay = 0;
  private recording = 0;
  /** Payments that are planned, as far as is known; null before the first count. */
  private left: number | null = null;
  /** A claim found less than it asked for, so that {@link left} needs no second look. */
  private isShort = false;
  private readonly returns = new Map<string, number>();
  private returned = 0;

  private readonly submits = new Backoff();
  private readonly prepares = new Backoff();
  private stop: Extract<ExecuteStop, { evidence: Evidence }> | null = null;
  private ledgerError: LedgerError | null = null;
  private readonly unrecorded: Unrecorded[] = [];
  private bug: { readonly error: unknown } | null = null;

  constructor(request: ExecuteRequest) {
    this.request = request;
    this.limit = pLimit(request.concurrency);
    this.ending = AbortSignal.any([request.signal, this.halted.signal]);
    this.again = request.resend === undefined ? null : [...request.resend];
    const { halt } = request;
    const haltNow = (): void => this.halt('stop', halt?.reason as Evidence);
    if (halt?.aborted === true) haltNow();
    else halt?.addEventListener('abort', haltNow, { signal: this.halted.signal });
  }

  async run(): Promise<ExecuteResult> {
    try {
      await this.claimAll();
    } catch (error) {
      this.endWith(error);
    }
    while (this.underWay + this.recording > 0) await this.changed.next();
    if (this.bug !== null) throw this.bug.error;
    return { claimed: this.claimed, counts: this.counts, stopped: this.stopped() };
  }

  private async claimAll(): Promise<void> {
    const { limiter } = this.request;
    while (!this.ending.aborted) {
      if (this.left === null) {
        this.left = await this.planned();
      } else if (this.left <= 0 && this.underWay + this.recording === 0) {
        // Somebody may have added to the batch meanwhile.
        if (!this.isShort) this.left = await this.planned();
        if (this.left <= 0) return;
      } else if (this.left <= 0 || this.free() === 0) {
        await this.changed.next(this.ending);
      } else {
        await limiter.room(this.ending);
        if (!(await this.prepare())) continue;
        // Getting ready may have taken what there was room for: then there is nothing to take, and room is waited for again.
        const slots = await limiter.take(Math.min(this.free(), this.left));
        if (slots.length > 0) await this.claim(slots);
      }
    }
  }

  /** Counted, so that no run waits for a free slot only to learn that nothing is left for it. */
  private async planned(): Promise<number> {
    const { ledger, lock, batch } = this.request;
    if (this.again !== null) return this.again.length;
    const tallies = await ledger.tallies(batch);
    const planned = tallies.filter((tally) => tally.status === 'planned' && tally.account === lock.account);
    return planned.reduce((sum, tally) => sum + tally.count, 0);
  }

  private free(): number {
    return this.request.concurrency - this.underWay;
  }

  /** Claims one payment for each slot and sends them. The claim is durable, or nothing is sent. */
  private async claim(slots: readonly Slot[]): Promise<void> {
    const { clock, generationFrom = 1 } = this.request;
    const returnedBefore = this.returned;
    let claims: readonly Claim[];
    try {
      if (this.ending.aborted) throw new DrainedError();
      claims = await this.claims(slots.length, clock.now());
    } catch (error) {
      for (const slot of slots) slot.unused();
      this.endWith(error instanceof DrainedError ? error : ledgerFault(error));
      return;
    }
    this.claimed += claims.length;
    if (claims.some((claim) => claim.generation < generationFrom)) {
      this.endWith(new Error(`the ledger claimed a payment of a generation before ${generationFrom}`));
    }
    // What came back while the claim was under way may or may not have been seen by it.
    this.isShort = claims.length < slots.length && this.returned === returnedBefore;
    this.left = this.again?.length ?? (this.isShort ? 0 : Math.max(0, (this.left ?? 0) - claims.length));
    slots.forEach((slot, index) => {
      const claim = claims[index];
      if (claim === undefined) slot.unused();
      else void this.attempt(claim, slot);
    });
  }

  private claims(limit: number, at: number): Promise<readonly Claim[]> {
    const { ledger, lock, batch, generationFrom = 1, by } = this.request;
    if (this.again === null) return ledger.claim({ lock, batch, limit, generationFrom, at, by });
    // What is no longer unknown by now is left out by the ledger, and nobody presents it.
    return ledger.claimForResend({ lock, references: this.again.splice(0, limit), limit, at, by });
  }

  /** One attempt from claim to record. Never rejects. */
  private async attempt(claim: Claim, slot: Slot): Promise<void> {
    const { era } = this.submits;
    this.underWay += 1;
    const outcome = await this.submit(claim);
    if (outcome.kind === 'not-sent') slot.unused();
    else slot.answered();
    this.underWay -= 1;
    this.recording += 1;
    // Before the record is asked for, so that the claim for the free place can share its transaction.
    this.ring();
    this.learn(claim, outcome, era);
    await this.record(claim, outcome);
    this.recording -= 1;
    this.ring();
  }

  private async submit(claim: Claim): Promise<Outcome> {
    const { provider } = this.request;
    try {
      return await this.limit(() =>
        this.ending.aborted ? DRAINED : provider.submit(claim.instruction, claim.isResend),
      );
    } catch (error) {
      this.endWith(error);
      // The meter refused the one request of this call, so nothing left.
      if (error instanceof DrainedError) return DRAINED;
      return BUG;
    }
  }

  private learn(claim: Claim, outcome: Outcome, era: number): void {
    switch (outcome.kind) {
      case 'paid':
      case 'pending':
      case 'failed':
        this.submits.answered();
        return;
      case 'unknown':
        if (this.submits.lost()) this.halt('unreachable', SILENT);
        return;
      case 'throttled':
        this.cameBack(claim, 'throttled', outcome.evidence, this.submits.throttled(era, outcome.waitMs));
        return;
      case 'not-sent':
        if (outcome !== DRAINED) this.cameBack(claim, 'unreachable', outcome.evidence, this.submits.unreachable(era));
        return;
      case 'stop':
        this.halt('stop', outcome.evidence);
        return;
    }
  }

  /** A payment is planned again: later, or never in this run if it, or everything, came back too often. */
  private cameBack(claim: Claim, kind: 'throttled' | 'unreachable', evidence: Evidence, patience: BackoffStep): void {
    const { reference } = claim.instruction;
    const times = (this.returns.get(reference) ?? 0) + 1;
    this.returns.set(reference, times);
    if (patience.kind === 'enough' || times >= RETURNS_MAX) this.halt(kind, evidence);
    else this.request.limiter.pause(patience.waitMs);
  }

  private async record(claim: Claim, outcome: Outcome): Promise<void> {
    const { ledger, clock, by } = this.request;
    const result = attemptResult(claim, outcome, clock.now(), by);
    let status: Status;
    try {
      status = await ledger.record(result);
    } catch (error) {
      this.unrecorded.push({ claim, outcome });
      this.endWith(ledgerFault(error));
      return;
    }
    if (status === 'planned') {
      this.counts[result.status] += 1;
      this.returned += 1;
      this.left = (this.left ?? 0) + 1;
      this.isShort = false;
    } else {
      // The attempt moved nothing, and the ledger knows of another that may have.
      const ended = result.status === 'planned' ? 'unknown' : result.status;
      this.counts[ended] += 1;
      this.progress(ended);
    }
  }

  private progress(status: Exclude<AttemptResult['status'], 'planned'>): void {
    const { pending, paid, failed, unknown } = this.counts;
    try {
      this.request.onProgress?.({ done: pending + paid + failed + unknown, status });
    } catch (error) {
      this.endWith(error);
    }
  }

  /** Whether the next submit needs no call but its own. Waits out what patience allows; ends the run otherwise. */
  private async prepare(): Promise<boolean> {
    const readiness = await this.readiness();
    const { era } = this.prepares;
    switch (readiness.kind) {
      case 'ready':
        this.prepares.answered();
        return true;
      case 'throttled':
        return this.wait('throttled', readiness.evidence, this.prepares.throttled(era, readiness.waitMs));
      case 'unreachable':
        return this.wait('unreachable', readiness.evidence, this.prepares.unreachable(era));
      case 'stop':
        this.halt('stop', readiness.evidence);
        return false;
    }
  }

  /** The provider's readiness, unless the run ends first: a token request may take its time, and nobody needs it then. */
  private async readiness(): Promise<Readiness> {
    const asked = this.request.provider.prepare();
    const quit = new AbortController();
    try {
      return await Promise.race([asked, this.ended(quit.signal)]);
    } finally {
      quit.abort();
      asked.catch(() => undefined);
    }
  }

  private async ended(quit: AbortSignal): Promise<never> {
    await new Promise<void>((resolve) => {
      if (this.ending.aborted) resolve();
      this.ending.addEventListener('abort', () => resolve(), { once: true, signal: quit });
    });
    throw new DrainedError();
  }

  private async wait(kind: 'throttled' | 'unreachable', evidence: Evidence, patience: BackoffStep): Promise<false> {
    if (patience.kind === 'enough') this.halt(kind, evidence);
    else await this.request.clock.sleep(patience.waitMs, this.ending);
    return false;
  }

  /** Everything that was thrown ends the run; what it was decides how. */
  private endWith(error: unknown): void {
    if (isLedgerError(error)) this.ledgerError ??= error;
    else if (!(error instanceof DrainedError)) this.bug ??= { error };
    this.halted.abort();
    this.ring();
  }

  private halt(kind: 'stop' | 'throttled' | 'unreachable', evidence: Evidence): void {
    this.stop ??= { kind, evidence };
    this.halted.abort();
    this.ring();
  }

  private stopped(): ExecuteStop | null {
    if (this.ledgerError !== null) return { kind: 'ledger', error: this.ledgerError, unrecorded: this.unrecorded };
    if (this.stop !== null) return this.stop;
    return this.left === 0 ? null : { kind: 'drained' };
  }

  /**
   * Wakes the loop once the answers that arrived in this turn of the event loop have all been taken in: one claim for all of
   * them, and no wait for any that has not arrived.
   */
  private ring(): void {
    if (this.isRinging) return;
    this.isRinging = true;
    setImmediate(() => {
      this.isRinging = false;
      this.changed.wake();
    });
  }
}

const SILENT: Evidence = {
  code: 'answers-lost',
  reason: `${UNKNOWNS_MAX} payments in a row got no answer that can be relied on, so no more are sent.`,
};

/** A store that breaks the port by throwing something else is not to be trusted either. */
function ledgerFault(error: unknown): LedgerError {
  if (isLedgerError(error)) return error;
  return new LedgerError('unusable', 'The ledger failed in a way that it does not explain.', { cause: error });
}
