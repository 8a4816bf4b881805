import { describe, expect, it } from 'vitest';
import type { PayingHours } from '../../src/domain/hours.ts';
import { calendarProblems, heldUntil, holdOf, holdsAt, type SendingTime } from '../../src/plan/holds.ts';

const at = (text: string): number => Date.parse(`${text}+03:00`);
const SATURDAY = at('2026-11-28T10:00:00');
const MONDAY = at('2026-11-30T08:00:00');
const HOURS: PayingHours = {
  timezone: 'Africa/Nairobi',
  ranges: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 480, to: 1020 })),
  calendar: null,
  outside: 'later',
};

function time(change: Partial<SendingTime> = {}, times: Partial<SendingTime['header']> = {}): SendingTime {
  const header = { id: 'november', file: 'batches/november.yaml', notBefore: null, ...times };
  return { header, account: 'salaries', hours: HOURS, now: SATURDAY, ...change };
}

describe('a hold', () => {
  it('of closed hours says when they begin again', () => {
    expect(holdOf(time())).toEqual({
      kind: 'hours',
      account: 'salaries',
      until: MONDAY,
      text: 'Account salaries sends nothing before Mon 2026-11-30 08:00 (Africa/Nairobi): now it is outside of its hours. Run again then; a sweep does so by itself.',
    });
    expect(holdOf(time({ now: MONDAY }))).toBeNull();
    expect(holdOf(time({ hours: null }))).toBeNull();
  });

  it('of a holiday names it', () => {
    const calendar = { file: 'ke.txt', days: new Map([['2026-12-25', 'Christmas Day']]), years: [2026] };
    const hold = holdOf(time({ hours: { ...HOURS, calendar }, now: at('2026-12-25T10:00:00') }));
    expect(hold?.text).toContain('2026-12-25 is a holiday (Christmas Day).');
    expect(hold?.until).toBe(at('2026-12-28T08:00:00'));
  });

  it('of not_before follows the direction of the account', () => {
    const sunday = at('2026-12-06T06:00:00');
    const friday = at('2026-12-04T08:00:00');
    const planned = { notBefore: sunday };
    expect(holdOf(time({}, planned))).toMatchObject({ kind: 'not-before', until: at('2026-12-07T08:00:00') });
    const earlier = { ...HOURS, outside: 'earlier' as const };
    const hold = holdOf(time({ hours: earlier }, planned));
    expect(hold).toMatchObject({ kind: 'not-before', until: friday });
    expect(hold?.text).toBe(
      'Batch november, account salaries, is held until Fri 2026-12-04 08:00 (Africa/Nairobi) (not_before is Sun 2026-12-06 06:00 (Africa/Nairobi), outside of the hours of the account; outside_hours: earlier).',
    );
    expect(holdOf(time({ hours: earlier, now: friday }, planned))).toBeNull();
    // The day before was missed: the payment waits for the next hours and no longer.
    expect(holdOf(time({ hours: earlier, now: sunday }, planned))).toMatchObject({
      kind: 'hours',
      until: at('2026-12-07T08:00:00'),
    });
  });

  it('of not_after waits for a person, also where the hours begin only behind it', () => {
    const hold = holdOf(time({ hours: null }, { notAfter: SATURDAY - 1 }));
    expect(hold).toMatchObject({ kind: 'not-after', until: null });
    expect(hold?.text).toContain(
      'write a later not_after into batches/november.yaml and run it again; to end it: payrun cancel november',
    );
    expect(holdOf(time({ hours: null }, { notAfter: SATURDAY }))).toBeNull();
    expect(holdOf(time({}, { notAfter: MONDAY - 1 }))?.text).toContain(
      'the hours of account salaries begin only at Mon 2026-11-30 08:00 (Africa/Nairobi): nothing of it is sent any more',
    );
    expect(holdOf(time({}, { notAfter: MONDAY }))).toMatchObject({ kind: 'hours' });
  });

  it('is of the whole batch only where it holds for every account alike', () => {
    const sunday = at('2026-12-06T06:00:00');
    const without = [
      time({ hours: null, account: 'a' }, { notBefore: sunday }),
      time({ hours: null, account: 'b' }, { notBefore: sunday }),
    ];
    expect(holdsAt(without)).toEqual([
      {
        kind: 'not-before',
        account: null,
        until: sunday,
        text: 'Batch november is held until 2026-12-06T03:00:00.000Z (not_before).',
      },
    ]);
    const earlier = { ...HOURS, outside: 'earlier' as const };
    const mixed = [
      time({ hours: null, account: 'a' }, { notBefore: sunday }),
      time({ hours: earlier, account: 'b', now: at('2026-12-04T09:00:00') }, { notBefore: sunday }),
    ];
    expect(holdsAt(mixed)).toMatchObject([{ kind: 'not-before', account: 'a', until: sunday }]);
    expect(heldUntil(holdsAt(mixed), ['a', 'b'])).toBeNull();
    expect(heldUntil(holdsAt(without), ['a', 'b'])).toBe(sunday);
    expect(heldUntil(holdsAt([time()]), ['salaries'])).toBe(MONDAY);
  });

  it('of a calendar without the year is a problem that names file, year and next step', () => {
    const calendar = { file: 'ke.txt', days: new Map([['2026-12-25', '']]), years: [2026] };
    const hours = { ...HOURS, calendar };
    expect(calendarProblems([time({ hours })])).toEqual([]);
    const [problem] = calendarProblems([time({ hours }, { notBefore: at('2027-01-04T10:00:00') })]);
    expect(problem).toMatchObject({ severity: 'error', file: 'batches/november.yaml', code: 'calendar-year-missing' });
    expect(problem?.message).toContain(
      'Account salaries cannot pay in 2027: its calendar ke.txt names no holiday of that year',
    );
    expect(holdOf(time({ hours, now: at('2027-01-04T10:00:00') }))).toMatchObject({ kind: 'hours', until: null });
  });
});
