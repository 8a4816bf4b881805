import { basename, join } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Plan } from '../plan/plan.ts';
import { removeErrors, writeErrors } from '../report/write.ts';
import { unwritable } from './batch-report.ts';
import { unsent, type BatchResult } from './batch-result.ts';
import type { Project } from './session/project.ts';

/** Writes errors.csv for a batch that is refused, and returns its result. */
export async function refuseBatch(
  project: Project,
  checked: CheckedBatch,
  plan: Plan | null,
  problems: readonly Problem[],
): Promise<BatchResult> {
  const batch = checked.batchId ?? fallbackName(checked.file);
  const errors = await errorsFile(project, batch, problems, 'The batch was refused and nothing was sent.');
  return { ...unsent(checked), refused: true, problems, plan, errors };
}

/** Writes errors.csv for a batch that is paid with warnings, before anything is sent; null where there are none. */
export async function writeWarnings(
  project: Project,
  batch: string,
  warnings: readonly Problem[],
): Promise<string | null> {
  return warnings.length === 0 ? null : errorsFile(project, batch, warnings, 'Nothing was sent.');
}

async function errorsFile(
  project: Project,
  batch: string,
  problems: readonly Problem[],
  next: string,
): Promise<string> {
  const folder = project.config.reports;
  return writeErrors({ folder, batch, problems }).catch((error: unknown) => {
    throw unwritable(join(folder, batch), error, next);
  });
}

/** Removes the errors.csv of an earlier refusal, or of earlier warnings. */
export async function clearErrors(project: Project, batch: string): Promise<void> {
  const folder = project.config.reports;
  await removeErrors({ folder, batch }).catch((error: unknown) => {
    throw unwritable(join(folder, batch), error, 'The report is written; only an old errors.csv is left.');
  });
}

/** A folder name for the errors of a file whose batch id could not be read. */
function fallbackName(file: string): string {
  const name = basename(file)
    .toLowerCase()
    .replace(/\.(csv|ya?ml|xls[xm]|xml)$/, '')
    .replace(/[^a-z0-9._]+/g, '-');
  return name.replace(/^[-._]+/, '').slice(0, 64) || 'batch';
}
