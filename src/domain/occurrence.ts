const ONE_DAY_MS = 86_400_000;
/** A day ends so much later in the time zones that are furthest behind. */
const FURTHEST_BEHIND_MS = ONE_DAY_MS / 2;
const FORM = /^(?<year>\d{4})-(?:W(?<week>\d{2})|(?<month>\d{2})(?:-(?<day>\d{2}))?)$/;

/** The days of an occurrence, the end left out; Unix milliseconds at midnight UTC. */
interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether two occurrences of one series share a day without being the same one: a day and its month, a week and a month that it
 * reaches into, a day and its week. The same people paid for both are paid twice for these days.
 */
export function isOverlapping(one: string, other: string): boolean {
  const [a, b] = [spanOf(one), spanOf(other)];
  return one !== other && a !== null && b !== null && a.from < b.to && b.from < a.to;
}

/** Of the occurrences of a series the newest that ends before this one begins; null where there is none. */
export function previousOccurrence(occurrence: string, known: Iterable<string>): string | null {
  const own = spanOf(occurrence);
  let newest: { readonly occurrence: string; readonly span: DaySpan } | null = null;
  for (const other of known) {
    const span = spanOf(other);
    if (own === null || span === null || span.to > own.from) continue;
    const isNewer =
      newest === null || span.from > newest.span.from || (span.from === newest.span.from && span.to > newest.span.to);
    if (isNewer) newest = { occurrence: other, span };
  }
  return newest?.occurrence ?? null;
}

/** When the last day of an occurrence is over everywhere, Unix milliseconds; null for a text that is no occurrence. */
export function endOfOccurrence(occurrence: string): number | null {
  const span = spanOf(occurrence);
  return span === null ? null : span.to + FURTHEST_BEHIND_MS;
}

/** Weeks as ISO 8601 counts them: the first one of a year has its first Thursday. Not every year has a week 53. */
export function isWeekOfYear(year: number, week: number): boolean {
  return week >= 1 && weekStart(year, week) < weekStart(year + 1, 1);
}

/** Null for a text that is no month (2026-11), day (2026-11-07) or week (2026-W45). */
function spanOf(occurrence: string): DaySpan | null {
  const { year, week, month, day } = FORM.exec(occurrence)?.groups ?? {};
  if (year === undefined) return null;
  if (week !== undefined) {
    const from = weekStart(Number(year), Number(week));
    return { from, to: from + 7 * ONE_DAY_MS };
  }
  const from = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1));
  return { from, to: day === undefined ? Date.UTC(Number(year), Number(month), 1) : from + ONE_DAY_MS };
}

/** The Monday of a week. */
function weekStart(year: number, week: number): number {
  // The fourth of January is always in the first week.
  const fourth = Date.UTC(year, 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + ((week - 1) * 7 - weekday) * ONE_DAY_MS;
}
