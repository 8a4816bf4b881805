import { isWeekOfYear } from '../domain/occurrence.ts';
import type { PaidOccurrence } from './context.ts';
import { isBatchId } from './identifiers.ts';
import type { ProblemList, ProblemPlace } from './problem-list.ts';
import { quotable } from './shape.ts';

/** The recurring payroll that a batch belongs to, and which date of it; both null for a batch that stands alone. */
export interface SeriesOccurrence {
  readonly series: string | null;
  readonly occurrence: string | null;
}

interface SeriesInput {
  /** As written; '' for none. */
  readonly series: string;
  readonly occurrence: string;
  /** Texts in which the occurrence is searched where it is not written, in this order: the file's name. */
  readonly names: readonly string[];
  /** Where the file is paid as an occurrence, what is written and what its name says do not count. */
  readonly paidAs?: PaidOccurrence | undefined;
}

/** Reads which occurrence of which series a batch is. What cannot be read is reported. */
export function readSeries(
  { series, occurrence, names, paidAs }: SeriesInput,
  place: (key: string) => ProblemPlace,
  problems: ProblemList,
): SeriesOccurrence {
  if (paidAs !== undefined) {
    if (series !== '' && series !== paidAs.series) {
      const what = `This file is of the series "${quotable(series)}" and would be paid as ${paidAs.series}, ${paidAs.occurrence}.`;
      problems.error(place('series'), 'series-other', `${what} Give ${paidAs.series} a file of its own.`);
    }
    return { series: paidAs.series, occurrence: paidAs.occurrence };
  }
  if (series === '' && occurrence === '') return ALONE;
  if (!isBatchId(series)) {
    const message =
      series === ''
        ? 'An occurrence belongs to a series. Write `series:` beside it, for example `series: salaries`.'
        : `"${quotable(series)}" cannot be the name of a series: 1 to 64 of a-z, 0-9, point, underscore and hyphen, beginning with a letter or digit.`;
    problems.error(place('series'), series === '' ? 'series-missing' : 'series-invalid', message);
    return ALONE;
  }
  if (occurrence !== '') {
    const [read] = occurrencesIn(occurrence);
    if (read !== undefined) return { series, occurrence: read };
    const message = `"${quotable(occurrence)}" is no occurrence. ${EXAMPLES}`;
    problems.error(place('occurrence'), 'occurrence-invalid', message);
    return ALONE;
  }
  for (const name of names) {
    const [read, other] = occurrencesIn(name);
    if (read !== undefined && other === undefined) return { series, occurrence: read };
    if (other === undefined) continue;
    const message = `"${quotable(name)}" names ${read ?? ''} and ${other}, and one file is one occurrence of the series ${series}. ${rename(series)}`;
    problems.error(place('occurrence'), 'occurrence-unclear', message);
    return ALONE;
  }
  const message = `Nothing in "${quotable(names[0] ?? '')}" says which occurrence of the series ${series} this is. ${rename(series)}`;
  problems.error(place('occurrence'), 'occurrence-missing', message);
  return ALONE;
}

const ALONE: SeriesOccurrence = { series: null, occurrence: null };

const EXAMPLES = 'Write a month (2026-11), a day (2026-11-07) or a week (2026-W45).';

function rename(series: string): string {
  return (
    `Give the file a name with its month, day or week, such as ${series}-2026-11.csv, ${series}-2026-11-07.csv or ` +
    `${series}-2026-W45.csv; or name it with \`rows:\` in a YAML batch that says \`series\` and \`occurrence\`.`
  );
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const YEAR = '(?<year>20\\d\\d)';
const MONTH = '(?<month>0[1-9]|1[0-2])';
const DAY = '(?<day>0[1-9]|[12]\\d|3[01])';
const ENDS = 'uary|ruary|ch|il|e|y|ust|t|tember|ober|ember';
const MONTH_NAME = `(?<![a-z])(?<name>${MONTHS.join('|')})(?:${ENDS})?(?![a-z])`;
const GAP = '[-_., ]*';

/** The ways in which people write a date, the most exact first. `07-11-2026` is none: it is two dates in two countries. */
const DATE_FORMS: readonly RegExp[] = [
  `(?<!\\d)${YEAR}[-_. ]?${MONTH}[-_. ]?${DAY}(?!\\d)`,
  `(?<!\\d)${YEAR}${GAP}w(?:k|eek)?${GAP}(?<week>0?[1-9]|[1-4]\\d|5[0-3])(?!\\d)`,
  `(?<![a-z])w(?:k|eek)?${GAP}(?<week>0?[1-9]|[1-4]\\d|5[0-3])[-_., ]+${YEAR}(?!\\d)`,
  `(?<!\\d)(?<day>0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?${GAP}${MONTH_NAME}${GAP}${YEAR}(?!\\d)`,
  `${MONTH_NAME}${GAP}(?<day>0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?[-_., ]+${YEAR}(?!\\d)`,
  `${MONTH_NAME}${GAP}${YEAR}(?!\\d)`,
  `(?<!\\d)${YEAR}${GAP}${MONTH_NAME}`,
  `(?<!\\d)${YEAR}[-_. ]?${MONTH}(?![-_. ]?\\d)`,
].map((form) => new RegExp(form, 'gi'));

/** Every date in a text, in one spelling each: `2026-11`, `2026-11-07` or `2026-W45`. */
export function occurrencesIn(text: string): readonly string[] {
  const found = new Set<string>();
  let rest = text;
  for (const form of DATE_FORMS) {
    // What one form has read is taken out: a day holds a month, which would be found once more.
    rest = rest.replace(form, (whole, ...parts) => {
      const read = occurrenceOf(parts.at(-1) as DateParts);
      if (read === null) return whole;
      found.add(read);
      return '|';
    });
  }
  return [...found];
}

interface DateParts {
  readonly year?: string;
  readonly month?: string;
  readonly day?: string;
  readonly week?: string;
  readonly name?: string;
}

function occurrenceOf({ year = '', month, day, week, name }: DateParts): string | null {
  if (week !== undefined) {
    return isWeekOfYear(Number(year), Number(week)) ? `${year}-W${week.padStart(2, '0')}` : null;
  }
  const named = MONTHS.findIndex((one) => one === name?.toLowerCase()) + 1;
  const monthText = month ?? String(named).padStart(2, '0');
  if (day === undefined) return `${year}-${monthText}`;
  const date = `${year}-${monthText}-${day.padStart(2, '0')}`;
  return new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day) ? date : null;
}
