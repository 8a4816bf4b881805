/** At most `count` requests in any window of `windowMs`. Two requests exactly one window apart are in different windows. */
export interface WindowRate {
  readonly count: number;
  readonly windowMs: number;
}

export interface RateDecision {
  readonly accepted: boolean;
  /** `limit` and `remaining` of the rate with the least room, for `X-RateLimit-*`. */
  readonly limit: number;
  readonly remaining: number;
  /** Unix milliseconds at which the next request is accepted. */
  readonly resetAt: number;
}

export interface WindowStats {
  readonly name: string;
  readonly count: number;
  readonly windowMs: number;
  readonly accepted: number;
  readonly refused: number;
  /** Most requests of one key in one window, refused ones included. */
  readonly mostReceived: number;
  /** By how many requests `mostReceived` exceeds the limit; 0 when the limit was never broken. */
  readonly worstOverrun: number;
}

/** A rate limit per key (an address, a token): sliding windows, all of which must have room. */
export class SlidingRateLimit {
  private readonly name: string;
  private readonly rates: readonly WindowRate[];
  private readonly longestMs: number;
  private readonly keys = new Map<string, Traffic>();
  private readonly mostReceived: number[];
  private accepted = 0;
  private refused = 0;

  constructor(name: string, rates: readonly WindowRate[]) {
    this.name = name;
    this.rates = rates;
    this.longestMs = Math.max(0, ...rates.map((rate) => rate.windowMs));
    this.mostReceived = rates.map(() => 0);
  }

  /** Counts one received request. Null where there is no limit. */
  receive(key: string, clockAt: number): RateDecision | null {
    if (this.rates.length === 0) return null;
    const traffic = this.trafficOf(key, clockAt);
    // A clock that is set back must not make room in the window.
    const at = Math.max(clockAt, traffic.latestAt);
    traffic.latestAt = at;
    traffic.received.push(at);
    traffic.received.dropUntil(at - this.longestMs);
    traffic.accepted.dropUntil(at - this.longestMs);
    this.rates.forEach((rate, index) => {
      const seen = traffic.received.after(at - rate.windowMs);
      this.mostReceived[index] = Math.max(this.mostReceived[index] ?? 0, seen);
    });
    const accepted = this.rates.every((rate) => traffic.accepted.after(at - rate.windowMs) < rate.count);
    if (accepted) traffic.accepted.push(at);
    if (accepted) this.accepted += 1;
    else this.refused += 1;
    return this.decide(traffic, at, accepted);
  }

  stats(): readonly WindowStats[] {
    return this.rates.map((rate, index) => {
      const mostReceived = this.mostReceived[index] ?? 0;
      const worstOverrun = Math.max(0, mostReceived - rate.count);
      const { name, accepted, refused } = this;
      return { name, ...rate, accepted, refused, mostReceived, worstOverrun };
    });
  }

  private decide(traffic: Traffic, at: number, accepted: boolean): RateDecision {
    let tightest: RateDecision | null = null;
    for (const rate of this.rates) {
      const used = traffic.accepted.after(at - rate.windowMs);
      const remaining = Math.max(0, rate.count - used);
      // In a full window, room appears when the oldest counted request leaves the window.
      const oldest = traffic.accepted.nthNewest(Math.min(used, rate.count)) ?? at;
      const decision = { accepted, limit: rate.count, remaining, resetAt: oldest + rate.windowMs };
      if (tightest === null || isTighter(decision, tightest)) tightest = decision;
    }
    return tightest ?? { accepted, limit: 0, remaining: 0, resetAt: at };
  }

  private trafficOf(key: string, at: number): Traffic {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    if (this.keys.size >= 1000) {
      for (const [old, traffic] of this.keys) if (traffic.latestAt < at - this.longestMs) this.keys.delete(old);
    }
    const traffic = { received: new Times(), accepted: new Times(), latestAt: -Infinity };
    this.keys.set(key, traffic);
    return traffic;
  }
}

/** The limit `name` with the rates of the simulator's options where they replace the documented ones. */
export function rateLimitOf(
  limits: Readonly<Record<string, readonly WindowRate[]>> | null | undefined,
  name: string,
  documented: readonly WindowRate[],
): SlidingRateLimit {
  return new SlidingRateLimit(name, limits === null ? [] : (limits?.[name] ?? documented));
}

interface Traffic {
  readonly received: Times;
  readonly accepted: Times;
  latestAt: number;
}

function isTighter(a: RateDecision, b: RateDecision): boolean {
  return a.remaining < b.remaining || (a.remaining === b.remaining && a.resetAt > b.resetAt);
}

/** Times in rising order; old ones are dropped. */
class Times {
  private times: number[] = [];
  private head = 0;

  push(at: number): void {
    this.times.push(at);
  }

  /** Drops the times up to `at`. The array is cut only now and then, so that dropping is cheap. */
  dropUntil(at: number): void {
    while (this.head < this.times.length && (this.times[this.head] ?? 0) <= at) this.head += 1;
    if (this.head > 4096 && this.head * 2 > this.times.length) {
      this.times = this.times.slice(this.head);
      this.head = 0;
    }
  }

  /** How many times are later than `at`. */
  after(at: number): number {
    let low = this.head;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return this.times.length - low;
  }

  nthNewest(n: number): number | undefined {
    return n < 1 ? undefined : this.times[this.times.length - n];
  }
}
