import { parseDuration } from '../../domain/duration.ts';
import type { Rate } from '../../domain/limits.ts';

/** Part of a JSON schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What an option's values look like: to the schema, to the table of options in the README, and to the adapter. */
export interface OptionKind<Value> {
  /** Column `type` of that table. */
  readonly type: string;
  readonly schema: JsonSchema;
  /** The value as the adapter takes it; undefined for what the schema should have refused. */
  readonly read: (value: unknown) => Value | undefined;
}

const RATE_WINDOW_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

/** Milliseconds. */
export const DURATION: OptionKind<number> = {
  type: 'duration',
  schema: { $ref: '#/$defs/duration' },
  read: (value) => parseDuration(textOf(value) ?? '') ?? undefined,
};

/** Milliseconds; at most 99 hours. */
export const WAIT: OptionKind<number> = { ...DURATION, schema: { $ref: '#/$defs/wait' } };

/** Milliseconds, held between 100 ms and 10 minutes: a request needs a moment, and timers over 24 days fire at once. */
export const TIMEOUT: OptionKind<number> = {
  ...WAIT,
  read: (value) => {
    const waitMs = WAIT.read(value);
    return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 100), 600_000);
  },
};

export const DURATIONS: OptionKind<readonly number[]> = listOf(DURATION, 'list of durations');

/** Decimal text; {@link minorAmount} makes minor units of it once the currency's decimals are known. */
export const AMOUNT: OptionKind<string> = { type: 'amount', schema: { $ref: '#/$defs/amount' }, read: textOf };

/** A whole number from 1 on. */
export const COUNT: OptionKind<number> = {
  type: 'integer',
  schema: { $ref: '#/$defs/count' },
  read: optionKindsCountOf,
};

export const FLAG: OptionKind<boolean> = {
  type: 'boolean',
  schema: { enum: [true, false, 'true', 'false'] },
  read: (value) => value === true || value === 'true',
};

export const RATE: OptionKind<Rate> = {
  type: 'rate',
  schema: {
    type: 'string',
    pattern: '^[1-9][0-9]{0,8}/(s|min|h)$',
    patternErrorMessage: 'Write a rate such as 10/min.',
  },
  read: (value) => {
    const [, digits, unit = ''] = /^([1-9]\d*)\/(s|min|h)$/.exec(textOf(value) ?? '') ?? [];
    const windowMs = RATE_WINDOW_MS[unit];
    return windowMs === undefined ? undefined : { count: Number(digits), windowMs };
  },
};

export const CURRENCY: OptionKind<string> = {
  type: 'currency',
  schema: { $ref: '#/$defs/currency' },
  read: textOf,
};

/** One of a few words. YAML makes a number of `2`, which is taken as the word too. */
export function oneOf<const Word extends string>(...words: readonly Word[]): OptionKind<Word> {
  const numbers = words.filter((word) => String(Number(word)) === word).map(Number);
  return {
    type: words.map((word) => `\`${word}\``).join(' | '),
    schema: { enum: [...words, ...numbers] },
    read: (value) => words.find((word) => word === textOf(value)),
  };
}

/** Text of a form. `more` adds to its schema: examples, or numbers where YAML makes one of the text. */
export function text(
  pattern: string,
  patternErrorMessage: string,
  more: JsonSchema = {},
  type = 'text',
): OptionKind<string> {
  return { type, schema: { type: 'string', pattern, patternErrorMessage, ...more }, read: textOf };
}

/** A list of such values, or one. */
export function listOf<Value>(
  kind: OptionKind<Value>,
  type: string,
  more: JsonSchema = {},
): OptionKind<readonly Value[]> {
  return {
    type,
    schema: { type: 'array', items: kind.schema, ...more },
    read: (value) => {
      const values = (Array.isArray(value) ? value : [value]).map(kind.read);
      const known = values.filter((read): read is Exclude<typeof read, undefined> => read !== undefined);
      return known.length === values.length ? known : undefined;
    },
  };
}

/** A YAML scalar may arrive as text or as the number that YAML makes of the text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** A whole number from 1 on, as text or number. */
export function optionKindsCountOf(value: unknown): number | undefined {
  const count = Number(textOf(value) ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 1 ? count : undefined;
}

/** A mapping of texts; members that are neither text nor number are left out. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const texts: Record<string, string> = {};
  for (const [name, member] of Object.entries(value)) {
    const known = textOf(member);
    if (known !== undefined) texts[name] = known.trim();
  }
  return texts;
}
