import type { BatchRecord } from './records.ts';

/** When payrun first saw a series with this rule: nothing that came before is paid. */
export interface SeriesStart {
  readonly series: string;
  /** How the configuration said when it comes; another text is another rule. */
  readonly rule: string;
  readonly at: number;
}

/** An occurrence that is paid by no batch of its own any more. */
export interface MissedOccurrence {
  readonly series: string;
  /** `2026-11-25` */
  readonly occurrence: string;
  /** The batch that stands in its place, or null: nobody was paid for it. */
  readonly batch: string | null;
  readonly at: number;
}

/** What the ledger knows of one series. */
export interface SeriesHistory {
  /** The newest start; null: the series was never seen. */
  readonly start: SeriesStart | null;
  /** Batches that are occurrences of it, and those that only have the id of one; in the order of their registration. */
  readonly batches: readonly BatchRecord[];
  /** In the order of their dates. */
  readonly missed: readonly MissedOccurrence[];
}

/** What a sweep with nothing to do has to know of the series, without reading an expression. */
export interface ScheduleMemo {
  /** Of the configuration and the tables of time zones that the memo was computed with. */
  readonly key: string;
  /** No occurrence comes before this moment; null: none comes any more. */
  readonly nextAt: number | null;
  /** Names of all series. */
  readonly series: readonly string[];
  /** Absolute paths of the files that no sweep pays by themselves. */
  readonly templates: readonly string[];
}

/** Recurring payrolls. That an occurrence was paid is known by its batch, which is registered once. */
export interface SeriesStore {
  seriesHistory(series: string): Promise<SeriesHistory>;
  /** Notes the first sight of a series with a rule, and returns the newest start: an earlier one with the same rule stays. */
  noteSeriesStart(start: SeriesStart & { readonly by: string }): Promise<SeriesStart>;
  /** Notes that these occurrences are missed, and returns those that were not noted before. */
  noteMissed(missed: readonly MissedOccurrence[], by: string): Promise<readonly MissedOccurrence[]>;
  /** Remembers on this machine when the series come next. */
  rememberSchedule(memo: ScheduleMemo): Promise<void>;
  /** The memo of this machine with this key, or null. */
  rememberedSchedule(key: string): Promise<ScheduleMemo | null>;
}

/** Whether a batch is an occurrence of a series, or has the id of one. */
export function isOfSeries({ header }: Pick<BatchRecord, 'header'>, series: string): boolean {
  return header.series === series || occurrenceOfId(header.id, series) !== null;
}

/** The date in the id of a series' batch: `salaries-2026-11-25` → `2026-11-25`; null for any other id. */
export function occurrenceOfId(id: string, series: string): string | null {
  if (!id.startsWith(`${series}-`)) return null;
  const date = id.slice(series.length + 1);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : null;
}
