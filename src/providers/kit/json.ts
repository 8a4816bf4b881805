/** A JSON number as it stood in the text; making a JavaScript number of it would round money. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that `text` is, its numbers kept as {@link ExactNumber}; null for everything else. */
export function parseObject(text: string): JsonObject | null {
  const value = parseJson(text);
  return isObject(value) ? value : null;
}

/** The value that `text` is, its numbers kept as {@link ExactNumber}; undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return parseWithSource(text, (_key, parsed, { source }) =>
      typeof parsed === 'number' ? new ExactNumber(source ?? '') : parsed,
    );
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Text or exact number → its text; null for everything else. */
export function scalarText(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'string' ? value : null;
}

/** `1250.5`, `1250.50`, `1.2505e3` → 125050n with 2 decimals; null for what is no decimal or has more decimals than that. */
export function decimalMinor(text: string, decimals: number): bigint | null {
  const decimal = decimalOf(text, decimals);
  return decimal === null || decimal.rest !== 0n ? null : decimal.minor;
}

/**
 * As {@link decimalMinor} for a balance: a fraction of the smallest unit cannot be paid out and is left out, `1250.509` → 125050n;
 * null for what is no decimal.
 */
export function wholeMinor(text: string, decimals: number): bigint | null {
  return decimalOf(text, decimals)?.minor ?? null;
}

/** Minor units, and what is left over of digits behind the last decimal. */
function decimalOf(text: string, decimals: number): { readonly minor: bigint; readonly rest: bigint } | null {
  const [, sign, integer = '', fraction = '', exponentText = '0'] =
    /^(-?)(\d{1,20})(?:\.(\d{1,20}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text) ?? [];
  if (sign === undefined) return null;
  const shift = decimals + Number(exponentText) - fraction.length;
  const digits = BigInt(integer + fraction) * (sign === '-' ? -1n : 1n);
  const scale = 10n ** BigInt(Math.abs(shift));
  return shift < 0 ? { minor: digits / scale, rest: digits % scale } : { minor: digits * scale, rest: 0n };
}

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` hands revivers the source text of scalars (ES2026); the compiler's library does not know yet. */
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
