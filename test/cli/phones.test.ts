import { expect, it } from 'vitest';
import { csvOf, validated } from './validated.ts';

const ACCOUNTS = `
  daraja: { provider: daraja, endpoint: simulator, currency: KES, options: { shortcode: "600981" } }
  sellapay: { provider: sellapay, endpoint: simulator, currency: KES }
  uganda: { provider: pesaway, endpoint: simulator, currency: UGX, options: { api_generation: "3", region: ug, merchant_code: M1, mobile_channel: MTN } }
  ghana: { provider: mpesa-openapi, endpoint: simulator, currency: GHS, options: { market: ghana, service_provider_code: "900123" } }
  nigeria: { provider: bitpesa, endpoint: simulator, currency: NGN }
`;

const LANDLINE = ['error mobile mobile-not-mobile'];
const UNKNOWN = ['warning mobile mobile-unlikely'];

it.each<[string, readonly (readonly [string, readonly string[]])[]]>([
  [
    'daraja',
    [
      ['0712345678', []],
      ['0110345678', []],
      ['0202345678', LANDLINE],
      ['0190345678', UNKNOWN],
    ],
  ],
  [
    'sellapay',
    [
      ['254112345678', []],
      ['254412345678', LANDLINE],
    ],
  ],
  [
    'uganda',
    [
      ['+256772123456', []],
      ['0414123456', LANDLINE],
      ['+256735123456', UNKNOWN],
      ['+25677212345', ['error mobile mobile-syntax']],
    ],
  ],
  [
    'ghana',
    [
      ['+233204123456', []],
      ['+233244123456', ['warning mobile mobile-other-network']],
      ['+233302123456', LANDLINE],
      ['+23320412345', ['error mobile mobile-too-short']],
    ],
  ],
  [
    'nigeria',
    [
      ['+2348031234567', []],
      ['+2342012345678', LANDLINE],
      ['+2348991234567', UNKNOWN],
      ['+234803123456', ['error mobile mobile-syntax']],
    ],
  ],
])('validate knows landlines, unassigned blocks and lengths of %s', async (account, rows) => {
  const file = csvOf(
    'mobile',
    rows.map(([mobile]) => mobile),
  );
  const { of } = await validated(ACCOUNTS, file, account);
  expect(rows.map(([mobile], index) => [mobile, of(index + 2)])).toEqual(rows);
});
