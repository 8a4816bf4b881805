import type { Clock } from '../domain/clock.ts';
import { PayrunError } from '../domain/problem.ts';
import { callbackServer } from './http.ts';
import { addressText, type PortHolder } from './port-holder.ts';
import type { CallbackReceiver } from './receiver.ts';
import { RetriedServer } from './retried-server.ts';
import type { HttpServer, ServerAddress } from './server.ts';

export interface ListenerRequest {
  readonly receiver: CallbackReceiver;
  /** From `callbacks:` of the configuration. */
  readonly address: ServerAddress;
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
}

/**
 * The servers at which callbacks of this process arrive: the configured one, and one for the built-in simulator, which runs in
 * this process and calls an address of its own. Another process may have the configured address; then callbacks reach this
 * process through the ledger, and this process takes the address over when the other one ends.
 */
export class CallbackListener {
  private readonly request: ListenerRequest;
  private readonly takenOverHandlers: ((url: string) => void)[] = [];
  private readonly takenHandlers: ((address: string, holder: PortHolder) => void)[] = [];
  private configured: RetriedServer | null = null;
  private simulation: HttpServer | null = null;
  private isClosed = false;

  constructor(request: ListenerRequest) {
    this.request = request;
  }

  /** Where the configured server listens; null while it does not. */
  get url(): string | null {
    return this.configured?.url ?? null;
  }

  /** Calls `handler` when the configured server has got the address that another process had. */
  onTakenOver(handler: (url: string) => void): void {
    this.takenOverHandlers.push(handler);
  }

  /** Calls `handler` when another process has the configured address, and again after minutes while it is no payrun. */
  onTaken(handler: (address: string, holder: PortHolder) => void): void {
    this.takenHandlers.push(handler);
  }

  /**
   * Starts the configured server unless an earlier call did. Where another process has the address, the server begins to listen
   * when that process ends. Throws {@link PayrunError} for an address that can never work.
   */
  async openConfigured(): Promise<void> {
    if (this.configured !== null || this.isClosed) return;
    const { receiver, address, trustedProxies, clock } = this.request;
    const server = new RetriedServer({
      setup: callbackServer({ receiver, trustedProxies }),
      address,
      clock,
      onTakenOver: (url) => {
        for (const handler of this.takenOverHandlers) handler(url);
      },
      onTaken: (holder) => {
        for (const handler of this.takenHandlers) handler(addressText(address), holder);
      },
    });
    this.configured = server;
    const start = await server.open();
    if (typeof start === 'string') return;
    this.configured = null;
    const message = `Callbacks cannot be received at ${addressText(address)} (${start.impossible}). Change callbacks.listen.`;
    throw new PayrunError(2, 'callbacks-unavailable', message);
  }

  /** Starts the server for the built-in simulator unless an earlier call did, and returns its URL. */
  async openSimulation(): Promise<string> {
    if (this.simulation === null) {
      const { receiver } = this.request;
      const { startServer } = await import('./server.ts');
      const start = await startServer(callbackServer({ receiver, trustedProxies: [] }), { host: '127.0.0.1', port: 0 });
      if (start.kind !== 'listening') {
        const message = 'The simulator cannot call back: no port of 127.0.0.1 is free.';
        throw new PayrunError(2, 'callbacks-unavailable', message);
      }
      this.simulation = start.server;
    }
    return this.simulation.url;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.configured?.close(), this.simulation?.close()]);
    this.configured = null;
    this.simulation = null;
  }
}
