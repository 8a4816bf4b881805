import { joinedSpans, type HoursRange } from '../domain/hours.ts';
import { WEEKDAYS } from '../domain/time-zone.ts';

const EVERY_DAY: readonly number[] = [0, 1, 2, 3, 4, 5, 6];
const DAYS = /^(?<first>[A-Za-z]+)(?:\s*-\s*(?<last>[A-Za-z]+))?(?:\s+|$)/;
const TIMES = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+|$)/;

/** The whole week, of an account that names holidays and no hours. */
export const ALL_WEEK: readonly HoursRange[] = EVERY_DAY.map((weekday) => ({ weekday, from: 0, to: 1440 }));

/**
 * Reads `Mon-Fri 08:00-17:00, Sat 09:00-12:00`: days, then times, any number of both. Times without days are of the days before
 * them; where there are none, of every day. A range whose end is not after its beginning goes over midnight. Returns the ranges, or a
 * sentence that says what cannot be read.
 */
export function parseHours(text: string): readonly HoursRange[] | string {
  const ranges: HoursRange[] = [];
  let days: readonly number[] = EVERY_DAY;
  let isWithoutTimes = false;
  for (const part of text.split(',').map((item) => item.trim())) {
    let rest = part;
    let isAfterTimes = true;
    while (rest !== '') {
      const times = TIMES.exec(rest);
      if (times === null) {
        const named = daysIn(rest);
        if (typeof named === 'string') return named;
        // `Mon, Wed 09:00-12:00` and `Mon Wed 09:00-12:00` name two days for one time.
        days = isWithoutTimes ? [...days, ...named.days] : named.days;
        isWithoutTimes = true;
        rest = rest.slice(named.length).trim();
      } else {
        const range = minutesIn(times);
        if (typeof range === 'string') return range;
        ranges.push(...days.map((weekday) => ({ weekday, ...range })));
        isWithoutTimes = false;
        rest = rest.slice(times[0].length).trim();
      }
      isAfterTimes = false;
    }
    if (isAfterTimes) return 'There is a comma with nothing beside it.';
  }
  if (isWithoutTimes) return 'Days stand there without times, such as 08:00-17:00.';
  return EVERY_DAY.flatMap((weekday) => joinedSpans(ranges.filter((range) => range.weekday === weekday)));
}

/** The days that a text begins with, in the order of the week, and how many characters name them. */
function daysIn(text: string): { readonly days: readonly number[]; readonly length: number } | string {
  const match = DAYS.exec(text);
  const [first, last] = [
    weekdayIn(match?.groups?.['first']),
    weekdayIn(match?.groups?.['last'] ?? match?.groups?.['first']),
  ];
  if (match === null || first === null || last === null) return `\`${text.slice(0, 40)}\` is neither a day nor a time.`;
  const days = EVERY_DAY.map((step) => (first + step) % 7).slice(0, ((last - first + 7) % 7) + 1);
  return { days, length: match[0].length };
}

/** `Mon`, `monday` */
function weekdayIn(name = ''): number | null {
  const short = name.slice(0, 3).toLowerCase();
  const weekday = WEEKDAYS.findIndex((day) => day.toLowerCase() === short);
  return weekday >= 0 && (name.length === 3 || LONG[weekday] === name.toLowerCase()) ? weekday : null;
}

const LONG: readonly string[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function minutesIn(times: RegExpExecArray): { readonly from: number; readonly to: number } | string {
  const [from, to] = [minuteOf(times[1], times[2]), minuteOf(times[3], times[4])];
  const written = `\`${times[0].trim()}\``;
  if (from === null || to === null) return `${written} is not a time of a day. Write hours from 00:00 to 24:00.`;
  if (from === 1440) return `${written} begins at 24:00. Write 00:00 of the next day.`;
  if (from === to) return `${written} is empty. The whole day is 00:00-24:00.`;
  return { from, to: to > from ? to : to + 1440 };
}

function minuteOf(hour = '', minute = ''): number | null {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) <= 59 && minutes <= 1440 ? minutes : null;
}
