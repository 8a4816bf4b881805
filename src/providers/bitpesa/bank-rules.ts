import type { FieldFault } from '../../domain/rules.ts';
import { ibanFault } from '../kit/iban.ts';
import { bbanOf, WEST_AFRICAN_BBAN } from './account-numbers.ts';
import { BITPESA_BANKS, GONE_BANKS } from './banks.ts';
import { isNuban, isRoutingNumber } from './check-digits.ts';
import type { PayoutType } from './payout-type.ts';
import { bitpesaColumnOf, bitpesaFault, type CheckedRow, type RowRule } from './row-rule.ts';

/** What refuses a row for its bank code or its account number. */
export const BANK_REFUSALS: readonly RowRule[] = [
  codesHaveTheirLength,
  branchKeepsItsZero,
  routingNumberIsRight,
  bankIsNotReplaced,
  accountHasItsLength,
  ibanIsRight,
  bicIsOne,
];

/** What is worth a look. */
export const BANK_WARNINGS: readonly RowRule[] = [bankCodeIsPrinted, ibanIsShortened, nubanFitsItsBank];

/** How many characters codes have, by field and currency or, of XOF and XAF, by field alone; a spreadsheet takes leading zeros away. */
const CODE_LENGTHS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  bank_code: { NGN: 3, GHS: 6, KES: 2, ZAR: 6, EGP: 4, USD: 4, XOF: 5, XAF: 5 },
  // The guide lists Uganda's branches with five and with six digits, and Zambia's as ZM and six.
  branch_code: { ZAR: 6, BWP: 6 },
  sort_code: { GBP: 6 },
  routing_number: { USD: 9 },
};

const CODE_FIELDS = Object.entries(CODE_LENGTHS);

/** Codes that have letters among them. */
const LETTERED: ReadonlySet<string> = new Set(['bank_code NGN', 'bank_code XOF']);

function codesHaveTheirLength({ payment: { currency }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  return CODE_FIELDS.flatMap(([field, lengths]) => {
    const code = details[field];
    const length = lengths[currency];
    if (code === undefined || length === undefined || !type.person.all.has(field)) return [];
    const isLettered = LETTERED.has(`${field} ${currency}`);
    if (code.length === length && (isLettered ? /^[A-Z0-9]+$/ : /^\d+$/).test(code)) return [];
    const column = bitpesaColumnOf(field, type.code);
    const what = `${CODE_NAMES[field] ?? 'banks'} of ${currency} by ${length} ${isLettered ? 'characters' : 'digits'}`;
    if (!/^\d+$/.test(code) || code.length > length) {
      return [
        bitpesaFault(
          column,
          'bank-code-syntax',
          `BitPesa knows ${what}. Write the code as the bank's details have it.`,
        ),
      ];
    }
    const message = `BitPesa knows ${what}, and this has ${code.length}. It may have lost its leading zeros, as spreadsheets do: compare code and account number with the payee's bank details, and format both columns as text.`;
    return [bitpesaFault(column, 'bank-code-leading-zero', message)];
  });
}

const CODE_NAMES: Readonly<Record<string, string>> = {
  branch_code: 'branches',
  sort_code: 'sort codes',
  routing_number: 'routing numbers',
};

/** Uganda's branches have five or six digits; of one alone the guide's code begins with a zero, and no branch has the rest of it. */
function branchKeepsItsZero({ payment: { currency }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  if (currency !== 'UGX' || details['branch_code'] !== '31085') return [];
  const message =
    "BitPesa's guide lists Stanbic Bank as 031085, and no branch as 31085: the code has lost its leading zero, as spreadsheets do. Compare code and account number with the payee's bank details, and format both columns as text.";
  return [bitpesaFault(bitpesaColumnOf('branch_code', type.code), 'bank-code-leading-zero', message)];
}

function routingNumberIsRight({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const number = details['routing_number'];
  if (number === undefined || !/^\d{9}$/.test(number) || isRoutingNumber(number)) return [];
  const message =
    "The routing number's check digit does not fit: a digit is wrong or two are exchanged. Compare it with the payee's bank details.";
  return [bitpesaFault(bitpesaColumnOf('routing_number', type.code), 'routing-number-check-digit', message)];
}

function bankIsNotReplaced({ payment: { currency }, payout: { details } }: CheckedRow): readonly FieldFault[] {
  const gone = GONE_BANKS[currency]?.[details['bank_code'] ?? ''];
  return gone?.isRefused === true ? [bitpesaFault('bank_code', 'bank-code-replaced', gone.message)] : [];
}

/** Lengths of account numbers where all banks of the currency share one. */
const ACCOUNT_DIGITS: Readonly<Record<string, number>> = { 'NGN::Bank': 10, 'GBP::Bank': 8 };

function accountHasItsLength({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const account = details['bank_account'];
  if (account === undefined) return [];
  const refused = (code: string, message: string): readonly FieldFault[] => [
    bitpesaFault('bank_account', code, message),
  ];
  const wanted = ACCOUNT_DIGITS[type.type];
  if (wanted === undefined) {
    if (/^[A-Za-z0-9-]{3,34}$/.test(account)) return [];
    return refused('detail-syntax', `bank_account of ${type.type} is 3 to 34 letters and digits. Correct it.`);
  }
  if (account.length === wanted && /^\d+$/.test(account)) return [];
  if (!/^\d+$/.test(account) || account.length > wanted) {
    return refused(
      'detail-syntax',
      `Account numbers of ${type.type} have ${wanted} digits and nothing else. Compare it with the payee's bank details.`,
    );
  }
  return refused(
    'bank-account-leading-zero',
    `Account numbers of ${type.type} have ${wanted} digits, and this has ${account.length}. It may have lost its leading zeros, as spreadsheets do: compare it with the payee's bank details, and format the column as text.`,
  );
}

/** Countries of the accounts that a type pays by IBAN; a type that is missing pays any. */
const IBAN_COUNTRIES: Readonly<Record<string, readonly string[]>> = {
  'XAF::Bank': ['CM', 'GA', 'CG', 'GQ', 'TD', 'CF'],
  'USD::Bank': ['EG'],
};

function ibanIsRight({ payment: { destination }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const iban = details['iban'];
  if (iban === undefined || destination.kind !== 'bank') return [];
  const refused = (code: string, message: string): readonly FieldFault[] => [
    bitpesaFault('bank_account', code, message),
  ];
  const written = destination.account.replace(/\s/g, '').toUpperCase();
  // A West African account may come as an IBAN or as the BBAN that is sent.
  if (type.type === 'XOF::Bank' && bbanOf(written) === null) {
    if (WEST_AFRICAN_BBAN.test(iban)) return [];
    return refused(
      'detail-syntax',
      `iban of XOF::Bank is the BBAN, 24 characters: two letters and 22 digits, as BJ0610100100144390000769; or the IBAN of 28. This has ${iban.length}. Compare it with the payee's bank details.`,
    );
  }
  const fault = ibanFault(written);
  switch (fault?.kind) {
    case 'form':
      return refused(
        'detail-syntax',
        `iban of ${type.type} is two letters, two check digits and then 8 to 30 letters and digits. Correct it.`,
      );
    case 'length':
      return refused(
        'iban-length',
        `An IBAN of ${written.slice(0, 2)} has ${fault.wanted} characters, and this has ${written.length}. Compare it with the payee's bank details.`,
      );
    case 'check-digits':
      return refused(
        'iban-check-digits',
        "The IBAN's check digits do not fit: a character is wrong, missing or exchanged with another. Compare it with the payee's bank details.",
      );
    case undefined:
      return countryFault(written.slice(0, 2), type, refused);
  }
}

function countryFault(
  country: string,
  { type }: PayoutType,
  refused: (code: string, message: string) => readonly FieldFault[],
): readonly FieldFault[] {
  const countries = IBAN_COUNTRIES[type];
  if (countries === undefined || countries.includes(country)) return [];
  return refused(
    'iban-country',
    `${type} pays accounts of ${countries.join(', ')}, and this IBAN is of ${country}. Check account and currency.`,
  );
}

function bicIsOne({ payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  return ['bic', 'swift_code']
    .filter((field) => details[field] !== undefined && !/^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/i.test(details[field]))
    .map((field) =>
      bitpesaFault(
        bitpesaColumnOf(field, type.code),
        'detail-syntax',
        `${field} of ${type.type} has 8 or 11 letters and digits, such as DEUTDEFF; national bank codes do not belong here. Correct it, or leave it empty where it is not needed.`,
      ),
    );
}

function bankCodeIsPrinted({ payment: { currency }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const unknown = (message: string): readonly FieldFault[] => [bitpesaFault('bank_code', 'bank-code-unknown', message)];
  if (type.type === 'ZMW::Bank' && !/^ZM\d{6}$/.test(details['branch_code'] ?? 'ZM000000')) {
    return unknown("BitPesa's guide writes branches of Zambia as ZM and six digits, such as ZM210003. Check the code.");
  }
  if (type.type === 'UGX::Bank' && !/^\d{5,6}$/.test(details['branch_code'] ?? '00000')) {
    return unknown(
      "BitPesa's guide writes branches of Uganda with five or six digits, such as 031085. Check the code.",
    );
  }
  const known = BITPESA_BANKS[currency];
  const code = details['bank_code'];
  if (type.code !== 'bank_code' || known === undefined || code === undefined || known.has(code)) return [];
  // A code of another length is refused already.
  if (code.length !== CODE_LENGTHS['bank_code']?.[currency]) return [];
  const gone = GONE_BANKS[currency]?.[code];
  if (gone !== undefined) return gone.isRefused ? [] : unknown(gone.message);
  return unknown(
    `Bank ${code.slice(0, 12)} is not among the banks that BitPesa's guide of November 2025 lists for ${currency}. Check the code: \`payrun banks bitpesa\` lists them.`,
  );
}

function ibanIsShortened({ payment: { destination }, payout: { type } }: CheckedRow): readonly FieldFault[] {
  if (type.type !== 'XOF::Bank' || destination.kind !== 'bank') return [];
  if (bbanOf(destination.account) === null || ibanFault(destination.account) !== null) return [];
  const message =
    'BitPesa wants the BBAN of this account, so its IBAN is sent without the first four characters. Nothing is to be done.';
  return [bitpesaFault('bank_account', 'iban-shortened', message)];
}

function nubanFitsItsBank({ payout: { type, details }, settings }: CheckedRow): readonly FieldFault[] {
  const { bank_code: bank = '', bank_account: account = '' } = details;
  if (!settings.nubanCheck || type.type !== 'NGN::Bank' || !/^\d{3}$/.test(bank) || !/^\d{10}$/.test(account))
    return [];
  if (isNuban(bank, account)) return [];
  const message = `The account number's last digit does not fit bank ${bank}. Compare bank and account number with the payee's bank details.`;
  return [bitpesaFault('bank_account', 'bank-account-check-digit', message)];
}
