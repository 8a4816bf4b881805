/**
 * Days and times of day, whose digits are neither an amount nor a destination: 28/11/2026, 2026-11-28, 28-Nov-26, November 2026,
 * 16:02:10.
 */
const DATES =
  /\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:\d{1,2}(?:st|nd|rd|th)?[- ]?)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[- ,]{0,2}(?:\d{1,2},? )?(?:\d{4}|\d{2})\b|\b\d{1,2}:\d{2}(?::\d{2})?\b/gi;

/** Whether a cell holds anything but spaces and a spreadsheet's leading apostrophe. */
export function isFilled(cell: string | undefined): cell is string {
  if (cell === undefined || cell === '') return false;
  const unit = cell.charCodeAt(0);
  return (unit > 32 && unit < 127 && unit !== 39) || cell.replace(/^\s*'/, '').trim() !== '';
}

/** Whether a cell holds a digit that belongs to no date. */
export function hasFigure(cell: string | undefined): boolean {
  return cell !== undefined && /\p{Nd}/u.test(cell.replace(DATES, ''));
}

/** Whether a cell could be a phone, an account or a wallet: five digits or more that belong to no date, and no words around them. */
export function looksLikeDestination(cell: string | undefined): boolean {
  if (cell === undefined) return false;
  const text = cell.replace(DATES, '').trim();
  return (text.match(/\p{Nd}/gu) ?? []).length >= 5 && !/\p{L}{2,}[\s:.]/u.test(text);
}

/** Whether a cell is of words: letters, and no digit at all. */
export function isWords(cell: string): boolean {
  return /\p{L}/u.test(cell) && !/\p{Nd}/u.test(cell);
}

/** Whether a cell holds a phone or an account and nothing else: nine digits or more. */
export function isBareDestination(cell: string): boolean {
  return /^'?\+?[\p{Nd}\s()-]+$/u.test(cell.trim()) && (cell.match(/\p{Nd}/gu) ?? []).length >= 9 && hasFigure(cell);
}
