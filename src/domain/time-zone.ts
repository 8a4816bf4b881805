/** Days and minutes on the clocks of a time zone, by the tables of Node. A wall time is what a UTC clock would show at that number. */

export const CALENDAR_DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timezone, format);
  return format;
}

/** What the clocks of the zone are ahead of UTC at an instant, in milliseconds. */
export function zoneOffsetAt(instant: number, timezone: string): number {
  const whole = Math.floor(instant / 1000) * 1000;
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(timezone).formatToParts(whole)) {
    if (type in fields) fields[type as keyof typeof fields] = Number(value);
  }
  const { year, month, day, hour, minute, second } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/** Part of a stretch of time in which the clocks of a zone run on without a jump. */
export interface ZoneStretch {
  readonly from: number;
  /** Left out itself. */
  readonly to: number;
  readonly offsetMs: number;
}

/** The time from `from` on, in stretches of at most a day, without end. */
export function* stretchesFrom(from: number, timezone: string): Generator<ZoneStretch> {
  let at = from;
  let offsetMs = zoneOffsetAt(at, timezone);
  for (;;) {
    const [end, next] = stretchEnd(at, offsetMs, timezone);
    yield { from: at, to: end, offsetMs };
    at = end;
    offsetMs = next;
  }
}

/** The first instant within a day at which the offset is another one, or a day later; and the offset from then on. */
function stretchEnd(from: number, offsetMs: number, timezone: string): readonly [number, number] {
  let [same, changed] = [from, from + CALENDAR_DAY_MS];
  const after = zoneOffsetAt(changed, timezone);
  if (after === offsetMs) return [changed, offsetMs];
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (zoneOffsetAt(middle, timezone) === offsetMs) same = middle;
    else changed = middle;
  }
  return [changed, zoneOffsetAt(changed, timezone)];
}

/** The instants at which the clocks show a wall time from `from` to before `to`, in pieces, the earliest first. */
export function* instantsOf(from: number, to: number, timezone: string): Generator<{ from: number; to: number }> {
  // No clock is more than 15 hours from UTC.
  for (const stretch of stretchesFrom(from - WIDEST_OFFSET_MS, timezone)) {
    if (stretch.from >= to + WIDEST_OFFSET_MS) return;
    const piece = {
      from: Math.max(stretch.from, from - stretch.offsetMs),
      to: Math.min(stretch.to, to - stretch.offsetMs),
    };
    if (piece.from < piece.to) yield piece;
  }
}

const WIDEST_OFFSET_MS = 15 * 3_600_000;

/** Number of a day: whole days since 1 January 1970. */
export function zonedDay(instant: number, timezone: string): number {
  return Math.floor((instant + zoneOffsetAt(instant, timezone)) / CALENDAR_DAY_MS);
}

/** `2026-11-28`, on the clocks of the zone. */
export function dateOfInstant(instant: number, timezone: string): string {
  return new Date(instant + zoneOffsetAt(instant, timezone)).toISOString().slice(0, 10);
}

export function yearOfDay(day: number): number {
  return new Date(day * CALENDAR_DAY_MS).getUTCFullYear();
}

/** `Fri 2026-11-27 08:00 (Africa/Nairobi)` */
export function zonedText(instant: number, timezone: string): string {
  const wall = new Date(instant + zoneOffsetAt(instant, timezone));
  const weekday = WEEKDAYS[wall.getUTCDay()] ?? '';
  return `${weekday} ${wall.toISOString().slice(0, 16).replace('T', ' ')} (${timezone})`;
}

/** In the order of `Date.getUTCDay`. */
export const WEEKDAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
