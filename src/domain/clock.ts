/** The source of all times, passed in so that a test can control time. */
export interface Clock {
  /** Wall clock, Unix milliseconds. May jump either way; never used to measure a wait. */
  now(): number;
  /** Milliseconds since some fixed point; never goes back. */
  monotonic(): number;
  /** Resolves after `ms` (at once when ≤ 0), or early when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
