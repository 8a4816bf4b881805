import { relative } from 'node:path';
import type { SeriesConfig } from '../config/config.ts';
import { hoursAt } from '../domain/hours.ts';
import { formatAmount } from '../domain/money.ts';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import { countOf, sumsByCurrency } from '../domain/totals.ts';
import { localText, type Occurrence } from '../schedule/occurrences.ts';
import { checkFile } from './check-file.ts';
import { batchInPlace, seriesStates, type SeriesState } from './series/state.ts';
import { sourceOf } from './series/source.ts';
import { occurrenceId } from './session/occurrence-files.ts';
import { withSessionIfLedger, type OperationContext } from './session/session.ts';

/** Without an end so many dates of each series are listed. */
const SCHEDULE_DATES = 3;
/** With an end no more than these. */
const DATES_MAX = 400;

export interface SeriesSchedule {
  readonly series: string;
  readonly every: string;
  readonly timezone: string;
  readonly account: string | null;
  readonly source: SeriesConfig['source'];
  readonly occurrences: readonly ScheduledOccurrence[];
  readonly missed: readonly { readonly occurrence: string; readonly batch: string | null }[];
}

export interface ScheduledOccurrence {
  readonly occurrence: string;
  readonly batch: string;
  /** Local time with its offset, `2026-11-25T06:00+03:00`, and the same in UTC. */
  readonly at: string;
  readonly atUtc: string;
  /** `due` is paid by the next sweep of the drop folder; `in-place` by none, since another batch stands in its place. */
  readonly state: 'due' | 'coming' | 'in-place';
  /** What will be paid from, as far as it is there. */
  readonly file: string | null;
  readonly count: number | null;
  readonly sums: Readonly<Record<string, string>>;
  /** Why nothing could be paid from it as it is now. */
  readonly problem: string | null;
  /** When it is paid, where that is not when it comes; and other things to know. */
  readonly notes: readonly string[];
}

/**
 * The next dates of every series, with what each will pay as its file is now, and the dates that were missed. Changes nothing.
 *
 * @param until the last date, `2026-12-31`; null: the next few of each series.
 */
export function schedule(context: OperationContext, until: string | null): Promise<readonly SeriesSchedule[]> {
  return withSessionIfLedger(context, { command: 'schedule', warnsOfPast: true }, async (session) => {
    const { project, system } = context;
    const ledger = session?.ledger ?? null;
    const schedules: SeriesSchedule[] = [];
    for (const state of await seriesStates(project, ledger, system.clock.now())) {
      const { config, history, missed, due } = state;
      const { name, every, timezone, account, source } = config;
      const coming = state.occurrences
        .next(system.clock.now(), until === null ? SCHEDULE_DATES : DATES_MAX)
        .filter(({ date }) => (until === null || date <= until) && date !== due?.date);
      const occurrences: ScheduledOccurrence[] = [];
      for (const occurrence of [...(due === null ? [] : [due]), ...coming]) {
        const read = await plannedContent(context, state, occurrence);
        occurrences.push({ ...scheduled(context, state, occurrence, occurrence === due), ...read });
      }
      const paid = new Set(history.batches.map(({ header }) => header.id));
      const noted = history.missed.filter(({ occurrence }) => !paid.has(occurrenceId(name, occurrence)));
      const open = missed.map(({ date }) => ({ occurrence: date, batch: null }));
      const all = [...noted.map(({ occurrence, batch }) => ({ occurrence, batch })), ...open];
      schedules.push({ series: name, every, timezone, account, source, occurrences, missed: all });
    }
    return schedules;
  });
}

function scheduled(
  { project }: OperationContext,
  state: SeriesState,
  occurrence: Occurrence,
  isDue: boolean,
): Omit<ScheduledOccurrence, 'file' | 'count' | 'sums' | 'problem'> {
  const { config, paidAt } = state;
  const { date, at } = occurrence;
  const inPlace = batchInPlace(state, date);
  const hours = config.account === null ? null : (project.config.accounts.get(config.account)?.hours ?? null);
  const notes: string[] = [];
  const earlier = paidAt(occurrence);
  if (earlier < at)
    notes.push(`paid earlier, from ${localText(earlier, config.timezone)}: its account has no hours then`);
  const open = hours === null ? null : hoursAt(earlier, hours);
  if (open?.kind === 'closed')
    notes.push(`sent from ${localText(open.until, config.timezone)}: its account has no hours before`);
  if (open?.kind === 'year-unknown') notes.push(`the calendar of holidays knows nothing of ${open.year}`);
  if (inPlace !== null) notes.push(`batch ${inPlace.header.id} stands in its place`);
  return {
    occurrence: date,
    batch: occurrenceId(config.name, date),
    at: localText(at, config.timezone),
    atUtc: new Date(at).toISOString().replace('.000', ''),
    state: inPlace !== null ? 'in-place' : isDue ? 'due' : 'coming',
    notes,
  };
}

type Content = Pick<ScheduledOccurrence, 'file' | 'count' | 'sums' | 'problem'>;

const NOTHING_READ: Content = { file: null, count: null, sums: {}, problem: null };

/** What an occurrence would pay if it were paid from its file as it is now. */
async function plannedContent(
  { project, system }: OperationContext,
  { config }: SeriesState,
  { date }: Occurrence,
): Promise<Content> {
  const { name, source } = config;
  try {
    const { file, isDated } = await sourceOf(config, date, system.clock);
    // Which file will be the newest is not known before the date.
    if (source.kind === 'folder' && !isDated) return { ...NOTHING_READ, file };
    const occurrence = { series: name, occurrence: date, isTemplate: source.kind === 'template' };
    const flags = { account: null, batch: null, amend: false };
    const { summary, problems } = await checkFile(project, null, file, { ...flags, occurrence });
    if (summary === null) {
      const errors = problems.filter(({ severity }) => severity === 'error');
      const [first] = errors;
      const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
      const place = `${relative(project.config.folder, file)}${(first?.line ?? 0) > 0 ? `:${first?.line ?? 0}` : ''}`;
      return { ...NOTHING_READ, file, problem: `${place}: ${first?.message ?? ''}${more}` };
    }
    const sums = [...sumsByCurrency(summary.totals)].map(([currency, minor]) => [
      currency,
      formatAmount(minor, currency),
    ]);
    return {
      file,
      count: countOf(summary.totals),
      sums: Object.fromEntries(sums) as Record<string, string>,
      problem: null,
    };
  } catch (error) {
    if (!isPayrunError(error)) throw error;
    // A file that is not there yet may come until then.
    return { ...NOTHING_READ, problem: error instanceof PayrunError && error.exit === 5 ? null : error.message };
  }
}
