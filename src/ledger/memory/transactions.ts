/**
 * One transaction at a time. What is asked for in one turn of the event loop shares a transaction, as on a disk, where it shares
 * an fsync. Work of a group checks before it writes anything, so that a piece that throws leaves nothing behind.
 */
export class Transactions {
  /** How many transactions have ended. */
  commits = 0;
  private queue: (() => void)[] = [];
  private tail: Promise<void> = Promise.resolve();

  /** Joins the transaction of this turn; resolves after its end. */
  group<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.queue.push(run);
      if (this.queue.length === 1) setImmediate(() => void this.inTurn(() => this.drain()));
    });
  }

  /** A transaction that may wait for input; others wait for its end. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const result = await work();
      this.commits += 1;
      return result;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.queue.length > 0) await this.group(() => undefined);
    await this.tail;
  }

  private drain(): void {
    const group = this.queue;
    this.queue = [];
    for (const work of group) work();
    this.commits += 1;
  }

  private inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
