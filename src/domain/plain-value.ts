import { hash } from 'node:crypto';

/** What JSON can hold. Numbers are finite. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainObject;

/** A member that is undefined is left out: a setting that did not exist yet changes no digest. */
export interface PlainObject {
  readonly [key: string]: PlainValue | undefined;
}

/** SHA-256 of a value, 64 hexadecimal digits: the same however the value was put together, and another one for every other value. */
export function plainDigest(value: PlainValue): string {
  return hash('sha256', canonicalText(value), 'hex');
}

/** JSON with sorted keys: one text for a value however it was put together, and never one text for two values. */
function canonicalText(value: PlainValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`there is no digest of ${value}`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as PlainObject).flatMap(([key, member]): [string, string][] => {
    return member === undefined ? [] : [[key, canonicalText(member)]];
  });
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
    .join(',')}}`;
}
