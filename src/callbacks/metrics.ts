import { Counter, Gauge, Registry } from 'prom-client';
import type { OpenAge } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';

/** So many payments of unfinished batches are in one status. */
export interface OpenCount {
  readonly account: string;
  readonly status: Status;
  readonly count: number;
}

/** What the gauges show, as of one moment. */
export interface OpenReading {
  readonly counts: readonly OpenCount[];
  readonly ages: readonly OpenAge[];
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** What a monitoring system reads from `serve`: callbacks received and payments still open. */
export class CallbackMetrics {
  private readonly registry = new Registry();
  private readonly callbacks: Counter<'account' | 'result'>;

  /**
   * @param readOpen is called for each reading; must not add up payments on the loop that takes callbacks.
   * @param now wall clock, Unix milliseconds.
   */
  constructor(readOpen: () => Promise<OpenReading>, now: () => number) {
    this.callbacks = new Counter({
      name: 'payrun_callbacks_total',
      help: 'Callbacks received, by account and by what was made of them.',
      labelNames: ['account', 'result'],
      registers: [this.registry],
    });
    const payments = new Gauge({
      name: 'payrun_open_payments',
      help: 'Payments of unfinished batches that are not paid, by account and status.',
      labelNames: ['account', 'status'],
      registers: [this.registry],
      collect: async () => {
        const { counts } = await readOpen();
        payments.reset();
        for (const { account, status, count } of counts) payments.set({ account, status }, count);
      },
    });
    const oldest = new Gauge({
      name: 'payrun_open_payments_oldest_seconds',
      help: 'Seconds since the oldest payment that is pending or unknown was sent, by account.',
      labelNames: ['account'],
      registers: [this.registry],
      collect: async () => {
        const { ages } = await readOpen();
        oldest.reset();
        for (const { account, oldestSentAt } of ages) {
          oldest.set({ account }, Math.max(0, Math.round((now() - oldestSentAt) / 1_000)));
        }
      },
    });
  }

  count(account: string, label: string): void {
    this.callbacks.inc({ account, result: label });
  }

  async text(): Promise<MetricsText> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
