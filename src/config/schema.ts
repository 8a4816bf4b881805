import { didYouMean } from '../documents/nearest.ts';
import { checkAgainstSchema, type SchemaFault } from '../documents/schema-report.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblems } from './problems.ts';

/** Compares the configuration with its schema; each fault becomes a problem with its line and the next step. */
export async function checkSchema(document: ConfigDocument, problems: ConfigProblems): Promise<void> {
  for (const fault of await checkAgainstSchema('config.schema.json', document.tree)) {
    const message = schemaMessageOf(fault);
    if (message === null) continue;
    const key = fault.kind === 'unknown-key' || fault.kind === 'pattern' ? fault.key : null;
    const path = fault.path.map(String);
    problems.add(document.line(key === null ? path : [...path, key]), message);
  }
}

/** Null where another fault says the same with its own line. */
function schemaMessageOf(fault: SchemaFault): string | null {
  const { path } = fault;
  const where = path.join('.') || 'the file';
  switch (fault.kind) {
    case 'unknown-key': {
      const { key, known } = fault;
      const advice = didYouMean(key, known) || ` There are: ${known.join(', ')}.`;
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
    case 'pattern':
      // The value is not shown: a secret may stand where none should.
      return `${where}: ${fault.advice ?? 'It cannot be read.'}`;
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

function emptyText(where: string): string {
  return `${where} is empty. Give it a value, or remove it.`;
}

function kinds(types: readonly string[]): string {
  const words = types.map((type) => (type === 'object' ? 'a mapping' : type === 'array' ? 'a list' : 'plain text'));
  return [...new Set(words)].join(' or ');
}
