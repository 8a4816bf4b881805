import { readdir, readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { ProviderConfiguration } from '../src/providers/kit/options.ts';
import { providerList, simulatorList } from './generated-lists.ts';
import { schemaWith, type ConfigurationSchema } from './generated-schema.ts';
import { between, optionTable, providerRows } from './generated-tables.ts';

export interface GeneratedFile {
  /** From the root of the repository, where the scripts run. */
  readonly path: string;
  readonly text: string;
}

/** One folder of `src/providers/`. */
export interface Declaration {
  readonly name: string;
  /** As identifiers begin: `mpesaOpenapi` for `mpesa-openapi`. */
  readonly camel: string;
  readonly configuration: ProviderConfiguration;
}

const SCHEMA = 'schemas/config.schema.json';

/** Every generated file as it should be now. */
export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const schema = JSON.parse(await readFile(SCHEMA, 'utf8')) as ConfigurationSchema;
  const known = schema.$defs.account.properties.provider.enum;
  const declarations = await Promise.all((await providerNames(known)).map(declarationOf));
  return Promise.all([
    ...declarations.map(({ name, configuration }) =>
      withTable(`src/providers/${name}/README.md`, 'options', optionTable(configuration.options)),
    ),
    withTable('README.md', 'providers', providerRows(declarations)),
    formatted(SCHEMA, JSON.stringify(schemaWith(schema, declarations))),
    formatted('src/providers/index.ts', providerList(declarations)),
    formatted('src/simulator/list.ts', simulatorList(declarations)),
  ]);
}

/** Folders of providers, in the order in which they were added, which messages keep. `kit` and `_template` are none. */
async function providerNames(known: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir('src/providers', { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name)).map(({ name }) => name);
  const providers = names.filter((name) => name !== 'kit').sort();
  return [...known.filter((name) => providers.includes(name)), ...providers.filter((name) => !known.includes(name))];
}

/** `mpesa-openapi` → `mpesaOpenapi`, as the identifiers of a provider begin. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}

async function declarationOf(name: string): Promise<Declaration> {
  const camel = camelCase(name);
  const path = `src/providers/${name}/options.ts`;
  const module = (await import(pathToFileURL(path).href)) as Readonly<
    Record<string, ProviderConfiguration | undefined>
  >;
  const configuration = module[`${camel}Configuration`];
  if (configuration === undefined) throw new Error(`${path} must export ${camel}Configuration`);
  return { name, camel, configuration };
}

async function withTable(path: string, name: string, table: string): Promise<GeneratedFile> {
  return { path, text: between(await readFile(path, 'utf8'), name, table, path) };
}

async function formatted(path: string, text: string): Promise<GeneratedFile> {
  return { path, text: await format(text, { ...(await resolveConfig(path)), filepath: path }) };
}
