import type { AccountRules } from '../../domain/rules.ts';
import type { PayableRange } from '../kit/destination-rules.ts';
import { kenyanMobileRule } from '../kit/kenyan-mobile.ts';
import { billAccountRule, KENYAN_SHORT_CODE, tillRule } from '../kit/short-codes.ts';
import type { AccountOptions } from '../port.ts';
import { readDarajaSettings, type DarajaSettings } from './settings.ts';
import { REMARKS_MAX } from './wire.ts';

/** Daraja pays whole shillings. */
const SHILLING_MINOR = 100n;

/** What a Daraja account with these options can pay. */
export function darajaRules(account: AccountOptions): AccountRules {
  const settings = readDarajaSettings(account.options);
  return {
    account: account.account,
    provider: 'daraja',
    currency: account.currency,
    currencies: ['KES'],
    destinations: {
      mobile: kenyanMobileRule('M-PESA', mobileRange(settings)),
      paybill: billAccountRule(KENYAN_SHORT_CODE, BUSINESS_RANGE, BILL_ACCOUNT),
      till: tillRule(KENYAN_SHORT_CODE, BUSINESS_RANGE),
    },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: REMARKS_MAX,
  };
}

function mobileRange({ minAmountMinor, maxAmountMinor }: DarajaSettings): PayableRange {
  return { nameRequired: false, nameMax: null, minAmountMinor, maxAmountMinor, stepMinor: SHILLING_MINOR };
}

/** The documented bounds are those of payments to people; none is published for businesses. */
const BUSINESS_RANGE: PayableRange = {
  nameRequired: false,
  nameMax: null,
  minAmountMinor: SHILLING_MINOR,
  maxAmountMinor: null,
  stepMinor: SHILLING_MINOR,
};

const BILL_ACCOUNT = {
  pattern: /^[A-Za-z0-9 ._/#-]{1,13}$/,
  message: (account: string): string => {
    const shape =
      account.length > 13 ? `${account.length} characters` : 'characters that Daraja may lose without saying so';
    return `The account at a paybill has 1 to 13 letters, digits, spaces, points, hyphens, slashes, underscores or #; this has ${shape}. Check it against the payee's bill.`;
  },
};
