import { DrainedError } from '../domain/call-budgets.ts';
import type { Evidence } from '../domain/outcome.ts';
import { isLedgerError, LedgerError } from '../ledger/errors.ts';
import type { ExecuteRequest, ExecuteStop, StopKind, Unrecorded } from './contract.ts';

/** Why a run ends before every payment is sent. The first reason of each kind is kept. */
export class RunEnd {
  /** Ends every wait of the run: aborted when the caller drains or when a reason to end the run is known. */
  readonly signal: AbortSignal;
  /** Attempts whose result the ledger does not hold. */
  readonly unrecorded: Unrecorded[] = [];
  private readonly ended = new AbortController();
  private readonly onEnd: () => void;
  private stopped: Extract<ExecuteStop, { evidence: Evidence }> | null = null;
  private ledgerError: LedgerError | null = null;
  private bug: { readonly error: unknown } | null = null;

  constructor({ signal, halt, lock }: Pick<ExecuteRequest, 'signal' | 'halt' | 'lock'>, onEnd: () => void) {
    this.onEnd = onEnd;
    this.signal = AbortSignal.any([signal, this.ended.signal]);
    const haltNow = (): void => this.stop('stop', halt?.reason as Evidence);
    if (halt?.aborted === true) haltNow();
    else halt?.addEventListener('abort', haltNow, { signal: this.ended.signal });
    // Another process may have the account by now, and may send again what this run has claimed and not sent yet.
    const lockLost = (): void =>
      this.fail(new LedgerError('locked', `The lock of account ${lock.account} was lost. Run again.`));
    if (lock.lost.aborted) lockLost();
    else lock.lost.addEventListener('abort', lockLost, { signal: this.ended.signal });
  }

  /** Ends the run because the provider cannot, or does not, take more payouts now, because it was paused, or because payments may not be sent at this time. */
  stop(kind: StopKind, evidence: Evidence): void {
    this.stopped ??= { kind, evidence };
    this.end();
  }

  /** Ends the run by an error that was thrown: a `LedgerError`, a drain, or else a bug of ours. */
  fail(error: unknown): void {
    if (isLedgerError(error) && error.fault === 'paused') {
      this.stop('paused', { code: 'paused', reason: error.message });
      return;
    }
    if (isLedgerError(error)) this.ledgerError ??= error;
    else if (!(error instanceof DrainedError)) this.bug ??= { error };
    this.end();
  }

  /** Stops listening to the caller's signals, after the last payout of the run. */
  close(): void {
    this.ended.abort();
  }

  /** Throws the bug that ended the run, if one did. */
  throwBug(): void {
    if (this.bug !== null) throw this.bug.error;
  }

  /** @param isComplete no payment is left `planned`. */
  reason(isComplete: boolean): ExecuteStop | null {
    if (this.ledgerError !== null) return { kind: 'ledger', error: this.ledgerError, unrecorded: this.unrecorded };
    // A time that ended while the last payments were under way has kept nothing back.
    if (this.stopped !== null && !(this.stopped.kind === 'held' && isComplete)) return this.stopped;
    return isComplete ? null : { kind: 'drained' };
  }

  private end(): void {
    this.ended.abort();
    this.onEnd();
  }
}
