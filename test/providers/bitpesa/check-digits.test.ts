import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNuban, isRoutingNumber } from '../../../src/providers/bitpesa/check-digits.ts';

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));
const withDigit = (text: string, place: number, digit: string) => text.slice(0, place) + digit + text.slice(place + 1);

describe('a routing number', () => {
  // US Bank, JPMorgan Chase, Bank of America, Wells Fargo, Citibank, the Federal Reserve Bank of New York.
  it.each(['091000022', '021000021', '026009593', '121000248', '021000089', '021001208'])('%s is right', (number) => {
    expect(isRoutingNumber(number)).toBe(true);
  });

  it.each(['091000023', '91000022', '0910000220', '', '09100002a'])('%j is wrong', (number) => {
    expect(isRoutingNumber(number)).toBe(false);
  });

  it('has one right last digit, and none with another digit anywhere', () => {
    fc.assert(
      fc.property(digits(8), fc.nat(8), fc.nat(9), (eight, place, other) => {
        const right = Array.from('0123456789', (last) => eight + last).filter(isRoutingNumber);
        expect(right).toHaveLength(1);
        const changed = withDigit(right[0] ?? '', place, String(other));
        expect(isRoutingNumber(changed)).toBe(changed === right[0]);
      }),
    );
  });
});

describe('a NUBAN', () => {
  // The example of the Central Bank of Nigeria's standard: bank 011, serial number 000001457, check digit 9.
  it('of the standard fits its bank, and no other last digit does', () => {
    expect(isNuban('011', '0000014579')).toBe(true);
    expect(isNuban('011', '0000014578')).toBe(false);
    expect(isNuban('058', '0000014579')).toBe(false);
  });

  it('has one right last digit, and none with another digit anywhere', () => {
    fc.assert(
      fc.property(digits(3), digits(9), fc.nat(9), fc.nat(9), (bank, serial, place, other) => {
        const right = Array.from('0123456789', (last) => serial + last).filter((account) => isNuban(bank, account));
        expect(right).toHaveLength(1);
        const changed = withDigit(right[0] ?? '', place, String(other));
        expect(isNuban(bank, changed)).toBe(changed === right[0]);
      }),
    );
  });
});
