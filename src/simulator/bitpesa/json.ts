import { jsonNumber } from '../kit/decimal.ts';
import { parseExactJson } from '../kit/fields.ts';

/** A JSON object of a request. Its numbers are {@link WireNumber}s. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The exact text of a number in a request: an amount is never a float here, and is repeated unchanged in answers. */
export class WireNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return jsonNumber(this.text);
  }
}

/** Null for any text but one JSON object. */
export function readObject(text: string): JsonFields | null {
  try {
    return objectMember(parseExactJson(text, (number) => new WireNumber(number)));
  } catch {
    return null;
  }
}

export function objectMember(value: unknown): JsonFields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof WireNumber) return null;
  return value as JsonFields;
}

/** Text of a field; empty for a missing field and for a field that is not a text. */
export function textMember(fields: JsonFields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** An amount, which can be a number or a text; empty for any other field. */
export function decimalTextOf(fields: JsonFields, name: string): string {
  const value = fields[name];
  return value instanceof WireNumber ? value.text : textMember(fields, name);
}

/** The `errors` of a resource: the first error of each field, in the order in which they were found. */
export class BitpesaErrors {
  private readonly found = new Map<string, string>();

  add(field: string, error: string): void {
    if (!this.found.has(field)) this.found.set(field, error);
  }

  addAll(prefix: string, errors: BitpesaErrors): void {
    for (const [field, error] of errors.found) this.add(prefix + field, error);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  toJSON(): unknown {
    return Object.fromEntries([...this.found].map(([field, error]) => [field, [{ error }]]));
  }
}
