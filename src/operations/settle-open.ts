import { isPayrunError } from '../domain/problem.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { movedText, openTargets, type OpenTarget } from './open-targets.ts';
import { checkProvider } from './session/account.ts';
import { providerOf } from './session/project.ts';
import type { OpenProgress } from './session/run-progress.ts';
import type { Session } from './session/session.ts';
import { AccountSettlement } from './settle-account.ts';

export interface SettleScope {
  readonly records: readonly BatchRecord[];
  /** How long to wait for open payments; 0: one round. */
  readonly waitMs: number;
  /** How long pauses that a provider asks for are waited for in any case. */
  readonly pausesMs: number;
  /** What is queried: every open payment once, or those that are due by their provider's schedule. */
  readonly which: 'all' | 'due';
  /** How many payments of each account are queried in a round at most; absent: all that are to be. */
  readonly most?: number;
  /**
   * Until when each account is left alone, by the monotonic clock: read, and written where a provider asks for a pause or refuses
   * the account. Absent: the command settles once.
   */
  readonly pauses?: Map<string, number>;
  /** How long an account that was given up to a process that pays is waited for in any case. */
  readonly awayMs: number;
  /** Whether payments are sent again where the provider's rule allows it. */
  readonly resend: boolean;
}

/** Why payments were left open, one sentence each. */
export type SettleNotes = readonly string[];

/** The ledger is not walked more often than this, however many callbacks come in. */
const ROUND_EVERY_MS = 200;
/** A change that another process wrote into the ledger is noticed after this long at the latest. */
const READ_EVERY_MS = 2_000;

/**
 * Learns what became of open payments until none is open or the wait is over: applies callbacks as they come, and queries by each
 * provider's schedule and within its budgets. Changes are in the ledger; the ledger knows whose reports are behind.
 */
export async function settleOpen(session: Session, scope: SettleScope): Promise<SettleNotes> {
  const { callbacks, signal, system, watch } = session;
  const { clock } = system;
  const deadline = clock.monotonic() + scope.waitMs;
  const awayUntil = clock.monotonic() + scope.awayMs;
  const endAt = clock.monotonic() + Math.max(scope.waitMs, scope.pausesMs);
  const { accounts, notes } = await openAccountsOf(session, scope);
  const { which, resend, most = Number.POSITIVE_INFINITY } = scope;
  const unfollow = watch.follow(() => openProgress(session, { scope, accounts, endAt: deadline }));
  for (;;) {
    const startedAt = clock.monotonic();
    const wake = new AbortController();
    const ending = AbortSignal.any([signal, wake.signal]);
    // Listen before the round reads the ledger, so that no callback of meanwhile is missed.
    const changed = callbacks.receiver.changed.next(ending);
    await Promise.all(accounts.map((account) => account.round(session, { which, resend, most, endAt })));
    const open = accounts.filter((account) => account.left > 0);
    const end = open.some((account) => account.isAway) ? Math.max(deadline, awayUntil) : deadline;
    if (open.length === 0 || signal.aborted || clock.monotonic() >= end) {
      wake.abort();
      break;
    }
    const nextDueMs = Math.min(...open.map((account) => account.dueInMs(clock.now(), clock.monotonic())));
    const sinceMs = clock.monotonic() - startedAt;
    const waitMs = Math.min(nextDueMs, READ_EVERY_MS, end - clock.monotonic());
    await Promise.race([changed, clock.sleep(waitMs, ending)]);
    wake.abort();
    // The last round is at the very end of the wait, whatever the time between two rounds.
    await clock.sleep(Math.min(ROUND_EVERY_MS - sinceMs, end - clock.monotonic()), signal);
  }
  unfollow();
  for (const account of accounts) scope.pauses?.set(account.name, account.quietUntil(clock.monotonic()));
  return [...notes, ...accounts.flatMap((account) => account.notes())];
}

function openProgress(
  { system: { clock }, signal }: Session,
  work: {
    readonly scope: Pick<SettleScope, 'records'>;
    readonly accounts: readonly AccountSettlement[];
    readonly endAt: number;
  },
): OpenProgress {
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  const open = work.accounts.filter(({ left }) => left > 0);
  return {
    kind: 'open',
    batches: work.scope.records.map(({ header }) => header.id),
    open: open.reduce((sum, { left }) => sum + left, 0),
    nextMs: Math.min(...open.map((account) => account.dueInMs(now, monotonic))),
    leftMs: Math.max(0, work.endAt - monotonic),
    isEnding: signal.aborted,
  };
}

interface OpenAccounts {
  readonly accounts: readonly AccountSettlement[];
  /** Of the accounts that are left out: why. */
  readonly notes: readonly string[];
}

/** Opens the accounts through which open payments of these batches can be queried. */
async function openAccountsOf(
  session: Session,
  { records: batches, which, pauses }: Pick<SettleScope, 'records' | 'which' | 'pauses'>,
): Promise<OpenAccounts> {
  const accounts: AccountSettlement[] = [];
  const notes: string[] = [];
  for (const target of await openTargets(session, batches, which)) {
    if ((pauses?.get(target.through ?? '') ?? 0) > session.system.clock.monotonic()) continue;
    const opened = await openToSettle(session, target).catch((error: unknown) => {
      // One account that cannot be opened must not keep the others from being queried.
      if (!isPayrunError(error)) throw error;
      return `${error.message} Open payments of account ${target.account} were not asked about.`;
    });
    if (typeof opened === 'string') notes.push(opened);
    else accounts.push(opened);
  }
  return { accounts, notes };
}

/** An account to query, or the sentence that says why it is left out. Throws `PayrunError` for a wrong configuration. */
async function openToSettle(session: Session, target: OpenTarget): Promise<AccountSettlement | string> {
  const { project, system, accounts: pool } = session;
  const { records, through: name } = target;
  if (name === null) return leftAloneText(session, target);
  const account = project.config.accounts.get(name);
  if (account === undefined) {
    return `Account ${name} is not configured any more; its open payments were not asked about.`;
  }
  const schedule = providerOf(account).polling?.(account.options);
  if (schedule === undefined) {
    return `Account ${name}: ${account.provider} cannot be asked what became of a payment. The report's next_action says what to look for.`;
  }
  for (const record of records) checkProvider(record, account);
  const lock = await pool.lockToQuery(name);
  if (lock === null) {
    return `Account ${name} is being worked by another run, which asks about its open payments itself.`;
  }
  const batches = records.map((record) => record.header.id);
  const open = await pool.open(lock);
  return new AccountSettlement(
    { account: open, payer: target.account, place: target.place, batches, schedule },
    system.clock.now(),
  );
}

async function leftAloneText({ ledger }: Session, { account, place, count }: OpenTarget): Promise<string> {
  const sent = (await ledger.places()).get(place ?? '');
  if (sent === undefined)
    return `Account ${account} is not configured any more; its open payments were not asked about.`;
  return `${count === 0 ? 'Earlier references' : count === 1 ? '1 payment' : `${count} payments`}: ${movedText(account, sent)}`;
}
