/** How long a request waits at most for connections that are still arriving. */
const ARRIVING_MS_MAX = 25;

/** After so long without a new connection none is arriving: a sender that opens many needs about 0.1 ms for each. */
const SETTLED_MS = 2;

/**
 * Tells when no more connections are arriving. The event loop accepts one connection in each of its turns: while a turn also stores and
 * applies callbacks, a connection behind sixty others waits for sixty such turns, and `/health` with it. So requests that do work wait
 * while connections arrive, and all of these are accepted within a few milliseconds.
 */
export class Arrivals {
  private readonly monotonic: () => number;
  private count = 0;
  private settling: Promise<void> | null = null;

  /** @param monotonic milliseconds that only grow. */
  constructor(monotonic: () => number = () => performance.now()) {
    this.monotonic = monotonic;
  }

  /** To be called for every new connection. */
  add(): void {
    this.count += 1;
  }

  /** Resolves when no connection has come for a moment; null: none has come since the last time, and there is nothing to wait for. */
  settled(): Promise<void> | null {
    if (this.count === 0) return null;
    this.settling ??= this.settle();
    return this.settling;
  }

  private async settle(): Promise<void> {
    const startedAt = this.monotonic();
    let newestAt = startedAt;
    let now = startedAt;
    while (now - newestAt < SETTLED_MS && now - startedAt < ARRIVING_MS_MAX) {
      await new Promise((resolve) => setImmediate(resolve));
      now = this.monotonic();
      if (this.count > 0) newestAt = now;
      this.count = 0;
    }
    this.settling = null;
  }
}
