import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursAt, type HoursRange, type PayingHours } from '../../src/domain/hours.ts';
import { payingTime } from '../../src/domain/paying-time.ts';
import { zonedText } from '../../src/domain/time-zone.ts';

const ZONES = ['Africa/Nairobi', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/Lagos'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);
const MINUTES = 2 * 365 * 1440;

const WEEKDAYS: readonly HoursRange[] = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 480, to: 1020 }));

function hoursOf(given: Partial<PayingHours> = {}): PayingHours {
  return { timezone: 'Africa/Nairobi', ranges: WEEKDAYS, calendar: null, outside: 'later', ...given };
}

function calendarOf(...dates: readonly string[]) {
  const years = [...new Set(dates.map((date) => Number(date.slice(0, 4))))];
  return { file: 'holidays.txt', days: new Map(dates.map((date) => [date, 'Holiday'])), years };
}

const walls = new Map<string, Float64Array>();

/** The wall time of every minute from {@link FROM} on, two days more than {@link MINUTES}; clocks jump at quarters of an hour only. */
function wallTimes(timezone: string): Float64Array {
  const known = walls.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  const wall = new Float64Array(MINUTES + 2880);
  for (let minute = 0; minute < wall.length; minute++) {
    const quarter = minute - (minute % 15);
    if (minute === quarter) wall[minute] = Date.parse(`${format.format(FROM + minute * MINUTE_MS).replace(' ', 'T')}Z`);
    else wall[minute] = (wall[quarter] ?? 0) + (minute - quarter) * MINUTE_MS;
  }
  walls.set(timezone, wall);
  return wall;
}

/** Minute by minute, in the plainest way: 1 where the hours are on. */
function slowlyOpen({ timezone, ranges, calendar }: PayingHours): Uint8Array {
  const isHoliday = (wall: number): boolean => calendar?.days.has(new Date(wall).toISOString().slice(0, 10)) === true;
  const open = new Uint8Array(MINUTES + 2880);
  const wallOf = wallTimes(timezone);
  for (let at = 0; at < open.length; at++) {
    const wall = wallOf[at] ?? 0;
    const minuteOfDay = Math.floor((wall % DAY_MS) / MINUTE_MS);
    const weekday = (Math.floor(wall / DAY_MS) + 4) % 7;
    const isOn = ranges.some((range) => {
      if (range.weekday === weekday && minuteOfDay >= range.from && minuteOfDay < range.to) return !isHoliday(wall);
      const isTail = range.weekday === (weekday + 6) % 7 && minuteOfDay + 1440 < range.to;
      return isTail && !isHoliday(wall) && !isHoliday(wall - DAY_MS);
    });
    open[at] = isOn ? 1 : 0;
  }
  return open;
}

/** Walks two years by what `hoursAt` answers, and holds every minute of each answer against the slow way. */
function expectSameMinutes(hours: PayingHours): void {
  const open = slowlyOpen(hours);
  for (let minute = 0; minute < MINUTES;) {
    const state = hoursAt(FROM + minute * MINUTE_MS, hours);
    if (state.kind === 'never' || state.kind === 'year-unknown') throw new Error(`no hours: ${state.kind}`);
    const until = state.until === null ? minute + 8 * 1440 : (state.until - FROM) / MINUTE_MS;
    expect(Number.isInteger(until) && until > minute).toBe(true);
    const end = Math.min(until, open.length);
    const other = open.subarray(minute, end).indexOf(state.kind === 'open' ? 0 : 1);
    if (other >= 0) throw new Error(`${zonedText(FROM + (minute + other) * MINUTE_MS, hours.timezone)} differs`);
    if (state.until !== null && until < open.length) expect(open[until]).toBe(state.kind === 'open' ? 0 : 1);
    minute = until;
  }
}

const rangesArbitrary = fc
  .array(
    fc.record({ weekday: fc.integer({ min: 0, max: 6 }), from: fc.integer({ min: 0, max: 95 }), length: fc.nat(95) }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) =>
    drawn.map(({ weekday, from, length }) => ({ weekday, from: from * 15, to: (from + 1 + length) * 15 })),
  )
  .map((drawn) => drawn.filter((range) => range.to <= 2879));

describe('hours', () => {
  it.each(ZONES)('are right in every minute of two years in %s', (timezone) => {
    const holidays = ['2026-01-01', '2026-04-24', '2026-10-30', '2026-12-25', '2027-01-01', '2027-12-31', '2028-01-01'];
    const calendar = calendarOf(...holidays);
    expectSameMinutes(hoursOf({ timezone }));
    expectSameMinutes(hoursOf({ timezone, calendar }));
    // Within the hours that clocks skip or go through twice, and over midnight.
    const night = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: 22 * 60, to: 24 * 60 + 165 }));
    const early = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: 150, to: 195 }));
    expectSameMinutes(hoursOf({ timezone, calendar, ranges: night }));
    expectSameMinutes(hoursOf({ timezone, calendar, ranges: early }));
  });

  it('are right for any ranges', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), rangesArbitrary, (timezone, ranges) => {
        fc.pre(ranges.length > 0);
        expectSameMinutes(hoursOf({ timezone, ranges }));
      }),
      { numRuns: 12 },
    );
  });

  it('do not begin in the hour that the clocks skip, but behind it', () => {
    // Cairo goes from 24 April 2026 00:00 to 01:00.
    const ranges = [{ weekday: 5, from: 30, to: 120 }];
    const state = hoursAt(Date.parse('2026-04-23T20:00:00+02:00'), hoursOf({ timezone: 'Africa/Cairo', ranges }));
    expect(state).toEqual({ kind: 'closed', until: Date.parse('2026-04-24T01:00:00+03:00') });
  });

  it('name the year that the calendar does not know', () => {
    const calendar = calendarOf('2026-12-25');
    const at = Date.parse('2026-12-31T18:00:00+03:00');
    expect(hoursAt(at, hoursOf({ calendar }))).toEqual({ kind: 'year-unknown', year: 2027 });
    expect(hoursAt(at - 3 * 3_600_000, hoursOf({ calendar }))).toMatchObject({ kind: 'open' });
    expect(hoursAt(Date.parse('2025-06-02T10:00:00+03:00'), hoursOf({ calendar }))).toEqual({
      kind: 'year-unknown',
      year: 2025,
    });
  });

  it('never come where every day of theirs is a holiday', () => {
    const days = Array.from({ length: 800 }, (_, day) => new Date(FROM + day * DAY_MS).toISOString().slice(0, 10));
    expect(hoursAt(FROM, hoursOf({ calendar: calendarOf(...days) }))).toEqual({ kind: 'never' });
  });
});

describe('payingTime', () => {
  const at = (text: string): number => Date.parse(text);
  const earlier = hoursOf({ outside: 'earlier', calendar: calendarOf('2026-11-27', '2026-12-25', '2025-12-25') });

  it.each([
    ['within the hours', '2026-11-25T10:30:00+03:00', '2026-11-25T10:30:00+03:00', '2026-11-25T10:30:00+03:00'],
    [
      'before them on a day with hours',
      '2026-11-25T06:00:00+03:00',
      '2026-11-25T08:00:00+03:00',
      '2026-11-25T08:00:00+03:00',
    ],
    [
      'after them on a day with hours',
      '2026-11-25T19:00:00+03:00',
      '2026-11-25T08:00:00+03:00',
      '2026-11-26T08:00:00+03:00',
    ],
    ['on a Sunday', '2026-11-22T06:00:00+03:00', '2026-11-20T08:00:00+03:00', '2026-11-23T08:00:00+03:00'],
    [
      'on a Sunday after a holiday',
      '2026-11-29T06:00:00+03:00',
      '2026-11-26T08:00:00+03:00',
      '2026-11-30T08:00:00+03:00',
    ],
    ['on a holiday', '2026-12-25T08:30:00+03:00', '2026-12-24T08:00:00+03:00', '2026-12-28T08:00:00+03:00'],
  ])('of a moment %s', (_, planned, before, after) => {
    expect(payingTime(at(planned), earlier)).toEqual({ kind: 'at', at: at(before) });
    expect(payingTime(at(planned), { ...earlier, outside: 'later' })).toEqual({ kind: 'at', at: at(after) });
  });

  it('takes the last of several ranges of a day, and one over midnight as of the day on which it begins', () => {
    const twice = [
      { weekday: 5, from: 480, to: 720 },
      { weekday: 5, from: 780, to: 1020 },
    ];
    const sunday = at('2026-11-22T06:00:00+03:00');
    for (const ranges of [twice, twice.toReversed()]) {
      expect(payingTime(sunday, hoursOf({ outside: 'earlier', ranges }))).toEqual({
        kind: 'at',
        at: at('2026-11-20T13:00:00+03:00'),
      });
    }
    const night = [{ weekday: 5, from: 22 * 60, to: 28 * 60 }];
    expect(payingTime(sunday, hoursOf({ outside: 'earlier', ranges: night }))).toEqual({
      kind: 'at',
      at: at('2026-11-20T22:00:00+03:00'),
    });
  });

  it('names the year that decides and is unknown', () => {
    const calendar = calendarOf('2027-01-01', '2027-12-25');
    // The day before the first day of the year is of a year without holidays.
    const holiday = at('2027-01-01T06:00:00+03:00');
    expect(payingTime(holiday, hoursOf({ outside: 'earlier', calendar }))).toEqual({
      kind: 'year-unknown',
      year: 2026,
    });
    expect(payingTime(holiday, hoursOf({ outside: 'later', calendar }))).toMatchObject({ kind: 'at' });
    const last = at('2027-12-31T18:00:00+03:00');
    expect(payingTime(last, hoursOf({ outside: 'later', calendar }))).toEqual({ kind: 'year-unknown', year: 2028 });
    expect(payingTime(last, hoursOf({ outside: 'earlier', calendar }))).toMatchObject({ kind: 'at' });
  });

  it('is always within the hours, and on the side of the moment that the direction names', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 60 * 1440, max: MINUTES - 60 * 1440 }),
        fc.constantFrom('earlier' as const, 'later' as const),
        rangesArbitrary,
        (timezone, minute, outside, ranges) => {
          fc.pre(ranges.length > 0);
          const hours = hoursOf({ timezone, outside, ranges });
          const open = slowlyOpen(hours);
          const planned = FROM + minute * MINUTE_MS;
          const time = payingTime(planned, hours);
          if (time.kind !== 'at') throw new Error(time.kind);
          const paid = (time.at - FROM) / MINUTE_MS;
          expect(open[paid]).toBe(1);
          if (open[minute] === 1) expect(paid).toBe(minute);
          else if (outside === 'later') expect(paid).toBe(open.indexOf(1, minute));
          else {
            const wall = wallTimes(timezone);
            const isSameDay = Math.floor((wall[paid] ?? 0) / DAY_MS) === Math.floor((wall[minute] ?? 0) / DAY_MS);
            if (paid > minute) expect(isSameDay && paid === open.indexOf(1, minute)).toBe(true);
            // No day with hours begins between the two, and at the day of the moment none begins behind it.
            else expect(open.lastIndexOf(1, minute) - paid).toBeLessThan(1440 + 60);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
