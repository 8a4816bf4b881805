import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expressionFault, localText, Occurrences } from '../../src/schedule/occurrences.ts';
import { instantOf, wallTimeAt } from '../../src/schedule/local-time.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ZONES = ['Africa/Nairobi', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/Lagos', 'Europe/London', 'Pacific/Apia'];

/** Each local minute by going through the time itself: what `instantOf` has to find without doing so. */
function firstMinuteNotBefore(wall: number, timezone: string): number {
  let isBefore = false;
  for (let at = wall - 2 * DAY; at <= wall + 2 * DAY; at += MINUTE) {
    const shows = wallTimeAt(at, timezone);
    if (shows === wall) return at;
    if (shows > wall && isBefore) return at;
    isBefore = shows < wall;
  }
  throw new Error(`no minute of ${timezone} shows ${new Date(wall).toISOString()}`);
}

const text = (at: number): string => new Date(at).toISOString().slice(0, 16);
const upcoming = (every: string, timezone: string, from: string, count: number): string[] =>
  new Occurrences({ every, timezone }).next(Date.parse(from), count).map(({ date, at }) => `${date} ${text(at)}`);

describe('an occurrence', () => {
  it('comes at its local time, whatever the offset is on its date', () => {
    expect(upcoming('0 6 25 * *', 'Africa/Nairobi', '2026-11-01T00:00Z', 2)).toEqual([
      '2026-11-25 2026-11-25T03:00',
      '2026-12-25 2026-12-25T03:00',
    ]);
    expect(upcoming('0 6 25 * *', 'Africa/Cairo', '2026-10-01T00:00Z', 2)).toEqual([
      '2026-10-25 2026-10-25T03:00',
      '2026-11-25 2026-11-25T04:00',
    ]);
  });

  it('comes right after the gap where its local time is skipped', () => {
    // On the last Friday of April clocks in Cairo go from 00:00 to 01:00.
    expect(upcoming('30 0 24 4 *', 'Africa/Cairo', '2026-04-01T00:00Z', 1)).toEqual(['2026-04-24 2026-04-23T22:00']);
    expect(upcoming('0 0 * * *', 'Africa/Cairo', '2026-04-23T12:00Z', 2)).toEqual([
      '2026-04-24 2026-04-23T22:00',
      '2026-04-25 2026-04-24T21:00',
    ]);
    // After Ramadan clocks in Casablanca go from 02:00 to 03:00.
    expect(upcoming('30 2 * * *', 'Africa/Casablanca', '2026-03-21T12:00Z', 1)).toEqual([
      '2026-03-22 2026-03-22T02:00',
    ]);
  });

  it('comes once, at the first pass, where clocks go through its local time twice', () => {
    expect(upcoming('30 23 * * *', 'Africa/Cairo', '2026-10-28T22:00Z', 2)).toEqual([
      '2026-10-29 2026-10-29T20:30',
      '2026-10-30 2026-10-30T21:30',
    ]);
    expect(upcoming('30 2 * * *', 'Africa/Casablanca', '2026-02-14T12:00Z', 2)).toEqual([
      '2026-02-15 2026-02-15T01:30',
      '2026-02-16 2026-02-16T02:30',
    ]);
  });

  it('has the one instant that going through the minutes finds', () => {
    const zone = fc.constantFrom(...ZONES);
    const minutes = fc.integer({ min: Date.UTC(2010, 0, 1) / MINUTE, max: Date.UTC(2031, 0, 1) / MINUTE });
    fc.assert(
      fc.property(zone, minutes, (timezone, minute) => {
        expect(instantOf(minute * MINUTE, timezone)).toBe(firstMinuteNotBefore(minute * MINUTE, timezone));
      }),
      { numRuns: 40 },
    );
    for (const [timezone, day] of [
      ['Africa/Cairo', Date.UTC(2026, 3, 24)],
      ['Africa/Cairo', Date.UTC(2026, 9, 29, 22)],
      ['Africa/Casablanca', Date.UTC(2026, 1, 15)],
      ['Africa/Casablanca', Date.UTC(2026, 2, 22)],
    ] as const) {
      for (let wall = day; wall < day + 4 * 3_600_000; wall += 30 * MINUTE) {
        expect([timezone, text(wall), instantOf(wall, timezone)]).toEqual([
          timezone,
          text(wall),
          firstMinuteNotBefore(wall, timezone),
        ]);
      }
    }
  });

  it('is one per date, and looking back finds what looking forward finds', () => {
    const every = fc
      .tuple(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(
          '* * *',
          '25 * *',
          'L * *',
          '* * 5',
          '* * MON-FRI',
          '29-31 * *',
          '24 4 *',
          '* * +5L',
          '1,15 * *',
        ),
      )
      .map(([minute, hour, rest]) => `${minute} ${hour} ${rest}`);
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), every, (timezone, expression) => {
        expect(expressionFault(expression)).toBeNull();
        const occurrences = new Occurrences({ every: expression, timezone });
        const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)];
        const found = occurrences.next(from, 800).filter(({ at }) => at <= to);
        const dates = found.map(({ date }) => date);
        expect(new Set(dates).size).toBe(dates.length);
        expect([...dates].sort()).toEqual(dates);
        expect(occurrences.until(to, found.length)).toEqual(found);
        const [first] = found;
        if (first !== undefined) expect(occurrences.until(first.at - 1, 1).map(({ at }) => at)).not.toContain(first.at);
      }),
      { numRuns: 25 },
    );
  });

  it('is written with its offset', () => {
    expect(localText(Date.parse('2026-11-25T03:00Z'), 'Africa/Nairobi')).toBe('2026-11-25T06:00+03:00');
    expect(localText(Date.parse('2026-11-25T03:00Z'), 'America/St_Johns')).toBe('2026-11-24T23:30-03:30');
  });
});

describe('an expression', () => {
  it.each(['0 6 25 * *', '00 06 25 * *', '0 6 L * *', '0 6 LW * *', '0 6 * * FRI', '0 6 29 2 *', '0 6 25 * +MON-FRI'])(
    'is taken: %s',
    (every) => {
      expect(expressionFault(every)).toBeNull();
    },
  );

  it.each([
    ['0 0 31 2 *', /never comes: there is no such date.*0 6 L \* \*/],
    ['0 6 31 4,6,9,11 *', /never comes/],
    ['0 6 25 *', /has 4 fields; write five: minute, hour, day of the month/],
    ['0 0 6 25 * *', /has 6 fields.*Seconds are not taken/],
    ['@monthly', /is a nickname/],
    ['* 6 25 * *', /more often than once a day, or its minute `\*` is no number/],
    ['0 6,18 25 * *', /more often than once a day.*hour `6,18`.*two series/],
    ['*/15 6 25 * *', /more often than once a day/],
    ['0 6 25 * ?', /has a \?/],
    ['0 6 32 * *', /The day of the month `32` of `0 6 32 \* \*` cannot be read/],
    ['0 24 25 * *', /The hour `24`/],
    ['0 6 25 13 *', /The month `13`/],
    ['0 6 * * FRY', /The day of the week `FRY`/],
    ['0 6 25 * MON-FRI', /on day 25 and besides on every MON-FRI.*`0 6 25 \* \+MON-FRI`/],
    ['', /has 1 fields|has 0 fields/],
  ])('is refused with what to write: %s', (every, fault) => {
    expect(expressionFault(every)).toMatch(fault);
  });
});
