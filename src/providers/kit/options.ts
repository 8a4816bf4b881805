import { parseDuration } from '../../domain/duration.ts';
import type { Rate } from '../../domain/limits.ts';
import { parseAmount } from '../../domain/money.ts';

const RATE_WINDOW_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

/**
 * Reads `options:` of an account that have passed the configuration's schema; what is absent has the default that is handed in.
 * Throws only for a value that the schema should have refused: a bug of ours.
 */
export class OptionReader {
  private readonly provider: string;
  private readonly options: Readonly<Record<string, unknown>>;

  constructor(provider: string, options: Readonly<Record<string, unknown>>) {
    this.provider = provider;
    this.options = options;
  }

  /** A YAML scalar may arrive as text or as what YAML makes of it. */
  text(name: string, otherwise: string): string {
    const value = this.options[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
  }

  /** One of a few words; the first is the default. */
  word<const Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const text = this.text(name, words[0]);
    const word = words.find((known) => known === text);
    if (word === undefined) throw this.gap(name);
    return word;
  }

  isTrue(name: string, otherwise = false): boolean {
    const value = this.options[name];
    if (value === undefined) return otherwise;
    return value === true || value === 'true';
  }

  /** Minor units of a currency with `decimals`; the schema of amounts allows a third decimal, for other currencies. */
  amountMinor(name: string, otherwise: string, decimals = 2): bigint {
    const minor = parseAmount(this.text(name, otherwise).replace(/(\.\d\d)\d+$/, '$1'), decimals);
    if (typeof minor === 'bigint') return minor;
    // A fee of nothing is a setting like any other.
    if (minor === 'zero') return 0n;
    throw this.gap(name);
  }

  count(name: string, otherwise: number): number {
    const value = Number(this.text(name, String(otherwise)));
    if (!Number.isSafeInteger(value) || value < 1) throw this.gap(name);
    return value;
  }

  rate(name: string, otherwise: string): Rate {
    const [, digits, unit = ''] = /^([1-9]\d*)\/(s|min|h)$/.exec(this.text(name, otherwise)) ?? [];
    const windowMs = RATE_WINDOW_MS[unit];
    if (windowMs === undefined) throw this.gap(name);
    return { count: Number(digits), windowMs };
  }

  durationMs(name: string, otherwise: string): number {
    return this.parsed(name, this.text(name, otherwise));
  }

  /** A request needs a moment, and timers that are longer than 24 days fire at once. */
  timeoutMs(name: string, otherwise: string): number {
    return Math.min(Math.max(this.durationMs(name, otherwise), 100), 600_000);
  }

  /** A list of durations, or one. */
  durationsMs(name: string, otherwise: readonly string[]): readonly number[] {
    const value = this.options[name];
    const items: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? otherwise : [value];
    return items.map((item) => this.parsed(name, String(item)));
  }

  private parsed(name: string, text: string): number {
    const durationMs = parseDuration(text);
    if (durationMs === null) throw this.gap(name);
    return durationMs;
  }

  private gap(name: string): Error {
    return new Error(`${this.provider} option ${name} passed the schema and cannot be read`);
  }
}
