import type { StatementRow } from '../domain/statement.ts';

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

/** The times of a statement, whichever way round it writes its dates. */
export class StatementTimes {
  /** A date with a day in the second place shows that all have; without one the day is first. */
  private readonly isMonthFirst: boolean;
  private readonly offsetAt: (ms: number) => number;

  /** @param offsetAt offset of the payer's time zone at a moment, in milliseconds. */
  constructor(rows: readonly StatementRow[], offsetAt: (ms: number) => number) {
    this.offsetAt = offsetAt;
    this.isMonthFirst = rows.some(({ time }) => {
      const [, first, second] = YEAR_FIRST.test(time) ? [] : (YEAR_LAST.exec(time) ?? []);
      return Number(second) > 12 && Number(first) <= 12;
    });
  }

  /** Null where the row has no time, or none that can be read. */
  of({ time }: StatementRow): TimeSpan | null {
    if (time === '') return null;
    const day = this.day(time);
    if (day === null || Number.isNaN(day)) return null;
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

  /** From the earliest row to the latest; null where no row has a time. */
  period(rows: readonly StatementRow[]): TimeSpan | null {
    let [from, to] = [Infinity, -Infinity];
    for (const row of rows) {
      const span = this.of(row);
      if (span === null) continue;
      from = Math.min(from, span.from);
      to = Math.max(to, span.to);
    }
    return from === Infinity ? null : { from, to };
  }

  /** Midnight of the day, as if in UTC. */
  private day(time: string): number | null {
    const [, year, month, dayOfMonth] = YEAR_FIRST.exec(time) ?? [];
    if (year !== undefined) return Date.UTC(Number(year), Number(month) - 1, Number(dayOfMonth));
    const [, first, second = '', last] = YEAR_LAST.exec(time) ?? [];
    if (first === undefined) return null;
    const fullYear = last?.length === 2 ? 2000 + Number(last) : Number(last);
    const named = MONTH_NAMES.indexOf(second.slice(0, 3).toLowerCase());
    if (named !== -1) return Date.UTC(fullYear, named, Number(first));
    return this.isMonthFirst
      ? Date.UTC(fullYear, Number(first) - 1, Number(second))
      : Date.UTC(fullYear, Number(second) - 1, Number(first));
  }
}
