import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ProblemList, Place } from './findings.ts';
import { didYouMean, quotable } from './shape.ts';
import type { YamlValue } from './yaml-document.ts';

/** Reads where something stands, for the path of keys and positions that leads to it. */
export type PlaceOf = (path: readonly (string | number)[]) => Place;

/**
 * Holds a batch against the published schema. Faults that a rule tells better (a missing id, a batch id that may not be one,
 * two destinations) are left to the rules; returns the faults that were left so, for the caller to make sure.
 */
export function checkSchema(
  value: YamlValue,
  isBatchForced: boolean,
  placeOf: PlaceOf,
  findings: ProblemList,
): readonly string[] {
  const validate = compiled();
  if (validate(value)) return [];
  const left: string[] = [];
  for (const fault of validate.errors ?? []) {
    // A batch id from the command line stands in for the file's.
    if (isBatchForced && (fault.instancePath === '/batch' || fault.params.missingProperty === 'batch')) continue;
    const path = pathOf(fault.instancePath, value);
    if (!report(fault, path, placeOf, findings))
      left.push(`${fault.instancePath || 'the file'} ${fault.message ?? ''}`);
  }
  return left;
}

let validator: ValidateFunction | null = null;

function compiled(): ValidateFunction {
  if (validator === null) {
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/batch.schema.json', import.meta.url), 'utf8'),
    ) as object;
    // `verbose` hands the keys that would have been known to each fault.
    validator = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false }).compile(
      schema,
    );
  }
  return validator;
}

function report(fault: ErrorObject, path: (string | number)[], placeOf: PlaceOf, findings: ProblemList): boolean {
  switch (fault.keyword) {
    case 'additionalProperties': {
      const key = String(fault.params.additionalProperty);
      const known = Object.keys((fault.parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const hint = didYouMean(key, known);
      findings.error(
        placeOf([...path, key]),
        'key-unknown',
        `The key "${quotable(key)}" is not known here.${hint} Known are: ${known.join(', ')}.`,
      );
      return true;
    }
    case 'type': {
      const wanted = [fault.params.type as string | string[]].flat();
      // An empty value where a list or keys belong; what is missing then is told by the rules.
      if (fault.data === '' && wanted.includes('array')) return false;
      findings.error(
        placeOf(path),
        'value-type',
        `This must be ${kindOf(wanted)}, and it is ${kindOfValue(fault.data)}. ${EXAMPLE}`,
      );
      return true;
    }
    case 'enum': {
      const allowed = (fault.params.allowedValues as string[]).map((one) => `"${one}"`).join(', ');
      findings.error(
        placeOf(path),
        'value-not-allowed',
        `"${quotable(String(fault.data))}" is not possible here. Possible: ${allowed}.`,
      );
      return true;
    }
    case 'propertyNames': {
      const key = String(fault.params.propertyName);
      findings.error(
        placeOf([...path, key]),
        'key-unknown',
        `"${quotable(key)}" cannot be a field's name: use letters, digits, _ and -.`,
      );
      return true;
    }
    case 'minLength':
      // Of these two a rule tells it.
      if (path.at(-1) === 'id' || path.at(-1) === 'amount') return false;
      findings.error(placeOf(path), 'value-missing', 'This is empty. Fill it in or remove the key.');
      return true;
    case 'minProperties':
      findings.error(placeOf(path), 'value-missing', 'There is nothing in here. Fill it in or remove the key.');
      return true;
    default:
      return false;
  }
}

const EXAMPLE = 'See the example of a batch in the README.';

function kindOf(types: readonly string[]): string {
  if (types.includes('array')) return 'a list';
  return types.includes('object') ? 'a block of keys' : 'a single value';
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys';
  return value === '' ? 'empty' : 'a single value';
}

function pathOf(pointer: string, value: YamlValue): (string | number)[] {
  let here: unknown = value;
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
