import { describe, expect, it } from 'vitest';
import { csvOf, validated } from './validated.ts';

const ACCOUNTS = ['NGN', 'KES', 'EGP', 'ZAR', 'GBP', 'USD', 'EUR', 'XOF', 'XAF', 'UGX', 'BWP']
  .map((currency) => `  ${currency.toLowerCase()}: { provider: bitpesa, endpoint: simulator, currency: ${currency} }\n`)
  .join('')
  .concat('  pesaway: { provider: pesaway, endpoint: simulator, currency: KES }\n').concat(`  company:
    provider: bitpesa
    endpoint: simulator
    currency: EGP
    options:
      sender: { type: business, name: Example Ltd, country: KE, trading_country: KE, city: Nairobi, street: Moi Avenue 1, postal_code: "00100", email: pay@example.org, registration_number: C12345, registration_date: "2012-01-25" }
  unregistered:
    provider: bitpesa
    endpoint: simulator
    currency: EGP
    options:
      sender: { type: business, name: Example Ltd, country: KE, trading_country: KE, city: Nairobi, street: Moi Avenue 1, postal_code: "00100", email: pay@example.org }
`);

const ZERO_LOST = ['error bank_code bank-code-leading-zero'];

type Row = readonly [cells: string, says: readonly string[]];

it.each<[string, string, readonly Row[]]>([
  [
    'egp',
    'bank_code,bank_account,details.street',
    [
      ['0030,1234567890,x', []],
      ['30,1234567891,x', ZERO_LOST],
    ],
  ],
  [
    'zar',
    'bank_code,bank_account,details.phone_number',
    [
      ['051001,1234567890,+27821234567', []],
      ['51001,1234567891,+27821234567', ZERO_LOST],
    ],
  ],
  [
    'bwp',
    'bank_code,bank_account,details.bank_name',
    [
      ['065167,1234567890,Stanbic', []],
      ['65167,1234567891,Stanbic', ZERO_LOST],
    ],
  ],
  [
    'gbp',
    'bank_code,bank_account',
    [
      ['040004,12345678', []],
      ['40004,12345679', ZERO_LOST],
      ['040004,1234567', ['error bank_account bank-account-leading-zero']],
      [',GB29NWBK60161331926819', []],
      [',GB29NWBK60161331926818', ['error bank_account iban-check-digits']],
    ],
  ],
  [
    'usd',
    'bank_code,bank_account,details.country,details.bank_account_type,details.bank_name,details.swift_code,details.street,details.middle_name',
    [
      ['091000022,1234567890,US,20,US Bank,USBKUS44IMT,,', []],
      ['91000022,1234567891,US,20,US Bank,USBKUS44IMT,,', ZERO_LOST],
      ['091000023,1234567892,US,20,US Bank,USBKUS44IMT,,', ['error bank_code routing-number-check-digit']],
      [',EG380019000500000000263180002,EG,,,,Nile St 1,Wambui', []],
      [',EG380019000500000000263180020,EG,,,,Nile St 1,', ['error bank_account iban-check-digits']],
    ],
  ],
  [
    'ngn',
    'bank_code,bank_account,details.street,details.birth_date',
    [
      ['104,0123456789,x,1990-01-31', []],
      ['058,123456789,x,', ['error bank_account bank-account-leading-zero']],
      ['063,0123456788,x,', ['error bank_code bank-code-replaced']],
      ['030,0123456787,x,', ['warning bank_code bank-code-unknown']],
    ],
  ],
  [
    'pesaway',
    'bank_code,bank_account',
    [
      ['06,0110000777', []],
      ['65,0110000778', []],
      ['99,0110000779', ['warning bank_code bank-code-unknown']],
    ],
  ],
  [
    'eur',
    'bank_account',
    [
      ['DE89370400440532013000', []],
      ['DE8937040044053201300', ['error bank_account iban-length']],
    ],
  ],
  [
    'xaf',
    'bank_account',
    [
      ['CM2110033052090901100045910', []],
      ['CM2110033052090901100045901', ['error bank_account iban-check-digits']],
    ],
  ],
  [
    'xof',
    'bank_account',
    [
      ['BJ0610100100144390000769', []],
      ['SN08SN0100152000048500003035', ['warning bank_account iban-shortened']],
      ['BJ061010010014439000076', ['error bank_account detail-syntax']],
    ],
  ],
  [
    'ugx',
    'bank_code,bank_account,details.recipient_type,details.street,details.city,details.postal_code,details.registration_number',
    [
      ['130547,1234567890,business,Old Taxi Park 1,Kampala,10102,3081900101123411', []],
      [
        '130547,1234567891,business,Old Taxi Park 1,Kampala,10102,',
        ['error details.registration_number detail-missing'],
      ],
    ],
  ],
  [
    'kes',
    'bank_code,bank_account,details.street,details.identity_card_type,details.identity_card_id,details.transfer_reason',
    [
      ['68,0110000777,x,ID,12345678,third_party_person_account', []],
      ['68,0110000778,x,passport,12345678,', ['error details.identity_card_type detail-value']],
      ['68,0110000779,x,ID,12345678,salary', ['error details.transfer_reason detail-value']],
    ],
  ],
  ['company', 'mobile,details.middle_name,details.street', [['+201023456789,Wambui,Nile St 1', []]]],
])('validate checks what BitPesa documents of %s', async (account, header, rows) => {
  const { of } = await validated(
    ACCOUNTS,
    csvOf(
      header,
      rows.map(([cells]) => cells),
    ),
    account,
  );
  expect(rows.map(([cells], index) => [cells, of(index + 2)])).toEqual(rows);
});

describe('a batch in YAML', () => {
  const batch = (bank: string) => ({
    name: 'batch.yaml',
    text: `batch: b-1\npayments:\n  - { id: A-1, name: Moussa Sow, amount: 30000, bank: ${bank} }\n`,
  });

  it('names an IBAN and no bank where the account says it all', async () => {
    const iban = batch('{ account: CM2110033052090901100045910 }');
    expect(await validated(ACCOUNTS, iban, 'xaf')).toMatchObject({ code: 0, issues: [] });
  });

  it('is told which code a bank lacks where one is needed', async () => {
    for (const account of ['ngn', 'pesaway']) {
      const { code, issues } = await validated(ACCOUNTS, batch('{ account: "0123456789" }'), account);
      expect([account, code, issues.map(({ severity, field }) => [severity, field])]).toEqual([
        ...[account, 3],
        expect.arrayContaining([['error', 'bank.code']]),
      ]);
    }
  });
});

it('a company that sends to Egypt is asked for its registration, not for a passport', async () => {
  const file = csvOf('mobile,details.middle_name,details.street', ['+201023456789,Wambui,Nile St 1']);
  const { code, issues } = await validated(ACCOUNTS, file, 'unregistered');
  const messages = issues.filter((issue) => issue.code === 'sender-incomplete').map(({ message }) => message);
  expect(code).toBe(3);
  expect(messages.join()).toMatch(/registration_number.*registration_date/);
  expect(messages.join()).not.toMatch(/identification|birth/);
});

it('an account that lost a zero beside a whole code is no reason to suspect the code', async () => {
  const { issues } = await validated(
    ACCOUNTS,
    csvOf('bank_code,bank_account', ['044,123456789', '44,0123456789']),
    'ngn',
  );
  const found = issues.filter(({ code }) => code !== 'detail-recommended');
  expect(found.map(({ line, code }) => `${line} ${code}`)).toEqual([
    '2 bank-account-leading-zero',
    '3 bank-code-leading-zero',
    '3 bank-account-suspect',
  ]);
});
