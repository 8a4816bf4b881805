import { describe, expect, it } from 'vitest';
import { decimalMinor, wholeMinor } from '../../../src/providers/kit/json.ts';

describe('a decimal of a provider', () => {
  it.each([
    ['1250.5', 2, 125_050n, 125_050n],
    ['1250.509', 2, null, 125_050n],
    ['0.009', 2, null, 0n],
    ['1250.509', 0, null, 1_250n],
    ['1250.', 2, null, null],
    ['12', 0, 12n, 12n],
    ['1.2345e1', 2, null, 1_234n],
    ['1.2345e3', 2, 123_450n, 123_450n],
    ['1e-3', 2, null, 0n],
    ['-10.559', 2, null, -1_055n],
    ['10.55999999999999999999', 2, null, 1_055n],
    ['', 2, null, null],
    ['1,250.50', 2, null, null],
    ['KES 10', 2, null, null],
  ])('%j with %d decimals is %s minor units, as a balance %s', (text, decimals, exact, whole) => {
    expect(decimalMinor(text, decimals)).toBe(exact);
    expect(wholeMinor(text, decimals)).toBe(whole);
  });
});
