import type { Clock } from '../domain/clock.ts';
import { portHolder, type PortHolder } from './port-holder.ts';
import type { HttpServer, ServerAddress, ServerSetup, ServerStart } from './server.ts';

export interface RetriedServerRequest {
  readonly setup: ServerSetup;
  readonly address: ServerAddress;
  readonly clock: Clock;
  /** Called when the server has got an address that another process had. */
  readonly onTakenOver: (url: string) => void;
  /** Called when another process has the address, and again every {@link REMIND_EVERY_MS} while a program that is no payrun has it. */
  readonly onTaken: (holder: PortHolder) => void;
}

/** How often a taken address is tried again. */
const RETRY_EVERY_MS = 500;
const REMIND_EVERY_MS = 600_000;

/**
 * A server at an address that another payrun may have for a while. The address is tried until it is free: a run that ends leaves it
 * to `serve`, and a `serve` that ends leaves it to a run that still needs callbacks.
 */
export class RetriedServer {
  private readonly request: RetriedServerRequest;
  private readonly closing = new AbortController();
  private server: HttpServer | null = null;
  private retrying: Promise<void> | null = null;

  constructor(request: RetriedServerRequest) {
    this.request = request;
  }

  /** Null while another process has the address. */
  get url(): string | null {
    return this.server?.url ?? null;
  }

  /** Tries the address once; where it is taken, goes on trying until {@link close}. */
  async open(): Promise<'listening' | 'taken' | { readonly impossible: string }> {
    const start = await this.start();
    switch (start.kind) {
      case 'listening':
        this.server = start.server;
        return 'listening';
      case 'impossible':
        return { impossible: start.code };
      case 'taken':
        this.retrying ??= this.retry();
        return 'taken';
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.retrying;
    await this.server?.close();
    this.server = null;
  }

  private async retry(): Promise<void> {
    const { clock, address, onTaken, onTakenOver } = this.request;
    const { signal } = this.closing;
    let remindAt = clock.monotonic();
    let isFirst = true;
    while (!signal.aborted) {
      if (clock.monotonic() >= remindAt) {
        const holder = await portHolder(address);
        if (isFirst || !holder.isPayrun) onTaken(holder);
        isFirst = false;
        remindAt = clock.monotonic() + REMIND_EVERY_MS;
      }
      await clock.sleep(RETRY_EVERY_MS, signal);
      const start = await this.start();
      if (start.kind !== 'listening') continue;
      this.server = start.server;
      onTakenOver(start.server.url);
      return;
    }
  }

  /** The HTTP server is loaded only by a process that listens. */
  private async start(): Promise<ServerStart> {
    const { startServer } = await import('./server.ts');
    return startServer(this.request.setup, this.request.address);
  }
}
