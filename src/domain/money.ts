/**
 * Money as integer minor units (`bigint`) with its ISO 4217 currency. Between the file and the wire no amount is ever a
 * JavaScript number: text → minor units → text.
 */

/** ISO 4217 minor-unit exponents of the currencies that payout providers in scope pay or hold. */
const DECIMALS: Readonly<Record<string, number>> = {
  KES: 2, UGX: 0, TZS: 2, RWF: 0, BIF: 0, ETB: 2, SOS: 2, SSP: 2, CDF: 2, ZMW: 2, MZN: 2, MWK: 2, LSL: 2, ZAR: 2, BWP: 2,
  NAD: 2, SZL: 2, AOA: 2, NGN: 2, GHS: 2, XOF: 0, XAF: 0, SLE: 2, LRD: 2, GMD: 2, GNF: 0, CVE: 2, MAD: 2, EGP: 2, TND: 3,
  DZD: 2, MGA: 2, MUR: 2, SCR: 2, USD: 2, EUR: 2, GBP: 2, CNY: 2, INR: 2, AED: 2, JPY: 0,
}; // prettier-ignore

/** Number of decimals of `currency` (three capital letters), or `undefined` when it is not one that payrun knows. */
export function currencyDecimals(currency: string): number | undefined {
  return Object.hasOwn(DECIMALS, currency) ? DECIMALS[currency] : undefined;
}

export type AmountFault = 'empty' | 'syntax' | 'decimals' | 'zero' | 'too-large';

/** More digits than this before the point is refused: no payout is that large and the ledger stores 64-bit integers. */
const INTEGER_DIGITS_MAX = 13;

/**
 * Reads an amount: digits, optionally a point and at most the currency's decimals, greater than zero. Trailing zeros beyond the
 * currency's decimals are refused too, because the currency has no such amount.
 */
export function parseAmount(text: string, decimals: number): bigint | AmountFault {
  if (text === '') return 'empty';
  const point = text.indexOf('.');
  const integer = point === -1 ? text : text.slice(0, point);
  const fraction = point === -1 ? '' : text.slice(point + 1);
  if (!isDigits(integer) || (point !== -1 && !isDigits(fraction))) return 'syntax';
  if (fraction.length > decimals) return 'decimals';
  if (integer.replace(/^0+/, '').length > INTEGER_DIGITS_MAX) return 'too-large';
  const minor = BigInt(integer + fraction.padEnd(decimals, '0'));
  return minor === 0n ? 'zero' : minor;
}

/** `10500050n`, 2 → `105000.50`; never an exponent, a sign only for negative sums. */
export function formatMinor(amountMinor: bigint, decimals: number): string {
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(decimals + 1, '0');
  const sign = amountMinor < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** As {@link formatMinor} with the decimals of a known currency; unknown currencies print as minor units with two decimals. */
export function formatAmount(amountMinor: bigint, currency: string): string {
  return formatMinor(amountMinor, currencyDecimals(currency) ?? 2);
}

function isDigits(text: string): boolean {
  if (text.length === 0) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return true;
}
