import type { AccountRules, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema } from '../kit/destination-rules.ts';
import type { AccountOptions } from '../port.ts';
import { stepMinorOf } from './amounts.ts';
import { CURRENCIES } from './payout-types.ts';
import { normalisePhone } from './phones.ts';
import { reviewPayment } from './warnings.ts';
import { readBitpesaSettings } from './settings.ts';

/** What a BitPesa account with these options can pay. What depends on currency and payout type is reviewed with the whole row. */
export function bitpesaRules(account: AccountOptions): AccountRules {
  const settings = readBitpesaSettings(account.options);
  return {
    account: account.account,
    provider: 'bitpesa',
    currency: account.currency,
    currencies: CURRENCIES,
    destinations: { mobile: bitpesaMobileRule(account.currency), bank: bitpesaBankRule() },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: null,
    review: (payment) => reviewPayment(payment, settings, account.account),
  };
}

/** Minimum and maximum are BitPesa's own, by currency and day; it refuses what is outside before anything moves. */
const ANY_AMOUNT = {
  ...{ nameRequired: false, nameMax: null, minAmountMinor: null, maxAmountMinor: null },
  ...{ stepMinor: 1n, stepOf: stepMinorOf },
};

function bitpesaMobileRule(currency: string): DestinationRule {
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description: 'Phone with its country, best as +2348012345678' } }),
    normalise: ({ mobile = '' }) => normalisePhone(mobile, currency),
    ...ANY_AMOUNT,
  };
}

function bitpesaBankRule(): DestinationRule {
  const optional = ['bank_code'];
  return {
    schema: fieldsSchema(
      {
        bank_code: { type: 'string', description: 'Code of bank or branch; empty where the account is an IBAN' },
        bank_account: { type: 'string', description: 'Account number, or IBAN' },
      },
      optional,
    ),
    optional,
    normalise: ({ bank_code = '', bank_account = '' }) => {
      // People write both in groups; their forms are the payout type's to check.
      const [code, account] = [bank_code, bank_account].map((text) => text.replace(/\s/g, '').toUpperCase());
      if (account === undefined || code === undefined || account === '') {
        const message = 'There is no bank account. Fill in the account number or IBAN.';
        return { ok: false, fault: { field: 'bank_account', code: 'bank-account-missing', message } };
      }
      if (!/^[A-Z0-9-]{1,40}$/.test(account) || !/^[A-Z0-9-]{0,40}$/.test(code)) {
        const field = /^[A-Z0-9-]{1,40}$/.test(account) ? 'bank_code' : 'bank_account';
        const message = `The ${field.replace('_', ' ')} has other characters than letters, digits and hyphens. Correct it.`;
        return { ok: false, fault: { field, code: `${field.replace('_', '-')}-syntax`, message } };
      }
      return { ok: true, destination: { kind: 'bank', code, account } };
    },
    ...ANY_AMOUNT,
  };
}
