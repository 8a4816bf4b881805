import type { Config } from '../../config/config.ts';
import { dateOfInstant } from '../../domain/time-zone.ts';
import type { Notice } from './notices.ts';

/** How long before its last day a calendar of holidays is named. */
const NOTICE_MS = 60 * 86_400_000;

/** Calendars of holidays that know nothing of the time in 60 days, when nothing can be paid under them; null: none. */
export function calendarNotice({ accounts }: Config, now: number): Notice | null {
  const found = [...accounts].flatMap(([name, { hours }]) => {
    if (hours === null || hours.calendar === null) return [];
    const { file, years } = hours.calendar;
    const year = [now, now + NOTICE_MS]
      .map((at) => Number(dateOfInstant(at, hours.timezone).slice(0, 4)))
      .find((one) => !years.includes(one));
    return year === undefined ? [] : [{ name, file, year }];
  });
  if (found.length === 0) return null;
  const texts = found.map(({ name, file, year }) => {
    return `Account ${name}: ${file} names no holiday of ${year}, and payrun pays nothing from the account in a year that the file does not have. Add the holidays of ${year}.`;
  });
  const state = found.map(({ name, file, year }) => `${name} ${file} ${year}`).join('\n');
  return { topic: 'calendar', state, text: texts.join(' ') };
}
