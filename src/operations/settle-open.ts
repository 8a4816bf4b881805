import type { PollSchedule } from '../domain/query-history.ts';
import { isPayrunError } from '../domain/problem.ts';
import { execute } from '../execute/execute.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, AccountLock } from '../ledger/records.ts';
import { inquire, type InquireResult } from '../settle/inquire.ts';
import { checkProvider, type OpenAccount } from './session/account.ts';
import type { AccountPool } from './session/account-pool.ts';
import { stopNotes, type RunWatch } from './pay.ts';
import { providerOf, signature, type Project } from './session/project.ts';

export interface SettleScope {
  readonly command: string;
  readonly records: readonly BatchRecord[];
  /** How long to wait for what is open; 0: one look. */
  readonly waitMs: number;
  /** What the first look asks about: everything that is open, or what its provider's schedule wants now. */
  readonly first: 'all' | 'due';
  /** Whether what may be presented again is, where the provider's rule allows it. */
  readonly resend: boolean;
}

/** Why things were left open, one sentence each. */
export type SettleNotes = readonly string[];

/** However many callbacks come in, the ledger is not walked more often than this. */
const PASS_EVERY_MS = 200;
/** What another process has learnt is noticed so soon. */
const LOOK_EVERY_MS = 2_000;
/** After asking has not worked, it is left alone for a while. */
const TROUBLE_PAUSE_MS = 5_000;

/**
 * Learns what became of open payments, until nothing is open or the wait is over: callbacks as they come, questions by each
 * provider's schedule and within its budgets. What it changes is in the ledger; batches in which something moved are in the
 * receiver's `moved`.
 */
export async function settleOpen(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  scope: SettleScope,
  watch: Pick<RunWatch, 'fail'>,
  signal: AbortSignal,
): Promise<SettleNotes> {
  const { clock } = project.system;
  const deadline = clock.monotonic() + scope.waitMs;
  const works = await openWorks(project, ledger, pool, scope);
  const notes = works.flatMap((work) => (work.kind === 'left' ? [work.note] : []));
  const asking = works.filter((work) => work.kind === 'asking').map(({ work }) => work);
  for (let pass = 0; ; pass++) {
    const startedAt = clock.monotonic();
    const wake = new AbortController();
    const ending = AbortSignal.any([signal, wake.signal]);
    const heard = pool.callbacks.receiver.changed.next(ending);
    await Promise.all(
      asking.map((work) =>
        work.pass({ project, ledger, pool, scope, watch, signal, which: pass === 0 ? scope.first : 'due' }),
      ),
    );
    const open = asking.filter((work) => work.left > 0);
    if (open.length === 0 || signal.aborted || clock.monotonic() >= deadline) {
      wake.abort();
      break;
    }
    const nextDueMs = Math.min(...open.map((work) => work.dueInMs(clock.now(), clock.monotonic())));
    const sinceMs = clock.monotonic() - startedAt;
    const waitMs = Math.min(nextDueMs, LOOK_EVERY_MS, deadline - clock.monotonic());
    await Promise.race([heard, clock.sleep(waitMs, ending)]);
    wake.abort();
    // The last look is at the very end of the wait, whatever the schedule of passes.
    await clock.sleep(Math.min(PASS_EVERY_MS - sinceMs, deadline - clock.monotonic()), signal);
  }
  return [...notes, ...asking.flatMap((work) => work.notes())];
}

type Work = { readonly kind: 'asking'; readonly work: AccountWork } | { readonly kind: 'left'; readonly note: string };

/** One for each account that has something open in these batches and whose provider can settle by itself. */
async function openWorks(project: Project, ledger: Ledger, pool: AccountPool, scope: SettleScope): Promise<Work[]> {
  const batchesOf = new Map<string, BatchRecord[]>();
  for (const record of scope.records) {
    const names = new Set((await ledger.tallies(record.header.id)).map((tally) => tally.account));
    for (const name of names) {
      if (await hasOpen(ledger, name, record.header.id)) batchesOf.set(name, [...(batchesOf.get(name) ?? []), record]);
    }
  }
  const works: Work[] = [];
  for (const [name, records] of [...batchesOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const account = project.config.accounts.get(name);
    if (account === undefined) {
      works.push({
        kind: 'left',
        note: `Account ${name} is not configured any more; its open payments were not asked about.`,
      });
      continue;
    }
    const schedule = providerOf(account).polling?.(account.options);
    if (schedule === undefined) {
      const what = `Account ${name}: ${account.provider} cannot be asked what became of a payment. The report's next_action says what to look for.`;
      works.push({ kind: 'left', note: what });
      continue;
    }
    try {
      for (const record of records) checkProvider(record, account);
      const hold = await pool.hold(name);
      if (hold === null) {
        const what = `Account ${name} is being worked by another run, which asks about its open payments itself.`;
        works.push({ kind: 'left', note: what });
        continue;
      }
      const batches = records.map((record) => record.header.id);
      works.push({ kind: 'asking', work: new AccountWork(hold, await pool.open(hold), batches, schedule) });
    } catch (error) {
      // What is wrong with one account is no reason to ask nobody about the others.
      if (!isPayrunError(error)) throw error;
      works.push({ kind: 'left', note: `${error.message} Its open payments were not asked about.` });
    }
  }
  return works;
}

/** Whether anything is to be learnt: of what is open, or of what has failed and a callback has called paid. */
async function hasOpen(ledger: Ledger, account: string, batch: string): Promise<boolean> {
  for await (const page of ledger.openPayments({ account, batch, statuses: ['pending', 'unknown'] })) {
    if (page.length > 0) return true;
  }
  return (await ledger.unprocessedCallbacks(account)).length > 0;
}

interface Pass {
  readonly project: Project;
  readonly ledger: Ledger;
  readonly pool: AccountPool;
  readonly scope: SettleScope;
  readonly watch: Pick<RunWatch, 'fail'>;
  readonly signal: AbortSignal;
  readonly which: 'all' | 'due';
}

/** What is open of one account in the batches of one command. */
class AccountWork {
  /** Open payments at the end of the last pass. */
  left = 0;
  private readonly hold: AccountLock;
  private readonly account: OpenAccount;
  private readonly batches: readonly string[];
  private readonly schedule: PollSchedule;
  private nextDueAt: number | null = null;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  /** Each is presented again once in a command: what comes back unmoved waits for the next one. */
  private readonly resent = new Set<string>();
  private stops: string[] = [];

  constructor(hold: AccountLock, account: OpenAccount, batches: readonly string[], schedule: PollSchedule) {
    this.hold = hold;
    this.account = account;
    this.batches = batches;
    this.schedule = schedule;
  }

  async pass(pass: Pass): Promise<void> {
    const { pool, project } = pass;
    await pool.callbacks.receiver.processStored(this.hold.account);
    const { clock } = project.system;
    if (clock.monotonic() < this.pausedUntil) return;
    this.stops = [];
    this.left = 0;
    this.nextDueAt = null;
    for (const batch of this.batches) {
      const result = await this.ask(pass, batch);
      for (const moved of result.batches) pool.callbacks.receiver.moved.add(moved);
      if (result.accountStop !== null) this.account.halt.abort(result.accountStop);
      if (result.stopped !== null) {
        this.stops.push(`Account ${this.hold.account}: ${result.stopped.reason}`);
        this.pausedUntil = clock.monotonic() + TROUBLE_PAUSE_MS;
      }
      this.left += result.left;
      if (result.nextDueAt !== null) this.nextDueAt = Math.min(this.nextDueAt ?? result.nextDueAt, result.nextDueAt);
      if (pass.scope.resend) await this.presentAgain(pass, batch, result.resendable.get(batch) ?? []);
    }
  }

  /** Until the next look is wanted; never nothing, so that a trouble cannot become a tight loop. */
  dueInMs(now: number, monotonic: number): number {
    const dueMs = this.nextDueAt === null ? Number.POSITIVE_INFINITY : this.nextDueAt - now;
    return Math.max(dueMs, this.pausedUntil - monotonic, 10);
  }

  notes(): string[] {
    if (this.left === 0) return this.stops;
    const what = this.left === 1 ? '1 payment is' : `${this.left} payments are`;
    return [...this.stops, `Account ${this.hold.account}: ${what} still open. Ask again later: payrun settle.`];
  }

  private ask({ project, ledger, scope, signal, which }: Pass, batch: string): Promise<InquireResult> {
    return inquire({
      ledger,
      account: this.hold.account,
      batch,
      provider: this.account.provider,
      schedule: this.schedule,
      which,
      clock: project.system.clock,
      signal,
      by: signature(project, scope.command),
    });
  }

  /** Presents `unknown` payments again, with their old references, which the provider's rule has allowed on evidence. */
  private async presentAgain(pass: Pass, batch: string, references: readonly string[]): Promise<void> {
    const { project, ledger, pool, scope, watch, signal } = pass;
    const resend = references.filter((reference) => !this.resent.has(reference));
    if (resend.length === 0 || signal.aborted) return;
    for (const reference of resend) this.resent.add(reference);
    await ledger.forgetFiles(batch);
    const result = await execute({
      ledger,
      lock: this.hold,
      batch,
      resend,
      provider: this.account.provider,
      concurrency: this.account.limiter.concurrency,
      limiter: this.account.limiter,
      clock: project.system.clock,
      halt: this.account.halt.signal,
      signal,
      by: signature(project, scope.command),
    });
    pool.callbacks.receiver.moved.add(batch);
    // What was presented is due anew, from now on.
    this.nextDueAt = project.system.clock.now();
    this.stops.push(...stopNotes(this.hold.account, result, watch));
  }
}
