import type { Clock } from '../../domain/clock.ts';
import { ProviderClock } from '../../domain/provider-clock.ts';
import { isClockBehind } from '../../ledger/copy-rules.ts';
import type { Notice } from './notices.ts';
import type { CopyStore } from '../../ledger/copy-records.ts';

interface ClockCheckRequest {
  readonly clock: Clock;
  readonly ledger: Pick<CopyStore, 'newestEntryAt' | 'distrustTimes'>;
  readonly notice: (notice: Notice) => void;
  readonly inOrder: (about: Pick<Notice, 'topic' | 'state'>) => void;
}

/**
 * Whether this machine's clock is to be believed in one command: it must not stand behind what the ledger holds, nor apart from
 * the providers' clocks. While it does, nothing is re-sent, and no batch is taken for old by its time.
 */
export class ClockCheck {
  private readonly request: ClockCheckRequest;
  private readonly providers = new Map<string, ProviderClock>();
  /** The clock is one thing, whichever other clock shows that it is wrong. */
  private isWarned = false;
  private readonly batches = new Set<string>();
  private isBehind: boolean | null = null;
  private distrusting: Promise<void> = Promise.resolve();

  constructor(request: ClockCheckRequest) {
    this.request = request;
  }

  get isTrusted(): boolean {
    return this.isBehind !== true && ![...this.providers.values()].some((provider) => provider.isApart);
  }

  /** The provider's clock of an account; it says nothing before the first answer. */
  of(account: string): ProviderClock {
    const clock = this.providers.get(account) ?? new ProviderClock(this.request.clock);
    this.providers.set(account, clock);
    return clock;
  }

  /** Compares the clock with the newest entry of the ledger, once in a command and before its own first entry. */
  async compareWithLedger(): Promise<void> {
    if (this.isBehind !== null) return;
    const { clock, ledger } = this.request;
    const newestAt = await ledger.newestEntryAt();
    this.isBehind = isClockBehind(clock.now(), newestAt);
    if (!this.isBehind) return;
    this.warn(
      'behind',
      `The clock of this machine says ${timeOf(clock.now())} and stands behind the newest entry of the ledger, of ${timeOf(newestAt ?? 0)}.`,
    );
  }

  /** Notes the time that an answer to an account's request shows. */
  observe(account: string, providerAt: number): void {
    const provider = this.of(account);
    provider.observe(providerAt);
    if (!provider.isApart) return;
    const minutes = Math.round(Math.abs(provider.apartMs) / 60_000);
    const side = provider.apartMs > 0 ? 'ahead of' : 'behind';
    this.warn(
      side,
      `The clock of this machine stands ${minutes} minutes ${side} the clock of account ${account}'s provider.`,
    );
    this.distrust();
  }

  /** A batch that this command registers or pays: what it writes about it bears the times of this clock. */
  use(batch: string): void {
    this.batches.add(batch);
    if (!this.isTrusted) this.distrust();
  }

  /** Waits for what is still to be written. */
  async close(): Promise<void> {
    await this.distrusting;
    if (this.isBehind !== null && this.isTrusted) this.request.inOrder({ topic: 'clock', state: '' });
  }

  private distrust(): void {
    const batches = [...this.batches];
    this.batches.clear();
    if (batches.length === 0) return;
    // A ledger that cannot be written ends the command by itself; the warning was given.
    const write = (): Promise<void> => this.request.ledger.distrustTimes(batches).catch(() => undefined);
    this.distrusting = this.distrusting.then(write);
  }

  /** @param state which way the clock is wrong. */
  private warn(state: string, what: string): void {
    if (this.isWarned) return;
    this.isWarned = true;
    const text =
      `${what} Set it (NTP). Until then no payment is sent again without an answer, and a file is searched for copies in the newest ` +
      'batches, whatever their time.';
    this.request.notice({ topic: 'clock', state, text });
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
