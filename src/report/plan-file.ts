import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { PayrunError } from '../domain/problem.ts';
import { AtomicFile, syncFolder } from './atomic-file.ts';
import { planCsv } from './formats/plan-csv.ts';
import { planHtml } from './formats/plan-html.ts';
import type { PlanDocument, PlanFormat, PlannedRow } from './plan-document.ts';

const PLAN_FORMATS: readonly PlanFormat[] = [planHtml, planCsv];

/** Where a plan may be written, and as what. */
export interface PlanFile {
  readonly folder: string;
  readonly name: string;
  readonly format: PlanFormat;
}

/**
 * Checks, before anything is planned, that a plan may be written there. Throws {@link PayrunError} 2 for another ending, a folder that is
 * not there, another file in its place, and the drop folder, where a sweep would take the plan for a batch.
 */
export async function planFileAt(file: string, dropFolder: string): Promise<PlanFile> {
  const format = PLAN_FORMATS.find(({ ending }) => file.toLowerCase().endsWith(ending));
  if (format === undefined) {
    throw new PayrunError(2, 'plan-file-kind', `--out takes a file that ends in .html or .csv; ${file} does not.`);
  }
  const path = resolve(file);
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw unwritablePlan(file, error);
  });
  const drop = await realpath(dropFolder).catch(() => dropFolder);
  const below = relative(drop, folder);
  if (format === planCsv && !below.startsWith('..')) {
    const message = `${file} lies in the drop folder, where the next sweep would take it for a batch. Write it elsewhere.`;
    throw new PayrunError(2, 'plan-file-in-batches', message);
  }
  await checkReplaceablePlan(file, join(folder, basename(path)), format);
  return { folder, name: basename(path), format };
}

/** Writes a plan whole or not at all, page by page, so that a million payments are never in memory. Mode 0600; returns the path. */
export async function writePlanFile(
  { folder, name, format }: PlanFile,
  document: PlanDocument,
  payments: AsyncIterable<readonly PlannedRow[]>,
): Promise<string> {
  const file = await AtomicFile.open(folder, name).catch((error: unknown) => {
    throw unwritablePlan(join(folder, name), error);
  });
  try {
    const content = format.open(document);
    await file.write(content.head);
    for await (const page of payments) await file.write(content.rows(page));
    await file.write(content.end);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
  await syncFolder(folder);
  return file.path;
}

/** Never write over a file that is no plan: it may be the batch itself. */
async function checkReplaceablePlan(file: string, path: string, { mark }: PlanFormat): Promise<void> {
  const bytes = Buffer.from(mark);
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unwritablePlan(file, error);
  });
  if (handle === null) return;
  try {
    const isPlan = await handle
      .read(Buffer.alloc(bytes.length), 0, bytes.length, 0)
      .then(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead).equals(bytes))
      .catch((error: unknown) => {
        throw unwritablePlan(file, error);
      });
    if (isPlan) return;
  } finally {
    await handle.close();
  }
  throw new PayrunError(
    2,
    'plan-file-exists',
    `${file} is there already and is no plan. Name another file, or remove it.`,
  );
}

function unwritablePlan(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new PayrunError(2, 'plan-file-unwritablePlan', `${file} cannot be written (${String(error.code)}).`);
}
