import type { NumberFormat } from '../domain/csv-defaults.ts';
import { currencyDecimals } from '../domain/money.ts';
import { NUMBER_FORMATS, readAmount, type AmountProblem } from './amounts.ts';

export interface StatementAmount {
  /** Without its sign. */
  readonly minor: bigint;
  readonly isNegative: boolean;
  /** A mark for debit or credit behind the digits. */
  readonly mark: 'out' | 'in' | null;
}

export const NO_AMOUNT: StatementAmount = { minor: 0n, isNegative: false, mark: null };

/** A dash stands for zero in the accounting format of spreadsheets. */
const ONLY_DASHES = /^[-–—−]+$/;
const MINUS_BEFORE = /^[-−]\s*/;
const MINUS_BEHIND = /\s*[-−]$/;
const BRACKETS = /^\((.*)\)$/s;
const MARK = /\s*(dr|cr)\.?$/i;

/** An amount as statements print it: with a sign before or behind it, in brackets, with DR or CR, with its currency. */
export function readStatementAmount(
  text: string,
  currency: string,
  format: NumberFormat | null,
): StatementAmount | AmountProblem {
  if (text === '') return 'missing';
  if (ONLY_DASHES.test(text)) return NO_AMOUNT;
  let digits = text;
  const [, mark] = MARK.exec(digits) ?? [];
  if (mark !== undefined) digits = digits.replace(MARK, '');
  digits = withoutCurrency(digits, currency);
  let isNegative = false;
  const [, inBrackets] = BRACKETS.exec(digits) ?? [];
  if (inBrackets !== undefined) {
    isNegative = true;
    digits = inBrackets.trim();
  } else if (MINUS_BEFORE.test(digits) || MINUS_BEHIND.test(digits)) {
    isNegative = true;
    digits = MINUS_BEFORE.test(digits) ? digits.replace(MINUS_BEFORE, '') : digits.replace(MINUS_BEHIND, '');
  } else if (digits.startsWith('+')) {
    digits = digits.slice(1).trim();
  }
  digits = withoutCurrency(digits, currency);
  const decimals = currencyDecimals(currency) ?? 2;
  const reading = readAmount(decimals < 2 ? withoutZeros(digits, format) : digits, decimals, format);
  if (reading === 'zero') return NO_AMOUNT;
  if (typeof reading !== 'bigint') return reading;
  return { minor: reading, isNegative, mark: mark === undefined ? null : mark.toLowerCase() === 'dr' ? 'out' : 'in' };
}

/** Statements print decimals that a currency does not use (`1500.00` UGX). */
function withoutZeros(digits: string, format: NumberFormat | null): string {
  return format === null || format === '1,250.50' ? digits.replace(/\.0{1,2}$/, '') : digits.replace(/,0{1,2}$/, '');
}

function withoutCurrency(text: string, currency: string): string {
  const upper = text.toUpperCase();
  if (upper.startsWith(currency)) return text.slice(currency.length).trim();
  if (upper.endsWith(currency)) return text.slice(0, -currency.length).trim();
  return currency === 'KES' ? text.replace(/^ksh\.?\s*/i, '') : text;
}

/** What to do about an amount that cannot be read: first the setting that may be wrong, then the provider. */
export function statementAmountAdvice(
  problem: AmountProblem,
  currency: string,
  format: NumberFormat | null,
  setting: string,
): string {
  const formats = NUMBER_FORMATS.map((one) => `"${one}"`).join(', ');
  const again = 'If it is right already, take the statement from the provider again.';
  switch (problem) {
    case 'thousands-separator':
    case 'decimal-comma':
      return `How amounts are written is not guessed. Declare ${setting}.number_format as one of ${formats}. ${again}`;
    case 'decimals':
      return `${currency} has ${currencyDecimals(currency) ?? 2} decimals and this has more. Is the point or comma one between thousands? Then declare ${setting}.number_format as one of ${formats}. ${again}`;
    case 'format':
    case 'negative':
    case 'syntax':
      return format === null
        ? `It is not written as digits with a point. Declare ${setting}.number_format as one of ${formats}, and check which column ${setting}.columns.amount names. ${again}`
        : `It is not written as ${setting}.number_format: "${format}" says; there are ${formats}. Check also which column ${setting}.columns.amount names. ${again}`;
    case 'digits-lost':
      return 'A spreadsheet has shortened this number and digits may be lost. Take the statement from the provider again.';
    case 'too-large':
      return `It has more than 13 digits before the point. Check ${setting}.number_format. ${again}`;
    case 'missing':
    case 'zero':
      return again;
  }
}
