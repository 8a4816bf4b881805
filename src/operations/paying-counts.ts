import type { BatchTotal } from '../domain/batch.ts';
import { countOf, sumsByCurrency } from '../domain/totals.ts';
import type { ExecuteProgress } from '../execute/contract.ts';
import { timestampsIn } from '../report/timestamps.ts';
import type { OpenAccount } from './session/account.ts';
import type { PayDuration, PayingProgress, ProgressWait } from './session/run-progress.ts';
import type { Session } from './session/session.ts';

/** About how long the accounts take for these payments, all at once; null where no account is open. */
export function payDuration(
  { project, system }: Pick<Session, 'project' | 'system'>,
  accounts: Iterable<OpenAccount>,
  totals: readonly BatchTotal[],
): PayDuration | null {
  let longest: PayDuration | null = null;
  for (const { account, limiter } of accounts) {
    const ms = limiter.durationMs(countOf(totals.filter((total) => total.account === account.name)));
    if (longest !== null && ms <= longest.ms) continue;
    longest = { ms, until: timestampsIn(project.config.timezone)(system.clock.now() + ms), rates: limiter.rates };
  }
  return longest;
}

/** Follows the payments of one batch while they are sent from several accounts at once. */
export class PayingCounts {
  private readonly batch: string;
  private readonly accounts: readonly OpenAccount[];
  private readonly session: Pick<Session, 'signal' | 'system'>;
  private readonly timestamp: (ms: number) => string;
  private readonly total: number;
  private readonly sums: ReadonlyMap<string, bigint>;
  private readonly left: Map<string, number>;
  private readonly sent = new Map<string, bigint>();
  private readonly held: number;
  private done = 0;
  private failed = 0;
  private unknown = 0;

  constructor(
    session: Pick<Session, 'project' | 'signal' | 'system'>,
    request: {
      readonly batch: string;
      /** The accounts that pay. */
      readonly accounts: readonly OpenAccount[];
      /** What is to be sent from them. */
      readonly totals: readonly BatchTotal[];
      /** How many of them wait behind a canary. */
      readonly held: number;
    },
  ) {
    const { batch, accounts, totals, held } = request;
    this.held = held;
    this.session = session;
    this.timestamp = timestampsIn(session.project.config.timezone);
    this.batch = batch;
    this.accounts = accounts;
    this.total = Math.max(0, countOf(totals) - held);
    this.sums = sumsByCurrency(totals);
    this.left = new Map(
      accounts.map(({ account: { name } }) => [name, countOf(totals.filter(({ account }) => account === name))]),
    );
  }

  /** A payment of an account has left `planned`. */
  note(account: string, { status, amountMinor, currency }: ExecuteProgress): void {
    this.done += 1;
    this.left.set(account, Math.max(0, (this.left.get(account) ?? 0) - 1));
    if (status === 'failed') this.failed += 1;
    else this.sent.set(currency, (this.sent.get(currency) ?? 0n) + amountMinor);
    if (status === 'unknown') this.unknown += 1;
  }

  now(): PayingProgress {
    const { batch, accounts, done, total, failed, unknown } = this;
    const working = accounts.filter(({ account }) => (this.left.get(account.name) ?? 0) > 0);
    const { signal, system } = this.session;
    const left = working.map(({ account, limiter }) => limiter.durationMs(this.left.get(account.name) ?? 0));
    const leftMs = Math.max(0, ...left);
    return {
      kind: 'paying',
      ...{ batch, done, total, failed, unknown, held: this.held },
      sums: [...this.sums].map(([currency, totalMinor]) => {
        return { currency, totalMinor, sentMinor: this.sent.get(currency) ?? 0n };
      }),
      underWay: accounts.reduce((sum, { limiter }) => sum + limiter.underWay, 0),
      wait: sharedWait(working),
      leftMs,
      endsAt: this.timestamp(system.clock.now() + leftMs),
      isEnding: signal.aborted,
    };
  }
}

/** Why an account that is being opened, or was, sends nothing now; null where none waits. */
export function firstWait(accounts: Iterable<OpenAccount>): ProgressWait | null {
  for (const account of accounts) {
    const wait = accountWait(account);
    if (wait !== null) return wait;
  }
  return null;
}

/** The shortest wait, where every account waits. */
function sharedWait(working: readonly OpenAccount[]): ProgressWait | null {
  const waits = working.map(accountWait);
  const msOf = (wait: ProgressWait | null): number => (wait === null || wait.kind === 'first' ? 0 : wait.ms);
  if (waits.length === 0 || waits.includes(null)) return null;
  return waits.toSorted((a, b) => msOf(a) - msOf(b))[0] ?? null;
}

function accountWait({ first, limiter }: OpenAccount): ProgressWait | null {
  const wait = limiter.wait();
  if (wait === null) return first?.isAwaited === true ? { kind: 'first' } : null;
  return wait.rate === null ? { kind: 'pause', ms: wait.ms } : { kind: 'rate', ...wait, rate: wait.rate };
}
