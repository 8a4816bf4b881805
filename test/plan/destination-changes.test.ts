import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Destination } from '../../src/domain/destination.ts';
import { destinationDamage } from '../../src/plan/destination-changes.ts';

const bank = (text: string): Destination => {
  const [code = '', account = ''] = text.split('/');
  return { kind: 'bank', code, account };
};
const till = (digits: string): Destination => ({ kind: 'till', till: digits });
const wallet = (text: string): Destination => ({ kind: 'wallet', wallet: text });
const mobile = (phone: string): Destination => ({ kind: 'mobile', phone });

describe('a destination that differs from the earlier one', () => {
  it.each([
    [bank('115/0123456789'), bank('115/123456789'), 'zeros'],
    [bank('115/123456789'), bank('115/0123456789'), 'zeros'],
    [bank('068/0123456789'), bank('68/123456789'), 'zeros'],
    [bank('068/0123456789'), bank('68/0123456789'), 'zeros'],
    [bank('115/1234567000'), bank('115/1234567'), 'zeros'],
    [bank('115/0001234500'), bank('115/12345'), 'zeros'],
    [bank('115/ke0123'), bank('115/KE0123'), 'zeros'],
    [bank('115/9912345678'), bank('115/12345678'), 'tail'],
    [bank('115/1234567890123456'), bank('115/1234567890123450'), 'rounded'],
    [bank('115/1234567890123456789'), bank('115/1234567890123460000'), 'rounded'],
    [bank('115/1999999999999999'), bank('115/2000000000000000'), 'rounded'],
    [bank('115/123456789'), bank('115/123457000'), 'rounded'],
    [bank('115/123456789'), bank('115/123456000'), 'rounded'],
    [mobile('+254711000019'), mobile('+254711000000'), 'rounded'],
    [bank('115/123456789'), bank('115/123458000'), null],
    [bank('115/123456489'), bank('115/123457000'), null],
    [bank('115/123456789'), bank('115/123456700'), null],
    [bank('115/0123456789'), bank('115/01234567'), 'head'],
    [bank('115/0123456789'), bank('115/012'), null],
    [
      { kind: 'paybill', paybill: '522522', account: '0071' } as const,
      { kind: 'paybill', paybill: '522522', account: '71' } as const,
      'zeros',
    ],
    [till('0512345'), till('512345'), 'zeros'],
    [wallet('00a1b2'), wallet('a1b2'), 'zeros'],
    [mobile('+2540711000021'), mobile('+254711000021'), null],
    [mobile('+254711000021'), mobile('+254711000022'), null],
    [bank('115/0123456789'), bank('068/123456789'), null],
    [bank('115/0123456789'), bank('115/0123456789'), null],
    [bank('115/0123456789'), bank('115/9876543210'), null],
    [bank('115/99123'), bank('115/123'), null],
    [bank('115/12345678'), bank('115/9912345678'), null],
    [till('123456'), wallet('0123456'), null],
    [till('000'), till('0'), null],
  ])('%j → %j: %s', (earlier, now, damage) => expect(destinationDamage(earlier, now)).toBe(damage));

  it('by zeros in front, at whatever length, is damaged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{3,15}$/), fc.integer({ min: 1, max: 5 }), (digits, zeros) => {
        const long = '0'.repeat(zeros) + digits;
        expect(destinationDamage(till(long), till(digits))).toBe('zeros');
        expect(destinationDamage(till(digits), till(long))).toBe('zeros');
      }),
    );
  });
});
