import type { ErrorObject } from 'ajv';
import { readFile } from 'node:fs/promises';
import { nearest } from './nearest.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblems } from './problems.ts';

/** Lies beside `src/` and, once built, beside `dist/`. */
const SCHEMA = new URL('../../schemas/config.schema.json', import.meta.url);

/** Holds the document against the schema that editors use too; each fault becomes a problem with its line and next step. */
export async function checkSchema(document: ConfigDocument, problems: ConfigProblems): Promise<void> {
  // Loading the schema compiler costs as much as starting Node does: only a full check pays for it.
  const [{ Ajv2020 }, schema] = await Promise.all([import('ajv/dist/2020.js'), readFile(SCHEMA, 'utf8')]);
  const ajv = new Ajv2020({
    ...{ allErrors: true, verbose: true, strictTypes: false, strictRequired: false },
    // A test holds the schema against its own meta-schema; doing so at every start would take longer than all else here.
    ...{ validateSchema: false, meta: false, inlineRefs: false, code: { optimize: false } },
  });
  ajv.addVocabulary(['patternErrorMessage']);
  const validate = ajv.compile(JSON.parse(schema) as object);
  if (validate(document.tree)) return;
  for (const error of validate.errors ?? []) report(error, document, problems);
}

function report(error: ErrorObject, document: ConfigDocument, problems: ConfigProblems): void {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const where = path.join('.') || 'the file';
  const add = (message: string, key?: string): void => {
    problems.add(document.line(key === undefined ? path : [...path, key]), message);
  };
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as { patternErrorMessage?: string; properties?: Record<string, unknown> };
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys(parent.properties ?? {});
      const near = nearest(key, known);
      const advice = near === null ? `There are: ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
      add(`\`${[...path, key].join('.')}\` is not a key of payrun. ${advice}`, key);
      return;
    }
    case 'required':
      add(`${where} lacks \`${String(params['missingProperty'])}\`. Add it.`);
      return;
    case 'enum': {
      const known = (params['allowedValues'] as readonly unknown[]).filter((value) => typeof value === 'string');
      const said = typeof error.data === 'string' ? ` is \`${error.data.slice(0, 40)}\`` : ' is not plain text';
      const near = typeof error.data === 'string' && known.length > 1 ? nearest(error.data, known) : null;
      const advice = `payrun knows: ${known.join(', ')}.${near === null ? '' : ` Did you mean \`${near}\`?`}`;
      add(`${where}${said}; ${advice}`);
      return;
    }
    case 'pattern':
      // The value stays unsaid: where a secret should not stand, one may.
      add(`${where}: ${parent.patternErrorMessage ?? 'It cannot be read.'}`, error.propertyName);
      return;
    case 'type':
      add(
        error.data === ''
          ? `${where} is empty. Give it a value, or remove it.`
          : `${where} must be ${kinds(params['type'])}.`,
      );
      return;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      add(`${where} is empty. Give it a value, or remove it.`);
      return;
    case 'propertyNames':
    case 'if':
      // Said by the fault inside it, with its own line.
      return;
    default:
      add(`${where} ${error.message ?? 'does not fit the schema'}.`);
  }
}

function kinds(type: unknown): string {
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  const words = names.flatMap((name) => (name === 'object' ? 'a mapping' : name === 'array' ? 'a list' : 'plain text'));
  return [...new Set(words)].join(' or ');
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
