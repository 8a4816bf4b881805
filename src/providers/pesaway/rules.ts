import type { AccountRules, DestinationReading, DestinationRule } from '../../domain/rules.ts';
import { fieldsSchema, refusedField, type PayableRange } from '../kit/destination-rules.ts';
import { KENYAN_BANKS } from '../kit/kenyan-banks.ts';
import { bareBillRule, KENYAN_SHORT_CODE, tillRule } from '../kit/short-codes.ts';
import type { AccountOptions } from '../port.ts';
import { channelReview } from './channels.ts';
import { normaliseRegionMobile } from './phones.ts';
import { KENYA } from './regions.ts';
import { readPesawaySettings, type AmountLimits, type PesawaySettings } from './settings.ts';

/** The guide has digits only; the newest client, which pays in other regions too, lets more through. */
const DIGITS = '^[0-9]{2,80}$';
const ACCOUNT = '^[A-Za-z0-9._ -]{2,80}$';

/** No slash: it stands between bank and account wherever a destination is written as one text. */
const BANK_NAME = "^[A-Za-z0-9&.,'() -]{2,60}$";

/** What a PesaWay account with these options can pay. */
export function pesawayRules(account: AccountOptions): AccountRules {
  const settings = readPesawaySettings(account.options);
  return {
    account: account.account,
    provider: 'pesaway',
    currency: account.currency,
    currencies: [settings.region.currency],
    destinations: {
      mobile: pesawayMobileRule(settings),
      bank: pesawayBankRule(settings),
      // The length of short codes is not documented [assumed].
      paybill: bareBillRule(KENYAN_SHORT_CODE, pesawayRangeOf(settings.limits.mobile), BILL_ACCOUNT_UNSUPPORTED),
      till: tillRule(KENYAN_SHORT_CODE, pesawayRangeOf(settings.limits.mobile)),
    },
    maxAmountMinor: account.maxAmountMinor,
    narrativeMax: settings.reasonMax,
    review: (payment) => channelReview(payment, account.account, settings),
  };
}

const BILL_ACCOUNT_UNSUPPORTED =
  'PesaWay documents no way to name an account inside a paybill, so the money would arrive without it. Pay this bill otherwise; only a paybill that needs no account can be paid, with paybill_account empty.';

function pesawayMobileRule({ region, limits }: PesawaySettings): DestinationRule {
  const description = `Mobile of ${region.place}, best as ${region.sample}`;
  return {
    schema: fieldsSchema({ mobile: { type: 'string', description } }),
    normalise: ({ mobile = '' }) => normaliseRegionMobile(mobile, region),
    ...pesawayRangeOf(limits.mobile),
  };
}

function pesawayBankRule({ generation, region, limits }: PesawaySettings): DestinationRule {
  const account = region === KENYA ? DIGITS : ACCOUNT;
  return {
    schema: fieldsSchema({
      bank_code:
        generation === 2
          ? { type: 'string', pattern: '^[0-9]{2}$' }
          : { type: 'string', pattern: BANK_NAME, description: 'The bank as PesaWay names it, such as KCB' },
      bank_account: { type: 'string', pattern: account },
    }),
    normalise: ({ bank_code: code = '', bank_account = '' }) => {
      const fault =
        (generation === 2 ? pesawayCodeFault(code) : nameFault(code)) ?? pesawayAccountFault(bank_account, account);
      if (fault !== null) return fault;
      const destination = { kind: 'bank', code, account: bank_account } as const;
      if (generation === 3 || KENYAN_BANKS.has(code)) return { ok: true, destination };
      const message = `Bank ${code} is not among the clearing numbers that are known. PesaWay publishes no list: check the code with PesaWay.`;
      return { ok: true, destination, warning: { field: 'bank_code', code: 'bank-code-unknown', message } };
    },
    ...pesawayRangeOf(limits.bank),
  };
}

/** No request has a field for the recipient's name. */
function pesawayRangeOf({ minMinor, maxMinor }: AmountLimits): PayableRange {
  return { nameRequired: false, nameMax: null, minAmountMinor: minMinor, maxAmountMinor: maxMinor, stepMinor: 1n };
}

function pesawayCodeFault(code: string): DestinationReading | null {
  if (/^[0-9]{2}$/.test(code)) return null;
  return /^[0-9]$/.test(code)
    ? refusedField(
        'bank_code',
        'bank-code-leading-zero',
        `Bank code ${code} has lost its leading zero, as spreadsheets do. Write 0${code} and format the column as text.`,
      )
    : refusedField(
        'bank_code',
        'bank-code-syntax',
        'PesaWay knows banks by two digits, such as 68 for Equity Bank. Write that code.',
      );
}

function nameFault(name: string): DestinationReading | null {
  if (new RegExp(BANK_NAME).test(name) && /[A-Za-z]/.test(name)) return null;
  return refusedField(
    'bank_code',
    'bank-name-syntax',
    'This account (api_generation 3) names banks by their names, such as KCB, in 2 to 60 letters and digits. Write the name as PesaWay does.',
  );
}

function pesawayAccountFault(account: string, pattern: string): DestinationReading | null {
  if (new RegExp(pattern).test(account)) return null;
  const what = pattern === DIGITS ? '2 to 80 digits and nothing else' : '2 to 80 letters, digits, points or hyphens';
  const shape = /^[0-9]*$/.test(account)
    ? `${account.length} digits`
    : `${account.length} characters, others among them`;
  return refusedField(
    'bank_account',
    'bank-account-syntax',
    `A bank account number has ${what}; this has ${shape}. Check it against the payee's bank details.`,
  );
}
