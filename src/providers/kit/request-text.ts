import { formatMinor } from '../../domain/money.ts';

/** A member of a request's body in the order of the documentation; a number is exact decimal text. */
export type Member = readonly [name: string, value: string, kind?: 'number'];

/** Put together as text: an amount that passed through a JavaScript number could be another amount. */
export function jsonText(members: readonly Member[]): string {
  const texts = members.map(
    ([name, value, kind]) => `${JSON.stringify(name)}:${kind === 'number' ? value : JSON.stringify(value)}`,
  );
  return `{${texts.join(',')}}`;
}

/** `150000n` → `1500`, `125050n` → `1250.5`: exact decimal text without an exponent or trailing zeros. */
export function amountText(amountMinor: bigint, decimals: number): string {
  const text = formatMinor(amountMinor, decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** At most `max` code points: half of a surrogate pair is no text. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('');
}
