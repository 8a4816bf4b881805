/** How long a request waits at most for connections that are still arriving. */
const ARRIVING_MS_MAX = 25;

/**
 * Tells when no more connections are arriving. The event loop accepts one connection in each of its turns: while a turn also stores and
 * applies callbacks, a connection behind sixty others waits for sixty such turns, and `/health` with it. So requests that do work wait
 * while connections arrive, and all of these are accepted within a few milliseconds.
 */
export class Arrivals {
  private count = 0;
  private settling: Promise<void> | null = null;

  /** To be called for every new connection. */
  add(): void {
    this.count += 1;
  }

  /** Resolves after a turn in which no connection came; null: none has come since the last time, and there is nothing to wait for. */
  settled(): Promise<void> | null {
    if (this.count === 0) return null;
    this.settling ??= this.settle();
    return this.settling;
  }

  private async settle(): Promise<void> {
    const startedAt = performance.now();
    while (this.count > 0 && performance.now() - startedAt < ARRIVING_MS_MAX) {
      this.count = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.count = 0;
    this.settling = null;
  }
}
