import type { Evidence } from '../domain/outcome.ts';
import { countOf } from '../domain/totals.ts';
import type { ExecuteResult } from '../execute/contract.ts';
import { execute } from '../execute/execute.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { isShort, type Plan } from '../plan/plan.ts';
import { earlierFault } from './confirm-unpaid.ts';
import { isLive, type OpenAccount } from './session/account.ts';
import type { Session } from './session/session.ts';
import type { Watch } from './session/watch.ts';

export interface PayRequest {
  readonly record: BatchRecord;
  readonly plan: Plan;
  /** The accounts that pay, by name. */
  readonly accounts: ReadonlyMap<string, OpenAccount>;
  /** Only payments of this generation or later: 2 for a retry. */
  readonly generationFrom?: number;
  /** Since when this command has queried what rests on no verified word; absent: it has not. */
  readonly queriedSince?: number;
}

/** Asks before the first payment of a batch, naming the accounts that move real money; false: nothing may be sent. */
export function confirmed({ project, watch }: Session, plan: Plan): Promise<boolean> {
  const live = [...plan.fresh, ...plan.resumed].filter((total) => {
    const account = project.config.accounts.get(total.account);
    return account !== undefined && isLive(account);
  });
  return watch.confirm(plan, [...new Set(live.map((total) => total.account))]);
}

/** Pays what is planned, all accounts at once. Returns why anything was left, one sentence each; throws `LedgerError`. */
export async function pay(session: Session, request: PayRequest): Promise<string[]> {
  const { ledger, system, watch, by } = session;
  const { record, plan, accounts, generationFrom = 1, queriedSince = Number.POSITIVE_INFINITY } = request;
  const batch = record.header.id;
  session.clocks.use(batch);
  const total = countOf([...plan.fresh, ...plan.resumed]);
  let done = 0;
  // A ledger that failed one account is not trusted by the others either.
  const distrust = new AbortController();
  const ending = AbortSignal.any([session.signal, distrust.signal]);
  const runs = [...accounts].map(async ([name, account]): Promise<string[]> => {
    const short = plan.balances.some((balance) => balance.account === name && isShort(balance));
    if (short) return [];
    const fault = await earlierFault(session, account, { batch, queriedSince });
    if (fault !== null) return [fault];
    const watched = watchForStops(session, account);
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
      ...(account.first === null ? {} : { first: account.first }),
      signal: ending,
      by,
      onProgress: () => {
        done += 1;
        watch.progress(batch, { done, total });
      },
    });
    await watched.end();
    if (result.stopped?.kind === 'ledger') distrust.abort();
    return stopNotes(name, result, watch);
  });
  // Every account ends before anything is thrown: what is in flight must be recorded.
  const ended = await Promise.allSettled(runs);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return ended.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
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
      return ['Interrupted: what was in flight was finished and recorded, the rest stays planned.'];
    case 'paused':
      return [`${stopped.evidence.reason} What is left stays as it is.`];
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
