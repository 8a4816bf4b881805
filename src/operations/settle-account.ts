import type { PollSchedule } from '../domain/query-history.ts';
import { execute } from '../execute/execute.ts';
import { queryOpenPayments, type QueryRoundResult } from '../settle/query.ts';
import type { OpenAccount } from './session/account.ts';
import { stopNotes } from './pay.ts';
import type { Session } from './session/session.ts';

export interface SettleRound {
  /** What is queried: every open payment, or those that are due by their provider's schedule. */
  readonly which: 'all' | 'due';
  /** Whether payments are sent again where the provider's rule allows it. */
  readonly resend: boolean;
}

/** An open account, with the batches to settle in it. */
export interface AccountToSettle {
  readonly account: OpenAccount;
  readonly batches: readonly string[];
  readonly schedule: PollSchedule;
}

/** After queries got no answer, the account is left alone for this long. */
const PAUSE_MS = 5_000;
/** The shortest time between two rounds, so that a failure that repeats cannot make a loop without a pause. */
const DUE_MIN_MS = 10;

/** Settles the open payments of one account, round by round. */
export class AccountSettlement {
  /** Open payments at the end of the last round. */
  left = 0;
  private readonly target: AccountToSettle;
  private nextDueAt: number | null = null;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  /** A payment is sent again once per command: one that comes back unmoved waits for the next command. */
  private readonly resent = new Set<string>();
  private stops: string[] = [];

  constructor(target: AccountToSettle) {
    this.target = target;
  }

  private get name(): string {
    return this.target.account.account.name;
  }

  /** One round over all batches: stored callbacks first, then queries, then re-sends. */
  async round(session: Session, { which, resend }: SettleRound): Promise<void> {
    const { account, batches } = this.target;
    const { clock } = session.system;
    const { receiver } = session.callbacks;
    await receiver.processStored(this.name);
    if (clock.monotonic() < this.pausedUntil) return;
    this.stops = [];
    this.left = 0;
    this.nextDueAt = null;
    for (const batch of batches) {
      const result = await this.query(session, batch, which);
      if (result.isChanged) receiver.moved.add(batch);
      if (result.accountStop !== null) account.halt.abort(result.accountStop);
      if (result.stopped !== null) {
        this.stops.push(`Account ${this.name}: ${result.stopped.reason}`);
        this.pausedUntil = clock.monotonic() + PAUSE_MS;
      }
      this.left += result.left;
      if (result.nextDueAt !== null) this.nextDueAt = Math.min(this.nextDueAt ?? result.nextDueAt, result.nextDueAt);
      if (resend) await this.resend(session, batch, result.resendable);
    }
  }

  /** Milliseconds until the next round is due. */
  dueInMs(now: number, monotonic: number): number {
    const dueMs = this.nextDueAt === null ? Number.POSITIVE_INFINITY : this.nextDueAt - now;
    return Math.max(dueMs, this.pausedUntil - monotonic, DUE_MIN_MS);
  }

  notes(): string[] {
    if (this.left === 0) return this.stops;
    const what = this.left === 1 ? '1 payment is' : `${this.left} payments are`;
    return [...this.stops, `Account ${this.name}: ${what} still open. Ask again later: payrun settle.`];
  }

  private query(session: Session, batch: string, which: 'all' | 'due'): Promise<QueryRoundResult> {
    const { ledger, system, signal, by } = session;
    const { account, schedule } = this.target;
    return queryOpenPayments({
      ledger,
      account: this.name,
      batch,
      provider: account.provider,
      schedule,
      which,
      clock: system.clock,
      signal,
      by,
    });
  }

  /** Sends `unknown` payments again with their old references, where the provider's rule allowed it on evidence. */
  private async resend(session: Session, batch: string, references: readonly string[]): Promise<void> {
    const { ledger, system, callbacks, watch, signal, by } = session;
    const { account } = this.target;
    const resend = references.filter((reference) => !this.resent.has(reference));
    if (resend.length === 0 || signal.aborted) return;
    for (const reference of resend) this.resent.add(reference);
    const result = await execute({
      ledger,
      lock: account.lock,
      batch,
      resend,
      provider: account.provider,
      concurrency: account.limiter.concurrency,
      limiter: account.limiter,
      clock: system.clock,
      halt: account.halt.signal,
      signal,
      by,
    });
    callbacks.receiver.moved.add(batch);
    // The schedule of a payment that was just sent again starts now.
    this.nextDueAt = system.clock.now();
    this.stops.push(...stopNotes(this.name, result, watch));
  }
}
