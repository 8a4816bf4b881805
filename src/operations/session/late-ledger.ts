import type { Clock } from '../../domain/clock.ts';
import type { Ledger } from '../../ledger/ledger.ts';

/** How long one failure answers for all calls. */
const OPEN_AGAIN_MS = 1_000;

/** Methods that return their pages before the ledger is asked for them. */
const PAGED: ReadonlySet<string | symbol> = new Set(['payments', 'openPayments']);

/**
 * A ledger that cannot be opened yet. Every call tries again to open it and is then passed on; until then every call rejects with
 * what keeps the ledger from opening. For a process that has something else to do meanwhile, such as to receive callbacks.
 */
export function lateLedger(open: () => Promise<Ledger>, clock: Pick<Clock, 'monotonic'>): Ledger {
  const late = new LateLedger(open, clock);
  return new Proxy({} as Ledger, {
    get: (_, method) => {
      if (method === 'close') return () => late.close();
      // A promise that resolves to this ledger asks whether it is a promise itself.
      if (method === 'then') return undefined;
      return (...values: unknown[]) =>
        PAGED.has(method) ? late.pages(method, values) : late.call<Promise<unknown>>(method, values);
    },
  });
}

class LateLedger {
  private readonly open: () => Promise<Ledger>;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private opening: Promise<Ledger> | null = null;
  private ledger: Ledger | null = null;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(open: () => Promise<Ledger>, clock: Pick<Clock, 'monotonic'>) {
    this.open = open;
    this.clock = clock;
  }

  async call<T>(method: string | symbol, values: readonly unknown[]): Promise<Awaited<T>> {
    const ledger = await this.opened();
    const called = Reflect.get(ledger, method) as (...given: unknown[]) => T;
    return await called.apply(ledger, [...values]);
  }

  async *pages(method: string | symbol, values: readonly unknown[]): AsyncGenerator {
    yield* await this.call<AsyncIterable<unknown>>(method, values);
  }

  async close(): Promise<void> {
    await this.ledger?.close();
  }

  private opened(): Promise<Ledger> {
    if (this.ledger !== null) return Promise.resolve(this.ledger);
    if (this.opening === null || this.clock.monotonic() - this.failedAt > OPEN_AGAIN_MS) {
      this.failedAt = Number.POSITIVE_INFINITY;
      this.opening = this.open();
      this.opening.then(
        (ledger) => (this.ledger = ledger),
        () => (this.failedAt = this.clock.monotonic()),
      );
    }
    return this.opening;
  }
}
