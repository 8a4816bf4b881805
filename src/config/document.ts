import { isYamlList, readYaml, type YamlFault, type YamlPath, type YamlValue } from '../documents/yaml.ts';
import { yamlWords } from '../documents/yaml-words.ts';
import type { ConfigProblems } from './problems.ts';

export interface ConfigDocument {
  readonly tree: YamlValue;
  /** Line of the key at a path (of the value for list items), or of the nearest part of the path that stands in the file. */
  line(path: YamlPath): number;
}

/** A block whose lines are all commented out leaves its key alone behind; that is meant as no block. */
const OPTIONAL_BLOCKS: ReadonlySet<string> = new Set([
  ...['callbacks', 'defaults', 'columns'],
  ...['credentials', 'options', 'limits'],
]);

/** Reads the bytes of a configuration. Null when nothing can be made of them; why was reported. */
export function readDocument(bytes: Uint8Array, problems: ConfigProblems): ConfigDocument | null {
  const text = decode(bytes);
  if (text === null) {
    problems.add(0, 'The file is not UTF-8 text. Save it as UTF-8.');
    return null;
  }
  const { document, faults } = readYaml(maskVariables(text), OPTIONAL_BLOCKS);
  // The first syntax error is the cause; what the parser says after it is mostly echo. Each line with a tab is one of its own.
  const syntax = faults.filter((fault) => fault.kind === 'syntax');
  const tabs = syntax.filter(({ code }) => code === 'TAB_AS_INDENT');
  for (const fault of tabs.length > 0 ? tabs : syntax.length > 0 ? syntax.slice(0, 1) : faults) {
    const message = messageOf(fault);
    if (message !== null) problems.add(fault.line, message);
  }
  if (document === null) return null;
  if (typeof document.value === 'string' || isYamlList(document.value)) {
    problems.add(1, NOT_A_MAPPING);
    return null;
  }
  const line = (path: YamlPath): number => document.keyLineAt(path);
  return { tree: unmasked(document.value, [], { problems, line }), line };
}

const NOT_A_MAPPING =
  'The file says nothing that payrun reads: it must be a mapping with organisation: and accounts:. Make one with: payrun init';

const NO_ALIASES = 'Anchors and aliases (& and *) are not read here. Write the value out at each place.';

function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
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

/** The value with its variables put back. */
function unmasked(
  value: YamlValue,
  path: YamlPath,
  document: Pick<ConfigDocument, 'line'> & { readonly problems: ConfigProblems },
): YamlValue {
  if (typeof value === 'string') return unmask(value);
  if (isYamlList(value)) return value.map((item, index) => unmasked(item, [...path, index], document));
  const tree: Record<string, YamlValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') document.problems.add(document.line([...path, key]), 'A key must be plain text.');
    else tree[unmask(key)] = unmasked(inner, [...path, key], document);
  }
  return tree;
}

/** Null for what does no harm in a configuration. */
function messageOf(fault: YamlFault): string | null {
  switch (fault.kind) {
    case 'empty':
      return NOT_A_MAPPING;
    case 'too-deep':
      return 'The file is nested too deep to be a configuration. Write it flat.';
    case 'directive':
      return null;
    case 'several-documents':
      return 'The file holds several YAML documents (---). Keep one.';
    case 'alias':
    case 'anchor':
      return NO_ALIASES;
    case 'tag':
      return 'Tags (!…) are not read here. Remove it; put text in quotes.';
    case 'key-not-text':
      return 'A key must be plain text.';
    case 'merge-key':
      return 'Merge keys (<<) are not read here. Write the values out.';
    case 'key-repeated':
      return `\`${fault.key.slice(0, 64)}\` stands twice in its mapping. Keep one.`;
    case 'syntax':
      return syntaxMessage(fault.code, fault.message);
  }
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'BAD_ALIAS') return NO_ALIASES;
  return `This is not YAML: ${yamlWords(code, message) ?? `${unmask(message)}.`}`;
}
