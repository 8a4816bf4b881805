import type { YamlValue as Tree } from '../documents/yaml.ts';

/** @param example a right line, where the schema's for the place is none. */
export type ReportFault = (path: readonly string[], message: string, example?: string) => void;
export type ConfigRule = (tree: Tree, report: ReportFault) => void;

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

/** Intl takes bare offsets too; a zone is asked for, since an offset is wrong half of the year in many of them. */
export function isTimezone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/** Why a text is not the name of a time zone; null where it is one, or empty, which the schema reports. */
export function timezoneFault(timezone: string | null): string | null {
  if (timezone === null || timezone === '' || isTimezone(timezone)) return null;
  return `\`${timezone.slice(0, 40)}\` is not an IANA time zone. Write one such as Africa/Nairobi or UTC.`;
}
