import { isOfSeries, type MissedOccurrence, type SeriesHistory, type SeriesStart } from '../series-records.ts';
import type { MemoryTables } from './tables.ts';

export function seriesHistoryIn(tables: MemoryTables, series: string): SeriesHistory {
  return {
    start: newestStart(tables, series),
    batches: [...tables.batches.values()].filter((record) => isOfSeries(record, series)),
    missed: tables.missed.filter((one) => one.series === series).sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1)),
  };
}

/** Every function from here on needs an open transaction. */
export function startSeries(tables: MemoryTables, { series, rule, at }: SeriesStart): SeriesStart {
  const known = newestStart(tables, series);
  if (known?.rule === rule && known.at <= at) return known;
  const start = { series, rule, at };
  tables.seriesStarts.push(start);
  return start;
}

export function missOccurrences(
  tables: MemoryTables,
  missed: readonly MissedOccurrence[],
): readonly MissedOccurrence[] {
  const noted: MissedOccurrence[] = [];
  for (const one of missed) {
    const isKnown = tables.missed.some(
      ({ series, occurrence }) => series === one.series && occurrence === one.occurrence,
    );
    if (isKnown) continue;
    tables.missed.push(one);
    noted.push(one);
  }
  return noted;
}

function newestStart(tables: MemoryTables, series: string): SeriesStart | null {
  return tables.seriesStarts.findLast((start) => start.series === series) ?? null;
}
