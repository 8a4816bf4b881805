import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import type { ConfigProblems } from './problems.ts';

/** What a YAML file says: text, lists and mappings. Numbers and booleans are text here, so that nothing of it is rounded. */
export type Tree = string | readonly Tree[] | { readonly [key: string]: Tree };

export interface ConfigDocument {
  readonly tree: Tree;
  /** Line of the key at a path (of the value for list items), or of the nearest part of the path that stands in the file. */
  line(path: readonly string[]): number;
}

/**
 * Reads YAML with every scalar as text. Everything that makes a reader and a program see two different files (anchors, merge
 * keys, tags, duplicate keys, several documents) is a problem. Null when it could not be read at all.
 */
export function readDocument(bytes: Uint8Array, problems: ConfigProblems): ConfigDocument | null {
  const text = decode(bytes);
  if (text === null) {
    problems.add(0, 'The file is not UTF-8 text. Save it as UTF-8.');
    return null;
  }
  const lines = new LineCounter();
  const document = parseDocument(maskVariables(text), {
    schema: 'failsafe',
    merge: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  // The first syntax error is the cause; what the parser says after it is mostly echo.
  const syntax = document.errors[0];
  if (syntax !== undefined) problems.add(lineAt(syntax.pos[0]), syntaxMessage(syntax.code, syntax.message));
  const root = document.contents;
  if (problems.any) return null;
  if (!isMap(root)) {
    problems.add(1, 'The file says nothing that payrun reads: it must be a mapping with organisation: and accounts:.');
    return null;
  }
  const tree = convert(root, lineAt, problems);
  return { tree, line: (path) => lineOf(document, path, lineAt) };
}

function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // The parser knows LF and CRLF only; a lone CR becomes LF, which changes neither offsets nor lines.
    return text.includes('\0') ? null : text.replace(/\r(?!\n)/g, '\n');
  } catch {
    return null;
  }
}

/**
 * `{ api_key: ${API_KEY} }` is how people write it, and in YAML the inner braces would open a mapping. They are swapped for two
 * private characters of the same length, so that lines stay what they are, and put back in every scalar.
 */
function maskVariables(text: string): string {
  return text.replace(/\$\{([A-Za-z0-9_]*)\}/g, '$\uE000$1\uE001');
}

function unmask(text: string): string {
  return text.replace(/\$\uE000([A-Za-z0-9_]*)\uE001/g, '${$1}');
}

/** A block whose lines are all commented out leaves its key alone behind; that is meant as no block. */
const OPTIONAL_BLOCKS: ReadonlySet<string> = new Set([
  ...['callbacks', 'defaults', 'columns'],
  ...['credentials', 'options', 'limits'],
]);

function convert(node: unknown, lineAt: (offset: number) => number, problems: ConfigProblems): Tree {
  if (!isNode(node)) return '';
  const line = lineAt(node.range?.[0] ?? 0);
  if (isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined)) {
    problems.add(line, 'Anchors and aliases (& and *) are not read here. Write the value out at each place.');
    return '';
  }
  if (node.tag !== undefined) problems.add(line, 'Tags (!…) are not read here. Remove it; put text in quotes.');
  if (isSeq(node)) return node.items.map((item) => convert(item, lineAt, problems));
  if (!isMap(node)) return isScalar(node) && typeof node.value === 'string' ? unmask(node.value) : '';
  const tree: Record<string, Tree> = {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) && typeof key.value === 'string' ? unmask(key.value) : null;
    const keyLine = isNode(key) ? lineAt(key.range?.[0] ?? 0) : line;
    if (isNode(key) && !isScalar(key)) convert(key, lineAt, problems);
    if (name === null || name === '__proto__') problems.add(keyLine, 'A key must be plain text.');
    else if (name === '<<') problems.add(keyLine, 'Merge keys (<<) are not read here. Write the values out.');
    else {
      if (isScalar(key)) convert(key, lineAt, problems);
      if (OPTIONAL_BLOCKS.has(name) && isScalar(value) && value.type === 'PLAIN' && value.source === '') continue;
      tree[name] = convert(value, lineAt, problems);
    }
  }
  return tree;
}

function lineOf(document: Document, path: readonly string[], lineAt: (offset: number) => number): number {
  let node: unknown = document.contents;
  let found: Node | null = isNode(node) ? node : null;
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
      if (pair === undefined) break;
      if (isNode(pair.key)) found = pair.key;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(name)];
      if (isNode(node)) found = node;
    } else break;
  }
  return lineAt(found?.range?.[0] ?? 0);
}

function syntaxMessage(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'This key stands twice in its mapping. Keep one.';
    case 'MULTIPLE_DOCS':
      return 'The file holds several YAML documents (---). Keep one.';
    case 'TAB_AS_INDENT':
      return 'The line is indented with a tab. YAML takes spaces only.';
    case 'BAD_ALIAS':
      return 'Anchors and aliases (& and *) are not read here. Write the value out at each place.';
    default:
      return `This is not YAML that can be read: ${unmask(message)}.`;
  }
}
