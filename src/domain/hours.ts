import { CALENDAR_DAY_MS, stretchesFrom, yearOfDay } from './time-zone.ts';

/** When payments of an account may be sent. */
export interface PayingHours {
  /** IANA name of the time zone of the clocks. */
  readonly timezone: string;
  /** Of one weekday none overlaps or touches another one; in the order of their days and times. */
  readonly ranges: readonly HoursRange[];
  /** Days without hours; null: none. */
  readonly calendar: HolidayCalendar | null;
  /** When a payment goes that is planned for a time outside of the hours. */
  readonly outside: OutsideHours;
}

/** `later`: when the hours begin again. `earlier`: a payment that is planned for a day without hours goes on the last day before it. */
export type OutsideHours = 'earlier' | 'later';

export interface HoursRange {
  /** 0 is Sunday, as `Date.getUTCDay`. */
  readonly weekday: number;
  /** Minutes since midnight, 0 to 1439. */
  readonly from: number;
  /** Left out itself; at most 2879. Past 1440 the range goes over midnight, and is of the day on which it begins. */
  readonly to: number;
}

export interface HolidayCalendar {
  /** As the configuration names it. */
  readonly file: string;
  /** `2026-12-25` → name of the holiday. */
  readonly days: ReadonlyMap<string, string>;
  /** Years of which the calendar has a day; of any other year it knows nothing. */
  readonly years: readonly number[];
}

/** Whether payments may be sent at an instant. */
export type HoursState =
  /** Until when, left out itself; null: for more than a week. */
  | { readonly kind: 'open'; readonly until: number | null }
  /** Until when. */
  | { readonly kind: 'closed'; readonly until: number }
  /** The calendar does not know the year that decides. */
  | { readonly kind: 'year-unknown'; readonly year: number }
  /** The hours do not begin again within a year. */
  | { readonly kind: 'never' };

/** How far ahead an opening is looked for. */
export const HOURS_HORIZON_DAYS = 366;
/** A longer time without a break has no end that anybody waits for. */
const LONGEST_OPEN_MS = 8 * CALENDAR_DAY_MS;

/**
 * Whether the hours are on at an instant: its wall time is in a range, its date is no holiday, and neither is the date on which the
 * range begins. In an hour that the clocks go through twice both passes count; one that they skip does not exist.
 */
export function hoursAt(instant: number, hours: PayingHours): HoursState {
  let open: { readonly from: number; to: number } | null = null;
  for (const piece of openPieces(instant, hours)) {
    if (typeof piece === 'number') return open === null ? { kind: 'year-unknown', year: piece } : openUntil(open.to);
    if (piece.from >= instant + HOURS_HORIZON_DAYS * CALENDAR_DAY_MS) break;
    if (open === null && piece.from > instant) return { kind: 'closed', until: piece.from };
    if (open !== null && piece.from > open.to) return openUntil(open.to);
    open = { from: instant, to: piece.to };
    if (open.to - instant > LONGEST_OPEN_MS) return { kind: 'open', until: null };
  }
  return open === null ? { kind: 'never' } : openUntil(open.to);
}

function openUntil(until: number): HoursState {
  return { kind: 'open', until };
}

/** The hours from an instant on, in pieces that may touch; ends with the year that the calendar does not know, or at the horizon. */
function* openPieces(from: number, hours: PayingHours): Generator<{ from: number; to: number } | number> {
  const { timezone } = hours;
  for (const stretch of stretchesFrom(from, timezone)) {
    if (stretch.from > from + (HOURS_HORIZON_DAYS + 2) * CALENDAR_DAY_MS) return;
    const [first, end] = [stretch.from + stretch.offsetMs, stretch.to + stretch.offsetMs];
    for (let day = Math.floor(first / CALENDAR_DAY_MS); day * CALENDAR_DAY_MS < end; day++) {
      const minutes = minutesOfDay(day, hours);
      if (typeof minutes === 'number') {
        yield minutes;
        return;
      }
      for (const span of minutes) {
        const piece = {
          from: Math.max(day * CALENDAR_DAY_MS + span.from * 60_000, first) - stretch.offsetMs,
          to: Math.min(day * CALENDAR_DAY_MS + span.to * 60_000, end) - stretch.offsetMs,
        };
        if (piece.from < piece.to) yield piece;
      }
    }
  }
}

interface MinuteSpan {
  readonly from: number;
  readonly to: number;
}

/** The minutes of a day that are within the hours, in order, none touching another; or the year that the calendar does not know. */
function minutesOfDay(day: number, hours: PayingHours): readonly MinuteSpan[] | number {
  const year = unknownYear(day, hours);
  if (year !== null) return year;
  if (isHoliday(day, hours)) return [];
  // What began on the day before and goes over midnight. A holiday of a year that the calendar does not know cannot be excluded.
  const before = unknownYear(day - 1, hours) !== null || isHoliday(day - 1, hours) ? [] : rangesOf(day - 1, hours);
  const tails = before.map(({ to }) => ({ from: 0, to: to - 1440 })).filter(({ to }) => to > 0);
  const own = rangesOf(day, hours).map(({ from, to }) => ({ from, to: Math.min(to, 1440) }));
  return joinedSpans([...tails, ...own]);
}

export function rangesOf(day: number, { ranges }: PayingHours): readonly HoursRange[] {
  const weekday = new Date(day * CALENDAR_DAY_MS).getUTCDay();
  return ranges.filter((range) => range.weekday === weekday);
}

export function isHoliday(day: number, { calendar }: PayingHours): boolean {
  return calendar !== null && calendar.days.has(new Date(day * CALENDAR_DAY_MS).toISOString().slice(0, 10));
}

/** The year of a day where the calendar knows nothing of that year; else null. */
export function unknownYear(day: number, { calendar }: PayingHours): number | null {
  const year = yearOfDay(day);
  return calendar === null || calendar.years.includes(year) ? null : year;
}

/** Spans in order, those that overlap or touch made one. */
export function joinedSpans<Span extends MinuteSpan>(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to) result.push(span);
    else if (span.to > last.to) result[result.length - 1] = { ...last, to: span.to };
  }
  return result;
}
