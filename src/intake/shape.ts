import { maskMiddle } from '../domain/destination.ts';

/** Longest shape that a message shows. */
const SHAPE_MAX = 24;

/**
 * How a value looks without saying what it is: digits become 9, letters a, the rest stays. `2.547E+11` → `9.999a+99`.
 * Messages end up on screens and in logs, where whole phones and account numbers have no business.
 */
export function shapeOf(text: string): string {
  const shape = text
    .slice(0, SHAPE_MAX)
    .replace(/\p{Nd}/gu, '9')
    .replace(/\p{L}\p{M}*/gu, 'a')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return text.length > SHAPE_MAX ? `${shape}…` : shape;
}

/** A name or id as a message may quote it: on one line, nothing invisible, not endless. */
export function quotable(text: string): string {
  const visible = text.slice(0, 64).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return text.length > 64 ? `${visible}…` : visible;
}

/**
 * A name that means nothing to us, quoted when it looks like one. In a column that is mapped wrongly it may be a phone or an
 * account number: then only its shape is shown.
 */
export function nameOrShape(text: string): string {
  const looksLikeName = /\p{L}/u.test(text) && (text.match(/\p{Nd}/gu) ?? []).length < 5;
  return looksLikeName ? quotable(text) : shapeOf(text);
}

/** Seven digits or more that may be a phone or an account number; a date or an amount with decimals is none. */
const LONG_NUMBER = /(?<!\d)(?!\d{4}-\d\d-\d\d(?!\d)|\d+\.\d{1,3}(?!\d))\+?\d(?:[ ()-]{0,2}\d){6,}/g;

/** A header or key as a message may quote it: a file without headers has phones and account numbers in their place. */
export function headerShown(header: string): string {
  return quotable(maskNumbers(header));
}

/** The text with all but the ends of phones and account numbers starred out. */
export function maskNumbers(text: string): string {
  return text.replace(LONG_NUMBER, (number) => maskMiddle(number, number.startsWith('+') ? 5 : 0, 3));
}

/** An amount as it is written, because that is what a person compares; only a phone number in its place is masked. */
export function amountShown(text: string): string {
  return /^(?:\+|0)\d*[ \d()-]{8,}$/.test(text) ? headerShown(text) : quotable(text);
}
