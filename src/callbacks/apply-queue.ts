import type { Clock } from '../domain/clock.ts';

/** A callback that is stored and acknowledged, and not applied yet. */
export interface QueuedCallback {
  /** Reference of the payment that it is about; null for none. */
  readonly reference: string | null;
  /** Applies it and publishes what it led to. Must not reject. */
  readonly apply: () => Promise<void>;
}

/** So many callbacks share one transaction; few enough that a new callback and `/health` wait a few milliseconds only. */
const APPLIED_AT_ONCE = 40;

/** Applying begins so long after the first callback. */
const APPLY_AFTER_MS = 30;

/** While callbacks are still coming in, applying takes one part of the time and leaves so many to receiving. */
const RECEIVING_PARTS = 2;

/**
 * Applies stored callbacks beside receiving, in the order in which they came, many in one transaction. Receiving comes first: a
 * provider that calls once waits a few seconds for its acknowledgement, and nobody waits that briefly for the status of a payment.
 */
export class ApplyQueue {
  private readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  private waiting: QueuedCallback[] = [];
  private working: Promise<void> | null = null;
  private added = 0;

  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>) {
    this.clock = clock;
  }

  add(callback: QueuedCallback): void {
    this.added += 1;
    this.waiting.push(callback);
    this.working ??= this.work();
  }

  /** Resolves once everything that was added before is applied. */
  async applied(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    // Acknowledgements leave first, and the connections of a burst are accepted.
    await this.clock.sleep(APPLY_AFTER_MS);
    while (this.waiting.length > 0) {
      const before = this.added;
      const startedAt = this.clock.monotonic();
      await Promise.all(this.nextGroup().map(({ apply }) => apply()));
      await nextTurn();
      const isReceiving = this.added !== before;
      if (isReceiving) await this.clock.sleep(RECEIVING_PARTS * (this.clock.monotonic() - startedAt));
    }
    this.working = null;
  }

  /** The next callbacks, no two of one payment: each must find what the one before has written. */
  private nextGroup(): readonly QueuedCallback[] {
    const references = new Set<string>();
    let end = 0;
    for (const { reference } of this.waiting.slice(0, APPLIED_AT_ONCE)) {
      if (reference !== null && references.has(reference)) break;
      if (reference !== null) references.add(reference);
      end += 1;
    }
    return this.waiting.splice(0, end);
  }
}

/** Everything that arrived meanwhile comes before what goes on then. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
