import { Cron } from 'croner';

const CRON_FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;

/** Expressions repeat within 28 years, but for 29 February beside a turn of the century; any beginning shows whether one ever comes. */
const SEARCHED_FROM = new Date(Date.UTC(2026, 0, 1));

/**
 * Why an expression cannot be the `every:` of a series, with what to write; null where it can.
 *
 * An occurrence is a date, so that an expression comes at one time of a day. Seconds, nicknames and `?` are refused: each reader of
 * cron expressions takes them differently.
 */
export function expressionFault(every: string): string | null {
  const fields = every.trim().split(/\s+/);
  const written = `\`${every.slice(0, 60)}\``;
  if (fields.length !== CRON_FIELDS.length) {
    const seconds = fields.length === 6 ? ' Seconds are not taken.' : '';
    const found = fields.length === 1 && every.startsWith('@') ? 'is a nickname' : `has ${fields.length} fields`;
    return `${written} ${found}; write five: ${CRON_FIELDS.join(', ')}.${seconds}`;
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (every.includes('?'))
    return `${written} has a ?, which readers of such expressions take differently. Write * instead.`;
  for (const [name, field] of Object.entries({ minute, hour })) {
    if (/^\d{1,2}$/.test(field)) continue;
    return (
      `${written} comes more often than once a day, or its ${name} \`${field.slice(0, 20)}\` is no number. An occurrence is a date: ` +
      `write one ${name}; two payrolls on one day are two series.`
    );
  }
  for (const [at, field] of fields.entries()) {
    const alone = CRON_FIELDS.map((_, other) => (other === at ? field : other < 2 ? '0' : '*')).join(' ');
    if (cronOf(alone) !== null) continue;
    return `The ${CRON_FIELDS[at] ?? ''} \`${field.slice(0, 20)}\` of ${written} cannot be read.`;
  }
  if (day !== '*' && weekday !== '*' && !weekday.startsWith('+')) {
    return (
      `${written} names days of the month and days of the week, which means either of the two: it comes on day ${day} and besides on every ` +
      `${weekday}. For days that are both write \`${minute} ${hour} ${day} ${month} +${weekday}\`; else keep one of the two.`
    );
  }
  const cron = cronOf(fields.join(' '));
  if (cron === null) return `${written} cannot be read.`;
  if (cron.nextRun(SEARCHED_FROM) === null) {
    return `${written} never comes: there is no such date. The last day of each month is written 0 6 L * *.`;
  }
  return null;
}

/**
 * The local dates and times of an expression. croner reads it in UTC, which has no changes of the clock: what a local time is in a
 * time zone is this room's own rule.
 */
export function wallTimes(every: string): WallTimes {
  const cron = cronOf(every.trim().split(/\s+/).join(' '));
  if (cron === null) throw new Error(`the expression passed its check and cannot be read: ${every}`);
  return {
    after: (wall) => cron.nextRun(new Date(wall))?.getTime() ?? null,
    before: (wall, count) => cron.previousRuns(count, new Date(wall)).map((date) => date.getTime()),
  };
}

export interface WallTimes {
  /** The first wall time after another one; null where none comes any more. */
  after(wall: number): number | null;
  /** The wall times before another one, the newest first. */
  before(wall: number, count: number): readonly number[];
}

function cronOf(expression: string): Cron | null {
  try {
    return new Cron(expression, { timezone: 'UTC', paused: true, mode: '5-part' });
  } catch {
    return null;
  }
}
