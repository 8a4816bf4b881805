import type { DestinationReading } from '../../domain/rules.ts';
import { refusedField } from '../kit/destination-rules.ts';
import { readKenyanMobile } from '../kit/kenyan-mobile.ts';
import { MOBILE_PLANS, numberKind } from '../kit/mobile-plans.ts';
import { PHONE_SEPARATORS, readPhone, spellingWarning } from '../kit/mobile-reading.ts';
import { KENYA, type Region } from './regions.ts';

/** A mobile of the region as people write it → E.164. */
export function normaliseRegionMobile(text: string, region: Region): DestinationReading {
  if (region === KENYA) return readKenyanMobile(text, 'PesaWay');
  const { place, sample } = region;
  const plan = MOBILE_PLANS[region.country];
  const found = readPhone(text, plan);
  if (found.kind === 'unreadable') {
    const digits = text.replace(/\D/g, '').length;
    return refusedField(
      'mobile',
      'mobile-syntax',
      `This cannot be read as a phone number (it has ${digits} digits). Write it as ${sample}.`,
    );
  }
  if (found.kind === 'elsewhere' || found.plan !== plan) {
    const code = found.kind === 'elsewhere' ? found.callingCode : found.plan.dialCode;
    return refusedField(
      'mobile',
      'mobile-foreign',
      `The phone number begins with +${code}, and this account pays mobiles of ${place} only. Write it as ${sample}, or pay this person otherwise.`,
    );
  }
  if (found.kind === 'length') {
    return refusedField(
      'mobile',
      'mobile-syntax',
      `The phone number has ${found.digits} digits after the country code, and mobiles of ${place} have ${plan.digits}. Ask for it again and write it as ${sample}.`,
    );
  }
  const destination = { kind: 'mobile', phone: found.phone } as const;
  switch (numberKind(plan, found.phone)) {
    case 'mobile': {
      const warning = spellingWarning(text.replace(PHONE_SEPARATORS, ''), plan);
      return warning === undefined ? { ok: true, destination } : { ok: true, destination, warning };
    }
    case 'fixed-line':
      return refusedField(
        'mobile',
        'mobile-not-mobile',
        `The phone number is a landline of ${place}, where no mobile money can arrive. Ask for a mobile number and write it as ${sample}, or pay this person otherwise.`,
      );
    case 'unknown': {
      const message = `No network of ${place} is known to have numbers like this. Check it before it is paid.`;
      return { ok: true, destination, warning: { field: 'mobile', code: 'mobile-unlikely', message } };
    }
  }
}
