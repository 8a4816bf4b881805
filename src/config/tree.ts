import type { YamlValue as Tree } from '../documents/yaml.ts';

/** `tree.a.b` as text, list or mapping; undefined where there is nothing. */
export function ruleAt(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let node = tree;
  for (const name of path) {
    if (typeof node !== 'object' || !Object.hasOwn(node, name)) return undefined;
    node = (node as Readonly<Record<string, Tree>>)[name];
  }
  return node;
}

export function textAt(tree: Tree | undefined, ...path: readonly string[]): string | null {
  const node = ruleAt(tree, ...path);
  return typeof node === 'string' ? node : null;
}

export function entriesAt(tree: Tree | undefined, ...path: readonly string[]): readonly (readonly [string, Tree])[] {
  const node = ruleAt(tree, ...path);
  return typeof node === 'object' ? Object.entries(node) : [];
}
