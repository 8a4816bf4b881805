import { PayrunError } from '../domain/problem.ts';
import type { BatchStore } from '../ledger/ledger.ts';
import type { CallbackMetrics } from './metrics.ts';
import type { CallbackReceiver } from './receiver.ts';
import type { CallbackServer, ServerAddress, ServerStart } from './server.ts';

export interface ListenerRequest {
  readonly receiver: CallbackReceiver;
  readonly ledger: Pick<BatchStore, 'unpaidBatches' | 'tallies'>;
  /** From `callbacks:` of the configuration. */
  readonly address: ServerAddress;
  readonly trustedProxies: readonly string[];
}

/**
 * The servers at which callbacks of this process arrive: the configured one, and one for the built-in simulator, which runs in
 * this process and calls an address of its own. Another process may have the configured address; then callbacks reach this
 * process through the ledger.
 */
export class CallbackListener {
  private readonly request: ListenerRequest;
  private configured: CallbackServer | 'taken' | null = null;
  private simulation: CallbackServer | null = null;
  private metrics: CallbackMetrics | null = null;

  constructor(request: ListenerRequest) {
    this.request = request;
  }

  /** Where the configured server listens; null while it does not. */
  get url(): string | null {
    return this.configured === null || this.configured === 'taken' ? null : this.configured.url;
  }

  /**
   * Starts the configured server unless an earlier call did; false when another process has the address (the address is then
   * not tried again before {@link forgetTaken}). Throws {@link PayrunError} for an address that cannot work.
   */
  async openConfigured(): Promise<boolean> {
    const { address, trustedProxies } = this.request;
    if (this.configured === null) {
      const start = await this.start(address, trustedProxies);
      if (start.kind === 'impossible') {
        const message = `Callbacks cannot be received at ${address.host}:${address.port} (${start.code}). Change callbacks.listen.`;
        throw new PayrunError(2, 'callbacks-unavailable', message);
      }
      this.configured = start.kind === 'taken' ? 'taken' : start.server;
    }
    return this.configured !== 'taken';
  }

  /** Lets the next {@link openConfigured} try the address again after another process had it. */
  forgetTaken(): void {
    if (this.configured === 'taken') this.configured = null;
  }

  /** Starts the server for the built-in simulator unless an earlier call did, and returns its URL. */
  async openSimulation(): Promise<string> {
    if (this.simulation === null) {
      const start = await this.start({ host: '127.0.0.1', port: 0 }, []);
      if (start.kind !== 'listening') {
        const message = 'The simulator cannot call back: no port of 127.0.0.1 is free.';
        throw new PayrunError(2, 'callbacks-unavailable', message);
      }
      this.simulation = start.server;
    }
    return this.simulation.url;
  }

  async close(): Promise<void> {
    if (this.configured !== 'taken') await this.configured?.close();
    await this.simulation?.close();
    this.configured = null;
    this.simulation = null;
  }

  /** HTTP server and metrics are large, so only a process that listens loads them. */
  private async start(address: ServerAddress, trustedProxies: readonly string[]): Promise<ServerStart> {
    const { receiver, ledger } = this.request;
    const [{ startServer }, { CallbackMetrics }] = await Promise.all([import('./server.ts'), import('./metrics.ts')]);
    if (this.metrics === null) {
      const metrics = new CallbackMetrics(ledger);
      receiver.onCount((account, label) => metrics.count(account, label));
      this.metrics = metrics;
    }
    const { metrics } = this;
    return startServer({ receiver, metrics: () => metrics.text(), trustedProxies }, address);
  }
}
