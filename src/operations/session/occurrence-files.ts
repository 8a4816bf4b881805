import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { IntakeContext, PaidOccurrence } from '../../intake/batch.ts';
import { rowsFileOf } from '../../intake/batch.ts';
import { intakeContext, type Project } from './project.ts';

/**
 * Each occurrence has a folder in the drop folder, which no sweep reads: `occurrences/salaries-2026-11-25/`, with the file that it is
 * paid from under its own name. What becomes of the template afterwards changes nothing about an occurrence that has begun.
 */
export function occurrencesFolder(batches: string): string {
  return join(batches, 'occurrences');
}

export function occurrenceId(series: string, date: string): string {
  return `${series}-${date}`;
}

/** The occurrence that a file in such a folder is paid as; null for every other file. */
export function occurrenceOfFile({ batches, series }: Pick<Config, 'batches' | 'series'>, file: string) {
  const [folder = '', ...rest] = relative(occurrencesFolder(batches), resolve(file)).split(sep);
  const parts = /^([a-z0-9][a-z0-9._-]*)-(\d{4}-\d{2}-\d{2})$/.exec(folder);
  const [, name = '', occurrence = ''] = parts ?? [];
  if (parts === null || rest.length === 0) return null;
  const isTemplate = series.get(name)?.source.kind === 'template';
  return { series: name, occurrence, isTemplate } satisfies PaidOccurrence;
}

/** How a file is read: one that is paid as an occurrence takes its id, its account and its series from that. */
export function contextOfFile(
  project: Project,
  file: string,
  {
    account,
    batch,
    occurrence = occurrenceOfFile(project.config, file),
  }: {
    readonly account: string | null;
    readonly batch: string | null;
    readonly occurrence?: PaidOccurrence | null;
  },
): IntakeContext {
  if (occurrence === null) return intakeContext(project, { account, batch });
  const configured = project.config.series.get(occurrence.series)?.account ?? null;
  const id = occurrenceId(occurrence.series, occurrence.occurrence);
  return { ...intakeContext(project, { account: account ?? configured, batch: batch ?? id }), occurrence };
}

/** The folders of all occurrences that have begun. */
export async function occurrenceFolders(batches: string): Promise<readonly string[]> {
  const folder = occurrencesFolder(batches);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  return names.sort().map((name) => join(folder, name));
}

/** Absolute paths of the templates of all series, and of the rows that they name: no sweep pays them by themselves. */
export async function templateFiles({ series }: Pick<Config, 'series'>): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const { name, source } of series.values()) {
    if (source.kind !== 'template') continue;
    files.set(source.path, name);
    const rows = await rowsFileOf(source.path);
    if (rows !== null) files.set(rows, name);
  }
  return files;
}
