import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OpenReading } from '../callbacks/metrics.ts';

export type CountsAnswer = OpenReading | { readonly failure: string };

/**
 * Adds up the open payments of a ledger in a thread of its own, since a large batch takes longer than a callback may wait. The thread
 * keeps the sums of each batch until its revision changes.
 */
export class OpenCounts {
  private readonly ledgerUrl: string;
  private worker: Worker | null = null;
  private pending: Promise<OpenReading> | null = null;

  /** @param ledgerUrl from `ledger:` of the configuration. */
  constructor(ledgerUrl: string) {
    this.ledgerUrl = ledgerUrl;
  }

  /** Calls made at once share one reading. Rejects when the ledger cannot be read. */
  read(): Promise<OpenReading> {
    this.pending ??= this.ask().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private ask(): Promise<OpenReading> {
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        worker.off('message', answered);
        worker.off('exit', ended);
        end();
      };
      const answered = (answer: CountsAnswer): void => {
        settle(() => ('counts' in answer ? resolve(answer) : reject(new Error(answer.failure))));
      };
      const ended = (): void => settle(() => reject(new Error('The thread that adds up payments ended.')));
      worker.on('message', answered);
      worker.on('exit', ended);
      worker.postMessage('read');
    });
  }

  private start(): Worker {
    const file = new URL(`./open-counts-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: this.ledgerUrl });
    worker.unref();
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = null;
    });
    return worker;
  }
}
