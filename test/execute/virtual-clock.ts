import type { Clock } from '../../src/domain/clock.ts';

/** A clock that moves only when nothing else can happen, to the next moment that a sleeper waits for. */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private wall: number;
  private sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(wall = 1_800_000_000_000) {
    this.wall = wall;
  }

  now(): number {
    return Math.floor(this.wall + this.elapsed);
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** Sets the wall clock; the monotonic time stays. */
  setWall(wall: number): void {
    this.wall = wall - this.elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        at: this.elapsed + ms,
        wake: () => {
          this.sleepers = this.sleepers.filter((other) => other !== sleeper);
          resolve();
        },
      };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Runs until the promise settles, jumping from one awaited moment to the next. Fails when no sleeper waits. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const settle = (): void => void (state.settled = true);
    promise.then(settle, settle);
    for (;;) {
      await quiet();
      if (state.settled) return promise;
      this.jump();
    }
  }

  /** Wakes every sleeper that is due within `ms` from now. */
  async pass(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    for (;;) {
      await quiet();
      const next = Math.min(...this.sleepers.map((sleeper) => sleeper.at));
      if (next > end) break;
      this.jump();
    }
    this.elapsed = end;
  }

  private jump(): void {
    const next = Math.min(...this.sleepers.map((sleeper) => sleeper.at));
    if (next === Infinity) throw new Error('nothing is waiting for time to pass: a wait would never end');
    this.elapsed = Math.max(this.elapsed, next);
    for (const sleeper of this.sleepers.filter((due) => due.at <= this.elapsed)) sleeper.wake();
  }
}

/** Lets everything happen that needs no time: turns of the event loop until no further turn is asked for. */
async function quiet(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().includes('Immediate'));
}
