import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centsOf, centsText, centsTextFloat } from '../../../src/simulator/kit/decimal.ts';
import { numberField, readBody } from '../../../src/simulator/kit/fields.ts';

describe('an amount', () => {
  it('comes back from its text exactly, however large', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }), (cents) => {
        expect(centsOf(centsText(cents))).toBe(cents);
        expect(centsOf(centsTextFloat(cents))).toBe(cents);
      }),
    );
  });

  it.each([
    ['9000', 900000n],
    ['1250.5', 125050n],
    ['1250.50', 125050n],
    ['0.01', 1n],
    ['90071992547409.93', 9007199254740993n],
  ])('%s is read', (text, cents) => expect(centsOf(text)).toBe(cents));

  it.each(['', '-1', '+1', '1e3', '1.', '.5', '1.005', '1.000', '1,5', ' 1', 'NaN', '0x10', '1_000'])(
    '"%s" is not one',
    (text) => expect(centsOf(text)).toBeNull(),
  );

  it('prints the shortest text, or the way of a float', () => {
    expect([900000n, 125050n, 125055n, 10n, 0n].map(centsText)).toEqual(['9000', '1250.5', '1250.55', '0.1', '0']);
    expect([900000n, 125050n, 125055n, -1n].map(centsTextFloat)).toEqual(['9000.0', '1250.5', '1250.55', '-0.01']);
  });
});

describe('a number in a body', () => {
  it('keeps the digits that a float would lose', () => {
    const body = readBody('application/json', '{"amount": 90071992547409.93, "deep": {"amount": 1}}');
    expect(body && numberField(body, 'amount')).toBe('90071992547409.93');
  });

  it('is a number in JSON and a text in a form', () => {
    const quoted = readBody('application/json', '{"amount": "5"}');
    const form = readBody('application/x-www-form-urlencoded; charset=utf-8', 'amount=5.50');
    expect(quoted && numberField(quoted, 'amount')).toBeNull();
    expect(form && numberField(form, 'amount')).toBe('5.50');
  });

  it.each(['[1]', '"text"', 'null', '{"a":', 'a=1'])('%s is refused as a body', (text) => {
    expect(readBody('application/json', text)).toBeNull();
  });
});
