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
