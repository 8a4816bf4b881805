import type { Clock } from './clock.ts';

/** A clock of this machine that stands further from a provider's is wrong: signatures, limits and graces are counted by both. */
export const APART_MS = 120_000;

/**
 * A provider's time, as the `Date` headers of its answers show it. Between two answers it goes on by the clock that never jumps, so
 * that a wall clock that is set, forwards or back, changes nothing of it. Never ahead of what was shown: a grace never passes early.
 */
export class ProviderClock {
  private readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  private base: { readonly providerAt: number; readonly monotonic: number } | null = null;
  private apart = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.clock = clock;
  }

  /** @param providerAt of the answer that has just come, Unix milliseconds. */
  observe(providerAt: number): void {
    this.apart = this.clock.now() - providerAt;
    const expected = this.now();
    const earlier = expected === null ? providerAt : Math.min(expected, providerAt);
    this.base = { providerAt: earlier, monotonic: this.clock.monotonic() };
  }

  /** Unix milliseconds; null before the first answer that shows it. */
  now(): number | null {
    if (this.base === null) return null;
    return Math.floor(this.base.providerAt + this.clock.monotonic() - this.base.monotonic);
  }

  /** How far this machine's clock stood ahead of the provider's at the newest answer; below zero: behind it. */
  get apartMs(): number {
    return this.apart;
  }

  get isApart(): boolean {
    return Math.abs(this.apart) > APART_MS;
  }
}
