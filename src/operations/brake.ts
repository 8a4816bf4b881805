import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/outcome.ts';
import {
  isReached,
  SHARE_FROM,
  STOP_STATUSES,
  stopLimitText,
  stopsAt,
  type StopLimit,
  type StopWhen,
} from '../domain/stop-when.ts';
import type { Brake } from '../execute/contract.ts';
import type { SentCounts, StopAt } from '../ledger/brakes.ts';
import { pausedText } from '../ledger/stops.ts';
import type { OpenAccount } from './session/account.ts';
import type { Session } from './session/session.ts';

/** Who pauses an account by `stop_when`. A resume of such a pause begins to count anew. */
export const BRAKED_BY = 'payrun';

/** How often ends that other processes record are read while a share is not looked at yet. */
const FOLLOW_EVERY_MS = 500;

const NO_ENDS: SentCounts = { failed: 0, unknown: 0, returned: 0, ended: 0 };

type StopStatus = (typeof STOP_STATUSES)[number];

/**
 * The brake of an account for one batch, or null where the account has no `stop_when`. Counted are the payments of the batch that were
 * sent since the last resume after such a stop, and those that this command has sent from the account in batches before.
 */
export async function brakeOf(
  session: Session,
  { account }: Pick<OpenAccount, 'account'>,
  batch: string,
): Promise<AccountBrake | null> {
  const { ledger, system, sentBatches } = session;
  const { name, stopWhen } = account;
  if (stopWhen === null) return null;
  const resumedAt = (await ledger.resumedAt(name, BRAKED_BY)) ?? 0;
  // A clock that went back since the resume must not hide what goes wrong now.
  const since = resumedAt <= system.clock.now() ? resumedAt : 0;
  const before = sentBatches.begin(name, batch);
  let earlier = NO_ENDS;
  for (const other of before.earlier) {
    const of = { batch: other, account: name, since: Math.max(since, before.since) };
    earlier = countsTogether(earlier, await ledger.sentCounts(of));
  }
  const brake = new AccountBrake(session, { account: name, batch, stopWhen, since, earlier });
  await brake.read();
  return brake;
}

interface BrakeSetup {
  readonly account: string;
  readonly batch: string;
  readonly stopWhen: StopWhen;
  readonly since: number;
  /** Of other batches that this command has sent from the account. */
  readonly earlier: SentCounts;
}

class AccountBrake implements Brake {
  private readonly session: Pick<Session, 'ledger' | 'system'>;
  private readonly setup: BrakeSetup;
  /** As they were read last. */
  private counts: SentCounts = NO_ENDS;
  /** Ends of this run since then. */
  private own = 0;
  /** Of {@link own}, those that came while the ledger was read: its answer may have them. */
  private uncertain = 0;
  /** As {@link counts}, as the ledger said meanwhile. */
  private seen = 0;

  constructor(session: Pick<Session, 'ledger' | 'system'>, setup: BrakeSetup) {
    this.session = session;
    this.setup = setup;
  }

  stopAt(): StopAt {
    const { batch, since } = this.setup;
    const [failed, unknown, returned] = STOP_STATUSES.map((status) => this.numberOf(status));
    return { batch, since, failed: failed ?? null, unknown: unknown ?? null, returned: returned ?? null };
  }

  ended(): void {
    this.own += 1;
  }

  async reached(): Promise<Evidence | null> {
    const { ledger, system } = this.session;
    const { account } = this.setup;
    await this.read();
    const because = STOP_STATUSES.map((status) => this.reasonOf(status)).find((reason) => reason !== null);
    if (because === undefined) return null;
    const at = system.clock.now();
    const pause = await ledger.pause({ scope: 'account', name: account, by: BRAKED_BY, at, because });
    return { code: 'stop-when', reason: pausedText(pause) };
  }

  async read(): Promise<void> {
    const before = this.own;
    this.counts = await this.readCounts();
    this.own -= before;
    this.uncertain = this.own;
    this.seen = 0;
  }

  /** Follows the ends that others record, as long as there are too few for a share: from then on the ledger compares at each claim. */
  follow(clock: Clock): { end(): Promise<void> } {
    const done = new AbortController();
    const hasShare = STOP_STATUSES.some((status) => this.setup.stopWhen[status]?.kind === 'share');
    const watch = async (): Promise<void> => {
      while (hasShare && !done.signal.aborted && this.mostEnded() < SHARE_FROM) {
        await clock.sleep(FOLLOW_EVERY_MS, done.signal);
        this.seen = (await this.readCounts()).ended;
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

  /** At how many payments of this batch the ledger claims nothing more; null: whatever their number. */
  private numberOf(status: StopStatus): number | null {
    const limit = this.setup.stopWhen[status];
    if (limit === null) return null;
    const { counts, own, uncertain, setup } = this;
    const earlier = setup.earlier[status];
    // Never count an end twice here: too many ends would make a share look smaller.
    const ended = counts.ended + own - uncertain;
    const number = Math.max(0, stopsAt(limit, ended) - earlier);
    // Before enough payments have ended for a share, a reading that did not stop the account holds until one more goes wrong.
    const isTooEarly = limit.kind === 'share' && this.mostEnded() < SHARE_FROM;
    return isTooEarly ? Math.max(number, counts[status] - earlier + 1) : number;
  }

  private mostEnded(): number {
    return Math.max(this.counts.ended, this.seen) + this.own;
  }

  private async readCounts(): Promise<SentCounts> {
    const { batch, account, since, earlier } = this.setup;
    return countsTogether(earlier, await this.session.ledger.sentCounts({ batch, account, since }));
  }

  private reasonOf(status: StopStatus): string | null {
    const { batch, stopWhen, earlier } = this.setup;
    const limit = stopWhen[status];
    const [count, ended] = [this.counts[status], this.counts.ended];
    if (limit === null || !isReached(limit, { count, ended })) return null;
    const where = earlier.ended === 0 ? `batch ${batch}` : `batch ${batch} and those before it in this run`;
    const since = this.setup.since === 0 ? '' : ' since the account was resumed';
    const first = `stop_when.${status} of ${stopLimitText(limit)} is reached`;
    return `${first}: ${shareText(status, limit, count, ended)} of ${where}${since}. Look at them: payrun status ${batch}.`;
  }
}

export type { AccountBrake };

/** `6 of the 100 payments that came to an end failed`, `3 payments are unknown` */
function shareText(status: StopStatus, { kind }: StopLimit, count: number, ended: number): string {
  const are = { failed: 'failed', unknown: 'unknown', returned: 'returned' }[status];
  if (kind === 'count') return `${count} ${are} ${count === 1 ? 'payment' : 'payments'}`;
  return `${count} ${are} of ${ended} ended payments`;
}

function countsTogether(a: SentCounts, b: SentCounts): SentCounts {
  return {
    failed: a.failed + b.failed,
    unknown: a.unknown + b.unknown,
    returned: a.returned + b.returned,
    ended: a.ended + b.ended,
  };
}
