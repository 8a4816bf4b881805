import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../domain/clock.ts';
import { isOverlapping } from '../../domain/occurrence.ts';
import { isPayrunError, PayrunError } from '../../domain/problem.ts';
import { occurrencesIn } from '../../intake/occurrence.ts';
import type { SeriesConfig } from '../../config/config.ts';
import { namedFiles } from '../session/batch-files.ts';

/** The file that an occurrence is paid from. */
export interface OccurrenceSource {
  readonly file: string;
  /** Whether its name says that it is of this date. Another file may have been paid before. */
  readonly isDated: boolean;
}

/** Throws {@link PayrunError}: 5 while the file is not there or is being written, 3 where it cannot be told which one is meant. */
export async function sourceOf({ name, source }: SeriesConfig, date: string, clock: Clock): Promise<OccurrenceSource> {
  const { kind, path } = source;
  const what = `Series ${name}, ${date}:`;
  const { files, skipped } = await namedFiles([path], clock).catch((error: unknown) => {
    if (!isPayrunError(error)) throw error;
    const advice = kind === 'template' ? 'Put the template back' : 'Make the folder and put the file into it';
    throw new PayrunError(
      kind === 'template' ? 3 : 5,
      'series-source-missing',
      `${what} ${error.message} Nothing was sent. ${advice}, or correct ${kind}: in the configuration; the next sweep pays it then.`,
    );
  });
  const [writing] = skipped;
  if (writing !== undefined) {
    throw new PayrunError(
      5,
      'series-source-written',
      `${what} ${writing} is still being written. The next sweep pays it.`,
    );
  }
  if (kind === 'template') return { file: path, isDated: false };
  return newestFile(files, { what, date, folder: path, example: `${name}-${date}.csv` });
}

interface FolderSearch {
  readonly what: string;
  readonly date: string;
  readonly folder: string;
  readonly example: string;
}

/** The file that names the date, else the one that names a week or month with it, else the newest of those that name no date. */
async function newestFile(files: readonly string[], search: FolderSearch): Promise<OccurrenceSource> {
  const { what, date, folder, example } = search;
  const dated = files.map((file) => ({ file, dates: occurrencesIn(basename(file)) }));
  for (const fits of [(named: string) => named === date, (named: string) => isOverlapping(named, date)]) {
    const found = dated.filter(({ dates }) => dates.some(fits));
    const [only, other] = found;
    if (only !== undefined && other === undefined && only.dates.length === 1) return { file: only.file, isDated: true };
    if (only !== undefined)
      throw unclear(
        search,
        found.map(({ file }) => file),
      );
  }
  const undated = await Promise.all(
    dated.filter(({ dates }) => dates.length === 0).map(async ({ file }) => ({ file, at: (await stat(file)).mtimeMs })),
  );
  const newestAt = Math.max(...undated.map(({ at }) => at));
  const newest = undated.filter(({ at }) => at === newestAt).map(({ file }) => file);
  const [file, other] = newest;
  if (other !== undefined) throw unclear(search, newest);
  if (file !== undefined) return { file, isDated: false };
  const left = files.length === 0 ? 'has no batch file' : `has no file of this date: ${fileNames(files)} are of others`;
  throw new PayrunError(
    5,
    'series-file-missing',
    `${what} ${folder} ${left}. Nothing was sent. Put the file there under a name with the date, such as ${example}; the next sweep pays it.`,
  );
}

function unclear({ what, folder, example }: FolderSearch, files: readonly string[]): PayrunError {
  return new PayrunError(
    3,
    'series-file-unclear',
    `${what} ${folder} has more than one file that may be meant, or one with two dates in its name: ${fileNames(files)}. Nothing was sent. Leave one, ` +
      `under a name with the date, such as ${example}.`,
  );
}

function fileNames(files: readonly string[]): string {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return `${files
    .slice(0, 5)
    .map((file) => basename(file))
    .join(', ')}${more}`;
}
