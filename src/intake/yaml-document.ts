import { readYaml, type YamlDocument, type YamlFault } from '../documents/yaml.ts';
import { yamlWords } from '../documents/yaml-words.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';
import { headerShown, maskNumbers, quotable } from './shape.ts';

/** Reads a batch's YAML and reports what it may not have. Null when nothing could be made of it. */
export function parseYaml(text: string, file: string, problems: ProblemList): YamlDocument | null {
  const { document, faults } = readYaml(text);
  for (const fault of faults) {
    const isOfFile = fault.kind === 'empty' || fault.kind === 'too-deep';
    const place = { ...wholeFile(file), line: isOfFile ? 0 : fault.line, column: columnOf(fault) };
    const { code, message } = yamlDocumentTextOf(fault);
    problems.error(place, code, message);
  }
  return document;
}

function columnOf(fault: YamlFault): string {
  if (fault.kind === 'merge-key') return '<<';
  return fault.kind === 'key-repeated' ? maskNumbers(fault.key) : '';
}

function yamlDocumentTextOf(fault: YamlFault): { readonly code: string; readonly message: string } {
  switch (fault.kind) {
    case 'empty':
      return { code: 'file-empty', message: 'The file is empty. Was it saved?' };
    case 'too-deep':
      return { code: 'yaml-too-deep', message: 'The YAML is nested too deep to be a batch. Write it flat.' };
    case 'directive':
      return { code: 'yaml-directive', message: 'A % directive is not taken here. Remove this line.' };
    case 'several-documents':
      return {
        code: 'yaml-several-documents',
        message: 'A second YAML document starts here. One file is one batch: remove the --- or split the file.',
      };
    case 'alias':
      return { code: 'yaml-alias', message: 'An alias (*name) is not taken here. Write the value itself.' };
    case 'anchor':
      return {
        code: 'yaml-anchor',
        message: 'An anchor (&name) is not taken here. Remove it; a value that begins with & goes in quotes.',
      };
    case 'tag':
      return {
        code: 'yaml-tag',
        message: 'A tag (!name) is not taken here. Remove it; a value that begins with ! goes in quotes.',
      };
    case 'key-not-text':
      return { code: 'yaml-key', message: 'A key must be plain text. Write it on one line, as `key: value`.' };
    case 'merge-key':
      return {
        code: 'yaml-merge-key',
        message: 'A merge key (<<) is not taken here. Write the values themselves.',
      };
    case 'key-repeated': {
      const key = headerShown(fault.key);
      return { code: 'yaml-key-repeated', message: `The key "${key}" stands twice in the same place. Remove one.` };
    }
    case 'syntax': {
      const [firstLine = ''] = fault.message.split('\n', 1);
      const advice = 'Correct the line (indentation, a missing colon or quote).';
      const words = yamlWords(fault.code, fault.message) ?? `${quotable(firstLine)}. ${advice}`;
      return { code: 'yaml-syntax', message: `This is not YAML: ${words}` };
    }
  }
}
