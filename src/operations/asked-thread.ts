import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * A thread that answers one question after the other, for work that takes longer than a callback may wait. Started with the first
 * question, and again after it died.
 */
export class AskedThread<Question, Answer> {
  private readonly name: string;
  private readonly data: string;
  private worker: Worker | null = null;

  /** @param name of the file beside this one; @param data its `workerData`. */
  constructor(name: string, data: string) {
    this.name = name;
    this.data = data;
  }

  /** Only one question at a time. Rejects when the thread dies before it has answered. */
  ask(question: Question): Promise<Answer> {
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        worker.off('message', answered);
        worker.off('exit', ended);
        end();
      };
      const answered = (answer: Answer): void => settle(() => resolve(answer));
      const ended = (): void => settle(() => reject(new Error(`The thread ${this.name} ended.`)));
      worker.on('message', answered);
      worker.on('exit', ended);
      worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private start(): Worker {
    const file = new URL(`./${this.name}${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: this.data });
    worker.unref();
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = null;
    });
    return worker;
  }
}
