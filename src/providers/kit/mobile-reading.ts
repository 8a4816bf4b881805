import type { FieldFault } from '../../domain/rules.ts';
import { phoneLibrary, planOfDigits, type MobilePlan } from './mobile-plans.ts';

/** Characters between the digits of phones that people type: blanks, dashes of every kind, dots, parentheses. */
export const PHONE_SEPARATORS = /[\s\u00a0\u2007\u2009\u202f.()\-\u2010-\u2015\u2212]/g;

/**
 * What is left of one phone without {@link PHONE_SEPARATORS}: digits of any script, with a slash between its parts perhaps. The library reads
 * more: of two phones in a cell it takes the first, and it leaves out an extension.
 */
export const PHONE_CHARACTERS = /^[+\uFF0B]?\p{Nd}[\p{Nd}/]*$/u;

/** A phone as somebody wrote it. */
export type PhoneReading =
  /** Of a country in `MOBILE_PLANS` and as long as its mobiles; `phone` is E.164. */
  | { readonly kind: 'read'; readonly phone: string; readonly plan: MobilePlan }
  /** Of such a country, with this many digits behind the country code, which no mobile has. */
  | { readonly kind: 'length'; readonly digits: number; readonly plan: MobilePlan }
  /** Of another country; `phone` is E.164. */
  | { readonly kind: 'elsewhere'; readonly phone: string; readonly callingCode: string }
  | { readonly kind: 'unreadable' };

/**
 * What is said of a phone that was read all the same: 00 stood in place of the plus, or the 0 of national numbers behind the country code.
 * Undefined for the usual spellings.
 *
 * @param compact without {@link PHONE_SEPARATORS}
 */
export function spellingWarning(compact: string, { dialCode, digits }: MobilePlan): FieldFault | undefined {
  if (compact.startsWith('00')) {
    const message = `The phone number begins with 00, which is read as +: a number with the country code ${dialCode}.`;
    return { field: 'mobile', code: 'mobile-international-prefix', message };
  }
  const international = compact.startsWith('+') ? compact.slice(1) : compact;
  if (international.length !== dialCode.length + digits + 1 || !international.startsWith(`${dialCode}0`))
    return undefined;
  const message = `The phone number has a 0 after the country code ${dialCode}, which is left out: +${dialCode}${'X'.repeat(digits)}.`;
  return { field: 'mobile', code: 'mobile-trunk-zero', message };
}

/** Whether the 0 of national numbers is written behind the country code as people do who leave it out: `+254 (0)712 …`. */
export function hasBracketedZero(text: string, national: string, { hasTrunkZero, digits }: MobilePlan): boolean {
  return hasTrunkZero && national.length === digits + 1 && national.startsWith('0') && /\(\s*0\s*\)/.test(text);
}

/**
 * Reads `+233…`, `00233…`, and, where `home` is known, `233…`, `0…` and the bare national number. What is none of these in plain digits is left to
 * the library, which knows the digits of other scripts.
 *
 * @param home the country of numbers that name none.
 */
export function readPhone(text: string, home: MobilePlan | null): PhoneReading {
  const compact = text.replace(PHONE_SEPARATORS, '');
  if (!PHONE_CHARACTERS.test(compact)) return { kind: 'unreadable' };
  if (!/^\+?\d+$/.test(compact)) return readByLibrary(text, home);
  if (compact.startsWith('+')) return readInternational(compact.slice(1), home);
  if (compact.startsWith('00')) return readInternational(compact.slice(2), home);
  return home === null ? { kind: 'unreadable' } : readNational(compact, home);
}

/** A bare number of the right length is national even where it begins like the country code. */
function readNational(digits: string, home: MobilePlan): PhoneReading {
  const plain = withoutTrunkZero(digits, home);
  const isInternational = plain.length > home.digits && digits.startsWith(home.dialCode);
  return ofPlan(isInternational ? withoutTrunkZero(digits.slice(home.dialCode.length), home) : plain, home);
}

function readInternational(digits: string, home: MobilePlan | null): PhoneReading {
  const plan = planOfDigits(digits);
  if (plan === null) return readByLibrary(`+${digits}`, home);
  return ofPlan(withoutTrunkZero(digits.slice(plan.dialCode.length), plan), plan);
}

/** Without the 0 that people write in front of the national number; where the number has its length with it, the 0 is its own. */
function withoutTrunkZero(digits: string, { hasTrunkZero, digits: wanted, country }: MobilePlan): string {
  if (!hasTrunkZero || !digits.startsWith('0')) return digits;
  // Gabon's numbers of before 2019 begin with a 0 of their own.
  return country === 'GA' && digits.length === wanted ? digits : digits.slice(1);
}

function ofPlan(national: string, plan: MobilePlan): PhoneReading {
  return national.length === plan.digits
    ? { kind: 'read', phone: `+${plan.dialCode}${national}`, plan }
    : { kind: 'length', digits: national.length, plan };
}

function readByLibrary(text: string, home: MobilePlan | null): PhoneReading {
  const found = phoneLibrary().parsePhoneNumberFromString(text, {
    extract: false,
    ...(home === null ? {} : { defaultCountry: home.country }),
  });
  if (found === undefined) return { kind: 'unreadable' };
  const plan = planOfDigits(found.number.slice(1));
  if (plan !== null) return ofPlan(found.number.slice(1 + plan.dialCode.length), plan);
  const callingCode = found.countryCallingCode;
  return found.isPossible() ? { kind: 'elsewhere', phone: found.number, callingCode } : { kind: 'unreadable' };
}
