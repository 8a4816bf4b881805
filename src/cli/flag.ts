import { Argument, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../domain/duration.ts';

/** A flag or an argument of a command, with the type of its value. */
export interface Parameter<Value> {
  readonly definition: Option | Argument;
  /** Makes the value from what commander parsed: `undefined` for a flag that was not given. */
  read(parsed: unknown): Value;
}

/** The values of a group of parameters, by the names of the group. */
export type Values<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends Parameter<infer Value> ? Value : never;
};

/** A flag without a value; false when it was not given. A flag `--no-x` is true when it was not given. */
export function switchFlag(flags: string, description?: string): Parameter<boolean> {
  return { definition: new Option(flags, description), read: (parsed) => parsed === true };
}

/** Null when it was not given. */
export function textFlag(flags: string, description: string): Parameter<string | null> {
  return { definition: new Option(flags, description), read: textOrNull };
}

/** A flag whose value may be left out, as in `--flag [file]`: then it has `byDefault`. Null when it was not given. */
export function optionalTextFlag(flags: string, description: string, byDefault: string): Parameter<string | null> {
  const definition = new Option(flags, description).preset(byDefault);
  return { definition, read: textOrNull };
}

export function requiredTextFlag(flags: string, description: string): Parameter<string> {
  const definition = new Option(flags, description).makeOptionMandatory();
  return { definition, read: (parsed) => valueOf(flags, textOrNull(parsed)) };
}

/** One of a list of words, and always given. */
export function requiredChoiceFlag<const Choice extends string>(
  flags: string,
  description: string,
  choices: readonly Choice[],
): Parameter<Choice> {
  const definition = new Option(flags, description).choices(choices).makeOptionMandatory();
  return { definition, read: (parsed) => valueOf(flags, choices.find((choice) => choice === parsed) ?? null) };
}

/** One of a list of words; null when it was not given. */
export function choiceFlag<const Choice extends string>(
  flags: string,
  description: string,
  choices: readonly Choice[],
): Parameter<Choice | null> {
  const definition = new Option(flags, description).choices(choices);
  return { definition, read: (parsed) => choices.find((choice) => choice === parsed) ?? null };
}

/** One word or more; null when it was not given. */
export function textsFlag(flags: string, description: string): Parameter<readonly string[] | null> {
  return {
    definition: new Option(flags, description),
    read: (parsed) => (Array.isArray(parsed) ? texts(parsed) : null),
  };
}

/** Null when it was not given and has no default. */
export function wholeNumberFlag(flags: string, description: string, byDefault?: number): Parameter<number | null> {
  const definition = new Option(flags, description).argParser(readWholeNumber);
  if (byDefault !== undefined) definition.default(byDefault);
  return { definition, read: (parsed) => (typeof parsed === 'number' ? parsed : null) };
}

/** SHA-256 in full, 64 hexadecimal digits; null when it was not given. */
export function digestFlag(flags: string, description: string): Parameter<string | null> {
  return { definition: new Option(flags, description).argParser(readDigest), read: textOrNull };
}

/** Milliseconds. */
export function durationFlag(
  flags: string,
  description: string,
  byDefault: { readonly ms: number; readonly text: string },
): Parameter<number> {
  const definition = new Option(flags, description).argParser(readDuration).default(byDefault.ms, byDefault.text);
  return { definition, read: (parsed) => valueOf(flags, typeof parsed === 'number' ? parsed : null) };
}

/** An argument that must be given, or that has a default. */
export function textArgument(name: string, description?: string, byDefault?: string): Parameter<string> {
  const definition = new Argument(name, description);
  if (byDefault !== undefined) definition.default(byDefault);
  return { definition, read: (parsed) => valueOf(name, textOrNull(parsed)) };
}

/** An argument that is one of a list of words. */
export function choiceArgument<const Choice extends string>(
  name: string,
  description: string,
  choices: readonly Choice[],
): Parameter<Choice> {
  const definition = new Argument(name, description).choices(choices);
  return { definition, read: (parsed) => valueOf(name, choices.find((choice) => choice === parsed) ?? null) };
}

/** Null when it was not given. */
export function optionalArgument(name: string, description?: string): Parameter<string | null> {
  return { definition: new Argument(name, description), read: textOrNull };
}

export function textsArgument(name: string, description?: string): Parameter<readonly string[]> {
  return {
    definition: new Argument(name, description),
    read: (parsed) => (Array.isArray(parsed) ? texts(parsed) : []),
  };
}

function textOrNull(parsed: unknown): string | null {
  return typeof parsed === 'string' ? parsed : null;
}

function texts(parsed: readonly unknown[]): readonly string[] {
  return parsed.filter((text) => typeof text === 'string');
}

function valueOf<Value>(name: string, value: Value | null): Value {
  if (value === null) throw new Error(`commander passed no value for ${name}`);
  return value;
}

function readWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.');
  return Number(text);
}

function readDigest(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('A whole plan_digest is wanted, 64 hexadecimal digits, as payrun plan prints it.');
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('A duration is wanted: 500ms, 30s, 5m or 2h.');
  return ms;
}
