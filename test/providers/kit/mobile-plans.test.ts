import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json' with { type: 'json' };
import examples from 'libphonenumber-js/mobile/examples' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import {
  MOBILE_PLANS,
  numberKind,
  numberKindByLibrary,
  type MobilePlan,
} from '../../../src/providers/kit/mobile-plans.ts';
import { readPhone } from '../../../src/providers/kit/mobile-reading.ts';

const PLANS: readonly MobilePlan[] = Object.values(MOBILE_PLANS);
const padded = (number: number, count: number): string => String(number).padStart(count, '0').slice(0, count);
const numbers = fc.tuple(fc.constantFrom(...PLANS), fc.nat(9_999_999_999)).map(([plan, seed]) => {
  const national = padded(seed, plan.digits);
  return { plan, national, phone: `+${plan.dialCode}${national}` };
});

/** Types of numbers by position in the metadata: fixed line, mobile. */
type Types = readonly ([pattern: string, lengths?: number[]] | 0)[];
const typesOf = (plan: MobilePlan): Types =>
  (metadata.countries as unknown as Record<string, unknown[]>)[plan.country]?.[11] as Types;

describe('the table of countries', () => {
  it.each(PLANS)('has the code of $country, and a mobile of it that the library knows', (plan) => {
    const example = examples[plan.country];
    expect(parsePhoneNumberFromString(`+${plan.dialCode}${example}`)?.country).toBe(plan.country);
    expect(example).toHaveLength(plan.digits);
    expect(numberKind(plan, `+${plan.dialCode}${example}`)).toBe('mobile');
  });

  it.each(PLANS)('of $country gives no first digit to fixed lines that a mobile has', (plan) => {
    const [fixed, mobile] = typesOf(plan).map((type) => (type === 0 ? null : new RegExp(`^(?:${type[0]})$`)));
    for (const first of plan.fixedStarts) {
      // Any completion of this first digit that the pattern of mobiles would take.
      const taken = fc
        .sample(fc.nat(9_999_999_999), 2_000)
        .filter((rest) => mobile?.test(first + padded(rest, plan.digits - 1)));
      expect(taken).toEqual([]);
    }
    expect(fixed).not.toBeNull();
  });
});

it('a first digit that needs no data has mobiles only', () => {
  for (const plan of PLANS) {
    for (const first of plan.mobileStarts)
      for (let block = 0; block < 10_000; block += 7) {
        const phone = `+${plan.dialCode}${first}${padded(block, 4)}${'0'.repeat(plan.digits - 5)}`;
        expect([phone, numberKindByLibrary(plan, phone)]).toEqual([phone, 'mobile']);
      }
  }
});

// Each by the national numbering plan and libphonenumber's metadata of 2026; the landlines are those of the capital where there is one.
const KINDS: readonly (readonly [keyof typeof MOBILE_PLANS, string, string])[] = [
  ...(['712345678', '799999999', '110345678', '100123456', '115000111'] as const).map(
    (n) => ['KE', n, 'mobile'] as const,
  ),
  ['KE', '202345678', 'fixed-line'],
  ['KE', '412345678', 'fixed-line'],
  ['KE', '190000000', 'unknown'],
  ['UG', '772123456', 'mobile'],
  ['UG', '752123456', 'mobile'],
  ['UG', '414123456', 'fixed-line'],
  ['UG', '312123456', 'fixed-line'],
  // Sold with mobile money, whatever numbering data calls them.
  ['UG', '392123456', 'unknown'],
  ['UG', '722123456', 'unknown'],
  ['UG', '735123456', 'unknown'],
  ['TZ', '754123456', 'mobile'],
  ['TZ', '684123456', 'mobile'],
  ['TZ', '222123456', 'fixed-line'],
  ['TZ', '642123456', 'unknown'],
  ['ZM', '977123456', 'mobile'],
  ['ZM', '571234567', 'mobile'],
  ['ZM', '211234567', 'fixed-line'],
  ['ZM', '941234567', 'unknown'],
  ['GH', '244123456', 'mobile'],
  ['GH', '204123456', 'mobile'],
  ['GH', '302123456', 'fixed-line'],
  ['GH', '512345678', 'unknown'],
  ['CM', '677123456', 'mobile'],
  ['CM', '222123456', 'fixed-line'],
  ['CM', '242123456', 'mobile'],
  ['CM', '612345678', 'unknown'],
  ['NG', '8031234567', 'mobile'],
  ['NG', '9161234567', 'mobile'],
  ['NG', '2012345678', 'fixed-line'],
  ['NG', '8991234567', 'unknown'],
  ['BJ', '0197123456', 'mobile'],
  ['BJ', '0121300000', 'fixed-line'],
  ['BF', '70123456', 'mobile'],
  ['BF', '25301234', 'fixed-line'],
  ['CI', '0712345678', 'mobile'],
  ['CI', '0512345678', 'mobile'],
  ['CI', '2721201234', 'fixed-line'],
  ['CI', '0312345678', 'unknown'],
  ['SN', '771234567', 'mobile'],
  ['SN', '338211234', 'fixed-line'],
  ['TG', '90123456', 'mobile'],
  ['TG', '22212345', 'fixed-line'],
  ['GA', '66123456', 'mobile'],
  ['GA', '11700000', 'fixed-line'],
  ['GN', '621123456', 'mobile'],
  ['MA', '612345678', 'mobile'],
  ['MA', '522212345', 'fixed-line'],
  ['EG', '1023456789', 'mobile'],
  ['EG', '1312345678', 'unknown'],
  ['LS', '58123456', 'mobile'],
  ['LS', '62123456', 'mobile'],
  ['LS', '22123456', 'fixed-line'],
  ['CD', '812345678', 'mobile'],
  ['CD', '992345678', 'mobile'],
  ['CD', '122345678', 'fixed-line'],
  ['MZ', '841234567', 'mobile'],
  ['MZ', '211234567', 'fixed-line'],
];

describe('the kind of a number', () => {
  it.each(KINDS)('of %s: %s is %s', (country, national, kind) => {
    const plan: MobilePlan = MOBILE_PLANS[country];
    expect(national).toHaveLength(plan.digits);
    expect(numberKind(plan, `+${plan.dialCode}${national}`)).toBe(kind);
  });

  it('is remembered by its first digits as it is for the whole number', () => {
    fc.assert(
      fc.property(numbers, ({ plan, phone }) => {
        expect(numberKind(plan, phone)).toBe(numberKindByLibrary(plan, phone));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is the same for every number behind four first digits', () => {
    const ends = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    for (const plan of PLANS) {
      // Every block of four digits, with the ends of the block and a number in its middle.
      for (let block = 0; block < 10_000; block += plan.digits > 9 ? 7 : 13) {
        const first = String(block).padStart(4, '0');
        const kinds = ends.map((end) =>
          numberKindByLibrary(plan, `+${plan.dialCode}${first}${end.repeat(plan.digits - 4)}`),
        );
        expect([plan.country, first, new Set(kinds).size]).toEqual([plan.country, first, 1]);
      }
    }
  });
});

describe('a phone as people write it', () => {
  /** Numbers in the ranges of mobiles above. */
  const mobiles = fc
    .tuple(fc.constantFrom(...KINDS.filter(([, , kind]) => kind === 'mobile')), fc.nat(9_999_999))
    .map(([[country, known], seed]) => {
      const plan: MobilePlan = MOBILE_PLANS[country];
      const national = known.slice(0, 3) + padded(seed, plan.digits - 3);
      return { plan, national, phone: `+${plan.dialCode}${national}` };
    });
  const spaced = (digits: string) => digits.replace(/(\d{3})(?=\d)/g, '$1 ');

  it('is the same number in every way of writing it', () => {
    fc.assert(
      fc.property(mobiles, ({ plan, national, phone }) => {
        const read = { kind: 'read', phone, plan };
        const ways = [phone, spaced(phone), `00${phone.slice(1)}`, phone.slice(1), national, spaced(national)];
        if (plan.hasTrunkZero)
          ways.push(`0${national}`, `+${plan.dialCode}(0)${national}`, `${plan.dialCode}0${national}`);
        for (const way of ways) expect([way, readPhone(way, plan)]).toEqual([way, read]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('with one digit less or more has no number', () => {
    fc.assert(
      fc.property(mobiles, fc.nat(9), ({ plan, national, phone }, more) => {
        for (const wrong of [phone.slice(0, -1), `${phone}${more}`]) {
          expect(readPhone(wrong, plan)).toEqual({
            kind: 'length',
            plan,
            digits: wrong.length - 1 - plan.dialCode.length,
          });
        }
        expect(readPhone(national.slice(0, -1), plan).kind).toBe('length');
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['٠١٠٢٣٤٥٦٧٨٩', 'EG', { kind: 'read', phone: '+201023456789', plan: MOBILE_PLANS.EG }],
    ['0241/234567', 'GH', { kind: 'read', phone: '+233241234567', plan: MOBILE_PLANS.GH }],
    ['+44 20 7946 0958', 'GH', { kind: 'elsewhere', phone: '+442079460958', callingCode: '44' }],
    ['+241 077 12 34 56', 'GA', { kind: 'read', phone: '+24177123456', plan: MOBILE_PLANS.GA }],
    ['+241 07 12 34 56', 'GA', { kind: 'read', phone: '+24107123456', plan: MOBILE_PLANS.GA }],
    ['+229 97 12 34 56', 'BJ', { kind: 'length', digits: 8, plan: MOBILE_PLANS.BJ }],
    ['+225 07 12 34 56', 'CI', { kind: 'length', digits: 8, plan: MOBILE_PLANS.CI }],
    ['Jane', 'GH', { kind: 'unreadable' }],
    ['', 'GH', { kind: 'unreadable' }],
    ['+', 'GH', { kind: 'unreadable' }],
    ['+999123', 'GH', { kind: 'unreadable' }],
  ] as const)('%j in %s', (text, home, wanted) => {
    expect(readPhone(text, MOBILE_PLANS[home])).toEqual(wanted);
  });
});
