import type { BatchHeader } from '../domain/batch.ts';
import type { Hold } from '../domain/hold.ts';
import { hoursAt, type HolidayCalendar, type PayingHours } from '../domain/hours.ts';
import { payingTime } from '../domain/paying-time.ts';
import type { Problem } from '../domain/problem.ts';
import { dateOfInstant, zonedText } from '../domain/time-zone.ts';

/** What decides whether payments of a batch may be sent from an account at a moment. */
export interface SendingTime {
  readonly header: Pick<BatchHeader, 'id' | 'file' | 'notBefore' | 'notAfter'>;
  readonly account: string;
  /** Null: at any time. */
  readonly hours: PayingHours | null;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Why the payments may not be sent at the moment. */
type Reason =
  | { readonly kind: 'not-after'; readonly notAfter: number; readonly opens: number | null }
  | { readonly kind: 'not-before'; readonly until: number; readonly notBefore: number }
  | { readonly kind: 'hours'; readonly until: number }
  | { readonly kind: 'year-unknown'; readonly year: number }
  | { readonly kind: 'never' };

/** Why no payment of the batch may be sent from the account now; null where it may be sent. */
export function holdOf(time: SendingTime): Hold | null {
  const reason = holdReason(time);
  return reason === null ? null : holdFor(time, reason, time.account);
}

/** What keeps payments of the batch back now, of each account that has some; what holds for all of them is named once. */
export function holdsAt(times: readonly SendingTime[]): readonly Hold[] {
  const reasons = times.map((time) => ({ time, reason: holdReason(time) }));
  const [first] = reasons;
  const isOfBatch = reasons.every(
    ({ reason }) => isOfAllAccounts(reason) && isSameReason(reason, first?.reason ?? null),
  );
  if (first !== undefined && first.reason !== null && isOfBatch) return [holdFor(first.time, first.reason, null)];
  return reasons.flatMap(({ time, reason }) => (reason === null ? [] : [holdFor(time, reason, time.account)]));
}

/** When payments of every account may be sent; null where one waits for no time, or may be sent now. */
export function heldUntil(holds: readonly Hold[], accounts: readonly string[]): number | null {
  const times = accounts.map((name) => {
    const own = holds.filter(({ account }) => account === null || account === name);
    return own.length === 0 ? Infinity : Math.max(...own.map(({ until }) => until ?? Infinity));
  });
  const latest = Math.max(...times);
  return Number.isFinite(latest) ? latest : null;
}

/** A payment in a year of which its account's calendar knows nothing could fall on a holiday. */
export function calendarProblems(times: readonly SendingTime[]): Problem[] {
  return times.flatMap((time) => {
    const reason = holdReason(time);
    if (reason?.kind !== 'year-unknown') return [];
    const message = yearText(time.account, time.hours?.calendar ?? null, reason.year);
    const { file } = time.header;
    return [{ severity: 'error', file, line: 0, column: '', field: '', code: 'calendar-year-missing', message }];
  });
}

function holdReason({ header, hours, now }: SendingTime): Reason | null {
  const { notBefore } = header;
  const notAfter = header.notAfter ?? Infinity;
  if (now > notAfter) return { kind: 'not-after', notAfter, opens: null };
  const waits = (reason: Extract<Reason, { until: number }>): Reason =>
    reason.until > notAfter ? { kind: 'not-after', notAfter, opens: reason.until } : reason;
  if (notBefore !== null) {
    const planned = hours === null ? ({ kind: 'at', at: notBefore } as const) : payingTime(notBefore, hours);
    if (planned.kind !== 'at') return planned;
    if (now < planned.at) return waits({ kind: 'not-before', until: planned.at, notBefore });
  }
  const state = hours === null ? null : hoursAt(now, hours);
  if (state === null || state.kind === 'open') return null;
  return state.kind === 'closed' ? waits({ kind: 'hours', until: state.until }) : state;
}

/** Whether a reason comes from the batch alone, so that every account of it has the same one. */
function isOfAllAccounts(reason: Reason | null): boolean {
  if (reason === null) return false;
  return reason.kind === 'not-after' ? reason.opens === null : reason.kind === 'not-before' && isAsPlanned(reason);
}

function isAsPlanned({ until, notBefore }: Extract<Reason, { kind: 'not-before' }>): boolean {
  return until === notBefore;
}

function isSameReason(one: Reason | null, other: Reason | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @param account null: of every account of the batch. */
function holdFor({ header, hours, now, account: payer }: SendingTime, reason: Reason, account: string | null): Hold {
  const { id, file } = header;
  const zone = hours?.timezone ?? null;
  const moment = (at: number): string => (zone === null ? new Date(at).toISOString() : zonedText(at, zone));
  const what = account === null ? `Batch ${id}` : `Batch ${id}, account ${account},`;
  switch (reason.kind) {
    case 'not-after': {
      const why =
        reason.opens === null ? '' : `, and the hours of account ${payer} begin only at ${moment(reason.opens)}`;
      const text =
        `${what} was to be sent until ${moment(reason.notAfter)} (not_after)${why}: nothing of it is sent any more. To pay the rest all the same, ` +
        `write a later not_after into ${file} and run it again; to end it: payrun cancel ${id} --because TEXT`;
      return { kind: 'not-after', account, until: null, text };
    }
    case 'not-before': {
      const { until, notBefore } = reason;
      const moved = `not_before is ${moment(notBefore)}, outside of the hours of the account; outside_hours: ${hours?.outside ?? 'later'}`;
      const text = `${what} is held until ${moment(until)} (${isAsPlanned(reason) ? 'not_before' : moved}).`;
      return { kind: 'not-before', account, until, text };
    }
    case 'hours': {
      const text = `Account ${payer} sends nothing before ${moment(reason.until)}: ${closedText(now, hours)} Run again then; a sweep does so by itself.`;
      return { kind: 'hours', account, until: reason.until, text };
    }
    case 'year-unknown':
      return { kind: 'hours', account, until: null, text: yearText(payer, hours?.calendar ?? null, reason.year) };
    case 'never': {
      const text = `Account ${payer} sends nothing: its hours do not begin within a year. Look at its hours and holidays in payrun.yaml.`;
      return { kind: 'hours', account, until: null, text };
    }
  }
}

function closedText(now: number, hours: PayingHours | null): string {
  const date = hours === null ? '' : dateOfInstant(now, hours.timezone);
  const holiday = hours?.calendar?.days.get(date);
  if (holiday === undefined) return 'now it is outside of its hours.';
  return `${date} is a holiday${holiday === '' ? '' : ` (${holiday})`}.`;
}

function yearText(account: string, calendar: HolidayCalendar | null, year: number): string {
  return (
    `Account ${account} cannot pay in ${year}: its calendar ${calendar?.file ?? ''} names no holiday of that year, so that payrun would take ` +
    `every day of it for a working day. Add the holidays of ${year} to the file, such as \`${year}-01-01 New Year's Day\`, and run again.`
  );
}
