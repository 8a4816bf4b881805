import { HOURS_HORIZON_DAYS, hoursAt, isHoliday, rangesOf, unknownYear, type PayingHours } from './hours.ts';
import { CALENDAR_DAY_MS, zonedDay, instantsOf } from './time-zone.ts';

/** When a payment may be sent that is planned for a moment. */
export type PayingTime =
  | { readonly kind: 'at'; readonly at: number }
  /** The calendar of holidays knows nothing of the year that decides. */
  | { readonly kind: 'year-unknown'; readonly year: number }
  /** There are no hours within a year of the moment. */
  | { readonly kind: 'never' };

/**
 * From when on a payment may be sent that is planned for `at`, within the hours of its account and in the direction that they name.
 *
 * - Within the hours: at `at` itself.
 * - `later`: when the hours begin again.
 * - `earlier`, on a day with hours: when they begin again on that day; after the last of them, from the beginning of that last range.
 * - `earlier`, on a day without hours: from the beginning of the last range of the last day before it that has hours.
 *
 * The result may have passed already: then the payment goes as soon as the hours are on.
 */
export function payingTime(at: number, hours: PayingHours): PayingTime {
  const state = hoursAt(at, hours);
  if (state.kind === 'open') return { kind: 'at', at };
  if (hours.outside === 'later') return state.kind === 'closed' ? { kind: 'at', at: state.until } : state;
  const day = zonedDay(at, hours.timezone);
  if (state.kind === 'closed' && zonedDay(state.until, hours.timezone) === day) return { kind: 'at', at: state.until };
  return lastRangeBefore(at, day, hours);
}

/** Beginning of the last range that began before `at`. */
function lastRangeBefore(at: number, from: number, hours: PayingHours): PayingTime {
  for (let day = from; day > from - HOURS_HORIZON_DAYS; day--) {
    const year = unknownYear(day, hours);
    if (year !== null) return { kind: 'year-unknown', year };
    if (isHoliday(day, hours)) continue;
    for (const range of rangesOf(day, hours).toSorted((a, b) => b.from - a.from)) {
      const begins = day * CALENDAR_DAY_MS + range.from * 60_000;
      // A range that goes over midnight ends there where the next day has no hours.
      const ends = day * CALENDAR_DAY_MS + range.to * 60_000;
      const [piece] = instantsOf(begins, Math.min(ends, (day + 1) * CALENDAR_DAY_MS), hours.timezone);
      if (piece !== undefined && piece.from < at) return { kind: 'at', at: piece.from };
    }
  }
  return { kind: 'never' };
}
