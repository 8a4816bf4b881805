/** Wakes everybody who waits for it. A ring that nobody waits for is not remembered: look first, then wait. */
export class Wakeup {
  private waiting = new Set<() => void>();

  wake(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves at the next ring, or when `signal` aborts; whoever gives up waiting aborts it, and leaves nothing behind. */
  next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
