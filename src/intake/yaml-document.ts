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
import { wholeFile, type ProblemList } from './findings.ts';
import { quotable } from './shape.ts';

/** A YAML value with every scalar as the text that stands in the file. */
export type YamlValue = string | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** A parsed document and the lines of what it holds. */
export interface YamlDocument {
  readonly value: YamlValue;
  /** The physical line where the value at `path` starts, or its nearest parent that is there. */
  lineAt(path: readonly (string | number)[]): number;
}

/**
 * Parses one plain YAML document. Whatever makes the text mean more than it shows is refused: anchors and aliases, merge
 * keys, tags, repeated keys, directives, several documents. Null when nothing could be made of it; why was reported.
 */
export function parseYaml(text: string, file: string, findings: ProblemList): YamlDocument | null {
  const lines = new LineCounter();
  const error = (offset: number, code: string, message: string, column = '') => {
    findings.error({ ...wholeFile(file), line: lines.linePos(offset).line, column }, code, message);
  };
  // The parser knows LF and CRLF only; a lone CR becomes LF, which changes neither offsets nor lines.
  const source = text.replace(/\r(?!\n)/g, '\n');
  const tokens = cstOf(source, lines);
  if (tokens === null) {
    findings.error(wholeFile(file), 'yaml-too-deep', 'The YAML is nested too deep to be a batch. Write it flat.');
    return null;
  }
  for (const token of tokens) {
    if (token.type === 'directive')
      error(token.offset, 'yaml-directive', 'A % directive is not taken here. Remove this line.');
  }
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, prettyErrors: false });
  const [document, second] = [...composer.compose(tokens)];
  if (second !== undefined) {
    error(
      second.range[0],
      'yaml-several-documents',
      'A second YAML document starts here. One file is one batch: remove the --- or split the file.',
    );
  }
  if (document === undefined || isBlank(document.contents)) {
    findings.error(wholeFile(file), 'file-empty', 'The file is empty. Was it saved?');
    return null;
  }
  for (const { pos, message } of document.errors) {
    const what = quotable(message.split('\n', 1)[0] ?? '');
    error(
      pos[0],
      'yaml-syntax',
      `This is not YAML: ${what}. Correct the line (indentation, a missing colon or quote).`,
    );
  }
  refuseExtras(document, error);
  if (document.errors.length > 0) return null;
  const { contents } = document;
  return {
    value: plainValue(contents),
    lineAt: (path) => lines.linePos(offsetAt(contents, path)).line,
  };
}

/** Nesting that no batch has; far below what would exhaust memory or the parser's stack. */
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

type Report = (offset: number, code: string, message: string, column?: string) => void;

function refuseExtras(document: Document.Parsed, error: Report): void {
  visit(document, {
    Node: (_, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) {
        error(offset, 'yaml-alias', 'An alias (*name) is not taken here. Write the value itself.');
        return;
      }
      if (node.anchor !== undefined) {
        error(
          offset,
          'yaml-anchor',
          'An anchor (&name) is not taken here. Remove it; a value that begins with & goes in quotes.',
        );
      }
      if (node.tag !== undefined) {
        error(
          offset,
          'yaml-tag',
          'A tag (!name) is not taken here. Remove it; a value that begins with ! goes in quotes.',
        );
      }
      if (isMap(node)) refuseKeys(node, error);
    },
  });
}

function refuseKeys(map: YAMLMap, error: Report): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const offset = (isNode(key) ? key.range?.[0] : undefined) ?? map.range?.[0] ?? 0;
    if (!isScalar(key)) {
      error(offset, 'yaml-key', 'A key must be plain text. Write it on one line, as `key: value`.');
      continue;
    }
    const name = String(key.value);
    if (name === '<<')
      error(offset, 'yaml-merge-key', 'A merge key (<<) is not taken here. Write the values themselves.', name);
    if (seen.has(name)) {
      error(
        offset,
        'yaml-key-repeated',
        `The key "${quotable(name)}" stands twice in the same place. Remove one.`,
        name,
      );
    }
    seen.add(name);
  }
}

function isBlank(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === '' && contents.source === '');
}

function plainValue(node: unknown): YamlValue {
  if (isSeq(node)) return node.items.map(plainValue);
  if (isMap(node)) {
    // Without a prototype no key of the file can mean anything to us by accident.
    const value = Object.create(null) as Record<string, YamlValue>;
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue;
      const name = String(pair.key.value);
      value[name] ??= plainValue(pair.value);
    }
    return value;
  }
  return isScalar(node) ? String(node.value) : '';
}

/** Offset of the value at `path`, or of the nearest thing around it that exists. */
function offsetAt(root: unknown, path: readonly (string | number)[]): number {
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
      if (isScalar(next) && next.source !== '') start = next.range?.[0] ?? start;
    } else if (isSeq(node) && typeof step === 'number') {
      next = node.items[step];
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
