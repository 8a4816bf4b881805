import { currencyDecimals, formatMinor } from './money.ts';

/** What is done with an amount that the currency or the provider cannot pay to the last digit. */
export type Rounding = 'down' | 'half-up' | 'refuse';

export const ROUNDINGS: readonly Rounding[] = ['down', 'half-up', 'refuse'];

/** Amounts before rounding are integers too, in units of 10^-18 of the currency: exact for whatever a file can say. */
export const EXACT_DECIMALS = 18;

/** What rounding took off the amounts of one currency. */
export interface RoundedTotal {
  /** ISO 4217. */
  readonly currency: string;
  /** How many amounts were rounded. */
  readonly count: number;
  /** Decimal text, exact: what the file says less what is paid. Negative where more is paid. */
  readonly difference: string;
}

/** Minor units as an exact amount. Only for currencies whose decimals are known. */
export function exactOfMinor(amountMinor: bigint, currency: string): bigint {
  return amountMinor * 10n ** BigInt(EXACT_DECIMALS - (currencyDecimals(currency) ?? 2));
}

/** `45.75`, `-0.5`, `12`: without zeros at the end. */
export function exactText(exact: bigint): string {
  return formatMinor(exact, EXACT_DECIMALS).replace(/\.?0+$/, '');
}

/** The inverse of {@link exactText}. */
function exactOfText(text: string): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(EXACT_DECIMALS, '0')}`);
}

/**
 * The amount that is paid, in minor units. `down` never pays more than the file says; `half-up` rounds the half to more.
 *
 * @param stepMinor the smallest unit that the provider pays.
 */
export function roundExact(exact: bigint, currency: string, stepMinor: bigint, rounding: 'down' | 'half-up'): bigint {
  const step = exactOfMinor(stepMinor, currency);
  const steps = rounding === 'down' ? exact / step : (exact + step / 2n) / step;
  return steps * stepMinor;
}

/** A sum as the file has it, as an exact amount. */
export function sumBeforeRounding(sumMinor: bigint, currency: string, rounded: readonly RoundedTotal[]): bigint {
  const total = rounded.find((one) => one.currency === currency);
  return exactOfMinor(sumMinor, currency) + (total === undefined ? 0n : exactOfText(total.difference));
}
