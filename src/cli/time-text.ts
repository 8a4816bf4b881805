import type { Rate } from '../domain/limits.ts';
import type { PayDuration } from '../operations/index.ts';

const SHORT_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as reports write it, for people: `28 Nov 05:06`, with the year where it is another than this one. '' for no time. */
export function dayText(time: string, thisYear: number): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(time);
  if (parts === null) return '';
  const [, year = '', month = '', day = '', clock = ''] = parts;
  const ofYear = Number(year) === thisYear ? '' : ` ${year}`;
  return `${Number(day)} ${SHORT_MONTHS[Number(month) - 1] ?? ''}${ofYear} ${clock}`;
}

/** `41 s`, `12 min`, `1.5 h`: rounded up, so that a wait is over when its text says so. */
export function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`;
  return `${(Math.ceil(seconds / 360) / 10).toFixed(1)} h`;
}

/** A batch that was settled before and was left as it is. */
export function nothingSentText(settledAt: string): string {
  const when = dayText(settledAt, new Date().getFullYear());
  return `${`settled ${when}`.trimEnd()}, nothing sent now`;
}

/** The end of something that takes this long: `14:35`, with its day where that may be another one. */
export function endText(time: string, ms: number): string {
  return ms < HALF_DAY_MS ? (/T(\d\d:\d\d)/.exec(time)?.[1] ?? '') : dayText(time, Number(time.slice(0, 4)));
}

const HALF_DAY_MS = 43_200_000;

const RATE_UNITS: readonly (readonly [ms: number, text: string])[] = [
  [1_000, 'a second'],
  [60_000, 'a minute'],
  [3_600_000, 'an hour'],
  [86_400_000, 'a day'],
];

/** `90 a minute`, `5 in 15 min` */
export function rateText({ count, windowMs }: Rate): string {
  const unit = RATE_UNITS.find(([ms]) => ms === windowMs);
  return unit === undefined ? `${count} in ${spanText(windowMs)}` : `${count} ${unit[1]}`;
}

/** `about 34 min, until about 14:35 (90 a minute)` */
export function payDurationText({ ms, until, rates }: PayDuration): string {
  const limits = rates.length === 0 ? '' : ` (${rates.map(rateText).join(', ')})`;
  return `about ${spanText(ms)}, until about ${endText(until, ms)}${limits}`;
}
