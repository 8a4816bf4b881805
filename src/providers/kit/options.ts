import { parseAmount } from '../../domain/money.ts';
import type { JsonSchema, OptionKind } from './option-kinds.ts';

/**
 * What payrun.yaml may say of the accounts of one provider. The only place where an option is declared: the schema of the
 * configuration, the tables in the READMEs and the lists of providers are generated from it (`npm run generate`).
 */
export interface ProviderConfiguration {
  /** Columns `pays` and `notes` of the table of providers in README.md. */
  readonly pays: string;
  readonly notes: string;
  /** Names under `credentials:` with their descriptions; all are required, but for the simulator. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly optionalCredentials?: Readonly<Record<string, string>>;
  readonly options: Options;
  /** What the schema says of the options together: which come in pairs, which asks for another. */
  readonly optionRules?: JsonSchema;
}

/** One option of an account. */
export interface Option<Value> {
  readonly type: string;
  readonly schema: JsonSchema;
  /** Whole sentences, the manual of the option in editors and in the README. */
  readonly description: string;
  /** As payrun.yaml would say it; undefined where leaving the option out means something that no value says. */
  readonly defaultsTo: Default | undefined;
  /** Whether the schema refuses an account without it, but for accounts in front of the simulator. */
  readonly isRequired: boolean;
  /** Whether the default is ours, because the provider documents none. */
  readonly isAssumed: boolean;
  readonly read: OptionKind<Value>['read'];
}

type Default = string | number | boolean | readonly string[];

export type Options = Readonly<Record<string, Option<unknown>>>;

/** An option by its value when it is left out; null where it has no default. */
export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never;
};

/** An option that may be left out. With a default it always has a value, else it may be null. */
export function option<Value>(kind: OptionKind<Value>, description: string, defaultsTo: Default): Option<Value>;
export function option<Value>(kind: OptionKind<Value>, description: string): Option<Value | null>;
export function option<Value>(
  kind: OptionKind<Value>,
  description: string,
  defaultsTo?: Default,
): Option<Value | null> {
  return { ...kind, description, defaultsTo, isRequired: false, isAssumed: false };
}

/** As {@link option}, with a default that the provider's documentation does not give. */
export function assumed<Value>(kind: OptionKind<Value>, description: string, defaultsTo: Default): Option<Value> {
  return { ...option(kind, description, defaultsTo), isAssumed: true };
}

/** An option that only accounts in front of the simulator may leave out. */
export function required<Value>(kind: OptionKind<Value>, description: string): Option<Value | null> {
  return { ...option(kind, description), isRequired: true };
}

/**
 * Reads `options:` of an account that have passed the configuration's schema. Throws only for a value that the schema should
 * have refused, which is a bug of ours.
 */
export function readOptions<Declared extends Options>(
  provider: string,
  declared: Declared,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Declared> {
  const values = Object.entries(declared).map(([name, { defaultsTo, read }]) => {
    const value = given[name] ?? defaultsTo;
    if (value === undefined) return [name, null];
    const known = read(value);
    if (known === undefined) throw new Error(`${provider} option ${name} passed the schema and cannot be read`);
    return [name, known];
  });
  return Object.fromEntries(values) as OptionValues<Declared>;
}

/**
 * An amount of the configuration in minor units of a currency with `decimals`. The schema takes a third decimal, which some
 * currencies have; here it is left out. A fee of nothing is an amount like any other.
 */
export function minorAmount(amount: string, decimals: number): bigint {
  const minor = parseAmount(amount.replace(/(\.\d\d)\d+$/, '$1'), decimals);
  if (typeof minor === 'bigint') return minor;
  if (minor === 'zero') return 0n;
  throw new Error('an amount of the configuration passed the schema and cannot be read');
}
