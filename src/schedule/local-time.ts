import { zoneOffsetAt } from '../domain/time-zone.ts';

/** Longer than any change of the offset. */
const AROUND_MS = 86_400_000;

/** A local date and time as `Date.UTC` has it: the instant at which a clock in UTC shows the same. Milliseconds. */
type WallTime = number;

/** What clocks in a time zone show at an instant. */
export function wallTimeAt(instant: number, timezone: string): WallTime {
  return instant + zoneOffsetAt(instant, timezone);
}

/**
 * The instant at which clocks in a time zone show a local time. A local time that the clocks go through twice counts at its first
 * pass; one that they skip stands for the first instant after the gap. Each local time has exactly one instant, so that neither
 * change of the clocks loses an occurrence or makes a second one.
 */
export function instantOf(wall: WallTime, timezone: string): number {
  // A day to either side has the offsets before and after every change that can matter.
  const candidates = [wall - AROUND_MS, wall + AROUND_MS].map((near) => wall - (wallTimeAt(near, timezone) - near));
  const exact = candidates.filter((instant) => wallTimeAt(instant, timezone) === wall);
  if (exact.length > 0) return Math.min(...exact);
  return firstNotBefore(wall, timezone, Math.min(...candidates) - AROUND_MS, Math.max(...candidates));
}

/** The first instant in (early, late] at which clocks show `wall` or later, where they show it once `late` has come. */
function firstNotBefore(wall: WallTime, timezone: string, early: number, late: number): number {
  let [before, after] = [early, late];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallTimeAt(middle, timezone) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/** `2026-11-25T06:00+03:00` */
export function localText(instant: number, timezone: string): string {
  const wall = wallTimeAt(instant, timezone);
  const offset = Math.round((wall - instant) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 16)}${zone}`;
}
