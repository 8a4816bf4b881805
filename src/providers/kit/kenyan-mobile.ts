import type { DestinationReading, DestinationRule, FieldFault } from '../../domain/rules.ts';
import { fieldsSchema, type PayableRange } from './destination-rules.ts';
import { MOBILE_PLANS, numberKind } from './mobile-plans.ts';
import { hasBracketedZero, PHONE_SEPARATORS, spellingWarning } from './mobile-reading.ts';

/** @param payer the provider as a message calls it: `Sellapay`. */
export function kenyanMobileRule(payer: string, range: PayableRange): DestinationRule {
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: 'Kenyan mobile, best as +2547XXXXXXXX' } }),
    normalise: ({ mobile = '' }) => readKenyanMobile(mobile, payer),
    ...range,
  };
}

/** The two usual spellings of a number that only mobiles have. A file has a million of them, and no more needs to be looked at. */
const USUAL_MOBILE = /^(?:\+254|0)7\d{8}$/;

/**
 * A Kenyan mobile number as people write it (`+254…`, `00254…`, `254…`, `0…`, bare nine digits) → `+2547XXXXXXXX` or `+2541XXXXXXXX`. All of 7 is
 * given to mobiles and parts of 1; the other parts are a warning. Whether the network is Safaricom's cannot be seen: numbers move between networks.
 *
 * @param payer the provider as a message calls it: `Sellapay`.
 */
export function readKenyanMobile(text: string, payer: string): DestinationReading {
  if (USUAL_MOBILE.test(text)) {
    const phone = text.startsWith('+') ? text : `+254${text.slice(1)}`;
    return { ok: true, destination: { kind: 'mobile', phone } };
  }
  const compact = text.replace(PHONE_SEPARATORS, '');
  const phone = normaliseKenyanMobile(text, compact, payer);
  if (typeof phone !== 'string') return { ok: false, fault: phone };
  const destination = { kind: 'mobile', phone } as const;
  if (numberKind(MOBILE_PLANS.KE, phone) === 'mobile') {
    // The usual spellings are no longer than the plainest one.
    const warning =
      compact.length < phone.length || compact === phone ? undefined : spellingWarning(compact, MOBILE_PLANS.KE);
    return warning === undefined ? { ok: true, destination } : { ok: true, destination, warning };
  }
  const message = `No network of Kenya is known to have numbers that begin with 0${phone.slice(4, 7)}. Ask for the number again before it is paid.`;
  return { ok: true, destination, warning: fault('mobile-unlikely', message) };
}

function normaliseKenyanMobile(text: string, compact: string, payer: string): string | FieldFault {
  if (compact === '') return fault('mobile-missing', 'There is no phone number. Write it as +2547XXXXXXXX.');
  if (!/^\+?\d+$/.test(compact)) {
    return fault('mobile-syntax', 'The phone number has other characters than digits. Write it as +2547XXXXXXXX.');
  }
  const written = nationalPart(compact, payer);
  if (typeof written !== 'string') return written;
  const national = hasBracketedZero(text, written, MOBILE_PLANS.KE) ? written.slice(1) : written;
  if (national.startsWith('0')) {
    return fault('mobile-extra-zero', 'The phone number has a 0 after the 254. Leave the 0 out: +2547XXXXXXXX.');
  }
  if (national.length !== 9) return lengthFault(national.length);
  if (!/^[17]/.test(national)) {
    const landline = MOBILE_PLANS.KE.fixedStarts.includes(national.charAt(0)) ? ', as landlines do' : '';
    return fault(
      'mobile-not-mobile',
      `The phone number begins with ${national.charAt(0)} after the country code${landline}, and Kenyan mobiles begin with 7 or 1. Check it, or pay to a bank.`,
    );
  }
  return `+254${national}`;
}

/** The nine digits without the country code. */
export function nationalKenyanMobile(phone: string): string {
  return phone.slice('+254'.length);
}

function nationalPart(compact: string, payer: string): string | FieldFault {
  if (compact.startsWith('+254')) return compact.slice(4);
  if (compact.startsWith('+')) return foreign(compact.slice(0, 4), payer);
  if (compact.startsWith('254')) return compact.slice(3);
  if (compact.startsWith('00')) {
    return compact.startsWith('00254') ? compact.slice(5) : foreign(compact.slice(0, 5), payer);
  }
  if (compact.startsWith('0')) return compact.slice(1);
  // Eleven digits or more without 0 or 254 in front: another country's code.
  return compact.length >= 11 ? foreign(compact.slice(0, 3), payer) : compact;
}

function foreign(prefix: string, payer: string): FieldFault {
  return fault(
    'mobile-not-kenyan',
    `The phone number begins with ${prefix}, and ${payer} pays Kenyan mobiles only. Write it as +2547XXXXXXXX, or pay this person otherwise.`,
  );
}

function lengthFault(digits: number): FieldFault {
  const what = digits < 9 ? 'short' : 'long';
  return fault(
    `mobile-too-${what}`,
    `The phone number has ${digits} digits after 0 or 254 and needs 9: it is too ${what}. Ask for it again and write it as +2547XXXXXXXX.`,
  );
}

function fault(code: string, message: string): FieldFault {
  return { field: 'mobile', code, message };
}
