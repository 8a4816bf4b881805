import {
  isOfSeries,
  type MissedOccurrence,
  type ScheduleMemo,
  type SeriesHistory,
  type SeriesStart,
} from '../series-records.ts';
import { insertion, statement, type Database, type Transaction } from './database.ts';
import type { Entries } from './entries.ts';
import { recordOf, type BatchRow } from './rows.ts';

/** When series were first seen, which occurrences were missed, and when the next one comes. */
export class SeriesRecords {
  private readonly database: Database;
  private readonly host: string;

  constructor(database: Database, host: string) {
    this.database = database;
    this.host = host;
  }

  async history(series: string): Promise<SeriesHistory> {
    const [start] = await this.database.read(SERIES_STATEMENTS.start, [series]);
    // A point stands behind a hyphen in every order of characters, so that the ids between begin with `<series>-`.
    const rows = await this.database.read(SERIES_STATEMENTS.batches, [series, `${series}-`, `${series}.`]);
    const missed = await this.database.read(SERIES_STATEMENTS.missed, [series]);
    return {
      start: start === undefined ? null : { ...start },
      batches: rows.map(recordOf).filter((record) => isOfSeries(record, series)),
      missed: missed.map((row) => ({ ...row })),
    };
  }

  async start(
    tx: Transaction,
    entries: Entries,
    { series, rule, at, by }: SeriesStart & { readonly by: string },
  ): Promise<SeriesStart> {
    const known = await tx.one(SERIES_STATEMENTS.start, [series]);
    // A start in the future was written by a clock that stood wrong, and would keep the series from being paid.
    if (known?.rule === rule && known.at <= at) return { ...known };
    await tx.insert(SERIES_STATEMENTS.insertStart, [series, rule, at, await entries.actor(tx, by)]);
    return { series, rule, at };
  }

  async miss(
    tx: Transaction,
    entries: Entries,
    missed: readonly MissedOccurrence[],
    by: string,
  ): Promise<readonly MissedOccurrence[]> {
    const noted: MissedOccurrence[] = [];
    for (const one of missed) {
      const values = [one.series, one.occurrence, one.batch, one.at, await entries.actor(tx, by)];
      if ((await tx.run(SERIES_STATEMENTS.insertMissed, values)) > 0) noted.push(one);
    }
    return noted;
  }

  async remember(tx: Transaction, { key, nextAt, series, templates }: ScheduleMemo): Promise<void> {
    await tx.run(SERIES_STATEMENTS.remember, [this.host, key, nextAt, JSON.stringify({ series, templates })]);
  }

  async remembered(key: string): Promise<ScheduleMemo | null> {
    const [row] = await this.database.read(SERIES_STATEMENTS.remembered, [this.host, key]);
    if (row === undefined) return null;
    return { key, nextAt: row.next_at, ...(JSON.parse(row.record) as Pick<ScheduleMemo, 'series' | 'templates'>) };
  }
}

const SERIES_STATEMENTS = {
  start: statement<SeriesStart>('SELECT series, rule, at FROM series_starts WHERE series = ? ORDER BY id DESC LIMIT 1'),
  batches: statement<BatchRow>('SELECT * FROM batches WHERE series = ?1 OR (id >= ?2 AND id < ?3) ORDER BY key'),
  missed: statement<MissedOccurrence>(
    'SELECT series, occurrence, batch, at FROM missed_occurrences WHERE series = ? ORDER BY occurrence',
  ),
  insertStart: insertion('INSERT INTO series_starts (series, rule, at, actor) VALUES (?, ?, ?, ?)', 'id'),
  insertMissed: statement(
    `INSERT INTO missed_occurrences (series, occurrence, batch, at, actor) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (series, occurrence) DO NOTHING`,
  ),
  remember: statement(
    `INSERT INTO schedule_memos (host, config, next_at, record) VALUES (?, ?, ?, ?)
     ON CONFLICT (host) DO UPDATE SET config = excluded.config, next_at = excluded.next_at, record = excluded.record`,
  ),
  remembered: statement<{ readonly next_at: number | null; readonly record: string }>(
    'SELECT next_at, record FROM schedule_memos WHERE host = ? AND config = ?',
  ),
};
