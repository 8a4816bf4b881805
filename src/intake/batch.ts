import type { BatchSummary, PaymentPages } from '../domain/batch.ts';
import type { Payment } from '../domain/payment.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import { BatchPass } from './batch-pass.ts';
import type { IntakeContext } from './context.ts';
import { Uniqueness } from './uniqueness.ts';

export type { CorrectedBatch, IntakeContext, PaidOccurrence } from './context.ts';
export { isBatchFile, isRepairFile, otherSpreadsheet } from './batch-files.ts';
export { batchIdOfFile } from './identifiers.ts';
export { rowsFileOf } from './yaml-outline.ts';

/** What a complete reading of a batch file found. */
export interface CheckedBatch {
  /** As the user named it. */
  readonly file: string;
  /** As far as it could be read, also when the batch is refused. */
  readonly batchId: string | null;
  /** Errors and warnings, in the order of their lines. */
  readonly problems: readonly Problem[];
  /** Records seen, sound or not. */
  readonly count: number;
  /** Null exactly when there is an error among the problems. */
  readonly summary: BatchSummary | null;
  /**
   * Reads the payments again, in pages of about a thousand. When it comes to the end and the set of payments is not the one
   * that was checked, it throws {@link PayrunError} 3 `file-changed`, as for any error in the file: the file was changed
   * meanwhile, and what was handed out before must not be used.
   */
  payments(): PaymentPages;
}

/**
 * Checks a batch file, YAML or CSV by its name: everything that is wrong with it, at once. The payments are not kept: a
 * million of them would not fit.
 *
 * Throws {@link PayrunError} 2 when the file is not there (`file-missing`) or cannot be read (`file-unreadable`).
 */
export async function checkBatch(file: string, context: IntakeContext): Promise<CheckedBatch> {
  const pass = new BatchPass(file, context, new Uniqueness());
  const pages = pass.pages();
  while ((await pages.next()).done !== true);
  const summary = pass.summary();
  return {
    file,
    batchId: pass.batchId ?? context.overrides.batch,
    problems: pass.problems.listed(),
    count: pass.count,
    summary,
    payments: () => readAgain(file, context, summary),
  };
}

async function* readAgain(
  file: string,
  context: IntakeContext,
  checked: BatchSummary | null,
): AsyncGenerator<readonly Payment[], void, undefined> {
  if (checked === null) {
    throw new PayrunError(3, 'batch-refused', `${file} has errors; nothing of it can be paid. Correct it first.`);
  }
  const changed = () =>
    new PayrunError(
      3,
      'file-changed',
      `${file} was changed while it was being read. Nothing of this reading is used; run it again.`,
    );
  const pass = new BatchPass(file, context, null);
  for await (const page of pass.pages()) {
    if (pass.problems.refused) throw changed();
    for (let at = 0; at < page.length; at += BATCH_PAGE) yield page.slice(at, at + BATCH_PAGE);
  }
  const again = pass.summary();
  const isSame =
    again !== null &&
    again.digest === checked.digest &&
    again.count === checked.count &&
    JSON.stringify(again.header.columns) === JSON.stringify(checked.header.columns);
  if (!isSame) throw changed();
}

const BATCH_PAGE = 1000;
