import type { OpenReading } from '../callbacks/metrics.ts';
import { AskedThread } from './asked-thread.ts';

export type CountsAnswer = OpenReading | { readonly failure: string };

/**
 * Adds up the open payments of a ledger in a thread of its own, since a large batch takes longer than a callback may wait. The thread
 * keeps the sums of each batch until its revision changes.
 */
export class OpenCounts {
  private readonly thread: AskedThread<'read', CountsAnswer>;
  private pending: Promise<OpenReading> | null = null;

  /** @param ledgerUrl from `ledger:` of the configuration. */
  constructor(ledgerUrl: string) {
    this.thread = new AskedThread('open-counts-worker', ledgerUrl);
  }

  /** Calls made at once share one reading. Rejects when the ledger cannot be read. */
  read(): Promise<OpenReading> {
    this.pending ??= this.ask().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private async ask(): Promise<OpenReading> {
    const answer = await this.thread.ask('read');
    if ('counts' in answer) return answer;
    throw new Error(answer.failure);
  }
}
