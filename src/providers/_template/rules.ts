import type { AccountRules, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema, refusedField } from '../kit/destination-rules.ts';
import type { AccountOptions } from '../port.ts';

/** What an account with these options can pay. `kit/` has the rules of Kenyan mobiles, paybills and tills. */
export function templateRules(account: AccountOptions): AccountRules {
  return {
    account: account.account,
    provider: '_template',
    currency: account.currency,
    currencies: [account.currency],
    destinations: { mobile: templateMobileRule() },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: null,
  };
}

function templateMobileRule(): DestinationRule {
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: 'Phone with its country, as +254712345678' } }),
    normalise: ({ mobile = '' }) =>
      /^\+\d{8,15}$/.test(mobile)
        ? { ok: true, destination: { kind: 'mobile', phone: mobile } }
        : refusedField('mobile', 'mobile-syntax', 'Write the phone number with its country: + and 8 to 15 digits.'),
    nameRequired: false,
    nameMax: null,
    minAmountMinor: null,
    maxAmountMinor: null,
    stepMinor: 1n,
  };
}
