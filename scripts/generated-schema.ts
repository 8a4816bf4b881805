import type { JsonSchema } from '../src/providers/kit/option-kinds.ts';
import type { Option, ProviderConfiguration } from '../src/providers/kit/options.ts';
import type { Declaration } from './generated-files.ts';

/** The parts of `schemas/config.schema.json` that the generator reads or writes. */
export interface ConfigurationSchema {
  readonly $defs: Readonly<Record<string, JsonSchema>> & {
    readonly account: {
      readonly properties: Readonly<Record<string, JsonSchema>> & {
        readonly provider: { readonly enum: readonly string[] };
      };
    };
  };
}

/** Begins the `$comment` of every definition that is generated; all others are written by hand and stay as they are. */
const GENERATED = 'Generated from ';

/** The schema with the providers' part as they declare it now. */
export function schemaWith(schema: ConfigurationSchema, declarations: readonly Declaration[]): JsonSchema {
  const { account } = schema.$defs;
  const byHand = Object.entries(schema.$defs).filter(([, definition]) => !isGenerated(definition));
  const providers = declarations.flatMap(({ name, camel, configuration }) => {
    const $comment = `${GENERATED}src/providers/${name}/options.ts`;
    return [
      [camel, { $comment, ...accountSchema(camel, configuration) }],
      [`${camel}Options`, { $comment, ...optionsSchema(configuration) }],
    ] as const;
  });
  const provider = { ...account.properties.provider, enum: declarations.map(({ name }) => name) };
  const allOf = declarations.map(({ name, camel }) => ({
    if: { properties: { provider: { const: name } }, required: ['provider'] },
    then: { $ref: `#/$defs/${camel}` },
  }));
  const written = { account: { ...account, properties: { ...account.properties, provider }, allOf } };
  return { ...schema, $defs: { ...Object.fromEntries(byHand), ...written, ...Object.fromEntries(providers) } };
}

/** What an account of this provider must have: secrets and required options, but for accounts in front of the simulator. */
function accountSchema(
  camel: string,
  { credentials, optionalCredentials, options }: ProviderConfiguration,
): JsonSchema {
  const secrets = Object.entries({ ...credentials, ...optionalCredentials });
  const required = Object.keys(options).filter((name) => options[name]?.isRequired === true);
  return {
    properties: {
      credentials: {
        properties: Object.fromEntries(
          secrets.map(([name, description]) => [name, { description, $ref: '#/$defs/secret' }]),
        ),
        additionalProperties: false,
      },
      options: { $ref: `#/$defs/${camel}Options` },
    },
    if: { properties: { endpoint: { const: 'simulator' } }, required: ['endpoint'] },
    else: {
      required: required.length === 0 ? ['credentials'] : ['credentials', 'options'],
      properties: {
        credentials: { required: Object.keys(credentials) },
        ...(required.length === 0 ? {} : { options: { required } }),
      },
    },
  };
}

function optionsSchema({ options, optionRules }: ProviderConfiguration): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)])),
    ...optionRules,
  };
}

function optionSchema({ schema, description, defaultsTo }: Option<unknown>): JsonSchema {
  return { ...schema, description, ...(defaultsTo === undefined ? {} : { default: defaultsTo }) };
}

function isGenerated(definition: JsonSchema): boolean {
  return String(definition['$comment']).startsWith(GENERATED);
}
