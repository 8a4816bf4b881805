import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../src/intake/repair/candidates.ts';

const KES = { currency: 'KES', decimals: 2 };
const afterOf = (field: string, text: string): readonly string[] =>
  candidatesOf(field, text, KES).flatMap((candidates) => candidates.map(({ after }) => after));

describe('what a cell may have been', () => {
  it.each([
    ['mobile', '711000010.0', ['711000010']],
    ['mobile', '711 000 010.00', ['711000010.00', '711000010']],
    ['mobile', '711000010.5', []],
    ['mobile', '2.54711000021E+11', ['254711000021']],
    ['mobile', '2,54711000021e11', ['254711000021']],
    ['mobile', '2.54711E+11', []],
    ['mobile', '2.547110000215E+11', []],
    ['mobile', 'O7110OO0I0', ['0711000010']],
    ['mobile', 'O7I1OOO0I0', []],
    ['mobile', 'Ill', []],
    ['bank_account', '123456789.0', []],
    ['bank_account', '1.23456789E+08', []],
    ['bank_account', '0123 456\u00A0789\u200B', ['0123456789']],
    ['bank_code', '68', ['068', '0068', '00068', '000068']],
    ['id', 'E\u200B1', ['E1']],
    ['id', '1.0', []],
    ['id', '1E+05', []],
    ['name', 'JosÃ©', ['José']],
    ['amount', '1,250.50', ['1250.50']],
    ['amount', '1.250,50', ['1250.50']],
    ['amount', "1'250.50", ['1250.50']],
    ['amount', '1 250,5', ['1250.50']],
    ['amount', '1,250,000', ['1250000.00']],
    ['amount', 'KES 1,250.50', ['1250.50']],
    ['amount', '12,50', ['12.50']],
    ['amount', '1,250', []],
    ['amount', '1.250', []],
    ['amount', '4.5E+4', []],
  ])('%s %s', (field, text, after) => expect(afterOf(field, text)).toEqual(after));

  it.each([
    ['bank_code', '68.0', '68', 'a spreadsheet wrote the code with a decimal point'],
    ['bank_code', '68.0', '068', 'with a decimal point, and the code lost its zero;'],
    ['bank_code', '68', '0068', 'the code lost its 2 zeros'],
    ['amount', '1,0', '1.00', 'the comma is a decimal comma'],
    ['amount', '1.250,50', '1250.50', 'one meaning only; the comma is a decimal comma'],
    ['amount', 'KES 1250,50', '1250.50', 'what stands around the amount is taken off; the comma is a decimal comma'],
    ['amount', '1,250,000', '1250000.00', 'the digits are grouped'],
  ])('gives the reason that fits: %s %s is %s', (field, text, after, why) => {
    const candidates = candidatesOf(field, text, KES).flat();
    expect(candidates.find((candidate) => candidate.after === after)?.why).toContain(why);
  });

  it('never has a digit that the cell lacks, but for the zeros of a code', () => {
    const digitsOf = (text: string): string => text.replace(/\D/g, '');
    const phone = fc.stringMatching(/^\+?[0-9]{1,12}([.,][0-9]{1,3})?$/);
    fc.assert(
      fc.property(phone, (text) => {
        for (const after of afterOf('mobile', text)) {
          expect(digitsOf(text).startsWith(digitsOf(after))).toBe(true);
          expect(digitsOf(text).slice(digitsOf(after).length)).toMatch(/^0*$/);
        }
      }),
    );
  });
});
