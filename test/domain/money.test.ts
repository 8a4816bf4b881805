import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyDecimals, formatMinor, parseAmount } from '../../src/domain/money.ts';

describe('amounts', () => {
  it('are read as minor units and are never a floating-point number', () => {
    expect(parseAmount('45000.50', 2)).toBe(4_500_050n);
    expect(parseAmount('45000.5', 2)).toBe(4_500_050n);
    expect(parseAmount('007', 2)).toBe(700n);
    expect(parseAmount('0.1', 3)).toBe(100n);
    // 2^53 + 1 in minor units: a double cannot hold it.
    expect(parseAmount('90071992547409.93', 2)).toBe('too-large');
    expect(parseAmount('9007199254740.99', 2)).toBe(900_719_925_474_099n);
  });

  it.each([
    ['', 'empty'],
    ['1,250.00', 'syntax'],
    ['1.250,50', 'syntax'],
    ['1e3', 'syntax'],
    ['+5', 'syntax'],
    ['-5', 'syntax'],
    ['.5', 'syntax'],
    ['5.', 'syntax'],
    [' 5', 'syntax'],
    ['٥', 'syntax'],
    ['1.2.3', 'syntax'],
    ['1.005', 'decimals'],
    ['1.500', 'decimals'],
    ['0', 'zero'],
    ['0.00', 'zero'],
  ])('refuse %j as %s', (text, fault) => {
    expect(parseAmount(text, 2)).toBe(fault);
  });

  it('have no decimals where the currency has none', () => {
    expect(currencyDecimals('UGX')).toBe(0);
    expect(parseAmount('1500.0', 0)).toBe('decimals');
    expect(parseAmount('1500', 0)).toBe(1500n);
    expect(currencyDecimals('kes')).toBeUndefined();
    expect(currencyDecimals('toString')).toBeUndefined();
  });

  it('are the same after they were printed and read', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 999_999_999_999_999n }),
        fc.integer({ min: 0, max: 3 }),
        (minor, decimals) => {
          fc.pre(minor < 10n ** BigInt(13 + decimals));
          expect(parseAmount(formatMinor(minor, decimals), decimals)).toBe(minor);
        },
      ),
    );
  });

  it('are printed with a minus where negative, and without an exponent', () => {
    expect(formatMinor(-5n, 2)).toBe('-0.05');
    expect(formatMinor(10n ** 20n, 2)).toBe('1000000000000000000.00');
  });
});
