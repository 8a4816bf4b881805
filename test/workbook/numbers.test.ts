import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText } from '../../src/workbook/dates.ts';
import { numberFormatKind } from '../../src/workbook/number-formats.ts';
import { displayedText } from '../../src/workbook/shown-words.ts';
import { plainDigits } from '../../src/workbook/stored-number.ts';

describe('a stored number', () => {
  it.each([
    ['711000001', '711000001'],
    ['0711000001', '711000001'],
    ['254711000001.0', '254711000001'],
    ['2.54711000001E11', '254711000001'],
    ['1.1E5', '110000'],
    ['1.1e+05', '110000'],
    ['5E-2', '0.05'],
    ['40500.499999999993', '40500.5'],
    ['40500.500000000007', '40500.5'],
    ['0.1', '0.1'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1000', '1000'],
    ['100000000000', '100000000000'],
    ['33333.333333333336', '33333.3333333333'],
    ['999999999999999.9', '1000000000000000'],
    ['-12.50', '-12.5'],
    ['0', '0'],
    ['0.00', '0'],
    ['-0', '0'],
    ['1.2345678901234568E16', '12345678901234568'],
    ['123456789012345678', '123456789012345678'],
    ['1E20', '100000000000000000000'],
  ])('%s is written %s', (stored, plain) => {
    expect(plainDigits(stored)).toBe(plain);
  });

  it('is not every text', () => {
    expect(
      ['', 'abc', '1,5', '0x10', '1e', 'NaN', 'Infinity', '1 000', '--1', '1.2.3'].filter(
        (text) => plainDigits(text) !== null,
      ),
    ).toEqual([]);
  });

  it('comes back exactly for every amount with two decimals, however a program writes its double', () => {
    const cents = fc.bigInt({ min: 1n, max: 9_999_999_999_999n });
    fc.assert(
      fc.property(cents, fc.constantFrom('shortest', '17 digits', 'exponent'), (minor, form) => {
        const text = `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
        const double = Number(text);
        const stored =
          form === 'shortest'
            ? String(double)
            : form === 'exponent'
              ? double.toExponential(16)
              : double.toPrecision(17);
        expect(Number(plainDigits(stored) ?? '').toFixed(2)).toBe(text);
        expect(plainDigits(stored)).toBe(text.replace(/\.?0+$/, ''));
      }),
    );
  });
});

describe('a number format', () => {
  it.each([
    'dd/mm/yyyy',
    'd-mmm-yy',
    '[$-409]mmmm d, yyyy;@',
    'yyyy\\-mm\\-dd',
    'h:mm AM/PM',
    '[h]:mm:ss',
    '[mm]:ss',
    '[Red]dd.mm.yyyy',
    'YYYY"-"MM"-"DD',
    '[h]:mm:ss.00',
    'mm:ss.0',
    'h:mm:ss,000 AM/PM',
    'ss.00',
    '[$-409]d-mmm-yy;@',
  ])('%s shows a date', (code) => {
    expect(numberFormatKind(164, code).isDate).toBe(true);
  });

  it.each([
    'General',
    '0.00',
    '#,##0.00;[Red]-#,##0.00',
    '"KSh "#,##0.00',
    '[$KES] #,##0.00',
    '_-* #,##0.00_-;\\-* #,##0.00_-;_-* "-"??_-;_-@_-',
    '0.00E+00',
    '@',
    '"days" 0',
    '[DBNum1]0',
    '[>=1000000]0.0,,\\M;0',
    'Standard',
    'Ksh #,##0',
    'KES #,##0.00',
    'USD 0.00',
    'GHS #,##0;-GHS #,##0',
    'TSh. ###0',
    '#,##0 Shs',
    '0h',
  ])('%s shows none', (code) => {
    expect(numberFormatKind(164, code).isDate).toBe(false);
  });

  it.each([
    ['"01"@', '234567', '01234567'],
    ['@" only"', '500', '500 only'],
    ['0;-0;0;"KES "@', '500', 'KES 500'],
    ['0;-0;"A-"@', '7', 'A-7'],
    ['0;0;0;\\t@', '7', 't7'],
    [';;;', '500', ''],
    ['0;-0;0;', '500', ''],
    ['0;0;0;"paid"', '500', 'paid'],
    ['@@', '7', '77'],
    ['@\\.\\0', '7', '7.0'],
  ])('%s shows the text %s as %s', (code, text, displayed) => {
    const { text: format } = numberFormatKind(164, code);
    expect(format === null ? text : displayedText(text, format)).toBe(displayed);
  });

  it.each([
    '@',
    '_(@_)',
    '0;-0;0;@',
    '#,##0_);(#,##0);"-"_);_(@_)',
    '0.00',
    'General',
    '"$"#,##0',
    ';;',
    'dd/mm/yyyy;@',
    ' @ ',
  ])('%s shows texts as they are', (code) => expect(numberFormatKind(164, code).text).toBeNull());

  it('has a meaning without a code of its own where the number is built in', () => {
    expect([0, 1, 4, 9, 14, 17, 22, 37, 44, 45, 47, 49].filter((id) => numberFormatKind(id, undefined).isDate)).toEqual(
      [14, 17, 22, 45, 47],
    );
  });
});

describe('a serial number of a date', () => {
  it.each([
    [46_354, false, '2026-11-28'],
    [46_354.5625, false, '2026-11-28 13:30:00'],
    [44_892, true, '2026-11-28'],
    [0.5625, false, '13:30:00'],
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [60, false, '1900-02-29'],
    [61, false, '1900-03-01'],
    [0, true, '1904-01-01'],
    [46_353.999_999_9, false, '2026-11-28'],
    [-1, false, '-1'],
    [99_999_999, false, '99999999'],
  ])('%d (1904: %s) is shown as %s', (serial, is1904, text) => {
    expect(dateText(serial, is1904)).toBe(text);
  });
});
