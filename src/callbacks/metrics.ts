import { Counter, Gauge, Registry } from 'prom-client';
import type { Status } from '../domain/status.ts';
import type { BatchStore } from '../ledger/ledger.ts';

/** What a monitoring system reads from `serve`: callbacks received and payments still open. */
export class CallbackMetrics {
  private readonly registry = new Registry();
  private readonly callbacks: Counter<'account' | 'result'>;

  constructor(ledger: Pick<BatchStore, 'unpaidBatches' | 'tallies'>) {
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
        payments.reset();
        const open = new Map<string, { account: string; status: Status; count: number }>();
        for (const batch of (await ledger.unpaidBatches()).keys()) {
          for (const { account, status, count } of await ledger.tallies(batch)) {
            if (status === 'paid') continue;
            const known = open.get(`${account} ${status}`)?.count ?? 0;
            open.set(`${account} ${status}`, { account, status, count: known + count });
          }
        }
        for (const { account, status, count } of open.values()) payments.set({ account, status }, count);
      },
    });
  }

  count(account: string, label: string): void {
    this.callbacks.inc({ account, result: label });
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
