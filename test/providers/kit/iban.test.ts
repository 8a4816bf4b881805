import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ibanFault } from '../../../src/providers/kit/iban.ts';

// Examples of the IBAN registry and of the countries' banks; check digits by ISO 13616.
const RIGHT = [
  'DE89370400440532013000', 'GB29NWBK60161331926819', 'FR1420041010050500013M02606', 'NL91ABNA0417164300', 'NO9386011117947',
  'MT84MALT011000012345MTLCAST001S', 'EG380019000500000000263180002', 'CM2110033052090901100045910', 'GA2140021010032001890020126',
  'BJ66BJ0610100100144390000769', 'SN08SN0100152000048500003035', 'CI93CI0080111301134291200589', 'BF42BF0840101300463574000390',
  'BI4210000100010000332045181', 'DJ2100010000000154000100186', 'LY83002048000020100120361', 'SO211000001001000100141', 'SD8811123456789012',
  'MU17BOMM0101101030300200000MUR', 'TN5910006035183598478831', 'MR1300020001010000123456753', 'AO06004400006729503010102',
]; // prettier-ignore

/** An IBAN with check digits of its own, worked out apart from the code: 98 less the remainder of the number that ends in 00. */
function withCheckDigits(country: string, bban: string): string {
  const digits = Array.from(`${bban}${country}00`, (character) => parseInt(character, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${bban}`;
}

const ibans = fc
  .tuple(fc.constantFrom('DE 18', 'CM 23', 'EG 25', 'SN 24', 'GB 18', 'CI 24'), fc.stringMatching(/^[A-Z0-9]{25}$/))
  .map(([country, text]) => withCheckDigits(country.slice(0, 2), text.slice(0, Number(country.slice(3)))));

describe('an IBAN', () => {
  it.each(RIGHT)('%s is right', (iban) => {
    expect(ibanFault(iban)).toBeNull();
  });

  it('with check digits that were worked out otherwise is right', () => {
    fc.assert(
      fc.property(ibans, (iban) => {
        expect(ibanFault(iban)).toBeNull();
      }),
    );
  });

  it('with one character changed, or two neighbours exchanged, is wrong', () => {
    const change = fc.tuple(fc.nat(100), fc.nat(9));
    fc.assert(
      fc.property(ibans, change, (iban, [place, digit]) => {
        const at = 4 + (place % (iban.length - 4));
        const changed = iban.slice(0, at) + String(digit) + iban.slice(at + 1);
        fc.pre(changed !== iban && /[0-9]/.test(iban.charAt(at)));
        expect(ibanFault(changed)).toEqual({ kind: 'check-digits' });
      }),
    );
    fc.assert(
      fc.property(ibans, fc.nat(100), (iban, place) => {
        const at = 4 + (place % (iban.length - 5));
        const [one, other] = [iban.charAt(at), iban.charAt(at + 1)];
        fc.pre(one !== other && /[0-9]{2}/.test(one + other));
        const exchanged = iban.slice(0, at) + other + one + iban.slice(at + 2);
        expect(ibanFault(exchanged)).toEqual({ kind: 'check-digits' });
      }),
    );
  });

  it.each([
    ['DE8937040044053201300', { kind: 'length', wanted: 22 }],
    ['DE893704004405320130000', { kind: 'length', wanted: 22 }],
    ['CM211003305209090110004591', { kind: 'length', wanted: 27 }],
    ['DE', { kind: 'form' }],
    ['1234567890', { kind: 'form' }],
    ['DEAB370400440532013000', { kind: 'form' }],
    ['de89370400440532013000', { kind: 'form' }],
    ['', { kind: 'form' }],
  ])('%j is %o', (iban, fault) => {
    expect(ibanFault(iban)).toEqual(fault);
  });

  it('of a country that nobody knows is held to its check digits', () => {
    const unknown = withCheckDigits('ZZ', '12345678901234');
    expect(ibanFault(unknown)).toBeNull();
    expect(ibanFault(`${unknown.slice(0, -1)}${unknown.endsWith('1') ? '2' : '1'}`)).toEqual({ kind: 'check-digits' });
  });
});
