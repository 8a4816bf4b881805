import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/outcome.ts';
import type { StatusStore } from '../ledger/ledger.ts';
import type { AttemptResult } from '../ledger/records.ts';

export interface FirstPaymentSetup {
  readonly ledger: Pick<StatusStore, 'byReference' | 'accountStop'>;
  readonly account: string;
  /** Whether the provider only takes a payout at first and decides by callback. */
  readonly decidesByCallback: boolean;
  readonly clock: Clock;
  /** Called when the callback about the first payment says that the account cannot go on. */
  readonly stop: (evidence: Evidence) => void;
}

/** How long the first payment goes alone at most, since it was sent. */
const ALONE_MS = 10_000;
/** How often the ledger is read for a callback, which any process may receive. */
const DECIDED_POLL_MS = 50;

/**
 * The first payment of a run from an account: no other payout leaves before this one is answered, so that wrong settings of the
 * account cost one refused payment and not a whole payroll. Where the provider decides by callback, the callback is part of the
 * answer. One object serves all batches that a run pays from the account.
 */
export class FirstPayment {
  private readonly setup: FirstPaymentSetup;
  private readonly ended = new AbortController();
  /** Ends the waits for one attempt. */
  private sent: AbortController | null = null;
  private sentAt = 0;

  constructor(setup: FirstPaymentSetup) {
    this.setup = setup;
  }

  /** Aborted when payouts may go side by side. */
  get over(): AbortSignal {
    return this.ended.signal;
  }

  /** Whether other payouts wait for the answer to the first one now. */
  get isAwaited(): boolean {
    return this.sent !== null && !this.over.aborted;
  }

  /** How many payouts may be sent beside those under way, out of `concurrency`. */
  room(concurrency: number): number {
    if (this.over.aborted) return concurrency;
    return this.sent === null ? 1 : 0;
  }

  /** A payout was claimed and leaves now. */
  leaves(): void {
    if (this.over.aborted) return;
    const { clock } = this.setup;
    this.sent = new AbortController();
    this.sentAt = clock.now();
    const { signal } = this.sent;
    void clock.sleep(ALONE_MS, signal).then(() => {
      if (!signal.aborted) this.close();
    });
  }

  /** The answer to the payout was recorded. One that moved nothing may be repeated, and is the first again. */
  async answered({ claim, status, evidence }: AttemptResult): Promise<void> {
    const { sent } = this;
    if (this.over.aborted || sent === null) return;
    if (status === 'planned') {
      this.sent = null;
      sent.abort();
      return;
    }
    const isOpen = status === 'pending' || status === 'unknown';
    if (isOpen && this.setup.decidesByCallback) await this.decided(claim.instruction.reference, evidence, sent.signal);
    if (!sent.signal.aborted && !(await this.isStopped())) this.close();
  }

  /** Ends every wait: the run goes on, or has ended. */
  close(): void {
    this.ended.abort();
    this.sent?.abort();
  }

  /** Resolves when a callback has said something of the payment, verified or not. */
  private async decided(reference: string, { reason }: Evidence, signal: AbortSignal): Promise<void> {
    const { ledger, clock } = this.setup;
    while (!signal.aborted) {
      const payment = await ledger.byReference(reference);
      const isOpen = payment?.status === 'pending' || payment?.status === 'unknown';
      if (!isOpen || payment.reason !== reason) return;
      await clock.sleep(DECIDED_POLL_MS, signal);
    }
  }

  /** A stop stands in the ledger with the callback that reports it, also when another process received that callback. */
  private async isStopped(): Promise<boolean> {
    const { ledger, account, stop } = this.setup;
    const evidence = await ledger.accountStop(account, this.sentAt);
    if (evidence === null) return false;
    stop(evidence);
    return true;
  }
}
