import type { CallbackReceiver } from '../callbacks/receiver.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import { execute } from '../execute/execute.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountLock, BatchRecord } from '../ledger/records.ts';
import { queryOpenPayments, type QueryRoundResult } from '../settle/query.ts';
import type { OpenAccount } from './session/account.ts';
import { stopNotes, type RunWatch } from './pay.ts';
import { signature, type Project } from './session/project.ts';

export interface SettleScope {
  readonly command: string;
  readonly records: readonly BatchRecord[];
  /** How long to wait for open payments; 0: one round. */
  readonly waitMs: number;
  /** What the first round queries: every open payment, or those that are due by their provider's schedule. */
  readonly first: 'all' | 'due';
  /** Whether payments are sent again where the provider's rule allows it. */
  readonly resend: boolean;
}

export interface SettleContext {
  readonly project: Project;
  readonly ledger: Ledger;
  readonly receiver: CallbackReceiver;
  readonly scope: SettleScope;
  readonly watch: Pick<RunWatch, 'fail'>;
  readonly signal: AbortSignal;
}

/** One account to settle: locked, opened, and with these batches. */
export interface AccountToSettle {
  readonly lock: AccountLock;
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

  /** One round over all batches: stored callbacks first, then queries, then re-sends. */
  async round(context: SettleContext, which: 'all' | 'due'): Promise<void> {
    const { lock, account, batches } = this.target;
    const { clock } = context.project.system;
    await context.receiver.processStored(lock.account);
    if (clock.monotonic() < this.pausedUntil) return;
    this.stops = [];
    this.left = 0;
    this.nextDueAt = null;
    for (const batch of batches) {
      const result = await this.query(context, batch, which);
      if (result.isChanged) context.receiver.moved.add(batch);
      if (result.accountStop !== null) account.halt.abort(result.accountStop);
      if (result.stopped !== null) {
        this.stops.push(`Account ${lock.account}: ${result.stopped.reason}`);
        this.pausedUntil = clock.monotonic() + PAUSE_MS;
      }
      this.left += result.left;
      if (result.nextDueAt !== null) this.nextDueAt = Math.min(this.nextDueAt ?? result.nextDueAt, result.nextDueAt);
      if (context.scope.resend) await this.resend(context, batch, result.resendable);
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
    return [...this.stops, `Account ${this.target.lock.account}: ${what} still open. Ask again later: payrun settle.`];
  }

  private query(context: SettleContext, batch: string, which: 'all' | 'due'): Promise<QueryRoundResult> {
    const { project, ledger, scope, signal } = context;
    const { lock, account, schedule } = this.target;
    return queryOpenPayments({
      ledger,
      account: lock.account,
      batch,
      provider: account.provider,
      schedule,
      which,
      clock: project.system.clock,
      signal,
      by: signature(project, scope.command),
    });
  }

  /** Sends `unknown` payments again with their old references, where the provider's rule allowed it on evidence. */
  private async resend(context: SettleContext, batch: string, references: readonly string[]): Promise<void> {
    const { project, ledger, receiver, scope, watch, signal } = context;
    const { lock, account } = this.target;
    const resend = references.filter((reference) => !this.resent.has(reference));
    if (resend.length === 0 || signal.aborted) return;
    for (const reference of resend) this.resent.add(reference);
    await ledger.forgetFiles(batch);
    const result = await execute({
      ledger,
      lock,
      batch,
      resend,
      provider: account.provider,
      concurrency: account.limiter.concurrency,
      limiter: account.limiter,
      clock: project.system.clock,
      halt: account.halt.signal,
      signal,
      by: signature(project, scope.command),
    });
    receiver.moved.add(batch);
    // The schedule of a payment that was just sent again starts now.
    this.nextDueAt = project.system.clock.now();
    this.stops.push(...stopNotes(lock.account, result, watch));
  }
}
