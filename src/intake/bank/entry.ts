import { currencyDecimals } from '../../domain/money.ts';
import type { StatementRow } from '../../domain/statement.ts';

/** What makes a bank's statement unusable as a whole: then none of its entries may be used. */
export class BankStatementFault extends Error {
  override readonly name = 'BankStatementFault';
  readonly code: string;
  readonly line: number;

  constructor(line: number, code: string, message: string) {
    super(message);
    this.code = code;
    this.line = line;
  }
}

/** Takes the entries of a statement as they are read. */
export type TakeEntry = (row: StatementRow) => void;

const OUR_REFERENCE = /^[0-9A-HJKMNP-TV-Z]{20}$/i;
/** What banks write where a payment has no reference. */
const NO_REFERENCE = /^(?:|NONREF|NOTPROVIDED|NOREF)$/i;

/**
 * The reference of an entry: the ids that have the shape of ours, alone, because a field for an id holds nothing else; else all ids and the
 * note behind them, in which a reference of ours may only be spoken of.
 */
export function entryReference(ids: readonly string[], note: string): string {
  const known = [...new Set(ids.filter((id) => !NO_REFERENCE.test(id)))];
  const ours = known.filter((id) => OUR_REFERENCE.test(id));
  return ours.length > 0 ? ours.join(' ') : [...known, note].filter((text) => text !== '').join(' ');
}

const AGAIN = 'Take the statement from the bank again.';

/**
 * Minor units of an amount of digits with one separator before its decimals. Zeros behind the decimals of the currency are taken off.
 * Throws {@link BankStatementFault} for everything else, and for a currency whose decimals are not known.
 */
export function bankMinor(text: string, currency: string, separator: ',' | '.', line: number): bigint {
  const decimals = currencyDecimals(currency);
  if (decimals === undefined) {
    const message = `Currency ${currency} is not known to payrun, so that its amounts cannot be read.`;
    throw new BankStatementFault(line, 'statement-currency', message);
  }
  const [whole = '', fraction = '', ...more] = text.split(separator);
  if (!/^\d{1,15}$/.test(whole) || !/^\d*$/.test(fraction) || more.length > 0) {
    throw new BankStatementFault(line, 'amount-syntax', `The amount reads ${JSON.stringify(text)}. ${AGAIN}`);
  }
  if (/[1-9]/.test(fraction.slice(decimals))) {
    const message = `The amount reads ${JSON.stringify(text)}, and ${currency} has ${decimals} decimals. ${AGAIN}`;
    throw new BankStatementFault(line, 'amount-decimals', message);
  }
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
}
