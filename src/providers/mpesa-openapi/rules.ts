import type { AccountRules, DestinationReading, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema, refusedField, type PayableRange } from '../kit/destination-rules.ts';
import { numberKind, type MobilePlan } from '../kit/mobile-plans.ts';
import { hasBracketedZero, PHONE_SEPARATORS, spellingWarning } from '../kit/mobile-reading.ts';
import { bareBillRule, tillRule, type ShortCodeForm } from '../kit/short-codes.ts';
import type { AccountOptions } from '../port.ts';
import type { Market } from './markets.ts';
import { readMpesaOpenapiSettings, type MpesaOpenapiSettings } from './settings.ts';
import { DESCRIPTION_MAX } from './wire.ts';

const SHORT_CODE: ShortCodeForm = {
  pattern: /^[0-9A-Za-z]{4,12}$/,
  message: (_field, text) => {
    const others = /^[0-9A-Za-z]*$/.test(text) ? '' : ', others among them';
    return `A short code has 4 to 12 letters and digits; this has ${text.length} characters${others}. Ask the business for it again.`;
  },
};

const NO_ACCOUNT_INSIDE =
  'M-Pesa OpenAPI pays a business by its short code only and carries no account inside it. Leave paybill_account empty, or pay otherwise.';

/** What an account with these options can pay. */
export function mpesaRules(account: AccountOptions): AccountRules {
  const settings = readMpesaOpenapiSettings(account.options, account.currency);
  const { currencies } = settings.market;
  const range = payableRange(settings);
  return {
    account: account.account,
    provider: 'mpesa-openapi',
    currency: account.currency,
    // The short code holds the account's currency; one that the market does not have refuses every row that is in it.
    currencies: currencies.includes(account.currency) ? [account.currency] : currencies,
    destinations: {
      mobile: mpesaOpenapiMobileRule(settings, account.environment === 'sandbox'),
      till: tillRule(SHORT_CODE, range),
      // A business without an account inside it: the same request as a till's.
      paybill: bareBillRule(SHORT_CODE, range, NO_ACCOUNT_INSIDE),
    },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: DESCRIPTION_MAX,
  };
}

function mpesaOpenapiMobileRule(settings: MpesaOpenapiSettings, isSandbox: boolean): DestinationRule {
  const { market } = settings;
  const example = `+${market.plan.dialCode}${'X'.repeat(market.plan.digits)}`;
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: `Mobile of ${market.place}, best as ${example}` } }),
    normalise: ({ mobile = '' }) => normaliseMobile(mobile, market, isSandbox),
    ...payableRange(settings),
  };
}

function payableRange({ market, minAmountMinor, maxAmountMinor }: MpesaOpenapiSettings): PayableRange {
  return { nameRequired: false, nameMax: null, minAmountMinor, maxAmountMinor, stepMinor: market.stepMinor };
}

/** The sandbox decides by the last digit of these how a payment ends; docs/providers/mpesa-openapi.md, section 11, has them. */
const SANDBOX_NUMBER = /^0{11}[0-9]$/;

/**
 * A mobile of the market as people write it (`+255…`, `00255…`, `255…`, `0…`, bare) → `+255` and the national number, by exact lengths: the
 * portal's own pattern refuses real numbers of Lesotho and lets any country through. The sandbox's numbers are kept as given.
 */
function normaliseMobile(text: string, market: Market, isSandbox: boolean): DestinationReading {
  const { plan, place } = market;
  const { dialCode, digits } = plan;
  const compact = text.replace(PHONE_SEPARATORS, '');
  const shape = `+${dialCode}${'X'.repeat(digits)}`;
  if (compact === '') return refusedMobile('mobile-missing', `There is no phone number. Write it as ${shape}.`);
  if (isSandbox && SANDBOX_NUMBER.test(compact)) {
    return { ok: true, destination: { kind: 'mobile', phone: compact } };
  }
  if (!/^\+?\d+$/.test(compact)) {
    return refusedMobile('mobile-syntax', `The phone number has other characters than digits. Write it as ${shape}.`);
  }
  const international = compact.startsWith('00') ? `+${compact.slice(2)}` : compact;
  if (international.startsWith('+') && !international.startsWith(`+${dialCode}`)) {
    return refusedMobile(
      'mobile-foreign',
      `The phone number begins with ${compact.slice(0, 4)}, and this account pays mobiles of ${place} only. Write it as ${shape}, or pay this person otherwise.`,
    );
  }
  const written = mpesaOpenapiNationalPart(international, plan);
  const national = hasBracketedZero(text, written, plan) ? written.slice(1) : written;
  if (national.startsWith('0')) {
    return refusedMobile(
      'mobile-extra-zero',
      `The phone number has a 0 after the country code. Leave it out: ${shape}.`,
    );
  }
  if (national.length !== digits) {
    const what = national.length < digits ? 'short' : 'long';
    return refusedMobile(
      `mobile-too-${what}`,
      `The phone number has ${national.length} digits after the country code and needs ${digits}: it is too ${what}. Ask for it again and write it as ${shape}.`,
    );
  }
  const reading = mobileOfMarket(`+${dialCode}${national}`, market);
  if (!reading.ok || reading.warning !== undefined) return reading;
  const warning = spellingWarning(compact, plan);
  return warning === undefined ? reading : { ...reading, warning };
}

/** Landlines are refused. What no network is known for, or another one, is a warning: data grows old, and numbers move. */
function mobileOfMarket(phone: string, { plan, place, operator, ranges }: Market): DestinationReading {
  const destination = { kind: 'mobile', phone } as const;
  const warned = (code: string, message: string): DestinationReading => ({
    ...{ ok: true, destination },
    warning: { field: 'mobile', code, message },
  });
  const kind = numberKind(plan, phone);
  if (kind === 'fixed-line') {
    return refusedMobile(
      'mobile-not-mobile',
      `The phone number is a landline of ${place}, which never has M-Pesa. Ask for a mobile number, or pay this person otherwise.`,
    );
  }
  if (kind === 'unknown') {
    return warned(
      'mobile-unlikely',
      `No network of ${place} is known to have numbers like this. Check it before it is paid.`,
    );
  }
  if (ranges.some((range) => phone.startsWith(range, 1 + plan.dialCode.length))) return { ok: true, destination };
  const usual = ranges.length === 1 ? ranges[0] : `${ranges.slice(0, -1).join(', ')} or ${ranges.at(-1)}`;
  return warned(
    'mobile-other-network',
    `The phone number does not begin with ${usual} as ${operator}'s do. M-Pesa may not know it: check it.`,
  );
}

/** A bare number of the right length is national even where it begins like the country code. */
function mpesaOpenapiNationalPart(compact: string, { dialCode, digits, hasTrunkZero }: MobilePlan): string {
  if (compact.startsWith('+')) return compact.slice(1 + dialCode.length);
  if (compact.length !== digits && compact.startsWith(dialCode)) return compact.slice(dialCode.length);
  return hasTrunkZero && compact.startsWith('0') ? compact.slice(1) : compact;
}

function refusedMobile(code: string, message: string): DestinationReading {
  return refusedField('mobile', code, message);
}
