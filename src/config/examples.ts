import { readSchema, type SchemaNode } from '../documents/schema-report.ts';
import { isYamlList, type YamlValue } from '../documents/yaml.ts';

/** What stands in the line of an example. */
type ExampleValue = string | number | readonly ExampleValue[] | { readonly [key: string]: ExampleValue };

/** So many keys of a mapping stand in an example that needs none of them. */
const KEYS_SHOWN = 2;

/** Mappings in mappings: deeper ones are not needed to see how a line is written. */
const DEPTH_SHOWN = 4;

/** Writes right lines for the places of a configuration, from the examples and defaults of its schema. */
export class ConfigExamples {
  private readonly schema: SchemaNode;
  private readonly tree: YamlValue;

  private constructor(schema: SchemaNode, tree: YamlValue) {
    this.schema = schema;
    this.tree = tree;
  }

  static async open(tree: YamlValue): Promise<ConfigExamples> {
    return new ConfigExamples(await readSchema('config.schema.json'), tree);
  }

  /** `rate: 5/s`, or the line of what stands around the place; null where the schema knows neither. */
  lineFor(path: readonly string[]): string | null {
    const key = path.at(-1);
    if (key === undefined) return null;
    const nodes = this.nodesAt(path);
    const given = textIn(this.tree, path);
    const isRight = nodes.some(({ enum: words }) => Array.isArray(words) && words.includes(given));
    const value = isRight ? given : this.valueFor(nodes, path, 0);
    if (value === null) return this.lineFor(path.slice(0, -1));
    return /^\d+$/.test(key) ? `- ${flow(value)}` : `${key}: ${flow(value)}`;
  }

  private valueFor(nodes: readonly SchemaNode[], path: readonly string[], depth: number): ExampleValue | null {
    if (nodes.some(isSecret)) return secretExample(path);
    for (const node of nodes) {
      const [example] = (node['examples'] ?? []) as readonly unknown[];
      const [word] = (node['enum'] ?? []) as readonly unknown[];
      const value = example ?? node['default'] ?? word;
      if (value !== undefined) return plain(value);
    }
    if (depth >= DEPTH_SHOWN) return null;
    const item = nodes.flatMap((node) => childrenOf(node, '0'));
    if (nodes.some((node) => node['type'] === 'array')) {
      const value = this.valueFor(this.expanded(item, [...path, '0']), [...path, '0'], depth + 1);
      return value === null ? null : [value];
    }
    return this.mappingFor(nodes, path, depth);
  }

  private mappingFor(nodes: readonly SchemaNode[], path: readonly string[], depth: number): ExampleValue | null {
    const required = nodes.flatMap((node) => (node['required'] ?? []) as readonly string[]);
    const known = nodes.flatMap((node) => Object.keys(node['properties'] ?? {}));
    const keys = [...new Set(required.length > 0 ? required : known.slice(0, KEYS_SHOWN))];
    const entries = keys.flatMap((key): [string, ExampleValue][] => {
      const below = [...path, key];
      const children = this.expanded(
        nodes.flatMap((node) => childrenOf(node, key)),
        below,
      );
      const value = this.valueFor(children, below, depth + 1);
      return value === null ? [] : [[key, value]];
    });
    return entries.length === 0 ? null : Object.fromEntries(entries);
  }

  /** Every part of the schema that says something of the value at a path. */
  private nodesAt(path: readonly string[]): readonly SchemaNode[] {
    let nodes = this.expanded([this.schema], []);
    for (const [at, key] of path.entries()) {
      const children = nodes.flatMap((node) => childrenOf(node, key));
      nodes = this.expanded(children, path.slice(0, at + 1));
    }
    return nodes;
  }

  /** With what the nodes refer to, and what holds for the provider of an account. */
  private expanded(nodes: readonly SchemaNode[], path: readonly string[]): readonly SchemaNode[] {
    return nodes.flatMap((node): readonly SchemaNode[] => {
      const { $ref, allOf, else: otherwise } = node;
      const below = [
        ...(typeof $ref === 'string' ? [this.referredTo($ref)] : []),
        ...(isNode(otherwise) ? [otherwise] : []),
        ...(Array.isArray(allOf) ? this.branchOf(allOf as readonly SchemaNode[], path) : []),
      ];
      return below.length === 0 ? [node] : [node, ...this.expanded(below, path)];
    });
  }

  private referredTo($ref: string): SchemaNode {
    const definitions = this.schema['$defs'] as Readonly<Record<string, SchemaNode>>;
    return definitions[$ref.replace('#/$defs/', '')] ?? {};
  }

  /** `then` of the branch for the account's provider. */
  private branchOf(branches: readonly SchemaNode[], path: readonly string[]): readonly SchemaNode[] {
    const provider = textIn(this.tree, [...path, 'provider']);
    return branches.flatMap((branch) => {
      const condition = branch['if'] as { properties?: { provider?: { const?: unknown } } } | undefined;
      const isOfProvider = condition?.properties?.provider?.const === provider;
      return isOfProvider && isNode(branch['then']) ? [branch['then']] : [];
    });
  }
}

function childrenOf(node: SchemaNode, key: string): readonly SchemaNode[] {
  const properties = node['properties'] as Readonly<Record<string, SchemaNode>> | undefined;
  const named = properties?.[key];
  if (named !== undefined) return [named];
  const others = /^\d+$/.test(key) && isNode(node['items']) ? node['items'] : node['additionalProperties'];
  return isNode(others) ? [others] : [];
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}

function isSecret(node: SchemaNode): boolean {
  return node['$ref'] === '#/$defs/secret';
}

/** `${SALARIES_API_KEY}`, or a file for what is one at the provider. */
function secretExample(path: readonly string[]): ExampleValue {
  const [, account = 'demo', , name = 'key'] = path;
  if (name === 'certificate') return { file: 'certificate.cer' };
  return `\${${`${account}_${name}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}}`;
}

function textIn(tree: YamlValue, path: readonly string[]): string | null {
  let node: YamlValue | undefined = tree;
  for (const key of path) {
    if (node === undefined || typeof node === 'string') return null;
    node = isYamlList(node) ? node[Number(key)] : node[key];
  }
  return typeof node === 'string' ? node : null;
}

function plain(example: unknown): ExampleValue {
  if (Array.isArray(example)) return example.map(plain);
  if (typeof example === 'number') return example;
  if (!isNode(example)) return String(example);
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, plain(value)]));
}

/** As one line of YAML. */
function flow(value: ExampleValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return isPlainText(value) ? value : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')} }`;
}

/** Digits too stand in quotes, as spreadsheets and other readers of YAML would change them. */
function isPlainText(text: string): boolean {
  return /^(?:\$\{\w+\}|(?!\d+$)[\p{L}\p{N}./_](?:[\p{L}\p{N}./_ -]|:(?! ))*)$/u.test(text);
}
