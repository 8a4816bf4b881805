import type { AccountRules, DestinationReading, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema } from '../kit/destination-rules.ts';
import { normaliseKenyanMobile } from '../kit/kenyan-mobile.ts';
import type { AccountOptions } from '../port.ts';
import { readSettings, type Settings } from './settings.ts';
import { REMARKS_MAX } from './wire.ts';

/** Daraja pays whole shillings. */
const SHILLING_MINOR = 100n;

const SHORT_CODE = /^[0-9]{5,7}$/;
const BILL_ACCOUNT = /^[A-Za-z0-9 ._/#-]{1,13}$/;

/** What a Daraja account with these options can pay. */
export function darajaRules(account: AccountOptions): AccountRules {
  const settings = readSettings(account.options);
  return {
    account: account.account,
    provider: 'daraja',
    currency: account.currency,
    currencies: ['KES'],
    destinations: { mobile: mobileRule(settings), paybill: paybillRule(), till: tillRule() },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: REMARKS_MAX,
  };
}

function mobileRule(settings: Settings): DestinationRule {
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: 'Kenyan mobile, best as +2547XXXXXXXX' } }),
    normalise: ({ mobile = '' }) => {
      const phone = normaliseKenyanMobile(mobile, 'M-PESA');
      return typeof phone === 'string'
        ? { ok: true, destination: { kind: 'mobile', phone } }
        : { ok: false, fault: phone };
    },
    nameRequired: false,
    nameMax: null,
    minAmountMinor: settings.minAmountMinor,
    maxAmountMinor: settings.maxAmountMinor,
    stepMinor: SHILLING_MINOR,
  };
}

function paybillRule(): DestinationRule {
  return {
    schema: fieldsSchema({
      paybill: { type: 'string', pattern: SHORT_CODE.source },
      paybill_account: { type: 'string', pattern: BILL_ACCOUNT.source },
    }),
    normalise: ({ paybill = '', paybill_account = '' }) => {
      if (!SHORT_CODE.test(paybill)) return shortCodeFault('paybill', 'A paybill number', paybill);
      if (!BILL_ACCOUNT.test(paybill_account)) return billAccountFault(paybill_account);
      return { ok: true, destination: { kind: 'paybill', paybill, account: paybill_account } };
    },
    ...B2B,
  };
}

function tillRule(): DestinationRule {
  return {
    schema: fieldsSchema({ till: { type: 'string', pattern: SHORT_CODE.source } }),
    normalise: ({ till = '' }) =>
      SHORT_CODE.test(till)
        ? { ok: true, destination: { kind: 'till', till } }
        : shortCodeFault('till', 'A till number', till),
    ...B2B,
  };
}

/** The sheet's bounds are those of payments to people; nothing is published for businesses. */
const B2B = {
  nameRequired: false,
  nameMax: null,
  minAmountMinor: SHILLING_MINOR,
  maxAmountMinor: null,
  stepMinor: SHILLING_MINOR,
} as const;

function shortCodeFault(field: string, what: string, value: string): DestinationReading {
  const shape = /^[0-9]*$/.test(value) ? `${value.length} digits` : 'other characters than digits';
  const message = `${what} has 5 to 7 digits; this has ${shape}. Ask the payee for it again.`;
  return { ok: false, fault: { field, code: `${field}-syntax`, message } };
}

function billAccountFault(account: string): DestinationReading {
  const shape =
    account.length > 13 ? `${account.length} characters` : 'characters that Daraja may lose without saying so';
  const message = `The account at a paybill has 1 to 13 letters, digits, spaces, points, hyphens, slashes, underscores or #; this has ${shape}. Check it against the payee's bill.`;
  return { ok: false, fault: { field: 'paybill_account', code: 'paybill-account-syntax', message } };
}
