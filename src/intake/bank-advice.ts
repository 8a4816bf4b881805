import { mostAlike } from '../documents/similar.ts';
import type { AccountRules, FieldFault, KnownBank } from '../domain/rules.ts';
import type { Row, RowReader } from './row.ts';

/** So many banks are named by a message. */
const BANKS_NAMED = 3;

/** The banks that an account is known to pay in a currency. */
export function knownBanks(rules: AccountRules, currency: string): readonly KnownBank[] {
  return (rules.banks ?? []).filter((bank) => bank.currency === currency);
}

/** The message of a fault; one about a bank's code names the banks that the cell most likely means. */
export function withBankAdvice(
  reader: RowReader,
  row: Row,
  { field, code, message }: FieldFault,
  { rules, currency }: { readonly rules: AccountRules; readonly currency: string },
): string {
  if (field !== 'bank_code' || !code.startsWith('bank-')) return message;
  return message + bankAdvice(reader.cell(row, 'bank_code'), rules, currency);
}

function bankAdvice(cell: string, rules: AccountRules, currency: string): string {
  const known = knownBanks(rules, currency);
  if (known.length === 0) return '';
  const near = /^\d+$/.test(cell) ? sameNumber(cell, known) : mostAlikeBanks(cell, known);
  const names = near.slice(0, BANKS_NAMED).map((bank) => `${bank.code} ${bank.name}`.trim());
  const list = `payrun banks ${rules.provider}`;
  const isName = /\p{L}{3}/u.test(cell);
  const map = isName
    ? ' Names of banks are read where `values: { bank_code: { NAME: "CODE" } }` says what each is.'
    : '';
  if (names.length === 0) return `${map} The codes that ${rules.provider} knows: ${list}.`;
  return ` ${rules.provider} knows ${names.join(', ')}; the whole list: ${list}.${map}`;
}

/** The banks whose code is the same number but for zeros in front: another number that looks alike is another bank. */
function sameNumber(cell: string, known: readonly KnownBank[]): readonly KnownBank[] {
  const withoutZeros = (code: string): string => code.replace(/^0+/, '');
  return known.filter(({ code }) => withoutZeros(code) === withoutZeros(cell));
}

function mostAlikeBanks(cell: string, known: readonly KnownBank[]): readonly KnownBank[] {
  const byText = new Map(known.flatMap((bank) => [bank.name, bank.code].map((text) => [text, bank] as const)));
  const texts = [...byText.keys()].filter((text) => text !== '');
  const near = mostAlike(cell, texts, 2 * BANKS_NAMED).map((text) => byText.get(text));
  return [...new Set(near)].filter((bank) => bank !== undefined);
}
