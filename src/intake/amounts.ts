import type { NumberFormat } from '../domain/csv-defaults.ts';
import { parseAmount, type AmountFault } from '../domain/money.ts';

export const NUMBER_FORMATS: readonly NumberFormat[] = ['1,250.50', '1.250,50', '1 250,50', '1250,50'];

/** A text longer than this is no amount, and not worth reading as a number. */
const AMOUNT_MAX = 64;

/** Digits that a spreadsheet threw away: `2.547E+11`. Also with a decimal comma, and without the plus where a number is meant. */
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+$/;
/** For fields that may hold letters, where `1E5` can be what is meant: only what no person writes. */
const SCIENTIFIC_SIGNED = /^[+-]?\d+(?:[.,]\d+)?[eE]\+\d+$/;

export function isScientific(text: string, field: 'number' | 'text'): boolean {
  // Cheap first: nearly no cell ends in a digit after an E.
  if (!text.includes('E') && !text.includes('e')) return false;
  return (field === 'number' ? SCIENTIFIC : SCIENTIFIC_SIGNED).test(text);
}

/** What is wrong with an amount, as the last part of its problem's code. */
export type AmountProblem =
  | Exclude<AmountFault, 'empty' | 'syntax'>
  | 'missing'
  | 'digits-lost'
  | 'negative'
  | 'thousands-separator'
  | 'decimal-comma'
  | 'format'
  | 'syntax';

/**
 * An amount as the file spells it, in minor units. Without a declared format only digits and a point are read: whether
 * `1.250` is twelve hundred or one and a quarter is never guessed.
 */
export function readAmount(text: string, decimals: number, format: NumberFormat | null): bigint | AmountProblem {
  if (text.length > AMOUNT_MAX) return 'syntax';
  const plain = format === null ? text : ungroup(text, format);
  const read = plain === null ? 'syntax' : parseAmount(plain, decimals);
  if (typeof read === 'bigint') return read;
  if (read === 'empty') return 'missing';
  if (read !== 'syntax') return read;
  if (isScientific(text, 'number')) return 'digits-lost';
  if (/^[-−(]/.test(text)) return 'negative';
  if (format !== null) return 'format';
  if (/^\d+,\d{1,2}$/.test(text)) return 'decimal-comma';
  return /^\d{1,3}(?:[.,'’\s]\d{2,3})+(?:[.,]\d+)?$/.test(text) ? 'thousands-separator' : 'syntax';
}

/** What to do about it; the value itself is shown by its shape, elsewhere. */
export function amountAdvice(
  problem: AmountProblem,
  currency: string,
  decimals: number,
  format: NumberFormat | null,
): string {
  switch (problem) {
    case 'missing':
      return 'The amount is empty. Write what is to be paid, or remove the row.';
    case 'zero':
      return 'The amount is zero. Write what is to be paid, or remove the row.';
    case 'negative':
      return 'The amount is negative. Only amounts greater than zero are paid; correct or remove the row.';
    case 'too-large':
      return 'The amount has more than 13 digits before the point. Correct it.';
    case 'decimals':
      return decimals === 0
        ? `${currency} has no decimals. Write a whole amount, or declare \`rounding: down\` (or half-up); if the point groups thousands, declare ${DECLARE} "1.250,50".`
        : `${currency} has ${decimals} decimals and this has more. Round it yourself, or declare \`rounding: down\` (or half-up); if the point groups thousands, declare ${DECLARE} "1.250,50".`;
    case 'digits-lost':
      return 'A spreadsheet has shortened this number and digits may be lost. Format the column as text (or number), enter the amount again and save.';
    case 'thousands-separator':
      return `Thousands are grouped, and how is not guessed. Write 1250.50, or declare ${DECLARE} one of ${FORMATS}.`;
    case 'decimal-comma':
      return `A comma may part decimals or thousands, and which is not guessed. Write 1250.50, or declare ${DECLARE} one of ${FORMATS}.`;
    case 'format':
      return `This is not written as the declared \`number_format: "${format ?? ''}"\` says. Correct the amount or the declaration.`;
    case 'syntax':
      return 'An amount is digits with at most one point, like 1250.50: no currency, sign or spaces. Correct it.';
  }
}

const DECLARE = '`number_format` (in the YAML batch, or under `defaults:` of the configuration) as';
const FORMATS = NUMBER_FORMATS.map((format) => `"${format}"`).join(', ');

/** Groups may be left out as a whole, never stand in the wrong place. Spaces include the two that spreadsheets use. */
const SPELLINGS: { readonly [Format in NumberFormat]: { readonly spelling: RegExp; readonly group: RegExp } } = {
  '1,250.50': { spelling: /^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/, group: /,/g },
  '1.250,50': { spelling: /^(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/, group: /\./g },
  '1 250,50': { spelling: /^(?:\d{1,3}(?:[ \u00A0\u202F]\d{3})+|\d+)(?:,\d+)?$/, group: /[ \u00A0\u202F]/g },
  '1250,50': { spelling: /^\d+(?:,\d+)?$/, group: /(?!)/g },
};

function ungroup(text: string, format: NumberFormat): string | null {
  if (text === '') return '';
  const { spelling, group } = SPELLINGS[format];
  return spelling.test(text) ? text.replace(group, '').replace(',', '.') : null;
}
