import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { readPesawaySettings } from '../../../src/providers/pesaway/settings.ts';
import { NEWEST } from './payments.ts';

interface Schema {
  readonly $defs: Readonly<
    Record<string, { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> }>
  >;
}

const schema = JSON.parse(await readFile('schemas/config.schema.json', 'utf8')) as Schema;
const properties = schema.$defs['pesawayOptions']?.properties ?? {};

it('an option that is left out means what the schema says that it means', () => {
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, option]) => ('default' in option ? [[name, option.default]] : [])),
  );
  expect(Object.keys(defaults).length).toBeGreaterThan(15);
  expect(readPesawaySettings(defaults)).toEqual(readPesawaySettings({}));
});

it('queries an open payment at the documented ages, unless the options say otherwise', () => {
  const minute = 60_000;
  const agesMs = [10_000, 30_000, minute, 2 * minute, 5 * minute];
  expect(readPesawaySettings({}).polling).toEqual({ agesMs, everyMs: 5 * minute, untilMs: 60 * minute });
  const quick = { poll: ['2s', '1s'], poll_every: '3s', poll_until: '9s' };
  expect(readPesawaySettings(quick).polling).toEqual({ agesMs: [1_000, 2_000], everyMs: 3_000, untilMs: 9_000 });
});

it('speaks generation 3 where region and merchant are given, unless the generation is named', () => {
  expect(readPesawaySettings({}).generation).toBe(2);
  expect(readPesawaySettings({ region: 'ke' }).generation).toBe(2);
  expect(readPesawaySettings(NEWEST).generation).toBe(3);
  expect(readPesawaySettings({ ...NEWEST, api_generation: '2' }).generation).toBe(2);
  expect(readPesawaySettings({ ...NEWEST, api_generation: 3 }).generation).toBe(3);
  expect(readPesawaySettings({ ...NEWEST, region: 'ug', api_generation: 2 }).region.currency).toBe('KES');
});

it.each([
  [{}, true],
  [NEWEST, true],
  [{ ...NEWEST, api_generation: '3', mobile_channels: ['MTN', 'Airtel'], stop_result_codes: ['1'] }, true],
  [{ poll: ['1s'], poll_every: '1s', poll_until: '0s', resend_grace: '0s' }, true],
  [{ api_generation: '3' }, false],
  [{ api_generation: '1' }, false],
  [{ region: 'ke' }, false],
  [{ merchant_code: 'ACME.01' }, false],
  [{ ...NEWEST, region: 'ng' }, false],
  [{ reason_max: '1' }, false],
  [{ reason_max: '251' }, false],
  [{ statement_time_zone: 'Nairobi' }, false],
  [{ stop_result_codes: ['0'] }, false],
  [{ payout_timeout: '0s' }, false],
  [{ password: 'x' }, false],
])('the schema takes %j: %s', (options, isTaken) => {
  const ajv = new Ajv2020({ strict: false });
  const validate = ajv.compile({ $defs: schema.$defs, $ref: '#/$defs/pesawayOptions' });
  expect(validate(options)).toBe(isTaken);
});
