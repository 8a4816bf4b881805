import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { readMpesaOpenapiSettings } from '../../../src/providers/mpesa-openapi/settings.ts';

interface Schema {
  readonly $defs: Readonly<
    Record<string, { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> }>
  >;
}

const schema = JSON.parse(await readFile('schemas/config.schema.json', 'utf8')) as Schema;
const properties = schema.$defs['mpesaOpenapiOptions']?.properties ?? {};

it('an option that is left out means what the schema says that it means', () => {
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, option]) => ('default' in option ? [[name, option.default]] : [])),
  );
  expect(Object.keys(defaults).length).toBeGreaterThan(8);
  expect(readMpesaOpenapiSettings(defaults)).toEqual(readMpesaOpenapiSettings({}));
  expect(readMpesaOpenapiSettings({ ...defaults, resend_after_not_found: 'true' }).resend).toEqual({
    kind: 'after-evidence',
    graceMs: 600_000,
    answers: 3,
    withinMs: 86_400_000,
  });
});

it('a payment that is not found is re-sent only where the payer has decided so', () => {
  expect(readMpesaOpenapiSettings({}).resend).toEqual({ kind: 'never' });
});

it.each([
  [{ market: 'tanzania', service_provider_code: '000000', poll: ['1s'], activation_delay: '0s' }, true],
  [{ market: 'vodafoneMOZ' }, false],
  [{ service_provider_code: '123' }, false],
  [{ origin: 'two words' }, false],
  [{ session_lifetime: '0s' }, false],
  [{ poll: ['often'] }, false],
  [{ password: 'x' }, false],
])('the schema takes %j: %s', (options, isTaken) => {
  const ajv = new Ajv2020({ strict: false });
  const validate = ajv.compile({ $defs: schema.$defs, $ref: '#/$defs/mpesaOpenapiOptions' });
  expect(validate(options)).toBe(isTaken);
});
