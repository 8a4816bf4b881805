import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLock } from '../../domain/file-lock.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { PaidOccurrence } from '../../intake/batch.ts';
import type { Occurrence } from '../../schedule/occurrences.ts';
import type { BatchOptions } from '../batch-options.ts';
import type { BatchResult } from '../batch-result.ts';
import { checkFile } from '../check-file.ts';
import { refuseBatch } from '../error-report.ts';
import { occurrenceId, occurrencesFolder } from '../session/occurrence-files.ts';
import type { Session } from '../session/session.ts';
import { keptCopy } from './kept-copy.ts';
import { nameInPlace } from './record.ts';
import { sourceOf } from './source.ts';
import { batchInPlace, type SeriesState } from './state.ts';

/** What the sweep of a drop folder does with a file, and with its result. */
export interface SeriesWork {
  /** Pays a file as a sweep does; what keeps it from being paid is in the result. */
  readonly work: (file: string, options: Partial<BatchOptions>) => Promise<BatchResult>;
  readonly keep: (result: BatchResult) => Promise<void>;
}

/**
 * Pays one occurrence for the first time, from a copy of its template or file. True where it needs no batch any more: it is
 * registered, whatever became of its payments, or another batch stands in its place.
 */
export async function payOccurrence(
  session: Session,
  state: SeriesState,
  occurrence: Occurrence,
  { work, keep }: SeriesWork,
): Promise<boolean> {
  const { project, ledger, system } = session;
  const { name, source } = state.config;
  const { date } = occurrence;
  const inPlace = batchInPlace(state, date);
  if (inPlace !== null) {
    await nameInPlace(session, name, occurrence, inPlace);
    return true;
  }
  const id = occurrenceId(name, date);
  const lock = lockSeries(session, name);
  try {
    // Another sweep may have paid it since this one has looked.
    if ((await ledger.batch(id)) !== null) return true;
    const { file, isDated } = await sourceOf(state.config, date, system.clock);
    const paid: PaidOccurrence = { series: name, occurrence: date, isTemplate: source.kind === 'template' };
    const checked = await checkFile(project, ledger, file, { ...NO_FLAGS, occurrence: paid });
    if (checked.summary === null) {
      await keep(explained(await refuseBatch(project, checked, null, checked.problems), state, { date, file }));
      return false;
    }
    if (source.kind === 'folder' && !isDated) requireOtherPayments(state, checked.summary.digest, { date, file });
    const result = await work(await keptCopy(project.config.batches, id, file), { isFired: true });
    await keep(result.refused ? explained(result, state, { date, file }) : result);
    return (await ledger.batch(id)) !== null;
  } finally {
    lock?.release();
  }
}

const NO_FLAGS = { account: null, batch: null, amend: false } as const;

interface OccurrenceFile {
  readonly date: string;
  readonly file: string;
}

/** The result of a refused occurrence, with a sentence that names series, date and file. */
function explained(result: BatchResult, { config }: SeriesState, { date, file }: OccurrenceFile): BatchResult {
  const note =
    `Series ${config.name}, ${date}: nothing was sent, because ${config.source.kind === 'template' ? 'its template ' : ''}${file} was ` +
    'refused. Correct it; the next sweep tries again.';
  return { ...result, notes: [...result.notes, note], stops: [...(result.stops ?? []), note] };
}

/** A file without a date in its name that was paid before is most likely the old one still. Throws {@link PayrunError} 3. */
function requireOtherPayments({ config, history }: SeriesState, digest: string, { date, file }: OccurrenceFile): void {
  const earlier = history.batches.find((batch) => batch.digest === digest);
  if (earlier === undefined) return;
  const { name, source } = config;
  throw new PayrunError(
    3,
    'series-file-repeated',
    `Series ${name}, ${date}: the newest file, ${file}, has the payments of ${earlier.header.id}. Nothing was sent. Put the new one into ` +
      `${source.path}; if the same amounts are to be paid again, give it a name with the date, such as ${name}-${date}.csv.`,
  );
}

/** Keeps two sweeps from copying the file of one date. Null where the file system has no locks: the ledger still pays it once. */
function lockSeries({ project, system }: Session, series: string): FileLock | null {
  const folder = occurrencesFolder(project.config.batches);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = system.takeFileLock(join(folder, `.${series}.lock`));
  switch (found.kind) {
    case 'locked':
      return found.lock;
    case 'unavailable':
      return null;
    case 'busy':
      throw new PayrunError(5, 'series-busy', `Series ${series} is being paid by another run. Run again later.`);
  }
}
