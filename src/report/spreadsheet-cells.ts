/** Digits that a spreadsheet would open as another number: a leading zero, more than 15 digits, or an exponent (`1E5`). */
export function isChangedNumber(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first < UNIT_OF_ZERO || first > UNIT_OF_NINE) return false;
  return (
    /^0\d[\d.,]*$/.test(text) ||
    (text.length > 15 && /^[\d.,]*$/.test(text) && text.replace(/\D/g, '').length > 15) ||
    /^\d+(?:[.,]\d+)?[eE][+-]?\d+$/.test(text)
  );
}

/**
 * Text that a spreadsheet of any country may open as a number, date, time, percentage or truth value, and save in another spelling:
 * an id `1-2` becomes the first of February, `1.50` becomes `1.5`, `false` becomes `FALSE`.
 */
export function isChangedText(text: string): boolean {
  if (text.length > CHANGED_MAX) return isChangedNumber(text);
  return NUMBER_TEXT.test(text)
    ? !WHOLE_NUMBER.test(text)
    : DATE_TEXT.test(text) || NAMED_DATE_TEXT.test(text) || isTruthValue(text);
}

const UNIT_OF_ZERO = 48;
const UNIT_OF_NINE = 57;

/** No date or number that a spreadsheet recognises is longer, but for plain digits. */
const CHANGED_MAX = 32;

/** Digits with what may stand between and around them in a number. */
const NUMBER_TEXT = /^[(.]?(?:\p{Sc}\s*)?\d[\d.,'’\s]*(?:[eE][+-]?\d+)?[)%-]?(?:\s*(?:\p{Sc}|%))?$/u;
/** The numbers that stay as they are. */
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/;
const DATE_TEXT = /^\d{1,4}[-/. ]\d{1,4}(?:[-/. ]\d{1,4})?$|^\d{1,3}:\d{2}(?::\d{2})?/;
const MONTH_WORD = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
/** Whatever follows: LibreOffice makes `10/01/1` of `oct/0001`, a row of the batch `oct`. */
const NAMED_DATE_TEXT = new RegExp(`^(?:${MONTH_WORD}[ ./-]*\\d|\\d{1,4}[ ./-]*${MONTH_WORD}(?:[^a-z]|$))`, 'i');

/** In the languages of the spreadsheets that a payroll meets. */
function isTruthValue(text: string): boolean {
  return /^(?:true|false|wahr|falsch|vrai|faux|verdadero|verdadeiro|falso|kweli)$/i.test(text);
}
