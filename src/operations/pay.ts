import { countOf } from '../domain/totals.ts';
import { execute, type ExecuteResult } from '../execute/execute.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, AccountLock } from '../ledger/records.ts';
import { isShort, type Plan } from '../plan/plan.ts';
import type { OpenAccount } from './session/account.ts';
import { signature, type Project } from './session/project.ts';

/** What a run tells while it works, and the one thing that it asks. */
export interface RunWatch {
  /** Called before the first payment of a batch; false: leave it. */
  confirm(plan: Plan): Promise<boolean>;
  planned(plan: Plan): void;
  progress(batch: string, event: { readonly done: number; readonly total: number }): void;
  note(text: string): void;
  /** What must be seen whatever is kept quiet. */
  fail(text: string): void;
}

export interface Payers {
  /** For the ledger's entries: `run`, `retry`. */
  readonly command: string;
  readonly holds: ReadonlyMap<string, AccountLock>;
  readonly accounts: ReadonlyMap<string, OpenAccount>;
  /** Only payments of this generation or later: 2 for a retry. */
  readonly generationFrom?: number;
}

/** Pays what is planned, all accounts at once. Returns why anything was left, one sentence each; throws `LedgerError`. */
export async function pay(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  plan: Plan,
  payers: Payers,
  watch: RunWatch,
  signal: AbortSignal,
): Promise<string[]> {
  const batch = record.header.id;
  const total = countOf([...plan.fresh, ...plan.resumed]);
  let done = 0;
  // A ledger that failed one account is not trusted by the others either.
  const distrust = new AbortController();
  const ending = AbortSignal.any([signal, distrust.signal]);
  const runs = [...payers.accounts].map(async ([name, account]): Promise<string[]> => {
    const lock = payers.holds.get(name);
    const short = plan.balances.some((balance) => balance.account === name && isShort(balance));
    if (lock === undefined || short) return [];
    const watched = watchForStops(project, ledger, account);
    const result = await execute({
      ledger,
      lock,
      batch,
      provider: account.provider,
      concurrency: account.limiter.concurrency,
      generationFrom: payers.generationFrom ?? 1,
      limiter: account.limiter,
      clock: project.system.clock,
      halt: account.halt.signal,
      signal: ending,
      by: signature(project, payers.command),
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
 * Halts an account on a finding that another process has received: a callback that says that the initiator is locked must stop
 * the run that keeps sending, whoever it comes to.
 */
function watchForStops(project: Project, ledger: Ledger, open: OpenAccount): { end(): Promise<void> } {
  const { clock } = project.system;
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
  // A ledger that cannot be read is told by the execution itself.
  const watching = watch().catch(() => undefined);
  return {
    end: () => {
      done.abort();
      return watching;
    },
  };
}

/** Why an execution left something, one sentence each. Throws the `LedgerError` that ended it. */
export function stopNotes(account: string, result: ExecuteResult, watch: Pick<RunWatch, 'fail'>): string[] {
  const { stopped } = result;
  if (stopped === null) return [];
  switch (stopped.kind) {
    case 'drained':
      return ['Interrupted: what was in flight was finished and recorded, the rest stays planned.'];
    case 'stop':
    case 'unreachable':
    case 'throttled':
      return [
        `Account ${account} stopped (${stopped.evidence.code}): ${stopped.evidence.reason} What is left stays planned.`,
      ];
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
