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
  const folder = project.config.reports;
  const batch = checked.batchId ?? fallbackName(checked.file);
  const errors = await writeErrors({ folder, batch, problems }).catch((error: unknown) => {
    throw unwritable(join(folder, batch), error, 'The batch was refused and nothing was sent.');
  });
  return { ...unsent(checked), refused: true, problems, plan, errors };
}

/** Removes the errors.csv of an earlier refusal. */
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
    .replace(/\.(csv|ya?ml|xls[xm])$/, '')
    .replace(/[^a-z0-9._]+/g, '-');
  return name.replace(/^[-._]+/, '').slice(0, 64) || 'batch';
}
