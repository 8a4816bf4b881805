import { readFileSync } from 'node:fs';
import type { HolidayCalendar } from '../domain/hours.ts';

/** What is wrong in a file of holidays. `line` is 0 for the file as a whole. */
export interface HolidayFault {
  readonly line: number;
  readonly message: string;
}

/** More bytes than every holiday of a thousand years. */
const HOLIDAYS_MAX_BYTES = 1024 * 1024;
const HOLIDAY_LINE = /^(\d{4}-\d{2}-\d{2})(?:\s+(.*))?$/;

/**
 * Reads a file of holidays: lines `YYYY-MM-DD name`; empty lines and what follows a # are passed over. Returns every fault where there
 * is one.
 *
 * @param name the file as the configuration names it.
 */
export function readHolidays(path: string, name: string): HolidayCalendar | readonly HolidayFault[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as { readonly code?: string }).code ?? '';
    const what = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    return [{ line: 0, message: `${what}. Write one line for each holiday, such as \`2026-12-25 Christmas Day\`.` }];
  }
  if (bytes.length > HOLIDAYS_MAX_BYTES) return [{ line: 0, message: 'is too large to be a calendar of holidays.' }];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return [{ line: 0, message: 'is not UTF-8 text. Save it as UTF-8.' }];
  }
  const faults: HolidayFault[] = [];
  const lines = new Map<string, number>();
  const days = new Map<string, string>();
  for (const [index, written] of text.split(/\r\n|\n|\r/).entries()) {
    const content = written.replace(/#.*$/, '').trim();
    if (content === '') continue;
    const [, date = '', holiday = ''] = HOLIDAY_LINE.exec(content) ?? [];
    const line = index + 1;
    if (!isDate(date))
      faults.push({ line, message: `\`${content.slice(0, 40)}\` does not begin with a date such as 2026-12-25.` });
    else if (days.has(date))
      faults.push({ line, message: `${date} stands on line ${lines.get(date) ?? 0} already. Keep one.` });
    else {
      // The name is printed: a control character would reach the terminal.
      days.set(date, holiday.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim());
      lines.set(date, line);
    }
  }
  if (faults.length > 0) return faults;
  if (days.size === 0)
    return [{ line: 0, message: 'names no holiday. Write lines such as `2026-12-25 Christmas Day`.' }];
  const years = [...new Set([...days.keys()].map((date) => Number(date.slice(0, 4))))].sort((a, b) => a - b);
  return { file: name, days, years };
}

/** Date.UTC rolls 30 February over into March; a date that comes back changed was none. */
function isDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return text !== '' && new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10) === text;
}
