import { join } from 'node:path';
import { PayrunError } from '../../domain/problem.ts';
import type { BatchRecord } from '../../ledger/records.ts';
import { localText, type Occurrence } from '../../schedule/occurrences.ts';
import { unsent, type BatchResult } from '../batch-result.ts';
import { occurrenceId, occurrencesFolder } from '../session/occurrence-files.ts';
import type { Session } from '../session/session.ts';
import type { SeriesState } from './state.ts';

/** So many dates are named. */
const DATES_NAMED = 10;

/** Notes that a series was seen for the first time, or comes by another rule now. Nothing that came before is paid. */
export async function beginSeries({ ledger, system, by, watch }: Session, state: SeriesState): Promise<void> {
  const { config, rule, newest, occurrences, history } = state;
  const { name, timezone, from } = config;
  const now = system.clock.now();
  await ledger.noteSeriesStart({ series: name, rule, at: now, by });
  if (from !== null) return;
  const [next] = occurrences.next(now, 1);
  const begins = history.start === null ? 'is new' : `comes by another rule now (${config.every})`;
  const first = next === undefined ? '' : ` The next date is ${occurrenceText(next, timezone)}.`;
  const past =
    newest === null ? '' : ` ${newest.date} came before and is not paid; to have it paid write from: ${newest.date}.`;
  watch.fail(`Series ${name} ${begins}: what comes from now on is paid.${first}${past}`);
}

/** Notes the older dates that nobody was paid for, and names them once. */
export async function nameMissed(session: Session, { config, missed }: SeriesState): Promise<BatchResult> {
  const { ledger, system, by, project } = session;
  const { name, source } = config;
  const at = system.clock.now();
  const noted = await ledger.noteMissed(
    missed.map(({ date }) => ({ series: name, occurrence: date, batch: null, at })),
    by,
  );
  const result = unsent({ file: source.path });
  const dates = noted.map(({ occurrence }) => occurrence);
  const [first] = dates;
  if (first === undefined) return result;
  const more = dates.length > DATES_NAMED ? ` and ${dates.length - DATES_NAMED} earlier ones` : '';
  const folder = join(occurrencesFolder(project.config.batches), occurrenceId(name, first));
  const text =
    `Series ${name}: nobody was paid for ${dates.slice(-DATES_NAMED).join(', ')}${more}. After an outage only the newest date is caught up. ` +
    `If these people are to be paid, put the file of a date into a folder of its own, such as ${folder}, and run that file.`;
  return { ...result, error: new PayrunError(5, 'occurrence-missed', text) };
}

/** Notes that another batch stands in the place of a date's own, and says so once. */
export async function nameInPlace(
  { ledger, system, by, watch }: Session,
  series: string,
  { date }: Occurrence,
  { header }: BatchRecord,
): Promise<void> {
  const { id, occurrence } = header;
  await ledger.noteMissed([{ series, occurrence: date, batch: id, at: system.clock.now() }], by);
  const why =
    header.series === series
      ? `batch ${id} is the series' ${occurrence ?? ''} already`
      : `batch ${id} has that id and is not of the series; if it paid other people, pay this date from a file of another name`;
  watch.fail(`Series ${series}: ${date} is not paid by itself, since ${why}.`);
}

/** `2026-11-25 06:00 (Africa/Nairobi)` */
export function occurrenceText({ at }: Occurrence, timezone: string): string {
  return `${localText(at, timezone).slice(0, 16).replace('T', ' ')} (${timezone})`;
}
