import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { DestinationReading } from '../../domain/rules.ts';
import { refusedField } from '../kit/destination-rules.ts';
import { normaliseKenyanMobile } from '../kit/kenyan-mobile.ts';
import { KENYA, type Region } from './regions.ts';

/** A mobile of the region as people write it → E.164. */
export function normaliseRegionMobile(text: string, region: Region): DestinationReading {
  if (region === KENYA) {
    const phone = normaliseKenyanMobile(text, 'PesaWay');
    return typeof phone === 'string'
      ? { ok: true, destination: { kind: 'mobile', phone } }
      : { ok: false, fault: phone };
  }
  const { country, place, sample } = region;
  const phone = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false });
  if (phone?.isPossible() !== true) {
    const digits = text.replace(/\D/g, '').length;
    return refusedField(
      'mobile',
      'mobile-syntax',
      `This cannot be read as a phone number (it has ${digits} digits). Write it as ${sample}.`,
    );
  }
  if (`+${phone.countryCallingCode}` !== sample.slice(0, 4)) {
    return refusedField(
      'mobile',
      'mobile-foreign',
      `The phone number begins with +${phone.countryCallingCode}, and this account pays mobiles of ${place} only. Write it as ${sample}, or pay this person otherwise.`,
    );
  }
  const destination = { kind: 'mobile', phone: phone.number } as const;
  if (phone.isValid()) return { ok: true, destination };
  const message = `No network of ${place} is known to have numbers like this. Check it before it is paid.`;
  return { ok: true, destination, warning: { field: 'mobile', code: 'mobile-unlikely', message } };
}
