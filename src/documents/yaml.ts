import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type CST,
  type Document,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** A YAML value with every scalar as the text that stands in the file, so that no number of it is rounded. */
export type YamlValue = string | readonly YamlValue[] | YamlMapping;

export interface YamlMapping {
  readonly [key: string]: YamlValue;
}

export function isYamlList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** The text of a scalar without spaces around it; '' for a list, a mapping, or nothing. */
export function trimmedText(value: YamlValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Keys, and positions in lists, that lead to a value. */
export type YamlPath = readonly (string | number)[];

export interface YamlDocument {
  readonly value: YamlValue;
  /** Physical line, from 1, of the value at `path`, or of the nearest value around it that is in the file. */
  lineAt(path: YamlPath): number;
  /** As {@link lineAt}, but for a value of a mapping the line of its key. */
  keyLineAt(path: YamlPath): number;
}

/**
 * What is wrong with a document, with its physical line. Whatever makes the text mean more than it shows is a fault: anchors
 * and aliases, merge keys, tags, repeated keys, directives, several documents.
 */
export type YamlFault =
  | { readonly kind: 'empty' | 'too-deep' | 'directive' | 'several-documents'; readonly line: number }
  | { readonly kind: 'alias' | 'anchor' | 'tag' | 'key-not-text' | 'merge-key'; readonly line: number }
  | { readonly kind: 'key-repeated'; readonly line: number; readonly key: string }
  /** `code` and `message` are those of the parser. */
  | { readonly kind: 'syntax'; readonly line: number; readonly code: string; readonly message: string };

export interface YamlReading {
  /** Null where the text is empty, nested too deep, or no YAML. */
  readonly document: YamlDocument | null;
  readonly faults: readonly YamlFault[];
}

/**
 * Reads one plain YAML document.
 *
 * @param optionalKeys keys that count as missing where nothing stands behind them: what is left of a block whose lines are all
 * commented out.
 */
export function readYaml(text: string, optionalKeys: ReadonlySet<string> = new Set()): YamlReading {
  const lines = new LineCounter();
  const faults: YamlFault[] = [];
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  // The parser knows LF and CRLF only; a lone CR becomes LF, which changes neither offsets nor lines.
  const tokens = cstOf(text.replace(/\r(?!\n)/g, '\n'), lines);
  if (tokens === null) return { document: null, faults: [{ kind: 'too-deep', line: 1 }] };
  for (const token of tokens) {
    if (token.type === 'directive') faults.push({ kind: 'directive', line: lineOf(token.offset) });
  }
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, prettyErrors: false });
  const [document, second] = [...composer.compose(tokens)];
  if (second !== undefined) faults.push({ kind: 'several-documents', line: lineOf(second.range[0]) });
  if (document === undefined || isBlank(document.contents)) {
    return { document: null, faults: [...faults, { kind: 'empty', line: 1 }] };
  }
  for (const { pos, code, message } of document.errors) {
    faults.push({ kind: 'syntax', line: lineOf(pos[0]), code, message });
  }
  faults.push(...extrasOf(document, lineOf));
  if (document.errors.length > 0) return { document: null, faults };
  const { contents } = document;
  const at = (path: YamlPath, of: 'key' | 'value'): number => lineOf(offsetAt(contents, path, of));
  return {
    document: {
      value: plainValue(contents, optionalKeys),
      lineAt: (path) => at(path, 'value'),
      keyLineAt: (path) => at(path, 'key'),
    },
    faults,
  };
}

/** No configuration and no batch nests so deep; far below what would exhaust memory or the parser's stack. */
const DEPTH_MAX = 100;

/** The syntax tree's tokens, or null when they nest too deep to go on. */
function cstOf(source: string, lines: LineCounter): CST.Token[] | null {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let flowDepth = 0;
  let indicators = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(source)) {
    if (lexeme === '[' || lexeme === '{') flowDepth += 1;
    else if (lexeme === ']' || lexeme === '}') flowDepth -= 1;
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') indicators += 1;
    else if (lexeme.includes('\n')) indicators = 0;
    if (flowDepth > DEPTH_MAX || (flowDepth === 0 && indicators > DEPTH_MAX)) return null;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  return tokens;
}

/** What YAML has and these documents have not, in the order of the file. */
function extrasOf(document: Document.Parsed, lineOf: (offset: number) => number): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  visit(document, {
    Node: (_, node) => {
      const line = lineOf(node.range?.[0] ?? 0);
      if (isAlias(node)) {
        faults.push({ kind: 'alias', line });
        return;
      }
      if (node.anchor !== undefined) faults.push({ kind: 'anchor', line });
      if (node.tag !== undefined) faults.push({ kind: 'tag', line });
      if (isMap(node)) faults.push(...keyFaults(node, lineOf));
    },
  });
  return faults;
}

function keyFaults(map: YAMLMap, lineOf: (offset: number) => number): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const line = lineOf((isNode(key) ? key.range?.[0] : undefined) ?? map.range?.[0] ?? 0);
    if (!isScalar(key)) {
      faults.push({ kind: 'key-not-text', line });
      continue;
    }
    const name = String(key.value);
    if (name === '<<') faults.push({ kind: 'merge-key', line });
    if (seen.has(name)) faults.push({ kind: 'key-repeated', line, key: name });
    seen.add(name);
  }
  return faults;
}

function isBlank(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === '' && node.source === '');
}

function plainValue(node: unknown, optionalKeys: ReadonlySet<string>): YamlValue {
  if (isSeq(node)) return node.items.map((item) => plainValue(item, optionalKeys));
  if (isMap(node)) {
    // Without a prototype no key of the file can mean anything to us by accident.
    const value = Object.create(null) as Record<string, YamlValue>;
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue;
      const name = String(pair.key.value);
      if (optionalKeys.has(name) && isScalar(pair.value) && pair.value.type === 'PLAIN' && isBlank(pair.value))
        continue;
      value[name] ??= plainValue(pair.value, optionalKeys);
    }
    return value;
  }
  return isScalar(node) ? String(node.value) : '';
}

/** Offset of the value at `path` or of its key, or of the nearest thing around it that exists. */
function offsetAt(root: unknown, path: YamlPath, of: 'key' | 'value'): number {
  let node: unknown = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path) {
    let next: unknown;
    let start: number | undefined;
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(step));
      next = pair?.value;
      start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
      // The scalar itself may start below its key.
      if (of === 'value' && isScalar(next) && next.source !== '') start = next.range?.[0] ?? start;
    } else if (isSeq(node)) {
      next = node.items[Number(step)];
      start = isNode(next) ? next.range?.[0] : undefined;
    }
    if (start === undefined) return offset;
    offset = start;
    node = next;
  }
  return offset;
}

/** Pairs by key, kept: a file with thousands of faults in one map would be searched from its start for each of them. */
const PAIRS = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = PAIRS.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : null;
    if (name !== null && !pairs.has(name)) pairs.set(name, pair);
  }
  PAIRS.set(map, pairs);
  return pairs;
}
