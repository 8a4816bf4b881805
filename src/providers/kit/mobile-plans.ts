import { createRequire } from 'node:module';
import type * as PhoneLibrary from 'libphonenumber-js/max';

/** What a country's numbering plan says of mobiles. */
export interface MobilePlan {
  readonly country: PhoneLibrary.CountryCode;
  readonly dialCode: string;
  /** How many digits every mobile has behind the country code. */
  readonly digits: number;
  /** Whether people write a 0 in front of the national number. */
  readonly hasTrunkZero: boolean;
  /** First digits that the plan gives to fixed lines alone: no mobile can be there, whether or not the block is assigned. */
  readonly fixedStarts: string;
  /** First digits that mobiles have alone, every block of them: they need no data. */
  readonly mobileStarts: string;
  /** Beginnings in a range of fixed lines where numbers may be mobiles all the same: warned of, never refused. */
  readonly wirelessStarts?: readonly string[];
  /** What has changed of late, for the message about a number of the old length. */
  readonly renumbered?: string;
}

/**
 * Countries whose phones are paid. Sources: the national numbering plans as the ITU publishes them (E.164, national numbers), compared with the
 * metadata of libphonenumber-js 1.13.16, which a test repeats. Benin: 01 in front of every number since 30 November 2024; Ivory Coast: ten
 * digits since 31 January 2021.
 */
export const MOBILE_PLANS = {
  KE: { country: 'KE', dialCode: '254', digits: 9, hasTrunkZero: true, fixedStarts: '2456', mobileStarts: '7' },
  UG: {
    ...{ country: 'UG', dialCode: '256', digits: 9, hasTrunkZero: true, fixedStarts: '234', mobileStarts: '' },
    // [assumed] MTN Uganda sells wireless numbers under 039 with mobile money; numbering data calls them fixed lines.
    wirelessStarts: ['39'],
  },
  TZ: { country: 'TZ', dialCode: '255', digits: 9, hasTrunkZero: true, fixedStarts: '2', mobileStarts: '7' },
  ZM: { country: 'ZM', dialCode: '260', digits: 9, hasTrunkZero: true, fixedStarts: '2', mobileStarts: '' },
  GH: { country: 'GH', dialCode: '233', digits: 9, hasTrunkZero: true, fixedStarts: '3', mobileStarts: '' },
  CM: { country: 'CM', dialCode: '237', digits: 9, hasTrunkZero: false, fixedStarts: '', mobileStarts: '' },
  NG: { country: 'NG', dialCode: '234', digits: 10, hasTrunkZero: true, fixedStarts: '2', mobileStarts: '' },
  BJ: {
    ...{ country: 'BJ', dialCode: '229', digits: 10, hasTrunkZero: false, fixedStarts: '', mobileStarts: '' },
    renumbered: 'Since 30 November 2024 numbers of Benin have 10 digits and begin with 01.',
  },
  BF: { country: 'BF', dialCode: '226', digits: 8, hasTrunkZero: false, fixedStarts: '2', mobileStarts: '' },
  CI: {
    ...{ country: 'CI', dialCode: '225', digits: 10, hasTrunkZero: false, fixedStarts: '2', mobileStarts: '' },
    renumbered: 'Since 31 January 2021 numbers of Ivory Coast have 10 digits; mobiles begin with 01, 05 or 07.',
  },
  SN: { country: 'SN', dialCode: '221', digits: 9, hasTrunkZero: false, fixedStarts: '3', mobileStarts: '' },
  TG: { country: 'TG', dialCode: '228', digits: 8, hasTrunkZero: false, fixedStarts: '2', mobileStarts: '' },
  GA: { country: 'GA', dialCode: '241', digits: 8, hasTrunkZero: true, fixedStarts: '1', mobileStarts: '' },
  GN: { country: 'GN', dialCode: '224', digits: 9, hasTrunkZero: false, fixedStarts: '3', mobileStarts: '' },
  MA: { country: 'MA', dialCode: '212', digits: 9, hasTrunkZero: true, fixedStarts: '5', mobileStarts: '' },
  EG: { country: 'EG', dialCode: '20', digits: 10, hasTrunkZero: true, fixedStarts: '', mobileStarts: '' },
  LS: { country: 'LS', dialCode: '266', digits: 8, hasTrunkZero: false, fixedStarts: '2', mobileStarts: '56' },
  CD: { country: 'CD', dialCode: '243', digits: 9, hasTrunkZero: true, fixedStarts: '123456', mobileStarts: '' },
  MZ: { country: 'MZ', dialCode: '258', digits: 9, hasTrunkZero: false, fixedStarts: '2', mobileStarts: '' },
} as const satisfies Readonly<Record<string, MobilePlan>>;

const PLAN_BY_DIAL_CODE: ReadonlyMap<string, MobilePlan> = new Map(
  Object.values(MOBILE_PLANS).map((plan) => [plan.dialCode, plan]),
);

/** @param digits an international number without the plus: `254712345678`. */
export function planOfDigits(digits: string): MobilePlan | null {
  return PLAN_BY_DIAL_CODE.get(digits.slice(0, 3)) ?? PLAN_BY_DIAL_CODE.get(digits.slice(0, 2)) ?? null;
}

/**
 * What stands at a number of a mobile's length. `mobile`: a range of mobiles. `fixed-line`: a landline, or a range that only landlines can be
 * in. `unknown`: a block that nobody is known to have, or of another service; new mobiles may have moved in since the data was made.
 */
export type NumberKind = 'mobile' | 'fixed-line' | 'unknown';

/** Digits of the national number that decide; a test compares the answers with those for whole numbers. */
const DECIDING_DIGITS = 4;

/** First digits of international numbers → their kind. The library takes microseconds a number, and a file has a million. */
const KNOWN_KINDS = new Map<string, NumberKind>();

/** @param phone E.164 with the plus, of this plan's country and with its number of digits. */
export function numberKind(plan: MobilePlan, phone: string): NumberKind {
  if (plan.mobileStarts.includes(phone.charAt(1 + plan.dialCode.length))) return 'mobile';
  const prefix = phone.slice(0, 1 + plan.dialCode.length + DECIDING_DIGITS);
  let kind = KNOWN_KINDS.get(prefix);
  if (kind === undefined) {
    kind = numberKindByLibrary(plan, phone);
    KNOWN_KINDS.set(prefix, kind);
  }
  return kind;
}

/** {@link numberKind} without the memory. */
export function numberKindByLibrary(plan: MobilePlan, phone: string): NumberKind {
  const type = phoneLibrary().parsePhoneNumberFromString(phone)?.getType();
  if (type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE') return 'mobile';
  const national = phone.slice(1 + plan.dialCode.length);
  if (plan.wirelessStarts?.some((start) => national.startsWith(start)) === true) return 'unknown';
  const isFixed = type === 'FIXED_LINE' || plan.fixedStarts.includes(phone.charAt(1 + plan.dialCode.length));
  return isFixed ? 'fixed-line' : 'unknown';
}

let loadedLibrary: typeof PhoneLibrary | null = null;

/** Numbering data of all countries with the types of numbers, loaded when the first phone is read: most commands read none. */
export function phoneLibrary(): typeof PhoneLibrary {
  loadedLibrary ??= createRequire(import.meta.url)('libphonenumber-js/max') as typeof PhoneLibrary;
  return loadedLibrary;
}
