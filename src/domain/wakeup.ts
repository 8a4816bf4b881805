/** Wakes all that wait for it. A wake-up without a waiter is lost: start to wait before you check what you wait for. */
export class Wakeup {
  private waiting = new Set<() => void>();

  wake(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves at the next wake-up, or when `signal` aborts. Abort it to give up waiting, so that no listener is left behind. */
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
