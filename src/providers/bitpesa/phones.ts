import type { DestinationReading } from '../../domain/rules.ts';
import { refusedField } from '../kit/destination-rules.ts';
import { MOBILE_PLANS, numberKind, phoneLibrary, planOfDigits, type MobilePlan } from '../kit/mobile-plans.ts';
import { PHONE_CHARACTERS, PHONE_SEPARATORS, readPhone, spellingWarning } from '../kit/mobile-reading.ts';
import type { PayoutType } from './payout-type.ts';

/** Countries that BitPesa pays phones of. */
const { NG, GH, UG, KE, TZ, BJ, BF, CI, SN, TG, CM, GA, GN, MA, EG } = MOBILE_PLANS;
const PAID_PLANS: readonly MobilePlan[] = [NG, GH, UG, KE, TZ, BJ, BF, CI, SN, TG, CM, GA, GN, MA, EG];

/** Where a currency has one country only, its phones may be written without a calling code. */
const HOME: Readonly<Record<string, MobilePlan>> = {
  NGN: NG,
  GHS: GH,
  UGX: UG,
  KES: KE,
  TZS: TZ,
  GNF: GN,
  MAD: MA,
  EGP: EG,
};

/**
 * A phone as people write it → E.164. Landlines and numbers of another length than the country's mobiles are refused; what no network is known for
 * is a warning.
 */
export function normalisePhone(text: string, currency: string): DestinationReading {
  const home = HOME[currency] ?? null;
  const sample = home === null ? '+221771234567' : `+${home.dialCode}…`;
  const found = readPhone(text, home);
  switch (found.kind) {
    case 'unreadable': {
      const message = `The phone number cannot be read as one (${digitsOf(text)} digits). Write it with its country, as ${sample}.`;
      return refusedField('mobile', 'mobile-syntax', message);
    }
    case 'length': {
      const { plan, digits } = found;
      const message = `The phone number has ${digits} digits behind its country's code +${plan.dialCode}, and mobiles there have ${plan.digits}. ${plan.renumbered ?? ''} Ask for it again and write it as +${plan.dialCode}…`;
      return refusedField('mobile', 'mobile-syntax', message.replace('  ', ' '));
    }
    case 'elsewhere':
      // Which countries a payout type pays is for the review of the whole payment, which knows the type.
      return { ok: true, destination: { kind: 'mobile', phone: found.phone } };
    case 'read':
      return mobileOfPlan(text, found.phone, found.plan);
  }
}

function mobileOfPlan(text: string, phone: string, plan: MobilePlan): DestinationReading {
  const destination = { kind: 'mobile', phone } as const;
  switch (numberKind(plan, phone)) {
    case 'mobile': {
      const warning = spellingWarning(text.replace(PHONE_SEPARATORS, ''), plan);
      return warning === undefined ? { ok: true, destination } : { ok: true, destination, warning };
    }
    case 'fixed-line':
      return refusedField(
        'mobile',
        'mobile-not-mobile',
        'The phone number is a landline, where no mobile money can arrive. Ask for a mobile number, or pay to a bank.',
      );
    case 'unknown': {
      const message = 'No network is known to have numbers like this phone number. Check it before it is paid.';
      return { ok: true, destination, warning: { field: 'mobile', code: 'mobile-unlikely', message } };
    }
  }
}

/** E.164 as it needs no reading: nine digits in South Africa; in Egypt ten of a mobile, eight or nine of a landline. */
const PLAIN_PHONE = /^\+(?:27\d{9}|20(?:1[0-2]\d{8}|(?!1[0-2])\d{8,10}))$/;

/**
 * The recipient's phone of a bank payout in E.164, as the API wants it. Landlines are taken there: the guide's own sample is one. Null for what is no
 * possible phone, or a number of these two countries that lacks a digit.
 */
export function phoneOfBankPayout(text: string, type: PayoutType): string | null {
  if (PLAIN_PHONE.test(text)) return text;
  if (!PHONE_CHARACTERS.test(text.replace(PHONE_SEPARATORS, ''))) return null;
  const home = type.values['country']?.[0] ?? { ZAR: 'ZA', EGP: 'EG' }[type.type.slice(0, 3)];
  // A spreadsheet takes the plus away.
  const number = /^[1-9]\d{10,14}$/.test(text) ? `+${text}` : text;
  const found = phoneLibrary().parsePhoneNumberFromString(number, {
    extract: false,
    ...(home === undefined ? {} : { defaultCountry: home as 'ZA' | 'EG' | 'US' }),
  });
  if (found?.isPossible() !== true) return null;
  const hasPlainForm = ['27', '20'].includes(found.countryCallingCode);
  return hasPlainForm && !PLAIN_PHONE.test(found.number) ? null : found.number;
}

/** The country of a phone, if BitPesa pays phones of it, else null. */
export function countryOf(phone: string): string | null {
  const plan = planOfDigits(phone.slice(1));
  return plan !== null && PAID_PLANS.includes(plan) ? plan.country : null;
}

/** The digits behind the calling code, as the API of 2019 wants them. */
export function nationalPhone(phone: string): string {
  return phoneLibrary().parsePhoneNumberFromString(phone)?.nationalNumber ?? phone;
}

/** ISO country of any phone in E.164, for `phone_country`. */
export function phoneCountry(phone: string): string | undefined {
  return phoneLibrary().parsePhoneNumberFromString(phone)?.country;
}

function digitsOf(text: string): number {
  return text.replace(/\D/g, '').length;
}
