import type { Evidence } from '../domain/outcome.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import { execute } from '../execute/execute.ts';
import { queryOpenPayments, type QueryRoundResult } from '../settle/query.ts';
import type { OpenAccount } from './session/account.ts';
import { stopNotes } from './pay.ts';
import type { Session } from './session/session.ts';

export interface SettleRound {
  /** Pauses that a provider asks for are waited for until this moment of the monotonic clock. */
  readonly endAt: number;
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
/** The user is told of a pause of this length or more. */
const PAUSE_NOTED_MS = 2_000;
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
  /** Payments that were to be queried in the last round and got no answer. */
  private unanswered = 0;
  /** The provider refused the account itself: a few refusals more may lock it, so this command queries no more. */
  private isRefused = false;

  constructor(target: AccountToSettle) {
    this.target = target;
  }

  private get name(): string {
    return this.target.account.account.name;
  }

  /** One round over all batches: stored callbacks first, then queries, then re-sends. */
  async round(session: Session, scope: SettleRound): Promise<void> {
    const { account, batches } = this.target;
    const { clock } = session.system;
    const { receiver } = session.callbacks;
    await receiver.processStored(this.name);
    if (clock.monotonic() < this.pausedUntil) return;
    if (!this.isRefused) this.stops = [];
    this.left = 0;
    this.unanswered = 0;
    this.nextDueAt = null;
    let isStopped = this.isRefused;
    for (const batch of batches) {
      const result = await this.query(session, batch, isStopped ? { ...scope, most: 0 } : scope);
      if (result.accountStop !== null) account.halt.abort(result.accountStop);
      if (result.stopped !== null) {
        isStopped = true;
        this.isRefused = result.accountStop === result.stopped;
        this.stops.push(`Account ${this.name}: ${result.stopped.reason}`);
        this.pausedUntil = Math.max(clock.monotonic() + PAUSE_MS, result.pausedUntil ?? 0);
      }
      this.left += result.left;
      this.unanswered += result.unanswered;
      if (result.nextDueAt !== null) this.nextDueAt = Math.min(this.nextDueAt ?? result.nextDueAt, result.nextDueAt);
      if (scope.resend) await this.resend(session, batch, result.resendable);
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
    const { stops, unanswered } = this;
    const silent = stops.length > 0 && unanswered > 0 ? `, ${unanswered} of them without an answer to a question` : '';
    return [...stops, `Account ${this.name}: ${what} still open${silent}. Ask again later: payrun settle.`];
  }

  private query(
    session: Session,
    batch: string,
    { which, endAt, most }: SettleRound & { readonly most?: number },
  ): Promise<QueryRoundResult> {
    const { ledger, system, signal, watch, by } = session;
    const { account, schedule } = this.target;
    const onPause = ({ reason }: Evidence, waitMs: number): void => {
      if (waitMs >= PAUSE_NOTED_MS) {
        watch.note(`Account ${this.name} waits ${Math.ceil(waitMs / 1000)} s before it is asked again: ${reason}`);
      }
    };
    return queryOpenPayments({
      ledger,
      account: this.name,
      batch,
      provider: account.provider,
      schedule,
      which,
      ...(most === undefined ? {} : { most }),
      endAt,
      onPause,
      clock: system.clock,
      signal,
      by,
    });
  }

  /** Sends `unknown` payments again with their old references, where the provider's rule allowed it on evidence. */
  private async resend(session: Session, batch: string, references: readonly string[]): Promise<void> {
    const { ledger, system, watch, signal, by } = session;
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
      ...(account.first === null ? {} : { first: account.first }),
      signal,
      by,
    });
    // The schedule of a payment that was just sent again starts now.
    this.nextDueAt = system.clock.now();
    this.stops.push(...stopNotes(this.name, result, watch));
  }
}
