import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
// Knows the numbers of mobiles exactly, and no others: for recipients, not for senders.
import { parsePhoneNumberFromString as parseMobile } from 'libphonenumber-js/mobile';
import type { DestinationReading } from '../../domain/rules.ts';

/** Countries that BitPesa pays phones of, with their calling codes. */
const CALLING_CODES: Readonly<Record<string, string>> = {
  NG: '+234', GH: '+233', UG: '+256', KE: '+254', TZ: '+255', BJ: '+229', BF: '+226', CI: '+225', SN: '+221', TG: '+228',
  CM: '+237', GA: '+241', GN: '+224', MA: '+212', EG: '+20',
}; // prettier-ignore

/** Where a currency has one country only, its phones may be written without a calling code. */
const HOME: Readonly<Record<string, CountryCode>> = {
  NGN: 'NG', GHS: 'GH', UGX: 'UG', KES: 'KE', TZS: 'TZ', GNF: 'GN', MAD: 'MA', EGP: 'EG',
}; // prettier-ignore

/** A phone as people write it → E.164. What is too short or too long is refused; what no network is known for is a warning. */
export function normalisePhone(text: string, currency: string): DestinationReading {
  const home = HOME[currency];
  const phone = parseMobile(text, {
    extract: false,
    ...(home === undefined ? {} : { defaultCountry: home }),
  });
  const sample = home === undefined ? '+221771234567' : `${CALLING_CODES[home] ?? ''}…`;
  if (phone?.isPossible() !== true) {
    const message = `The phone number cannot be read as one (${digitsOf(text)} digits). Write it with its country, as ${sample}`;
    return { ok: false, fault: { field: 'mobile', code: 'mobile-syntax', message: `${message}.` } };
  }
  const destination = { kind: 'mobile', phone: phone.number } as const;
  if (phone.isValid()) return { ok: true, destination };
  const message = 'No network is known to have numbers like this phone number. Check it before it is paid.';
  return { ok: true, destination, warning: { field: 'mobile', code: 'mobile-unlikely', message } };
}

/** The country of a phone that {@link CALLING_CODES} has, else null. */
export function countryOf(phone: string): string | null {
  for (const [country, code] of Object.entries(CALLING_CODES)) if (phone.startsWith(code)) return country;
  return null;
}

/** The digits behind the calling code, as the API of 2019 wants them. */
export function nationalPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.nationalNumber ?? phone;
}

/** ISO country of any phone in E.164, for `phone_country`. */
export function phoneCountry(phone: string): string | undefined {
  return parsePhoneNumberFromString(phone)?.country;
}

function digitsOf(text: string): number {
  return text.replace(/\D/g, '').length;
}
