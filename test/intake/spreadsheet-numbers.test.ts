import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDecimalNumber, wholeNumberOf } from '../../src/intake/spreadsheet-numbers.ts';
import { checkCsv, codesOf } from './drop-folder.ts';

const spreadsheetNumbers = [
  '71100001.0',
  '7110000.00',
  '25471100001.0',
  '+25471100001.0',
  '071100001.0',
  '0.711000021',
  '711000.021',
  '71100001,0',
  '71 100 001.0',
  '71,100,001.0',
  '71.100.001,0',
  '71.100.001.0',
  "71'100'001.0",
  '-71100001.0',
  '711000010.0000000',
];
const typedNumbers = [
  '0711.222.333',
  '0711.222333',
  '+254.711222333',
  '254.711.222.333',
  '07.11.22.23.33',
  '0711-222-333',
  '+254 (711) 222 333',
  '0711222333',
  '0711222333, 0711222334',
  '',
  'INV.12',
];

describe('a decimal number', () => {
  it.each(spreadsheetNumbers)('%s is one', (text) => expect(isDecimalNumber(text)).toBe(true));
  it.each(typedNumbers)('%s is none', (text) => expect(isDecimalNumber(text)).toBe(false));

  it('is every number that JavaScript, Python or a spreadsheet prints with a point', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.nat({ max: 99 }), (whole, fraction) => {
        expect(isDecimalNumber(`${whole}.${fraction}`)).toBe(true);
        expect(isDecimalNumber(`${whole},${fraction}`)).toBe(true);
      }),
    );
  });

  it('has a whole number where only zeros stand behind the point', () => {
    expect(['711000010.0', '711 000 010,00', '711000010.5', '711000010', '.0', '1.0.0'].map(wholeNumberOf)).toEqual([
      '711000010',
      '711000010',
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('a destination that is written as a decimal number', () => {
  const problems = async (header: string, cells: string) =>
    codesOf(await checkCsv(`id,name,amount,${header}\nE1,Jane,10,${cells}\n`));

  it.each(spreadsheetNumbers)('is refused: mobile %s', async (text) => {
    expect(await problems('mobile', `"${text}"`)).toEqual(['2 mobile mobile-decimal-number']);
  });

  it('is refused in every column of digits, and left to the provider in a wallet', async () => {
    expect(await problems('bank_code,bank_account', '68.0,0123456789')).toEqual([
      '2 bank_code bank-code-decimal-number',
    ]);
    expect(await problems('bank_code,bank_account', '068,123456789.0')).toEqual([
      '2 bank_account bank-account-decimal-number',
    ]);
    expect(await problems('paybill,paybill_account', '400200.0,INV 7')).toEqual(['2 paybill paybill-decimal-number']);
    expect(await problems('paybill,paybill_account', '400200,7.0')).toEqual([
      '2 paybill_account paybill-account-decimal-number',
    ]);
    expect(await problems('wallet', 'w.1')).toEqual([]);
  });
});

describe('an id that is a date', () => {
  const codes = async (id: string): Promise<readonly string[]> =>
    codesOf(await checkCsv(`id,amount,mobile\n"${id}",10,0712000111\n`));

  it.each(['2026-02-01', '01/02/2026', '1/2/26', '1.2.2026', '1-Feb', '01-Feb-26', 'Feb-26', '2026-02-01 00:00:00'])(
    '%s is refused, unless an apostrophe says that it is a text',
    async (id) => {
      expect(await codes(id)).toEqual(['2 id id-date']);
      expect(await codes(`'${id}`)).toEqual([]);
    },
  );

  it.each(['1-2', '3/4', 'MAR1', 'EMP-2026-02-01', '2026-11', '2026-02-01-7', '12-34-56', '1.2'])(
    '%s is none',
    async (id) => expect(await codes(id)).toEqual([]),
  );
});

it('a report of payrun is no batch, and the message says what to run', async () => {
  const header =
    'line,id,name,destination,amount,currency,status,reason,next_action,account,provider,reference,provider_reference';
  const checked = await checkCsv(`${header}\n2,E1,Jane,+254712000111,10.00,KES,paid,,,demo,sellapay,R,P\n`);
  expect(codesOf(checked)).toEqual(['1  file-is-report']);
  expect(checked.problems[0]?.message).toContain('payrun retry');
});
