/** `1250.5` → 125050n. Null for any text but digits with at most two decimals. Amounts are never floats. */
export function centsOf(text: string): bigint | null {
  const match = /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(text);
  return match === null ? null : BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(2, '0'));
}

/** `125050n` → `1250.5`: the shortest decimal, as a JSON number is usually printed. */
export function centsText(cents: bigint): string {
  return centsTextFixed(cents).replace(/\.?0+$/, '');
}

/** `5000000n` → `50000.0`: the shortest decimal with at least one digit behind the point, as many languages print a float. */
export function centsTextFloat(cents: bigint): string {
  return centsTextFixed(cents).replace(/0$/, '');
}

/** `150000n` → `1500.00`. */
export function centsTextFixed(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A number for `JSON.stringify` that is printed exactly as its text. `JSON.rawJSON` is missing in the type declarations. */
export function jsonNumber(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
