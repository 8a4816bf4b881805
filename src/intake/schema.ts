import { didYouMean, nearest } from '../documents/nearest.ts';
import { checkAgainstSchema, type SchemaFault } from '../documents/schema-report.ts';
import type { YamlMapping, YamlValue } from '../documents/yaml.ts';
import type { ProblemPlace, ProblemList } from './problem-list.ts';
import { headerShown, quotable } from './shape.ts';

/** Reads where something stands, for the path of keys and positions that leads to it. */
export type PlaceOf = (path: readonly (string | number)[]) => ProblemPlace;

/**
 * Compares a batch with the published schema. Faults that a rule explains better (a missing id, a batch id that may not be one,
 * two destinations) are left to the rules; returns the faults that were left so, for the caller to make sure.
 */
export async function checkBatchSchema(
  value: YamlValue,
  isBatchForced: boolean,
  placeOf: PlaceOf,
  problems: ProblemList,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const fault of await checkAgainstSchema('batch.schema.json', value)) {
    // A batch id from the command line stands in for the file's.
    if (isBatchForced && isOfBatchId(fault)) continue;
    const text = schemaTextOf(fault);
    if (text === null) {
      left.push(`/${fault.path.join('/')}`.replace(/^\/$/, 'the file') + ` ${fault.message}`);
      continue;
    }
    const { path } = fault;
    const isOfKey = fault.kind === 'unknown-key' || fault.kind === 'key-name';
    problems.error(placeOf(isOfKey ? [...path, fault.key] : path), text.code, text.message);
  }
  return left;
}

/** Keys at the top of a batch that are misspelt, by the keys that were meant; each is reported. */
export async function misspeltKeys(
  value: YamlMapping,
  placeOf: PlaceOf,
  problems: ProblemList,
): Promise<ReadonlyMap<string, string>> {
  const misspelt = new Map<string, string>();
  for (const fault of await checkAgainstSchema('batch.schema.json', value)) {
    if (fault.kind !== 'unknown-key' || fault.path.length > 0) continue;
    const meant = nearest(fault.key, fault.known);
    if (meant === null || Object.hasOwn(value, meant) || misspelt.has(meant)) continue;
    misspelt.set(meant, fault.key);
    const text = schemaTextOf(fault);
    if (text !== null) problems.error(placeOf([fault.key]), text.code, text.message);
  }
  return misspelt;
}

function isOfBatchId(fault: SchemaFault): boolean {
  return (fault.kind === 'missing-key' && fault.key === 'batch') || fault.path.join('/') === 'batch';
}

/** Null for what a rule has to explain. */
function schemaTextOf(fault: SchemaFault): { readonly code: string; readonly message: string } | null {
  switch (fault.kind) {
    case 'unknown-key': {
      const { key, known } = fault;
      return {
        code: 'key-unknown',
        message: `The key "${headerShown(key)}" is not known here.${didYouMean(key, known)} Known are: ${known.join(', ')}.`,
      };
    }
    case 'type': {
      const { value, wanted } = fault;
      // An empty value where a list or keys belong; the rules report what is missing then.
      if (value === '' && wanted.includes('array')) return null;
      const message = `This must be ${schemaKindOf(wanted)}, and it is ${kindOfValue(value)}. ${EXAMPLE}`;
      return { code: 'value-type', message };
    }
    case 'not-listed': {
      const allowed = fault.allowed.map((one) => `"${one}"`).join(', ');
      const message = `"${quotable(String(fault.value))}" is not possible here. Possible: ${allowed}.`;
      return { code: 'value-not-allowed', message };
    }
    case 'key-name': {
      if (fault.path[0] === 'values')
        return { code: 'values-field', message: `"${headerShown(fault.key)}" ${VALUES_FIELDS}` };
      const message = `"${headerShown(fault.key)}" cannot be a field's name: use letters, digits, _ and -.`;
      return { code: 'key-unknown', message };
    }
    case 'empty':
      return schemaEmptyText(fault.what, fault.path.at(-1));
    case 'missing-key':
    case 'pattern':
    case 'branch':
    case 'other':
      return null;
  }
}

function schemaEmptyText(
  what: 'text' | 'list' | 'mapping',
  key: string | number | undefined,
): { readonly code: string; readonly message: string } | null {
  switch (what) {
    case 'text':
      // A rule explains what an id and an amount are.
      if (key === 'id' || key === 'amount') return null;
      return { code: 'value-missing', message: 'This is empty. Fill it in or remove the key.' };
    case 'mapping':
      return { code: 'value-missing', message: 'There is nothing in here. Fill it in or remove the key.' };
    case 'list':
      return null;
  }
}

const VALUES_FIELDS =
  'cannot stand for other values. The fields that can are bank_code, currency, account, narrative, paybill, till and details.<field>; ' +
  "an id, a name, an amount, a phone and an account number are each person's own: write them in the row.";

const EXAMPLE = 'See the example of a batch in the README.';

function schemaKindOf(types: readonly string[]): string {
  if (types.includes('array')) return 'a list';
  return types.includes('object') ? 'a block of keys' : 'a single value';
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys';
  return value === '' ? 'empty' : 'a single value';
}
