/** What a service has beside its requests: time, chance, and the way to its clients' own addresses. */
export interface World {
  /** Unix milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs `then` later; not at all once the simulator is closed. */
  after(delayMs: number, then: () => void): void;
  /**
   * POSTs a callback once and says how it was answered; null when nobody was reached. Only addresses of this machine are ever
   * called: a rehearsal must not knock on a real door.
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

const ANSWER_WITHIN_MS = 5_000;

/** The real world of a simulator; everything that is under way in it ends with {@link close}. */
export class LiveWorld implements World {
  readonly now: () => number;
  readonly random: () => number;
  private readonly origin: string | null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly closing = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private posts = 0;
  private sent = 0;
  private acknowledged = 0;

  /** @param origin where callbacks go in place of the origin that a client named: its public address leads here. */
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
      this.settle();
    }, delayMs);
    this.timers.add(timer);
  }

  async post({ url, headers, body }: Callback): Promise<number | null> {
    const target = this.targetOf(url);
    if (target === null || this.closing.signal.aborted) return null;
    this.posts += 1;
    this.sent += 1;
    try {
      const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const answer = await fetch(target, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.arrayBuffer();
      if (answer.ok) this.acknowledged += 1;
      return answer.status;
    } catch {
      return null;
    } finally {
      this.posts -= 1;
      this.settle();
    }
  }

  stats(): CallbackStats {
    return { sent: this.sent, acknowledged: this.acknowledged };
  }

  /** Resolves when nothing is waiting to happen any more: what has not happened by then never will. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.closing.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.settle();
  }

  private targetOf(url: string): string | null {
    const named = URL.parse(url);
    if (named === null) return null;
    const target = this.origin === null ? named : new URL(named.pathname + named.search, this.origin);
    return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(target.hostname) ? target.href : null;
  }

  private isIdle(): boolean {
    return this.timers.size === 0 && this.posts === 0;
  }

  private settle(): void {
    // What a timer or an answer has just started is still to be counted.
    setImmediate(() => {
      if (this.isIdle()) for (const resolve of this.waiting.splice(0)) resolve();
    });
  }
}
