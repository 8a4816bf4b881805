import { didYouMean, nearest } from '../documents/nearest.ts';
import { checkAgainstSchema, type SchemaFault } from '../documents/schema-report.ts';
import { isYamlList, type YamlPath, type YamlValue } from '../documents/yaml.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblems } from './problems.ts';

/** Misspelt keys are put right so often: each pass finds those that stand in what the last one has put right. */
const PASSES_MAX = 5;

/**
 * Compares the configuration with its schema; each fault becomes a problem with its line and the next step. Returns the configuration with
 * its misspelt keys put right, so that what stands below them is checked too.
 */
export async function checkSchema(document: ConfigDocument, problems: ConfigProblems): Promise<ConfigDocument> {
  let checked = document;
  for (let pass = 1; ; pass++) {
    const faults = await checkAgainstSchema('config.schema.json', checked.tree);
    const misspelt = pass < PASSES_MAX ? faults.flatMap((fault) => misspeltKey(fault, checked.tree)) : [];
    if (misspelt.length === 0) {
      for (const fault of faults) reportSchemaFault(fault, checked, problems);
      return faults.reduce(withoutUnknownKey, checked);
    }
    for (const { path, key, meant } of misspelt) {
      const message = `\`${[...path, key].join('.')}\` is not a key of payrun. Did you mean \`${meant}\`?`;
      problems.add(checked.line([...path, key]), message, [...path, meant].map(String));
      checked = withKey(checked, { path, key, meant });
    }
  }
}

interface MisspeltKey {
  readonly path: YamlPath;
  readonly key: string;
  readonly meant: string;
}

function misspeltKey(fault: SchemaFault, tree: YamlValue): readonly MisspeltKey[] {
  if (fault.kind !== 'unknown-key') return [];
  const { path, key, known } = fault;
  const meant = nearest(key, known);
  const around = valueAt(tree, path);
  if (meant === null || around === null || isYamlList(around) || Object.hasOwn(around, meant)) return [];
  return [{ path, key, meant }];
}

/** The document with a key under another name; its lines are those of the key that stands in the file. */
function withKey(document: ConfigDocument, { path, key, meant }: MisspeltKey): ConfigDocument {
  const around = valueAt(document.tree, path);
  // Of two keys that may mean the same, the first one is put right.
  if (around === null || Object.hasOwn(around, meant)) return document;
  const isBelow = (place: YamlPath): boolean =>
    place.length > path.length && path.every((step, at) => String(step) === String(place[at]));
  return {
    tree: renamed(document.tree, path, { key, meant }),
    line: (place) => {
      const isRenamed = isBelow(place) && place[path.length] === meant;
      return document.line(isRenamed ? [...path, key, ...place.slice(path.length + 1)] : place);
    },
  };
}

/** What stands below a key that payrun does not know is checked by no rule. */
function withoutUnknownKey(document: ConfigDocument, fault: SchemaFault): ConfigDocument {
  if (fault.kind !== 'unknown-key') return document;
  return { ...document, tree: renamed(document.tree, fault.path, { key: fault.key, meant: null }) };
}

/** @param names.meant null: the key is taken away. */
function renamed(
  tree: YamlValue,
  path: YamlPath,
  names: { readonly key: string; readonly meant: string | null },
): YamlValue {
  if (typeof tree === 'string') return tree;
  const [step, ...rest] = path;
  if (isYamlList(tree)) return tree.map((item, at) => (at === Number(step) ? renamed(item, rest, names) : item));
  const entries = Object.entries(tree).flatMap(([name, value]): [string, YamlValue][] => {
    if (step !== undefined) return [[name, name === String(step) ? renamed(value, rest, names) : value]];
    if (name !== names.key) return [[name, value]];
    return names.meant === null ? [] : [[names.meant, value]];
  });
  return Object.fromEntries(entries);
}

function valueAt(tree: YamlValue, path: YamlPath): Exclude<YamlValue, string> | null {
  let node: YamlValue | undefined = tree;
  for (const step of path) {
    if (node === undefined || typeof node === 'string') return null;
    node = isYamlList(node) ? node[Number(step)] : node[String(step)];
  }
  return node === undefined || typeof node === 'string' ? null : node;
}

function reportSchemaFault(fault: SchemaFault, document: ConfigDocument, problems: ConfigProblems): void {
  const message = schemaMessageOf(fault);
  if (message === null) return;
  const path = fault.path.map(String);
  const key = fault.kind === 'unknown-key' || fault.kind === 'pattern' ? fault.key : null;
  const example = rightLineFor(fault, path, valueAt(document.tree, fault.path));
  problems.add(document.line(key === null ? path : [...path, key]), message, example);
}

/** The place whose right line shows what was meant, or that line. */
function rightLineFor(
  fault: SchemaFault,
  path: readonly string[],
  around: Exclude<YamlValue, string> | null,
): readonly string[] | string {
  if (fault.kind === 'missing-key') return [...path, fault.key];
  if (fault.kind !== 'unknown-key') return path;
  if (isPartOfNumber(fault.key)) return 'max_amount: "250000"';
  const left = fault.known.find((known) => around === null || !Object.hasOwn(around, known));
  return left === undefined ? '' : [...path, left];
}

/** Null where another fault says the same with its own line. */
function schemaMessageOf(fault: SchemaFault): string | null {
  const { path } = fault;
  const where = path.join('.') || 'the file';
  switch (fault.kind) {
    case 'unknown-key': {
      const { key, known } = fault;
      const advice = isPartOfNumber(key)
        ? ' A comma ends a value: write the number without it.'
        : didYouMean(key, known) || ` There are: ${known.join(', ')}.`;
      return `\`${[...path, key].join('.')}\` is not a key of payrun.${advice}`;
    }
    case 'missing-key':
      return `${where} lacks \`${fault.key}\`. Add it.`;
    case 'not-listed': {
      const { value, allowed } = fault;
      const found = typeof value === 'string' ? ` is \`${value.slice(0, 40)}\`` : ' is not plain text';
      const advice = typeof value === 'string' && allowed.length > 1 ? didYouMean(value, allowed) : '';
      return `${where}${found}; payrun knows: ${allowed.join(', ')}.${advice}`;
    }
    case 'pattern': {
      const { key, known } = fault;
      // A value is not shown: a secret may stand where none should.
      const name = key === null ? '' : ` \`${key.slice(0, 40)}\` is no name for a key here.${didYouMean(key, known)}`;
      return `${where}:${name} ${fault.advice ?? 'It cannot be read.'}`;
    }
    case 'type':
      return fault.value === '' ? emptyText(where) : `${where} must be ${kinds(fault.wanted)}.`;
    case 'empty':
      return emptyText(where);
    case 'key-name':
    case 'branch':
      return null;
    case 'other':
      return `${where} ${fault.message}.`;
  }
}

/** What stands behind a comma in `{ max_amount: 250,000 }`. */
function isPartOfNumber(key: string): boolean {
  return /^\d+(\.\d+)?$/.test(key);
}

function emptyText(where: string): string {
  return `${where} is empty. Give it a value, or remove it.`;
}

function kinds(types: readonly string[]): string {
  const words = types.map((type) => (type === 'object' ? 'a mapping' : type === 'array' ? 'a list' : 'plain text'));
  return [...new Set(words)].join(' or ');
}
