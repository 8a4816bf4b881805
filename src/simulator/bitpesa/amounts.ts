import { jsonNumber } from '../kit/decimal.ts';

/** A currency of BitPesa. `decimals` are BitPesa's; the book counts in minor units of ISO 4217. */
export interface BitpesaCurrency {
  readonly code: string;
  readonly decimals: 0 | 2;
  readonly isoDecimals: 0 | 2;
  /** Hundredths of the currency per US dollar, at the one fixed rate of this simulator. */
  readonly perUsd: bigint;
  /** Whether a payout with a fraction is rounded up to whole units; if not, the payout is refused. */
  readonly roundsUp: boolean;
  readonly min: string;
  readonly max: string;
}

/** Amounts in billionths of a unit, so that conversions and surplus decimals stay exact until they are rounded. */
export type Nano = bigint;

const NANO = 1_000_000_000n;
const ISO_WHOLE = new Set(['JPY', 'KRW', 'UGX', 'XOF', 'XAF', 'GNF']);
const ROUNDED_UP = new Set(['XOF', 'XAF', 'KES', 'TZS', 'UGX', 'NGN']);
const SIMULATED_BITPESA_RATES: Readonly<Record<string, bigint>> = {
  AED: 3_67n,
  BWP: 13_60n,
  CAD: 1_37n,
  CHF: 88n,
  CNY: 7_20n,
  EGP: 50_00n,
  EUR: 92n,
  GBP: 79n,
  GHS: 12_00n,
  GNF: 8600_00n,
  JPY: 150_00n,
  KES: 129_00n,
  KRW: 1380_00n,
  MAD: 10_00n,
  NGN: 1530_00n,
  TZS: 2600_00n,
  UGX: 3700_00n,
  USD: 1_00n,
  XAF: 600_00n,
  XOF: 600_00n,
  ZAR: 18_00n,
  ZMW: 27_00n,
};

export const currencies: ReadonlyMap<string, BitpesaCurrency> = new Map(
  Object.entries(SIMULATED_BITPESA_RATES).map(([code, perUsd]) => [code, simulatedBitpesaCurrencyOf(code, perUsd)]),
);

function simulatedBitpesaCurrencyOf(code: string, perUsd: bigint): BitpesaCurrency {
  const isoDecimals = ISO_WHOLE.has(code) ? 0 : 2;
  const decimals = ISO_WHOLE.has(code) || ROUNDED_UP.has(code) ? 0 : 2;
  // Only the limits of one currency are documented; the other limits are wide.
  const min = code === 'NGN' ? '100' : decimals === 0 ? '1' : '0.01';
  return { code, decimals, isoDecimals, perUsd, roundsUp: ROUNDED_UP.has(code), min, max: '50000000' };
}

/** Null for any text but a plain decimal without sign and exponent. */
export function nanoOf(text: string): Nano | null {
  const match = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text);
  return match === null ? null : BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(9, '0'));
}

export function isWholeIn(nano: Nano, { decimals }: BitpesaCurrency): boolean {
  return nano % stepOf(decimals) === 0n;
}

/** Rounds up to the next amount that the currency can express. */
export function roundedUp(nano: Nano, { decimals }: BitpesaCurrency): Nano {
  const step = stepOf(decimals);
  return ((nano + step - 1n) / step) * step;
}

/** At the fixed rate, rounded up. */
export function converted(nano: Nano, from: BitpesaCurrency, to: BitpesaCurrency): Nano {
  if (from.code === to.code) return roundedUp(nano, to);
  return roundedUp((nano * to.perUsd + from.perUsd - 1n) / from.perUsd, to);
}

export function minorOf(nano: Nano, { isoDecimals }: BitpesaCurrency): bigint {
  return nano / stepOf(isoDecimals);
}

export function nanoOfMinor(minor: bigint, { isoDecimals }: BitpesaCurrency): Nano {
  return minor * stepOf(isoDecimals);
}

/** A JSON number with exactly as many digits as it needs. */
export function amountJson(nano: Nano): unknown {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0');
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
  return jsonNumber(nano < 0n ? `-${text}` : text);
}

/** What one unit of `from` is worth in `to`, in billionths. */
export function rateOf(from: BitpesaCurrency, to: BitpesaCurrency): Nano {
  return (NANO * to.perUsd) / from.perUsd;
}

/** In cents of a US dollar, rounded to the nearest. */
export function usdOf(nano: Nano, from: BitpesaCurrency): Nano {
  const step = stepOf(2);
  return (((nano * 100n) / from.perUsd + step / 2n) / step) * step;
}

function stepOf(decimals: number): bigint {
  return 10n ** BigInt(9 - decimals);
}
