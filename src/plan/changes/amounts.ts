import { hundredthsOfPercent, type AmountThreshold } from '../../domain/changes.ts';
import { currencyDecimals, formatAmount, parseAmount } from '../../domain/money.ts';

/** `45,000.00`: an amount as people read it. */
export function groupedAmount(amountMinor: bigint, currency: string): string {
  const [whole = '', part] = formatAmount(amountMinor, currency).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** Why another amount counts as a change: `+100.0 %, more than the 20 % of changes.amount`; null where it does not. */
export function amountJump(
  { was, is, currency }: { readonly was: bigint; readonly is: bigint; readonly currency: string },
  { over, by }: AmountThreshold,
): string | null {
  const difference = is - was;
  const size = difference < 0n ? -difference : difference;
  if (size === 0n) return null;
  const limits = [
    ...(size * 10_000n > was * hundredthsOfPercent(over) ? [`the ${over.replace('%', ' %')}`] : []),
    ...(size > amountBy(by, currency) ? [`the ${by[currency] ?? by[''] ?? ''} ${currency}`] : []),
  ];
  if (limits.length === 0) return null;
  return `${percentText(difference, was)}, more than ${limits.join(' and ')} of changes.amount`;
}

/** The absolute threshold for a currency; where there is none, no amount is larger. */
function amountBy(by: AmountThreshold['by'], currency: string): bigint {
  const text = by[currency] ?? by[''];
  const reading = text === undefined ? null : parseAmount(text, currencyDecimals(currency) ?? 2);
  if (reading === 'zero') return 0n;
  return typeof reading === 'bigint' ? reading : 2n ** 63n;
}

/** `+100.0 %`, rounded half away from zero. */
function percentText(difference: bigint, was: bigint): string {
  if (was === 0n) return 'from nothing';
  const size = difference < 0n ? -difference : difference;
  const tenths = (size * 2_000n + was) / (2n * was);
  return `${difference < 0n ? '-' : '+'}${groupedTenths(tenths)} %`;
}

function groupedTenths(tenths: bigint): string {
  return `${tenths / 10n}.${tenths % 10n}`;
}
