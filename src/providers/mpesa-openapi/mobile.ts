import type { DestinationReading } from '../../domain/rules.ts';
import type { Market } from './markets.ts';

/** What stands between digits in phones that people type: blanks, dashes of every make, dots, parentheses. */
const SEPARATORS = /[\s\u00a0\u2007\u2009\u202f.()\-\u2010-\u2015\u2212]/g;

/** The sandbox decides by the last digit of these how a payment ends; the sheet's section 11 has them. */
const SANDBOX_NUMBER = /^0{11}[0-9]$/;

/**
 * A mobile of the market as people write it (`+255…`, `255…`, `0…`, bare) → `+255` and the national number, by exact lengths: the
 * portal's own pattern refuses real numbers of Lesotho and lets any country through. The sandbox's numbers are kept as given.
 */
export function normaliseMarketMobile(text: string, market: Market, isSandbox: boolean): DestinationReading {
  const { dialCode, nationalDigits, place, ranges } = market;
  const compact = text.replace(SEPARATORS, '');
  const shape = `+${dialCode}${'X'.repeat(nationalDigits)}`;
  if (compact === '') return refuse('mobile-missing', `There is no phone number. Write it as ${shape}.`);
  if (isSandbox && SANDBOX_NUMBER.test(compact)) {
    return { ok: true, destination: { kind: 'mobile', phone: compact } };
  }
  if (!/^\+?\d+$/.test(compact)) {
    return refuse('mobile-syntax', `The phone number has other characters than digits. Write it as ${shape}.`);
  }
  if (compact.startsWith('00')) {
    return refuse('mobile-syntax', `The phone number begins with 00. Write + in its place: ${shape}.`);
  }
  if (compact.startsWith('+') && !compact.startsWith(`+${dialCode}`)) {
    return refuse(
      'mobile-foreign',
      `The phone number begins with ${compact.slice(0, 4)}, and this account pays mobiles of ${place} only. Write it as ${shape}, or pay this person otherwise.`,
    );
  }
  const national = nationalPart(compact, market);
  if (national.startsWith('0')) {
    return refuse('mobile-extra-zero', `The phone number has a 0 after the country code. Leave it out: ${shape}.`);
  }
  if (national.length !== nationalDigits) {
    const what = national.length < nationalDigits ? 'short' : 'long';
    return refuse(
      `mobile-too-${what}`,
      `The phone number has ${national.length} digits after the country code and needs ${nationalDigits}: it is too ${what}. Ask for it again and write it as ${shape}.`,
    );
  }
  const destination = { kind: 'mobile', phone: `+${dialCode}${national}` } as const;
  if (ranges.length === 0 || ranges.some((range) => national.startsWith(range))) return { ok: true, destination };
  const warning = {
    field: 'mobile',
    code: 'mobile-other-network',
    message: `The phone number does not begin with ${ranges.join(' or ')} as Vodacom's do. M-Pesa may not know it: check it.`,
  };
  return { ok: true, destination, warning };
}

/** A bare number of the right length is national even where it begins like the country code. */
function nationalPart(compact: string, { dialCode, nationalDigits, hasTrunkZero }: Market): string {
  if (compact.startsWith('+')) return compact.slice(1 + dialCode.length);
  if (compact.length !== nationalDigits && compact.startsWith(dialCode)) return compact.slice(dialCode.length);
  return hasTrunkZero && compact.startsWith('0') ? compact.slice(1) : compact;
}

function refuse(code: string, message: string): DestinationReading {
  return { ok: false, fault: { field: 'mobile', code, message } };
}
