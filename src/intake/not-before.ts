import { zoneOffsetAt } from '../domain/time-zone.ts';

/** RFC 3339, the offset optional; seconds may be left out as people do. */
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d{2}):(\d{2}))?$/;

/**
 * Date and time as Unix milliseconds, or null for any other text. Without an offset it is local time in `timezone`; an hour that the
 * clocks go through twice counts as its second pass, since nothing may be paid before it.
 */
export function readNotBefore(text: string, timezone: string): number | null {
  return readMoment(text, (wall) => Math.max(...instantsAt(wall, timezone)));
}

/** As {@link readNotBefore}; an hour that the clocks go through twice counts as its first pass, since nothing may be paid after it. */
export function readNotAfter(text: string, timezone: string): number | null {
  return readMoment(text, (wall) => Math.min(...instantsAt(wall, timezone)));
}

function readMoment(text: string, instantAt: (wall: number) => number): number | null {
  const match = MOMENT.exec(text.trim());
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', utc, sign] = match;
  const [, , , , , , , , , , offsetHours = '00', offsetMinutes = '00'] = match;
  const millis = fraction === '' ? 0 : Math.ceil(Number(`0.${fraction}`) * 1000);
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // Date.UTC rolls 30 February over into March; a date that comes back changed was none.
  if (new Date(wall).toISOString().slice(0, 19) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`) return null;
  if (utc !== undefined) return wall + millis;
  if (sign !== undefined) {
    if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
    const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
    return wall + millis + (sign === '+' ? -offset : offset);
  }
  return instantAt(wall) + millis;
}

/** The instants at which clocks in `timezone` show what a UTC clock shows at `wall`. */
function instantsAt(wall: number, timezone: string): readonly number[] {
  // A day to either side covers every change of the offset that can matter.
  const offsets = [wall - 86_400_000, wall + 86_400_000].map((instant) => zoneOffsetAt(instant, timezone));
  const candidates = offsets.map((offset) => wall - offset);
  const exact = candidates.filter((instant) => instant + zoneOffsetAt(instant, timezone) === wall);
  // No candidate is exact in the hour that the clocks skip: the two readings are the same distance before and after the change.
  return exact.length > 0 ? exact : candidates;
}
