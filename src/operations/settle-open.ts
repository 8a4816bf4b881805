import { isPayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { checkProvider } from './session/account.ts';
import type { AccountPool } from './session/account-pool.ts';
import type { RunWatch } from './pay.ts';
import { providerOf, type Project } from './session/project.ts';
import { AccountSettlement, type SettleScope } from './settle-account.ts';

/** Why payments were left open, one sentence each. */
export type SettleNotes = readonly string[];

/** The ledger is not walked more often than this, however many callbacks come in. */
const ROUND_EVERY_MS = 200;
/** A change that another process wrote into the ledger is noticed after this long at the latest. */
const READ_EVERY_MS = 2_000;

/**
 * Learns what became of open payments until none is open or the wait is over: applies callbacks as they come, and queries by each
 * provider's schedule and within its budgets. Changes are in the ledger; the batches that changed are in the receiver's `moved`.
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
  const { accounts, notes } = await openAccounts(project, ledger, pool, scope);
  for (let round = 0; ; round++) {
    const startedAt = clock.monotonic();
    const wake = new AbortController();
    const ending = AbortSignal.any([signal, wake.signal]);
    // Listen before the round reads the ledger, so that no callback of meanwhile is missed.
    const changed = pool.callbacks.receiver.changed.next(ending);
    const which = round === 0 ? scope.first : 'due';
    const context = { project, ledger, receiver: pool.callbacks.receiver, scope, watch, signal };
    await Promise.all(accounts.map((account) => account.round(context, which)));
    const open = accounts.filter((account) => account.left > 0);
    if (open.length === 0 || signal.aborted || clock.monotonic() >= deadline) {
      wake.abort();
      break;
    }
    const nextDueMs = Math.min(...open.map((account) => account.dueInMs(clock.now(), clock.monotonic())));
    const sinceMs = clock.monotonic() - startedAt;
    const waitMs = Math.min(nextDueMs, READ_EVERY_MS, deadline - clock.monotonic());
    await Promise.race([changed, clock.sleep(waitMs, ending)]);
    wake.abort();
    // The last round is at the very end of the wait, whatever the time between two rounds.
    await clock.sleep(Math.min(ROUND_EVERY_MS - sinceMs, deadline - clock.monotonic()), signal);
  }
  return [...notes, ...accounts.flatMap((account) => account.notes())];
}

interface OpenAccounts {
  readonly accounts: readonly AccountSettlement[];
  /** Of the accounts that are left out: why. */
  readonly notes: readonly string[];
}

/** Opens each account that has an open payment in these batches and whose provider can be queried. */
async function openAccounts(
  project: Project,
  ledger: Ledger,
  pool: AccountPool,
  scope: SettleScope,
): Promise<OpenAccounts> {
  const accounts: AccountSettlement[] = [];
  const notes: string[] = [];
  for (const [name, records] of await batchesByAccount(ledger, scope.records)) {
    const opened = await openAccount(project, pool, name, records).catch((error: unknown) => {
      // One account that cannot be opened must not keep the others from being queried.
      if (!isPayrunError(error)) throw error;
      return `${error.message} Its open payments were not asked about.`;
    });
    if (typeof opened === 'string') notes.push(opened);
    else accounts.push(opened);
  }
  return { accounts, notes };
}

/** Which of these batches have something open in which account, by the accounts' names. */
async function batchesByAccount(
  ledger: Ledger,
  records: readonly BatchRecord[],
): Promise<readonly (readonly [string, readonly BatchRecord[]])[]> {
  const batchesOf = new Map<string, BatchRecord[]>();
  for (const record of records) {
    const names = new Set((await ledger.tallies(record.header.id)).map((tally) => tally.account));
    for (const name of names) {
      if (await hasOpen(ledger, name, record.header.id)) batchesOf.set(name, [...(batchesOf.get(name) ?? []), record]);
    }
  }
  return [...batchesOf].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** An account to query, or the sentence that says why it is left out. Throws `PayrunError` for a wrong configuration. */
async function openAccount(
  project: Project,
  pool: AccountPool,
  name: string,
  records: readonly BatchRecord[],
): Promise<AccountSettlement | string> {
  const account = project.config.accounts.get(name);
  if (account === undefined) {
    return `Account ${name} is not configured any more; its open payments were not asked about.`;
  }
  const schedule = providerOf(account).polling?.(account.options);
  if (schedule === undefined) {
    return `Account ${name}: ${account.provider} cannot be asked what became of a payment. The report's next_action says what to look for.`;
  }
  for (const record of records) checkProvider(record, account);
  const lock = await pool.hold(name);
  if (lock === null) {
    return `Account ${name} is being worked by another run, which asks about its open payments itself.`;
  }
  const batches = records.map((record) => record.header.id);
  return new AccountSettlement({ lock, account: await pool.open(lock), batches, schedule });
}

/** Whether a query or a stored callback can change a payment: it is open, or it failed and a callback reported it as paid. */
async function hasOpen(ledger: Ledger, account: string, batch: string): Promise<boolean> {
  for await (const page of ledger.openPayments({ account, batch, statuses: ['pending', 'unknown'] })) {
    if (page.length > 0) return true;
  }
  return (await ledger.unprocessedCallbacks(account)).length > 0;
}
