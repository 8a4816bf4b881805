import type { DestinationKind } from '../../domain/destination.ts';
import type { Field } from '../fields.ts';
import { textAtPath, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';

/** The fields of a payment's destination, as far as the message has them. */
export type DestinationFields = Partial<Record<Field, string>>;

/** Why a creditor account cannot be read. */
export interface DestinationFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** What kind of account something is, by ISO's external codes and by the words that people write. */
const KIND_OF_CODE: ReadonlyMap<string, DestinationKind> = new Map(
  Object.entries<DestinationKind>({
    ...{ tele: 'mobile', mbno: 'mobile', msisdn: 'mobile', mobile: 'mobile', phone: 'mobile', mobilenumber: 'mobile' },
    ...{ mobilemoney: 'mobile', phonenumber: 'mobile', mpesa: 'mobile' },
    ...{ ewal: 'wallet', wallet: 'wallet', paybill: 'paybill', till: 'till', bban: 'bank', bank: 'bank' },
  }),
);

const ACCOUNT_EXAMPLE =
  '<Othr><Id>+254712345678</Id><SchmeNm><Prtry>MSISDN</Prtry></SchmeNm></Othr> for a mobile, WALLET for a wallet, PAYBILL (paybill/account), TILL, ' +
  'or a bank account with its bank in CdtrAgt';

interface Named {
  readonly kind: DestinationKind;
  readonly text: string;
}

/** Where a payment goes. A bank's code is chosen by `bankCode` from those that the message has of the bank. */
export function creditorDestination(
  account: PainElement | null,
  agent: PainElement | null,
  bankCode: (codes: readonly string[]) => string,
): { readonly fields: DestinationFields } | { readonly fault: DestinationFault } {
  // Without an account a payment goes nowhere, which is reported as of any batch.
  if (account === null) return { fields: {} };
  const codes = bankCodesOf(agent);
  const known = [accountNamed(account, codes), proxyNamed(account)].filter((found) => found !== null);
  for (const found of known) if ('code' in found) return { fault: found };
  const [first, second] = known as readonly Named[];
  if (first === undefined) return { fields: {} };
  if (second !== undefined && (first.kind !== second.kind || first.text !== second.text)) {
    const message =
      'CdtrAcct names an account (Id) and a proxy (Prxy), and whether both mean one account is not guessed. Leave one.';
    return { fault: { field: '', code: 'destination-several', message } };
  }
  const fields = destinationFields(first, codes, bankCode);
  return 'code' in fields ? { fault: fields } : { fields };
}

/** The codes by which a message names the creditor's bank, the national one first; some programs write NOTPROVIDED for none. */
export function bankCodesOf(agent: PainElement | null): readonly string[] {
  const bank = agent === null ? null : elementAt(agent, 'FinInstnId');
  if (bank === null) return [];
  const bic = textAtPath(bank, 'BICFI') || textAtPath(bank, 'BIC');
  const codes = [
    textAtPath(bank, 'ClrSysMmbId', 'MmbId'),
    bic,
    // The branch code XXX of ISO 9362 means the head office, and says no more than the first eight characters.
    bic.replace(/^(.{8})X{3}$/, '$1'),
    textAtPath(bank, 'Othr', 'Id'),
  ];
  return [...new Set(codes)].filter((code) => code !== '' && code.toUpperCase() !== 'NOTPROVIDED');
}

function accountNamed(account: PainElement, codes: readonly string[]): Named | DestinationFault | null {
  const iban = textAtPath(account, 'Id', 'IBAN');
  if (iban !== '') {
    const text = iban.replace(/ /g, '').toUpperCase();
    return isIban(text) ? { kind: 'bank', text } : IBAN_FAULT;
  }
  const other = elementAt(account, 'Id', 'Othr');
  const text = other === null ? '' : textAtPath(other, 'Id');
  if (other === null || text === '') return null;
  const scheme = wordOf(elementAt(other, 'SchmeNm'));
  const words = [scheme, wordOf(elementAt(account, 'Tp'))];
  const kinds = words.flatMap((word) => KIND_OF_CODE.get(word.toLowerCase()) ?? []);
  const [kind, otherKind = kind] = kinds;
  if (kind !== otherKind) {
    const message = `SchmeNm says that this account is a ${kind ?? ''}, and Tp that it is a ${otherKind ?? ''}. Correct one of them.`;
    return { field: '', code: 'destination-kind-unclear', message };
  }
  if (kind !== undefined) return { kind, text };
  if (codes.length > 0) return { kind: 'bank', text };
  if (words.join('') === '' && isInternationalPhone(text)) return { kind: 'mobile', text };
  const what =
    scheme === ''
      ? 'Nothing says what this account is'
      : 'SchmeNm does not say what this account is, as far as payrun knows';
  return { field: '', code: 'destination-kind-unclear', message: `${what}. Write ${ACCOUNT_EXAMPLE}.` };
}

function proxyNamed(account: PainElement): Named | DestinationFault | null {
  const proxy = elementAt(account, 'Prxy');
  const text = proxy === null ? '' : textAtPath(proxy, 'Id');
  if (proxy === null || text === '') return null;
  const word = wordOf(elementAt(proxy, 'Tp'));
  const kind = KIND_OF_CODE.get(word.toLowerCase());
  if (kind !== undefined && kind !== 'bank') return { kind, text };
  if (word === '' && isInternationalPhone(text)) return { kind: 'mobile', text };
  const what =
    word === ''
      ? 'The proxy (Prxy) does not say what it is'
      : `payrun cannot pay to a proxy (Prxy) of the type ${word}`;
  return {
    field: '',
    code: 'destination-proxy',
    message: `${what}. Types that it knows: TELE, MBNO, EWAL; or write the account itself.`,
  };
}

function destinationFields(
  { kind, text }: Named,
  codes: readonly string[],
  bankCode: (codes: readonly string[]) => string,
): DestinationFields | DestinationFault {
  switch (kind) {
    case 'mobile':
      return { mobile: text };
    case 'wallet':
      return { wallet: text };
    case 'till':
      return { till: text };
    case 'bank':
      return { bank_code: bankCode(codes), bank_account: text };
    case 'paybill': {
      const [paybill = '', account, ...rest] = text.split('/');
      if (rest.length === 0) return { paybill, paybill_account: account ?? '' };
      const message = 'A paybill is written with its account behind one slash: 247247/0123456.';
      return { field: 'paybill', code: 'paybill-syntax', message };
    }
  }
}

/** A leading plus is a phone's: no bank and no wallet writes its accounts so. */
function isInternationalPhone(text: string): boolean {
  return /^\+\d[\d ()-]{6,20}$/.test(text);
}

/** The word of a code or of a proprietary name, letters and digits alone, as far as it can be shown. */
function wordOf(choice: PainElement | null): string {
  if (choice === null) return '';
  return (textAtPath(choice, 'Cd') || textAtPath(choice, 'Prtry')).replace(/[^A-Za-z0-9]/g, '').slice(0, 35);
}

const IBAN_FAULT: DestinationFault = {
  field: 'bank_account',
  code: 'iban-check-digits',
  message:
    'This IBAN is not right: its check digits do not fit, so that a digit is wrong or missing. Compare it with the bank details of the payee.',
};

/** Whether an IBAN has the form and the check digits of ISO 13616. */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
