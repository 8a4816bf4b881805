import { currencyDecimals, formatMinor } from '../../domain/money.ts';
import { decimalMinor } from '../kit/json.ts';

/** Currencies that BitPesa pays in whole units, two decimals though some have in ISO 4217. It rounds a fraction up; we refuse it. */
const WHOLE = new Set(['JPY', 'KES', 'KRW', 'NGN', 'TZS', 'UGX', 'XOF', 'XAF', 'GNF']);

/** Smallest payable amount, in minor units of ISO 4217: 100n for KES, 1n for UGX and EUR. */
export function stepMinorOf(currency: string): bigint {
  return WHOLE.has(currency) ? 10n ** BigInt(bitpesaDecimalsOf(currency)) : 1n;
}

/** `1500000n` NGN → `15000`, `125050n` EUR → `1250.5`: a plain decimal, as the samples write it. */
export function bitpesaAmountText(amountMinor: bigint, currency: string): string {
  return bitpesaTrimmed(formatMinor(amountMinor, bitpesaDecimalsOf(currency)));
}

export function bitpesaDecimalsOf(currency: string): number {
  const decimals = currencyDecimals(currency);
  if (decimals === undefined) throw new Error(`bitpesa pays ${currency}, whose decimals are not known`);
  return decimals;
}

/**
 * A decimal of any answer as a whole number of its 10⁻¹²; null for what is none. Amounts in the input currency come out of an
 * exchange rate, and nothing says how they are rounded.
 */
export function pico(text: string | null): bigint | null {
  return text === null ? null : decimalMinor(text, PICO_DECIMALS);
}

/** The inverse of {@link pico}, as a plain decimal without an exponent. */
export function picoText(value: bigint): string {
  return bitpesaTrimmed(formatMinor(value, PICO_DECIMALS));
}

export function picoOfMinor(amountMinor: bigint, currency: string): bigint {
  return amountMinor * 10n ** BigInt(PICO_DECIMALS - bitpesaDecimalsOf(currency));
}

/** a × b of two {@link pico} numbers, the rest thrown away. */
export function picoProduct(a: bigint, b: bigint): bigint {
  return (a * b) / 10n ** BigInt(PICO_DECIMALS);
}

const PICO_DECIMALS = 12;

function bitpesaTrimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
