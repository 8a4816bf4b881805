import pLimit, { type LimitFunction } from 'p-limit';
import { DrainedError } from '../domain/call-budgets.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Status } from '../domain/status.ts';
import { Wakeup } from '../domain/wakeup.ts';
import { isLedgerError, LedgerError } from '../ledger/errors.ts';
import type { AttemptResult, Claim } from '../ledger/records.ts';
import type { Slot } from '../limits/rate-limiter.ts';
import { attemptResult, BUG, DRAINED } from './attempt.ts';
import type { ExecuteProgress, ExecuteRequest, ExecuteResult } from './contract.ts';
import { ProviderHealth } from './provider-health.ts';
import { ReferenceQueue } from './reference-queue.ts';
import { RunEnd } from './run-end.ts';

/**
 * Pays what is planned of one batch from one account: claim, submit, record, with as many payouts under way as the limits allow.
 * Resolves when no payout is under way any more, whatever ended the run; throws only for a bug of ours, and then too not before
 * every payout has ended.
 */
export function execute(request: ExecuteRequest): Promise<ExecuteResult> {
  return new Execution(request).run();
}

/** How often a run that waits looks whether its time is over. */
const HELD_POLL_MS = 1_000;

/** One run of {@link execute}: the loop that claims, and the life of each attempt beside it. */
class Execution {
  private readonly request: ExecuteRequest;
  private readonly limit: LimitFunction;
  private readonly end: RunEnd;
  private readonly health: ProviderHealth;
  private readonly changed = new Wakeup();
  private isWaking = false;

  /** The payments that are still to be claimed, where the caller names them; null: whatever is planned. */
  private readonly queue: ReferenceQueue | null;
  /** Whether they are sent again, so that none that comes back unsent is claimed once more. */
  private readonly isResend: boolean;
  private claimed = 0;
  private readonly counts = { planned: 0, pending: 0, paid: 0, failed: 0, unknown: 0 };
  /** Claimed and without an outcome; bounded by the concurrency. */
  private underWay = 0;
  private recording = 0;
  /** Payments that are planned, as far as is known; null before the first count. */
  private left: number | null = null;
  /** A claim found less than it asked for, so that {@link left} need not be counted again. */
  private isShort = false;
  /** Attempts after which their payment was planned again. */
  private returned = 0;

  constructor(request: ExecuteRequest) {
    this.request = request;
    this.limit = pLimit(request.concurrency);
    const named = request.resend ?? request.only;
    this.queue = named === undefined ? null : new ReferenceQueue(named);
    this.isResend = request.resend !== undefined;
    this.end = new RunEnd(request, () => this.wakeSoon());
    this.health = new ProviderHealth(request, this.end);
  }

  async run(): Promise<ExecuteResult> {
    // Taken away with the run: the account's first payment may outlive it.
    this.request.first?.over.addEventListener('abort', () => this.wakeSoon(), { signal: this.end.signal });
    const watching = this.watchTime();
    try {
      await this.claimAll();
    } catch (error) {
      this.end.fail(error);
    }
    while (this.underWay + this.recording > 0) await this.changed.next();
    this.end.close();
    await watching;
    this.end.throwBug();
    return { claimed: this.claimed, counts: this.counts, stopped: this.end.reason(this.left === 0) };
  }

  /** Ends the waits of a run whose time is over. Whether a payment may be sent is asked again before each claim. */
  private async watchTime(): Promise<void> {
    const { heldAt, clock } = this.request;
    while (heldAt !== undefined && !this.end.signal.aborted && !this.isHeld()) {
      await clock.sleep(HELD_POLL_MS, this.end.signal);
    }
  }

  /** Whether payments may not be sent now, by the wall clock as it stands: it may have jumped, and the machine may have slept. */
  private isHeld(): boolean {
    const { heldAt, clock } = this.request;
    const held = heldAt?.(clock.now()) ?? null;
    if (held !== null) this.end.stop('held', held);
    return held !== null;
  }

  private async claimAll(): Promise<void> {
    const { limiter } = this.request;
    const { signal } = this.end;
    while (!signal.aborted) {
      if (this.left === null) {
        this.left = await this.countLeft();
      } else if (this.left <= 0 && this.underWay + this.recording === 0) {
        // Another process may have added payments to the batch meanwhile.
        if (!this.isShort) this.left = await this.countLeft();
        if (this.left <= 0) return;
      } else if (this.left <= 0 || this.free() <= 0) {
        await this.changed.next(signal);
      } else {
        await limiter.room(signal);
        if (!(await this.health.prepare())) continue;
        // Preparing may have spent the room of the budget: then no slot is free, and the loop waits for room again.
        const slots = await limiter.take(Math.min(this.free(), this.left));
        if (slots.length > 0) await this.claim(slots);
      }
    }
  }

  /** Counted before the first wait, so that a run without payments never waits for a slot. */
  private async countLeft(): Promise<number> {
    const { ledger, lock, batch } = this.request;
    if (this.queue !== null) return this.queue.length;
    const tallies = await ledger.tallies(batch);
    const planned = tallies.filter((tally) => tally.status === 'planned' && tally.account === lock.account);
    return planned.reduce((sum, tally) => sum + tally.count, 0);
  }

  private free(): number {
    const { first, concurrency } = this.request;
    return (first?.room(concurrency) ?? concurrency) - this.underWay;
  }

  /** Claims one payment for each slot and sends each. Only a durable claim is sent. */
  private async claim(slots: readonly Slot[]): Promise<void> {
    const { clock, generationFrom = 1 } = this.request;
    const returnedBefore = this.returned;
    let claims: readonly Claim[];
    try {
      if (this.end.signal.aborted || this.isHeld()) throw new DrainedError();
      claims = await this.claimUpTo(slots.length, clock.now());
    } catch (error) {
      for (const slot of slots) slot.unused();
      await this.notClaimed(error);
      return;
    }
    this.claimed += claims.length;
    if (claims.some((claim) => claim.generation < generationFrom)) {
      this.end.fail(new Error(`the ledger claimed a payment of a generation before ${generationFrom}`));
    }
    // The claim may or may not have seen a payment that was planned again while the claim was under way.
    this.isShort = claims.length < slots.length && this.returned === returnedBefore;
    this.left = this.queue?.length ?? (this.isShort ? 0 : Math.max(0, (this.left ?? 0) - claims.length));
    slots.forEach((slot, index) => {
      const claim = claims[index];
      if (claim === undefined) slot.unused();
      else void this.attempt(claim, slot);
    });
  }

  private async claimUpTo(limit: number, at: number): Promise<readonly Claim[]> {
    const { ledger, lock, batch, generationFrom = 1, brake, by } = this.request;
    const request = { lock, limit, at, by, ...(brake === undefined ? {} : { stopAt: brake.stopAt() }) };
    if (this.queue === null) return ledger.claim({ ...request, batch, generationFrom });
    const references = this.queue.take(limit);
    try {
      // The ledger leaves out a payment that is no longer unknown, or planned, so such a payment is not sent.
      if (this.isResend) return await ledger.claimForResend({ ...request, references });
      const claims = await ledger.claim({ ...request, batch, generationFrom, references });
      // A canary lets no more go, or a person has cancelled them: another run looks again.
      if (claims.length === 0) this.queue.clear();
      return claims;
    } catch (error) {
      this.queue.putBack(references);
      throw error;
    }
  }

  /** Ends the run, unless the brake lets more payments go wrong by now. */
  private async notClaimed(error: unknown): Promise<void> {
    const { brake } = this.request;
    const isBraked = brake !== undefined && isLedgerError(error) && error.fault === 'stop-at';
    try {
      if (!isBraked) throw error;
      while (this.recording > 0) await this.changed.next();
      const evidence = await brake.reached();
      if (evidence !== null) this.end.stop('braked', evidence);
    } catch (reason) {
      this.end.fail(reason instanceof DrainedError ? reason : ledgerErrorOf(reason));
    }
  }

  /** One attempt from claim to record. Never rejects. */
  private async attempt(claim: Claim, slot: Slot): Promise<void> {
    const { failures } = this.health;
    const { first } = this.request;
    this.underWay += 1;
    first?.leaves();
    const outcome = await this.submit(claim);
    if (outcome.kind === 'not-sent') slot.unused();
    else slot.answered();
    this.underWay -= 1;
    this.recording += 1;
    // A payment that is sent again was unknown before, which counts as an end.
    if (hasEnded(outcome) && !this.isResend) this.request.brake?.ended();
    // Wake the loop before the record is written, so that the next claim can share the record's transaction.
    this.wakeSoon();
    this.health.learn(claim, outcome, failures);
    const result = await this.record(claim, outcome);
    if (result !== null) first?.answered(result).catch(() => first.close());
    this.recording -= 1;
    this.wakeSoon();
  }

  private async submit(claim: Claim): Promise<Outcome> {
    const { provider } = this.request;
    try {
      return await this.limit(() =>
        this.end.signal.aborted || this.isHeld() ? DRAINED : provider.submit(claim.instruction, claim.isResend),
      );
    } catch (error) {
      this.end.fail(error);
      // The call budgets refused the one request of this call, so no byte of it left.
      if (error instanceof DrainedError) return DRAINED;
      return BUG;
    }
  }

  /** The recorded result; null where it could not be recorded, which ends the run. */
  private async record(claim: Claim, outcome: Outcome): Promise<AttemptResult | null> {
    const { ledger, clock, by } = this.request;
    const result = attemptResult(claim, outcome, clock.now(), by);
    let status: Status;
    try {
      status = await ledger.record(result);
    } catch (error) {
      this.end.unrecorded.push({ claim, outcome });
      this.end.fail(ledgerErrorOf(error));
      return null;
    }
    if (status === 'planned') {
      this.counts[result.status] += 1;
      this.returned += 1;
      if (!this.isResend) this.queue?.putBack([claim.instruction.reference]);
      this.left = (this.left ?? 0) + 1;
      this.isShort = false;
    } else {
      // The attempt moved nothing, and the ledger knows of another that may have.
      const ended = result.status === 'planned' ? 'unknown' : result.status;
      this.counts[ended] += 1;
      this.progress(ended, claim);
    }
    return result;
  }

  private progress(status: ExecuteProgress['status'], { instruction }: Claim): void {
    const { pending, paid, failed, unknown } = this.counts;
    try {
      const { amountMinor, currency } = instruction;
      this.request.onProgress?.({ done: pending + paid + failed + unknown, status, amountMinor, currency });
    } catch (error) {
      this.end.fail(error);
    }
  }

  /** Wakes the loop after all answers of this turn of the event loop: they share one claim, and none is waited for. */
  private wakeSoon(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    setImmediate(() => {
      this.isWaking = false;
      this.changed.wake();
    });
  }
}

function hasEnded({ kind }: Outcome): boolean {
  return kind === 'paid' || kind === 'failed' || kind === 'unknown';
}

/** A store that breaks its contract by throwing another error cannot be trusted either. */
function ledgerErrorOf(error: unknown): LedgerError {
  if (isLedgerError(error)) return error;
  return new LedgerError('unusable', 'The ledger failed in a way that it does not explain.', { cause: error });
}
