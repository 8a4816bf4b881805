/** Spaces that people and spreadsheets put between groups of digits. */
const GROUPING = /[\s\u00A0\u2007\u2009\u202F'’]/g;

/** Digits with points or commas between them. */
const POINTED = /^[+-]?\d+(?:[.,]\d+)+$/;

/** What a person writes and no spreadsheet does: a zero or a plus in front, and groups of three digits or more behind a point. */
const TYPED = /^(?:\+|0)\d+\.\d{3,}$/;

/** Whole groups of two digits or more, between points: `0711.222.333`, `07.11.22.23.33`. */
const POINTED_GROUPS = /^\+?\d+(?:\.\d{2,}){2,}$/;

/** Two whole numbers with a comma or point between them, as two phones in one cell. */
const TWO_NUMBERS = /\d{7,}[.,](?!0+$)\d{7,}/;

/**
 * Whether digits are written as a decimal number, as spreadsheets and data frames write a column of numbers: `711000010.0`. The
 * point is no separator then. Read as one, the `0` behind it would take the place of a digit that is missing.
 */
export function isDecimalNumber(text: string): boolean {
  // Cheap first: nearly no cell of digits holds either.
  if (!text.includes('.') && !text.includes(',')) return false;
  const compact = text.replace(GROUPING, '');
  return POINTED.test(compact) && !TYPED.test(compact) && !POINTED_GROUPS.test(compact) && !TWO_NUMBERS.test(compact);
}

/** The digits before the point of a decimal number that has nothing but zeros behind it; null for any other number. */
export function wholeNumberOf(text: string): string | null {
  return /^(\d+)[.,]0+$/.exec(text.replace(GROUPING, ''))?.[1] ?? null;
}

/** Digits of a number that a spreadsheet keeps; it writes zeros for all others. */
const SPREADSHEET_DIGITS = 15;

/** Whether a number is as long as spreadsheets cannot keep, and has zeros where they write them: `1234567890123450`. */
export function isRoundedNumber(text: string): boolean {
  return text.length > SPREADSHEET_DIGITS && /^[1-9]\d{14}0+$/.test(text);
}

const CALENDAR_MONTHS = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';

/** Dates as spreadsheets write them. */
const WRITTEN_DATE = new RegExp(
  `^(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}([/.])\\d{1,2}\\1\\d{2}(?:\\d{2})?|\\d{1,2}-${CALENDAR_MONTHS}(?:-\\d{2}(?:\\d{2})?)?|${CALENDAR_MONTHS}-\\d{2})(?: 00:00:00)?$`,
  'i',
);

/** Whether a text is a date as a spreadsheet writes one: what becomes of an id like `1-2` or `MAR1`. */
export function isWrittenDate(text: string): boolean {
  if (text.length < 5 || text.length > 19) return false;
  // Cheap first: a date has a hyphen, point or slash (units 45 to 47) among its first characters.
  for (let at = 1; at < 5; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 45 && unit <= 47) return WRITTEN_DATE.test(text);
  }
  return false;
}
