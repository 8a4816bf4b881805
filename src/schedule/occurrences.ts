import { wallTimes, type WallTimes } from './expression.ts';
import { instantOf, wallTimeAt } from './local-time.ts';

export { expressionFault } from './expression.ts';
export { localText } from './local-time.ts';

/** When a series comes. */
export interface Recurrence {
  /** A cron expression of five fields that passed `expressionFault`. */
  readonly every: string;
  /** IANA name. */
  readonly timezone: string;
}

/** One date of a series. */
export interface Occurrence {
  /** The local date: `2026-11-25`. An expression comes at most once on each. */
  readonly date: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The most that local and universal dates lie apart, and the change of a clock besides. */
const DATES_APART_MS = 2 * 86_400_000;

/** The dates of an expression in its time zone. Pure: what the time is now is passed in. */
export class Occurrences {
  private readonly walls: WallTimes;
  private readonly timezone: string;

  constructor({ every, timezone }: Recurrence) {
    this.walls = wallTimes(every);
    this.timezone = timezone;
  }

  /** The newest `count` occurrences that have come by `now`, the oldest first. */
  until(now: number, count: number): readonly Occurrence[] {
    // A few more are read: those of the next days have not come.
    const walls = this.walls.before(wallTimeAt(now, this.timezone) + DATES_APART_MS, count + 6);
    const come = walls.map((wall) => this.occurrence(wall)).filter(({ at }) => at <= now);
    return come.slice(0, count).reverse();
  }

  /** The first `count` occurrences after `now`. */
  next(now: number, count: number): readonly Occurrence[] {
    const found: Occurrence[] = [];
    let wall: number | null = wallTimeAt(now, this.timezone) - DATES_APART_MS;
    while (found.length < count) {
      wall = this.walls.after(wall);
      if (wall === null) break;
      const occurrence = this.occurrence(wall);
      if (occurrence.at > now) found.push(occurrence);
    }
    return found;
  }

  private occurrence(wall: number): Occurrence {
    return { date: new Date(wall).toISOString().slice(0, 10), at: instantOf(wall, this.timezone) };
  }
}
