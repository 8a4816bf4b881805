import type { Evidence } from '../domain/outcome.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import { execute } from '../execute/execute.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { queryOpenPayments, type QueryRoundResult } from '../settle/query.ts';
import type { OpenAccount } from './session/account.ts';
import { brakeOf } from './brake.ts';
import { stopNotes } from './pay.ts';
import { heldAtOf } from './sending-times.ts';
import type { Session } from './session/session.ts';

export interface SettleRound {
  /** How many payments of the account are queried in the round at most. */
  readonly most: number;
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
  /** Whose payments are settled: another account may have sent them to the place to which {@link account} sends now. */
  readonly payer: string;
  /** Key of the place that the payments were sent to; null where none is known. */
  readonly place: string | null;
  readonly batches: readonly string[];
  readonly schedule: PollSchedule;
}

/** After queries got no answer, the account is left alone for this long. */
const PAUSE_MS = 5_000;
/** A refused account is asked again after this long: a few refusals may lock a user at the provider. */
const REFUSED_PAUSE_MS = 3_600_000;
/** The user is told of a pause of this length or more. */
const PAUSE_NOTED_MS = 2_000;
/** The shortest time between two rounds, so that a failure that repeats cannot make a loop without a pause. */
const DUE_MIN_MS = 10;
/** How soon a round notices that a process which pays wants the account. */
const WANTED_POLL_MS = 250;

/** Settles the open payments of one account, round by round. Gives the account up, between two queries, to a process that pays. */
export class AccountSettlement {
  /** Open payments at the end of the last round. */
  left = 0;
  private readonly target: Omit<AccountToSettle, 'account'>;
  readonly name: string;
  /** Null while another process works the account. */
  private account: OpenAccount | null;
  /** When the command began to settle, Unix milliseconds: an answer since then is enough where everything is queried. */
  private readonly since: number;
  private nextDueAt: number | null = null;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  /** A payment is sent again once per command: one that comes back unmoved waits for the next command. */
  private readonly resent = new Set<string>();
  private stops: string[] = [];
  /** Payments that were to be queried in the last round and got no answer. */
  private unanswered = 0;
  /** The provider refused the account itself: a few refusals more may lock it, so this command queries no more. */
  private isRefused = false;
  private halted: Evidence | null = null;

  constructor({ account, ...target }: AccountToSettle, since: number) {
    this.target = target;
    this.name = account.account.name;
    this.account = account;
    this.since = since;
  }

  /** The account was given up to a process that pays, and is not back yet. */
  get isAway(): boolean {
    return this.account === null;
  }

  /** One round over all batches: stored callbacks first, then queries, then re-sends. */
  async round(session: Session, scope: SettleRound): Promise<void> {
    const { clock } = session.system;
    const { receiver } = session.callbacks;
    for (const name of new Set([this.name, this.target.payer])) await receiver.processStored(name);
    if (clock.monotonic() < this.pausedUntil) return;
    this.account ??= await this.takenBack(session);
    if (this.account === null) {
      this.left = await openCount(session.ledger, this.target);
      this.nextDueAt = clock.now() + AWAY_POLL_MS;
      return;
    }
    if (!this.isRefused) this.stops = [];
    this.left = 0;
    this.unanswered = 0;
    this.nextDueAt = null;
    const watched = watchForSender(session, this.account);
    try {
      await this.queryBatches(session, this.account, scope);
    } finally {
      await watched.end();
    }
    if (!this.account.wanted.signal.aborted) return;
    this.account = null;
    await session.accounts.giveUp(this.name);
  }

  private async queryBatches(session: Session, account: OpenAccount, scope: SettleRound): Promise<void> {
    const { clock } = session.system;
    let most = this.isRefused ? 0 : scope.most;
    for (const batch of this.target.batches) {
      const result = await this.query(session, account, { ...scope, batch, most });
      if (result.contradicted > 0) session.watch.fail(contradictedText(this.name, batch, result.contradicted));
      if (result.accountStop !== null) {
        this.halted = result.accountStop;
        account.halt.abort(result.accountStop);
      }
      if (result.stopped !== null) {
        this.isRefused = result.accountStop === result.stopped;
        this.stops.push(`Account ${this.name}: ${result.stopped.reason}`);
        this.pausedUntil = Math.max(clock.monotonic() + PAUSE_MS, result.pausedUntil ?? 0);
      }
      most = result.stopped === null ? Math.max(0, most - result.queried) : 0;
      this.left += result.left;
      this.unanswered += result.unanswered;
      if (result.nextDueAt !== null) this.nextDueAt = Math.min(this.nextDueAt ?? result.nextDueAt, result.nextDueAt);
      // Another account may pay in another way, so that only the account itself sends again.
      const maySend = scope.resend && session.clocks.isTrusted && this.target.payer === this.name;
      if (maySend && !account.wanted.signal.aborted) {
        await this.resend(session, account, { batch, references: result.resendable });
      }
    }
  }

  /** The account again, after it was given up. What halted it before halts it still. */
  private async takenBack({ accounts }: Session): Promise<OpenAccount | null> {
    const lock = await accounts.lockToQuery(this.name);
    if (lock === null) return null;
    const account = await accounts.open(lock);
    if (this.halted !== null) account.halt.abort(this.halted);
    return account;
  }

  /** Until when the account should be left alone, by the monotonic clock. */
  quietUntil(now: number): number {
    return this.isRefused ? now + REFUSED_PAUSE_MS : this.pausedUntil;
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
    if (this.isAway) {
      return [
        `Account ${this.name} was left to another run, which asks about its open payments itself; ${what} still open.`,
      ];
    }
    return [...stops, `Account ${this.name}: ${what} still open${silent}. Ask again later: payrun settle.`];
  }

  private query(
    session: Session,
    { lock, provider, wanted }: OpenAccount,
    { batch, which, endAt, most }: SettleRound & { readonly batch: string },
  ): Promise<QueryRoundResult> {
    const { ledger, system, signal, watch, by } = session;
    const onPause = ({ reason }: Evidence, waitMs: number): void => {
      if (waitMs >= PAUSE_NOTED_MS) {
        watch.note(`Account ${this.name} waits ${Math.ceil(waitMs / 1000)} s before it is asked again: ${reason}`);
      }
    };
    return queryOpenPayments({
      ledger,
      account: this.target.payer,
      place: lock.key,
      batch,
      provider,
      schedule: this.target.schedule,
      which,
      since: this.since,
      most,
      isWanted: () => wanted.signal.aborted,
      endAt,
      onPause,
      clock: system.clock,
      providerClock: session.clocks.of(this.name),
      signal,
      by,
    });
  }

  /** Sends `unknown` payments again with their old references, where the provider's rule allowed it on evidence. */
  private async resend(
    session: Session,
    account: OpenAccount,
    { batch, references }: { readonly batch: string; readonly references: readonly string[] },
  ): Promise<void> {
    const { ledger, system, watch, signal, by } = session;
    const resend = references.filter((reference) => !this.resent.has(reference));
    if (resend.length === 0 || signal.aborted) return;
    for (const reference of resend) this.resent.add(reference);
    const record = await ledger.batch(batch);
    if (record === null) return;
    const brake = await brakeOf(session, account, batch);
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
      heldAt: heldAtOf(record.header, account.account, { isLateAllowed: false }),
      ...(account.first === null ? {} : { first: account.first }),
      ...(brake === null ? {} : { brake }),
      signal,
      by,
    });
    // The schedule of a payment that was just sent again starts now.
    this.nextDueAt = system.clock.now();
    this.stops.push(...stopNotes(this.name, result, watch));
  }
}

/** How often an account that was given up is tried again. */
const AWAY_POLL_MS = 500;

/** Notices that a process which pays waits for the account: the queries under way end, and no other begins. */
function watchForSender({ ledger, system }: Session, { lock, wanted }: OpenAccount): { end(): Promise<void> } {
  const { clock } = system;
  const done = new AbortController();
  const watch = async (): Promise<void> => {
    while (!done.signal.aborted && !wanted.signal.aborted) {
      if (await ledger.isAccountAwaited(lock.key)) wanted.abort();
      else await clock.sleep(WANTED_POLL_MS, done.signal);
    }
  };
  // When the ledger cannot be used, the round itself fails and says so.
  const watching = watch().catch(() => undefined);
  return {
    end: () => {
      done.abort();
      return watching;
    },
  };
}

async function openCount(ledger: Ledger, { payer, place, batches }: Omit<AccountToSettle, 'account'>): Promise<number> {
  let count = 0;
  for (const batch of batches) {
    for (const open of await ledger.openPlaces(batch)) {
      if (open.account === payer && open.place === place) count += open.count;
    }
  }
  return count;
}

function contradictedText(account: string, batch: string, count: number): string {
  const what = count === 1 ? '1 payment' : `${count} payments`;
  return `Account ${account}: the provider contradicts what is known of ${what} of batch ${batch}; the report says which.`;
}
