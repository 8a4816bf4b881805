import type { Clock } from '../domain/clock.ts';
import type { CallbackSpool, CallbackStore } from '../ledger/ledger.ts';
import type { ReceivedCallback } from '../ledger/records.ts';

export interface StorageRequest {
  readonly ledger: Pick<CallbackStore, 'storeCallback'>;
  readonly spool: CallbackSpool;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Called with a sentence for the user. */
  readonly note: (text: string) => void;
  /** Called after callbacks of the spool came into the ledger: they are stored and not applied yet. */
  readonly onTakenIn: (accounts: ReadonlySet<string>) => Promise<void>;
}

/** Where a callback is durable now. */
export type Stored =
  | { readonly kind: 'ledger'; readonly key: number; readonly isProcessed: boolean }
  /** In the spool; the ledger gets it as soon as it can. */
  | { readonly kind: 'spool' };

/** How long a callback waits for the ledger. A provider that calls once waits a few seconds for its answer. */
const LEDGER_WITHIN_MS = 1_000;
/** How long one deadline serves every callback that comes. */
const DEADLINE_SHARED_MS = 100;
/** How often the spool is tried again while the ledger stays away: more rarely with each failure. */
const FOLLOW_RETRY_MS = { first: 250, most: 5_000 } as const;

/**
 * Stores callbacks durably: in the ledger where it answers in time, and else in the spool, from where they follow in the order of
 * arrival. While anything waits in the spool of this process, later callbacks go behind it.
 */
export class CallbackStorage {
  private readonly request: StorageRequest;
  private readonly closing = new AbortController();
  private following: Promise<void> | null = null;
  /** Whether the ledger stores what waits in the spool right now, so that a short wait may be enough. */
  private isLedgerBack = false;
  /** Resolves when the callbacks that share it have waited long enough. */
  private deadline: Promise<null> | null = null;

  constructor(request: StorageRequest) {
    this.request = request;
  }

  /** Call before the first callback can arrive. Callbacks that an earlier process left in the spool come first. */
  async prepare(): Promise<void> {
    const { spool } = this.request;
    await spool.prepare();
    if (spool.hasFiles()) this.follow();
  }

  /** Resolves once the callback is durable. Rejects when neither the ledger nor the spool took it: it must not be acknowledged. */
  async store(callback: ReceivedCallback): Promise<Stored> {
    const { ledger, spool, note } = this.request;
    let why: unknown = new Error('another process writes into it.');
    if (await this.isSpoolEmpty()) {
      const stored = await this.within(
        ledger.storeCallback(callback).catch((error: unknown) => {
          why = error;
          return null;
        }),
      );
      if (stored !== null) return { kind: 'ledger', ...stored };
    }
    await spool.add(callback);
    if (this.following === null) {
      const text = why instanceof Error ? why.message : String(why);
      note(`Callbacks are kept in ${spool.place} until the ledger can store them: ${text}`);
      this.follow();
    }
    return { kind: 'spool' };
  }

  /** Waits for the end of the spool while that is near: a callback must not overtake those that wait there. */
  private async isSpoolEmpty(): Promise<boolean> {
    if (this.following === null) return true;
    return this.isLedgerBack && (await this.within(this.following)) !== null;
  }

  /** Brings what waits in the spool into the ledger, from whichever process it came. Rejects while the ledger cannot store it. */
  async takeIn(): Promise<void> {
    const { ledger, spool, note } = this.request;
    if (!spool.hasFiles()) return;
    const { accounts, setAside } = await spool.takeIn(async (callbacks) => {
      this.isLedgerBack = false;
      await Promise.all(callbacks.map((callback) => ledger.storeCallback(callback)));
      this.isLedgerBack = true;
    });
    for (const path of setAside) {
      note(`A spooled callback cannot be read and was set aside as ${path}. Look into it: a payment may have ended.`);
    }
    if (accounts.size > 0) await this.request.onTakenIn(accounts);
  }

  /** Gives up waiting for the ledger. What waits in the spool stays there for the next process. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.following;
  }

  /** Tries to take the spool in until it is empty, beside everything else. */
  private follow(): void {
    if (this.following !== null || this.closing.signal.aborted) return;
    const { spool, clock } = this.request;
    const { signal } = this.closing;
    const follow = async (): Promise<void> => {
      for (
        let waitMs: number = FOLLOW_RETRY_MS.first;
        !signal.aborted;
        waitMs = Math.min(2 * waitMs, FOLLOW_RETRY_MS.most)
      ) {
        await clock.sleep(waitMs, signal);
        const isTaken = await this.takeIn().then(
          () => true,
          () => false,
        );
        if (isTaken && !spool.hasFiles()) break;
      }
      this.following = null;
    };
    this.following = follow();
  }

  /** Null when it takes longer than a callback waits. */
  private async within<T>(promise: Promise<T>): Promise<T | null> {
    return Promise.race([promise, this.late()]);
  }

  /** Callbacks that come within moments of each other share one timer: a burst would make thousands of them. */
  private late(): Promise<null> {
    if (this.deadline !== null) return this.deadline;
    const { clock } = this.request;
    const { signal } = this.closing;
    const deadline = clock.sleep(LEDGER_WITHIN_MS, signal).then(() => null);
    this.deadline = deadline;
    void clock.sleep(DEADLINE_SHARED_MS, signal).then(() => (this.deadline = null));
    return deadline;
  }
}
