import type { AccountRules, DestinationReading, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema } from '../kit/destination-rules.ts';
import type { AccountOptions } from '../port.ts';
import { normaliseMarketMobile } from './mobile.ts';
import { readSettings, type Settings } from './settings.ts';
import { DESCRIPTION_MAX } from './wire.ts';

const SHORT_CODE = '^[0-9A-Za-z]{4,12}$';

/** What an account with these options can pay. */
export function mpesaRules(account: AccountOptions): AccountRules {
  const settings = readSettings(account.options, account.currency);
  const { currencies } = settings.market;
  return {
    account: account.account,
    provider: 'mpesa-openapi',
    currency: account.currency,
    // The short code holds the account's currency; one that the market does not have refuses every row that is in it.
    currencies: currencies.includes(account.currency) ? [account.currency] : currencies,
    destinations: {
      mobile: mobileRule(settings, account.environment === 'sandbox'),
      till: tillRule(settings),
      paybill: paybillRule(settings),
    },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: DESCRIPTION_MAX,
  };
}

function mobileRule(settings: Settings, isSandbox: boolean): DestinationRule {
  const { market } = settings;
  const example = `+${market.dialCode}${'X'.repeat(market.nationalDigits)}`;
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: `Mobile of ${market.place}, best as ${example}` } }),
    normalise: ({ mobile = '' }) => normaliseMarketMobile(mobile, market, isSandbox),
    ...amounts(settings),
  };
}

function tillRule(settings: Settings): DestinationRule {
  return {
    schema: fieldsSchema({ till: { type: 'string', pattern: SHORT_CODE } }),
    normalise: ({ till = '' }) => shortCode('till', till) ?? { ok: true, destination: { kind: 'till', till } },
    ...amounts(settings),
  };
}

/** A business without an account inside it: the same request as a till's. */
function paybillRule(settings: Settings): DestinationRule {
  return {
    schema: fieldsSchema(
      { paybill: { type: 'string', pattern: SHORT_CODE }, paybill_account: { type: 'string', maxLength: 0 } },
      ['paybill_account'],
    ),
    optional: ['paybill_account'],
    normalise: ({ paybill = '', paybill_account: inside = '' }) => {
      if (inside !== '') {
        return refuse(
          'paybill_account',
          'paybill-account-unsupported',
          'M-Pesa OpenAPI pays a business by its short code only and carries no account inside it. Leave paybill_account empty, or pay otherwise.',
        );
      }
      return shortCode('paybill', paybill) ?? { ok: true, destination: { kind: 'paybill', paybill, account: '' } };
    },
    ...amounts(settings),
  };
}

function amounts({ market, minAmountMinor, maxAmountMinor }: Settings): Omit<DestinationRule, 'schema' | 'normalise'> {
  return { nameRequired: false, nameMax: null, minAmountMinor, maxAmountMinor, stepMinor: market.stepMinor };
}

/** The fault of a short code, or null. */
function shortCode(field: 'till' | 'paybill', code: string): DestinationReading | null {
  if (new RegExp(SHORT_CODE).test(code)) return null;
  const others = /^[0-9A-Za-z]*$/.test(code) ? '' : ', others among them';
  return refuse(
    field,
    `${field}-syntax`,
    `A short code has 4 to 12 letters and digits; this has ${code.length} characters${others}. Ask the business for it again.`,
  );
}

function refuse(field: string, code: string, message: string): DestinationReading {
  return { ok: false, fault: { field, code, message } };
}
