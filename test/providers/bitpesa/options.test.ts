import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { bitpesa } from '../../../src/providers/index.ts';
import { readBitpesaSettings } from '../../../src/providers/bitpesa/settings.ts';
import { SENDER } from './payments.ts';

interface Schema {
  readonly $defs: Readonly<
    Record<string, { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> }>
  >;
}

const schema = JSON.parse(await readFile('schemas/config.schema.json', 'utf8')) as Schema;
const properties = schema.$defs['bitpesaOptions']?.properties ?? {};
const isTaken = new Ajv2020({ strict: false }).compile({ $defs: schema.$defs, $ref: '#/$defs/bitpesaOptions' });

it('an option that is left out means what the schema says that it means', () => {
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, option]) => ('default' in option ? [[name, option.default]] : [])),
  );
  expect(Object.keys(defaults).length).toBeGreaterThan(14);
  expect(readBitpesaSettings(defaults)).toEqual(readBitpesaSettings({}));
});

it('the README lists every option', async () => {
  const readme = await readFile('src/providers/bitpesa/README.md', 'utf8');
  const names = Object.keys(properties);
  expect(names.length).toBeGreaterThan(14);
  for (const name of names) expect(readme).toContain(`| \`${name}\``);
});

const without = (...fields: readonly string[]) =>
  Object.fromEntries(Object.entries(SENDER).filter(([field]) => !fields.includes(field)));
const person = {
  first_name: 'Jane',
  last_name: 'Wanjiku',
  country: 'KE',
  city: 'Nairobi',
  street: '1 Moi Avenue',
  postal_code: '00100',
  email: 'jane@example.org',
  phone_number: '+254712345678',
  birth_date: '1990-02-03',
};

describe('the schema', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a business', { sender: SENDER }],
    ['a person', { sender: person }],
    [
      'a relaxed person',
      {
        relaxed_sender: 'true',
        sender: { first_name: 'Jane', last_name: 'W', country: 'KE', email: 'j@x.org', birth_date: '1990-02-03' },
      },
    ],
    ['no sender, in a simulation', {}],
    [
      'paces',
      { sender: SENDER, poll: ['1s', '2s'], poll_every: '10ms', cancel_after: '1h', max_rate: { NGN: '0.0005' } },
    ],
  ])('takes %s', (_what, options) => {
    expect([isTaken(options), isTaken.errors]).toEqual([true, null]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a business without its name', { sender: without('name') }],
    ['a business without the country that it trades in', { sender: without('trading_country') }],
    ['a sender without an e-mail address', { sender: without('email') }],
    ['a sender without an address, where rules are not relaxed', { sender: without('street') }],
    ['a person without a birth date', { sender: { ...person, birth_date: undefined } }],
    ['another type', { sender: { ...SENDER, type: 'robot' } }],
    ['a field that is none', { sender: { ...SENDER, nickname: 'x' } }],
    ['a phone without its country', { sender: { ...SENDER, phone_number: '0712345678' } }],
    ['a rate that is none', { sender: SENDER, max_rate: { NGN: 'cheap' } }],
    ['a typing error', { sender: SENDER, pol: ['1s'] }],
  ])('refuses %s', (_what, options) => {
    expect(isTaken(JSON.parse(JSON.stringify(options)))).toBe(false);
  });
});

it('queries follow the documented schedule, or the configured one', () => {
  const minutes = (count: number) => count * 60_000;
  expect(bitpesa.polling?.({})).toEqual({
    agesMs: [1, 3, 8, 20, 40, 60].map(minutes),
    everyMs: minutes(60),
    untilMs: minutes(26 * 60),
  });
  expect(bitpesa.polling?.({ poll: ['50ms'], poll_every: '100ms', poll_until: '5s' })).toEqual({
    agesMs: [50],
    everyMs: 100,
    untilMs: 5_000,
  });
});
