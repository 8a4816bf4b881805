import { resolve } from 'node:path';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import type { HoursRange, OutsideHours, PayingHours } from '../domain/hours.ts';
import type { ConfigDocument } from './document.ts';
import { readHolidays } from './holidays.ts';
import { ALL_WEEK, parseHours } from './hours.ts';
import { TIMEZONE } from './places.ts';
import type { ConfigProblems } from './problems.ts';
import { isTimezone } from './tree.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

/** The hours of every account that has any, by its name; what is wrong with them is added to the problems. */
export function readAccountHours(
  document: ConfigDocument,
  folder: string,
  problems: ConfigProblems,
): ReadonlyMap<string, PayingHours> {
  const found = new Map<string, PayingHours>();
  for (const [name, account] of entriesAt(document.tree, 'accounts')) {
    const path = ['accounts', name];
    const report = (key: string, message: string): void => {
      problems.add(document.line([...path, key]), `${[...path, key].join('.')}: ${message}`, [...path, key]);
    };
    const hours = hoursOf(account, { folder, timezone: textAt(document.tree, 'timezone') ?? TIMEZONE, report });
    if (hours !== null) found.set(name, hours);
  }
  return found;
}

interface HoursContext {
  readonly folder: string;
  /** Of the configuration. */
  readonly timezone: string;
  readonly report: (key: string, message: string) => void;
}

function hoursOf(account: Tree, { folder, timezone, report }: HoursContext): PayingHours | null {
  const written = ruleAt(account, 'hours');
  const holidays = textAt(account, 'holidays');
  if (written === undefined && holidays === null) {
    for (const key of ['outside_hours', 'timezone']) {
      if (textAt(account, key) !== null) report(key, 'It says nothing without `hours` or `holidays` beside it.');
    }
    return null;
  }
  const zone = textAt(account, 'timezone');
  if (zone !== null && !isTimezone(zone)) {
    report('timezone', `\`${zone.slice(0, 40)}\` is not an IANA time zone. Write one such as Africa/Lagos.`);
  }
  const calendar = holidays === null ? null : readHolidays(resolve(folder, holidays), holidays);
  if (calendar !== null && !('days' in calendar)) {
    for (const fault of calendar) {
      report('holidays', `${holidays ?? ''}${fault.line > 0 ? `:${fault.line}:` : ''} ${fault.message}`);
    }
  }
  const outside = (textAt(account, 'outside_hours') as OutsideHours | null) ?? 'later';
  const ranges = rangesIn(written, report);
  return calendar !== null && !('days' in calendar) ? null : { timezone: zone ?? timezone, ranges, calendar, outside };
}

/** Items of a list are read as if they stood in one text. */
function rangesIn(written: Tree | undefined, report: HoursContext['report']): readonly HoursRange[] {
  if (written === undefined) return ALL_WEEK;
  const texts = typeof written === 'string' ? [written] : entriesAt(written).map(([, text]) => text);
  // Anything but text was reported by the schema.
  const ranges = texts.every((text) => typeof text === 'string') ? parseHours(texts.join(', ')) : [];
  if (typeof ranges !== 'string') return ranges;
  report('hours', `${ranges} Write days and times, such as Mon-Fri 08:00-17:00, Sat 09:00-12:00.`);
  return [];
}
