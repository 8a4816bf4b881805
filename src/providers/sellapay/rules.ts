import type { AccountRules, DestinationReading, DestinationRule, FieldFault } from '../../domain/rules.ts';
import type { AccountOptions } from '../port.ts';
import { SELLAPAY_BANK_CODES, SWIFT_CODES } from './banks.ts';
import { digitsShape, fieldsSchema, refusedField, type PayableRange } from '../kit/destination-rules.ts';
import { kenyanMobileRule } from '../kit/kenyan-mobile.ts';
import { readSellapaySettings, type FieldDialect, type SellapaySettings } from './settings.ts';
import { narrativeRoom } from './wire.ts';

/** What a Sellapay account with these options can pay. */
export function sellapayRules(account: AccountOptions): AccountRules {
  const settings = readSellapaySettings(account.options);
  return {
    account: account.account,
    provider: 'sellapay',
    currency: account.currency,
    currencies: ['KES'],
    destinations: {
      mobile: kenyanMobileRule('Sellapay', sellapayRangeOf(settings, settings.maxMobileAmountMinor)),
      wallet: walletRule(settings),
      bank: sellapayBankRule(settings),
    },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: narrativeRoom(settings),
  };
}

function sellapayRangeOf({ minAmountMinor }: SellapaySettings, maxAmountMinor: bigint | null): PayableRange {
  return { nameRequired: false, nameMax: null, minAmountMinor, maxAmountMinor, stepMinor: 1n };
}

function walletRule(settings: SellapaySettings): DestinationRule {
  return {
    schema: fieldsSchema({ wallet: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$' } }),
    normalise: ({ wallet = '' }) =>
      /^[A-Za-z0-9]{1,64}$/.test(wallet)
        ? { ok: true, destination: { kind: 'wallet', wallet } }
        : refusedField(
            'wallet',
            'wallet-syntax',
            `A Sellapay account id has 1 to 64 letters and digits; this has ${wallet.length} characters${/^[A-Za-z0-9]*$/.test(wallet) ? '' : ', others among them'}. Copy it again from Sellapay.`,
          ),
    ...sellapayRangeOf(settings, null),
  };
}

function sellapayBankRule(settings: SellapaySettings): DestinationRule {
  const named = settings.dialect === 'seed';
  return {
    schema: fieldsSchema({
      bank_code: { type: 'string', pattern: named ? '^[0-9]{3}$' : '^[A-Z0-9]{8,11}$' },
      bank_account: { type: 'string', pattern: '^[0-9]{5,20}$' },
    }),
    normalise: ({ bank_code = '', bank_account = '' }) => normaliseBank(settings.dialect, bank_code, bank_account),
    ...sellapayRangeOf(settings, null),
    // The other dialects have no field for the recipient's name.
    nameRequired: named,
    nameMax: named ? settings.accountNameMax : null,
  };
}

function normaliseBank(dialect: FieldDialect, bankCode: string, account: string): DestinationReading {
  const code = dialect === 'seed' ? bankCode : bankCode.toUpperCase();
  const fault = dialect === 'seed' ? sellapayCodeFault(code) : swiftFault(code);
  if (fault !== null) return { ok: false, fault };
  if (!/^[0-9]{5,20}$/.test(account)) return sellapayAccountFault(account);
  const destination = { kind: 'bank', code, account } as const;
  const known = dialect === 'seed' ? SELLAPAY_BANK_CODES : SWIFT_CODES;
  if (known.has(code)) return { ok: true, destination };
  const warning = {
    field: 'bank_code',
    code: 'bank-code-unknown',
    message: `Bank ${code} is not among the banks that Sellapay prints. Its list is said to be longer: check the code with Sellapay.`,
  };
  return { ok: true, destination, warning };
}

function sellapayCodeFault(code: string): FieldFault | null {
  if (/^[0-9]{3}$/.test(code)) return null;
  if (/^[0-9]{1,2}$/.test(code)) {
    return bankCodeFault(
      'bank-code-leading-zero',
      `Bank code ${code} has lost its leading zero, as spreadsheets do. Write ${code.padStart(3, '0')} and format the column as text.`,
    );
  }
  return bankCodeFault(
    'bank-code-syntax',
    'Sellapay knows banks by three digits, such as 015 for Equity Bank. Write that code.',
  );
}

function swiftFault(code: string): FieldFault | null {
  if (/^[A-Z0-9]{8,11}$/.test(code) && !/^[0-9]+$/.test(code)) return null;
  return bankCodeFault(
    'bank-code-syntax',
    'With this field_dialect Sellapay knows banks by SWIFT codes of 8 to 11 letters and digits, such as EQBLKENA. Write that code.',
  );
}

function sellapayAccountFault(account: string): DestinationReading {
  return refusedField(
    'bank_account',
    'bank-account-syntax',
    `A bank account number has 5 to 20 digits and nothing else; this has ${digitsShape(account)}. Check it against the payee's bank details.`,
  );
}

function bankCodeFault(code: string, message: string): FieldFault {
  return { field: 'bank_code', code, message };
}
