/** What a service needs besides its requests: a clock, random numbers, timers and a client for callbacks. */
export interface SimulatorRuntime {
  /** Unix milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs `then` after the delay; never when the simulator is closed before. */
  after(delayMs: number, then: () => void): void;
  /**
   * POSTs a callback once and returns the status of its answer; null without an answer. Only addresses of this machine are
   * called: a simulation must never send a callback to a real server.
   */
  post(callback: Callback): Promise<number | null>;
}

export interface Callback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes of the body. */
  readonly body: string;
}

export interface CallbackStats {
  readonly sent: number;
  /** Answered with 2xx. */
  readonly acknowledged: number;
}

const CALLBACK_TIMEOUT_MS = 5_000;

/** The runtime of a running simulator. {@link close} ends its timers and callbacks. */
export class LiveRuntime implements SimulatorRuntime {
  readonly now: () => number;
  readonly random: () => number;
  private readonly origin: string | null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly closing = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private posts = 0;
  private sent = 0;
  private acknowledged = 0;

  /** @param origin replaces the origin of every callback address; null keeps the address. */
  constructor(now: () => number, random: () => number, origin: string | null) {
    this.now = now;
    this.random = random;
    this.origin = origin;
  }

  after(delayMs: number, then: () => void): void {
    if (this.closing.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
      this.resolveWhenIdle();
    }, delayMs);
    this.timers.add(timer);
  }

  async post({ url, headers, body }: Callback): Promise<number | null> {
    const target = this.targetOf(url);
    if (target === null || this.closing.signal.aborted) return null;
    this.posts += 1;
    this.sent += 1;
    try {
      const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(CALLBACK_TIMEOUT_MS)]);
      const answer = await fetch(target, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.arrayBuffer();
      if (answer.ok) this.acknowledged += 1;
      return answer.status;
    } catch {
      return null;
    } finally {
      this.posts -= 1;
      this.resolveWhenIdle();
    }
  }

  stats(): CallbackStats {
    return { sent: this.sent, acknowledged: this.acknowledged };
  }

  /** Resolves when no timer and no callback is pending. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.closing.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.resolveWhenIdle();
  }

  private targetOf(url: string): string | null {
    const named = URL.parse(url);
    if (named === null) return null;
    const target = this.origin === null ? named : new URL(named.pathname + named.search, this.origin);
    return isLoopbackHost(target.hostname) ? target.href : null;
  }

  private isIdle(): boolean {
    return this.timers.size === 0 && this.posts === 0;
  }

  private resolveWhenIdle(): void {
    // A timer or an answer that has just ended may start another one: check after that.
    setImmediate(() => {
      if (this.isIdle()) for (const resolve of this.waiting.splice(0)) resolve();
    });
  }
}

/** Whether a host name is one of this machine's own addresses. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname);
}
