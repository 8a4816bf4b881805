/** The stretch of time that a row's time names, Unix milliseconds: a whole day where it has no time of day. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const WHOLE_DAY_MS = 86_400_000;
const YEAR_FIRST = /(\d{4})[-/.](\d\d?)[-/.](\d\d?)/;
const YEAR_LAST = /(?<!\d)(\d\d?)[-/. ](\d\d?|\p{L}{3,9})[-/., ]+(\d{4}|\d\d)(?!\d)/u;
const TIME_OF_DAY = /(?<!\d)(\d\d?):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*([ap]m)?/i;
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Midnight of a day, as if in UTC, by either way of writing a date; NaN where that way has no such day. */
interface Day {
  readonly dayFirst: number;
  readonly monthFirst: number;
}

/** The times of a statement, whichever way round it writes its dates: known after all of them were added. */
export class StatementTimes {
  /** A date with a day in the second place shows that all have; without one the day is first. */
  private isMonthFirst = false;
  private readonly offsetAt: (ms: number) => number;
  private readonly dayFirst = new Period();
  private readonly monthFirst = new Period();
  private latest = '';

  /** @param offsetAt offset of the payer's time zone at a moment, in milliseconds. */
  constructor(offsetAt: (ms: number) => number) {
    this.offsetAt = offsetAt;
  }

  add({ time }: { readonly time: string }): void {
    // Rows beside each other often have one time.
    if (time === '' || time === this.latest) return;
    this.latest = time;
    const day = dayOf(time);
    if (day === null) return;
    if (Number.isNaN(day.dayFirst) && !Number.isNaN(day.monthFirst)) this.isMonthFirst = true;
    this.dayFirst.add(this.span(day.dayFirst, time));
    if (day.monthFirst !== day.dayFirst) this.monthFirst.add(this.span(day.monthFirst, time));
    else this.monthFirst.add(this.dayFirst.latest);
  }

  /** Null where the row has no time, or none that can be read. */
  of({ time }: { readonly time: string }): TimeSpan | null {
    const day = time === '' ? null : dayOf(time);
    return day === null ? null : this.span(this.isMonthFirst ? day.monthFirst : day.dayFirst, time);
  }

  /** From the earliest row to the latest; null where no row has a time. */
  period(): TimeSpan | null {
    return (this.isMonthFirst ? this.monthFirst : this.dayFirst).span();
  }

  private span(day: number, time: string): TimeSpan | null {
    if (Number.isNaN(day)) return null;
    const [, hours, minutes, seconds = '0', half] = TIME_OF_DAY.exec(time) ?? [];
    if (hours === undefined) {
      const from = day - this.offsetAt(day);
      return { from, to: from + WHOLE_DAY_MS - 1 };
    }
    const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
    const local = day + ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    const ms = local - this.offsetAt(local);
    return { from: ms, to: ms };
  }
}

class Period {
  latest: TimeSpan | null = null;
  private from = Infinity;
  private to = -Infinity;

  add(span: TimeSpan | null): void {
    this.latest = span;
    if (span === null) return;
    this.from = Math.min(this.from, span.from);
    this.to = Math.max(this.to, span.to);
  }

  span(): TimeSpan | null {
    return this.from === Infinity ? null : { from: this.from, to: this.to };
  }
}

/** Null where the time names no day. */
function dayOf(time: string): Day | null {
  const [, year, month, dayOfMonth] = YEAR_FIRST.exec(time) ?? [];
  if (year !== undefined) return oneDay(midnight(Number(year), Number(month), Number(dayOfMonth)));
  const [, first, second = '', last] = YEAR_LAST.exec(time) ?? [];
  if (first === undefined) return null;
  const fullYear = last?.length === 2 ? 2000 + Number(last) : Number(last);
  const named = MONTH_NAMES.indexOf(second.slice(0, 3).toLowerCase());
  if (named !== -1) return oneDay(midnight(fullYear, named + 1, Number(first)));
  const [a, b] = [Number(first), Number(second)];
  return { dayFirst: midnight(fullYear, b, a), monthFirst: midnight(fullYear, a, b) };
}

function oneDay(at: number): Day {
  return { dayFirst: at, monthFirst: at };
}

function midnight(year: number, month: number, day: number): number {
  return month >= 1 && month <= 12 && day <= 31 ? Date.UTC(year, month - 1, day) : NaN;
}
