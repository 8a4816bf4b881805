import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import type { YamlValue } from './yaml.ts';

/** Lie beside `src/` and, once built, beside `dist/`. */
const SCHEMAS = new URL('../../schemas/', import.meta.url);

/** A fault of a document against its schema, with the path of keys and positions that leads to its place. */
export type SchemaFault = SchemaFaultKind & {
  readonly path: readonly (string | number)[];
  /** The validator's own words: `must have required property 'batch'`. */
  readonly message: string;
};

type SchemaFaultKind =
  /** `known` are the keys that the place takes. */
  | { readonly kind: 'unknown-key'; readonly key: string; readonly known: readonly string[] }
  | { readonly kind: 'missing-key'; readonly key: string }
  | { readonly kind: 'not-listed'; readonly value: unknown; readonly allowed: readonly string[] }
  | { readonly kind: 'type'; readonly value: unknown; readonly wanted: readonly string[] }
  /** `advice` is the schema's own; `key` is set where the name of a key is at fault, not its value, and `known` are then names for it. */
  | {
      readonly kind: 'pattern';
      readonly advice: string | null;
      readonly key: string | null;
      readonly known: readonly string[];
    }
  | { readonly kind: 'empty'; readonly what: 'text' | 'list' | 'mapping' }
  /** A key whose name does not follow the rule for names of its place. */
  | { readonly kind: 'key-name'; readonly key: string }
  /** Repeats a fault of its own branch, which is reported as well. */
  | { readonly kind: 'branch' }
  | { readonly kind: 'other' };

/** Part of a JSON schema. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export async function readSchema(name: string): Promise<SchemaNode> {
  return JSON.parse(await readFile(new URL(name, SCHEMAS), 'utf8')) as SchemaNode;
}

/** Compares a document with `schemas/NAME`, the schema that editors use too; every fault, none where it follows the schema. */
export async function checkAgainstSchema(name: string, document: YamlValue): Promise<readonly SchemaFault[]> {
  const validate = await compiled(name);
  if (validate(document)) return [];
  return (validate.errors ?? []).map((error) => ({
    ...kindOf(error),
    path: pathOf(error.instancePath, document),
    message: error.message ?? 'does not fit the schema',
  }));
}

const validators = new Map<string, Promise<ValidateFunction>>();

function compiled(name: string): Promise<ValidateFunction> {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const validator = compile(name);
  validators.set(name, validator);
  return validator;
}

async function compile(name: string): Promise<ValidateFunction> {
  // Loading the schema compiler costs as much as starting Node does: only a full check pays for it.
  const [{ Ajv2020 }, schema] = await Promise.all([import('ajv/dist/2020.js'), readSchema(name)]);
  const ajv = new Ajv2020({
    allErrors: true,
    // Hands the keys that would have been known to each fault.
    verbose: true,
    strictTypes: false,
    strictRequired: false,
    // A test checks the schemas against their own meta-schema; doing so at every start would take longer than all else here.
    validateSchema: false,
    meta: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  ajv.addVocabulary(['patternErrorMessage']);
  return ajv.compile(schema);
}

function kindOf(error: ErrorObject): SchemaFaultKind {
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as {
    patternErrorMessage?: string;
    properties?: Record<string, unknown>;
    examples?: readonly unknown[];
  };
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        kind: 'unknown-key',
        key: String(params['additionalProperty']),
        known: Object.keys(parent.properties ?? {}),
      };
    case 'required':
      return { kind: 'missing-key', key: String(params['missingProperty']) };
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly unknown[]).filter((value) => typeof value === 'string');
      return { kind: 'not-listed', value: error.data, allowed };
    }
    case 'type':
      return { kind: 'type', value: error.data, wanted: [params['type'] as string | string[]].flat() };
    case 'pattern':
      return {
        kind: 'pattern',
        advice: parent.patternErrorMessage ?? null,
        key: error.propertyName ?? null,
        known: (parent.examples ?? []).filter((example) => typeof example === 'string'),
      };
    case 'minLength':
      return { kind: 'empty', what: 'text' };
    case 'minItems':
      return { kind: 'empty', what: 'list' };
    case 'minProperties':
      return { kind: 'empty', what: 'mapping' };
    case 'propertyNames':
      return { kind: 'key-name', key: String(params['propertyName']) };
    case 'if':
      return { kind: 'branch' };
    default:
      return { kind: 'other' };
  }
}

/** The steps of a JSON pointer, with positions in lists as numbers. */
function pathOf(pointer: string, document: YamlValue): readonly (string | number)[] {
  let here: unknown = document;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(here) ? Number(key) : key;
      here = (here as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}
