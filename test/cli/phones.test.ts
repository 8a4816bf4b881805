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

const PREFIX = ['warning mobile mobile-international-prefix'];
const TRUNK_ZERO = ['warning mobile mobile-trunk-zero'];

it.each([
  ['daraja', '254', '712345678', '71234567'],
  ['sellapay', '254', '112345678', '71234567'],
  ['uganda', '256', '772123456', '77212345'],
  ['ghana', '233', '204123456', '20412345'],
  ['nigeria', '234', '8031234567', '803123456'],
])(
  'validate reads 00 in place of the plus, and the 0 in brackets, and says so: %s',
  async (account, code, national, short) => {
    const rows: readonly (readonly [string, readonly string[]])[] = [
      [`+${code}${national}`, []],
      [`00${code}${national}`, PREFIX],
      [`00 ${code} ${national.slice(0, 2)}-${national.slice(2)}`, PREFIX],
      [`+${code} (0)${national}`, TRUNK_ZERO],
      [`00${code} (0) ${national}`, PREFIX],
    ];
    const { of } = await validated(
      ACCOUNTS,
      csvOf('mobile', [...rows.map(([mobile]) => mobile), `00${code}${short}`, `0${code}${national}`]),
      account,
    );
    const ofPhone = (line: number): readonly string[] => of(line).filter((issue) => !issue.includes('repeated'));
    expect(rows.map(([mobile], index) => [mobile, ofPhone(index + 2)])).toEqual(rows);
    for (const line of [7, 8]) expect(of(line)[0]).toMatch(/^error mobile mobile-(syntax|too-short|too-long)$/);
  },
);

it.each([
  ['daraja', '0712345678', '0712345679'],
  ['sellapay', '0712345678', '0712345679'],
  ['uganda', '0772123456', '0772123457'],
  ['ghana', '0204123456', '0204123457'],
  ['nigeria', '08031234567', '08031234568'],
])('validate takes none of two phones in one cell, and leaves nothing out: %s', async (account, one, other) => {
  const cells = [`${one};${other}`, `${one}, ${other}`, `${one}/${other}`, `${one} or ${other}`, `${one}.${other}`];
  const more = [`${one} x12`, `${one} ext. 3`, `${one} (Jane)`, `tel:${one}`, `${one};ext=4`];
  const all = [...cells, ...more];
  const { of } = await validated(
    ACCOUNTS,
    csvOf(
      'mobile',
      all.map((cell) => `"${cell}"`),
    ),
    account,
  );
  expect(all.map((cell, at) => [cell, of(at + 2)])).toEqual(
    all.map((cell) => [cell, [expect.stringMatching(/^error mobile mobile-(syntax|too-long)$/)]]),
  );
});
