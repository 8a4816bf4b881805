import type { Evidence } from '../domain/outcome.ts';
import type { ExecuteResult } from '../execute/contract.ts';
import { execute } from '../execute/execute.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { coveredReferences } from './coverage.ts';
import { isShort, type Plan } from '../plan/plan.ts';
import { heldByCanaries } from './canary-state.ts';
import { brakeOf } from './brake.ts';
import { earlierFault } from './confirm-unpaid.ts';
import { isLive, type OpenAccount } from './session/account.ts';
import { heldAtOf } from './sending-times.ts';
import { PayingCounts, payDuration } from './paying-counts.ts';
import type { Session } from './session/session.ts';
import type { Watch } from './session/watch.ts';

export interface PayRequest {
  readonly record: BatchRecord;
  readonly plan: Plan;
  /** The accounts that pay, by name. */
  readonly accounts: ReadonlyMap<string, OpenAccount>;
  /** Only payments of this generation or later: 2 for a retry. */
  readonly generationFrom?: number;
  /** A person has said that payments may be sent after the batch's `not_after`. */
  readonly isLateAllowed?: boolean;
  /** Since when this command has queried what rests on no verified word; absent: it has not. */
  readonly queriedSince?: number;
}

/** Asks before the first payment of a batch, naming the accounts that move real money; false: nothing may be sent. */
export function confirmed(session: Session, plan: Plan, accounts: ReadonlyMap<string, OpenAccount>): Promise<boolean> {
  const { project, watch } = session;
  const totals = [...plan.fresh, ...plan.resumed];
  const live = totals.filter((total) => {
    const account = project.config.accounts.get(total.account);
    return account !== undefined && isLive(account);
  });
  const liveAccounts = [...new Set(live.map((total) => total.account))];
  return watch.confirm(plan, { liveAccounts, duration: payDuration(session, accounts.values(), totals) });
}

/** Why payments were left, one sentence each. */
export interface PayEnd {
  readonly notes: readonly string[];
  /** Of the notes, those about an account that cannot go on: somebody has to look into it. */
  readonly stops: readonly string[];
}

/** Pays what is planned, all accounts at once. Throws `LedgerError`. */
export async function pay(session: Session, request: PayRequest): Promise<PayEnd> {
  const { ledger, system, watch, by } = session;
  const { record, plan, accounts, generationFrom = 1, queriedSince = Number.POSITIVE_INFINITY } = request;
  const { isLateAllowed = false } = request;
  const batch = record.header.id;
  session.clocks.use(batch);
  const paying = [...accounts.values()].filter(({ account: { name } }) => !isShortOf(plan, name));
  const totals = [...plan.fresh, ...plan.resumed].filter(({ account }) => {
    return paying.some((open) => open.account.name === account);
  });
  const held = heldByCanaries(await ledger.canaries(batch));
  const counts = new PayingCounts(session, { batch, accounts: paying, totals, held });
  const unfollow = watch.follow(() => counts.now());
  // A ledger that failed one account is not trusted by the others either.
  const distrust = new AbortController();
  const ending = AbortSignal.any([session.signal, distrust.signal]);
  const runs = paying.map(async (account): Promise<PayEnd> => {
    const { name } = account.account;
    const fault = await earlierFault(session, account, { batch, queriedSince });
    if (fault !== null) return { notes: [fault], stops: [fault] };
    const coverage = plan.coverage.find((one) => one.account === name);
    const only = coverage && (await coveredReferences(ledger, batch, coverage));
    const watched = watchForStops(session, account);
    const brake = await brakeOf(session, account, batch);
    const following = brake?.follow(system.clock);
    const result = await execute({
      ledger,
      lock: account.lock,
      batch,
      provider: account.provider,
      concurrency: account.limiter.concurrency,
      generationFrom,
      limiter: account.limiter,
      clock: system.clock,
      halt: account.halt.signal,
      ...(only === undefined ? {} : { only }),
      heldAt: heldAtOf(record.header, account.account, { isLateAllowed }),
      ...(account.first === null ? {} : { first: account.first }),
      ...(brake === null ? {} : { brake }),
      signal: ending,
      by,
      onProgress: (event) => {
        counts.note(name, event);
        session.noteSent(batch);
      },
    });
    await watched.end();
    await following?.end();
    if (result.stopped?.kind === 'ledger') distrust.abort();
    const notes = stopNotes(name, result, watch);
    return { notes, stops: isOfAccount(result) ? notes : [] };
  });
  // Every account ends before anything is thrown: what is in flight must be recorded.
  const ended = await Promise.allSettled(runs);
  unfollow();
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  const ends = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const waits = plan.coverage.flatMap(({ shortages }) => shortages.map(({ text }) => text));
  return { notes: [...ends.flatMap(({ notes }) => notes), ...waits], stops: ends.flatMap(({ stops }) => stops) };
}

/** Whether the account itself cannot go on, rather than that a person interrupted or paused the run. */
function isOfAccount({ stopped }: ExecuteResult): boolean {
  switch (stopped?.kind) {
    case 'stop':
    case 'unreachable':
    case 'throttled':
    case 'braked':
      return true;
    case 'drained':
    case 'paused':
    case 'held':
    case 'ledger':
    case undefined:
      return false;
  }
}

function isShortOf(plan: Plan, account: string): boolean {
  return plan.balances.some((balance) => balance.account === account && isShort(balance));
}

const STOP_POLL_MS = 500;

/**
 * Halts an account when another process has received a status report that stops it: a callback that says that the initiator is
 * locked must stop the run that sends, also when `serve` received the callback.
 */
function watchForStops({ system, ledger }: Session, open: OpenAccount): { end(): Promise<void> } {
  const { clock } = system;
  const { account, definition, halt } = open;
  const done = new AbortController();
  const since = clock.now();
  const watch = async (): Promise<void> => {
    while (definition.callbacks !== undefined && !done.signal.aborted && !halt.signal.aborted) {
      const stop = await ledger.accountStop(account.name, since);
      if (stop !== null) halt.abort(stop);
      else await clock.sleep(STOP_POLL_MS, done.signal);
    }
  };
  // When the ledger cannot be read, the execution itself fails and says so.
  const watching = watch().catch(() => undefined);
  return {
    end: () => {
      done.abort();
      return watching;
    },
  };
}

/** The sentence for an account that cannot go on. */
export function stopSentence(account: string, { code, reason }: Evidence): string {
  return `Account ${account} stopped (${code}): ${reason}`;
}

/** Why an execution left something, one sentence each. Throws the `LedgerError` that ended it. */
export function stopNotes(account: string, result: ExecuteResult, watch: Pick<Watch, 'fail'>): string[] {
  const { stopped } = result;
  if (stopped === null) return [];
  switch (stopped.kind) {
    case 'drained':
      return [
        'Interrupted: what was in flight was finished and recorded, the rest stays planned. Run it again to go on.',
      ];
    case 'paused':
    case 'braked':
      return [`What is left stays as it is. ${stopped.evidence.reason}`];
    case 'held':
      return [`Sending has stopped, and what is left stays planned. ${stopped.evidence.reason}`];
    case 'stop':
    case 'unreachable':
    case 'throttled':
      return [`${stopSentence(account, stopped.evidence)} What is left stays planned.`];
    case 'ledger':
      for (const { claim, outcome } of stopped.unrecorded) {
        const { reference, id } = claim.instruction;
        const { code, providerReference = 'no provider reference' } = outcome.evidence;
        watch.fail(
          `Payment ${id} (${reference}) ended ${outcome.kind} (${code}, ${providerReference}), which could not be recorded.`,
        );
      }
      throw stopped.error;
  }
}
