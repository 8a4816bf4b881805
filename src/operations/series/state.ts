import type { SeriesConfig } from '../../config/config.ts';
import { payingTime } from '../../domain/paying-time.ts';
import { isOverlapping } from '../../domain/occurrence.ts';
import type { BatchRecord } from '../../ledger/records.ts';
import { occurrenceOfId, type SeriesHistory, type SeriesStore } from '../../ledger/series-records.ts';
import { dueOccurrences } from '../../schedule/due.ts';
import { Occurrences, type Occurrence } from '../../schedule/occurrences.ts';
import type { Project } from '../session/project.ts';

/** Where a series stands: what of it is due, what was missed, and when it comes next. */
export interface SeriesState {
  readonly config: SeriesConfig;
  /** When it comes, as text: another rule starts anew. */
  readonly rule: string;
  readonly occurrences: Occurrences;
  readonly history: SeriesHistory;
  /** Whether no sweep has seen the series with this rule. */
  readonly isNew: boolean;
  /** The occurrence to be paid now. */
  readonly due: Occurrence | null;
  /** Older occurrences that nobody was paid for. */
  readonly missed: readonly Occurrence[];
  /** The newest date that has come, whatever is known of it. */
  readonly newest: Occurrence | null;
  /** When an occurrence is paid: earlier than it comes where its account has no hours on that day and says so. */
  readonly paidAt: (occurrence: Occurrence) => number;
}

export async function seriesStates(
  project: Project,
  ledger: Pick<SeriesStore, 'seriesHistory'> | null,
  now: number,
): Promise<readonly SeriesState[]> {
  const states: SeriesState[] = [];
  for (const config of project.config.series.values()) {
    const history = (await ledger?.seriesHistory(config.name)) ?? { start: null, batches: [], missed: [] };
    states.push(seriesState(project, config, history, now));
  }
  return states;
}

function seriesState(project: Project, config: SeriesConfig, history: SeriesHistory, now: number): SeriesState {
  const { name, every, timezone, from } = config;
  const rule = [every, timezone, ...(from === null ? [] : [`from ${from}`])].join(' ');
  const { start } = history;
  // A start in the future was written by a clock that stood wrong.
  const isNew = start?.rule !== rule || start.at > now;
  const occurrences = new Occurrences({ every, timezone });
  const missed = new Set(history.missed.map(({ occurrence }) => occurrence));
  const paidAt = (occurrence: Occurrence): number => payMomentOf(project, config, occurrence);
  const answer = dueOccurrences(occurrences, {
    now,
    startedAt: isNew ? null : start.at,
    from,
    isKnown: (date) => missed.has(date) || history.batches.some((batch) => isOwnBatch(batch, name, date)),
    paidAt,
  });
  return { config, rule, occurrences, history, isNew, ...answer, paidAt };
}

function payMomentOf({ config }: Project, { account }: SeriesConfig, { at }: Occurrence): number {
  const hours = account === null ? null : (config.accounts.get(account)?.hours ?? null);
  if (hours?.outside !== 'earlier') return at;
  const paid = payingTime(at, hours);
  return paid.kind === 'at' ? Math.min(paid.at, at) : at;
}

/** Whether a batch is the one that a series pays on a date. */
function isOwnBatch({ header }: BatchRecord, series: string, date: string): boolean {
  return header.series === series && header.occurrence === date && occurrenceOfId(header.id, series) === date;
}

/** The batch that stands in the place of an occurrence's own: it pays for that day, or has the id; null where there is none. */
export function batchInPlace({ config: { name }, history }: SeriesState, date: string): BatchRecord | null {
  const found = history.batches.find((batch) => {
    const { id, series, occurrence } = batch.header;
    if (isOwnBatch(batch, name, date)) return false;
    const isSameDay = occurrence === date || isOverlapping(occurrence ?? '', date);
    return occurrenceOfId(id, name) === date || (series === name && isSameDay);
  });
  return found ?? null;
}
