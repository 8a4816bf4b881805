/** Spaces that people and spreadsheets put between groups of digits. */
const GROUPING = /[\s\u00A0\u2007\u2009\u202F'’]/g;

/** Digits with points or commas between them. */
const POINTED = /^[+-]?\d+(?:[.,]\d+)+$/;

/** What a person writes and no spreadsheet does: a zero or a plus in front, and groups of three digits or more behind a point. */
const TYPED = /^(?:\+|0)\d+\.\d{3,}$/;

/** Whole groups of two digits or more, between points: `0711.222.333`, `07.11.22.23.33`. */
const POINTED_GROUPS = /^\+?\d+(?:\.\d{2,}){2,}$/;

/**
 * Whether digits are written as a decimal number, as spreadsheets and data frames write a column of numbers: `711000010.0`. The
 * point is no separator then. Read as one, the `0` behind it would take the place of a digit that is missing.
 */
export function isDecimalNumber(text: string): boolean {
  // Cheap first: nearly no cell of digits holds either.
  if (!text.includes('.') && !text.includes(',')) return false;
  const compact = text.replace(GROUPING, '');
  return POINTED.test(compact) && !TYPED.test(compact) && !POINTED_GROUPS.test(compact);
}

/** The digits before the point of a decimal number that has nothing but zeros behind it; null for any other number. */
export function wholeNumberOf(text: string): string | null {
  return /^(\d+)[.,]0+$/.exec(text.replace(GROUPING, ''))?.[1] ?? null;
}
